// @ts-check
// Values that do not do what they promise, for whatever takes values of a caller's.

/** One for all: to make an error with its stack takes longer than what is tested. */
const REFUSAL = new Error("closed");

export function refuse() {
  throw REFUSAL;
}

/** A proxy that throws whatever is asked of it. */
export function closed() {
  return new Proxy({}, { get: refuse, ownKeys: refuse, has: refuse, getOwnPropertyDescriptor: refuse });
}

/** A view whose buffer was given away. */
export function detached() {
  const bytes = new Uint8Array(8);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}
