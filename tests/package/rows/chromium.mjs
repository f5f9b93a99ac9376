// @ts-check
// Chromium: a page that imports the installed package through an import map, without a bundler and under a content
// security policy, and posts its report. No driver: the browser is started on the page and ended after the report.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { startWireServer } from "../../wire/server.mjs";
import { start, stop } from "./child.mjs";
import { addSuites, importsOf, withProject } from "./project.mjs";
import { withFolder } from "./temporary.mjs";

const SUITES_LIMIT = 120_000;
const CONDITIONS = ["browser", "import"];

const FLAGS = [
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

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export async function chromium(tarball) {
  return withProject(tarball, async (project) => {
    await addSuites(project);
    await writePage(project);
    const wire = await startWireServer({ staticRoot: project.folder });
    try {
      return await reportOfPage(`${wire.origin}/app/page.html`, wire);
    } finally {
      await wire.close();
    }
  });
}

/**
 * What a page reports to the stand-in gateway.
 *
 * @param {string} address
 * @param {Awaited<ReturnType<typeof startWireServer>>} wire
 * @returns {Promise<import("../suite.js").Report>}
 */
export function reportOfPage(address, wire) {
  const binary = process.env.CHROMIUM;
  if (!binary) throw new Error("the environment variable CHROMIUM must name a Chromium");
  return withFolder("chromium", (profile) => reportFrom(binary, profile, address, wire));
}

/**
 * @param {string} binary
 * @param {string} profile
 * @param {string} address
 * @param {Awaited<ReturnType<typeof startWireServer>>} wire
 */
async function reportFrom(binary, profile, address, wire) {
  const browser = start(binary, [...FLAGS, `--user-data-dir=${profile}`, address]);
  try {
    const ended = browser.ended.then(() =>
      Promise.reject(new Error(`Chromium ended without a report:\n${browser.output.stderr}`)),
    );
    ended.catch(() => {});
    const report = /** @type {any} */ (await Promise.race([wire.waitForReport(SUITES_LIMIT), ended]));
    if (report.error) throw new Error(`the page failed: ${report.error}`);
    return /** @type {import("../suite.js").Report} */ (report);
  } finally {
    await stop(browser.child);
  }
}

/** @param {import("./project.mjs").Project} project */
async function writePage({ folder, packageJson }) {
  const imports = importsOf(packageJson, "/app/node_modules/", CONDITIONS);
  const template = await readFile(join(folder, "package/entries/page.html"), "utf8");
  await writeFile(join(folder, "page.html"), template.replace("{{imports}}", JSON.stringify({ imports })));
}
