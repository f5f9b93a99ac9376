// Callbacks from CommonJS: that they narrow there too, and what must not compile. It is compiled, never run;
// esm/callbacks.ts shows the whole surface.

import alphapo = require("alphapo-wasm");
import { AlphaPo, callbackHandler, nodeCallbackHandler, verifyCallback } from "alphapo-wasm";
import type { Callback, CallbackOptions, Credit } from "alphapo-wasm";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function typed<_ extends true>(): void {}

const merchant = { key: "key", secret: "secret" };
const bytes = new Uint8Array([1, 2, 3]);
const parsed: { id: number } = { id: 1 };
const headers: { [name: string]: string | string[] | undefined } = { "x-processing-key": "key" };

export function read(): Callback[] {
  const options: CallbackOptions = { key: "key", secrets: ["new", bytes] };
  return [
    alphapo.verifyCallback("{}", headers, merchant),
    verifyCallback(bytes, headers, options),
    new AlphaPo(merchant).verifyCallback("{}", headers, { secrets: ["older"] }),
  ];
}

export function narrowed(callback: Callback): string {
  switch (callback.type) {
    case "deposit":
    case "deposit_exchange":
      typed<Equal<typeof callback.credit, Credit | null>>();
      return callback.credit?.amount ?? callback.currency_received?.amount_minus_fee ?? "";
    case "withdrawal":
    case "withdrawal_exchange":
      typed<Equal<typeof callback.credit, null>>();
      return callback.transactions[0]?.txid ?? "";
    case "invoice":
      return String(callback.expires_at);
    default:
      return callback.type;
  }
}

export const handler: (request: Request) => Promise<Response> = callbackHandler({
  ...merchant,
  store: new Map<string, string>(),
  onCallback: async (callback) => narrowed(callback),
});
export const onNode = nodeCallbackHandler({ ...merchant, store: new Map(), onCallback: () => {} });

// @ts-expect-error: a parsed body is no raw body
alphapo.verifyCallback(parsed, headers, merchant);
// @ts-expect-error: a secret is missing
verifyCallback("{}", headers, { key: "key" });
// @ts-expect-error: it is synchronous
verifyCallback("{}", headers, merchant).then(() => {});
// @ts-expect-error: a store is missing
callbackHandler({ ...merchant, onCallback: () => {} });
// @ts-expect-error: no such option
nodeCallbackHandler({ ...merchant, store: new Map(), onCallback: () => {}, maxBytes: 1 });

export function misread(callback: Callback): void {
  // @ts-expect-error: there may be nothing to credit
  callback.credit.amount;
  // @ts-expect-error: no such type is known
  if (callback.type === "refund") misread(callback);
}
