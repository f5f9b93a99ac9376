/** Headers as a server has them: a `Headers`, Node's `req.headers`, or a plain object in any letter case. */
export type CallbackHeaders =
  | {
      /** The values of this header, joined, as a `Headers` gives them. */
      get(name: string): string | null;
    }
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
      /** Not beside it. */
      secrets?: undefined;
    }
  | {
      /** Several, while you change from one to another: all of them count. */
      secrets: Secret | readonly Secret[];
      /** Not beside them. */
      secret?: undefined;
    };

/** A secret as text or as bytes. */
export type Secret = string | Uint8Array;

/** Secrets that still count besides that of the client. */
export interface OlderSecrets {
  /** One or several. */
  secrets?: Secret | readonly Secret[] | undefined;
}

/**
 * A genuine callback. `switch` over `type` narrows it; `default` is a type that this version does not know.
 *
 * @example
 * ```ts
 * switch (callback.type) {
 *   case "deposit":
 *   case "deposit_exchange":
 *     // An address made in the dashboard has no foreign_id: what arrives there is nobody's to credit.
 *     if (callback.credit && callback.foreign_id) await credit(callback.foreign_id, callback.credit, callback.creditKey);
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

/**
 * What the callbacks of documented types have. In its objects amounts, currencies, tags and your reference are checked to be
 * text or absent; what else is in them is handed on as the gateway sends it, also where it is not what is described here.
 */
export interface TransactionCallback extends CallbackBase {
  /**
   * The gateway's id, unique among all transactions: a number, or text where no number holds it exactly, so that no
   * digit is lost.
   */
  id: number | string;
  /** Your pseudonym of the user, as it was given with the address. Older addresses have none. */
  end_user_reference?: string | null;
  /** The address it is about. Exchanges have none. */
  crypto_address: CallbackAddress | null;
  /** What was paid. It may be missing, for a cancelled withdrawal above all. */
  currency_sent: CallbackAmount | null;
  /** What arrived after conversion. */
  currency_received: CallbackAmount | null;
  /** What was moved, step by step. It may be empty. */
  transactions: CallbackTransaction[];
  /** What the gateway took for it. It may be empty. */
  fees: CallbackFee[];
  /** For reading only: a confirmed callback may carry one. Decide by `status`. */
  error?: string | null;
}

/** Money arrived at one of your addresses. */
export interface DepositCallback extends TransactionCallback {
  /** Tells it from the others. */
  type: "deposit";
}

/** Money arrived and was converted. */
export interface DepositExchangeCallback extends TransactionCallback {
  /** Tells it from the others. */
  type: "deposit_exchange";
}

/** Money was sent out. */
export interface WithdrawalCallback extends TransactionCallback {
  /** Tells it from the others. */
  type: "withdrawal";
  credit: null;
}

/** Money was converted and sent out. */
export interface WithdrawalExchangeCallback extends TransactionCallback {
  /** Tells it from the others. */
  type: "withdrawal_exchange";
  credit: null;
}

/** Your own balance was exchanged. */
export interface ExchangeCallback extends TransactionCallback {
  /** Tells it from the others. */
  type: "exchange";
  credit: null;
}

/** An invoice. `credit` is `null`: it is an order to fulfil, and partial payments are for you to judge. */
export interface InvoiceCallback extends TransactionCallback {
  /** Tells it from the others. */
  type: "invoice";
  credit: null;
  /** Unix time in seconds. */
  fixed_at?: number | null;
  /** Unix time in seconds. */
  expires_at?: number | null;
}

/**
 * A type that this version does not know. Of it is checked that no name stands twice, that `type` and `status` are text
 * and your reference is one, if it is there, and that it has an `id` or a `payment_request_id`, to tell it from others.
 */
export interface OtherCallback extends CallbackBase {
  /** At run time the text that the gateway sent. */
  type: OtherCallbackType;
  /** The gateway's id, if it is not in `payment_request_id`. */
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
  /** The gateway's id of the address. */
  id?: number | string;
  /** The currency that the address is for. */
  currency?: string | null;
  /** What deposits are converted into. */
  convert_to?: string | null;
  /** The address itself. */
  address?: string | null;
  /** Its destination tag, where its network has them. */
  tag?: string | null;
  /** For deposits. It is `callback.foreign_id` too. */
  foreign_id?: string | null;
  /** Whether the deposit came in another currency than that of the address. */
  cross_currency?: boolean;
  /** Any other field. */
  [field: string]: unknown;
}

/** An amount of a callback: the gateway's own decimal text, trailing zeros included; an exponent is written out. */
export interface CallbackAmount {
  /** The code of its currency. */
  currency?: string | null;
  /** The amount before fees. */
  amount?: string | null;
  /** For deposits: what was added to your balance. */
  amount_minus_fee?: string | null;
  /** For invoices: what is still to be paid. */
  remaining_amount?: string | null;
  /** Any other field. */
  [field: string]: unknown;
}

/** One movement of a callback. */
export interface CallbackTransaction {
  /** The gateway's id of the movement. */
  id?: number | string;
  /** What was moved. */
  currency?: string | null;
  /** What it was exchanged for. */
  currency_to?: string | null;
  /** `"blockchain"`, `"internal"` or `"exchange"`. */
  transaction_type?: string;
  /** `"deposit"`, `"withdrawal"` or `"exchange"`. */
  type?: string;
  /** The address on the blockchain. */
  address?: string | null;
  /** Its destination tag. */
  tag?: string | null;
  /** How much of `currency`. */
  amount?: string | null;
  /** How much of `currency_to`. */
  amount_to?: string | null;
  /** The id on the blockchain; `null` as long as there is none. */
  txid?: string | null;
  /** The gateway's estimate of the risk, such as `"0.42"`, for some currencies. */
  riskscore?: string | null;
  /** How often the blockchain confirmed it, as text, since the gateway sends texts and numbers. */
  confirmations?: string | null;
  /** Any other field. */
  [field: string]: unknown;
}

/** One fee of a callback; its currency may be another than the deposit's. */
export interface CallbackFee {
  /** What it is for, such as `"mining"`. The set is open. */
  type?: string;
  /** The code of its currency. */
  currency?: string | null;
  /** The amount. */
  amount?: string | null;
  /** Any other field. */
  [field: string]: unknown;
}

/** Where processed callbacks are remembered: a `Map`, Keyv, unstorage, Cloudflare KV and the like. */
export type CallbackStore =
  | {
      /** What was kept under a callback's `key`, or something falsy; it may be a promise. */
      get(key: string): unknown;
      /** Keeps when a callback was processed, under its `key`; it may return a promise. */
      set(key: string, value: string): unknown;
    }
  | {
      /** What was kept under a callback's `key`, or something falsy; it may be a promise. */
      get(key: string): unknown;
      /** Keeps when a callback was processed, under its `key`; it may return a promise. */
      put(key: string, value: string): unknown;
    };

/** What both handlers need. */
export type CallbackHandlerOptions = CallbackOptions & {
  /**
   * Remembers which callbacks were processed. A `Map` does for one process; where there are several, or restarts, take
   * one that they share.
   */
  store: CallbackStore;
  /**
   * Your code. It runs once for a callback, as far as this process can tell: after 15 minutes it counts as lost. The gateway hears 200 when it is done, and sends again if it throws. A
   * crash between your code and the answer brings the callback once more, so credit at most once per `creditKey`.
   */
  onCallback(callback: Callback): unknown;
  /**
   * Hears why a POST was not answered with 200: forged attempts, your own errors, the store's; once where copies that
   * came together share a failure. For logs.
   */
  onError?(error: unknown, request: any): unknown;
};

/** What is read of a `Request`. */
export interface CallbackRequest {
  /** Anything but `"POST"` is answered 405. */
  readonly method: string;
  /** Read for the key and the signature. */
  readonly headers: { get(name: string): string | null };
  /** The stream of its bytes, which is read to its end. */
  readonly body?: unknown;
  /** Whether somebody read it before: then it is answered 500. */
  readonly bodyUsed?: boolean;
}

/** The runtime's own `Response`, where the project has its type. */
export type CallbackResponse = typeof globalThis extends { Response: { prototype: infer R } } ? R : ResponseLike;

/** What is used of the request of `node:http`, Express or Fastify. */
export interface NodeCallbackRequest {
  /** Anything but `"POST"` is answered 405. */
  method?: string | undefined;
  /** Read for the key and the signature. */
  headers: { readonly [name: string]: string | readonly string[] | undefined };
}

/** What is used of the response of `node:http` or Express; Fastify's `reply` carries one. */
export type NodeCallbackResponse =
  | NodeAnswer
  | {
      /** Node's own answer under Fastify's. */
      raw: NodeAnswer;
    };

/** What is used of a `ServerResponse`. */
export interface NodeAnswer {
  /** Called once, with the status. */
  writeHead(status: number, headers: any): unknown;
  /** Called once, with a word on the status. */
  end(text: any): unknown;
}

/**
 * A handler of callbacks for every server that hands over a `Request` and wants a `Response`: Workers, Deno.serve,
 * Bun.serve, Hono (`c.req.raw`), Next's route handlers, SvelteKit.
 *
 * It verifies, passes over what was processed already, awaits your code, and only then answers 200. Not genuine: 401.
 * Malformed: 400. Larger than 256 KiB: 413. No POST: 405. Slower than 10 seconds to arrive: 408. Your code or your
 * store failed: 500, and the gateway sends again, as it does after every answer but 200. One of a known type that is
 * `not_confirmed`, `pending`, `processing` or `created`, and comes after a final one of its transaction, is answered 200
 * without your code.
 *
 * @throws `AlphaPoError` `invalid_option`, at once.
 *
 * @example
 * ```js
 * const handle = callbackHandler({ key, secret, store, onCallback: (callback) => credit(callback) });
 * Deno.serve(handle);
 * ```
 */
export function callbackHandler(options: CallbackHandlerOptions): CallbackHandler;

/** What answers callbacks. */
export interface CallbackHandler {
  /**
   * Answers one callback. It does not throw.
   *
   * @example
   * ```js
   * const { status } = await handle(request);
   * ```
   */
  (request: CallbackRequest): Promise<CallbackResponse>;
  // The last counts for Next 15, which refuses a route that asks for anything but its runtime's own `Request`.
  (request: RuntimeRequest): Promise<CallbackResponse>;
}

/** The runtime's own `Request`, where its types are there. */
export type RuntimeRequest = typeof globalThis extends { Request: { prototype: infer Request } } ? Request : CallbackRequest;

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
