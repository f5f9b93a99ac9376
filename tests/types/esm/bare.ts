// What a project needs that has neither the DOM's nor Node's types: nothing more.

import { AlphaPo, callbackHandler, type DepositAddress } from "alphapo-wasm";
import { createSandbox } from "alphapo-wasm/sandbox";
import { load } from "alphapo-wasm/slim";

const sandbox = createSandbox({ key: "key", secret: "secret" });
const alphapo = new AlphaPo({ key: "key", secret: "secret", baseUrl: sandbox.baseUrl, fetch: sandbox.fetch });

export const loaded: Promise<void> = load(new Uint8Array());
export const deposit: Promise<DepositAddress> = alphapo.takeAddress({ currency: "BTC", foreign_id: "user-17" });

// What may be absent may be `undefined` as well: of the environment, of another's optional parameter.
declare const maybe: { text: string | undefined; number: number | undefined };
export const optional = [
  new AlphaPo({ key: "key", secret: "secret", baseUrl: maybe.text, timeout: maybe.number, signal: undefined }),
  createSandbox({ key: "key", secret: "secret", seed: maybe.number, callbackUrl: maybe.text, faults: undefined }),
  callbackHandler({ key: "key", secret: "secret", secrets: undefined, store: new Map(), onCallback() {} }),
  alphapo.takeAddress(
    { currency: "BTC", foreign_id: "user-17", end_user_reference: maybe.text, convert_to: maybe.text },
    { retries: maybe.number, fetch: undefined },
  ),
  sandbox.deposit({ address: "", amount: 1, tag: maybe.text, seconds: maybe.number }),
  sandbox.addFault({ path: maybe.text, fault: { type: "rate-limit", retryAfter: maybe.number } }),
];

export const handler = callbackHandler({ key: "key", secret: "secret", store: new Map(), onCallback: () => {} });
export const status: Promise<number> = handler({ method: "POST", headers: new Map() as never }).then((a) => a.status);
