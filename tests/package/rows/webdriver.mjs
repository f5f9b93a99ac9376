// @ts-check
// A browser that is driven by the protocol of W3C WebDriver, over chromedriver or geckodriver. It knows a few of its
// commands, and nothing of the pages.

import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { isLate, start, stop } from "./child.mjs";
import { withFolder } from "./temporary.mjs";

const START_LIMIT = 30_000;
const WAIT_LIMIT = 12_000;
const CHROMIUM_FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];

/** The name under which WebDriver hands over an element (WebDriver, 11). */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** @typedef {{ name: string, driver: string, capabilities: (profile: string) => Record<string, unknown> }} Browser */

/** @type {Browser[]} */
export const BROWSERS = [
  {
    name: "Chromium",
    driver: "CHROMEDRIVER",
    capabilities: (profile) => ({
      "goog:chromeOptions": {
        binary: process.env.CHROMIUM,
        args: [...CHROMIUM_FLAGS, `--user-data-dir=${profile}`],
      },
    }),
  },
  {
    name: "Firefox",
    driver: "GECKODRIVER",
    capabilities: () => ({ "moz:firefoxOptions": { binary: process.env.FIREFOX, args: ["-headless"] } }),
  },
];

/**
 * Hands a session to `use` and ends the browser afterwards.
 *
 * @template T
 * @param {Browser} browser
 * @param {(session: Session) => Promise<T>} use
 */
export function driven({ driver, capabilities }, use) {
  const path = process.env[driver];
  if (!path) throw new Error(`the environment variable ${driver} is missing; cargo xtask test sets it`);
  return withFolder("driven", async (profile) => {
    // chromedriver takes any free port for 0 and says which; geckodriver does, too.
    const { child, output, ended } = start(path, ["--port=0"], { env: { HOME: profile }, group: true });
    try {
      const port = await portOf(output, ended);
      const root = `http://127.0.0.1:${port}`;
      const always = { acceptInsecureCerts: false, ...capabilities(profile) };
      const { sessionId } = await command(root, "POST", "/session", { capabilities: { alwaysMatch: always } });
      const session = new Session(`${root}/session/${sessionId}`);
      try {
        return await use(session);
      } finally {
        await session.end();
      }
    } finally {
      await stop(child);
    }
  });
}

/** @param {{ stdout: string, stderr: string }} output @param {Promise<unknown>} ended */
async function portOf(output, ended) {
  for (const end = Date.now() + START_LIMIT; Date.now() < end; ) {
    const found = /(?:successfully on port |Listening on 127\.0\.0\.1:)(\d+)/.exec(`${output.stdout}${output.stderr}`);
    if (found && Number(found[1]) > 0) return Number(found[1]);
    if (!(await isLate(ended, 50))) break;
  }
  throw new Error(`the driver did not start: ${output.stdout}${output.stderr}`);
}

/** @param {string} root @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<any>} */
async function command(root, method, path, body) {
  const answer = await fetch(`${root}${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: method === "POST" ? JSON.stringify(body ?? {}) : undefined,
  });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
  return value;
}

export class Session {
  /** @param {string} root */
  constructor(root) {
    this.root = root;
  }

  /** @param {string} url */
  open(url) {
    return command(this.root, "POST", "/url", { url });
  }

  /** What an expression comes to in the page. @param {string} expression @returns {Promise<any>} */
  value(expression) {
    return command(this.root, "POST", "/execute/sync", { script: `return (${expression});`, args: [] });
  }

  /** Waits until an expression is true. @param {string} expression @param {number} [limit] milliseconds */
  async until(expression, limit = WAIT_LIMIT) {
    for (const end = Date.now() + limit; ; await sleep(50)) {
      if (await this.value(expression)) return;
      if (Date.now() < end) continue;
      const text = await this.value("document.body.innerText");
      throw new Error(`it never came to ${expression}; the page says:\n${text}`);
    }
  }

  /** As a mouse does it. @param {string} selector */
  async click(selector) {
    await command(this.root, "POST", `/element/${await this.#element(selector)}/click`);
  }

  /** Types in the place of what stands in a field. @param {string} selector @param {string} text */
  async fill(selector, text) {
    const element = await this.#element(selector);
    await command(this.root, "POST", `/element/${element}/clear`);
    await command(this.root, "POST", `/element/${element}/value`, { text });
  }

  /** Presses keys where the focus is (WebDriver, 17.4.2: "\uE004" is the tabulator). @param {string} keys */
  async press(keys) {
    const actions = [...keys].flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ]);
    await command(this.root, "POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  /** @param {number} width @param {number} height in CSS pixels */
  size(width, height) {
    return command(this.root, "POST", "/window/rect", { width, height });
  }

  /** Writes what is to be seen as a PNG. @param {string} file */
  async photograph(file) {
    await writeFile(file, Buffer.from(await command(this.root, "GET", "/screenshot"), "base64"));
  }

  /** A command of Chromium's own protocol. @param {string} cmd @param {unknown} params */
  chromium(cmd, params) {
    return command(this.root, "POST", "/goog/cdp/execute", { cmd, params });
  }

  end() {
    return command(this.root, "DELETE", "");
  }

  /** @param {string} selector @returns {Promise<string>} */
  async #element(selector) {
    return (await command(this.root, "POST", "/element", { using: "css selector", value: selector }))[ELEMENT];
  }
}
