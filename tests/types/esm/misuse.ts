// Misuse that the typings must not allow: every line below would fail at run time. It is compiled, never run.

import { AlphaPo, AlphaPoError, Signer, checkAddress, currencyInfo, sign, takeAddress, verify } from "alphapo-wasm";
import { Sandbox, createSandbox } from "alphapo-wasm/sandbox";
import { load, loadSync } from "alphapo-wasm/slim";

const credentials = { key: "key", secret: "secret" };
const bytes = new Uint8Array();
const parsed: { currency: string } = JSON.parse("{}");

// @ts-expect-error: a parsed body is no raw body
sign(parsed, "secret");
// @ts-expect-error: a secret is missing
sign("{}");
// @ts-expect-error: an environment variable may not be set
sign("{}", undefined as string | undefined);
// @ts-expect-error: a parsed body is no raw body
verify(parsed, "signature", "secret");
// @ts-expect-error: a signature is text
verify("{}", new Uint8Array(64), "secret");
// @ts-expect-error: a secret is no number
new Signer(17);
// @ts-expect-error: a parsed body is no raw body
new Signer("secret").sign(parsed);

// @ts-expect-error: credentials are missing
takeAddress({ currency: "BTC", foreign_id: "1" });
// @ts-expect-error: foreign_id is missing
takeAddress({ currency: "BTC" }, credentials);
// @ts-expect-error: currency is missing
takeAddress({ foreign_id: "1" }, credentials);
// @ts-expect-error: foreign_id is text
takeAddress({ currency: "BTC", foreign_id: 17 }, credentials);
// @ts-expect-error: convert_to is text
takeAddress({ currency: "BTC", foreign_id: "1", convert_to: 1 }, credentials);
// @ts-expect-error: an amount is text or a number
takeAddress({ currency: "BTCLN", foreign_id: "1", amount: 1n }, credentials);
// @ts-expect-error: the secret is missing
takeAddress({ currency: "BTC", foreign_id: "1" }, { key: "key" });
// @ts-expect-error: options are spelt in camel case
takeAddress({ currency: "BTC", foreign_id: "1" }, { ...credentials, base_url: "https://gateway.test" });
// @ts-expect-error: a time-out is a number of milliseconds
takeAddress({ currency: "BTC", foreign_id: "1" }, { ...credentials, timeout: "5s" });
// @ts-expect-error: fetch is a function
takeAddress({ currency: "BTC", foreign_id: "1" }, { ...credentials, fetch: "fetch" });
// @ts-expect-error: a signal is no controller
takeAddress({ currency: "BTC", foreign_id: "1" }, { ...credentials, signal: new AbortController() });

// @ts-expect-error: credentials are missing
new AlphaPo();
// @ts-expect-error: the key is missing
new AlphaPo({ secret: "secret" });
// @ts-expect-error: credentials are bound once
new AlphaPo(credentials).takeAddress({ currency: "BTC", foreign_id: "1" }, { key: "other" });

// @ts-expect-error: it returns a promise
const deposit: { address: string } = takeAddress({ currency: "BTC", foreign_id: "1" }, credentials);

async function read(): Promise<void> {
  const { tag } = await takeAddress({ currency: "XRP", foreign_id: "1" }, credentials);
  // @ts-expect-error: a tag may be null
  tag.length;
}

function explain(error: AlphaPoError): void {
  // @ts-expect-error: no such code
  if (error.code === "timed_out") read();
  // @ts-expect-error: no such outcome
  if (error.outcome === "maybe") read();
  // @ts-expect-error: there may be no status
  error.status.toFixed();
  // @ts-expect-error: an error is read, not written
  error.code = "network";
}

// @ts-expect-error: a sandbox has a key pair too
createSandbox({ key: "key" });
// @ts-expect-error: a seed is a number
createSandbox({ ...credentials, seed: "1" });
// @ts-expect-error: it is opened, not constructed
new Sandbox(credentials);
// @ts-expect-error: errors are the package's to make
new AlphaPoError("message");
// @ts-expect-error: a signer signs by its method
new Signer("secret")("{}");
// @ts-expect-error: options are no argument list
new AlphaPo("key", "secret");
// @ts-expect-error: retries are counted
new AlphaPo({ ...credentials, retries: true });
// @ts-expect-error: a promise is no signature
sign(Promise.resolve("{}"), "secret");

// @ts-expect-error: there is nothing to load from
load();
// @ts-expect-error: a path is not read
load("alphapo.wasm");
// @ts-expect-error: a URL is not fetched
load(new URL("https://cdn.test/alphapo.wasm"));
// @ts-expect-error: a Response takes time
loadSync(fetch("https://cdn.test/alphapo.wasm"));
// @ts-expect-error: a function is called first
load(() => bytes);
// @ts-expect-error: it is there when the promise is
load(bytes).sign("{}", "secret");

export { deposit, explain };

// @ts-expect-error: which currency's address it should be must be told
checkAddress("bc1q");
// @ts-expect-error: an address is text
checkAddress(null, "BTC");
// @ts-expect-error: why not is told only where it is not
checkAddress("bc1q", "BTC").reason;
// @ts-expect-error: what it is is told only where it is one
checkAddress("bc1q", "BTC").network;
// @ts-expect-error: a code that is not known has no name
currencyInfo("NEWCOIN").name;
// @ts-expect-error: a check is on or off
takeAddress({ currency: "BTC", foreign_id: "1" }, { ...credentials, checkAddress: "no" });
