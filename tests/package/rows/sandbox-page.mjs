// @ts-check
// The page of a served sandbox in real browsers, driven as a person would: by mouse and by keyboard. SANDBOX_SCREENSHOTS
// names a folder for pictures of it, in light and in dark.

import { createServer } from "node:http";
import { join } from "node:path";

import { equal, joined, labelled, ok, run } from "../suite.js";
import { isLate, run as runChild, stop } from "./child.mjs";
import { TESTS, withProject } from "./project.mjs";
import { begin, served } from "./served-sandbox.mjs";
import { BROWSERS, driven } from "./webdriver.mjs";

const LONGEST_TEST = 60_000;
const LOAD_LIMIT = 40_000;
const TAB = "\uE004";
const ENTER = "\uE007";

/** More than a page can render one by one. */
const MANY = 10_000;
/** Rows that the page has of a list at most. */
const NEWEST = 100;
/** How long it may be busy with all of these, in milliseconds of its own time: it must go on answering. */
const LONGEST_TASK = 1_000;

/** @typedef {import("./served-sandbox.mjs").Served} Served */
/** @typedef {import("./webdriver.mjs").Session} Session */

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function sandboxPage(tarball) {
  return withProject(tarball, async ({ folder, packageFolder }) => {
    const program = [process.execPath, join(packageFolder, "dist/cli.js")];
    const reports = [];
    for (const browser of BROWSERS) {
      const report = await driven(browser, (session) =>
        run(
          (test) => {
            buttons(test, session, program, folder);
            keyboard(test, session, program, folder);
            accessible(test, session, program, folder);
            returning(test, session, program, folder);
            manyAddresses(test, session, program, folder);
            if (browser.name === "Chromium") colours(test, session, program, folder);
          },
          { atOnce: 1, longest: LONGEST_TEST },
        ),
      );
      reports.push(labelled(browser.name, report));
    }
    return joined(reports);
  });
}

const text = (/** @type {string} */ selector) =>
  `(document.querySelector(${JSON.stringify(selector)})?.innerText ?? "")`;
const LIVE = `document.querySelector("#connection").dataset.state === "live" && ${text("#key")} !== ""`;

/**
 * @param {import("../suite.js").Test} test
 * @param {Session} session
 * @param {string[]} program
 * @param {string} folder
 */
function buttons(test, session, program, folder) {
  test("the key pair is shown, its secret only when it is asked for", () =>
    served(program, [], { cwd: folder }, async ({ page, key, secret, baseUrl }) => {
      await session.open(page);
      await session.until(LIVE);
      equal(await session.value(text("#key")), key);
      equal(await session.value(text("#base-url")), baseUrl);
      ok(!(await session.value("document.documentElement.outerHTML")).includes(secret), "the secret is in the page");
      await session.click("#show-secret");
      equal(await session.value(text("#secret")), secret);
      await session.click("#show-secret");
      equal(await session.value(text("#secret")), "hidden");
    }));

  test("an address is taken, a deposit made, its callbacks come, and one is repeated", () =>
    withMerchant((merchant) =>
      served(program, ["--callback-url", merchant.url], { cwd: folder }, async ({ page, lines }) => {
        await session.open(page);
        await session.until(LIVE);
        await session.fill("#take [name=currency]", "XRP");
        await session.fill("#take [name=foreign_id]", "<b>user-17</b>");
        await session.click("#take button");
        await session.until(`${text("#addresses tr")}.includes("<b>user-17</b>")`);
        const status = await session.value(text("#status"));
        ok(/^Address 1 was taken: r\w+, tag \d+\.$/.test(status), `the status says ${status}`);

        await session.fill("#deposit [name=amount]", "25");
        await session.fill("#deposit [name=seconds]", "0");
        await session.click("#deposit button");
        await session.until(`${text("#deposits tr")}.includes("confirmed") && ${text("#deposits")}.includes("25")`);
        await session.until('document.querySelectorAll("#callbacks details").length === 2');
        await session.until(`${text("#callbacks details:first-child summary")}.includes("delivered")`);
        equal(merchant.bodies.length, 2, "callbacks at the merchant's");

        await session.click("#callbacks details:first-child summary");
        const shown = await session.value(text("#callbacks details:first-child"));
        const last = merchant.bodies[1];
        ok(shown.includes(last.body) && shown.includes(last.signature), `it shows ${shown}`);
        await session.click("#callbacks details:first-child button");
        await session.until(`${text("#status")}.includes("was repeated: answered 200")`);
        equal(merchant.bodies[2], last, "the callback that was repeated");
        await session.until(`${text("#callbacks .answers")}.split("\\n").length === 2`);
        ok(lines().some(({ type }) => type === "callback"), "the log knows of no callback");
      }),
    ));

  test("what is refused is told, and nothing else happens", () =>
    served(program, [], { cwd: folder }, async ({ page }) => {
      await session.open(page);
      await session.until(LIVE);
      await session.fill("#take [name=currency]", "NOSUCHCOIN");
      await session.click("#take button");
      await session.until(`${text("#status")}.includes("currency")`);
      equal(await session.value('document.querySelector("#status").dataset.kind'), "bad");
      await session.fill("#deposit [name=address]", "nobody's");
      await session.click("#deposit button");
      await session.until(`${text("#status")}.includes("address")`);
      equal(await session.value('document.querySelectorAll("#addresses tr, #deposits tr").length'), 0);
    }));
}

/** @param {import("../suite.js").Test} test @param {Session} session @param {string[]} program @param {string} folder */
function keyboard(test, session, program, folder) {
  test("all of it by the keyboard alone, with the focus to be seen", () =>
    served(program, [], { cwd: folder }, async ({ page }) => {
      await session.open(page);
      await session.until(LIVE);
      await session.value('document.querySelector("#take [name=currency]").focus()');
      await session.press(TAB.repeat(4) + ENTER);
      await session.until('document.querySelectorAll("#addresses tr").length === 1');
      equal(await session.value("document.activeElement.innerText"), "Take an address");
      ok((await session.value("getComputedStyle(document.activeElement).outlineStyle")) !== "none", "no focus ring");
      await session.value('document.querySelector("#addresses button").focus()');
      await session.press(ENTER);
      equal(await session.value("document.activeElement.name"), "amount");
      await session.press(ENTER);
      await session.until('document.querySelectorAll("#deposits tr").length === 1');
    }));
}

/** @param {import("../suite.js").Test} test @param {Session} session @param {string[]} program @param {string} folder */
function accessible(test, session, program, folder) {
  test("every control has a name, the status is told, and there is no way to the side at 320 pixels", () =>
    served(program, [], { cwd: folder }, async ({ page }) => {
      await session.size(1200, 900);
      await session.open(page);
      await session.until(LIVE);
      const nameless =
        '[...document.querySelectorAll("input, select, button")].filter((control) => ' +
        "!(control.labels?.[0] ?? control).innerText.trim()).length";
      equal(await session.value(nameless), 0, "controls without a name");
      equal(await session.value('document.querySelector("#status").getAttribute("aria-live")'), "polite");
      equal(await session.value("document.documentElement.lang"), "en");
      equal(await session.value('document.querySelectorAll("h1").length'), 1);
      await session.size(500, 900);
      ok(
        await session.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth"),
        "the page is wider than its window",
      );
      await session.size(1200, 900);
    }));
}

/** @param {import("../suite.js").Test} test @param {Session} session @param {string[]} program @param {string} folder */
function returning(test, session, program, folder) {
  test("after the server was away, the page shows what has happened since", () =>
    served(program, [], { cwd: folder }, async ({ page, child, ended }) => {
      await session.open(page);
      await session.until(LIVE);
      await session.click("#take button");
      await session.until('document.querySelectorAll("#addresses tr").length === 1');
      child.kill("SIGTERM");
      ok(!(await isLate(ended, 5_000)), "the server does not end");
      await session.until('document.querySelector("#connection").dataset.state === "away"');
      const again = await begin([...program], ["--port", new URL(page).port], { cwd: folder });
      try {
        const headers = { "content-type": "application/json" };
        const body = '{"currency":"LTC","foreign_id":"while-away"}';
        equal((await fetch(`${page}sandbox/take`, { method: "POST", headers, body })).status, 201);
        await session.until(`${text("#addresses")}.includes("while-away")`, 20_000);
        // It is another sandbox: what the page had of the first is gone.
        equal(await session.value('document.querySelectorAll("#addresses tr").length'), 1);
      } finally {
        await stop(again.child);
      }
    }));
}

/** @param {import("../suite.js").Test} test @param {Session} session @param {string[]} program @param {string} folder */
function manyAddresses(test, session, program, folder) {
  test(`${MANY} addresses while it looks on: the newest ${NEWEST} as rows, all counted, never busy for long`, () =>
    served(program, [], { cwd: folder }, async ({ page, baseUrl, key, secret }) => {
      await session.open(page);
      await session.until(LIVE);
      await session.value(
        "(window.longest = 0, window.last = performance.now(), setInterval(() => { const now = performance.now(); " +
          "window.longest = Math.max(window.longest, now - window.last); window.last = now; }, 10))",
      );
      const args = [join(TESTS, "package/desk/load.mjs"), baseUrl, String(MANY), "50"];
      const env = { ALPHAPO_KEY: key, ALPHAPO_SECRET: secret };
      equal((await runChild(process.execPath, args, { env, timeout: LOAD_LIMIT })).code, 0);
      await session.until(`${text("#address-count")} === "the newest ${NEWEST} of ${MANY}"`);
      equal(await session.value('document.querySelectorAll("#addresses tr").length'), NEWEST);
      await session.until(`${text("#addresses td")} === "${MANY}"`);
      const longest = await session.value("window.longest");
      ok(longest < LONGEST_TASK, `it was busy for ${longest} ms at once`);
    }));
}

/** What WCAG 2.2 asks of text (1.4.3), measured on the page. */
const CONTRASTS = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([red, green, blue]) => [red, green, blue].map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) || element.matches("input, select"))
    .map((element) => {
      const [light, dark] = [luminance(parse(getComputedStyle(element).color)), luminance(ground(element))]
        .sort((one, other) => other - one);
      return { what: element.outerHTML.slice(0, 80), contrast: (light + 0.05) / (dark + 0.05) };
    }).filter(({ contrast }) => contrast < 4.5);
})()`;

/** @param {import("../suite.js").Test} test @param {Session} session @param {string[]} program @param {string} folder */
function colours(test, session, program, folder) {
  for (const scheme of ["light", "dark"]) {
    test(`${scheme}: every text has a contrast of 4.5, and nothing moves for who wants no motion`, () =>
      withMerchant((merchant) =>
        served(program, ["--callback-url", merchant.url], { cwd: folder }, async ({ page }) => {
          const features = [
            { name: "prefers-color-scheme", value: scheme },
            { name: "prefers-reduced-motion", value: "reduce" },
          ];
          await session.chromium("Emulation.setEmulatedMedia", { features });
          await session.open(page);
          await session.until(LIVE);
          await session.click("#take button");
          await session.until('document.querySelectorAll("#addresses tr").length === 1');
          await session.fill("#deposit [name=seconds]", "0");
          await session.click("#deposit button");
          await session.until(`${text("#callbacks details:first-child summary")}.includes("delivered")`);
          await session.click("#callbacks details:first-child summary");
          equal(await session.value("getComputedStyle(document.querySelector('button')).transitionDuration"), "0s");
          const grounds = { light: "rgb(246, 247, 249)", dark: "rgb(13, 17, 23)" };
          equal(await session.value("getComputedStyle(document.body).backgroundColor"), grounds[scheme]);
          equal(await session.value(CONTRASTS), [], "texts with less");
          const place = process.env.SANDBOX_SCREENSHOTS;
          if (!place) return;
          for (const width of [1200, 500]) {
            await session.size(width, width === 1200 ? 1900 : 2400);
            await session.photograph(join(place, `${scheme}-${width}.png`));
          }
          await session.size(1200, 900);
        }),
      ));
  }
}

/**
 * A merchant's server, which answers every callback with 200.
 *
 * @template T
 * @param {(merchant: { url: string, bodies: { body: string, signature: unknown }[] }) => Promise<T>} use
 */
async function withMerchant(use) {
  /** @type {{ body: string, signature: unknown }[]} */
  const bodies = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    bodies.push({ body, signature: request.headers["x-processing-signature"] });
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  try {
    return await use({ url: `http://127.0.0.1:${port}/callbacks`, bodies });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
