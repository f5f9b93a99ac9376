// What a project needs that has neither the DOM's nor Node's types: nothing more.

import { AlphaPo, callbackHandler, type DepositAddress } from "alphapo-wasm";
import { createSandbox } from "alphapo-wasm/sandbox";
import { load } from "alphapo-wasm/slim";

const sandbox = createSandbox({ key: "key", secret: "secret" });
const alphapo = new AlphaPo({ key: "key", secret: "secret", baseUrl: sandbox.baseUrl, fetch: sandbox.fetch });

export const loaded: Promise<void> = load(new Uint8Array());
export const deposit: Promise<DepositAddress> = alphapo.takeAddress({ currency: "BTC", foreign_id: "user-17" });

export const handler = callbackHandler({ key: "key", secret: "secret", store: new Map(), onCallback: () => {} });
export const status: Promise<number> = handler({ method: "POST", headers: new Map() as never }).then((a) => a.status);
