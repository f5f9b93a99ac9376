// A call's end of the line: what it does with JavaScript's objects, each thing in one crossing from Rust.
//
// It decides nothing: what is sent and read, and what becomes of it, is Rust's (fetch.rs, calls.rs). What a caller's `fetch`,
// its answer or a signal may throw is caught here; what throws itself says so, and Rust knows of it.

import { bytes } from "../foreign.js";

// The kinds of news, as calls.rs has them.
const FULFILLED = 0;
const REJECTED = 1;
const ABORTED = 2;
const TIMED_OUT = 3;

/** In milliseconds, by a clock that nobody sets, where the runtime has one. */
const now = () => (globalThis.performance ?? Date).now();

class Line {
  #fulfilled;
  #rejected;
  #abort;
  #signal;
  #deadline;
  #timer;
  #pause;
  #answer;
  #pieces;
  #resolve;
  #reject;

  constructor(tell, slot, number, timeout, signal) {
    this.#fulfilled = (value) => tell(FULFILLED, slot, number, value);
    this.#rejected = (thrown) => tell(REJECTED, slot, number, thrown);
    this.#abort = () => tell(ABORTED, slot, number);
    this.#signal = signal;
    signal?.addEventListener("abort", this.#abort);
    this.#deadline = now() + timeout;
    this.#timer = setTimeout(() => tell(TIMED_OUT, slot, number), timeout);
    /** What the call comes to. */
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#wait(undefined);
  }

  /** Has the call told what a promise comes to. What is no promise counts as one that is fulfilled. */
  #wait(work) {
    // A caller's own promise can have any `constructor` and `then`. Also who has ended listens: a rejection that
    // nobody hears ends a Node process.
    Promise.prototype.then.call(Promise.resolve(work), this.#fulfilled, this.#rejected);
  }

  /** The same of what gives the promise, which may throw. */
  #waitFor(begin) {
    try {
      this.#wait(begin());
    } catch (thrown) {
      this.#wait(Promise.reject(thrown));
    }
  }

  /** Sends a request, and waits for its answer. */
  post(fetch, url, init) {
    this.#pieces = undefined;
    this.#waitFor(() => (this.#answer = fetch(url, init)));
  }

  /** Waits for the next piece of an answer's body. */
  read(response) {
    this.#waitFor(() => (this.#pieces ??= piecesOf(response)).next());
  }

  /**
   * Ends what is under way, and lets go of an answer's body, also of one that comes later: a caller's own `fetch` may not
   * obey the signal that it is given.
   */
  giveUp(controller) {
    // In workerd it throws what a listener of the signal throws.
    void ignored(() => controller.abort());
    this.#pieces?.letGo?.();
    void ignored(async () => (await this.#answer).body.cancel());
  }

  /** Waits for so many milliseconds. */
  pause(milliseconds) {
    this.#pause = setTimeout(this.#fulfilled, milliseconds);
  }

  /** Whether the caller's signal is aborted. */
  isAborted() {
    try {
      return Boolean(this.#signal?.aborted);
    } catch {
      return false;
    }
  }

  /** Milliseconds until the deadline. */
  remaining() {
    return this.#deadline - now();
  }

  /** Ends the call with what it came to. */
  end(isFulfilled, value) {
    // A timer left behind would keep a process alive, a listener would pile up on a signal that is reused.
    clearTimeout(this.#timer);
    clearTimeout(this.#pause);
    try {
      this.#signal?.removeEventListener("abort", this.#abort);
    } catch {
      // It has nothing left to clean up.
    }
    if (isFulfilled) this.#resolve(value);
    else this.#reject(value);
  }
}

/**
 * Starts the deadline, and has the call begin in a microtask of its own.
 *
 * @param {(how: number, slot: number, number: number, value?: unknown) => void} tell  hands news to the call
 * @param {number} slot
 * @param {number} number
 * @param {number} timeout  in milliseconds
 * @param {AbortSignal | undefined} signal  the caller's
 * @throws what a signal throws that is none
 */
export function lineOf(tell, slot, number, timeout, signal) {
  return new Line(tell, slot, number, timeout, signal);
}

const noResponse = () => new TypeError("`fetch` gave no Response");

/**
 * The status of an answer, 0 where it tells none.
 *
 * @throws where it is no answer
 */
export function statusOf(response) {
  if (typeof response !== "object" || response === null) throw noResponse();
  try {
    const { status } = response;
    return Number.isInteger(status) && status >= 0 && status <= 999 ? status : 0;
  } catch {
    return 0;
  }
}

/** What the body of an answer comes in. */
function piecesOf(response) {
  try {
    const reader = response.body.getReader();
    return { next: () => reader.read(), letGo: () => void ignored(() => reader.cancel()) };
  } catch {
    return wholeOf(response);
  }
}

/** Whatever comes of it. */
async function ignored(work) {
  try {
    await work();
  } catch {
    // Nobody waits for it.
  }
}

/** What has no stream, as a single piece: an empty body in some runtimes, or the answer of a caller's own `fetch`. */
async function* wholeOf(response) {
  const read = [response.arrayBuffer, response.text].find((method) => typeof method === "function");
  if (!read) throw noResponse();
  yield await read.call(response);
}

/**
 * The bytes that were read, up to `limit`; none at the end of a body.
 *
 * @throws where what was read is not readable
 */
export function pieceOf(content, limit) {
  if (content?.done) return undefined;
  const value = content?.value;
  const piece = typeof value === "string" ? new TextEncoder().encode(value).subarray(0, limit) : bytes(value, limit);
  if (!piece) throw new TypeError("the answer's body cannot be read");
  return piece;
}
