// Serve callbacks over HTTP: read the body under a cap, verify it, process it once, answer. They await streams and the
// caller's own code, which Rust expresses badly; what a callback is and whether it is genuine is decided in the module.
// They may use nothing that is not in every runtime, and nothing of the body before its signature matched.

import { AlphaPoError, verifyCallback } from "./client/exports.js";

// The documentation's largest callback has 1 KiB and one more transaction 300 bytes: an invoice paid in 800 parts fits.
const MAX_BODY_BYTES = 256 * 1024;

// What most have room in.
const USUAL_BODY_BYTES = 4096;

// What is read and let go past the cap, because a sender that is cut off while it sends does not see its answer.
const MAX_WASTED_BYTES = 4 * 1024 * 1024;

// How long a body may take to arrive, in milliseconds: a drip must not hold a connection for ever.
const LONGEST_READ = 10_000;

// How long copies wait for the first of them, in milliseconds; then they are told to come again, which the gateway does
// after a minute.
const LONGEST_WAIT = 30_000;

// After which a run counts as dead, in milliseconds: Workers may cancel the request that runs the caller's code, whose
// end nobody then hears of, and its copies must not wait for ever.
const LONGEST_RUN = 15 * 60_000;
const BETWEEN_LOOKS = 20;

// How long an answer waits for `onError`, in milliseconds: what it writes to may hang, and anybody can send what it hears.
const LONGEST_REPORT = 1_000;

// What comes before the end of a transaction, and what ends one, by its type (the module's `final`). Only those can be
// late, and only after these; a status or a type that is not known here is news.
const EARLY = new Set(["not_confirmed", "pending", "processing", "created"]);
const TRANSACTION = ["confirmed", "cancelled"];
const LAST = new Map([
  ["deposit", TRANSACTION],
  ["deposit_exchange", TRANSACTION],
  ["withdrawal", TRANSACTION],
  ["withdrawal_exchange", TRANSACTION],
  ["exchange", TRANSACTION],
  ["invoice", ["confirmed", "failed"]],
]);

const TEXTS = {
  200: "ok",
  400: "malformed callback",
  401: "not a genuine callback",
  405: "only POST",
  408: "too slow",
  413: "too large",
  500: "not processed: send again",
};

// What is not here is no fault of the sender.
const STATUSES = {
  missing_header: 401,
  wrong_key: 401,
  invalid_signature: 401,
  invalid_json: 400,
  invalid_callback: 400,
};

const LATE = Symbol("late");

export function callbackHandler(options) {
  const receive = receiver(options);
  return async (request) => {
    const status = await receive(request, request.method, request.headers, () => bodyOfRequest(request));
    return new Response(TEXTS[status], { status, headers: headersOf(status) });
  };
}

export function nodeCallbackHandler(options) {
  const receive = receiver(options);
  return async (request, response) => {
    // Fastify wraps both, and must be told that the answer is not its own to give. Others keep a body by that name.
    const incoming = request.raw?.headers ? request.raw : request;
    const outgoing = response.raw?.writeHead ? response.raw : response;
    response.hijack?.();
    const read = () => bodyOfNode(request, incoming);
    const status = await receive(request, incoming.method, incoming.headers, read);
    if (outgoing.headersSent || outgoing.destroyed) return;
    const headers = { ...headersOf(status), "content-length": TEXTS[status].length };
    const isWhole = incoming.complete !== false;
    const { stream } = incoming.httpVersionMajor === 2 ? outgoing : {};
    // What may still be on its way must not be taken for the next request, nor hold it up.
    if (!isWhole && !stream) headers.connection = "close";
    outgoing.writeHead(status, headers);
    outgoing.end(TEXTS[status]);
    // HTTP/2 keeps requests apart, and ends this one after its answer (RFC 9113 §8.1).
    if (!isWhole) stream?.close();
  };
}

function headersOf(status) {
  return { "content-type": "text/plain", ...(status === 405 && { allow: "POST" }) };
}

/** What both handlers do: from a request to the status to answer with. It never rejects. */
function receiver(options) {
  const { store, onCallback, onError, ...given } = options ?? {};
  check(given, { store, onCallback, onError });
  // Options are what they were when they were given, also where a caller wipes his bytes or changes his array.
  const merchant = copyOf(given);
  const process = onlyOnce(store, (callback) => onCallback.call(options, callback));

  return async (request, method, headers, read) => {
    if (method !== "POST") return 405;
    const refused = async (error, status) => {
      // Nobody is left to hear of an error here, and the answer does not depend on it.
      const heard = (async () => onError?.call(options, error, request))().catch(() => {});
      await Promise.race([heard, ...(onError ? [pause(LONGEST_REPORT)] : [])]);
      return status;
    };
    let callback;
    try {
      callback = verifyCallback(await read(), headers, merchant);
    } catch (error) {
      const known = Object.hasOwn(STATUSES, error?.code) && STATUSES[error.code];
      return refused(error, known || (statuses.get(error) ?? 500));
    }
    // The caller's code may fail with any error, also with one of ours: that is no forgery.
    return process(callback).catch((error) => refused(error, 500));
  };
}

/** Statuses of what went wrong with the bytes of a body, before there was anything to verify. */
const statuses = new WeakMap();

function unreadable(status, problem) {
  const error = failure("invalid_body", "body", problem);
  statuses.set(error, status);
  return error;
}

const tooLarge = () => unreadable(413, "is larger than 256 KiB, which no callback is");

function check(merchant, { store, onCallback, onError }) {
  try {
    // The module knows best whether it takes these options; without a header it comes no further than that.
    verifyCallback("", {}, merchant);
  } catch (error) {
    if (error.code !== "missing_header") throw error;
  }
  const is = (value) => typeof value === "function";
  if (!is(store?.get) || !(is(store.set) || is(store.put))) {
    throw failure("invalid_option", "store", "must have `get` and `set`, as a Map has");
  }
  if (!is(onCallback)) throw failure("invalid_option", "onCallback", "must be a function");
  if (onError !== undefined && !is(onError)) throw failure("invalid_option", "onError", "must be a function");
}

function copyOf(merchant) {
  try {
    return structuredClone(merchant);
  } catch {
    throw failure("invalid_option", "options", "cannot be copied: give key and secrets as text or bytes");
  }
}

function failure(code, field, problem) {
  const details = { code, fields: { [field]: problem }, retryable: false, outcome: "not-sent", attempts: 0 };
  return new AlphaPoError(`\`${field}\` ${problem}`, details);
}

/** Runs the caller's code for a callback that was not processed yet, and once for copies that come together. */
function onlyOnce(store, onCallback) {
  const running = new Map();

  return async (callback) => {
    // The callback is the caller's own to change.
    const { key } = callback;
    const first = running.get(key);
    if (first && isWithin(LONGEST_RUN, first.since)) return outcomeOf(first);
    const run = { since: now(), pending: true, status: 500 };
    running.set(key, run);
    try {
      await processOnce(store, onCallback, callback);
      run.status = 200;
    } finally {
      run.pending = false;
      if (running.get(key) === run) running.delete(key);
    }
    return run.status;
  };
}

/** In milliseconds, by a clock that nobody sets, where the runtime has one. */
const now = () => (globalThis.performance ?? Date).now();
const isWithin = (milliseconds, since) => now() - since < milliseconds;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Looks again and again instead of awaiting a promise: Workers let no request wait for the promise of another. */
async function outcomeOf(run) {
  const since = now();
  while (run.pending && isWithin(LONGEST_WAIT, since)) await pause(BETWEEN_LOOKS);
  if (run.pending) throw new Error("a copy of this callback is still being processed");
  return run.status;
}

async function processOnce(store, onCallback, callback) {
  const { key, creditKey, type, status: told } = callback;
  if (await store.get(key)) return;
  // Late: what was final stays so. Nothing is written for it, since it is as late the next time.
  for (const last of (EARLY.has(told) && LAST.get(type)) || []) {
    if (await store.get(`${creditKey}:${last}`)) return;
  }
  await onCallback(callback);
  const at = new Date().toISOString();
  // Cloudflare KV calls it `put`.
  await (typeof store.set === "function" ? store.set(key, at) : store.put(key, at));
}

/** The body of a `Request`, or nothing where something read it before. */
async function bodyOfRequest(request) {
  if (request.bodyUsed) return undefined;
  // Firefox has no stream of it.
  if (request.body === undefined) {
    const whole = wholeOf(request);
    return collect(() => whole.next());
  }
  if (!request.body) return "";
  const reader = request.body.getReader();
  try {
    return await collect(() => reader.read());
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function* wholeOf(request) {
  yield new Uint8Array(await request.arrayBuffer());
}

/**
 * The body of a Node request: as a framework kept it (Nest with `rawBody`, `express.raw()`, Firebase), or from the
 * stream. Where a parser was there first, what it made of the body, which the module refuses and says why.
 */
async function bodyOfNode(request, incoming) {
  const kept = [request.rawBody, incoming.rawBody, request.body, incoming.body].find((body) => lengthOf(body) > 0);
  if (lengthOf(kept) > MAX_BODY_BYTES) throw tooLarge();
  if (kept !== undefined) return kept;
  if (incoming.readableDidRead || incoming.readableEnded) return request.body;
  const chunks = incoming[Symbol.asyncIterator]();
  return collect(() => chunks.next());
}

/** Of a body as it arrived; none of what a parser made of it. */
function lengthOf(body) {
  return typeof body === "string" ? body.length : bytesOf(body)?.byteLength;
}

function bytesOf(value) {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  // Of any realm.
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]" ? new Uint8Array(value) : undefined;
}

/**
 * The bytes that `next` gives one after the other. Anybody may send them, in as many pieces as they like, so nothing may
 * grow by the piece: they are put together as they come, and a piece is waited for by a promise of its own, since what
 * `Promise.race` adds to one that all pieces share stays there.
 */
async function collect(next) {
  const since = now();
  let body = new Uint8Array(USUAL_BODY_BYTES);
  let size = 0;
  let wake = () => {};
  const timer = setTimeout(() => wake(LATE), LONGEST_READ);
  const comes = () =>
    new Promise((resolve, reject) => {
      wake = resolve;
      Promise.resolve(next()).then(resolve, reject);
    });
  try {
    for (;;) {
      const piece = await comes().catch((cause) => {
        throw unreadable(400, `broke off: ${cause?.message}`);
      });
      // By the clock too: what is always there leaves a timer no turn.
      if (piece === LATE || !isWithin(LONGEST_READ, since)) throw unreadable(408, "did not arrive in time");
      if (piece.done) break;
      const bytes = bytesOf(piece.value);
      if (!bytes) throw unreadable(500, "came as something else than bytes (`setEncoding`?): leave it as it arrives");
      if (size + bytes.byteLength <= MAX_BODY_BYTES) {
        if (size + bytes.byteLength > body.byteLength) body = longer(body, size + bytes.byteLength);
        body.set(bytes, size);
      }
      size += bytes.byteLength;
      if (size > MAX_WASTED_BYTES) break;
    }
  } finally {
    clearTimeout(timer);
  }
  if (size > MAX_BODY_BYTES) throw tooLarge();
  return body.subarray(0, size);
}

/** The same with room for so many bytes, and for as many more as it had. */
function longer(body, length) {
  const room = new Uint8Array(Math.max(length, 2 * body.byteLength));
  room.set(body);
  return room;
}
