// `alphapo-wasm sandbox`: a gateway on this machine until it is interrupted. It prints what a client needs, and a line
// for each request and each callback; the gateway itself is in the sandbox's module, the server in sandbox-node.js.

import { once } from "node:events";

import { UsageError, positionals, wholeNumber } from "./command-line-arguments.js";
import { givenCredentials } from "./command-line-credentials.js";
import { EXIT } from "./command-line-help.js";
import { jsonOf, lineOf } from "./command-line-output.js";
import { madeUpKeyPair } from "./sandbox-key-pair.js";

const DEFAULT_PORT = 8787;

/** The body in the gateway's documentation of signatures. */
const DOCUMENTED_BODY = '{"currency":"BTC","foreign_id":"123456"}';

export async function sandbox(values, words) {
  positionals("sandbox", words, []);
  const port = wholeNumber(values, "port", 0, 65535) ?? DEFAULT_PORT;
  const options = { seed: wholeNumber(values, "seed", 0, 2 ** 32 - 1), callbackUrl: values["callback-url"] };
  if (values["time-scale"] !== undefined) options.timeScale = scale(values["time-scale"]);
  const given = await givenCredentials(values.credentials);
  // By these, so that the other commands need not load another module and its server.
  const [{ sign }, { createSandbox }, node] = await Promise.all([
    import("./index.js"),
    import("./sandbox.js"),
    import("./sandbox-node.js"),
  ]);

  const state = values.state === undefined ? undefined : stateOf(node, values.state);
  try {
    const pair = given ?? state?.keyPair() ?? madeUpKeyPair();
    const opened = open(createSandbox, { ...options, ...pair, ...(state && { journal: state }) });
    try {
      const signature = sign(DOCUMENTED_BODY, pair.secret);
      return await untilStopped(opened, node, { port, pair, signature, hidden: given !== undefined, json: values.json });
    } finally {
      opened.close();
    }
  } finally {
    state?.close();
  }
}

function open(createSandbox, options) {
  try {
    return createSandbox(options);
  } catch (error) {
    const { callbackUrl, journal } = error?.fields ?? {};
    if (callbackUrl) throw new UsageError(`\`--callback-url\` ${callbackUrl}`);
    throw journal ? new UsageError(`the file of \`--state\` ${journal}`, EXIT.cannotServe) : error;
  }
}

function scale(text) {
  const number = Number(text);
  if (number > 0 && number < Infinity) return number;
  throw new UsageError("`--time-scale` must be a number greater than zero");
}

function stateOf({ openState }, file) {
  try {
    return openState(file);
  } catch (error) {
    throw error.code?.startsWith("STATE_") ? new UsageError(error.message, EXIT.cannotServe) : error;
  }
}

async function untilStopped(sandbox, { serve }, { port, pair, signature, hidden, json }) {
  const stopping = new AbortController();
  const stopped = Promise.race(["SIGINT", "SIGTERM"].map((name) => once(process, name, { signal: stopping.signal })));
  stopped.catch(() => {});
  const quiet = sandbox.subscribe((event) => log(event, json));
  try {
    const server = await serve(sandbox, { port, page: { ...pair, hidden } }).catch((error) => {
      throw cannotListen(error, port);
    });
    const lines = { curl: takeLine(server.url, pair.key, signature), depositCurl: depositLine(server.url) };
    introduce({ url: server.url, key: pair.key, secret: hidden ? null : pair.secret, ...lines }, json);
    await stopped;
    // Whoever asks a second time has waited long enough: then the signal does what it does by itself.
    stopping.abort();
    await server.close();
    if (!json) say("stopped");
    return EXIT.done;
  } finally {
    quiet();
    stopping.abort();
  }
}

function cannotListen(error, port) {
  const problem = {
    EADDRINUSE: `port ${port} is taken by another program: end that one, or take another port with --port`,
    EACCES: `port ${port} is only for programs with more rights: take one above 1023 with --port`,
  }[error.code];
  return problem ? new UsageError(problem, EXIT.cannotServe) : error;
}

/** As the gateway's documentation has it, ready to paste into a shell. */
function takeLine(url, key, signature) {
  const header = (name, value) => `-H ${quoted(`${name}: ${value}`)}`;
  return [
    `curl -X POST ${quoted(`${url}/addresses/take`)}`,
    header("Content-Type", "application/json"),
    header("X-Processing-Key", key),
    header("X-Processing-Signature", signature),
    `-d ${quoted(DOCUMENTED_BODY)}`,
  ].join(" ");
}

/** What the page's button does, for programs. */
function depositLine(url) {
  const order = '{"address":"ADDRESS","amount":"0.01"}';
  return `curl ${quoted(new URL("/sandbox/deposit", url).href)} -H 'Content-Type: application/json' -d ${quoted(order)}`;
}

/** For a POSIX shell (Shell, 2.2.2). */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function introduce({ url, key, secret, curl, depositCurl }, json) {
  const page = new URL("/", url).href;
  if (json) return say(jsonOf({ type: "listening", baseUrl: url, page, key, secret, curl, depositCurl }));
  say(`A sandbox gateway: never pay to an address of it. Ctrl-C stops it.

key       ${key}
secret    ${secret ?? "the one that was given"}
base URL  ${url}
page      ${page}

Take an address, and deposit to it (ADDRESS is what was answered):

${curl}

${depositCurl}
`);
}

function log(event, json) {
  if (json) say(jsonOf(event));
  else lines(event).forEach((line) => say(`${new Date().toLocaleTimeString("en-GB")}  ${lineOf(line)}`));
}

function lines(event) {
  if (event.type === "request") {
    const { method, path, status, foreign_id, fault, milliseconds } = event;
    const words = [method, path, status ?? "no answer", foreign_id, fault && `fault ${fault}`];
    return [`${words.filter(Boolean).join("  ")}  ${milliseconds} ms`];
  }
  if (event.type !== "callback") return [];
  const { id, deposit, status, attempts, nextAttempt } = event.callback;
  const last = attempts.at(-1);
  // It is told when it is planned, too.
  if (!last) return [];
  const answer = last.status === null ? `no answer: ${last.error}` : `answered ${last.status}`;
  const next = nextAttempt === null ? "" : `, next attempt ${new Date(nextAttempt).toISOString()}`;
  return [`callback ${id} of deposit ${deposit}, ${status}: ${answer}${next}`];
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
