/**
 * A currency code of the gateway. Known codes complete in an editor; any other compiles too, because the gateway's
 * set is open and depends on your account.
 */
export type Currency =
  | "BTC" | "BTCLN" | "BCH" | "LTC" | "DOGE" | "ETH" | "ETHA" | "ETHBASE" | "USDTE" | "USDTT" | "USDTB" | "USDC"
  | "USDCE" | "USDCA" | "USDCBASE" | "USDCS" | "USDGE" | "USDGS" | "EURCE" | "EURCBASE" | "EURCS" | "EURS" | "DAI"
  | "TRX" | "XRP" | "CSC" | "ADA" | "SOL" | "POL" | "BNB" | "BNB-BSC" | "WBTC" | "BRZ" | "CPD" | "XED" | "VERSE"
  | "SNACK"
  | (string & {});

/**
 * What an address is taken for. Any field besides the known ones is sent as it is, but for a known one in another spelling,
 * such as `convertTo`, and for options of this package, such as `secret`: these are refused.
 */
export type TakeAddressRequest = TakeAddressFields | (TakeAddressFields & { [field: string]: unknown });

/** The known fields of a request. Names are the gateway's own. */
export interface TakeAddressFields {
  /** What your user will send, such as `"BTC"`. */
  currency: Currency;
  /**
   * Your own reference, at most 255 characters; the answer and every callback carry it. It may be used for any
   * number of addresses, and must not hold personal data.
   */
  foreign_id: string;
  /**
   * A lasting pseudonym of the end user, at most 255 characters, no personal data. Recommended: the gateway's
   * documentation calls it required in some places, and says that wrong or missing values may delay transactions.
   */
  end_user_reference?: string | undefined;
  /** The currency to convert every deposit into, such as `"EUR"`. Left out: no conversion. */
  convert_to?: string | undefined;
  /** For BTCLN only, and required there: the invoice's amount in BTC, at most 8 decimals. Best given as a string. */
  amount?: string | number | undefined;
}

/** A deposit address, as the gateway gave it. */
export interface DepositAddress {
  /** The gateway's id of the address. */
  id: number;
  /** The currency that was asked for. */
  currency: string;
  /** Present when a conversion was asked for. */
  convert_to?: string;
  /**
   * The address to show, letter case unchanged; for BTCLN the invoice. It is well-formed for the currency's network,
   * unless the currency is not known here or `checkAddress` is `false`.
   */
  address: string;
  /**
   * The destination tag (memo), or `null` where the currency has none. If there is one, show it beside the address:
   * a deposit without it may be lost.
   */
  tag: string | null;
  /** Your own reference, as it was sent. */
  foreign_id: string;
  /** Present when the gateway repeats it. */
  end_user_reference?: string;
  /** For BTCLN: when the invoice expires, in seconds since 1970. It is read from the invoice itself. */
  expires_at?: number;
  /**
   * Any other field of the answer. In these an integer is a number, any other number its own decimal text, so that
   * nothing is rounded.
   */
  [field: string]: unknown;
}

/** What may be given with a single call. */
export interface CallOptions {
  /** Milliseconds that the whole call may take, retries and pauses included. Default: 15000. */
  timeout?: number | undefined;
  /** How often a network failure, 408, 429 or 5xx is tried again: 0 to 100 times. Default: 2. */
  retries?: number | undefined;
  /**
   * Whether the answer's address, tag and invoice are held against the currency's network. Default: `true`. `false` is
   * for a currency whose format changes before this package does: then whatever printable address the gateway answered is handed on.
   */
  checkAddress?: boolean | undefined;
  /** Ends the call when it is aborted. */
  signal?: AbortSignalLike | undefined;
  /** What to send with, in place of the runtime's own `fetch`. */
  fetch?: FetchLike | undefined;
}

/** What a client needs. */
export interface AlphaPoOptions extends CallOptions {
  /** The public key. */
  key: string;
  /** The secret of that key. It is signed with and then wiped; it is never sent, logged or part of an error. */
  secret: string | Uint8Array;
  /**
   * The gateway's base URL: https, or http on this machine. Default: `"https://app.alphapo.net/api/v2"`, the
   * production gateway.
   */
  baseUrl?: string | undefined;
  /** A secret does not belong in a browser. Only for tests and internal tools. */
  dangerouslyAllowBrowser?: boolean | undefined;
}

/** What is used of an `AbortSignal`. */
export interface AbortSignalLike {
  /** Whether it was aborted already. */
  readonly aborted: boolean;
  /** Called once, with a listener. */
  addEventListener(type: "abort", listener: (event: any) => void): void;
  /** Called when the call is over. */
  removeEventListener(type: "abort", listener: (event: any) => void): void;
}

/** What is used of `fetch`: it gets a URL and a standard `RequestInit`, and answers a standard `Response`. */
export type FetchLike = (url: string, init: any) => Promise<ResponseLike>;

/** What is used of a `Response`. */
export interface ResponseLike {
  /** The HTTP status. */
  readonly status: number;
  /** Asked for `Retry-After`. */
  readonly headers: { get(name: string): string | null };
  /** A stream of bytes, of which no more is read than an answer may hold. */
  readonly body?: unknown;
  /** The bytes, where there is no stream. */
  arrayBuffer(): Promise<ArrayBuffer>;
}
