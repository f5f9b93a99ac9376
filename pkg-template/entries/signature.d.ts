export { AlphaPoError, type AlphaPoErrorCode } from "./index.js";

/**
 * Signs a body: HMAC-SHA512 over exactly its bytes, as 128 lower-case hex digits.
 *
 * Text is signed as its UTF-8 bytes, the secret's text too. For many bodies under one secret, a `Signer` is faster.
 *
 * @throws `AlphaPoError` `invalid_body` when the body is neither text nor bytes, `invalid_option` when the secret
 * is missing or empty.
 *
 * @example
 * ```js
 * sign('{"currency":"BTC","foreign_id":"123456"}', "AbCdEfG123456"); // "03c25fcf7cd35e7d…"
 * ```
 */
export function sign(body: string | Uint8Array, secret: string | Uint8Array): string;

/**
 * Whether `signature` is the body's, compared in constant time.
 *
 * Hex digits may be of either case. A signature that is malformed or missing (`undefined`, `null`) is `false`,
 * never a throw.
 *
 * @throws `AlphaPoError` `invalid_body` when the body is not what was received as text or bytes (a parsed object
 * cannot be verified), `invalid_option` when the secret is missing or empty.
 *
 * @example
 * ```js
 * verify(rawBody, request.headers.get("x-processing-signature"), secret);
 * ```
 */
export function verify(
    body: string | Uint8Array,
    signature: string | null | undefined,
    secret: string | Uint8Array,
): boolean;

/**
 * Signs and verifies many bodies under one secret, whose key schedule is computed once.
 *
 * It keeps no secret, but what is as sensitive: `free()` it, or declare it with `using`, to wipe it early.
 *
 * @example
 * ```js
 * const signer = new Signer(secret);
 * const signature = signer.sign(body);
 * signer.verify(body, signature); // true
 * signer.free();
 * ```
 */
export class Signer {
    free(): void;
    [Symbol.dispose](): void;
    /**
     * Computes the key schedule.
     *
     * @throws `AlphaPoError` `invalid_option` when the secret is missing or empty.
     */
    constructor(secret: string | Uint8Array);
    /**
     * The signature of exactly these bytes, as the function `sign` makes it.
     *
     * @example
     * ```js
     * const signature = signer.sign('{"currency":"BTC","foreign_id":"123456"}');
     * ```
     */
    sign(body: string | Uint8Array): string;
    /**
     * Whether `signature` is the body's, as the function `verify` tells it.
     *
     * @example
     * ```js
     * const genuine = signer.verify(rawBody, request.headers.get("x-processing-signature"));
     * ```
     */
    verify(body: string | Uint8Array, signature: string | null | undefined): boolean;
}
