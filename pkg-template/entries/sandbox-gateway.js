// The sandbox around its rules: it takes requests as `fetch` does, sends callbacks, waits, and breaks what is to break.
//
// It is JavaScript because all of that is the runtime's: promises, timers, streams, the caller's functions. What is
// answered, what falls due when, what a callback says and which fault is met is decided in Rust (`src/sandbox/`). It may
// not import Node's modules, and does nothing when it is imported: Workers allow no timer there.

import { SandboxCore } from "./sandbox/exports.js";

/** Nothing can be there (RFC 6761 §6.4), so a client without the sandbox's `fetch` fails instead of reaching somebody. */
const BASE_URL = "https://sandbox.invalid/api/v2";
const CALLBACK_URL = "https://merchant.invalid/callbacks";

/** Simulated: how long the gateway waits for the answer to a callback is not documented. */
const CALLBACK_LIMIT = 30_000;

/** Of a text that somebody sent, in characters: the gateway's longest reference. */
const LONGEST_TOLD = 255;

/** The last moment that a Date can tell, in milliseconds (ECMAScript, Time Values and Time Range). */
const END_OF_TIME = 8.64e15;

/** Longer ones fire at once (HTML standard: a timer's delay is a 32-bit integer). */
const LONGEST_TIMER = 2 ** 31 - 1;

/** How `serve`, which is another file of the package, finds its way in. */
const EXCHANGE = Symbol.for("alphapo-wasm.sandbox.exchange");

const NO_TARGET = "there is neither a callbackUrl nor an onCallback";

export function createSandbox(options) {
  return new Sandbox(options);
}

export class Sandbox {
  #core;
  #options;
  #fetch = (input, init) => this.#answer(input, init);
  #listeners = new Set();
  #sending = new Set();
  #journal;
  #manual;
  #now;
  #timer;
  #closing = new AbortController();
  /** The callbacks that listeners have heard of. */
  #told = 0;

  constructor(options) {
    this.#core = new SandboxCore(options);
    const { key, callbackUrl, onCallback, callbackFetch, clock, journal } = options;
    this.#options = { key, callbackUrl, onCallback, callbackFetch };
    this.#manual = clock === "manual";
    // In an earlier life it may have been advanced beyond today.
    this.#now = Math.max(Date.now(), this.#core.latest());
    this.#journal = new Journal(journal);
    // What it was made of, where there is a journal: it goes there with the first change.
    this.#journal.add(this.#core.takeEvents());
    this.#told = this.#core.callbacks().length;
    this.#wake();
  }

  get fetch() {
    return this.#fetch;
  }

  get baseUrl() {
    return BASE_URL;
  }

  addresses() {
    return this.#core.addresses();
  }

  deposits() {
    return this.#core.deposits().map(plain);
  }

  callbacks() {
    return this.#core.callbacks().map((callback) => this.#addressed(callback));
  }

  balances() {
    return this.#core.balances();
  }

  async deposit(order) {
    const id = this.#core.deposit(order, this.#time());
    await this.#keep();
    this.#wake();
    return plain(this.#core.depositOf(id));
  }

  async repeatCallback(id) {
    await this.#onItsWay(this.#send(this.#core.repeat(id)));
    return this.#addressed(this.#core.callbacksFrom(id, id)[0]);
  }

  addFault(rule) {
    return this.#core.addFault(rule);
  }

  clearFaults(rule) {
    this.#core.removeFaults(rule);
  }

  subscribe(listener) {
    if (typeof listener !== "function") throw new TypeError("`subscribe` takes a function, which hears of everything");
    // While nobody listens, nobody is told.
    if (this.#listeners.size === 0) this.#told = this.#core.callbacks().length;
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async advance(seconds) {
    if (!this.#manual) throw new TypeError('`advance` is for a sandbox with `clock: "manual"`: this one has the real one');
    const end = this.#now + seconds * 1000;
    if (!(seconds >= 0 && end <= END_OF_TIME)) {
      throw new TypeError("`advance` takes a number of seconds, from 0 to as many as a Date can tell");
    }
    const problems = [];
    for (let next = this.#core.nextDue(); next <= end && !this.#isClosed; next = this.#core.nextDue()) {
      this.#now = Math.max(this.#now, next);
      // One after the other, so that a test sees the same order each time.
      for (const delivery of await this.#fallenDue()) {
        await this.#send(delivery).catch((problem) => problems.push(problem));
      }
    }
    this.#now = end;
    if (problems.length > 0) throw problems[0];
  }

  async settled() {
    const isDue = () => !this.#manual && !this.#isClosed && this.#core.nextDue() <= Date.now();
    while (this.#sending.size > 0 || isDue()) {
      if (this.#sending.size === 0) this.#work();
      await Promise.all(this.#sending);
    }
  }

  close() {
    this.#closing.abort();
    clearTimeout(this.#timer);
  }

  free() {
    this.close();
    this.#core.free();
  }

  #time() {
    return this.#manual ? this.#now : Date.now();
  }

  /** Tells listeners what has changed, once the journal has it. */
  async #keep() {
    const events = this.#core.takeEvents();
    if (events.length === 0) return;
    await this.#journal.keep(events);
    for (const event of events) this.#tell(event);
  }

  #tell(text) {
    if (this.#listeners.size === 0) return;
    const { address, deposit, ended, attempt } = JSON.parse(text);
    if (address) this.#emit({ type: "address", address });
    if (deposit) this.#emit({ type: "deposit", deposit: plain(deposit) });
    if (ended) this.#emit({ type: "deposit", deposit: plain(this.#core.depositOf(ended.deposit)) });
    if (attempt) this.#tellCallbacks(attempt.callback, attempt.callback);
    this.#tellCallbacks(this.#told + 1);
  }

  #tellCallbacks(from, to) {
    for (const callback of this.#core.callbacksFrom(from, to)) {
      this.#told = Math.max(this.#told, callback.id);
      this.#emit({ type: "callback", callback: this.#addressed(callback) });
    }
  }

  #emit(event) {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        // As in an EventTarget: it is the listener's own affair, and not the answer's that it hears of.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  #addressed(callback) {
    return { ...callback, url: this.#options.callbackUrl ?? (this.#options.onCallback ? CALLBACK_URL : null) };
  }

  /** Sets the timer for what falls due next. It keeps no process alive by itself. */
  #wake() {
    clearTimeout(this.#timer);
    if (this.#manual || this.#isClosed) return;
    const next = this.#core.nextDue();
    if (next === undefined) return;
    try {
      const pause = Math.min(Math.max(next - Date.now(), 0), LONGEST_TIMER);
      this.#timer = setTimeout(() => this.#work(), pause);
      this.#timer?.unref?.();
    } catch {
      // Outside of a request Workers have no timers: the next call sets it.
    }
  }

  /** Sends what has fallen due. If the journal fails, what it did not take comes again with the next. */
  #work() {
    this.#onItsWay(
      this.#fallenDue().then((deliveries) => {
        for (const delivery of deliveries) this.#onItsWay(this.#send(delivery));
        this.#wake();
      }),
    );
  }

  /** Has `settled` wait for something, whatever it comes to. */
  #onItsWay(sending) {
    const ended = sending.catch(() => {}).finally(() => this.#sending.delete(ended));
    this.#sending.add(ended);
    return sending;
  }

  get #isClosed() {
    return this.#closing.signal.aborted;
  }

  async #fallenDue() {
    const deliveries = this.#core.due(this.#time());
    // Sent even if the journal fails: the end of a deposit follows from its beginning, so a restart comes to the same.
    await this.#keep().catch(() => {});
    return deliveries;
  }

  /** Sends a callback, as often as it is to be sent: it has arrived if one copy of it has. */
  async #send({ callback, body, signature, copies, repeated }) {
    let outcome;
    for (let copy = 0; copy < copies && !this.#isClosed; copy += 1) {
      const { status, error } = await this.#post(body, signature);
      if (outcome?.status !== 200) outcome = { status, error };
    }
    if (this.#isClosed) return;
    this.#core.attempted(callback, this.#time(), outcome.status, outcome.error, repeated);
    await this.#keep();
    this.#wake();
  }

  async #post(body, signature) {
    const { key, callbackUrl, onCallback, callbackFetch = globalThis.fetch } = this.#options;
    if (!callbackUrl && !onCallback) return { error: NO_TARGET };
    const { signal: closing } = this.#closing;
    const giveUp = new AbortController();
    const init = {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Processing-Key": key, "X-Processing-Signature": signature },
      body,
      signal: giveUp.signal,
      redirect: "manual",
    };
    let timer;
    let closed;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error("no answer within 30 seconds")), CALLBACK_LIMIT);
      timer?.unref?.();
      closed = () => reject(new Error("the sandbox was closed"));
      closing.addEventListener("abort", closed);
    });
    try {
      const answer = onCallback
        ? Promise.resolve(new Request(callbackUrl ?? CALLBACK_URL, init)).then(onCallback)
        : callbackFetch(callbackUrl, init);
      const { status, body: content } = await Promise.race([answer, late]);
      // Only the status counts; what is left of the body would hold the connection.
      content?.cancel?.().catch(() => {});
      return { status };
    } catch (error) {
      return { error: wordsOf(error) };
    } finally {
      clearTimeout(timer);
      closing.removeEventListener("abort", closed);
      // In workerd it throws what a listener of the signal throws.
      Promise.resolve().then(() => giveUp.abort()).catch(() => {});
    }
  }

  /** A call of `fetch`. */
  async #answer(input, init) {
    const request = new Request(input, init);
    const { method, headers } = request;
    const path = new URL(request.url).pathname;
    const body = new Uint8Array(await request.arrayBuffer());
    // As `fetch` does, which sends nothing then.
    request.signal?.throwIfAborted();
    // Not its signal alone: in Node that follows the caller's only for as long as somebody holds the Request.
    const respond = (reply) => delivered(reply, request);
    return this[EXCHANGE]({ method, path, header: (name) => headers.get(name) ?? undefined, body }, respond);
  }

  /**
   * The same for the server on Node, which answers without a Request and a Response: they take longer than the gateway.
   * `deliver` is given the reply, and how to make a Response of it.
   */
  async [EXCHANGE]({ method, path, header, body }, deliver) {
    const began = this.#time();
    const [key, signature, type, fault] = HEADERS.map(header);
    const reply = await this.#reply(() =>
      this.#core.reply(method, path, key, signature, type, fault, body, began),
    );
    const status = reply.effect?.type === "reset" ? null : reply.answer.status;
    try {
      return await deliver(reply, delivered);
    } finally {
      if (this.#listeners.size > 0) this.#tellRequest({ method, path, status, body, fault: reply.fault, began });
    }
  }

  /** The gateway's reply; where it cannot be kept, or the request asks for a fault that does not exist, one that says so. */
  async #reply(reply) {
    let status = 400;
    try {
      const given = reply();
      status = 500;
      await this.#keep();
      this.#wake();
      return given;
    } catch (error) {
      const headers = [["content-type", "text/plain; charset=UTF-8"]];
      return { answer: { status, headers, body: `sandbox: ${wordsOf(error)}` } };
    }
  }

  #tellRequest({ method, path, status, body, fault, began }) {
    const event = {
      type: "request",
      at: began,
      method,
      path: shortened(path),
      status,
      milliseconds: this.#time() - began,
    };
    if (fault) event.fault = fault;
    const foreignId = foreignIdIn(body);
    if (foreignId !== undefined) event.foreign_id = foreignId;
    this.#emit(event);
  }
}

const HEADERS = ["x-processing-key", "x-processing-signature", "content-type", "x-sandbox-fault"];

/** What must be kept before an answer leaves, in the order in which it happened. */
class Journal {
  #append;
  #waiting = [];
  #writing;

  constructor(journal) {
    this.#append = journal && ((entries) => journal.append(entries));
  }

  add(events) {
    if (this.#append) this.#waiting.push(...events);
  }

  /** Resolves when all so far is kept. What could not be kept stays first in line. */
  async keep(events) {
    this.add(events);
    if (!this.#append) return;
    // Whoever comes while others are being written is written with the next, all at once.
    if (this.#writing) await this.#writing.catch(() => {});
    if (this.#waiting.length > 0) this.#writing ??= this.#write();
    await this.#writing;
  }

  async #write() {
    // All of this turn at once; and whatever `append` throws is thrown later than the promise is kept.
    await undefined;
    const entries = this.#waiting;
    this.#waiting = [];
    try {
      await this.#append(entries);
    } catch (error) {
      this.#waiting = [...entries, ...this.#waiting];
      throw error;
    } finally {
      this.#writing = undefined;
    }
  }
}

/** An answer, after what its fault does to it. Who asked is a Request, or at least what has the signal of one. */
async function delivered({ answer: { status, headers, body }, effect }, asked) {
  const respond = (content, more = {}) =>
    new Response(status === 204 || status === 205 || status === 304 ? null : content, {
      status,
      headers: [...headers, ...Object.entries(more)],
    });
  if (!effect) return respond(body);
  // What every runtime's fetch throws where a connection breaks.
  if (effect.type === "reset") throw new TypeError("fetch failed: the sandbox broke the connection, as it was told to");
  if (effect.type === "latency") {
    await pause(effect.milliseconds, asked);
    return respond(body);
  }
  const bytes = new TextEncoder().encode(body);
  const content = effect.type === "truncate" ? cutOff(bytes, effect.bytes) : dripping(bytes, effect.milliseconds, asked);
  return respond(content, { "content-length": String(bytes.length) });
}

function cutOff(bytes, length) {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) return controller.error(new TypeError("terminated: the sandbox cut the answer off, as it was told to"));
      sent = true;
      if (length > 0) controller.enqueue(bytes.subarray(0, length));
    },
  });
}

function dripping(bytes, milliseconds, asked) {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      await pause(milliseconds, asked);
      controller.enqueue(bytes.slice(at, at + 1));
      at += 1;
      if (at >= bytes.length) controller.close();
    },
  });
}

/** Waits, unless the signal of what asked for it is aborted. Meanwhile the timer holds what asked. */
function pause(milliseconds, asked) {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(asked.signal.reason);
    };
    const timer = setTimeout(() => {
      asked.signal?.removeEventListener("abort", abort);
      resolve();
    }, milliseconds);
    if (asked.signal?.aborted) abort();
    else asked.signal?.addEventListener("abort", abort, { once: true });
  });
}

/** A deposit without the sandbox's plan for it, which nobody knows of a real one. */
function plain({ plan, ...deposit }) {
  return deposit.status === "cancelled" ? { ...deposit, error: plan.error } : deposit;
}

/** For a log, in which nobody may write at length: anybody's request is in it, also one that is refused. */
function foreignIdIn(body) {
  try {
    const { foreign_id } = JSON.parse(new TextDecoder().decode(body));
    return typeof foreign_id === "string" ? shortened(foreign_id) : undefined;
  } catch {
    return undefined;
  }
}

function shortened(text) {
  return text.length > LONGEST_TOLD ? `${text.slice(0, LONGEST_TOLD)}…` : text;
}

function wordsOf(error) {
  const words = String(error?.message ?? error);
  const cause = error?.cause?.message || error?.cause?.code;
  return cause ? `${words}: ${cause}` : words;
}
