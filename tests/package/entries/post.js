// @ts-check
// How a program that a bundler put together hands over its report. It may ask nothing of the runtime but fetch.

/**
 * Posts a report, or what went wrong, to the stand-in gateway.
 *
 * @param {string} origin
 * @param {() => Promise<unknown>} run
 */
export async function post(origin, run) {
  const result = await run().catch((error) => ({ error: String(error?.stack ?? error) }));
  await fetch(`${origin}/-/report`, { method: "POST", body: JSON.stringify(result) });
}
