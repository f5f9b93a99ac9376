// Who is served first where many come at once: connections before answers.
//
// libuv accepts one connection per turn of the event loop. Were each turn full of answers, the last of 200 clients that
// connect at once would wait for thousands of answers to the others. So answers wait while connections come in.

// The runtime's own, also where a test has put timers of its own in their place.
const { setImmediate: afterConnections } = globalThis;

/** How long they wait at most, in milliseconds: connections may go on and on. */
const LONGEST_WAIT = 25;

export class Door {
  #came = false;
  #waiting = [];
  #since = 0;

  /** A connection came in. */
  opened() {
    this.#came = true;
  }

  /** Resolves when it is a request's turn. */
  entered() {
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) {
        this.#since = performance.now();
        afterConnections(() => this.#turn());
      }
      this.#waiting.push(resolve);
    });
  }

  #turn() {
    if (this.#came && performance.now() - this.#since < LONGEST_WAIT) {
      this.#came = false;
      afterConnections(() => this.#turn());
      return;
    }
    this.#came = false;
    for (const enter of this.#waiting.splice(0)) enter();
  }
}
