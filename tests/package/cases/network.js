// @ts-check
// Connections that fail: whatever the runtime's fetch throws, and however it names it, is one code.

import { REQUEST, TELLS_CUT_OFFS } from "../caller.js";
import { equal, ok } from "../suite.js";

/** @typedef {import("../caller.js").Account} Account */
/** @typedef {import("../caller.js").Step} Step */

/** @type {Account} */
const NETWORK = { code: "network", outcome: "unknown", attempts: 1, retryable: true };
/** @type {Account} */
const NOT_JSON = { code: "invalid_response", outcome: "unknown", attempts: 1, retryable: false, status: 201 };

/** @param {import("../suite.js").Test} test @param {import("../caller.js").Caller} caller */
export function network(test, caller) {
  const { takeAddress } = caller.alphapo;

  test("network: a refused connection", async () => {
    const options = caller.options({ baseUrl: await caller.closedBaseUrl() });
    await caller.rejected(() => takeAddress(REQUEST, options), NETWORK);
  });

  test("network: a refused connection is tried again", async () => {
    const options = caller.options({ baseUrl: await caller.closedBaseUrl(), retries: 1 });
    await caller.rejected(() => takeAddress(REQUEST, options), { ...NETWORK, attempts: 2 });
  });

  for (const [name, step, account = NETWORK] of /** @type {[string, Step, Account?][]} */ ([
    ["reset before the headers", { kind: "reset", after: "nothing" }],
    ["reset after the headers", { kind: "reset", after: "headers" }],
    ["reset in the middle of the body", { kind: "reset", after: "half" }],
    ["ended before the length it told", { kind: "truncate" }, TELLS_CUT_OFFS ? NETWORK : NOT_JSON],
  ])) {
    test(`network: a connection ${name}`, async () => {
      const { arrivals } = await caller.fail(step, account);
      equal(
        arrivals.map(({ fault }) => fault),
        [null],
        "faults",
      );
    });
  }

  for (const [name, fetch] of failingFetches()) {
    test(`network: a fetch that ${name}`, async () => {
      await caller.fail({ kind: "good" }, NETWORK, { options: { fetch } });
    });
  }

  for (const answer of [undefined, null, 17, "201", {}]) {
    test(`network: a fetch that answers ${JSON.stringify(answer)}, no Response, ends with an error of ours`, async () => {
      const session = caller.session({ kind: "good" });
      const options = caller.options({ baseUrl: session.baseUrl, fetch: async () => answer, timeout: 500 });
      const error = await takeAddress(REQUEST, options).then(
        () => null,
        (/** @type {unknown} */ reason) => reason,
      );
      ok(error instanceof caller.alphapo.AlphaPoError, `it came to ${error}`);
      equal([error.outcome, error.attempts], ["unknown", 1]);
    });
  }
}

/** @returns {[name: string, fetch: () => unknown][]} */
function failingFetches() {
  return [
    [
      "rejects with an Error",
      async () => {
        throw new Error("no route");
      },
    ],
    [
      "rejects with an AbortError of its own",
      async () => {
        throw new DOMException("gone", "AbortError");
      },
    ],
    ["rejects with a text", () => Promise.reject("no route")],
    ["rejects with undefined", () => Promise.reject(undefined)],
    ["rejects with null", () => Promise.reject(null)],
    [
      "throws at once",
      () => {
        throw new TypeError("no route");
      },
    ],
  ];
}
