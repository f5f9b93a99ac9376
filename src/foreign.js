// Buffers that are not ours, read in one crossing from Rust. Nothing here throws, or believes what an object says of
// itself.

/**
 * The bytes of an `ArrayBuffer` or of a view of one, of any realm, up to `limit`; none where they are detached.
 *
 * @param {any} value
 * @param {number} limit
 * @returns {Uint8Array | undefined}
 */
export function bytes(value, limit) {
  try {
    const isView = ArrayBuffer.isView(value);
    const length = Math.min(value.byteLength, limit);
    const view = new Uint8Array(isView ? value.buffer : value, isView ? value.byteOffset : 0, length);
    // The constructor makes something of whatever it gets, so it must have been a buffer.
    return view.length === length ? view : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The bytes of an `ArrayBuffer`, of any realm; none of anything else, or where it is detached.
 *
 * @param {any} value
 * @returns {Uint8Array | undefined}
 */
export function bytesOfBuffer(value) {
  try {
    // This constructor takes nothing else.
    return new Uint8Array(new DataView(value).buffer);
  } catch {
    return undefined;
  }
}
