// What the command line does to text that came from elsewhere.

/** It must not move the cursor of a terminal or change its colours: control characters (ECMA-48) but line breaks. */
export function printable(text) {
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "\ufffd");
}
