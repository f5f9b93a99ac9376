// Reads the arguments of one command, and says of a wrong one what was probably meant. It knows no command by name.

import { parseArgs } from "node:util";

import { EXIT } from "./command-line-help.js";

/** Something that the user has to change: the message says what to do. */
export class UsageError extends Error {
  constructor(message, exitCode = EXIT.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}

const EVERYWHERE = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } };

/** What people may try, and where it belongs instead. */
const NEVER_AN_ARGUMENT = ["secret", "key", "password", "api-key", "api-secret"];

/** @returns {{ values: Record<string, any>, words: string[] }} */
export function parse(command, own, args) {
  const options = { ...own, ...EVERYWHERE };
  // Not `strict`, whose errors would repeat what stands there: it may be a secret in a wrong place.
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const values = {};
  const words = [];
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind === "option") values[token.name] = valueOf(command, options, values, token);
  }
  return { values, words };
}

function valueOf(command, options, values, { name, rawName, value, inlineValue }) {
  if (NEVER_AN_ARGUMENT.includes(name)) throw new UsageError(secretInArgument(rawName));
  if (!Object.hasOwn(options, name)) {
    const meant = nearest(name, Object.keys(options));
    const hint = meant ? `Did you mean \`--${meant}\`?` : `\`alphapo-wasm ${command} --help\` lists what there is.`;
    throw new UsageError(`\`${command}\` has no option \`${rawName}\`. ${hint}`);
  }
  if (Object.hasOwn(values, name)) throw new UsageError(`\`${rawName}\` stands there twice`);
  if (options[name].type === "boolean") {
    if (value !== undefined) throw new UsageError(`\`${rawName}\` takes no value`);
    return true;
  }
  if (value === undefined || value === "") throw new UsageError(`\`${rawName}\` needs a value`);
  // An empty variable of a shell leaves nothing there: then what comes next is another option.
  if (!inlineValue && value.startsWith("-")) {
    throw new UsageError(`\`${rawName}\` needs a value, and one that begins with a hyphen after \`=\`: \`${rawName}=…\``);
  }
  return value;
}

function secretInArgument(rawName) {
  return (
    `\`${rawName}\` is no option: every program on this machine can read the arguments of another, and shells keep ` +
    "them. Set ALPHAPO_KEY and ALPHAPO_SECRET in the environment, or name a file that only you can read with " +
    "`--credentials FILE`. If that was a real secret, have it replaced."
  );
}

/** The words of a command, by their names in its help: `[NAME]` may be left out. */
export function positionals(command, words, names) {
  const missing = names.filter((name) => !name.startsWith("[")).slice(words.length);
  const more = `See \`alphapo-wasm ${command} --help\`.`;
  if (missing.length > 0) throw new UsageError(`${missing.join(" and ")} missing. ${more}`);
  if (words.length > names.length) throw new UsageError(`there are more words than \`${command}\` takes. ${more}`);
  return words;
}

/** A whole number from an option, or undefined where it was not given. */
export function wholeNumber(values, name, smallest, largest) {
  const text = values[name];
  if (text === undefined) return undefined;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (number >= smallest && number <= largest) return number;
  throw new UsageError(`\`--${name}\` must be a whole number from ${smallest} to ${largest}`);
}

/** The word that is at most two slips away, if there is one: a typing error, rarely more. */
export function nearest(word, known) {
  const distances = known.map((candidate) => ({ candidate, distance: distance(word, candidate) }));
  const [best] = distances.sort((one, other) => one.distance - other.distance);
  const allowed = Math.min(2, Math.ceil(word.length / 3));
  return best && best.distance <= allowed ? best.candidate : undefined;
}

/** How many letters must be put in, taken out, changed or swapped with their neighbour (Damerau, restricted). */
function distance(from, to) {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row += 1) {
    rows[row] = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      rows[row][column] = Math.min(
        rows[row - 1][column] + 1,
        rows[row][column - 1] + 1,
        rows[row - 1][column - 1] + (same ? 0 : 1),
        swapped ? rows[row - 2][column - 2] + 1 : Infinity,
      );
    }
  }
  return rows[from.length][to.length];
}
