// A key pair for a sandbox, made up: nothing is behind it.

import { randomBytes } from "node:crypto";

/** It says what it is for, so that nobody takes it for a real one where it turns up. */
export function madeUpKeyPair() {
  return { key: `sandbox-${randomBytes(8).toString("hex")}`, secret: randomBytes(32).toString("hex") };
}
