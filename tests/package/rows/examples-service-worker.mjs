// @ts-check
// The gateway inside the browser (examples/service-worker), installed as it stands and driven as a person would, in
// Chromium and in Firefox: its server knows no gateway, so whatever is answered came from the worker. The worker is
// stopped on the way, and must go on where it was.

import { setTimeout as sleep } from "node:timers/promises";

import { equal, joined, labelled, ok, run } from "../suite.js";
import { CREDENTIALS, install, manifests, served } from "./example-programs.mjs";
import { withProject } from "./project.mjs";
import { BROWSERS, driven } from "./webdriver.mjs";

const NAME = "service-worker";
const LONGEST_TEST = 60_000;
/** The page asks for the state every ten seconds: by then it has found what fell due while the worker was stopped. */
const ASKED_AGAIN = 25_000;
/** Beyond the idle time that Firefox is given here. */
const IDLE = 2_500;

/** In CSS pixels: Chromium makes no narrower window. */
const NARROW = 500;

/** Firefox has no command that stops a worker, but can be told how soon an idle one is stopped, in milliseconds. */
const FIREFOX_PREFERENCES = { "dom.serviceWorkers.idle_timeout": 500, "dom.serviceWorkers.idle_extended_timeout": 500 };

/** @typedef {import("../suite.js").Test} Test */
/** @typedef {import("./webdriver.mjs").Session} Session */
/** @typedef {(session: Session) => Promise<void>} Stop */

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function examplesServiceWorker(tarball) {
  return withProject(tarball, async ({ folder, packageFolder }) => {
    const place = await install(NAME, folder, packageFolder);
    const reports = [await run((test) => manifests(test, [NAME]), { atOnce: 1 })];
    for (const browser of BROWSERS) {
      const [prepared, stop] = stoppable(browser);
      const report = await driven(prepared, (session) =>
        run(
          (test) => {
            takes(test, session, place);
            lives(test, session, place, stop);
            refuses(test, session, place);
            accessible(test, session, place);
            if (browser.name === "Chromium") adopts(test, session, place);
          },
          { atOnce: 1, longest: LONGEST_TEST },
        ),
      );
      reports.push(labelled(browser.name, report));
    }
    return joined(reports);
  });
}

/**
 * A browser, and how its service workers are stopped while their pages go on.
 *
 * @param {import("./webdriver.mjs").Browser} browser
 * @returns {[import("./webdriver.mjs").Browser, Stop]}
 */
function stoppable(browser) {
  if (browser.name === "Chromium") return [browser, stopChromium];
  const capabilities = (/** @type {string} */ profile) => {
    const given = /** @type {any} */ (browser.capabilities(profile));
    return { ...given, "moz:firefoxOptions": { ...given["moz:firefoxOptions"], prefs: FIREFOX_PREFERENCES } };
  };
  return [{ ...browser, capabilities }, () => sleep(IDLE)];
}

/** @type {Stop} */
async function stopChromium(session) {
  await session.chromium("ServiceWorker.enable", {});
  await session.chromium("ServiceWorker.stopAllWorkers", {});
}

const text = (/** @type {string} */ selector) =>
  `(document.querySelector(${JSON.stringify(selector)})?.innerText ?? "")`;
const READY = `${text("#status")} === "The gateway is there."`;
const SINCE = 'document.querySelector("#since").dateTime';
const count = (/** @type {string} */ selector) => `document.querySelectorAll(${JSON.stringify(selector)}).length`;

/** @param {string} place @param {(origin: string) => Promise<void>} use */
function withServer(place, use) {
  return served([process.execPath, "server.mjs"], place, { PORT: "0" }, ({ origin }) => use(origin));
}

/** @param {Test} test @param {Session} session @param {string} place */
function takes(test, session, place) {
  test("the page takes an address at its own origin, whose server has no gateway", () =>
    withServer(place, async (origin) => {
      equal((await fetch(`${origin}/api/v2/ping`)).status, 404, "what the server itself answers");
      await session.open(origin);
      await session.until(READY);
      await session.click("#take button");
      await session.until(`${text("#status")}.startsWith("Taken: XRP, r")`);
      await session.until(`/^user-17, XRP: r\\w{20,}, tag \\d+$/.test(${text("#deposit option")})`);
    }));
}

/** @param {Test} test @param {Session} session @param {string} place @param {Stop} stop */
function lives(test, session, place, stop) {
  test("a deposit survives the end of its worker, is confirmed by the next, and so is its credit, once", () =>
    withServer(place, async (origin) => {
      await session.open(origin);
      await session.until(READY);
      await session.click("#take button");
      await session.until(`${count("#deposit option")} === 1`);
      const option = await session.value(text("#deposit option"));
      await session.fill("#deposit [name=seconds]", "5");
      await session.click("#deposit button");
      await session.until(`${text("#deposits")} === "25.00000000 XRP of user-17: not_confirmed"`);
      const since = await session.value(SINCE);
      await stop(session);

      await session.until(`${SINCE} !== ${JSON.stringify(since)}`, ASKED_AGAIN);
      await session.until(`${text("#deposits")} === "25.00000000 XRP of user-17: confirmed"`, ASKED_AGAIN);
      const lines = ["not_confirmed, delivered: nothing to credit", "confirmed, delivered: credit 24.92500000 XRP"];
      const expected = JSON.stringify(lines.map((line) => `${line} (user-17)`).join("\n"));
      await session.until(`${text("#callbacks")}.trim() === ${expected}`, ASKED_AGAIN);
      equal(await session.value(text("#deposit option")), option, "the address");

      const last = await session.value(SINCE);
      await stop(session);
      await session.open(origin);
      await session.until(READY);
      ok((await session.value(SINCE)) !== last, "the worker was not stopped");
      equal(await session.value(text("#deposits")), "25.00000000 XRP of user-17: confirmed");
      await session.click("#take button");
      await session.until(`${count("#deposit option")} === 2`);
      equal(await session.value(`new Set([...document.querySelectorAll("option")].map((one) => one.text)).size`), 2);
    }));
}

/** @param {Test} test @param {Session} session @param {string} place */
function refuses(test, session, place) {
  test("what is refused is told, a request and a callback that nobody signed too", () =>
    withServer(place, async (origin) => {
      await session.open(origin);
      await session.until(READY);
      await session.fill("#take [name=currency]", "NOSUCHCOIN");
      await session.click("#take button");
      await session.until(`${text("#status")}.includes("refused")`);
      equal(await session.value(count("#deposit option")), 0);
      const headers = { "x-processing-key": CREDENTIALS.key, "x-processing-signature": "0".repeat(128) };
      const init = JSON.stringify({ method: "POST", headers, body: "{}" });
      await session.value(`void fetch("/api/v2/ping", ${init}).then(({ status }) => (window.answered = status))`);
      await session.until("window.answered !== undefined");
      ok([401, 403].includes(await session.value("window.answered")), "a forged request was not refused");

      const forged = { body: '{"type":"deposit"}', signature: "0".repeat(128), state: "delivered" };
      const state = JSON.stringify({ since: 0, addresses: [], deposits: [], callbacks: [forged] });
      await session.value(`void new BroadcastChannel("sandbox").postMessage(${state})`);
      await session.until(`${text("#callbacks")}.startsWith("not to be trusted: ")`);
    }));
}

/** @param {Test} test @param {Session} session @param {string} place */
function accessible(test, session, place) {
  test("every control has a name, and there is no way to the side in a narrow window", () =>
    withServer(place, async (origin) => {
      await session.open(origin);
      await session.until(READY);
      await session.click("#take button");
      await session.until(`${count("#deposit option")} === 1`);
      const controls = '[...document.querySelectorAll("input, select")]';
      const named = await session.value(`${controls}.map((one) => one.labels[0]?.innerText.trim() ?? "")`);
      equal(named.includes(""), false, "controls without a name");
      await session.size(NARROW, 900);
      const fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";
      ok(await session.value(fits), "the page is wider than its window");
    }));
}

/** @param {Test} test @param {Session} session @param {string} place */
function adopts(test, session, place) {
  test("a page that was reloaded by force, past its worker, comes back to it", () =>
    withServer(place, async (origin) => {
      await session.open(origin);
      await session.until(READY);
      await session.value("void (window.earlier = true)");
      await session.chromium("Page.reload", { ignoreCache: true });
      await session.until(`window.earlier === undefined && ${READY}`);
      await session.click("#take button");
      await session.until(`${text("#status")}.startsWith("Taken: XRP, r")`);
    }));
}
