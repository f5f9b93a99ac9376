// The bytes of a module that is carried as base64 text: no file to trace, copy, fetch or permit.

export function decode(base64) {
  if (typeof Uint8Array.fromBase64 === "function") return Uint8Array.fromBase64(base64);
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
