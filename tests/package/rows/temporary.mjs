// @ts-check
// Temporary folders that are gone when the runner is, however it ends.

import { mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Its exit handler ends the children, who must not write any more when the one below runs.
import "./child.mjs";

/** A child that was just killed may hold on to a file for a moment. */
const PERSISTENTLY = { recursive: true, force: true, maxRetries: 10, retryDelay: 200 };

/** @type {Set<string>} */
const folders = new Set();

process.on("exit", () => folders.forEach((folder) => rmSync(folder, PERSISTENTLY)));

/**
 * Hands a new folder to `use` and removes it afterwards.
 *
 * @template T
 * @param {string} name
 * @param {(folder: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withFolder(name, use) {
  const folder = mkdtempSync(join(tmpdir(), `alphapo-${name}-`));
  folders.add(folder);
  try {
    return await use(folder);
  } finally {
    await rm(folder, PERSISTENTLY);
    folders.delete(folder);
  }
}
