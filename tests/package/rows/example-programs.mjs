// @ts-check
// What the rows of examples share: how an example is installed and started, and what all of those must do that give
// addresses. It may not know how any of them is written.

import { existsSync } from "node:fs";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { equal, ok, within } from "../suite.js";
import { account, isLate, run as runChild, start, stop } from "./child.mjs";
import { NAME, TESTS, link } from "./project.mjs";

const EXAMPLES = join(TESTS, "../examples");
const PACKAGES = join(TESTS, "examples/node_modules");
const START_LIMIT = 12_000;
const END_LIMIT = 5_000;
const LONGEST_README = 30;
export const CREDENTIALS = { key: "example-key", secret: "example-secret" };

/** Tools that an example's own scripts call, and these tests by their files. */
const TOOLS = ["typescript", "wrangler"];

/** @typedef {import("../suite.js").Test} Test */
/** @typedef {{ status: number, body: any }} Answer */
/** @typedef {{ origin: string, said: () => string }} Service */
/** @typedef {{ baseUrl: string, addresses: () => { foreign_id: string, address: string }[] }} Gateway */
/** @typedef {Record<string, string | undefined>} Environment */
/** @typedef {(secret: string | undefined, use: (service: Service) => Promise<void>) => Promise<void>} Running */

/**
 * Hands a sandbox of the packed package to `use`, served over HTTP.
 *
 * @template T
 * @param {string} packageFolder
 * @param {(gateway: Gateway) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withGateway(packageFolder, use) {
  const load = (/** @type {string} */ file) => import(pathToFileURL(join(packageFolder, "dist", file)).href);
  const { createSandbox } = await load("sandbox.js");
  const { serve } = await load("sandbox-node.js");
  const sandbox = createSandbox(CREDENTIALS);
  const server = await serve(sandbox);
  try {
    return await use({ baseUrl: server.url, addresses: () => sandbox.addresses() });
  } finally {
    await server.close();
  }
}

/**
 * What `npm install` would make of an example, which it copies into a project. npm itself would ask its registry, so
 * what the example needs besides the package is handed in.
 *
 * @param {string} name
 * @param {string} folder
 * @param {string} installed  the package, as npm installed it
 * @param {(place: string, names: string[]) => Promise<void>} [others]
 * @returns {Promise<string>} where it is
 */
export async function install(name, folder, installed, others = linked) {
  const place = join(folder, "examples", name);
  await cp(join(EXAMPLES, name), place, { recursive: true });
  await cp(installed, join(place, "node_modules", NAME), { recursive: true });
  const { dependencies, devDependencies } = JSON.parse(await readFile(join(place, "package.json"), "utf8"));
  const names = Object.keys({ ...dependencies, ...devDependencies });
  await others(
    place,
    names.filter((other) => other !== NAME && !TOOLS.includes(other)),
  );
  return place;
}

/** @param {string} place @param {string[]} names */
async function linked(place, names) {
  for (const name of names) {
    await (existsSync(join(PACKAGES, name)) ? link(place, [name], PACKAGES) : link(place, [name]));
  }
}

/** @param {Test} test @param {string[]} names */
export function manifests(test, names) {
  for (const name of names) {
    test(`examples/${name}: its manifest asks for this version of the package, and its README is short`, async () => {
      const { dependencies } = JSON.parse(await readFile(join(EXAMPLES, name, "package.json"), "utf8"));
      const cargo = await readFile(join(EXAMPLES, "../Cargo.toml"), "utf8");
      equal(dependencies[NAME], `^${/^version = "([^"]+)"/m.exec(cargo)?.[1]}`);
      const lines = (await readFile(join(EXAMPLES, name, "README.md"), "utf8")).trimEnd().split("\n");
      ok(lines.length <= LONGEST_README, `its README has ${lines.length} lines`);
    });
  }
}

/** @param {Gateway} gateway @param {string | undefined} secret @returns {Environment} */
export function environment({ baseUrl }, secret) {
  return { ALPHAPO_BASE_URL: baseUrl, ALPHAPO_KEY: CREDENTIALS.key, ALPHAPO_SECRET: secret, PORT: "0" };
}

/**
 * What all services have in common.
 *
 * @param {Test} test
 * @param {string} name
 * @param {Gateway} gateway
 * @param {Running} running
 * @param {{ path?: string, keeps?: boolean }} [how]  `keeps`: whether it stores the addresses
 */
export function behaves(test, name, gateway, running, { path = "/deposit-addresses", keeps = true } = {}) {
  const post = async (/** @type {Service} */ { origin }, /** @type {object | string} */ body) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const headers = { "content-type": "application/json", connection: "close" };
    const response = await fetch(`${origin}${path}`, { method: "POST", body: text, headers });
    return answerOf(response.status, await response.text());
  };

  const addresses = keeps ? "one address" : "addresses";
  test(`examples/${name}: a user has ${addresses} per currency, and mistakes are the user's to mend`, () =>
    running(CREDENTIALS.secret, async (service) => {
      const user = `${name}-17`;
      const first = await post(service, { user, currency: "XRP" });
      equal(first.status, 200, `status of ${JSON.stringify(first.body)}`);
      ok(/^\d+$/.test(first.body.tag) && /^r\w{20,}$/.test(first.body.address), JSON.stringify(first.body));
      const second = await post(service, { user, currency: "XRP" });
      equal(JSON.stringify(second) === JSON.stringify(first), keeps, "whether the second answer is the same");
      equal((await post(service, { user, currency: "BTC" })).body.tag, null, "the tag of BTC");
      const taken = gateway.addresses().filter(({ foreign_id }) => foreign_id === user);
      equal(taken.length, keeps ? 2 : 3, "addresses taken");
      const refused = await post(service, { user: "jane@example.com", currency: "BTC" });
      equal([refused.status, Object.keys(refused.body.fields)], [422, ["foreign_id", "end_user_reference"]]);
      equal((await post(service, "{")).status, 400, "status for no JSON");
    }));

  test(`examples/${name}: a refusal is told to its log, and not to its user`, () =>
    running("wrong", async (service) => {
      const { status, body } = await post(service, { user: `${name}-18`, currency: "BTC" });
      equal([status, body], [502, { error: "no address at the moment" }]);
      ok(/unauthorized, rejected, after 1 attempts/.test(service.said()), service.said());
    }));
}

/**
 * @param {Test} test
 * @param {string} name
 * @param {() => string[]} line
 * @param {string} cwd
 * @param {Record<string, string | undefined>} env
 */
export function startsNot(test, name, line, cwd, env) {
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
 * @param {Environment} env
 * @param {(service: Service) => Promise<void>} use
 */
export async function served([command, ...args], cwd, env, use) {
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
    await use({ origin, said });
    child.kill("SIGTERM");
    ok(!(await isLate(ended, END_LIMIT)), "it does not end when it is told to");
  } finally {
    await stop(child);
  }
}

/** @param {number} status @param {string} text @returns {Answer} */
function answerOf(status, text) {
  try {
    return { status, body: JSON.parse(text) };
  } catch {
    return { status, body: text };
  }
}
