#!/usr/bin/env node
// The program `alphapo-wasm`: the package's functions for a shell. It reads arguments, the environment and standard
// input, and prints; what a request, a signature or an address must be is decided in the module.
//
// No secret comes in by an argument, since every process of the machine can read those, and none is printed, but for
// the one that `sandbox` makes up.

import { text as textOf, buffer as bytesOf } from "node:stream/consumers";

import { UsageError, nearest, parse, positionals } from "./command-line-arguments.js";
import { credentials } from "./command-line-credentials.js";
import { EXIT, OVERVIEW, helpOf } from "./command-line-help.js";
import { jsonOf, printable } from "./command-line-output.js";
import { sandbox } from "./command-line-sandbox.js";

// A module that cannot be loaded is no verdict, which Node's own exit code would be.
const alphapo = await import("./index.js").catch((error) => {
  process.stderr.write(`alphapo-wasm: ${error?.message}\n`);
  process.exit(EXIT.defect);
});
const { AlphaPoError, checkAddress, currencyInfo, sign, takeAddress, verify } = alphapo;

// What a shell reports for a program that such a signal ended: 128 and its number (POSIX, Shell, 2.8.2).
const ENDED_BY_SIGINT = 130;
const ENDED_BY_SIGPIPE = 141;

const CREDENTIALS = { credentials: { type: "string" } };

/** What each command takes. Every one has `--json` and `--help` beside these. */
const COMMANDS = {
  take: {
    options: {
      ...CREDENTIALS,
      "foreign-id": { type: "string" },
      "end-user-reference": { type: "string" },
      "convert-to": { type: "string" },
      amount: { type: "string" },
      timeout: { type: "string" },
      retries: { type: "string" },
    },
    run: take,
  },
  sign: { options: CREDENTIALS, run: signBody },
  verify: { options: CREDENTIALS, run: verifyBody },
  "check-address": { options: {}, run: checkOneAddress },
  currencies: { options: {}, run: currencies },
  sandbox: {
    options: {
      ...CREDENTIALS,
      port: { type: "string" },
      "callback-url": { type: "string" },
      state: { type: "string" },
      "time-scale": { type: "string" },
      seed: { type: "string" },
    },
    run: sandbox,
  },
};

/** @returns {Promise<number>} the exit code */
async function main([word, ...rest]) {
  if (word === undefined) return failure(new UsageError(`say what to do:\n\n${OVERVIEW}`));
  if (word === "--help" || word === "-h" || word === "help") return help(rest[0]);
  if (word === "--version") return print(PACKAGE_VERSION);
  if (word.startsWith("-")) return failure(new UsageError("the command comes first, its options after it"));
  if (!Object.hasOwn(COMMANDS, word)) return failure(unknownCommand(word));
  const { options, run } = COMMANDS[word];
  const json = rest.includes("--json");
  try {
    const { values, words } = parse(word, options, rest);
    return values.help ? print(helpOf(word)) : await run(values, words);
  } catch (error) {
    return failure(error, json);
  }
}

function help(word) {
  if (word === undefined) return print(OVERVIEW);
  return Object.hasOwn(COMMANDS, word) ? print(helpOf(word)) : failure(unknownCommand(word));
}

function unknownCommand(word) {
  const meant = nearest(word, Object.keys(COMMANDS));
  const hint = meant ? `Did you mean \`${meant}\`?` : `There are ${Object.keys(COMMANDS).join(", ")}.`;
  return new UsageError(`there is no command \`${word}\`. ${hint}`);
}

async function take(values, words) {
  const [currency] = positionals("take", words, ["CURRENCY"]);
  if (values["foreign-id"] === undefined) {
    throw new UsageError("`--foreign-id` is missing: your own reference, which the answer and every callback carry");
  }
  const request = { currency, foreign_id: values["foreign-id"] };
  if (values["end-user-reference"] !== undefined) request.end_user_reference = values["end-user-reference"];
  if (values["convert-to"] !== undefined) request.convert_to = values["convert-to"];
  if (values.amount !== undefined) request.amount = values.amount;
  const options = await credentials(values.credentials);
  for (const name of ["timeout", "retries"]) if (values[name] !== undefined) options[name] = Number(values[name]);

  const stop = new AbortController();
  const interrupted = () => stop.abort();
  process.once("SIGINT", interrupted);
  try {
    return printTaken(await takeAddress(request, { ...options, signal: stop.signal }), values.json);
  } catch (error) {
    const code = failure(error, values.json);
    return stop.signal.aborted ? ENDED_BY_SIGINT : code;
  } finally {
    process.off("SIGINT", interrupted);
  }
}

function printTaken(deposit, json) {
  if (json) return print(jsonOf(deposit));
  const lines = [`address   ${deposit.address}`];
  if (deposit.tag !== null) lines.push(`tag       ${deposit.tag} (show it too: a deposit without it may be lost)`);
  const name = currencyInfo(deposit.currency)?.name;
  lines.push(`currency  ${name === undefined ? deposit.currency : `${deposit.currency}, ${name}`}`);
  if (deposit.convert_to !== undefined) lines.push(`into      ${deposit.convert_to}`);
  if (deposit.expires_at !== undefined) lines.push(`expires   ${moment(deposit.expires_at)}`);
  lines.push(`for       ${deposit.foreign_id}`, `id        ${deposit.id}`);
  return print(lines.map(printable).join("\n"));
}

async function signBody(values, words) {
  positionals("sign", words, []);
  const { secret } = await credentials(values.credentials, ["secret"]);
  const signature = sign(await bodyFromInput(), secret);
  return print(values.json ? jsonOf({ signature }) : signature);
}

async function verifyBody(values, words) {
  const [signature] = positionals("verify", words, ["SIGNATURE"]);
  const { secret } = await credentials(values.credentials, ["secret"]);
  const genuine = verify(await bodyFromInput(), signature, secret);
  const verdict = genuine ? "genuine" : "not genuine: another secret, or another body";
  print(values.json ? jsonOf({ genuine }) : verdict);
  return genuine ? EXIT.done : EXIT.no;
}

/** Byte for byte: a body that is read as text and written again has another signature. */
async function bodyFromInput() {
  if (process.stdin.isTTY) console.error("reading the body from the keyboard; Ctrl-D ends it");
  return new Uint8Array(await bytesOf(process.stdin));
}

async function checkOneAddress(values, words) {
  const [address, currency] = positionals("check-address", words, ["ADDRESS", "CURRENCY"]);
  const check = checkAddress(address === "-" ? (await textOf(process.stdin)).trim() : address, currency);
  const verdict = check.valid === false ? "not valid" : "cannot be told";
  if (values.json) print(jsonOf(check));
  else print(check.valid ? describe(check) : `${verdict}: ${check.reason}`);
  if (check.valid === null) return EXIT.unknownCurrency;
  return check.valid ? EXIT.done : EXIT.no;
}

function describe({ network, kind, chain, checksum, tag, amount, expires_at }) {
  const parts = [network, kind.replace("_", " "), chain === "either" ? "main or test network" : chain];
  parts.push(checksum ? "checksum right" : "no checksum: a typing error may go unseen");
  if (tag !== undefined) parts.push(`tag ${tag}`);
  if (amount !== undefined) parts.push(`over ${amount} BTC`);
  if (expires_at !== undefined) parts.push(`expires ${moment(expires_at)}`);
  return `valid: ${parts.join(", ")}`;
}

function currencies(values, words) {
  const [code] = positionals("currencies", words, ["[CODE]"]);
  const found = (code === undefined ? KNOWN_CURRENCIES : [code]).map((each) => currencyInfo(each));
  if (found[0] === undefined) {
    const meant = nearest(code.toUpperCase(), KNOWN_CURRENCIES);
    const hint = meant ? ` Did you mean \`${meant}\`?` : "";
    const problem = `\`${code}\` is not known here, which does not say that the gateway has no such code.${hint}`;
    throw new UsageError(problem, EXIT.unknownCurrency);
  }
  if (values.json) return print(jsonOf(code === undefined ? found : found[0]));
  const tagged = (networks) => (networks.some(({ tag }) => tag === "required") ? "with a tag" : "");
  return print(columns(found.map(({ code, name, networks }) => [code, name, tagged(networks)])));
}

function columns(rows) {
  const widths = rows[0].map((_, index) => Math.max(...rows.map((row) => row[index].length)));
  return rows.map((row) => row.map((cell, index) => cell.padEnd(widths[index])).join("  ").trimEnd()).join("\n");
}

function print(text) {
  process.stdout.write(`${text}\n`);
  return EXIT.done;
}

/** Says what went wrong, and gives the exit code for it. */
function failure(error, json) {
  const code = exitCodeOf(error);
  const foreseen = code !== EXIT.defect || error instanceof AlphaPoError;
  const message = foreseen ? error.message : `a defect of this package: ${error?.stack ?? error}`;
  if (json) console.error(jsonOf({ error: error instanceof AlphaPoError ? error : { message } }));
  else console.error(`alphapo-wasm: ${printable(message)}${standing(error)}`);
  return code;
}

/** The money side of a call that may have reached the gateway. */
function standing(error) {
  if (!(error instanceof AlphaPoError) || error.outcome !== "unknown") return "";
  return "\nAn address may have been taken all the same. Taking another is harmless.";
}

function exitCodeOf(error) {
  if (error instanceof UsageError) return error.exitCode;
  if (!(error instanceof AlphaPoError) || error.code === "internal") return EXIT.defect;
  return { "not-sent": EXIT.usage, rejected: EXIT.rejected, unknown: EXIT.unknown }[error.outcome] ?? EXIT.defect;
}

// Whoever read the output has gone, as `head` does: there is nobody left to tell.
process.stdout.on("error", (error) => {
  if (error.code === "EPIPE") process.exit(ENDED_BY_SIGPIPE);
  process.stderr.write(`alphapo-wasm: the output cannot be written: ${error.message}\n`);
  process.exit(EXIT.cannotWrite);
});
process.stderr.on("error", () => {});

// Not process.exit, which would cut off what a pipe has not taken yet.
main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

/** Of seconds since 1970: an invoice may be valid for longer than a Date can tell. */
function moment(seconds) {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds} seconds after 1970` : date.toISOString();
}
