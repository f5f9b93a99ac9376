// @ts-check
// The faults of the package's sandbox, for every runtime and against the package's own client: each must come to the
// error that the same failure of a real gateway comes to. It may not import Node's modules.

import { equal, ok } from "./suite.js";

/** What a client without retries makes of each. */
const TABLE = /** @type {[fault: any, code: string | null, outcome: string | null, taken: number][]} */ ([
  [{ type: "latency", milliseconds: 5 }, null, null, 1],
  [{ type: "slow-drip", milliseconds: 1 }, null, null, 1],
  [{ type: "reset" }, "network", "unknown", 0],
  [{ type: "lost-answer" }, "network", "unknown", 1],
  [{ type: "truncate" }, "network", "unknown", 1],
  [{ type: "truncate", bytes: 0 }, "network", "unknown", 1],
  [{ type: "status", status: 503 }, "server", "unknown", 0],
  [{ type: "status", status: 404 }, "rejected", "rejected", 0],
  [{ type: "status", status: 204 }, "invalid_response", "unknown", 0],
  [{ type: "status", status: 400, body: '{"errors":{"currency":"no"}}' }, "rejected", "rejected", 0],
  [{ type: "html" }, "invalid_response", "unknown", 0],
  [{ type: "rate-limit" }, "rate_limited", "rejected", 0],
  [{ type: "wrong-echo" }, "mismatched_response", "unknown", 1],
  [{ type: "wrong-echo", field: "currency" }, "mismatched_response", "unknown", 1],
  [{ type: "wrong-echo", field: "convert_to" }, "mismatched_response", "unknown", 1],
  [{ type: "wrong-checksum" }, "invalid_address", "unknown", 1],
  [{ type: "missing-tag" }, "missing_tag", "unknown", 1],
]);

/**
 * @param {import("./suite.js").Test} test
 * @param {{
 *   where: string,
 *   alphapo: any,
 *   credentials: { key: string, secret: string },
 *   permission?: object,
 *   open: (options: any) => Promise<{ sandbox: any, baseUrl: string, fetch: any, close: () => unknown }>,
 *   asThere?: (code: string | null) => string | null,
 * }} runtime  `open` is a sandbox to be asked in some way; `asThere` is what a code is on an engine that differs
 */
export function sandboxFaults(test, { where, alphapo, credentials, permission, open, asThere = same }) {
  /** @param {{ baseUrl: string, fetch: any }} opened @param {object} [options] */
  const take = ({ baseUrl, fetch }, options) =>
    alphapo
      .takeAddress(
        { currency: "XRP", foreign_id: "user-17", convert_to: "EUR" },
        { ...credentials, ...permission, baseUrl, fetch, retries: 0, ...options },
      )
      .catch(same);

  for (const [fault, code, outcome, taken] of TABLE) {
    test(`sandbox faults ${where}: ${JSON.stringify(fault)} is ${code ?? "no error"}`, async () => {
      const opened = await open({ faults: [{ path: "/addresses/take", times: 1, fault }] });
      try {
        const met = await take(opened);
        equal([met.code ?? null, met.outcome ?? null], [asThere(code), outcome], `${met.message}`);
        equal(opened.sandbox.addresses().length, taken, "addresses taken");
        if (fault.type === "truncate" && fault.bytes === undefined) ok(met.body?.startsWith('{"data":'), met.body);
        ok((await take(opened)).address, "the next one is met by nothing");
      } finally {
        await opened.close();
      }
    });
  }

  test(`sandbox faults ${where}: retries get over what passes, and obey Retry-After`, async () => {
    const opened = await open({ faults: [{ times: 1, fault: { type: "rate-limit", retryAfter: 1 } }] });
    try {
      const began = Date.now();
      ok((await take(opened, { retries: 1 })).address);
      ok(Date.now() - began >= 990, "it waited a second");
    } finally {
      await opened.close();
    }
  });

  test(`sandbox faults ${where}: a slow answer meets the client's deadline and its signal`, async () => {
    for (const fault of [
      { type: "latency", milliseconds: 60_000 },
      { type: "slow-drip", milliseconds: 500 },
    ]) {
      const opened = await open({ faults: [{ fault }] });
      try {
        equal((await take(opened, { timeout: 100 })).code, "timeout");
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 50);
        equal((await take(opened, { signal: controller.signal })).code, "aborted");
      } finally {
        await opened.close();
      }
    }
  });

  test(`sandbox faults ${where}: a client tries again what may pass, and nothing else`, async () => {
    for (const [type, attempts] of /** @type {const} */ ([
      ["reset", 2],
      ["truncate", 2],
      ["wrong-checksum", 1],
      ["html", 1],
    ])) {
      const opened = await open({ faults: [{ fault: { type } }] });
      try {
        const met = await take(opened, { retries: 1 });
        equal([type, met.attempts], [type, attempts]);
        if (type === "truncate" || type === "html") ok(met.body?.length > 10, `what arrived is kept: ${met.body}`);
      } finally {
        await opened.close();
      }
    }
  });

  test(`sandbox faults ${where}: a rule that cannot be is refused by its field`, async () => {
    const { sandbox, close } = await open({});
    const refused = (/** @type {any} */ rule) => {
      try {
        sandbox.addFault(rule);
        return { field: "nothing", message: "" };
      } catch (error) {
        const { code, fields, message } = /** @type {any} */ (error);
        equal(code, "invalid_option");
        return { field: Object.keys(fields)[0], message };
      }
    };
    try {
      for (const [rule, field] of [
        [{ pth: "/ping", fault: { type: "html" } }, "pth"],
        [{ path: "ping", fault: { type: "html" } }, "path"],
        [{ skip: -1, fault: { type: "html" } }, "skip"],
        [{ times: 0.5, fault: { type: "html" } }, "times"],
        [{ probability: 2, fault: { type: "html" } }, "probability"],
        [{ currency: 1, fault: { type: "html" } }, "currency"],
        [{ fault: { type: "status", status: 199 } }, "status"],
        [{ fault: { type: "status", status: 500, headers: { "a b": "1" } } }, "fault"],
        [{ fault: { type: "status", status: 500, headers: { a: 1 } } }, "headers"],
        [{ fault: { type: "latency", milliseconds: -1 } }, "milliseconds"],
        [{ fault: { type: "latency", milliseconds: 2 ** 31 } }, "fault"],
        [{ fault: { type: "latency", millis: 5 } }, "millis"],
        [{ fault: { type: "wrong-echo", field: "id" } }, "field"],
        [{ fault: "reset" }, "fault"],
        [{}, "fault"],
        [null, "options"],
      ]) {
        equal(refused(rule).field, field);
      }
      ok(refused({ fault: { type: "nonsense" } }).message.includes("wrong-checksum"), "the message names those there are");
      ok(refused({ fault: { type: "latency" } }).message.includes("milliseconds"), "the message names what it needs");
      ok(refused({ fault: { type: "reset", bytes: 1 } }).message.includes("bytes"), "the message names what it has not");
    } finally {
      await close();
    }
  });

  test(`sandbox faults ${where}: a request asks for its own by a header`, async () => {
    const opened = await open({});
    try {
      for (const [header, status] of [
        ["rate-limit", 429],
        ['{"type":"status","status":418,"headers":{"X-Why":"tea"}}', 418],
        ["nonsense", 400],
      ]) {
        const answer = await opened.fetch(`${opened.baseUrl}/ping`, { headers: { "X-Sandbox-Fault": header } });
        equal(answer.status, status, header);
        if (status === 418) equal(answer.headers.get("x-why"), "tea");
        if (status === 429) equal(await answer.text(), '{"errors":{"error code: 1015"}}');
      }
    } finally {
      await opened.close();
    }
  });

  test(`sandbox faults ${where}: rules are added and taken back, and chance repeats with the seed`, async () => {
    const draw = async () => {
      const opened = await open({ seed: 5, faults: [{ probability: 0.5, fault: { type: "html" } }] });
      try {
        const statuses = [];
        for (let asked = 0; asked < 20; asked += 1) {
          const answer = await opened.fetch(`${opened.baseUrl}/ping`);
          statuses.push((await answer.text()) === "OK");
        }
        return statuses;
      } finally {
        await opened.close();
      }
    };
    const drawn = await draw();
    equal(await draw(), drawn);
    equal(new Set(drawn).size, 2, "some are met and some are not");

    const { sandbox, baseUrl, fetch, close } = await open({});
    try {
      const rule = sandbox.addFault({ skip: 1, fault: { type: "status", status: 500 } });
      const ping = async () => (await fetch(`${baseUrl}/ping`)).status;
      equal([await ping(), await ping()], [200, 500]);
      sandbox.clearFaults(rule);
      equal(await ping(), 200);
    } finally {
      await close();
    }
  });
}

/** @param {any} value */
function same(value) {
  return value;
}
