// @ts-check
// Wrangler, as one develops and deploys a Worker with it: the suites through `wrangler dev`, and through the bundle
// that `wrangler deploy` would upload. It may send nothing: neither metrics nor the Worker.

import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { startWireServer } from "../../wire/server.mjs";
import { joined, labelled, ok, within } from "../suite.js";
import { account, run as runChild, start, stop } from "./child.mjs";
import { suitesOf } from "./miniflare.mjs";
import { TESTS, addSuites, withProject } from "./project.mjs";
import { program } from "./runtimes.mjs";
import { withFolder } from "./temporary.mjs";

const WRANGLER = join(TESTS, "wrangler/node_modules/wrangler/bin/wrangler.js");
const START_LIMIT = 60_000;
const BUNDLING_LIMIT = 60_000;
const SUITES_LIMIT = 120_000;

const CONFIG = {
  name: "project",
  main: "package/entries/worker.js",
  compatibility_date: "2024-01-01",
  send_metrics: false,
};

/** @typedef {import("../suite.js").Report} Report */
/** @typedef {{ cwd: string, env: Record<string, string> }} Surroundings */

/** @param {string} tarball @returns {Promise<Report>} */
export function wrangler(tarball) {
  // Wrangler asks for Node 22, which need not be the one that runs the tests.
  const node = program("node-24");
  return withProject(tarball, (project) =>
    withFolder("wrangler-home", async (home) => {
      await addSuites(project);
      await writeFile(join(project.folder, "wrangler.json"), JSON.stringify(CONFIG));
      const surroundings = { cwd: project.folder, env: environment(home) };
      return joined([
        labelled("dev", await inDevelopment(node, surroundings)),
        labelled("deploy", await deployed(node, surroundings)),
      ]);
    }),
  );
}

/** What it would otherwise read of its user, or tell about them. @param {string} home */
function environment(home) {
  return {
    HOME: home,
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_DATA_HOME: join(home, "data"),
    WRANGLER_LOG_PATH: join(home, "logs"),
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    // Its banner is what looks for a newer release.
    WRANGLER_HIDE_BANNER: "true",
    // Without this it asks the network for the properties of a request.
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
  };
}

/** @param {string} node @param {Surroundings} surroundings @returns {Promise<Report>} */
async function inDevelopment(node, surroundings) {
  const wire = await startWireServer();
  const args = [WRANGLER, "dev", "--local", "--ip=127.0.0.1", "--port=0", "--inspector-port=0"];
  const { child, output, ended } = start(node, [...args, "--var", `WIRE_ORIGIN:${wire.origin}`], {
    ...surroundings,
    // It starts a Node and that a workerd.
    group: true,
  });
  const said = () => `${output.stdout}${output.stderr}`;
  try {
    const failed = ended.then(() => Promise.reject(new Error(`wrangler dev ended: ${said()}`)));
    failed.catch(() => {});
    const url = await within(START_LIMIT, Promise.race([announced(child, output), failed])).catch((error) => {
      throw new Error(`${error.message}\n${said()}`);
    });
    const answer = await Promise.race([fetch(url, { signal: AbortSignal.timeout(SUITES_LIMIT) }), failed]);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the worker answered ${answer.status}: ${text}\n${said()}`);
    return JSON.parse(text);
  } finally {
    await stop(child);
    await wire.close();
  }
}

/**
 * The address that wrangler says it is ready at.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @param {{ stdout: string }} output
 * @returns {Promise<string>}
 */
function announced({ stdout }, output) {
  return new Promise((resolve) => {
    stdout?.on("data", () => {
      const [, url] = /Ready on (http:\S+)/.exec(output.stdout) ?? [];
      if (url) resolve(url);
    });
  });
}

/** @param {string} node @param {Surroundings} surroundings */
async function deployed(node, surroundings) {
  const bundle = join(surroundings.cwd, "bundle");
  await mkdir(bundle);
  const args = [WRANGLER, "deploy", "--dry-run", `--outdir=${bundle}`];
  const ended = await runChild(node, args, { ...surroundings, group: true, timeout: BUNDLING_LIMIT });
  ok(ended.code === 0, account(ended));
  const files = await readdir(bundle);
  const modules = files.filter((file) => file.endsWith(".wasm"));
  ok(modules.length === 3, `the bundle has ${modules.length} modules, so "workerd" was not taken: ${files}`);
  return suitesOf(bundle);
}
