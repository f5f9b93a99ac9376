// Correct use of the package, in every way its documentation shows. It is compiled, never run, and with the globals
// of Node, of a browser and of a Worker in turn, so it may use none that is not in all three.

import { AlphaPo, AlphaPoError, Signer, checkAddress, currencyInfo, sign, takeAddress, verify } from "alphapo-wasm";
import type {
  AddressCheck,
  AddressKind,
  AlphaPoErrorCode,
  AlphaPoOptions,
  CallOptions,
  Currency,
  CurrencyInfo,
  DepositAddress,
  TakeAddressRequest,
} from "alphapo-wasm";
import { createSandbox } from "alphapo-wasm/sandbox";
import * as alone from "alphapo-wasm/signature";
import * as slim from "alphapo-wasm/slim";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function typed<_ extends true>(): void {}

const bytes = new Uint8Array([1, 2, 3]);
const credentials = { key: "key", secret: "secret" };

export function signaturesAlone(header: string | null): boolean {
  typed<Equal<typeof alone.sign, typeof sign>>();
  typed<Equal<alone.AlphaPoError, AlphaPoError>>();
  const signer: Signer = new alone.Signer(bytes);
  const code: alone.AlphaPoErrorCode = "invalid_body";
  return alone.verify(bytes, header, signer.sign(code));
}

export function signatures(header: string | null | undefined): boolean {
  const signature: string = sign("{}", "secret");
  sign(bytes, bytes);
  const signer = new Signer(bytes);
  const again: string = signer.sign("{}");
  const genuine: boolean = signer.verify(bytes, again);
  signer.free();
  return verify("{}", signature, "secret") && verify(bytes, header, bytes) && genuine;
}

export async function addresses(signal: AbortSignal): Promise<string> {
  const { address, tag } = await takeAddress(
    { currency: "BTC", foreign_id: "user-17", end_user_reference: "user-17" },
    credentials,
  );
  typed<Equal<typeof address, string>>();
  typed<Equal<typeof tag, string | null>>();

  const alphapo = new AlphaPo({
    ...credentials,
    baseUrl: "https://gateway.test/api/v2",
    timeout: 5_000,
    retries: 0,
    signal,
    fetch: globalThis.fetch,
    dangerouslyAllowBrowser: true,
  });
  const deposit: DepositAddress = await alphapo.takeAddress(
    { currency: "XRP", foreign_id: "user-17" },
    { signal, timeout: 1_000 },
  );
  await alphapo.takeAddress({ currency: "XRP", foreign_id: "user-17" });
  const { id, currency, convert_to, foreign_id, end_user_reference } = deposit;
  typed<Equal<typeof id, number>>();
  typed<Equal<typeof convert_to, string | undefined>>();
  typed<Equal<typeof end_user_reference, string | undefined>>();
  const unknownField: unknown = deposit["expires_at"];
  return `${currency} ${foreign_id} ${unknownField}`;
}

// Known currencies complete in an editor, and unknown ones compile.
export const currencies: Currency[] = ["BTC", "BTCLN", "XRP", "USDTT", "A-COIN-OF-TOMORROW"];

export const requests: TakeAddressRequest[] = [
  { currency: "BTCLN", foreign_id: "1", amount: "0.0001" },
  { currency: "BTCLN", foreign_id: "1", amount: 0.0001 },
  { currency: "BTC", foreign_id: "1", convert_to: "EUR" },
  { currency: "BTC", foreign_id: "1", sender_type: "natural", sender_data: { first_name: "Ann" } },
];

export const options: AlphaPoOptions = credentials;
export const overrides: CallOptions = { retries: 1 };

export function explain(error: unknown): string {
  if (!(error instanceof AlphaPoError)) return "not ours";
  const asError: Error = error;
  const { status, gatewayCode, fields, body, retryable, outcome, attempts } = error;
  typed<Equal<typeof status, number | undefined>>();
  typed<Equal<typeof gatewayCode, string | undefined>>();
  typed<Equal<typeof body, string | undefined>>();
  typed<Equal<typeof retryable, boolean>>();
  typed<Equal<typeof attempts, number>>();
  typed<Equal<typeof outcome, "not-sent" | "rejected" | "unknown">>();
  const problem: string | undefined = fields?.["foreign_id"];
  return `${asError.message} ${problem} ${meaning(error.code)}`;
}

// The codes are a closed union: this function would not compile if one were missing here.
function meaning(code: AlphaPoErrorCode): string {
  switch (code) {
    case "invalid_request":
    case "invalid_option":
    case "invalid_body":
      return "mend the call";
    case "missing_header":
    case "wrong_key":
    case "invalid_signature":
      return "forged";
    case "invalid_json":
    case "invalid_callback":
      return "genuine, but unreadable";
    case "network":
    case "timeout":
    case "rate_limited":
    case "server":
      return "try later";
    case "aborted":
      return "as you wished";
    case "unauthorized":
    case "rejected":
    case "unexpected_status":
      return "refused";
    case "invalid_response":
    case "mismatched_response":
    case "invalid_address":
    case "missing_tag":
      return "look at the body";
    case "not_loaded":
      return "load it";
    case "internal":
      return "report it";
    default:
      return code satisfies never;
  }
}

export async function sandboxed(): Promise<DepositAddress> {
  const sandbox = createSandbox(credentials);
  const baseUrl: string = sandbox.baseUrl;
  return takeAddress({ currency: "BTC", foreign_id: "1" }, { ...credentials, baseUrl, fetch: sandbox.fetch });
}

export async function byHand(signer: Signer): Promise<slim.Signer> {
  await slim.load(bytes);
  await slim.load(bytes.buffer);
  await slim.load(fetch("https://cdn.test/alphapo.wasm"));
  await slim.load(await fetch("https://cdn.test/alphapo.wasm"));
  slim.loadSync(new DataView(bytes.buffer));
  const loaded: void = slim.loadSync(bytes);
  // What is of one entry is of the other, too.
  return signer ?? new slim.Signer("secret");
}

// A request may be typed by the caller's own interface, and hold fields that are not documented here.
interface OwnRequest {
  currency: string;
  foreign_id: string;
}
const own: OwnRequest = { currency: "BTC", foreign_id: "user-17" };
export const ofOwn: Promise<DepositAddress> = takeAddress(own, { key: "key", secret: "secret" });
export const ofMore: Promise<DepositAddress> = takeAddress(
  { currency: "BTC", foreign_id: "user-17", sender_type: "natural", sender_data: { name: "x" } },
  { key: "key", secret: "secret" },
);

export function checks(address: string, currency: Currency): string {
  const check: AddressCheck = checkAddress(address, currency);
  if (check.valid) {
    typed<Equal<typeof check.kind, AddressKind>>();
    typed<Equal<typeof check.expires_at, number | undefined>>();
    return `${check.network} ${check.chain} ${check.checksum}`;
  }
  typed<Equal<typeof check.valid, false | null>>();
  return check.reason;
}

export function names(): (string | undefined)[] {
  const info: CurrencyInfo | undefined = currencyInfo("USDTT");
  return [info?.name, info?.networks[0]?.tag];
}

// What a test's `toThrow` takes: a class that may be made of something.
function thrownBy<E>(type: new (...args: any[]) => E): E | undefined {
  return type instanceof Function ? undefined : type;
}
typed<Equal<typeof thrown, AlphaPoError | undefined>>();
const thrown = thrownBy(AlphaPoError);
typed<Equal<InstanceType<typeof AlphaPoError>, AlphaPoError>>();
