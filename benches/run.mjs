// @ts-check
// The whole benchmark: `node benches/run.mjs <tarball> <full|quick>` measures and writes BENCHMARKS.md and benchmarks.svg.
// It decides which engines run what and with how much effort; what is measured, and how it is told, is in the files beside
// it. The row `bench` of the tests calls it for its results alone.

import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { account, run, start, stop } from "../tests/package/rows/child.mjs";
import { reportOfPage } from "../tests/package/rows/browsers.mjs";
import { withProject } from "../tests/package/rows/project.mjs";
import { program } from "../tests/package/rows/runtimes.mjs";
import { startWireServer } from "../tests/wire/server.mjs";
import { SECRET } from "./contestants.js";
import { quantile } from "./interleaved.js";
import { allocations, instructions, leastNativeWork } from "./native.mjs";
import { chart, report } from "./report.mjs";
import { bodyOf } from "./signing.js";
import { PAGE_PROGRAMS, START_BODY, starts } from "./start.mjs";
import { startOfWorkerd } from "./start-workerd.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const { build } = createRequire(join(HERE, "..", "tests", "package.json"))("esbuild");
const ENGINE_LIMIT = 30 * 60_000;

/**
 * @typedef {object} Effort
 * @property {import("./interleaved.js").Effort} signing
 * @property {{ rounds: number, calls: number }} call
 * @property {number} starts  processes
 * @property {number} native  rounds
 * @property {string[]} nodes
 */

/** @type {Record<"full" | "quick" | "check", Effort>} */
export const EFFORTS = {
  full: {
    signing: { rounds: 60, milliseconds: 2 },
    call: { rounds: 30, calls: 200 },
    starts: 30,
    native: 10,
    nodes: ["node-20", "node-22", "node-24", "node-26"],
  },
  quick: {
    signing: { rounds: 7, milliseconds: 0.5 },
    call: { rounds: 5, calls: 50 },
    starts: 3,
    native: 3,
    nodes: ["node-24"],
  },
  check: {
    signing: { rounds: 2, milliseconds: 0.05 },
    call: { rounds: 1, calls: 5 },
    starts: 1,
    native: 1,
    nodes: ["node-24"],
  },
};

/** @param {string} tarball @param {Effort} effort @param {(step: string) => void} tell */
export function measured(tarball, effort, tell) {
  return withProject(tarball, async ({ folder, packageFolder, packageJson }) => {
    await cp(join(HERE, "node_modules"), join(folder, "node_modules"), { recursive: true });
    await cp(HERE, join(folder, "benches"), { recursive: true, filter: (source) => !source.includes("node_modules") });
    const inBenches = { cwd: join(folder, "benches") };
    const deno = {
      command: program("deno"),
      args: ["run", "--no-prompt", "--allow-read", "--allow-env", "--no-config", "--no-lock", "--no-remote", "--cached-only", "--node-modules-dir=manual"],
      env: { DENO_DIR: join(folder, ".deno"), DENO_NO_UPDATE_CHECK: "1" },
    };
    /** @type {Record<string, { command: string, args: string[], env?: Record<string, string> }>} */
    const engines = {};
    for (const name of effort.nodes) {
      const node = { command: program(name), args: [] };
      engines[await versionOf("Node", node.command)] = node;
    }
    engines[await versionOf("Deno", deno.command)] = deno;
    engines[await versionOf("Bun", program("bun"))] = { command: program("bun"), args: ["run"] };

    /** @type {Record<string, any>} */
    const signing = {};
    for (const [name, { command, args, env }] of Object.entries(engines)) {
      tell(`signing in ${name}`);
      const script = [...args, "signing-script.mjs", JSON.stringify(effort.signing)];
      signing[name] = await answerOf(name, run(command, script, { ...inBenches, env, timeout: ENGINE_LIMIT }));
    }
    tell("signing in Chromium");
    signing.Chromium = await pageInChromium(folder, ["benches/signing-page.js"], effort.signing);

    tell("the least native work, and instructions");
    const least = await leastNativeWork(async (size) => signatureOf(bodyOf(size)), effort.native);
    const counts = await instructions();

    tell("whole calls");
    const node = engines[Object.keys(engines).filter((name) => name.startsWith("Node")).at(-1) ?? ""];
    const call = await wholeCall(node, inBenches, effort.call);
    const allocated = await allocations();

    tell("starts");
    const ofProcesses = await starts(folder, engines, effort.starts, signatureOf(START_BODY));
    ofProcesses.Chromium = await startsInChromium(folder, effort.starts);
    const ofWorkerd = await startOfWorkerd(packageFolder, effort.starts);

    const peers = JSON.parse(await readFile(join(HERE, "package.json"), "utf8")).dependencies;
    const machine = { processor: cpus()[0].model.trim(), cores: cpus().length };
    const { version } = packageJson;
    const ofStarts = { starts: ofProcesses, workerd: ofWorkerd };
    return { signing, least, counts, call, allocated, ...ofStarts, peers, machine, version };
  });
}

/** @param {string} body */
function signatureOf(body) {
  return createHmac("sha512", SECRET).update(body).digest("hex");
}

/** @param {string} name @param {string} command */
async function versionOf(name, command) {
  const { stdout } = await run(command, ["--version"], { timeout: 10_000 });
  return `${name} ${/\d+\.\d+\.\d+/.exec(stdout)?.[0]}`;
}

/** The one line of JSON that a program prints. @param {string} name @param {ReturnType<typeof run>} running */
async function answerOf(name, running) {
  const ended = await running;
  if (ended.code !== 0) throw new Error(`${name}: ${account(ended)}`);
  return JSON.parse(ended.stdout.trim().split("\n").at(-1) ?? "");
}

/**
 * Starts in Chromium, by contestant, once {@link starts} has written the programs.
 *
 * @param {string} folder
 * @param {number} rounds
 */
async function startsInChromium(folder, rounds) {
  const sources = PAGE_PROGRAMS.map(([, script]) => script);
  const scripts = sources.map((source) => source.replace(".mjs", ".js"));
  const asked = { scripts, rounds, expected: signatureOf(START_BODY) };
  const { times } = /** @type {any} */ (await pageInChromium(folder, ["benches/start-page.js", ...sources], asked));
  return Object.fromEntries(PAGE_PROGRAMS.map(([name], index) => [name, quantile(times[index], 0.5)]));
}

/**
 * What a page reports, from Chromium, of whose scripts the first is the page's own.
 *
 * @param {string} folder
 * @param {string[]} scripts
 * @param {object} asked  what the page is told
 */
async function pageInChromium(folder, scripts, asked) {
  const site = await mkdtemp(join(folder, "site-"));
  await build({
    absWorkingDir: folder,
    entryPoints: scripts,
    outdir: site,
    entryNames: "[name]",
    bundle: true,
    format: "esm",
    // libsodium and node-forge look for Node's own, and do without.
    external: ["node:*", "fs", "path", "crypto", "url", "module"],
    logLevel: "error",
  });
  const page = `<!doctype html><body><script type="module" src="${basename(scripts[0])}"></script></body>\n`;
  await writeFile(join(site, "page.html"), page);
  const wire = await startWireServer({ staticRoot: site });
  try {
    const hash = encodeURIComponent(JSON.stringify(asked));
    return await reportOfPage(`${wire.origin}/app/page.html#${hash}`, wire);
  } finally {
    await wire.close();
  }
}

/** @param {{ command: string }} node @param {{ cwd: string }} place @param {object} effort */
async function wholeCall({ command }, place, effort) {
  const server = start(command, ["call-server.mjs"], place);
  try {
    const origin = await new Promise((resolve, reject) => {
      server.child.stdout?.once("data", (line) => resolve(String(line).trim()));
      server.ended.then(() => reject(new Error(`the server ended: ${server.output.stderr}`)));
    });
    const args = ["--expose-gc", "call.mjs", origin, JSON.stringify(effort)];
    return await answerOf("whole calls", run(command, args, { ...place, timeout: ENGINE_LIMIT }));
  } finally {
    await stop(server.child);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [tarball, effort] = process.argv.slice(2);
  const results = await measured(tarball, EFFORTS[/** @type {"full"} */ (effort)], (step) => console.log(`▸ ${step}`));
  const root = join(HERE, "..");
  await writeFile(join(root, "BENCHMARKS.md"), report(results, effort));
  await writeFile(join(root, "benchmarks.svg"), chart(results));
  console.log("▸ BENCHMARKS.md, benchmarks.svg");
}
