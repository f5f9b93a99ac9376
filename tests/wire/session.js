// @ts-check
// The caller's side of the stand-in gateway (server.mjs): opens a scripted session and asks what arrived in it.
// It runs in every runtime, so it imports nothing; it may not know the package under test.

/** The key pair of the stand-in gateway. */
export const KEY = "wire-public-key";
export const SECRET = "wire-secret-7f3a9c";

/**
 * One step of a script: how one attempt is answered. A signed request that is wrong gets the gateway's own 403
 * instead, whatever the script says.
 *
 * - `good`: the documented answer to the request. `fields` replaces or adds members of `data`, `json` adds members
 *   as raw JSON text (for numbers that a float would change), `omit` drops members, `pad` adds that many bytes.
 * - `raw`: exactly this status, headers and body (`base64` for bytes that are no text, `repeat` for the same text
 *   so many times); `retryAfterDate` adds a Retry-After with the date so many seconds from now.
 * - `echo`: a refusal that repeats all request headers, in every place of the gateway's error bodies.
 * - `hang`, `reset`, `truncate`: stay silent, reset the connection, or end it early, `after` `nothing`, `headers`
 *   or `half` of the good answer (`truncate` always after half).
 * - `drip`: a good answer that never ends, byte by byte.
 * - `redirect`: to a place that records a visit.
 *
 * @typedef {{ kind: "good", status?: number, fields?: Record<string, unknown>, json?: string, omit?: string[],
 *             pad?: number, chunked?: boolean, gzip?: boolean, bom?: boolean, delay?: number }
 *         | { kind: "raw", status: number, headers?: Record<string, string>, body?: string, base64?: string,
 *             retryAfterDate?: number, pad?: number, repeat?: number }
 *         | { kind: "echo", status: number }
 *         | { kind: "hang" | "reset", after: "nothing" | "headers" | "half" }
 *         | { kind: "truncate" | "drip" }
 *         | { kind: "redirect", status: number }} Step
 */

/**
 * One request as it arrived. `fault` is why it was refused, null when key, signature, method and path were right;
 * `sent` counts the bytes of the answer's body; `closedAfter` is when the caller hung up, in milliseconds.
 *
 * @typedef {{ method: string, path: string, rawHeaders: string[], body: string, at: number, fault: string | null,
 *             sent: number, closedAfter: number | null, trap: boolean }} Arrival
 */

/**
 * One step of a plan for the server of faults (faults.mjs): the answer to one attempt, and where it breaks off.
 *
 * - `body`: `good` the documented answer, with these fields of `data` replaced or added, after a byte order mark if
 *   `bom`, and with `pad` spaces after it; or exactly this `text` or these bytes (`base64`); or so many `zeros`, packed
 *   in gzip.
 * - `redirect`: to the very same URL, where a second request would be counted.
 * - `retryAfterDate`: a Retry-After with the date so many seconds from now.
 * - `stop`: breaks off `at` nothing, the head, or half of the body, by silence (`hang`), `reset`, `end` (of the
 *   connection) or `drip` (the rest byte by byte, each after 20 ms).
 *
 * @typedef {{ status: number, headers?: Record<string, string>, redirect?: boolean, retryAfterDate?: number,
 *             body?: { good?: Record<string, unknown>, bom?: boolean, text?: string, base64?: string, zeros?: number },
 *             stop?: { at: "nothing" | "head" | "half", how: "hang" | "reset" | "end" | "drip" } }} Fault
 */

/**
 * One request as it arrived at the server of faults. `body` is what was written of the answer's body, in base64, as
 * its reader sees it and up to 64 KiB; `sent` counts the bytes that have left; `until` is the date of Retry-After.
 *
 * @typedef {{ at: number, connection: string, fault: Refusal | null, body: string, sent: number,
 *             closedAfter: number | null, until: number | null }} FaultArrival
 * @typedef {import("./gateway.mjs").Refusal} Refusal
 */

/**
 * Opens a session in which attempt n is answered by step n; the last step repeats.
 *
 * @template {Step | Fault} S
 * @param {string} origin  the stand-in's
 * @param {...S} steps  all for server.mjs, or all for faults.mjs
 */
export function openSession(origin, ...steps) {
  const id = crypto.randomUUID();
  const baseUrl = `${origin}/s/${id}/${base64url(JSON.stringify(steps))}/api/v2`;
  return {
    baseUrl,
    /** @returns {Promise<(S extends Step ? Arrival : FaultArrival)[]>} */
    async arrivals() {
      const answer = await fetch(`${origin}/-/requests/${id}`);
      return answer.json();
    },
  };
}

/**
 * The base URL of a port of this machine at which nobody listens.
 *
 * @param {string} origin
 */
export async function closedBaseUrl(origin) {
  const answer = await fetch(`${origin}/-/closed-port`);
  return `http://127.0.0.1:${await answer.text()}/api/v2`;
}

/**
 * The values of the headers of this name, which is given in lower case.
 *
 * @param {Arrival} arrival
 * @param {string} name
 */
export function headerValues({ rawHeaders }, name) {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1].toLowerCase() === name);
}

/**
 * The body's text.
 *
 * @param {Arrival} arrival
 */
export function bodyText({ body }) {
  return new TextDecoder().decode(Uint8Array.from(atob(body), (character) => character.charCodeAt(0)));
}

/** @param {string} text */
function base64url(text) {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
