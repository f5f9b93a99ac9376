// @ts-check
// Runs the suites in contexts of node:vm, as a script and as modules, and posts one report to the stand-in gateway,
// whose origin is the argument. Everything in a context is of another realm than what its globals give out. It must
// not exit: that the process ends by itself is one of the tests.

import { readFile } from "node:fs/promises";
import { Script, SourceTextModule, createContext } from "node:vm";

import { equal, joined, labelled, run } from "../suite.js";
import { post } from "./post.js";

const origin = process.argv[2];

/** What the package asks of a context when it is loaded, besides the language itself. */
const LEAST = { TextDecoder, TextEncoder, atob };
/** What the suites ask of one. */
const WEB = {
  ...LEAST,
  AbortController,
  AbortSignal,
  DOMException,
  Event,
  EventTarget,
  Headers,
  ReadableStream,
  Request,
  Response,
  URL,
  URLSearchParams,
  btoa,
  clearTimeout,
  crypto,
  fetch,
  performance,
  queueMicrotask,
  setTimeout,
  structuredClone,
};

const source = (/** @type {string} */ path) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const dist = (/** @type {string} */ file) => source(`node_modules/alphapo-wasm/dist/${file}`);

await post(origin, async () =>
  joined([
    labelled("script", await asScript()),
    labelled("modules", await asModules()),
    await run(bareContext, { atOnce: 1 }),
  ]),
);

function webContext() {
  const context = createContext({ ...WEB });
  // Node before 24 adds it to its own realm only. Test runners do what is done here.
  const { dispose } = Symbol;
  new Script("(dispose) => { Symbol.dispose ??= dispose; }").runInContext(context)(dispose);
  return context;
}

async function asScript() {
  const context = webContext();
  new Script(await source("compiled/program.js")).runInContext(context);
  return context.program.suites({ origin });
}

async function asModules() {
  const context = webContext();
  const sources = {
    "alphapo-wasm": await dist("index.js"),
    "alphapo-wasm/sandbox": await dist("sandbox.js"),
    "alphapo-wasm/signature": await dist("signature.js"),
    program: await source("compiled/program.mjs"),
  };
  /** @type {Record<string, SourceTextModule>} */
  const modules = {};
  const find = (/** @type {string} */ name) => modules[name];
  const started = async (/** @type {string} */ name) => {
    const module = find(name);
    if (module.status === "unlinked") await module.link(find);
    if (module.status === "linked") await module.evaluate();
    return module;
  };
  for (const [name, code] of Object.entries(sources)) {
    modules[name] = new SourceTextModule(code, { context, identifier: name, importModuleDynamically: started });
  }
  const { namespace } = await started("program");
  return /** @type {any} */ (namespace).suites({ origin });
}

/** @param {import("../suite.js").Test} test */
function bareContext(test) {
  test("a context with nothing but an encoder, a decoder and atob is enough to sign", async () => {
    const context = createContext({ ...LEAST, module: { exports: {} } });
    new Script(await dist("index.cjs")).runInContext(context);
    equal(context.module.exports.sign("{}", "AbCdEfG123456").slice(0, 8), "89ff5706");
  });
}
