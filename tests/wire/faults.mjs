// @ts-check
// The stand-in gateway with its faults, over bare sockets: every byte is written here, so that a reset, an answer that
// is cut off and a silence are what they are called. It checks requests as server.mjs does and shares its URLs, but
// keeps its connections alive, as the gateway does, and knows nothing of browsers.
//
//   /s/<session>/<base64url of the JSON plan>/api/v2/addresses/take   the gateway; see session.js for the steps
//   /-/requests/<session>                                             what arrived, as JSON

import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";

import { REFUSALS, faultOf, goodData } from "./gateway.mjs";

/** @typedef {import("node:net").Socket} Socket */
/** @typedef {import("./session.js").Fault} Fault */
/** @typedef {import("./session.js").FaultArrival} Arrival */
/** @typedef {{ method: string, path: string, headers: Record<string, string>, body: Buffer }} Request */

/** What was written must have been read before the reset, which overtakes it. In milliseconds. */
const BEFORE_RESET = 200;

/** Between two bytes of an answer that drips, in milliseconds. */
const BETWEEN_DROPS = 20;

/** How much of an answer's body is remembered for the tests, in bytes: as much as a client may keep. */
const REMEMBERED = 64 * 1024;

const ZEROS = Buffer.alloc(REMEMBERED);

/** Zeros are what gzip packs best, a thousand to one: made once, since it takes a while. */
const bombs = /** @type {Map<number, Buffer>} */ (new Map());

export async function startFaultServer() {
  /** @type {Map<string, Arrival[]>} */
  const sessions = new Map();
  /** @type {Set<Socket>} */
  const sockets = new Set();

  const server = createServer((socket) => {
    sockets.add(socket);
    const connection = crypto.randomUUID();
    socket.setNoDelay(true);
    // One that is kept alive serves any number of requests, each of which listens for its end.
    socket.setMaxListeners(0);
    socket.on("close", () => sockets.delete(socket));
    // The peer's resets are what some tests are about.
    socket.on("error", () => socket.destroy());
    serve(socket, connection, sessions).catch(() => socket.destroy());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());

  return {
    origin: `http://127.0.0.1:${port}`,
    /** @returns {Promise<void>} */
    close() {
      const closed = new Promise((resolve) => server.close(() => resolve(undefined)));
      for (const socket of sockets) socket.destroy();
      return /** @type {Promise<void>} */ (closed);
    },
  };
}

/**
 * One request after the other.
 *
 * @param {Socket} socket
 * @param {string} connection
 * @param {Map<string, Arrival[]>} sessions
 */
async function serve(socket, connection, sessions) {
  for await (const request of requestsOf(socket)) {
    if (request.path.startsWith("/-/requests/")) {
      const text = JSON.stringify(sessions.get(request.path.split("/")[3]) ?? []);
      socket.write(head(200, { "content-length": String(Buffer.byteLength(text)) }) + text);
      continue;
    }
    const [, , session, plan, ...endpoint] = request.path.split("/");
    const arrivals = sessions.get(session) ?? [];
    sessions.set(session, arrivals);
    const arrival = record(request, endpoint.join("/"), connection);
    arrivals.push(arrival);
    /** @type {Fault[]} */
    const steps = JSON.parse(Buffer.from(plan, "base64url").toString());
    const step = arrival.fault ? refusal(arrival.fault) : steps[Math.min(arrivals.length, steps.length) - 1];
    await answer(socket, request, arrival, step, arrivals.length);
  }
}

/**
 * HTTP/1.1 (RFC 9112) as far as these requests go: a head, and a body whose length is told.
 *
 * @param {Socket} socket
 * @returns {AsyncGenerator<Request>}
 */
async function* requestsOf(socket) {
  let buffer = Buffer.alloc(0);
  for await (const chunk of chunksOf(socket)) {
    buffer = Buffer.concat([buffer, chunk]);
    const end = buffer.indexOf("\r\n\r\n");
    if (end < 0) continue;
    const [start, ...lines] = buffer.subarray(0, end).toString("latin1").split("\r\n");
    const [method, path] = start.split(" ");
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
    );
    const after = end + 4 + Number(headers["content-length"] ?? 0);
    if (buffer.length < after) continue;
    const body = buffer.subarray(end + 4, after);
    buffer = buffer.subarray(after);
    yield { method, path, headers, body };
  }
}

/**
 * What a socket receives. Not its own iterator, which would end the socket when the loop over it ends.
 *
 * @param {Socket} socket
 * @returns {AsyncGenerator<Buffer>}
 */
async function* chunksOf(socket) {
  /** @type {Buffer[]} */
  const chunks = [];
  let ended = false;
  let wake = () => {};
  socket.on("data", (chunk) => (chunks.push(/** @type {Buffer} */ (chunk)), wake()));
  for (const event of ["end", "close"]) socket.on(event, () => ((ended = true), wake()));
  for (;;) {
    const chunk = chunks.shift();
    if (chunk) yield chunk;
    else if (ended) return;
    else await new Promise((resolve) => (wake = () => resolve(undefined)));
  }
}

/** @param {Request} request @param {string} endpoint @param {string} connection @returns {Arrival} */
function record(request, endpoint, connection) {
  const fault = faultOf(request, request.body, endpoint);
  return { at: Date.now(), connection, fault, body: "", sent: 0, closedAfter: null, until: null };
}

/** @param {keyof typeof REFUSALS} code @returns {Fault} */
function refusal(code) {
  const { status, error } = REFUSALS[code];
  return { status, body: { text: JSON.stringify({ error, code }) } };
}

/**
 * Writes the answer that a step describes, and comes to an end when the next request may be read.
 *
 * @param {Socket} socket
 * @param {Request} request
 * @param {Arrival} arrival
 * @param {Fault} step
 * @param {number} attempt
 */
async function answer(socket, request, arrival, step, attempt) {
  const closed = new Promise((resolve) => socket.once("close", () => resolve(undefined)));
  let answered = false;
  closed.then(() => {
    if (!answered) arrival.closedAfter = Date.now() - arrival.at;
  });
  const { bytes, seen, length, encoding } = bodyOf(step.body ?? {}, String(request.body), attempt);
  /** @type {Record<string, string>} */
  const headers = { "content-type": "application/json", ...step.headers, "content-length": String(length) };
  if (encoding) headers["content-encoding"] = encoding;
  if (step.redirect) headers.location = request.path;
  if (step.retryAfterDate !== undefined) {
    const date = new Date(Date.now() + step.retryAfterDate * 1000).toUTCString();
    arrival.until = Date.parse(date);
    headers["retry-after"] = date;
  }
  const { at = "end", how = "hang" } = step.stop ?? {};
  if (at !== "nothing") socket.write(head(step.status, headers));
  const part = { nothing: 0, head: 0, half: Math.floor(length / 2), end: length }[at];
  const begun = how === "drip" || (encoding && part > 0);
  arrival.body = (begun ? seen : seen.subarray(0, part)).toString("base64");
  await write(socket, arrival, bytes, part);
  answered = at === "end";
  if (answered) return;
  if (how === "reset") {
    await Promise.race([sleep(BEFORE_RESET), closed]);
    socket.resetAndDestroy();
  }
  if (how === "end") socket.end();
  if (how === "drip") await drip(socket, seen.subarray(part));
  await closed;
}

/**
 * The bytes of a body, those that a reader sees of them, as far as they are remembered, and their number.
 *
 * @param {NonNullable<Fault["body"]>} body
 * @param {string} request
 * @param {number} attempt
 * @returns {{ bytes: Buffer, seen: Buffer, length: number, encoding?: string }}
 */
function bodyOf({ good, text, base64, bom, zeros }, request, attempt) {
  if (zeros) {
    const bytes = bombs.get(zeros) ?? gzipSync(Buffer.alloc(zeros));
    bombs.set(zeros, bytes);
    return { bytes, seen: ZEROS, length: bytes.length, encoding: "gzip" };
  }
  const { pad = 0, ...fields } = good ?? {};
  const data = () => JSON.stringify({ data: { ...goodData(request, attempt), ...fields } });
  const said = good ? (bom ? "\uFEFF" : "") + data() : (text ?? "");
  const bytes = base64 ? Buffer.from(base64, "base64") : Buffer.from(said);
  if (!pad) return { bytes, seen: bytes, length: bytes.length };
  // A valid answer of any size: spaces around JSON say nothing (RFC 8259 §2).
  const seen = Buffer.alloc(REMEMBERED, " ");
  bytes.copy(seen);
  return { bytes, seen, length: bytes.length + Number(pad) };
}

/**
 * Writes so many bytes, spaces after those there are, as fast as the peer reads, and counts what has left.
 *
 * @param {Socket} socket
 * @param {Arrival} arrival
 * @param {Buffer} bytes
 * @param {number} length
 */
async function write(socket, arrival, bytes, length) {
  const spaces = Buffer.alloc(64 * 1024, " ");
  while (arrival.sent < length && !socket.destroyed) {
    const left = length - arrival.sent;
    const piece = arrival.sent < bytes.length ? bytes.subarray(arrival.sent, length) : spaces.subarray(0, left);
    await new Promise((resolve) => socket.write(piece, resolve));
    arrival.sent += piece.length;
  }
}

/** @param {Socket} socket @param {Buffer} bytes */
async function drip(socket, bytes) {
  for (const byte of bytes) {
    if (socket.destroyed) return;
    socket.write(Uint8Array.of(byte));
    await sleep(BETWEEN_DROPS);
  }
}

/** @param {number} status @param {Record<string, string>} headers */
function head(status, headers) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Stand-in\r\n${lines.join("")}\r\n`;
}
