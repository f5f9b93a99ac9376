// @ts-check
// The programs of examples/, each installed as it stands beside the packed package and run as its README says: against
// a sandbox over HTTP, and with callbacks from a sender of these tests. Next.js is too large for this row: its examples
// are in the row `examples-next`.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";

import { ok, run } from "../suite.js";
import { account, run as runChild } from "./child.mjs";
import { creditsIn, receives } from "./example-callbacks.mjs";
import { creditsOnceInD1, creditsOnceInSqlite, inSqlite } from "./example-databases.mjs";
import {
  CREDENTIALS,
  behaves,
  environment,
  install,
  manifests,
  served,
  startsNot,
  withGateway,
} from "./example-programs.mjs";
import { TESTS, withProject } from "./project.mjs";
import { program } from "./runtimes.mjs";
import { withFolder } from "./temporary.mjs";

const COMPILER_LIMIT = 12_000;
const PAGE_LIMIT = 12_000;
const CALLBACKS = "/callbacks/alphapo";

/** In Wrangler's settings the compatibility date may be newer than the workerd at hand. */
const COMPATIBILITY_DATE = "2025-09-01";

const PAGE = "browser";
const WORKERS = ["cloudflare-worker", "hono"];

/**
 * How those are started that listen, and what they do. Nothing may be downloaded, and nobody asked. Node is the one
 * that has SQLite.
 *
 * @type {Record<string, { line: () => string[], givesAddresses?: true, hasSqlite?: true, compile?: true }>}
 */
const SERVICES = {
  "node-http": { line: () => [program("node-24"), "server.mjs"], givesAddresses: true, hasSqlite: true },
  express: { line: () => [program("node-24"), "server.mjs"], givesAddresses: true, hasSqlite: true },
  fastify: { line: () => [process.execPath, "server.mjs"] },
  nest: { line: () => [program("node-24"), "dist/main.js"], compile: true },
  deno: {
    line: () => [program("deno"), "run", "--no-prompt", "--cached-only", "--allow-net", "--allow-env", "main.ts"],
    givesAddresses: true,
  },
  bun: { line: () => [program("bun"), "run", "--no-install", "server.ts"], givesAddresses: true },
};

/** @typedef {import("../suite.js").Test} Test */
/** @typedef {import("./example-programs.mjs").Gateway} Gateway */
/** @typedef {import("./example-programs.mjs").Service} Service */

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function examples(tarball) {
  // Now, so that the row counts as not run where one of them cannot be.
  Object.values(SERVICES).forEach(({ line }) => line());
  return withProject(tarball, async ({ folder, packageFolder }) => {
    const names = [PAGE, ...WORKERS, ...Object.keys(SERVICES)];
    for (const name of names) await install(name, folder, packageFolder);
    const places = join(folder, "examples");
    return withGateway(packageFolder, (gateway) =>
      run(
        (test) => {
          manifests(test, names);
          for (const name of Object.keys(SERVICES)) service(test, name, join(places, name), gateway);
          keyValueWorker(test, join(places, "cloudflare-worker"), gateway);
          databaseWorker(test, join(places, "hono"), gateway);
          page(test, join(places, PAGE));
        },
        { atOnce: 1, longest: 30_000 },
      ),
    );
  });
}

/** @param {Test} test @param {string} name @param {string} place @param {Gateway} gateway */
function service(test, name, place, gateway) {
  const { line, givesAddresses, hasSqlite, compile } = SERVICES[name];
  if (compile) compiles(test, name, place);

  /** @param {string | undefined} secret @param {(service: Service & { database: string }) => Promise<void>} use */
  const running = (secret, use) =>
    withFolder("database", (data) => {
      const database = join(data, "deposits.db");
      const surroundings = { ...environment(gateway, secret), DATABASE: database };
      return served(line(), place, surroundings, (service) => use({ ...service, database }));
    });

  if (givesAddresses) behaves(test, name, gateway, running);
  receives(test, name, (use) =>
    running(CREDENTIALS.secret, ({ origin, said, database }) =>
      use({
        url: `${origin}${CALLBACKS}`,
        credits: hasSqlite
          ? () => inSqlite(database, "SELECT credit_key AS key, user_id AS user, currency, amount FROM credits")
          : async () => creditsIn(said()),
      }),
    ),
  );
  if (hasSqlite) {
    creditsOnceInSqlite(test, name, (database, use) =>
      served(line(), place, { ...environment(gateway, CREDENTIALS.secret), DATABASE: database }, ({ origin }) =>
        use(`${origin}${CALLBACKS}`),
      ),
    );
  }
  startsNot(test, name, line, place, environment(gateway, undefined));
}

/** @param {Test} test @param {string} name @param {string} place */
function compiles(test, name, place) {
  test(`examples/${name}: it compiles under its own tsconfig.json`, async () => {
    const tsc = join(TESTS, "node_modules/typescript/bin/tsc");
    const ended = await runChild(process.execPath, [tsc], { cwd: place, timeout: COMPILER_LIMIT });
    ok(ended.code === 0, account(ended));
  });
}

/** @param {Test} test @param {string} place @param {Gateway} gateway */
function keyValueWorker(test, place, gateway) {
  compiles(test, "cloudflare-worker", place);
  behaves(test, "cloudflare-worker", gateway, (secret, use) => inMiniflare(place, gateway, secret, use));
  receives(test, "cloudflare-worker", (use) =>
    inMiniflare(place, gateway, CREDENTIALS.secret, async ({ origin, said, miniflare }) => {
      await use({ url: `${origin}${CALLBACKS}`, credits: async () => creditsIn(said()) });
      const processed = await miniflare.getKVNamespace("CALLBACKS");
      ok((await processed.get("deposit:1:confirmed")) !== null, "the namespace does not hold what was processed");
    }),
  );
}

/** @param {Test} test @param {string} place @param {Gateway} gateway */
function databaseWorker(test, place, gateway) {
  compiles(test, "hono", place);
  const migration = join(place, "migrations/0001_deposits.sql");
  creditsOnceInD1(test, "hono", migration, (use) =>
    inMiniflare(place, gateway, CREDENTIALS.secret, async ({ origin, miniflare }) =>
      use(`${origin}${CALLBACKS}`, /** @type {any} */ (await miniflare.getD1Database("DATABASE"))),
    ),
  );
}

/**
 * As Wrangler would run it, which needs a later Node than these tests.
 *
 * @param {string} place
 * @param {Gateway} gateway
 * @param {string | undefined} secret
 * @param {(service: Service & { miniflare: Miniflare }) => Promise<void>} use
 */
async function inMiniflare(place, gateway, secret, use) {
  const settings = JSON.parse((await readFile(join(place, "wrangler.jsonc"), "utf8")).replace(/^\s*\/\/.*$/gm, ""));
  const outdir = join(place, "dist");
  await build({
    entryPoints: [join(place, settings.main)],
    outdir,
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    loader: { ".wasm": "copy" },
    logLevel: "silent",
  });
  const names = (/** @type {{ binding: string }[]} */ list = []) => list.map(({ binding }) => binding);
  const { ALPHAPO_BASE_URL, ALPHAPO_KEY, ALPHAPO_SECRET } = environment(gateway, secret);
  let said = "";
  const miniflare = new Miniflare({
    rootPath: outdir,
    scriptPath: "index.js",
    modulesRoot: ".",
    modules: true,
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    // That of wrangler.jsonc may be later than the workerd at hand.
    compatibilityDate: COMPATIBILITY_DATE,
    bindings: { ...settings.vars, ALPHAPO_BASE_URL, ALPHAPO_KEY, ALPHAPO_SECRET },
    kvNamespaces: names(settings.kv_namespaces),
    d1Databases: names(settings.d1_databases),
    cf: false,
    log: new Log(LogLevel.NONE),
    handleRuntimeStdio: (stdout, stderr) => {
      for (const stream of [stdout, stderr]) stream.on("data", (chunk) => (said += chunk));
    },
  });
  try {
    const { origin } = await miniflare.ready;
    await use({ origin, said: () => said, miniflare });
  } finally {
    await miniflare.dispose();
  }
}

/** @param {Test} test @param {string} folder */
function page(test, folder) {
  for (const [query, expected] of /** @type {const} */ ([
    ["currency=XRP", /<li>XRP: r\w{20,}, tag \d+<\/li>/],
    ["currency=NOSUCHCOIN", /id="status"[^>]*>[^<]*refused/],
  ])) {
    test(`examples/browser: /?${query} under its own policy`, () =>
      served([process.execPath, "server.mjs"], folder, { PORT: "0" }, async ({ origin }) => {
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
