// Callbacks: how they narrow, and what must not compile. It is compiled, never run, and with the globals of Node, of a
// browser and of a Worker in turn.

import { AlphaPo, callbackHandler, nodeCallbackHandler, verifyCallback } from "alphapo-wasm";
import type { Callback, CallbackOptions, Credit, OtherCallbackType } from "alphapo-wasm";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function typed<_ extends true>(): void {}

const merchant = { key: "key", secret: "secret" };
const bytes = new Uint8Array([1, 2, 3]);
const parsed: { id: number } = { id: 1 };
declare const headers: Headers;

export function read(): Callback[] {
  const alphapo = new AlphaPo(merchant);
  const incoming: { [name: string]: string | string[] | undefined } = { "x-processing-key": ["key"] };
  const options: CallbackOptions = { key: "key", secrets: ["new", bytes] };
  return [
    verifyCallback("{}", headers, merchant),
    verifyCallback(bytes, incoming, options),
    verifyCallback(bytes.buffer.slice(0), { "X-Processing-Key": "key" }, { key: "key", secrets: bytes }),
    alphapo.verifyCallback("{}", headers),
    alphapo.verifyCallback("{}", headers, { secrets: ["older"] }),
    alphapo.verifyCallback("{}", headers, {}),
  ];
}

export function narrowed(callback: Callback): string {
  typed<Equal<typeof callback.key, string>>();
  typed<Equal<typeof callback.creditKey, string>>();
  typed<Equal<typeof callback.foreign_id, string | null>>();
  typed<Equal<typeof callback.final, boolean>>();
  typed<Equal<typeof callback.credit, Credit | null>>();
  typed<Equal<typeof callback.secretIndex, number>>();
  const unknownField: unknown = callback["futures_id"];
  switch (callback.type) {
    case "deposit":
    case "deposit_exchange":
      typed<Equal<typeof callback.type, "deposit" | "deposit_exchange">>();
      typed<Equal<typeof callback.credit, Credit | null>>();
      return callback.credit?.amount ?? callback.currency_received?.amount_minus_fee ?? "";
    case "withdrawal":
    case "withdrawal_exchange":
      typed<Equal<typeof callback.credit, null>>();
      return callback.transactions[0]?.txid ?? "";
    case "exchange":
      return callback.fees.map(({ amount }) => amount).join();
    case "invoice":
      typed<Equal<typeof callback.type, "invoice">>();
      return String(callback.expires_at);
    default:
      typed<Equal<typeof callback.type, OtherCallbackType>>();
      typed<Equal<typeof callback.credit, null>>();
      if (String(callback.type) === "payment_request") return String(callback["payment_request_id"]);
      return `${callback.type.toUpperCase()} ${unknownField}`;
  }
}

// `if` narrows as `switch` does.
export function ifs(callback: Callback): void {
  if (callback.type === "invoice") typed<Equal<typeof callback.type, "invoice">>();
  if (callback.status === "confirmed" || callback.status === "a status of tomorrow") narrowed(callback);
}

export const handler: (request: Request) => Promise<Response> = callbackHandler({
  ...merchant,
  store: new Map<string, string>(),
  onCallback: async (callback) => narrowed(callback),
  onError: (error, request) => [error, request],
});
// As Next 15 asks what a route takes.
typed<Equal<Parameters<ReturnType<typeof callbackHandler>>, [request: Request]>>();
export const onKv = callbackHandler({
  key: "key",
  secrets: ["new", "old"],
  store: { get: async (key: string) => key, put: async (_key: string, _value: string) => {} },
  onCallback: () => {},
});
export const onNode = nodeCallbackHandler({ ...merchant, store: new Map(), onCallback: () => {} });

// @ts-expect-error: a parsed body is no raw body
verifyCallback(parsed, headers, merchant);
// @ts-expect-error: headers are missing
verifyCallback("{}", undefined, merchant);
// @ts-expect-error: options are missing
verifyCallback("{}", headers);
// @ts-expect-error: the key is missing
verifyCallback("{}", headers, { secret: "secret" });
// @ts-expect-error: a secret is missing
verifyCallback("{}", headers, { key: "key" });
// @ts-expect-error: one of the two
verifyCallback("{}", headers, { key: "key", secret: "a", secrets: ["b"] });
// @ts-expect-error: an environment variable may not be set
verifyCallback("{}", headers, { key: "key", secret: undefined as string | undefined });
// @ts-expect-error: a secret is no number
verifyCallback("{}", headers, { key: "key", secrets: [17] });
// @ts-expect-error: no such option
verifyCallback("{}", headers, { ...merchant, maxAge: 1 });
// @ts-expect-error: a client has its key
new AlphaPo(merchant).verifyCallback("{}", headers, { key: "key" });
// @ts-expect-error: a parsed body is no raw body
new AlphaPo(merchant).verifyCallback(parsed, headers);
// @ts-expect-error: it is synchronous
verifyCallback("{}", headers, merchant).then(() => {});
// @ts-expect-error: a store is missing
callbackHandler({ ...merchant, onCallback: () => {} });
// @ts-expect-error: a store gets and sets
callbackHandler({ ...merchant, store: { get: () => null }, onCallback: () => {} });
// @ts-expect-error: the caller's code is missing
callbackHandler({ ...merchant, store: new Map() });
// @ts-expect-error: a callback is not text
callbackHandler({ ...merchant, store: new Map(), onCallback: (callback: string) => callback });
// @ts-expect-error: no such option
nodeCallbackHandler({ ...merchant, store: new Map(), onCallback: () => {}, maxBytes: 1 });

function misread(callback: Callback): void {
  // @ts-expect-error: there may be nothing to credit
  callback.credit.amount;
  // @ts-expect-error: there may be no customer
  callback.foreign_id.length;
  if (callback.type === "deposit") {
    // @ts-expect-error: an amount is text
    const amount: number = callback.credit?.amount ?? 0;
    // @ts-expect-error: there may be no amount
    callback.currency_received.amount;
    misread({ ...callback, error: String(amount) });
  }
  if (callback.type === "withdrawal") {
    // @ts-expect-error: nothing is credited for a withdrawal
    callback.credit.amount;
  }
  // @ts-expect-error: no such type is known
  if (callback.type === "refund") misread(callback);
}

export { misread };
