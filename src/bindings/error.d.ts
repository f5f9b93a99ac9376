/** What went wrong. `switch` over it narrows. */
export type AlphaPoErrorCode =
  /** A field of the request cannot be sent: see `fields`. Nothing was sent. */
  | "invalid_request"
  /** An option cannot be used, see `fields`; or an object is freed, or is none of these. Nothing was sent. */
  | "invalid_option"
  /** A body to sign or verify is neither raw bytes nor text. */
  | "invalid_body"
  /** A callback has no `X-Processing-Key` or no `X-Processing-Signature`, or has several of one. */
  | "missing_header"
  /** A callback's key is not yours: that of another environment, or a forged one. */
  | "wrong_key"
  /** A callback's signature is not its body's: forged, another secret, or a body that was written anew. */
  | "invalid_signature"
  /** A callback is genuine, but no JSON: see `body`. */
  | "invalid_json"
  /** A callback is genuine, but not of the documented shape: see `fields` and `body`. */
  | "invalid_callback"
  /** The gateway could not be reached, or the connection broke. */
  | "network"
  /** `timeout` passed. */
  | "timeout"
  /** `signal` was aborted; its reason is the `cause`. */
  | "aborted"
  /** 401 or 403: key or signature are refused. */
  | "unauthorized"
  /** Another 4xx: the request is refused, see `fields`. */
  | "rejected"
  /** 429: too many requests. */
  | "rate_limited"
  /** 5xx: the gateway failed. */
  | "server"
  /** A status that the gateway does not document, such as a redirect. */
  | "unexpected_status"
  /** A 2xx answer that cannot be read: see `body`. */
  | "invalid_response"
  /**
   * A 2xx answer to another request than this, with an invoice over another amount, or without the conversion that was
   * asked for: see `body`. Do not show its address.
   */
  | "mismatched_response"
  /** A 2xx answer whose address is none of its currency's network, or mistyped: see `body`. Do not show it. */
  | "invalid_address"
  /** A 2xx answer without the destination tag that its network needs: see `body`. Do not show its address. */
  | "missing_tag"
  /** The WebAssembly module is not loaded, or cannot be: the message says what to do. Nothing was sent. */
  | "not_loaded"
  /** A defect of this package. */
  | "internal";

/**
 * The one error of this package. It never holds a secret or a signature.
 *
 * @example
 * ```js
 * try {
 *   await alphapo.takeAddress(request);
 * } catch (error) {
 *   if (error instanceof AlphaPoError && error.code === "rejected") console.warn(error.fields);
 *   else throw error;
 * }
 * ```
 */
export class AlphaPoError extends Error {
  /** Only the package makes them. */
  constructor(internal: { readonly never: never });
  /** For logs; to tell these errors from others, use `instanceof`, which works across copies of the package. */
  readonly name: "AlphaPoError";
  /** What went wrong. */
  readonly code: AlphaPoErrorCode;
  /** The HTTP status, when the gateway answered. */
  readonly status?: number;
  /** The gateway's own code, such as `"bad_header_signature"`. */
  readonly gatewayCode?: string;
  /** The fields or options at fault, each with what is wrong with it. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /**
   * Where the money side stands: `"not-sent"` (nothing left), `"rejected"` (the gateway said no), `"unknown"` (an
   * address may exist; taking another is harmless).
   */
  readonly outcome: "not-sent" | "rejected" | "unknown";
  /** How many requests were sent. */
  readonly attempts: number;
  /** The gateway's raw answer, up to 64 KiB; of several that may each hold an address, all. */
  readonly body?: string;
  /** The reason of an aborted `signal`, or what kept the module from loading. */
  readonly cause?: unknown;
  /**
   * All of the above but `cause`, for a log; `JSON.stringify` calls it.
   *
   * @example
   * ```js
   * console.error(JSON.stringify(error)); // {"name":"AlphaPoError","message":"…","code":"timeout",…}
   * ```
   */
  toJSON(): Record<string, unknown>;
}
