// The client without its module, for callers who load that themselves: from a file, a CDN or a static import, with
// whatever their platform asks for. Until then all that it exports fails with an error that says so.
//
// Classes are never asked for: a module, a buffer or a response may come from another realm.

import * as glue from "./client/alphapo_bg.js";
import * as exported from "./client/exports.js";
import { notCompiled, notLoaded } from "./not-loaded.js";
import { connect } from "./signing.js";
import { start } from "./start.js";

export * from "./client/exports.js";
export * from "./callback-handlers.js";
export { Signer, sign, verify } from "./signing.js";

const { AlphaPoError } = exported;

/** Stands where the glue looks for the exports of the module. */
const absent = new Proxy({}, { get: (_, name) => refuse(name) });
glue.__wbg_set_wasm(absent);
connect(absent, AlphaPoError);
let isLoaded = false;

export async function load(source) {
  const given = Promise.resolve(source);
  // Nobody waits for it then, and its failure must not end the process.
  if (isLoaded) return void given.catch(() => {});
  startOnce(await compiled(await bytesOrModule(given)));
}

export function loadSync(source) {
  if (isLoaded) return;
  startOnce(compiledSync(source));
}

function startOnce(module) {
  // Another call may have been faster.
  if (isLoaded) return;
  if (tagOf(module) !== "[object WebAssembly.Module]") {
    throw failed("that is neither a compiled WebAssembly.Module, nor its bytes, nor (for `load`) a Response");
  }
  try {
    connect(start(glue, "alphapo", module, exported), AlphaPoError);
  } catch (error) {
    glue.__wbg_set_wasm(absent);
    // WebKit takes bytes that a policy forbids, and refuses what was made of them.
    if (error?.name === "CompileError") throw notCompiled(AlphaPoError, error);
    throw failed("that is another module, or the one of another version of alphapo-wasm", error);
  }
  isLoaded = true;
}

async function bytesOrModule(given) {
  try {
    const source = await given;
    if (source?.ok === false) throw new Error(`the response has status ${source.status}`);
    return typeof source?.arrayBuffer === "function" ? await source.arrayBuffer() : source;
  } catch (error) {
    throw failed(`its source failed (${error?.message})`, error);
  }
}

async function compiled(source) {
  const bytes = bytesIn(source);
  if (!bytes) return source;
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    throw refused(bytes, error);
  }
}

function compiledSync(source) {
  const bytes = bytesIn(source);
  if (!bytes) return source;
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    throw refused(bytes, error);
  }
}

/** Why bytes did not compile. */
function refused(bytes, error) {
  if (!globalThis.WebAssembly || WebAssembly.validate(bytes)) return notCompiled(AlphaPoError, error);
  return failed("those bytes are no WebAssembly module", error);
}

/** What holds bytes, in a form that every engine compiles: V8 takes no DataView, and no shared buffer by itself. */
function bytesIn(source) {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return /^\[object (Shared)?ArrayBuffer\]$/.test(tagOf(source)) ? new Uint8Array(source) : undefined;
}

function refuse(name) {
  const error = notLoaded(AlphaPoError, "call `load` of alphapo-wasm/slim, and wait for it, before anything else");
  // Whatever is wrong with this call rejects its promise.
  if (name === "takeAddress") return () => Promise.reject(error);
  throw error;
}

function failed(problem, cause) {
  return notLoaded(AlphaPoError, `alphapo.wasm was not loaded: ${problem}`, cause);
}

function tagOf(value) {
  return Object.prototype.toString.call(value);
}
