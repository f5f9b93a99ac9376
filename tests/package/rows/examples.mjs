// @ts-check
// The programs of examples/, each installed as it stands beside the packed package and run as its README says, against
// a sandbox over HTTP. Next.js is too large for this row: examples/next-edge is run by the row that has it.

import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { build } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";

import { equal, ok, run, within } from "../suite.js";
import { account, isLate, run as runChild, start, stop } from "./child.mjs";
import { NAME, TESTS, link, withProject } from "./project.mjs";
import { program } from "./runtimes.mjs";
import { withFolder } from "./temporary.mjs";

const EXAMPLES = join(TESTS, "../examples");
const START_LIMIT = 12_000;
const END_LIMIT = 5_000;
const PAGE_LIMIT = 12_000;
const LONGEST_README = 30;
const CREDENTIALS = { key: "example-key", secret: "example-secret" };

/** In Wrangler's settings the compatibility date may be newer than the workerd at hand. */
const COMPATIBILITY_DATE = "2025-09-01";

/** Every example, whether it is run here or not. */
const ALL = ["browser", "bun", "cloudflare-worker", "deno", "express", "next-edge", "node-http"];

/** What they need besides the package. Linked from the tests' own: npm would ask its registry. */
const OTHER_PACKAGES = ["express", "@cloudflare/workers-types"];

/**
 * How those are started that listen. Nothing may be downloaded, and nobody asked.
 *
 * @type {Record<string, () => string[]>}
 */
const SERVICES = {
  "node-http": () => [process.execPath, "server.mjs"],
  express: () => [process.execPath, "server.mjs"],
  deno: () => [program("deno"), "run", "--no-prompt", "--cached-only", "--allow-net", "--allow-env", "main.ts"],
  bun: () => [program("bun"), "run", "--no-install", "server.ts"],
};

/** @typedef {import("../suite.js").Test} Test */
/** @typedef {{ status: number, body: any }} Answer */
/** @typedef {{ post: (body: string) => Promise<Answer>, said: () => string }} Service */
/** @typedef {{ baseUrl: string, addresses: () => { foreign_id: string, address: string }[] }} Gateway */
/** @typedef {(secret: string | undefined, use: (service: Service) => Promise<void>) => Promise<void>} Running */

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function examples(tarball) {
  // Now, so that the row counts as not run where one of them cannot be.
  Object.values(SERVICES).forEach((line) => line());
  return withProject(tarball, async ({ folder, packageFolder }) => {
    for (const name of ALL) await install(name, folder, packageFolder);
    const load = (/** @type {string} */ file) => import(pathToFileURL(join(packageFolder, "dist", file)).href);
    const { createSandbox } = await load("sandbox.js");
    const { serve } = await load("sandbox-node.js");
    const sandbox = createSandbox(CREDENTIALS);
    const server = await serve(sandbox);
    const gateway = { baseUrl: server.url, addresses: () => sandbox.addresses() };
    try {
      return await run(
        (test) => {
          manifests(test);
          for (const [name, line] of Object.entries(SERVICES)) {
            const place = join(folder, "examples", name);
            behaves(test, name, gateway, (secret, use) => served(line(), place, environment(gateway, secret), use));
            startsNot(test, name, line, place, environment(gateway, undefined));
          }
          worker(test, join(folder, "examples/cloudflare-worker"), gateway);
          page(test, join(folder, "examples/browser"));
        },
        { atOnce: 1 },
      );
    } finally {
      await server.close();
    }
  });
}

/**
 * What `npm install` would make of an example.
 *
 * @param {string} name
 * @param {string} folder
 * @param {string} installed
 */
async function install(name, folder, installed) {
  const place = join(folder, "examples", name);
  await cp(join(EXAMPLES, name), place, { recursive: true });
  await cp(installed, join(place, "node_modules", NAME), { recursive: true });
  const { dependencies, devDependencies } = JSON.parse(await readFile(join(place, "package.json"), "utf8"));
  const others = OTHER_PACKAGES.filter((other) => other in { ...dependencies, ...devDependencies });
  await link(place, others);
}

/** @param {Test} test */
function manifests(test) {
  for (const name of ALL) {
    test(`examples/${name}: its manifest asks for this version of the package, and its README is short`, async () => {
      const { dependencies } = JSON.parse(await readFile(join(EXAMPLES, name, "package.json"), "utf8"));
      const cargo = await readFile(join(EXAMPLES, "../Cargo.toml"), "utf8");
      equal(dependencies[NAME], `^${/^version = "([^"]+)"/m.exec(cargo)?.[1]}`);
      const lines = (await readFile(join(EXAMPLES, name, "README.md"), "utf8")).trimEnd().split("\n");
      ok(lines.length <= LONGEST_README, `its README has ${lines.length} lines`);
    });
  }
}

/** @param {Gateway} gateway @param {string | undefined} secret */
function environment({ baseUrl }, secret) {
  return { ALPHAPO_BASE_URL: baseUrl, ALPHAPO_KEY: CREDENTIALS.key, ALPHAPO_SECRET: secret, PORT: "0" };
}

/**
 * What all services have in common.
 *
 * @param {Test} test
 * @param {string} name
 * @param {Gateway} gateway
 * @param {Running} running
 */
function behaves(test, name, gateway, running) {
  test(`examples/${name}: a user has one address per currency, and mistakes are the user's to mend`, () =>
    running(CREDENTIALS.secret, async ({ post }) => {
      const user = `${name}-17`;
      const first = await post(JSON.stringify({ user, currency: "XRP" }));
      equal(first.status, 200, `status of ${JSON.stringify(first.body)}`);
      ok(/^\d+$/.test(first.body.tag) && /^r\w{20,}$/.test(first.body.address), JSON.stringify(first.body));
      equal(await post(JSON.stringify({ user, currency: "XRP" })), first, "the second answer");
      equal((await post(JSON.stringify({ user, currency: "BTC" }))).body.tag, null, "the tag of BTC");
      equal(gateway.addresses().filter(({ foreign_id }) => foreign_id === user).length, 2, "addresses taken");
      const refused = await post(JSON.stringify({ user: "jane@example.com", currency: "BTC" }));
      equal([refused.status, Object.keys(refused.body.fields)], [422, ["foreign_id", "end_user_reference"]]);
      equal((await post("{")).status, 400, "status for no JSON");
    }));

  test(`examples/${name}: a refusal is told to its log, and not to its user`, () =>
    running("wrong", async ({ post, said }) => {
      const { status, body } = await post(JSON.stringify({ user: `${name}-18`, currency: "BTC" }));
      equal([status, body], [502, { error: "no address at the moment" }]);
      ok(/unauthorized, rejected, after 1 attempts/.test(said()), said());
    }));
}

/**
 * @param {Test} test
 * @param {string} name
 * @param {() => string[]} line
 * @param {string} cwd
 * @param {Record<string, string | undefined>} env
 */
function startsNot(test, name, line, cwd, env) {
  test(`examples/${name}: without a secret it does not start, and says why`, async () => {
    const [command, ...args] = line();
    const ended = await runChild(command, args, { cwd, env, timeout: START_LIMIT });
    ok(ended.code !== 0 && !ended.late && /`secret` is/.test(ended.stderr), account(ended));
  });
}

/**
 * Runs a program that listens, until `use` is done; then it must end by itself.
 *
 * @param {string[]} line
 * @param {string} cwd
 * @param {Record<string, string | undefined>} env
 * @param {(service: Service, origin: string) => Promise<void>} use
 */
async function served([command, ...args], cwd, env, use) {
  const { child, output, ended } = start(command, args, { cwd, env });
  const said = () => `${output.stdout}${output.stderr}`;
  try {
    const listening = new Promise((resolve) => {
      child.stdout?.on("data", () => {
        const port = /listening on port (\d+)/.exec(output.stdout);
        if (port) resolve(`http://127.0.0.1:${port[1]}`);
      });
    });
    const failed = ended.then(() => Promise.reject(new Error(`it ended: ${said()}`)));
    failed.catch(() => {});
    const origin = await within(START_LIMIT, Promise.race([listening, failed]));
    await use({ post: (body) => answer(fetch(`${origin}/deposit-addresses`, posted(body))), said }, origin);
    child.kill("SIGTERM");
    ok(!(await isLate(ended, END_LIMIT)), "it does not end when it is told to");
  } finally {
    await stop(child);
  }
}

/** @param {string} body @returns {RequestInit & { headers: Record<string, string> }} */
function posted(body) {
  return { method: "POST", body, headers: { "content-type": "application/json", connection: "close" } };
}

/** @param {Promise<{ status: number, text: () => Promise<string> }>} response @returns {Promise<Answer>} */
async function answer(response) {
  const { status, ...rest } = await response.then(async (got) => ({ status: got.status, text: await got.text() }));
  try {
    return { status, body: JSON.parse(rest.text) };
  } catch {
    return { status, body: rest.text };
  }
}

/**
 * As Wrangler would run it, which needs a later Node than these tests.
 *
 * @param {Test} test
 * @param {string} folder
 * @param {Gateway} gateway
 */
function worker(test, folder, gateway) {
  test("examples/cloudflare-worker: it compiles under its own tsconfig.json", async () => {
    const tsc = join(TESTS, "node_modules/typescript/bin/tsc");
    const ended = await runChild(process.execPath, [tsc], { cwd: folder, timeout: START_LIMIT });
    ok(ended.code === 0, account(ended));
  });

  behaves(test, "cloudflare-worker", gateway, async (secret, use) => {
    const settings = JSON.parse((await readFile(join(folder, "wrangler.jsonc"), "utf8")).replace(/^\s*\/\/.*$/gm, ""));
    const outdir = join(folder, "dist");
    await build({
      entryPoints: [join(folder, settings.main)],
      outdir,
      bundle: true,
      format: "esm",
      conditions: ["workerd", "worker", "browser"],
      loader: { ".wasm": "copy" },
      logLevel: "silent",
    });
    let said = "";
    const { ALPHAPO_BASE_URL, ALPHAPO_KEY, ALPHAPO_SECRET } = environment(gateway, secret);
    const miniflare = new Miniflare({
      rootPath: outdir,
      scriptPath: "index.js",
      modulesRoot: ".",
      modules: true,
      modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
      // That of wrangler.jsonc may be later than the workerd at hand.
      compatibilityDate: COMPATIBILITY_DATE,
      bindings: { ...settings.vars, ALPHAPO_BASE_URL, ALPHAPO_KEY, ALPHAPO_SECRET },
      kvNamespaces: settings.kv_namespaces.map((/** @type {{ binding: string }} */ { binding }) => binding),
      cf: false,
      log: new Log(LogLevel.NONE),
      handleRuntimeStdio: (stdout, stderr) => {
        for (const stream of [stdout, stderr]) stream.on("data", (chunk) => (said += chunk));
      },
    });
    try {
      const url = "http://worker.test/deposit-addresses";
      await use({
        // Its own types of fetch are not Node's.
        post: (body) => answer(miniflare.dispatchFetch(url, /** @type {any} */ (posted(body)))),
        said: () => said,
      });
    } finally {
      await miniflare.dispose();
    }
  });
}

/** @param {Test} test @param {string} folder */
function page(test, folder) {
  for (const [query, expected] of /** @type {const} */ ([
    ["currency=XRP", /<li>XRP: r\w{20,}, tag \d+<\/li>/],
    ["currency=NOSUCHCOIN", /id="status"[^>]*>[^<]*refused/],
  ])) {
    test(`examples/browser: /?${query} under its own policy`, () =>
      served([process.execPath, "server.mjs"], folder, { PORT: "0" }, async (_, origin) => {
        const text = await withFolder("chromium", (profile) => rendered(profile, `${origin}/?${query}`));
        ok(expected.test(text), text);
      }));
  }
}

/** The page as it stands after its scripts. @param {string} profile @param {string} url */
async function rendered(profile, url) {
  const chromium = process.env.CHROMIUM;
  if (!chromium) throw new Error("the environment variable CHROMIUM must name a Chromium");
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
  const args = [...flags, `--user-data-dir=${profile}`, "--virtual-time-budget=3000", "--dump-dom", url];
  const ended = await runChild(chromium, args, { timeout: PAGE_LIMIT });
  return `${ended.stdout}${ended.code === 0 ? "" : account(ended)}`;
}
