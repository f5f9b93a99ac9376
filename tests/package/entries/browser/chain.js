// @ts-check
// What the pages of a browser have in common: each posts a report for every context it has run, and leads to the next
// page. It may import nothing, so that it works where the package does not.

/**
 * Posts what came of a context, be it a report or what went wrong.
 *
 * @param {string} context
 * @param {() => Promise<unknown>} run
 */
export async function report(context, run) {
  // Only V8 repeats the message in the stack.
  const result = await run().catch((error) => ({ error: `${error}\n${error?.stack}` }));
  await fetch("/-/report", { method: "POST", body: JSON.stringify({ context, result }) });
}

export function goOn() {
  const next = /** @type {HTMLLinkElement} */ (document.querySelector('link[rel="next"]'));
  location.replace(next.href);
}
