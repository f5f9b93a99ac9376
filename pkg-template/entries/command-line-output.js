// What the command line does to text that came from elsewhere.

/** What other programs read: with the control characters that JSON itself does not escape (RFC 8259 §7) escaped. */
export function jsonOf(value) {
  const escaped = (character) => `\\u00${character.charCodeAt(0).toString(16)}`;
  return JSON.stringify(value).replace(/[\u007f-\u009f]/g, escaped);
}

/** One line of a log, in which nobody may begin another. */
export const lineOf = (text) => printable(text).replaceAll("\n", "\ufffd");

/** It must not move the cursor of a terminal or change its colours: control characters (ECMA-48) but line breaks. */
export function printable(text) {
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "\ufffd");
}
