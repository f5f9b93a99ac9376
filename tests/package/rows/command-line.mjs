// @ts-check
// The program `alphapo-wasm`, as npm installs it into a project: every command, every exit code, bodies byte for byte,
// and no secret in anything that it prints. What a sandbox does once it is served is the row `sandbox-server`'s.

import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { equal, ok, run } from "../suite.js";
import { DOCUMENTED_BODY, DOCUMENTED_SECRET, DOCUMENTED_SIGNATURE } from "../vectors.js";
import { start, stop } from "./child.mjs";
import { TESTS, withProject } from "./project.mjs";
import { served } from "./served-sandbox.mjs";

const KEY = "command-line-key";
const SECRET = "a-secret-that-nobody-may-print";
const ADDRESS = "TQHgMpVzWkhSsRB4BzZgmV8uW4cFL8eaBr";
/** Its field `x` is 10^13 seconds (BOLT #11); made with bech32 2.0.0, and signed by nobody. */
const LASTING_INVOICE =
  "lnbc100u1pj48ugqpp5qyyq79says4nyw2qga892hrrdfchslux3k2fhg4fkzmma3wv60dqdqzqysp5qyyq79says4nyw2qga892hrrdfchslux3k2fhg4fkzmma3wv60dqxqffrp889gqqqyyq79says4nyw2qga892hrrdfchslux3k2fhg4fkzmma3wv60dwr6807m7sgzcjryszwt3483p5552ctanx6arms2yep9u75kkt8wkpnsqpel";

/** What no text encoding gives back as it was: NUL, CRLF, and bytes that are no UTF-8. */
const BYTES = Buffer.from([0, 13, 10, 0xff, 0xfe, 0xc3, 0x28, 0, 10]);

/** For one start of the program, and for a script that starts it by npx half a dozen times. */
const CALL_LIMIT = 12_000;
const NPX_LIMIT = 40_000;

/** @typedef {{ code: number | null, signal: string | null, stdout: string, stderr: string }} Ended */
/** @typedef {{ input?: string | Uint8Array, env?: Record<string, string> }} Surroundings */
/** @typedef {(args: string[], more?: Surroundings) => Promise<Ended>} Call */

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function commandLine(tarball) {
  return withProject(tarball, async ({ folder, packageJson }) => {
    // By npm's own link, and so by the first line of the file.
    const program = join(folder, "node_modules/.bin/alphapo-wasm");
    /** @type {Call} */
    const call = (args, { input = "", env = {} } = {}) => ended(program, args, { cwd: folder, input, env });
    return run(
      (test) => {
        words(test, call, packageJson.version);
        bodies(test, call);
        withoutNetwork(test, call);
        credentials(test, call, folder);
        takes(test, call, program, folder);
        interrupted(test, program, folder);
      },
      { atOnce: 2, longest: NPX_LIMIT },
    );
  });
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd: string, input: string | Uint8Array, env: Record<string, string>, timeout?: number }} options
 * @returns {Promise<Ended>}
 */
async function ended(program, args, { cwd, input, env, timeout = CALL_LIMIT }) {
  const child = spawn(program, args, { cwd, env: { PATH: process.env.PATH, HOME: cwd, ...env }, timeout });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once("exit", resolve));
  const result = { code: child.exitCode, signal: child.signalCode, stdout, stderr };
  ok(!`${stdout}${stderr}`.includes(SECRET), `${args.join(" ")} prints the secret`);
  return result;
}

/** @param {Ended} result @param {number} code @param {RegExp} [said] on one of the two */
function endedWith(result, code, said = /(?:)/) {
  const all = `${result.stdout}${result.stderr}`;
  equal(result.code, code, `the exit code, beside ${all}`);
  ok(said.test(all), `it says ${all}`);
  // Whoever reads the output of a failure must not take it for a result.
  if (code > 1) ok(result.stdout === "" || code === 5, `a failure prints a result: ${result.stdout}`);
}

/** @param {import("../suite.js").Test} test @param {Call} call @param {string} version */
function words(test, call, version) {
  test("--version", async () => equal((await call(["--version"])).stdout, `${version}\n`));

  for (const args of [["--help"], ["help"]]) {
    test(`${args}: every command and every exit code`, async () => {
      const { code, stdout } = await call(args);
      equal(code, 0);
      for (const word of ["take", "sign", "verify", "check-address", "currencies", "sandbox", "130"]) {
        ok(stdout.includes(word), `no word on ${word}`);
      }
    });
  }

  for (const command of ["take", "sign", "verify", "check-address", "currencies", "sandbox"]) {
    test(`${command} --help: how it is used, and the exit codes`, async () => {
      const result = await call([command, "--help"]);
      endedWith(result, 0, new RegExp(`^usage: alphapo-wasm ${command}\\b[^]*Exit codes:`));
      equal((await call(["help", command])).stdout, result.stdout);
    });

    test(`${command}: an option that does not exist`, async () => {
      endedWith(await call([command, "--nosuchoption"]), 2, /has no option `--nosuchoption`/);
    });
  }

  for (const [args, said] of /** @type {[string[], RegExp][]} */ ([
    [[], /say what to do/],
    [["tkae"], /no command `tkae`. Did you mean `take`\?/],
    [["currences"], /Did you mean `currencies`\?/],
    [["nothing-like-it"], /There are take, sign/],
    [["--secret", SECRET], /the command comes first/],
    [["take", "BTC", "--foreign-di", "x"], /Did you mean `--foreign-id`\?/],
    [["take", "--foreign-id", "x"], /CURRENCY missing/],
    [["take", "BTC"], /`--foreign-id` is missing/],
    [["take", "BTC", "--foreign-id"], /needs a value/],
    [["take", "BTC", "--foreign-id", "--json"], /`--foreign-id` needs a value/],
    [["take", "BTC", "--foreign-id", "-5"], /`--foreign-id=…`/],
    [["take", "BTC", "--foreign-id", "a", "--foreign-id", "b"], /twice/],
    [["take", "BTC", "ETH", "--foreign-id", "a"], /more words/],
    [["sign", "--json=yes"], /takes no value/],
    [["check-address", ADDRESS], /CURRENCY missing/],
    [["sandbox", "--port", "http"], /whole number from 0 to 65535/],
    [["sandbox", "--seed=-1"], /whole number/],
    [["sandbox", "--time-scale", "fast"], /`--time-scale` must be a number/],
    [["sandbox", "--callback-url", "nowhere"], /`--callback-url` must be the URL that your own server/],
  ])) {
    test(`${args.join(" ") || "nothing"}: 2, and what to do`, async () => endedWith(await call(args, full()), 2, said));
  }

  for (const option of ["--secret", "--key", "--api-secret"]) {
    for (const args of [[option, SECRET], [`${option}=${SECRET}`]]) {
      test(`${args.length > 1 ? option : `${option}=…`}: why not, what else, and not what stood there`, async () => {
        endedWith(await call(["sign", ...args], full()), 2, /can read the arguments[^]*--credentials FILE/);
      });
    }
  }
}

/** @param {import("../suite.js").Test} test @param {Call} call */
function bodies(test, call) {
  test("sign: the documented vector", async () => {
    const documented = { input: DOCUMENTED_BODY, env: { ALPHAPO_SECRET: DOCUMENTED_SECRET } };
    equal((await call(["sign"], documented)).stdout, `${DOCUMENTED_SIGNATURE}\n`);
    equal(JSON.parse((await call(["sign", "--json"], documented)).stdout), { signature: DOCUMENTED_SIGNATURE });
  });

  for (const [name, input] of /** @type {[string, Uint8Array][]} */ ([
    ["no byte", new Uint8Array()],
    ["NUL, CRLF and invalid UTF-8", BYTES],
    ["a byte order mark and a last newline", Buffer.from("\ufeff{}\n")],
    ["a megabyte", Buffer.alloc(1 << 20, BYTES)],
  ])) {
    test(`sign and verify: ${name}, byte for byte`, async () => {
      const signature = createHmac("sha512", SECRET).update(input).digest("hex");
      equal((await call(["sign"], { ...full(), input })).stdout, `${signature}\n`);
      endedWith(await call(["verify", signature], { ...full(), input }), 0, /^genuine\n$/);
      const changed = Buffer.concat([input, Buffer.from("\n")]);
      endedWith(await call(["verify", signature], { ...full(), input: changed }), 1, /^not genuine/);
    });
  }

  test("verify --json", async () => {
    const input = "{}";
    const signature = createHmac("sha512", SECRET).update(input).digest("hex");
    const genuine = await call(["verify", signature, "--json"], { ...full(), input });
    const forged = await call(["verify", "00", "--json"], { ...full(), input });
    equal([genuine.code, genuine.stdout], [0, '{"genuine":true}\n']);
    equal([forged.code, forged.stdout], [1, '{"genuine":false}\n']);
  });
}

/** @param {import("../suite.js").Test} test @param {Call} call */
function withoutNetwork(test, call) {
  test("check-address: 0 for one of the currency, 1 for none, 5 where nothing can be said", async () => {
    endedWith(await call(["check-address", ADDRESS, "USDTT"]), 0, /^valid: Tron \(TRC-20\)/);
    endedWith(await call(["check-address", "-", "USDTT"], { input: `${ADDRESS}\n` }), 0, /^valid: /);
    endedWith(await call(["check-address", `${ADDRESS.slice(0, -1)}s`, "USDTT"]), 1, /^not valid: /);
    endedWith(await call(["check-address", ADDRESS, "NOSUCHCOIN"]), 5, /^cannot be told: /);
  });

  test("check-address: an invoice that is valid for longer than a Date can tell", async () => {
    endedWith(await call(["check-address", LASTING_INVOICE, "BTCLN"]), 0, /expires 10001700000000 seconds after 1970/);
  });

  test("a module that is not loaded is no verdict", async () => {
    const env = { NODE_OPTIONS: "--jitless" };
    endedWith(await call(["check-address", ADDRESS, "USDTT"], { env }), 70, /^alphapo-wasm: /m);
  });

  test("check-address --json", async () => {
    const { stdout } = await call(["check-address", ADDRESS, "USDTT", "--json"]);
    const { valid, network, checksum } = JSON.parse(stdout);
    equal([valid, network, checksum], [true, "Tron (TRC-20)", true]);
  });

  test("currencies: all, one, and one that is not known", async () => {
    const all = JSON.parse((await call(["currencies", "--json"])).stdout);
    ok(all.length > 30 && all.every((/** @type {any} */ { code, name }) => code && name), `there are ${all.length}`);
    equal((await call(["currencies"])).stdout.trimEnd().split("\n").length, all.length);
    endedWith(await call(["currencies", "XRP"]), 0, /XRP Ledger +with a tag/);
    equal(JSON.parse((await call(["currencies", "XRP", "--json"])).stdout).code, "XRP");
    endedWith(await call(["currencies", "XPR"]), 5, /Did you mean `XRP`\?/);
  });
}

/** @param {import("../suite.js").Test} test @param {Call} call @param {string} folder */
function credentials(test, call, folder) {
  const signature = createHmac("sha512", SECRET).update("{}").digest("hex");
  const signs = async (/** @type {string} */ name, /** @type {string} */ content) => {
    const file = join(folder, name);
    await writeFile(file, content);
    await chmod(file, 0o600);
    equal((await call(["sign", "--credentials", file], { input: "{}" })).stdout, `${signature}\n`);
  };
  test("--credentials: a file of JSON", () => signs("own.json", JSON.stringify({ key: KEY, secret: SECRET })));
  test("--credentials: a file with a byte order mark", async () => {
    await signs("marked.json", `\ufeff${JSON.stringify({ key: KEY, secret: SECRET })}\n`);
    await signs("marked.env", `\ufeffALPHAPO_SECRET=${SECRET}\n`);
  });
  test("--credentials: a file of JSON under the variables' names", () =>
    signs("own-names.json", JSON.stringify({ ALPHAPO_KEY: KEY, ALPHAPO_SECRET: SECRET })));
  test("--credentials: lines, with comments, quotes, export and CRLF", () =>
    signs("lines.env", `# mine\r\nexport ALPHAPO_KEY=${KEY}\r\nOTHER=1\r\n\r\nALPHAPO_SECRET="${SECRET}"\r\n`));

  test("--credentials: a file that others can read is refused", async () => {
    const file = join(folder, "open.json");
    await writeFile(file, JSON.stringify({ key: KEY, secret: SECRET }));
    await chmod(file, 0o644);
    endedWith(await call(["sign", "--credentials", file], { input: "{}" }), 2, /others can read .*chmod 600/);
  });

  for (const [name, content] of [
    ["cut off JSON", `{"secret":"${SECRET}`],
    ["a secret alone", SECRET],
    ["a secret that is no text", '{"secret":17}'],
    ["a misspelt name in JSON", JSON.stringify({ key: KEY, secret: SECRET, base_url: "http://127.0.0.1:1/api/v2" })],
    ["a misspelt name in lines", `ALPHAPO_KEY=${KEY}\nALPHAPO_SECRET=${SECRET}\nALPHA_PO_BASEURL=http://127.0.0.1:1/`],
    ["a base URL that is empty", JSON.stringify({ key: KEY, secret: SECRET, baseUrl: "" })],
    ["a name of every object's", '{"constructor":"x"}'],
  ]) {
    test(`--credentials: ${name}`, async () => {
      const file = join(folder, `${name.replaceAll(" ", "-")}.txt`);
      await writeFile(file, content, { mode: 0o600 });
      endedWith(await call(["sign", "--credentials", file], { input: "{}" }), 2);
    });
  }

  test("--credentials: what a file lacks does not come from elsewhere", async () => {
    const file = join(folder, "half.json");
    await writeFile(file, JSON.stringify({ key: KEY }), { mode: 0o600 });
    const env = { ALPHAPO_SECRET: SECRET };
    endedWith(await call(["sign", "--credentials", file], { input: "{}", env }), 2, /ALPHAPO_SECRET missing in .*half\.json/);
  });

  test("credentials: no base URL is passed over on the way to the production gateway", async () => {
    const file = join(folder, "pair.json");
    await writeFile(file, JSON.stringify({ key: KEY, secret: SECRET }), { mode: 0o600 });
    const take = ["take", "BTC", "--foreign-id", "x"];
    const url = "http://127.0.0.1:1/api/v2";
    const set = await call([...take, "--credentials", file], { env: { ALPHAPO_BASE_URL: url } });
    endedWith(set, 2, /ALPHAPO_BASE_URL is set, and .*pair\.json has none/);
    const env = { ALPHAPO_KEY: KEY, ALPHAPO_SECRET: SECRET };
    endedWith(await call(take, { env: { ...env, ALPHAPO_BASEURL: url } }), 2, /ALPHAPO_BASEURL.*call it ALPHAPO_BASE_URL/);
    endedWith(await call(take, { env: { ...env, ALPHAPO_BASE_URL: "" } }), 2, /is empty/);
  });

  test("--credentials: a file that is not there", async () =>
    endedWith(await call(["sign", "--credentials", join(folder, "nowhere")]), 2, /cannot be read: ENOENT/));

  test("no credentials: which variables, and the file", async () =>
    endedWith(await call(["take", "BTC", "--foreign-id", "x"]), 2, /ALPHAPO_KEY and ALPHAPO_SECRET missing/));
}

/** @param {import("../suite.js").Test} test @param {Call} call @param {string} program @param {string} folder */
function takes(test, call, program, folder) {
  test("take: from the sandbox of the same program, for people and for machines", () =>
    served([program], ["--seed", "1"], { cwd: folder }, async ({ baseUrl, key, secret }) => {
      const env = { ALPHAPO_KEY: key, ALPHAPO_SECRET: secret, ALPHAPO_BASE_URL: baseUrl };
      const people = await call(["take", "XRP", "--foreign-id", "user-17"], { env });
      endedWith(people, 0, /^address +r\w+\ntag +\d+ \(show it too[^]*\ncurrency +XRP, XRP on XRP Ledger\n/);
      endedWith(people, 0, /\nfor +user-17\nid +1\n$/);
      equal((await call(["take", "BTC", "--foreign-id=-5"], { env })).stdout.includes("\nfor       -5\n"), true, "-5");
      const args = ["take", "BTC", "--foreign-id", "a", "--end-user-reference", "b", "--convert-to", "EUR", "--json"];
      const { currency, foreign_id, end_user_reference, convert_to } = JSON.parse((await call(args, { env })).stdout);
      equal([currency, foreign_id, end_user_reference, convert_to], ["BTC", "a", "b", "EUR"]);
      const invoice = ["take", "BTCLN", "--foreign-id", "a", "--amount", "0.0001"];
      endedWith(await call(invoice, { env }), 0, /expires +2\d{3}-/);

      endedWith(await call(["take", "NOSUCHCOIN", "--foreign-id", "a"], { env }), 3, /currency/);
      endedWith(await call(["take", "BTC", "--foreign-id", "a"], { env: { ...env, ALPHAPO_SECRET: "x" } }), 3);
      const refused = await call(["take", "NOSUCHCOIN", "--foreign-id", "a", "--json"], { env });
      equal(JSON.parse(refused.stderr).error.outcome, "rejected");
      endedWith(await call(["take", "BTCLN", "--foreign-id", "a"], { env }), 2, /amount/);
      endedWith(await call(["take", "BTC", "--foreign-id", "a", "--timeout", "soon"], { env }), 2, /timeout/);
    }));

  test("README.md: the lines of its section, as they stand", () =>
    served([program], [], { cwd: folder }, async ({ baseUrl, key, secret }) => {
      const readme = await readFile(join(TESTS, "../README.md"), "utf8");
      const script = /## On the command line\n\n```sh\n([^]*?)```/.exec(readme)?.[1] ?? "";
      ok(script.split("\n").length > 5, "the section has no lines");
      await writeFile(join(folder, "callback-body"), "{}");
      const SIGNATURE = createHmac("sha512", secret).update("{}").digest("hex");
      // npm would otherwise ask its registry for a newer npm, five times.
      const quiet = { npm_config_update_notifier: "false" };
      const env = { ...quiet, ALPHAPO_KEY: key, ALPHAPO_SECRET: secret, ALPHAPO_BASE_URL: baseUrl, SIGNATURE };
      // Where npm has put it, npx looks first; it would look elsewhere if it did not find it.
      const line = script.replaceAll("npx alphapo-wasm", "npx --no-install alphapo-wasm");
      const result = await ended("/bin/sh", ["-e", "-c", line], { cwd: folder, input: "", env, timeout: NPX_LIMIT });
      endedWith(result, 0, /^address +tb1[^]*\n[0-9a-f]{128}\ngenuine\nvalid: Tron[^]*XRP Ledger/);
    }));

  test("take: 4 where nobody answers, with what that means", async () => {
    // The port was free a moment ago, and nobody else asks for one that is given out.
    const port = await freePort();
    const env = { ...full().env, ALPHAPO_BASE_URL: `http://127.0.0.1:${port}/api/v2` };
    endedWith(await call(["take", "BTC", "--foreign-id", "a", "--retries", "0"], { env }), 4, /may have been taken/);
  });

  test("sandbox: 6 for a taken port, with the remedy", async () => {
    const other = createServer();
    await new Promise((resolve) => other.listen(0, "127.0.0.1", () => resolve(undefined)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (other.address());
    try {
      endedWith(await call(["sandbox", "--port", String(port)]), 6, new RegExp(`port ${port} is taken[^]*--port`));
    } finally {
      other.close();
    }
  });

  test("sandbox: nobody writes a line of its own into the log", async () => {
    for (const json of [[], ["--json"]]) {
      const { child, output, ended: end } = start(program, ["sandbox", "--port", "0", ...json], { cwd: folder, env: {} });
      try {
        const url = await said(child, output, /http:\/\/127\.0\.0\.1:\d+\/api\/v2/);
        const told = output.stdout.length;
        await fetch(`${url}/addresses/take`, { method: "POST", body: '{"foreign_id":"x\\ncallback 1\\u009b2J"}' });
        await said(child, output, /\/addresses\/take.*\n$/);
        const lines = output.stdout.slice(told).split("\n");
        ok(lines.length === 2 && !/[\u0000-\u001f\u007f-\u009f]/.test(lines[0]), JSON.stringify(lines));
      } finally {
        await stop(child);
        await end;
      }
    }
  });

  test("74 where the output cannot be written, which is no verdict", async () => {
    for (const args of [`check-address ${ADDRESS} USDTT`, "currencies --json"]) {
      const script = `"$1" ${args} > /dev/full; echo $?`;
      const result = await ended("/bin/sh", ["-c", script, "sh", program], { cwd: folder, input: "", env: {} });
      equal(result.stdout, "74\n");
      ok(/^alphapo-wasm: the output cannot be written: ENOSPC[^\n]*\n$/.test(result.stderr), result.stderr);
    }
  });

  test("a reader who has gone ends it quietly", async () => {
    const script = `"$1" currencies --json | head -c 1 >/dev/null; "$1" --help | true; echo done`;
    const result = await ended("/bin/sh", ["-c", script, "sh", program], { cwd: folder, input: "", env: {} });
    equal([result.stdout, result.stderr], ["done\n", ""]);
  });
}

/** @param {import("../suite.js").Test} test @param {string} program @param {string} folder */
function interrupted(test, program, folder) {
  test("take: SIGINT ends it with 130, and says that an address may exist", async () => {
    const silent = createServer(() => {});
    await new Promise((resolve) => silent.listen(0, "127.0.0.1", () => resolve(undefined)));
    const { port } = /** @type {import("node:net").AddressInfo} */ (silent.address());
    const env = { ...full().env, ALPHAPO_BASE_URL: `http://127.0.0.1:${port}/api/v2` };
    const { child, output, ended: end } = start(program, ["take", "BTC", "--foreign-id", "a"], { cwd: folder, env });
    try {
      await new Promise((resolve) => silent.once("request", resolve));
      child.kill("SIGINT");
      await end;
      equal([child.exitCode, output.stdout], [130, ""]);
      ok(output.stderr.includes("may have been taken"), output.stderr);
    } finally {
      await stop(child);
      silent.closeAllConnections();
      silent.close();
    }
  });
}

/**
 * What a program has printed that reads so, once it has.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @param {{ stdout: string }} output
 * @param {RegExp} words
 */
async function said(child, output, words) {
  for (;;) {
    const found = words.exec(output.stdout);
    if (found) return found[0];
    await once(/** @type {import("node:stream").Readable} */ (child.stdout), "data");
  }
}

function full() {
  return { env: { ALPHAPO_KEY: KEY, ALPHAPO_SECRET: SECRET } };
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
