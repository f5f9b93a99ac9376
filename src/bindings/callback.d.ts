/** Headers as a server has them: a `Headers`, Node's `req.headers`, or a plain object in any letter case. */
export type CallbackHeaders =
  | { get(name: string): string | null }
  | { readonly [name: string]: string | readonly string[] | undefined };

/** Whose callbacks are genuine: your key, and its secret or secrets. */
export type CallbackOptions = CallbackSecrets & {
  /** The public key. */
  key: string;
};

/** Exactly one of the two. */
export type CallbackSecrets =
  | {
      /** One secret. */
      secret: Secret;
      secrets?: never;
    }
  | {
      /** Several, while you change from one to another: all of them count. */
      secrets: Secret | readonly Secret[];
      secret?: never;
    };

/** A secret as text or as bytes. */
export type Secret = string | Uint8Array;

/** Secrets that still count besides that of the client. */
export interface OlderSecrets {
  secrets?: Secret | readonly Secret[];
}

/**
 * A genuine callback. `switch` over `type` narrows it; `default` is a type that this version does not know.
 *
 * @example
 * ```ts
 * switch (callback.type) {
 *   case "deposit":
 *   case "deposit_exchange":
 *     if (callback.credit) await credit(callback.foreign_id, callback.credit, callback.creditKey);
 *     break;
 *   case "withdrawal":
 *     if (callback.final) await settle(callback.foreign_id, callback.status);
 * }
 * ```
 */
export type Callback =
  | DepositCallback
  | DepositExchangeCallback
  | WithdrawalCallback
  | WithdrawalExchangeCallback
  | ExchangeCallback
  | InvoiceCallback
  | OtherCallback;

/** What every callback has. */
export interface CallbackBase {
  /** The gateway's status. The set is open. Only `"confirmed"` is money; `error` says nothing about it. */
  status: CallbackStatus;
  /**
   * Your own reference: of the address for deposits, of the order for withdrawals and invoices. `null` where there is
   * none: for exchanges, and for addresses that were made in the dashboard.
   */
  foreign_id: string | null;
  /** What duplicates share and nothing else does, such as `"deposit:2686510:confirmed"`. */
  key: string;
  /** What all callbacks of one transaction share, such as `"deposit:2686510"`: credit once per value of it. */
  creditKey: string;
  /** Whether this is documented as the last status. An unknown one is never final. */
  final: boolean;
  /** The one amount to credit to the owner of `foreign_id`, or `null` unless this is a confirmed deposit. */
  credit: Credit | null;
  /** Which secret signed it: 0 is the first one given. */
  secretIndex: number;
  /**
   * Any other field. In these an integer is a number, any other number its own decimal text; amounts are always text.
   */
  [field: string]: unknown;
}

/** What the callbacks of documented types have. */
export interface TransactionCallback extends CallbackBase {
  /**
   * The gateway's id, unique among all transactions: a number, or text where no number holds it exactly, so that no
   * digit is lost.
   */
  id: number | string;
  end_user_reference?: string | null;
  crypto_address: CallbackAddress | null;
  /** What was paid. It may be missing, for a cancelled withdrawal above all. */
  currency_sent: CallbackAmount | null;
  /** What arrived after conversion. */
  currency_received: CallbackAmount | null;
  transactions: CallbackTransaction[];
  fees: CallbackFee[];
  /** For reading only: a confirmed callback may carry one. Decide by `status`. */
  error?: string | null;
}

/** Money arrived at one of your addresses. */
export interface DepositCallback extends TransactionCallback {
  type: "deposit";
}

/** Money arrived and was converted. */
export interface DepositExchangeCallback extends TransactionCallback {
  type: "deposit_exchange";
}

/** Money was sent out. */
export interface WithdrawalCallback extends TransactionCallback {
  type: "withdrawal";
  credit: null;
}

/** Money was converted and sent out. */
export interface WithdrawalExchangeCallback extends TransactionCallback {
  type: "withdrawal_exchange";
  credit: null;
}

/** Your own balance was exchanged. */
export interface ExchangeCallback extends TransactionCallback {
  type: "exchange";
  credit: null;
}

/** An invoice. `credit` is `null`: it is an order to fulfil, and partial payments are for you to judge. */
export interface InvoiceCallback extends TransactionCallback {
  type: "invoice";
  credit: null;
  /** Unix time in seconds. */
  fixed_at?: number | null;
  /** Unix time in seconds. */
  expires_at?: number | null;
}

/** A type that this version does not know. Nothing in it is checked but the text of `type` and `status`, and its id. */
export interface OtherCallback extends CallbackBase {
  type: OtherCallbackType;
  id?: unknown;
  final: false;
  credit: null;
}

/**
 * Stands for every text but the known types, which TypeScript cannot say otherwise without losing the narrowing. Compare
 * it as `String(callback.type)`.
 */
export type OtherCallbackType = "(any other type)";

/** Known statuses, and any other. */
export type CallbackStatus =
  | "confirmed" | "not_confirmed" | "cancelled" | "declined" | "pending" | "created" | "processing" | "failed"
  | (string & {});

/** What to credit. */
export interface Credit {
  /**
   * Plain decimal text, above zero: what the gateway added to your balance, fees deducted (`amount_minus_fee`, or
   * `amount` where it sends none). To bear the fees yourself, credit `currency_received.amount`.
   */
  amount: string;
  /** The currency that was received, which a deposit in another currency than the address's has too. */
  currency: string;
}

/** The address of a callback. */
export interface CallbackAddress {
  id?: number | string;
  currency?: string | null;
  convert_to?: string | null;
  address?: string | null;
  tag?: string | null;
  /** For deposits. It is `callback.foreign_id` too. */
  foreign_id?: string | null;
  /** Whether the deposit came in another currency than that of the address. */
  cross_currency?: boolean;
  [field: string]: unknown;
}

/** An amount of a callback: the gateway's own decimal text, trailing zeros included. */
export interface CallbackAmount {
  currency?: string | null;
  amount?: string | null;
  /** For deposits: what was added to your balance. */
  amount_minus_fee?: string | null;
  /** For invoices: what is still to be paid. */
  remaining_amount?: string | null;
  [field: string]: unknown;
}

/** One movement of a callback. */
export interface CallbackTransaction {
  id?: number | string;
  currency?: string | null;
  currency_to?: string | null;
  /** `"blockchain"`, `"internal"` or `"exchange"`. */
  transaction_type?: string;
  /** `"deposit"`, `"withdrawal"` or `"exchange"`. */
  type?: string;
  address?: string | null;
  tag?: string | null;
  amount?: string | null;
  amount_to?: string | null;
  txid?: string | null;
  riskscore?: string | null;
  confirmations?: string | null;
  [field: string]: unknown;
}

/** One fee of a callback; its currency may be another than the deposit's. */
export interface CallbackFee {
  type?: string;
  currency?: string | null;
  amount?: string | null;
  [field: string]: unknown;
}

/** Where processed callbacks are remembered: a `Map`, Keyv, unstorage, Cloudflare KV and the like. */
export type CallbackStore =
  | { get(key: string): unknown; set(key: string, value: string): unknown }
  | { get(key: string): unknown; put(key: string, value: string): unknown };

/** What both handlers need. */
export type CallbackHandlerOptions = CallbackOptions & {
  /**
   * Remembers which callbacks were processed. A `Map` does for one process; where there are several, or restarts, take
   * one that they share.
   */
  store: CallbackStore;
  /**
   * Your code. It runs once for a callback; the gateway hears 200 when it is done, and sends again if it throws. A
   * crash between your code and the answer brings the callback once more, so credit at most once per `creditKey`.
   */
  onCallback(callback: Callback): unknown;
  /** Hears of everything that was not answered with 200: forged attempts, your own errors, the store's. For logs. */
  onError?(error: unknown, request: any): unknown;
};

/** What is read of a `Request`. */
export interface CallbackRequest {
  readonly method: string;
  readonly headers: { get(name: string): string | null };
  readonly body?: unknown;
  readonly bodyUsed?: boolean;
}

/** The runtime's own `Response`, where the project has its type. */
export type CallbackResponse = typeof globalThis extends { Response: { prototype: infer R } } ? R : ResponseLike;

/** What is used of the request of `node:http`, Express or Fastify. */
export interface NodeCallbackRequest {
  method?: string | undefined;
  headers: { readonly [name: string]: string | readonly string[] | undefined };
}

/** What is used of the response of `node:http` or Express; Fastify's `reply` carries one. */
export type NodeCallbackResponse = NodeAnswer | { raw: NodeAnswer };

/** What is used of a `ServerResponse`. */
export interface NodeAnswer {
  writeHead(status: number, headers: any): unknown;
  end(text: any): unknown;
}

/**
 * A handler of callbacks for every server that hands over a `Request` and wants a `Response`: Workers, Deno.serve,
 * Bun.serve, Hono (`c.req.raw`), Next's route handlers, SvelteKit.
 *
 * It verifies, passes over what was processed already, awaits your code, and only then answers 200. Not genuine: 401.
 * Malformed: 400. Larger than 256 KiB: 413. No POST: 405. Slower than 10 seconds to arrive: 408. Your code or your
 * store failed: 500, and the gateway sends again, as it does after every answer but 200. A callback that is not final
 * and comes after a final one of its transaction is answered 200 without your code.
 *
 * @throws `AlphaPoError` `invalid_option`, at once.
 *
 * @example
 * ```js
 * const handle = callbackHandler({ key, secret, store, onCallback: (callback) => credit(callback) });
 * Deno.serve(handle);
 * ```
 */
export function callbackHandler(options: CallbackHandlerOptions): (request: CallbackRequest) => Promise<CallbackResponse>;

/**
 * The same for `node:http`, Express and Fastify. It reads the stream itself, or takes `req.rawBody` or a `req.body` of
 * bytes or text. Where a parser was there first, it answers 500 and says so to `onError`.
 *
 * @throws `AlphaPoError` `invalid_option`, at once.
 *
 * @example
 * ```js
 * const handle = nodeCallbackHandler({ key, secret, store, onCallback: (callback) => credit(callback) });
 * app.post("/callbacks/alphapo", handle); // Express, before or without express.json()
 * ```
 */
export function nodeCallbackHandler(
  options: CallbackHandlerOptions,
): (request: NodeCallbackRequest, response: NodeCallbackResponse) => Promise<void>;
