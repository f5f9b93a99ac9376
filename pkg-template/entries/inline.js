// The module whose bytes an entry carries as text: no file to trace, copy, fetch or permit.

/** `refused` makes the error of an environment that compiles nothing out of the engine's. */
export function inline(bytes, refused, start) {
  const module = compiled(bytes, refused);
  try {
    start(module);
  } catch (error) {
    // WebKit takes the bytes, and refuses what was made of them.
    throw error?.name === "CompileError" ? refused(error) : error;
  }
}

function compiled(bytes, refused) {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    throw refused(error);
  }
}

/**
 * As fast as the runtime can, since a cold start waits for it: the loop takes 2 ms for the client's 83 KB, Node's
 * Buffer none. By its bare name some bundlers would add a Buffer to the bundle.
 */
export function decodedBase64(base64) {
  if (typeof Uint8Array.fromBase64 === "function") return Uint8Array.fromBase64(base64);
  if (typeof globalThis.Buffer?.from === "function") return globalThis.Buffer.from(base64, "base64");
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/**
 * Of the small module only: packed, hex is smaller than base64, since bytes stand in it as bytes. Where an engine has
 * neither of the two it takes a millisecond.
 */
export function decodedHex(hex) {
  return (
    Uint8Array.fromHex?.(hex) ??
    globalThis.Buffer?.from(hex, "hex") ??
    Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16))
  );
}
