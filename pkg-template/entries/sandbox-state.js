// Keeps the journal of a sandbox in one SQLite file, on Node. It does not read what it keeps: entries are texts.
//
// An entry is on file before its promise resolves. The file survives the end of the process at any moment; that the
// last moment also survives a loss of power is not promised (WAL with `synchronous = NORMAL`), and no use of a sandbox
// asks for it.

import { closeSync, openSync } from "node:fs";

import { madeUpKeyPair } from "./sandbox-key-pair.js";

// The runtime's own, also where a test has put timers of its own in their place.
const { setImmediate: afterThisTurn } = globalThis;

/** "aPWS": whose file it is (SQLite, PRAGMA application_id). */
const APPLICATION_ID = 0x61505753;

/** Of this layout and of the entries in it. */
const VERSION = 1;

const LAYOUT = `
  CREATE TABLE journal (id INTEGER PRIMARY KEY, entry TEXT NOT NULL);
  CREATE TABLE key_pair (key TEXT NOT NULL, secret TEXT NOT NULL);
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${VERSION};`;

/** Primary result codes of SQLite (sqlite.org/rescode.html) that say something to the user. */
const PROBLEMS = {
  5: ["STATE_IN_USE", "is in use by another process: end that one, or take another file"],
  8: ["STATE_NOT_WRITABLE", "cannot be written to"],
  13: ["STATE_FULL", "cannot grow: the disk is full"],
  14: ["STATE_NOT_FOUND", "cannot be opened: does its folder exist?"],
  26: ["STATE_FOREIGN", "is no file of a sandbox: name another one, or one that does not exist yet"],
};

/** Nobody but its owner need read what may hold a secret. */
const PRIVATE = 0o600;

export function openState(file) {
  const { DatabaseSync } = sqlite();
  try {
    // SQLite itself would make it readable for all.
    closeSync(openSync(file, "a", PRIVATE));
  } catch (cause) {
    const text = `cannot be opened (${cause.code}): does its folder exist, and may you write there?`;
    throw problem(file, "STATE_NOT_FOUND", text, cause);
  }
  const database = new DatabaseSync(file);
  try {
    prepare(database, file);
  } catch (error) {
    database.close();
    throw named(file, error);
  }
  return new State(database, file);
}

function sqlite() {
  const found = process.getBuiltinModule?.("node:sqlite");
  if (found) return found;
  const message =
    `keeping a state needs node:sqlite, which Node ${process.versions.node} does not have: use Node 22.13 or later ` +
    "(from 22.5 on with --experimental-sqlite), or leave the state out to keep it in memory";
  throw Object.assign(new Error(message), { code: "STATE_NEEDS_SQLITE" });
}

function prepare(database, file) {
  // Held until the process ends, however it ends: two on one file would overwrite each other's sandbox.
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  const { application_id: application } = database.prepare("PRAGMA application_id").get();
  const { user_version: version } = database.prepare("PRAGMA user_version").get();
  const { tables } = database.prepare("SELECT count(*) AS tables FROM sqlite_schema").get();
  const isNew = application === 0 && version === 0 && tables === 0;
  if (!isNew && application !== APPLICATION_ID) throw problem(file, ...PROBLEMS[26]);
  if (!isNew && version !== VERSION) {
    const text = `is of version ${version}, and this package reads version ${VERSION}: name another file`;
    throw problem(file, "STATE_VERSION", text);
  }
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  database.exec(`BEGIN IMMEDIATE;${isNew ? LAYOUT : ""} COMMIT`);
}

/** @param {string} file */
function problem(file, code, text, cause) {
  return Object.assign(new Error(`the state file ${file} ${text}`, { cause }), { code });
}

/** An error of SQLite, in the user's words. */
function named(file, error) {
  if (error.code !== "ERR_SQLITE_ERROR") return error;
  const [code, text] = PROBLEMS[error.errcode & 0xff] ?? ["STATE_UNUSABLE", `cannot be used: ${error.message}`];
  return problem(file, code, text, error);
}

class State {
  #database;
  #file;
  #insert;
  /** What waits for the end of this turn of the event loop. */
  #pending = [];

  constructor(database, file) {
    this.#database = database;
    this.#file = file;
    this.#insert = database.prepare("INSERT INTO journal (entry) VALUES (?)");
  }

  get entries() {
    return this.#database.prepare("SELECT entry FROM journal ORDER BY id").all().map(({ entry }) => entry);
  }

  append(entries) {
    return new Promise((resolve, reject) => {
      // All requests that one turn brought share a transaction: a commit takes longer than a hundred rows.
      if (this.#pending.length === 0) afterThisTurn(() => this.#commit());
      this.#pending.push({ entries, resolve, reject });
    });
  }

  keyPair() {
    const kept = this.#database.prepare("SELECT key, secret FROM key_pair").get();
    if (kept) return { key: kept.key, secret: kept.secret };
    const made = madeUpKeyPair();
    this.#database.prepare("INSERT INTO key_pair (key, secret) VALUES (?, ?)").run(made.key, made.secret);
    return made;
  }

  close() {
    this.#commit();
    this.#database.close();
  }

  #commit() {
    const turn = this.#pending.splice(0);
    if (turn.length === 0) return;
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      for (const { entries } of turn) for (const entry of entries) this.#insert.run(entry);
      this.#database.exec("COMMIT");
      for (const { resolve } of turn) resolve();
    } catch (error) {
      this.#rollBack();
      for (const { reject } of turn) reject(named(this.#file, error));
    }
  }

  #rollBack() {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // SQLite has rolled back already (sqlite.org/lang_transaction.html, "Response To Errors"), or nothing was begun.
    }
  }
}
