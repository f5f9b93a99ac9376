// Where the command line has its key pair from: the environment, or a file that only its owner can read; all of it from the
// one or from the other, since a key pair and another gateway's base URL must not meet. Never from an argument. It prints
// nothing, and no error of it repeats a value that it read.

import { readFile, stat } from "node:fs/promises";

import { UsageError } from "./command-line-arguments.js";

const VARIABLES = { key: "ALPHAPO_KEY", secret: "ALPHAPO_SECRET", baseUrl: "ALPHAPO_BASE_URL" };
const KNOWN = Object.values(VARIABLES);

/** Permission bits of a group and of everybody else. */
const OTHERS = 0o077;

/**
 * @param {string | undefined} file  what `--credentials` named
 * @param {string[]} needed
 * @returns {Promise<{ key?: string, secret?: string, baseUrl?: string }>}
 */
export async function credentials(file, needed = ["key", "secret"]) {
  const result = await found(file);
  const missing = needed.filter((name) => !result[name]).map((name) => VARIABLES[name]);
  if (missing.length > 0) throw lacking(missing, file);
  // A key pair without a base URL is for the production gateway.
  if (file !== undefined && needed.includes("key") && !result.baseUrl && process.env[VARIABLES.baseUrl]) {
    throw new UsageError(`${VARIABLES.baseUrl} is set, and ${file} has none: write it into the file`);
  }
  return result;
}

function lacking(variables, file) {
  const names = variables.join(" and ");
  return new UsageError(
    file === undefined
      ? `${names} missing: set ${variables.length > 1 ? "them" : "it"} in the environment, or name a file that only you ` +
          "can read with `--credentials FILE`"
      : `${names} missing in ${file}: nothing else is looked at where a file is named`,
  );
}

/**
 * The key pair of a sandbox, where one was given.
 *
 * @param {string | undefined} file
 * @returns {Promise<{ key: string, secret: string } | undefined>}
 */
export async function givenCredentials(file) {
  const { key, secret } = await found(file);
  if (!key && !secret && file === undefined) return undefined;
  if (key && secret) return { key, secret };
  if (!key && !secret) throw lacking([VARIABLES.key, VARIABLES.secret], file);
  throw new UsageError(`of ${VARIABLES.key} and ${VARIABLES.secret} there is one alone: set both, or none`);
}

async function found(file) {
  const where = file ?? "the environment";
  const named = file === undefined ? process.env : await read(file);
  for (const name of Object.keys(named)) {
    const meant = KNOWN.find((known) => known !== name && lettersOf(known) === lettersOf(name));
    if (meant) throw new UsageError(`${where} has ${name}, which says nothing here: call it ${meant}`);
  }
  if (named[VARIABLES.baseUrl] === "") throw new UsageError(`${VARIABLES.baseUrl} in ${where} is empty`);
  const entries = Object.entries(VARIABLES).map(([name, variable]) => [name, named[variable]]);
  return Object.fromEntries(entries.filter(([, value]) => value));
}

const lettersOf = (name) => name.replaceAll(/[-_]/g, "").toLowerCase();

async function read(file) {
  // With a byte order mark, too, which editors of Windows write.
  const text = (await readPrivate(file)).trim();
  return Object.fromEntries(text.startsWith("{") ? ofJson(text, file) : ofLines(text, file));
}

async function readPrivate(file) {
  try {
    const { mode } = await stat(file);
    // Windows has other rules, which these bits do not tell.
    if (process.platform !== "win32" && (mode & OTHERS) !== 0) {
      throw new UsageError(`others can read ${file}: \`chmod 600\` keeps it to yourself`);
    }
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} cannot be read: ${error.code}`);
  }
}

/** `{"key": …, "secret": …, "baseUrl": …}`, or under the names of the variables. */
function ofJson(text, file) {
  let object;
  try {
    object = JSON.parse(text);
  } catch {
    throw new UsageError(`${file} begins like JSON and is none`);
  }
  return Object.entries(object).map(([given, value]) => {
    const name = Object.hasOwn(VARIABLES, given) ? VARIABLES[given] : given;
    // One that says nothing would have a sandbox's credentials sent to the production gateway.
    if (!KNOWN.includes(name)) {
      throw new UsageError(`${file} has the name ${given}, which says nothing here: key, secret and baseUrl do`);
    }
    if (typeof value !== "string") throw new UsageError(`in ${file} the key, the secret and the base URL must be texts`);
    return [name, value];
  });
}

/**
 * `NAME=value` in each line, with or without `export` and quotes; `#` begins a comment line. Variables of others may stand
 * beside ours.
 */
function ofLines(text, file) {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const match = /^(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line);
    if (!match) throw new UsageError(`${file} is neither JSON nor lines of NAME=value`);
    const [, name, value] = match;
    return [name, /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value];
  });
}
