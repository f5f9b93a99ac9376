// @ts-check
// A stand-in for the gateway, over real HTTP, written from its documentation and not from this project's code: it
// may import nothing but Node's own http, zlib, fs and net, and what the gateway says (gateway.mjs).
//
// It computes every signature anew over the raw body and compares everything a request must have. How it answers
// is written in the request's own URL (see session.js for the steps), so tests that run at once share nothing:
//
//   /s/<session>/<base64url of the JSON steps>/api/v2/addresses/take   the gateway
//   /-/requests/<session>      what arrived, as JSON
//   /-/closed-port             the number of a port at which nobody listens
//   /-/report                  a page in a browser posts its reports here
//   /app/…                     files of `staticRoot`
//
// Test concessions, which the gateway does not make: CORS headers, so that a page of another origin could call it,
// and `Connection: close`, because browsers silently repeat a request whose kept-alive connection was reset.

import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer as createSocketServer } from "node:net";
import { extname, join, normalize } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createGzip } from "node:zlib";

import { REFUSALS, faultOf, goodData } from "./gateway.mjs";

/** @typedef {import("node:http").IncomingMessage} Incoming */
/** @typedef {import("node:http").ServerResponse} Outgoing */
/** @typedef {import("./session.js").Step} Step */
/** @typedef {import("./session.js").Arrival} Arrival */
/** @template {Step["kind"]} K @typedef {Extract<Step, { kind: K }>} StepOf */

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "POST, OPTIONS",
  "access-control-allow-headers": "Content-Type, X-Processing-Key, X-Processing-Signature",
  "access-control-expose-headers": "Retry-After",
};

const MIME_TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/**
 * @param {{ staticRoot?: string }} [options]
 */
export async function startWireServer({ staticRoot } = {}) {
  /** @type {Map<string, Arrival[]>} */
  const sessions = new Map();
  const report = mailbox();

  const server = createServer((incoming, outgoing) => {
    outgoing.setHeader("connection", "close");
    route(incoming, outgoing, { sessions, report, staticRoot }).catch(() => outgoing.destroy());
  });
  // The tests' own deadlines are what is measured.
  server.requestTimeout = 0;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());

  return {
    origin: `http://127.0.0.1:${port}`,
    /** The next report that is posted, or a rejection after so many milliseconds. @param {number} ms */
    waitForReport: (ms) => report.wait(ms),
    /** @returns {Promise<void>} */
    close() {
      const closed = new Promise((resolve) => server.close(() => resolve(undefined)));
      server.closeAllConnections();
      return /** @type {Promise<void>} */ (closed);
    },
  };
}

/**
 * @param {Incoming} incoming
 * @param {Outgoing} outgoing
 * @param {{ sessions: Map<string, Arrival[]>, report: ReturnType<typeof mailbox>, staticRoot?: string }} server
 */
async function route(incoming, outgoing, { sessions, report, staticRoot }) {
  const path = (incoming.url ?? "").split("?")[0];
  const [, area, ...rest] = path.split("/");
  if (area === "s") return gateway(incoming, outgoing, sessions, rest);
  if (area === "app" && staticRoot) return sendFile(outgoing, staticRoot, rest.join("/"));
  if (path.startsWith("/-/requests/")) return sendJson(outgoing, 200, sessions.get(rest[1]) ?? []);
  if (path === "/-/closed-port") return outgoing.writeHead(200, CORS).end(String(await closedPort()));
  if (path === "/-/report") {
    report.put(JSON.parse(String(await readAll(incoming))));
    return sendJson(outgoing, 200, {});
  }
  return outgoing.writeHead(404).end();
}

/**
 * @param {Incoming} incoming
 * @param {Outgoing} outgoing
 * @param {Map<string, Arrival[]>} sessions
 * @param {string[]} path  below /s/
 */
async function gateway(incoming, outgoing, sessions, [session, script, ...endpoint]) {
  if (incoming.method === "OPTIONS") return outgoing.writeHead(204, CORS).end();
  const arrivals = sessions.get(session) ?? [];
  sessions.set(session, arrivals);
  const body = await readAll(incoming);
  const arrival = record(incoming, body, endpoint.join("/"));
  arrivals.push(arrival);
  watch(outgoing, arrival);
  if (arrival.fault) return refuse(outgoing, /** @type {import("./gateway.mjs").Refusal} */ (arrival.fault));

  /** @type {Step[]} */
  const steps = JSON.parse(Buffer.from(script, "base64url").toString());
  const attempt = arrivals.filter(({ trap }) => !trap).length;
  const step = steps[Math.min(attempt, steps.length) - 1];
  return answer({ incoming, outgoing, arrival, session, attempt, request: String(body) }, step);
}

/**
 * @param {Incoming} incoming
 * @param {Buffer} body
 * @param {string} endpoint
 * @returns {Arrival}
 */
function record(incoming, body, endpoint) {
  const trap = endpoint === "trap";
  return {
    method: incoming.method ?? "",
    path: incoming.url ?? "",
    rawHeaders: incoming.rawHeaders,
    body: body.toString("base64"),
    at: Date.now(),
    fault: trap ? "required_header_key" : faultOf(incoming, body, endpoint),
    sent: 0,
    closedAfter: null,
    trap,
  };
}

/** @param {Outgoing} outgoing @param {import("./gateway.mjs").Refusal} code */
function refuse(outgoing, code) {
  const { status, error } = REFUSALS[code];
  return sendJson(outgoing, status, { error, code });
}

/** Notes when the caller hangs up before the answer's end. @param {Outgoing} outgoing @param {Arrival} arrival */
function watch(outgoing, arrival) {
  outgoing.on("close", () => {
    if (!outgoing.writableFinished) arrival.closedAfter = Date.now() - arrival.at;
  });
}

/**
 * What one attempt is and where its answer goes.
 *
 * @typedef {{ incoming: Incoming, outgoing: Outgoing, arrival: Arrival, session: string, attempt: number,
 *             request: string }} Attempt
 */

/** @param {Attempt} attempt @param {Step} step */
async function answer(attempt, step) {
  const { outgoing } = attempt;
  switch (step.kind) {
    case "good":
      return sendGood(attempt, step);
    case "raw":
      return sendRaw(attempt, step);
    case "echo":
      return sendEcho(attempt, step.status);
    case "hang":
      return sendUpTo(attempt, step.after);
    case "reset":
      sendUpTo(attempt, step.after);
      // What was written must leave before the reset, which would overtake it.
      await sleep(50);
      return outgoing.socket?.resetAndDestroy();
    case "truncate":
      sendUpTo(attempt, "half");
      await sleep(50);
      return outgoing.socket?.end();
    case "drip":
      return sendDrip(attempt);
    case "redirect":
      return outgoing.writeHead(step.status, { ...CORS, location: `/s/${attempt.session}/x/trap` }).end();
  }
}

/** @param {Attempt} attempt @param {StepOf<"good">} step */
async function sendGood(attempt, step) {
  if (step.delay) await sleep(step.delay);
  const { outgoing } = attempt;
  const text = (step.bom ? "\uFEFF" : "") + goodAnswer(attempt, step);
  const pad = step.pad ?? 0;
  outgoing.statusCode = step.status ?? 201;
  setHeaders(outgoing, { ...CORS, "content-type": "application/json" });
  if (step.gzip) outgoing.setHeader("content-encoding", "gzip");
  else if (!step.chunked) outgoing.setHeader("content-length", Buffer.byteLength(text) + pad);
  const body = Readable.from(padded(text, pad, step.gzip ? { sent: 0 } : attempt.arrival));
  // A caller that hangs up in the middle is what some tests are about.
  await (step.gzip ? pipeline(body, createGzip(), outgoing) : pipeline(body, outgoing)).catch(() => {});
}

/** @param {Attempt} attempt @param {Partial<StepOf<"good">>} step */
function goodAnswer({ request, attempt }, { fields = {}, json = "", omit = [], pad }) {
  const data = { ...goodData(request, attempt), ...fields };
  const kept = Object.entries(data).filter(([name]) => !omit.includes(name));
  const members = JSON.stringify(Object.fromEntries(kept)).slice(1, -1);
  return `{"data":{${members}${json && `,${json}`}${pad ? ',"pad":""' : ""}}}`;
}

/**
 * The text with `pad` bytes put into its member `pad`: a valid answer of any size.
 *
 * @param {string} text
 * @param {number} pad
 * @param {{ sent: number }} counter
 */
async function* padded(text, pad, counter) {
  const chunk = Buffer.alloc(64 * 1024, "a");
  const cut = pad ? text.lastIndexOf('"') : text.length;
  yield Buffer.from(text.slice(0, cut));
  for (let left = pad; left > 0; left -= chunk.length) {
    counter.sent += Math.min(left, chunk.length);
    yield chunk.subarray(0, left);
  }
  yield Buffer.from(text.slice(cut));
}

/** @param {Attempt} attempt @param {StepOf<"raw">} step */
async function sendRaw(
  { outgoing, arrival },
  { status, headers = {}, body = "", base64, retryAfterDate, pad = 0, repeat = 1 },
) {
  outgoing.statusCode = status;
  setHeaders(outgoing, { ...CORS, ...headers });
  if (retryAfterDate) outgoing.setHeader("retry-after", new Date(Date.now() + retryAfterDate * 1000).toUTCString());
  if (!pad) return outgoing.end(base64 ? Buffer.from(base64, "base64") : body.repeat(repeat));
  await pipeline(Readable.from(padded(`${body}""`, pad, arrival)), outgoing).catch(() => {});
}

/** @param {Attempt} attempt @param {number} status */
function sendEcho({ incoming, outgoing }, status) {
  const all = JSON.stringify(incoming.headers);
  const signature = incoming.headers["x-processing-signature"];
  return sendJson(outgoing, status, { error: all, code: signature, error_code: signature, errors: { headers: all } });
}

/**
 * Begins a good answer and leaves it there.
 *
 * @param {Attempt} attempt
 * @param {"nothing" | "headers" | "half"} point
 */
function sendUpTo(attempt, point) {
  if (point === "nothing") return;
  const { outgoing } = attempt;
  const text = goodAnswer(attempt, {});
  outgoing.writeHead(201, { ...CORS, "content-type": "application/json", "content-length": text.length });
  outgoing.flushHeaders();
  if (point === "half") outgoing.write(text.slice(0, text.length / 2));
}

/** @param {Attempt} attempt */
async function sendDrip({ outgoing }) {
  outgoing.writeHead(201, { ...CORS, "content-type": "application/json" });
  while (!outgoing.destroyed) {
    outgoing.write(" ");
    await sleep(20);
  }
}

/** @param {Outgoing} outgoing @param {Record<string, string>} headers */
function setHeaders(outgoing, headers) {
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
}

/** @param {Outgoing} outgoing @param {number} status @param {unknown} value */
function sendJson(outgoing, status, value) {
  outgoing.writeHead(status, { ...CORS, "content-type": "application/json" }).end(JSON.stringify(value));
}

/** @param {Outgoing} outgoing @param {string} root @param {string} path */
async function sendFile(outgoing, root, path) {
  // normalize() on an absolute path cannot climb above the root.
  const file = join(root, normalize(`/${decodeURIComponent(path)}`));
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return outgoing.writeHead(404).end();
  const type = MIME_TYPES[/** @type {keyof typeof MIME_TYPES} */ (extname(file))] ?? "application/octet-stream";
  outgoing.writeHead(200, { "content-type": type, "content-length": found.size });
  await pipeline(createReadStream(file), outgoing);
}

/** @param {Incoming} incoming */
async function readAll(incoming) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A port that was free a moment ago. @returns {Promise<number>} */
function closedPort() {
  return new Promise((resolve, reject) => {
    const probe = createSocketServer().on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (probe.address());
      probe.close(() => resolve(port));
    });
  });
}

/** Holds reports until someone asks for them, each once. */
function mailbox() {
  /** @type {unknown[]} */
  const reports = [];
  const bell = new EventEmitter();
  return {
    put(/** @type {unknown} */ report) {
      reports.push(report);
      bell.emit("report");
    },
    /** @param {number} ms */
    async wait(ms) {
      if (reports.length === 0) {
        await once(bell, "report", { signal: AbortSignal.timeout(ms) }).catch(() => {
          throw new Error(`no report came within ${ms} ms`);
        });
      }
      return reports.shift();
    },
  };
}
