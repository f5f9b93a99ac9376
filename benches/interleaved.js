// @ts-check
// Measures contestants against each other in one process: in rounds, each in an order of its own, so that whatever else
// the machine does meets all of them. What counts is the ratio of two times in the same round. It knows nothing of what
// it measures.

/**
 * @typedef {{ rounds: number, milliseconds: number }} Effort  how many rounds, and how long one sample is
 * @typedef {{ nanoseconds: number, ratio: number, low: number, high: number }} Measured
 *   the median time of one call, and how many times longer the baseline takes: the median of all rounds, and its quartiles
 */

/**
 * @param {Record<string, { call: () => unknown, asynchronous?: boolean }>} calls
 * @param {string} baseline  one of them
 * @param {Effort} effort
 * @returns {Promise<Record<string, Measured>>}
 */
export async function interleaved(calls, baseline, { rounds, milliseconds }) {
  const names = Object.keys(calls);
  /** @type {Record<string, number>} */
  const repetitions = {};
  for (const name of names) repetitions[name] = await repetitionsFor(calls[name], milliseconds);
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of shuffled(names)) times[name].push(await timeOf(calls[name], repetitions[name]));
  }
  return Object.fromEntries(names.map((name) => [name, summary(times[name], times[baseline])]));
}

/**
 * So many that they take as long as a sample. The first calls are slow, so what they took is not believed until the same
 * number took as long again.
 *
 * @param {{ call: () => unknown, asynchronous?: boolean }} contestant
 * @param {number} milliseconds
 */
async function repetitionsFor(contestant, milliseconds) {
  const least = milliseconds * 1e6;
  let count = 1;
  for (let enough = 0; enough < 3; ) {
    const time = (await timeOf(contestant, count)) * count;
    if (time >= least) enough += 1;
    else [enough, count] = [0, count * 2];
  }
  return count;
}

/** The nanoseconds of one call. @param {{ call: () => unknown, asynchronous?: boolean }} contestant @param {number} count */
async function timeOf({ call, asynchronous }, count) {
  const began = performance.now();
  if (asynchronous) for (let index = 0; index < count; index += 1) await call();
  else for (let index = 0; index < count; index += 1) call();
  return ((performance.now() - began) * 1e6) / count;
}

/** @param {number[]} times @param {number[]} baseline @returns {Measured} */
function summary(times, baseline) {
  return { nanoseconds: quantile(times, 0.5), ...quartiles(times.map((time, round) => baseline[round] / time)) };
}

/** The median of ratios, and their quartiles. @param {number[]} ratios */
export function quartiles(ratios) {
  return { ratio: quantile(ratios, 0.5), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) };
}

/** @param {number[]} values @param {number} part */
export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** @template T @param {T[]} values */
export function shuffled(values) {
  return values
    .map((value) => ({ value, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ value }) => value);
}
