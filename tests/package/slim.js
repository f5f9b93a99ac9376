// @ts-check
// What alphapo-wasm/slim promises: every way to hand it its module, what it says before that, and what it says of
// everything else. Each test has a copy of its own, which nothing was loaded into. It may not import the package.

import { equal, ok, rejection, run, thrown } from "./suite.js";
import { DOCUMENTED_BODY, DOCUMENTED_SECRET, DOCUMENTED_SIGNATURE } from "./vectors.js";

/** The first bytes of every module, and a whole one with nothing in it. */
const EMPTY_MODULE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/** @typedef {import("./caller.js").Package} Package */

/**
 * @param {{
 *   fresh: () => Promise<Package>,
 *   full: Package,
 *   bytes: Uint8Array,
 *   inAnotherRealm: (source: string, globals: object) => any,
 * }} runtime  copies of the slim entry, the package's default entry, and alphapo.wasm
 */
export function slim({ fresh, full, bytes, inAnotherRealm }) {
  const buffer = () => Uint8Array.from(bytes).buffer;
  const response = () => new Response(buffer(), { headers: { "content-type": "application/wasm" } });
  const module = () => new WebAssembly.Module(buffer());
  const shifted = () => {
    const larger = new Uint8Array(bytes.length + 7);
    larger.set(bytes, 3);
    return larger;
  };
  const shared = () => {
    const buffer = new SharedArrayBuffer(bytes.length);
    new Uint8Array(buffer).set(bytes);
    return buffer;
  };
  const view = () => shifted().subarray(3, 3 + bytes.length);
  const foreign = () => inAnotherRealm("new WebAssembly.Module(bytes)", { bytes });

  /** What can be loaded, and whether at once. @type {[name: string, source: () => any, sync: boolean][]} */
  const sources = [
    ["a module", module, true],
    ["a module of another realm", foreign, true],
    ["an ArrayBuffer", buffer, true],
    ["an ArrayBuffer of another realm", () => inAnotherRealm("Uint8Array.from(bytes).buffer", { bytes }), true],
    ["a Uint8Array that is a part of its buffer", view, true],
    ["a DataView", () => new DataView(shifted().buffer, 3, bytes.length), true],
    // Pages have it only where they are isolated.
    ...(globalThis.SharedArrayBuffer
      ? [/** @type {[string, () => any, boolean]} */ (["a SharedArrayBuffer", shared, true])]
      : []),
    ["a Response", response, false],
    ["a Response without a type", () => new Response(buffer()), false],
    ["a promise of a module", async () => module(), false],
    ["a promise of bytes", async () => view(), false],
    ["a promise of a Response", async () => response(), false],
    ["a thenable", () => ({ then: (/** @type {any} */ resolve) => resolve(module()) }), false],
  ];

  /** What cannot, with what the error's message says. @type {[string, () => any, RegExp, sync: boolean][]} */
  const refused = [
    ["nothing", () => undefined, /neither/, true],
    ["a path", () => "alphapo.wasm", /neither/, true],
    ["a URL", () => new URL("file:///alphapo.wasm"), /neither/, true],
    ["exports that are instantiated", () => ({ default: {} }), /neither/, true],
    ["bytes that are no module", () => new TextEncoder().encode("<!doctype html>"), /no WebAssembly/, true],
    ["no bytes", () => new ArrayBuffer(0), /no WebAssembly/, true],
    ["a module that is cut off", () => buffer().slice(0, 1000), /no WebAssembly/, true],
    ["another module", () => new WebAssembly.Module(EMPTY_MODULE), /another/, true],
    ["the module of another version", () => otherVersion(buffer()), /another version/, true],
    ["an answer of 404", () => new Response("not found", { status: 404 }), /404/, false],
    ["a promise that rejects", () => Promise.reject(new Error("no such host")), /no such host/, false],
    ["a body that breaks off", brokenResponse, /source failed/, false],
  ];

  return run(
    (test) => {
      test("slim: it exports what the default entry does, and load and loadSync", async () => {
        const copy = await fresh();
        equal(Object.keys(copy).sort(), [...Object.keys(full), "load", "loadSync"].sort());
      });

      test("slim: before loading, every call fails with not_loaded and the name of the cure", async () => {
        const copy = await fresh();
        const request = { currency: "BTC", foreign_id: "1" };
        const errors = [
          thrown(() => copy.sign("{}", "secret")),
          thrown(() => copy.verify("{}", "", "secret")),
          thrown(() => new copy.Signer("secret")),
          thrown(() => new copy.AlphaPo({ key: "key", secret: "secret" })),
          await rejection(() => copy.takeAddress(request, { key: "key", secret: "secret" })),
        ];
        for (const error of errors) notLoaded(copy, error, /`load` of alphapo-wasm\/slim/);
      });

      for (const [name, source, sync] of sources) {
        test(`slim: load takes ${name}`, async () => {
          const copy = await fresh();
          equal(await copy.load(source()), undefined, "what load resolves to");
          works(copy);
        });
        if (sync) {
          test(`slim: loadSync takes ${name}`, async () => {
            const copy = await fresh();
            equal(copy.loadSync(source()), undefined, "what loadSync returns");
            works(copy);
          });
        }
      }

      for (const [name, source, message, sync] of refused) {
        test(`slim: load refuses ${name}, and may be called again`, async () => {
          const copy = await fresh();
          notLoaded(copy, await rejection(() => copy.load(source())), message);
          notLoaded(copy, thrown(() => copy.sign("{}", "secret")), /`load`/);
          await copy.load(buffer());
          works(copy);
        });
        if (sync) {
          test(`slim: loadSync refuses ${name}, and may be called again`, async () => {
            const copy = await fresh();
            notLoaded(copy, thrown(() => copy.loadSync(source())), message);
            copy.loadSync(buffer());
            works(copy);
          });
        }
      }

      test("slim: loadSync does not wait for a Response or a promise, and says so", async () => {
        const copy = await fresh();
        for (const source of [response(), Promise.resolve(module())]) {
          notLoaded(copy, thrown(() => copy.loadSync(source)), /for `load`/);
        }
      });

      test("slim: what went wrong is kept as the cause", async () => {
        const copy = await fresh();
        const reason = new Error("no such host");
        equal(/** @type {any} */ (await rejection(() => copy.load(Promise.reject(reason)))).cause === reason, true);
        const { cause } = /** @type {any} */ (await rejection(() => copy.load(EMPTY_MODULE.subarray(0, 4))));
        ok(cause instanceof WebAssembly.CompileError, String(cause));
      });

      test("slim: loading again does nothing, whatever it is given", async () => {
        const copy = await fresh();
        await copy.load(buffer());
        const signer = new copy.Signer(DOCUMENTED_SECRET);
        await copy.load(module());
        await copy.load("nonsense");
        await copy.load(Promise.reject(new Error("late")));
        copy.loadSync("nonsense");
        equal(signer.sign(DOCUMENTED_BODY), DOCUMENTED_SIGNATURE);
        signer.free();
        signer.free();
      });

      test("slim: of several loads at once the first counts, and none fails", async () => {
        const copy = await fresh();
        await Promise.all([copy.load(response()), copy.load(module()), copy.load(Promise.resolve(view()))]);
        works(copy);
      });

      test("slim: its classes are guarded as everywhere", async () => {
        const copy = await fresh();
        await copy.load(buffer());
        const signer = new copy.Signer("secret");
        signer.free();
        equal(/** @type {any} */ (thrown(() => signer.sign("{}"))).code, "invalid_option");
      });

      test("slim: it and the default entry recognise each other's errors", async () => {
        const copy = await fresh();
        const error = thrown(() => copy.sign("{}", "secret"));
        ok(error instanceof full.AlphaPoError, "the default entry does not know the error");
        ok(thrown(() => full.sign({}, "secret")) instanceof copy.AlphaPoError, "slim does not know the error");
      });
    },
    { atOnce: 1 },
  );
}

/** @param {Package} copy */
function works({ sign, verify }) {
  equal(sign(DOCUMENTED_BODY, DOCUMENTED_SECRET), DOCUMENTED_SIGNATURE);
  equal(verify(DOCUMENTED_BODY, DOCUMENTED_SIGNATURE, DOCUMENTED_SECRET), true);
}

/** @param {Package} copy @param {any} error @param {RegExp} message */
export function notLoaded({ AlphaPoError }, error, message) {
  ok(error instanceof AlphaPoError, `it is no AlphaPoError: ${error}`);
  equal([error.code, error.outcome, error.retryable, error.attempts], ["not_loaded", "not-sent", false, 0]);
  ok(message.test(error.message), error.message);
}

/** The module as another version would ask for its imports. @param {ArrayBuffer} buffer */
function otherVersion(buffer) {
  const bytes = new Uint8Array(buffer);
  const text = new TextDecoder("latin1").decode(bytes);
  const places = [...text.matchAll(/alphapo@\d/g)];
  ok(places.length > 0, "the module does not name its version");
  for (const { index } of places) bytes[index + "alphapo@".length] += 1;
  return buffer;
}

function brokenResponse() {
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("connection reset")) });
  return new Response(body);
}
