// @ts-check
// How the tests call the package: one good set of options for the stand-in gateway, changed where a test says so,
// and one way to look at a failed call. It may not know what any test is about.

import { KEY, SECRET, closedBaseUrl, openSession } from "../wire/session.js";
import { Mismatch, equal, ok, pause, rejection, show, thrown } from "./suite.js";
import { timed } from "./timed.js";

/** @typedef {any} Package  the package's exports; tests hand it wrong types on purpose, so it is not typed here */
/** @typedef {import("../wire/session.js").Step} Step */

/**
 * What a failed call must say about itself. Every test of a failure names the first four.
 *
 * @typedef {{ code: string, outcome: "not-sent" | "rejected" | "unknown", attempts: number, retryable: boolean,
 *             status?: number, gatewayCode?: string }} Account
 */

/** The request of the gateway's documentation. */
export const DOCUMENTED_REQUEST = {
  currency: "BTC",
  foreign_id: "test_foreign_id",
  end_user_reference: "test_end_user_reference",
};

/** The request that matters to no test. */
export const REQUEST = { currency: "BTC", foreign_id: "user-17" };

/**
 * Whether a body that ends before its Content-Length is an error in this runtime. WebKit over libsoup hands it over as
 * if it were whole. (Chromium calls itself AppleWebKit/537.36, for ever.)
 */
export const TELLS_CUT_OFFS = !/AppleWebKit\/(?!537\.36)/.test(globalThis.navigator?.userAgent ?? "");

/** Within so many milliseconds a request arrives, on a busy machine too. */
export const ARRIVING = 1_000;

/** How often a call is repeated that may leave something behind in the module: more often than would fit. */
const OFTEN = 2_000;

export class Caller {
  /** @param {{ alphapo: Package, origin: string, browser: boolean }} runtime */
  constructor({ alphapo, origin, browser }) {
    this.alphapo = alphapo;
    this.origin = origin;
    this.browser = browser;
  }

  /** @param {...Step} steps */
  session(...steps) {
    return openSession(this.origin, ...steps);
  }

  closedBaseUrl() {
    return closedBaseUrl(this.origin);
  }

  /**
   * Good options for one attempt, with these in their place.
   *
   * @param {Record<string, unknown>} [changes]
   */
  options(changes) {
    const permission = this.browser && { dangerouslyAllowBrowser: true };
    return { key: KEY, secret: SECRET, timeout: 5_000, retries: 0, ...permission, ...changes };
  }

  /**
   * Takes an address in a session of these steps.
   *
   * @param {Step | Step[]} steps
   * @param {{ request?: any, options?: Record<string, unknown> }} [call]
   */
  async take(steps, { request = REQUEST, options } = {}) {
    const session = this.session(...[steps].flat());
    const { result, ...time } = await timed(() =>
      this.alphapo.takeAddress(request, this.options({ baseUrl: session.baseUrl, ...options })),
    );
    return { deposit: result, ...time, arrivals: await session.arrivals() };
  }

  /**
   * Takes an address in a session of these steps, which must fail.
   *
   * @param {Step | Step[]} steps
   * @param {Account} account
   * @param {{ request?: any, options?: Record<string, unknown> }} [call]
   */
  async fail(steps, account, call = {}) {
    // "No request" is something to test too, so it must not become the default.
    const { request, options } = { request: REQUEST, ...call };
    const session = this.session(...[steps].flat());
    const { result, ...time } = await timed(() =>
      this.rejected(
        () => this.alphapo.takeAddress(request, this.options({ baseUrl: session.baseUrl, ...options })),
        account,
      ),
    );
    return { error: result, ...time, arrivals: await session.arrivals(), session };
  }

  /**
   * Takes an address in a session of these steps, which must fail in one way or another.
   *
   * @param {Step | Step[]} steps
   * @param {Record<string, unknown>} [options]
   */
  async failing(steps, options) {
    const session = this.session(...[steps].flat());
    const error = /** @type {any} */ (
      await rejection(() => this.alphapo.takeAddress(REQUEST, this.options({ baseUrl: session.baseUrl, ...options })))
    );
    ok(error instanceof this.alphapo.AlphaPoError, `it came to ${show(error)}`);
    return { error, arrivals: await session.arrivals() };
  }

  /**
   * The error a call is rejected with, which must be one of ours and give this account of itself.
   *
   * @param {() => Promise<unknown>} call
   * @param {Account} account
   */
  async rejected(call, account) {
    return this.accounted(await rejection(call), account);
  }

  /**
   * The error a call throws at once.
   *
   * @param {() => unknown} call
   * @param {Account} account
   */
  thrown(call, account) {
    return this.accounted(thrown(call), account);
  }

  /**
   * Thousands of calls that each throw the same error.
   *
   * @param {() => unknown} call
   * @param {Account} account
   */
  thrownOften(call, account) {
    for (let time = 0; time < OFTEN; time += 1) this.again(thrown(call), account, time);
  }

  /**
   * Thousands of calls, one after the other, that are each rejected with the same error.
   *
   * @param {() => Promise<unknown>} call
   * @param {Account} account
   */
  async rejectedOften(call, account) {
    for (let time = 0; time < OFTEN; time += 1) this.again(await rejection(call), account, time);
  }

  /**
   * The first error is looked at in full, and so is one that differs from it. To have engines write the stacks of all
   * takes longer than the calls.
   *
   * @param {any} error
   * @param {Account} account
   * @param {number} time
   */
  again(error, account, time) {
    const told = Object.entries(account).every(([property, expected]) => error?.[property] === expected);
    if (time === 0 || !told || !(error instanceof this.alphapo.AlphaPoError)) this.accounted(error, account);
  }

  /**
   * @param {any} error
   * @param {Account} account
   * @returns {any} the same error
   */
  accounted(error, account) {
    const { AlphaPoError } = this.alphapo;
    const is = (/** @type {Function} */ type) => error instanceof type;
    ok(is(AlphaPoError), `expected an AlphaPoError, got ${error?.name}: ${error?.message ?? show(error)}`);
    ok(is(Error) && error.name === "AlphaPoError", `its name is ${error.name}`);
    ok(typeof error.message === "string" && error.message !== "", "it has no message");
    ok(typeof error.stack === "string", "it has no stack");
    for (const [property, expected] of Object.entries(account)) {
      if (error[property] !== expected) {
        const found = `${show(error[property])} (${error.code}: ${error.message})`;
        throw new Mismatch(`${property}: expected ${show(expected)}, got ${found}`);
      }
    }
    checkShape(error);
    return error;
  }
}

/** Waits until a session has its first request. @param {ReturnType<Caller["session"]>} session */
export async function arrived(session) {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await session.arrivals()).length > 0) return;
    await pause(20);
  }
  throw new Mismatch("no request has arrived");
}

/** The account of a call that never left this process. @param {string} code @returns {Account} */
export function notSent(code) {
  return { code, outcome: "not-sent", attempts: 0, retryable: false };
}

/** The optional properties of an error are of their type, or are not there. @param {any} error */
function checkShape(error) {
  const types = { status: "number", gatewayCode: "string", body: "string", fields: "object" };
  for (const [property, type] of Object.entries(types)) {
    if (error[property] !== undefined) equal(typeof error[property], type, `the type of ${property}`);
  }
  for (const [field, problem] of Object.entries(error.fields ?? {})) {
    equal(typeof problem, "string", `the type of fields.${field}`);
  }
}
