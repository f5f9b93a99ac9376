// @ts-check
// Browsers: the suites in pages and in workers of each kind, on the installed package's own files and without a
// bundler. No driver: a browser is started on the first page, each page leads to the next, and all post their reports.

import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { startWireServer } from "../../wire/server.mjs";
import { joined, labelled } from "../suite.js";
import { start, stop } from "./child.mjs";
import { addSuites, importsOf, withProject } from "./project.mjs";
import { withFolder } from "./temporary.mjs";

/** For one context, the start of the browser included. */
const SUITES_LIMIT = 120_000;
const CONDITIONS = ["browser", "import"];
const FIRST_PAGE = "package/entries/browser/page.html";

/** What imports packages by their names. */
const WITH_IMPORTS = ["decoders.js", ...["page.js", "worker.js", "denied.js"].map((file) => `entries/browser/${file}`)];

/** In the order in which the pages report them. None may be missing. */
const CONTEXTS = [
  "page",
  "dedicated worker",
  "shared worker",
  "service worker",
  "page under a strict policy",
  "page under a policy without WebAssembly",
];

const CHROMIUM_FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-extensions",
  // Its profile is new, so there is nothing a keyring could protect.
  "--password-store=basic",
];

/** No first-run page, and nothing of its own on the network. */
const FIREFOX_PREFERENCES = {
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "browser.safebrowsing.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.systemAddon.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,",
  "toolkit.telemetry.server": "data:,",
};

/** @typedef {import("../suite.js").Report} Report */
/** @typedef {{ args: string[], env?: Record<string, string> }} Start */

/** @param {string} profile */
const chromiumOn = async (profile) => ({ args: [...CHROMIUM_FLAGS, `--user-data-dir=${profile}`] });

/** @param {string} tarball */
export const chromium = (tarball) => contextsOf(tarball, program("CHROMIUM"), chromiumOn);

/**
 * What a page that a bundler made reports to the stand-in gateway, from Chromium.
 *
 * @param {string} address
 * @param {Awaited<ReturnType<typeof startWireServer>>} wire
 * @returns {Promise<Report>}
 */
export function reportOfPage(address, wire) {
  return withFolder("profile", async (profile) => {
    const { args } = await chromiumOn(profile);
    return withBrowser(program("CHROMIUM"), [...args, address], undefined, async (posted) => {
      const report = await posted(wire);
      if (report.error) throw new Error(`the page failed: ${report.error}`);
      return report;
    });
  });
}

/** @param {string} tarball */
export const firefox = (tarball) =>
  contextsOf(tarball, program("FIREFOX"), async (profile) => {
    const preferences = Object.entries(FIREFOX_PREFERENCES).map((entry) => JSON.stringify(entry).slice(1, -1));
    await writeFile(join(profile, "user.js"), preferences.map((entry) => `user_pref(${entry});\n`).join(""));
    return { args: ["--headless", "--no-remote", "--profile", profile], env: home(profile) };
  });

/** WebKit, the engine of Safari, in the smallest browser around it, which needs a display. @param {string} tarball */
export const webkit = (tarball) =>
  contextsOf(tarball, program("MINIBROWSER"), async (profile) => ({
    args: [],
    env: { ...home(profile), DISPLAY: program("DISPLAY") },
  }));

/** Set by `cargo xtask test`. @param {string} variable */
function program(variable) {
  const value = process.env[variable];
  if (!value) throw new Error(`the environment variable ${variable} is missing; cargo xtask test sets it`);
  return value;
}

/** Where a browser may write what it would write into its user's folders. @param {string} folder */
function home(folder) {
  return {
    HOME: folder,
    XDG_CACHE_HOME: join(folder, "cache"),
    XDG_CONFIG_HOME: join(folder, "config"),
    XDG_DATA_HOME: join(folder, "data"),
  };
}

/**
 * @param {string} tarball
 * @param {string} binary
 * @param {(profile: string) => Promise<Start>} prepare
 * @returns {Promise<Report>}
 */
function contextsOf(tarball, binary, prepare) {
  return withProject(tarball, async (project) => {
    await addSuites(project);
    await writePages(project);
    const wire = await startWireServer({ staticRoot: project.folder });
    try {
      return await withFolder("profile", async (profile) => {
        const { args, env } = await prepare(profile);
        return reportsFrom(binary, [...args, `${wire.origin}/app/${FIRST_PAGE}`], env, wire);
      });
    } finally {
      await wire.close();
    }
  });
}

/**
 * @param {string} binary
 * @param {string[]} args
 * @param {Record<string, string> | undefined} env
 * @param {Awaited<ReturnType<typeof startWireServer>>} wire
 */
function reportsFrom(binary, args, env, wire) {
  return withBrowser(binary, args, env, async (posted) => {
    /** @type {Report[]} */
    const reports = [];
    for (const expected of CONTEXTS) {
      const { context, result } = await posted(wire).catch((error) => {
        throw new Error(`${expected}: ${error.message}`);
      });
      if (context !== expected) throw new Error(`${expected} was expected, and ${context} reported`);
      reports.push(labelled(expected, reportOf(result)));
    }
    return joined(reports);
  });
}

/**
 * Hands `use` what waits for the next report of a browser, and ends the browser afterwards.
 *
 * @template T
 * @param {string} binary
 * @param {string[]} args
 * @param {Record<string, string> | undefined} env
 * @param {(posted: (wire: Awaited<ReturnType<typeof startWireServer>>) => Promise<any>) => Promise<T>} use
 * @returns {Promise<T>}
 */
async function withBrowser(binary, args, env, use) {
  const browser = start(binary, args, { env, group: true });
  const ended = browser.ended.then(() => Promise.reject(new Error("the browser ended without a report")));
  ended.catch(() => {});
  try {
    return await use((wire) =>
      Promise.race([wire.waitForReport(SUITES_LIMIT), ended]).catch((error) => {
        throw new Error(`${error.message}\n${browser.output.stderr}`);
      }),
    );
  } finally {
    await stop(browser.child);
  }
}

/** One context that failed as a whole must not take the others with it. @param {any} result @returns {Report} */
function reportOf(result) {
  if (!result.error) return result;
  const name = "the suites are run";
  return { passed: 0, failed: [{ name, message: result.error }], names: [name] };
}

/**
 * The first page gets its import map. The others are run from a copy whose imports are addresses already: workers know
 * no import maps, and the strict policy allows none in a page.
 *
 * @param {import("./project.mjs").Project} project
 */
async function writePages({ folder, packageJson }) {
  const imports = importsOf(packageJson, "/app/node_modules/", CONDITIONS);
  const page = join(folder, FIRST_PAGE);
  await cp(join(folder, "package"), join(folder, "resolved"), { recursive: true });
  await writeFile(page, (await readFile(page, "utf8")).replace("{{imports}}", JSON.stringify({ imports })));
  for (const file of WITH_IMPORTS) {
    const path = join(folder, "resolved", file);
    await writeFile(path, resolved(await readFile(path, "utf8"), imports));
  }
}

/** @param {string} source @param {Record<string, string>} imports */
function resolved(source, imports) {
  return source.replace(/(\bfrom |\bimport\()"([^".][^"]*)"/g, (_, before, specifier) => {
    const prefix = Object.keys(imports).find((name) => name.endsWith("/") && specifier.startsWith(name));
    const address = imports[specifier] ?? (prefix && imports[prefix] + specifier.slice(prefix.length));
    if (!address) throw new Error(`nothing is known of the import "${specifier}"`);
    return `${before}"${address}"`;
  });
}
