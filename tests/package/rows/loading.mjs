// @ts-check
// How the package's entries load: the slim one with every kind of module, all of them with nothing at hand but
// WebAssembly, and what they say where bytes may not be compiled. Workers are here to be loaded wrongly; how the
// package runs in them is for their own rows.

import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { createContext, runInContext, runInNewContext } from "node:vm";

import { transform } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";
import ts from "typescript5";

import { slim } from "../slim.js";
import { equal, joined, labelled, ok, run, thrown, within } from "../suite.js";
import { DOCUMENTED_BODY, DOCUMENTED_SECRET, DOCUMENTED_SIGNATURE } from "../vectors.js";
import { withProject } from "./project.mjs";

/** All that an entry may use of its runtime while it is imported. */
const ENOUGH = { WebAssembly, TextDecoder, TextEncoder, atob };

/** The modules beside the scripts, and what serves the sandbox on Node: the only imports there may be. */
const IMPORTS = /^\.\/(alphapo|sandbox|signature)\.wasm(\?module)?$/;
const NODE_ONLY = /^sandbox-node\.c?js$/;
const NODE_IMPORTS = /^node:(crypto|fs|http)$/;

/** It is run, and never imported: the row `command-line` does that. */
const PROGRAM = "cli.js";

/** Words of the error that say what to do where bytes are not compiled. */
const CURES = ["`workerd`", "`edge-light`", "alphapo-wasm/slim", "alphapo-wasm/alphapo.wasm", "'wasm-unsafe-eval'"];
const CURES_OF_SIGNING = ["`workerd`", "`edge-light`", "alphapo-wasm/signature", "'wasm-unsafe-eval'"];

/** Before 2025-06-01 a Worker compiles no bytes at its start either. */
const COMPATIBILITY_DATE = "2024-01-01";
const WORKER_LIMIT = 30_000;

/** @typedef {import("./project.mjs").Project} Project */
/** @typedef {import("../suite.js").Report} Report */
/** @typedef {import("../caller.js").Package} Package */

/** @param {string} tarball @returns {Promise<Report>} */
export function loading(tarball) {
  return withProject(tarball, async (project) => {
    const bytes = await readFile(join(project.packageFolder, "dist/alphapo.wasm"));
    const inAnotherRealm = (/** @type {string} */ source, /** @type {object} */ globals) =>
      runInNewContext(source, globals);
    const [esm, cjs] = [copies(project), copiesByRequire(project)];
    return joined([
      labelled("ES module", await slim({ fresh: esm.slim, full: await esm.full(), bytes, inAnotherRealm })),
      labelled("CommonJS", await slim({ fresh: cjs.slim, full: await cjs.full(), bytes, inAnotherRealm })),
      await rules(project),
      await whereNothingCompiles(project, bytes),
      await inWorkers(project),
    ]);
  });
}

/** Copies of the entries that know nothing of each other. @param {Project} project */
function copies({ packageFolder }) {
  let number = 0;
  const load = (/** @type {string} */ file) => {
    number += 1;
    return import(`${pathToFileURL(join(packageFolder, "dist", file))}?${number}`);
  };
  return { slim: () => load("slim.js"), full: () => load("index.js") };
}

/** The same by require, through the exports map. @param {Project} project */
function copiesByRequire({ folder }) {
  const require = createRequire(join(folder, "package.json"));
  const load = async (/** @type {string} */ name) => {
    delete require.cache[require.resolve(name)];
    return require(name);
  };
  return { slim: () => load("alphapo-wasm/slim"), full: () => load("alphapo-wasm") };
}

/** What no shipped script may do while it is imported. @param {Project} project */
async function rules({ packageFolder, packageJson }) {
  const dist = join(packageFolder, "dist");
  const scripts = (await readdir(dist)).filter((file) => /\.c?js$/.test(file) && file !== PROGRAM);
  return run(
    (test) => {
      for (const file of scripts) {
        test(`dist/${file}: no top-level await, import.meta, eval, new Function, dynamic import`, async () => {
          equal(forbidden(await readFile(join(dist, file), "utf8"), NODE_ONLY.test(file)), []);
        });

        test(`dist/${file}: importing it starts its module, and needs and does nothing else`, async () => {
          const isInline = /^(index|sandbox|signature)\.c?js$/.test(file);
          const isOutside = /-?(workerd|edge-light)\.js$/.test(file);
          const { seen } = await starved(dist, file);
          equal(seen, { compiled: Number(isInline), started: Number(isInline || isOutside) });
        });
      }
    },
    { atOnce: 1 },
  );
}

/** The forbidden things in a script, each with its line. @param {string} text @param {boolean} onNode */
function forbidden(text, onNode) {
  const isAllowed = (/** @type {string} */ name) => IMPORTS.test(name) || (onNode && NODE_IMPORTS.test(name));
  const source = ts.createSourceFile("script.mjs", text, ts.ScriptTarget.Latest, true);
  /** @type {string[]} */
  const found = [];
  /** @param {import("typescript5").Node} node @param {boolean} inFunction */
  const visit = (node, inFunction) => {
    const isForbidden =
      (ts.isAwaitExpression(node) && !inFunction) ||
      (ts.isForOfStatement(node) && node.awaitModifier && !inFunction) ||
      ts.isMetaProperty(node) ||
      (ts.isIdentifier(node) && ["eval", "Function"].includes(node.text) && !isPropertyOfOurs(node)) ||
      (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) ||
      (ts.isImportDeclaration(node) && !isAllowed(/** @type {any} */ (node.moduleSpecifier).text));
    if (isForbidden) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${line + 1}: ${node.getText().slice(0, 80)}`);
    }
    node.forEachChild((child) => visit(child, inFunction || ts.isFunctionLike(node)));
  };
  visit(source, false);
  return found;
}

/** `Function.prototype` compiles nothing. @param {import("typescript5").Identifier} node */
function isPropertyOfOurs({ parent, text }) {
  return text === "Function" && ts.isPropertyAccessExpression(parent) && parent.name.text === "prototype";
}

/**
 * Imports a script in a realm that has nothing but what is enough: no fetch, no timer, no process, no files, no code
 * from text. Counts what it makes of WebAssembly, under which the modules it imports come compiled.
 *
 * @param {string} dist
 * @param {string} file
 * @param {{ wasm?: boolean }} [codeGeneration]
 */
async function starved(dist, file, { wasm = true } = {}) {
  const text = await readFile(join(dist, file), "utf8");
  const { code } = await transform(text, { format: "cjs", loader: "js" });
  const seen = { compiled: 0, started: 0 };
  const counted = (/** @type {Function} */ Class, /** @type {keyof typeof seen} */ what) =>
    new Proxy(Class, {
      construct(target, args) {
        seen[what] += 1;
        return Reflect.construct(target, args);
      },
    });
  const context = createContext({ ...ENOUGH }, { codeGeneration: { strings: false, wasm } });
  // The realm's own, which obeys `codeGeneration`; the one handed in would obey ours.
  delete context.WebAssembly;
  const { WebAssembly } = runInContext("globalThis", context);
  Object.assign(WebAssembly, {
    Module: counted(WebAssembly.Module, "compiled"),
    Instance: counted(WebAssembly.Instance, "started"),
  });
  /** @type {Map<string, WebAssembly.Module>} */
  const modules = new Map();
  for (const [, name] of text.matchAll(/from ?"\.\/(\w+\.wasm)/g)) {
    modules.set(name, new globalThis.WebAssembly.Module(await readFile(join(dist, name))));
  }
  /** @param {string} name */
  const require = (name) => {
    if (NODE_ONLY.test(file) && NODE_IMPORTS.test(name)) return {};
    const module = modules.get(name.replace(/^\.\/|\?module$/g, ""));
    if (!module) throw new Error(`it requires ${name}`);
    return { __esModule: true, default: module };
  };
  const module = { exports: {} };
  runInContext(`(function (module, exports, require) {${code}\n})`, context)(module, module.exports, require);
  return { exports: /** @type {Package} */ (module.exports), seen };
}

/**
 * Where a policy forbids compiling, as a page's may: Node has such a policy for a realm.
 *
 * @param {Project} project
 * @param {Uint8Array} bytes
 */
function whereNothingCompiles({ packageFolder }, bytes) {
  const dist = join(packageFolder, "dist");
  return run(
    (test) => {
      for (const file of ["index.js", "index.cjs", "sandbox.js", "sandbox.cjs", "signature.js", "signature.cjs"]) {
        test(`policy: dist/${file} says what to do where it may not compile`, async () => {
          const error = await starved(dist, file, { wasm: false }).catch((error) => error);
          namesTheCures(error, file.startsWith("signature") ? CURES_OF_SIGNING : CURES);
          ok(/disallowed/.test(error.cause?.message), `the cause is ${error.cause}`);
        });
      }

      test("policy: slim says the same of bytes, and takes a compiled module", async () => {
        const { exports } = await starved(dist, "slim.js", { wasm: false });
        namesTheCures(thrown(() => exports.loadSync(bytes)));
        namesTheCures(await exports.load(bytes).catch((/** @type {any} */ error) => error));
        await exports.load(new WebAssembly.Module(Uint8Array.from(bytes)));
        equal(exports.sign(DOCUMENTED_BODY, DOCUMENTED_SECRET), DOCUMENTED_SIGNATURE);
      });
    },
    { atOnce: 1 },
  );
}

/** @param {any} error @param {string[]} cures */
function namesTheCures(error, cures = CURES) {
  equal([error?.name, error?.code, error?.outcome], ["AlphaPoError", "not_loaded", "not-sent"], String(error));
  for (const cure of cures) ok(error.message.includes(cure), `no word on ${cure}: ${error.message}`);
}

/** In a Worker's source: what is thrown or rejected, as JSON has it. */
const OUTCOME = `async function outcome(call) {
  try {
    return await call();
  } catch ({ name, code, outcome, message, cause }) {
    return { name, code, outcome, message, cause: String(cause) };
  }
}`;

/** @param {Project} project */
function inWorkers({ packageFolder }) {
  const dist = join(packageFolder, "dist");
  return run(
    (test) => {
      test("workerd: the entry for Node, imported by a handler, says what to do", async () => {
        const worker = `export default { async fetch() {
          return Response.json(await outcome(() => import("./index.js")));
        } }`;
        const { answer, said } = await inWorker(dist, ["index.js"], worker);
        ok(answer, said);
        namesTheCures(answer);
        ok(/disallowed by embedder/.test(answer.cause), answer.cause);
      });

      test("workerd: the entry for Node, imported at the start, says what to do", async () => {
        const { said } = await inWorker(dist, ["index.js"], `import "./index.js"; export default { fetch() {} }`);
        for (const cure of CURES) ok(said.includes(cure), `no word on ${cure}: ${said}`);
      });

      test("workerd: slim takes the module that a static import of alphapo.wasm gives, and no bytes", async () => {
        const worker = `import { load, sign } from "./slim.js";
          import module from "./alphapo.wasm";
          import bytes from "./alphapo.bin";
          const signed = () => sign(${JSON.stringify(DOCUMENTED_BODY)}, ${JSON.stringify(DOCUMENTED_SECRET)});
          const early = outcome(signed);
          export default { async fetch() {
            const compiled = await outcome(() => load(bytes));
            await load(module);
            return Response.json({ early: await early, compiled, signature: signed() });
          } }`;
        const { answer, said } = await inWorker(dist, ["slim.js", "alphapo.wasm", "alphapo.bin"], worker);
        ok(answer, said);
        equal([answer.early.code, answer.signature], ["not_loaded", DOCUMENTED_SIGNATURE]);
        namesTheCures(answer.compiled);
      });
    },
    { atOnce: 1 },
  );
}

/**
 * What a Worker of these files answers, or what workerd says of it.
 *
 * @param {string} dist
 * @param {string[]} files
 * @param {string} script
 * @returns {Promise<{ answer: any, said: string }>}
 */
async function inWorker(dist, files, script) {
  let said = "";
  const kinds = /** @type {const} */ ({ ".js": "ESModule", ".wasm": "CompiledWasm", ".bin": "Data" });
  const modules = await Promise.all(
    files.map(async (path) => ({
      type: kinds[/** @type {keyof typeof kinds} */ (extname(path))],
      path,
      // The module again, as nothing but bytes.
      contents: await readFile(join(dist, path.replace(/bin$/, "wasm"))),
    })),
  );
  const worker = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.js", contents: `${script}\n${OUTCOME}` }, ...modules],
    compatibilityDate: COMPATIBILITY_DATE,
    cf: false,
    log: new Log(LogLevel.NONE),
    handleRuntimeStdio: (stdout, stderr) => {
      for (const stream of [stdout, stderr]) stream.on("data", (chunk) => (said += chunk));
    },
  });
  try {
    const response = await within(WORKER_LIMIT, worker.dispatchFetch("http://worker.test/"));
    const text = await response.text();
    ok(response.ok, text);
    return { answer: JSON.parse(text), said };
  } catch (error) {
    return { answer: undefined, said: `${said}${error}` };
  } finally {
    await worker.dispose().catch(() => {});
  }
}
