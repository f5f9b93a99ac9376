// @ts-check
// How long something took, and how much of that the machine is to blame for: while it is busy with other tests, timers
// that have nothing else to do are late too. It runs in every runtime, so it imports nothing.

/** How often it looks, in milliseconds. */
const TICK = 20;

/**
 * What a call comes to, after how many milliseconds, and how late idle timers were meanwhile, all in all.
 *
 * @template T
 * @param {() => Promise<T>} call
 * @returns {Promise<{ result: T, elapsed: number, late: number }>}
 */
export async function timed(call) {
  const started = Date.now();
  let late = 0;
  let due = started;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const look = () => {
    late += Math.max(0, Date.now() - due);
    due = Date.now() + TICK;
    timer = setTimeout(look, TICK);
  };
  look();
  try {
    const result = await call();
    return { result, elapsed: Date.now() - started, late: late + Math.max(0, Date.now() - due) };
  } finally {
    clearTimeout(timer);
  }
}
