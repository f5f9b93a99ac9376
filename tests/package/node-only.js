// @ts-check
// What only Node can check: what console.log would print, other realms, both module systems side by side, and
// warnings. Everything else is in conformance.js.

import { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect } from "node:net";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";

import { SECRET, headerValues } from "../wire/session.js";
import { callbacksOverHttp, silentOverHttp } from "./callbacks-over-http.js";
import { ARRIVING, Caller, REQUEST, notSent } from "./caller.js";
import { equal, ok, run } from "./suite.js";
import { DOCUMENTED_BODY, DOCUMENTED_SECRET, DOCUMENTED_SIGNATURE } from "./vectors.js";

/** The handler waits for ten seconds, by a timer that others in the same process may make late. */
const SILENCE_LIMIT = 20_000;

/**
 * @param {{
 *   alphapo: import("./caller.js").Package,
 *   otherCopy: import("./caller.js").Package,
 *   newGlobals: string[],
 *   origin: string,
 *   closed?: string,
 *   served?: { serve: any, createSandbox: any },
 * }} runtime  `otherCopy` is the package by the other module system; `newGlobals` appeared while it was loaded;
 *   `closed` is the URL of a served sandbox after its close()
 */
export function nodeOnly({ alphapo, otherCopy, newGlobals, origin, closed, served }) {
  const caller = new Caller({ alphapo, origin, browser: false });
  const refusedBody = () => caller.thrown(() => alphapo.sign({}, "secret"), notSent("invalid_body"));
  /** @type {string[]} */
  const warnings = [];
  process.on("warning", (warning) => warnings.push(String(warning)));

  return run(
    (test) => {
      inspection(test, caller);
      bytesOfNode(test, alphapo);
      callbacksOverHttp(test, alphapo);

      test("node: loading the package adds no global", () => equal(newGlobals, []));

      test("node: the package exports what it documents", () => {
        const names = ["AlphaPo", "AlphaPoError", "Signer", "callbackHandler", "nodeCallbackHandler"];
        for (const name of [...names, "sign", "takeAddress", "verify", "verifyCallback"]) {
          equal([typeof alphapo[name], typeof otherCopy[name]], ["function", "function"], name);
        }
      });

      test("node: errors of the import and of the require recognise each other", () => {
        const error = refusedBody();
        ok(error instanceof otherCopy.AlphaPoError, "the other copy does not know the error");
        equal(new Error("other") instanceof alphapo.AlphaPoError, false);
      });

      test("node: an error is printed under its own name", () => {
        const error = refusedBody();
        ok(inspect(error).startsWith("AlphaPoError: "), inspect(error));
        ok(error.stack.startsWith("AlphaPoError: "), error.stack);
      });

      test("node: a stack leads to the caller", () => {
        const error = refusedBody();
        ok(error.stack.includes("node-only.js"), error.stack);
      });

      test("node: a signal that serves 30 calls brings no warning", async () => {
        const { signal } = new AbortController();
        const session = caller.session({ kind: "good" });
        const options = caller.options({ baseUrl: session.baseUrl, signal });
        for (let calls = 0; calls < 30; calls += 1) await alphapo.takeAddress(REQUEST, options);
        await new Promise((resolve) => setImmediate(resolve));
        equal(warnings, []);
      });

      test("node: a Retry-After that tells no zone means GMT, wherever the machine stands", async () => {
        const { TZ } = process.env;
        try {
          for (const zone of ["Asia/Tokyo", "America/New_York"]) {
            process.env.TZ = zone;
            const waited = await waitedFor(alphapo, caller, asctime(new Date(Date.now() + 2_000)));
            // A date has no fractions of a second.
            ok(waited >= 900 && waited < 5_000, `in ${zone} the second request came after ${waited} ms`);
          }
        } finally {
          if (TZ === undefined) delete process.env.TZ;
          else process.env.TZ = TZ;
        }
      });

      if (served) {
        test("node: a sandbox is served as it was asked for, or not at all", async () => {
          const sandbox = served.createSandbox({ key: "key", secret: SECRET });
          for (const [what, how, word] of [
            [{}, {}, "takes a sandbox"],
            [undefined, {}, "takes a sandbox"],
            [sandbox, { prot: 8787 }, "`prot`"],
            [sandbox, null, "options"],
            [sandbox, { page: { key: "key", secret: "secret", hiden: true } }, "`hiden`"],
            [sandbox, { hostname: "" }, "`hostname`"],
            [sandbox, { hostname: null }, "`hostname`"],
            [sandbox, { page: true }, "`key` and `secret`"],
            [sandbox, { page: { key: "key" } }, "`key` and `secret`"],
          ]) {
            const error = await served.serve(what, how).then(() => undefined, (/** @type {Error} */ thrown) => thrown);
            ok(error instanceof TypeError && error.message.includes(word), String(error));
          }
          await (await served.serve(sandbox, { page: false })).close();
        });

        test("node: a served sandbox answers where a test has timers of its own", async () => {
          const credentials = { key: "key", secret: SECRET };
          const server = await served.serve(served.createSandbox(credentials));
          const { setImmediate } = globalThis;
          globalThis.setImmediate = /** @type {any} */ (() => {});
          try {
            const options = { ...credentials, baseUrl: server.url, timeout: 5_000, retries: 0 };
            equal((await alphapo.takeAddress(REQUEST, options)).foreign_id, REQUEST.foreign_id);
          } finally {
            globalThis.setImmediate = setImmediate;
            await server.close();
          }
        });
      }

      // As workerd's does where a listener throws; here that would be an uncaught error.
      test("node: an abort that throws ends a call none the less", async () => {
        const { abort } = AbortController.prototype;
        AbortController.prototype.abort = function (reason) {
          abort.call(this, reason);
          throw new Error("from a listener");
        };
        const account = { code: "timeout", outcome: /** @type {const} */ ("unknown"), attempts: 1, retryable: true };
        const options = caller.options({ fetch: () => new Promise(() => {}), timeout: 20, retries: 0 });
        try {
          await caller.rejected(() => alphapo.takeAddress(REQUEST, options), account);
        } finally {
          AbortController.prototype.abort = abort;
        }
      });

      test("node: a clock that is set during a call changes nothing", async () => {
        const { now } = Date;
        const fetch = async () => {
          Date.now = () => now() + 3 * 3_600_000;
          throw new TypeError("fetch failed");
        };
        const account = { code: "network", outcome: /** @type {const} */ ("unknown"), attempts: 2, retryable: true };
        try {
          await caller.rejected(() => alphapo.takeAddress(REQUEST, caller.options({ fetch, retries: 1 })), account);
        } finally {
          Date.now = now;
        }
      });

      if (closed) {
        test("node: a sandbox that was closed is gone", async () => {
          const account = { code: "network", outcome: /** @type {const} */ ("unknown"), attempts: 1, retryable: true };
          await caller.rejected(() => alphapo.takeAddress(REQUEST, caller.options({ baseUrl: closed })), account);
        });
      }
    },
    { atOnce: 1 },
  );
}

/** As C writes it, one of the three forms of HTTP (RFC 9110 §5.6.7). @param {Date} date */
function asctime(date) {
  const [day, number, month, year, time] = date.toUTCString().replace(",", "").split(" ");
  return `${day} ${month} ${number.replace(/^0/, " ")} ${time} ${year}`;
}

/**
 * How long after an answer that asks to be asked again later the next request is sent.
 *
 * @param {import("./caller.js").Package} alphapo
 * @param {Caller} caller
 * @param {string} retryAfter
 */
async function waitedFor(alphapo, caller, retryAfter) {
  /** @type {number[]} */
  const sent = [];
  const fetch = async () => {
    sent.push(Date.now());
    return new Response("", { status: sent.length === 1 ? 429 : 400, headers: { "Retry-After": retryAfter } });
  };
  const account = { code: "rejected", outcome: /** @type {const} */ ("rejected"), attempts: 2, retryable: false };
  await caller.rejected(() => alphapo.takeAddress(REQUEST, caller.options({ fetch, retries: 1 })), account);
  return sent[1] - sent[0];
}

/**
 * The one test that waits for as long as a handler does. It is run beside all others, and judges no time.
 *
 * @param {{ alphapo: import("./caller.js").Package }} runtime
 */
export function silentSender({ alphapo }) {
  return run((test) => silentOverHttp(test, alphapo), { atOnce: 1, longest: SILENCE_LIMIT });
}

/** What console.log shows, and what a debugger would. @param {import("./suite.js").Test} test @param {Caller} caller */
function inspection(test, caller) {
  const { AlphaPo, Signer, sign } = caller.alphapo;

  test("node: inspecting AlphaPo and Signer, hidden properties and all, shows no secret", () => {
    for (const holder of [new AlphaPo(caller.options()), new Signer(SECRET)]) {
      for (const text of inspections(holder)) {
        ok(!text.includes(SECRET) && !text.includes(sign("{}", SECRET)), text);
        ok(text.length < 20_000, `the inspection is ${text.length} long: it shows memory`);
      }
    }
  });

  for (const [name, step] of /** @type {[string, import("./caller.js").Step][]} */ ([
    ["a refusal that repeats the headers", { kind: "echo", status: 403 }],
    ["a broken connection", { kind: "reset", after: "nothing" }],
    ["a time-out", { kind: "hang", after: "nothing" }],
  ])) {
    test(`node: inspecting the error of ${name}, cause and all, shows neither secret nor signature`, async () => {
      const { error, arrivals } = await caller.failing(step, step.kind === "hang" ? { timeout: ARRIVING } : {});
      const [signature] = headerValues(arrivals[0], "x-processing-signature");
      equal(signature.length, 128, "the signature's length");
      for (const text of inspections(error)) {
        ok(!text.includes(SECRET), `the secret is in ${text}`);
        ok(!text.includes(signature), `the signature is in ${text}`);
      }
    });
  }
}

/** @param {unknown} value */
function inspections(value) {
  return [
    inspect(value),
    inspect(value, { showHidden: true, depth: Infinity, getters: true, maxStringLength: Infinity }),
  ];
}

/** @param {import("./suite.js").Test} test @param {import("./caller.js").Package} alphapo */
function bytesOfNode(test, { sign, verify }) {
  test("node: a Buffer is bytes", () => {
    equal(sign(Buffer.from(DOCUMENTED_BODY), Buffer.from(DOCUMENTED_SECRET)), DOCUMENTED_SIGNATURE);
    equal(verify(Buffer.from(DOCUMENTED_BODY), DOCUMENTED_SIGNATURE, Buffer.from(DOCUMENTED_SECRET)), true);
  });

  test("node: a Uint8Array of another realm is bytes", () => {
    const foreign = runInNewContext("Uint8Array.from(text, (c) => c.charCodeAt(0))", { text: DOCUMENTED_BODY });
    equal(foreign instanceof Uint8Array, false, "instanceof Uint8Array here");
    equal(sign(foreign, DOCUMENTED_SECRET), DOCUMENTED_SIGNATURE);
  });

  test("node: an object that poses as a Uint8Array is none", () => {
    for (const fake of [{ [Symbol.toStringTag]: "Uint8Array", length: 1, 0: 1 }, Object.create(Uint8Array.prototype)]) {
      let code;
      try {
        sign(fake, DOCUMENTED_SECRET);
      } catch (error) {
        code = /** @type {any} */ (error).code;
      }
      equal(code, "invalid_body");
    }
  });
}

/**
 * Clients that come at once and hang up before it is their turn, at a sandbox that would let them wait for a minute. That
 * it does not wait for them is told by the process, which must end.
 *
 * @param {{ serve: any, createSandbox: any }} sandbox
 */
export async function hangUpAtTheDoor({ serve, createSandbox }) {
  const fault = { type: "latency", milliseconds: 60_000 };
  const server = await serve(createSandbox({ key: "key", secret: SECRET, faults: [{ path: "/ping", fault }] }), { port: 0 });
  const { port } = new URL(server.url);
  const clients = Array.from({ length: 60 }, () => {
    const client = connect(Number(port), "127.0.0.1", () => {
      client.write("GET /api/v2/ping HTTP/1.1\r\nHost: localhost\r\n\r\n");
      setTimeout(() => client.destroy(), 2);
    });
    return once(client.on("error", () => {}), "close");
  });
  await Promise.all(clients);
  await server.close();
}

/** Has a process that should have ended tell what it is kept by; it does not keep it itself. */
export function tellWhatKeeps() {
  setTimeout(() => console.error(`it is kept by ${process.getActiveResourcesInfo().join(", ")}`), 2_000).unref();
}
