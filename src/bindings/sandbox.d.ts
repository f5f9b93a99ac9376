/** What a sandbox is made of. */
export interface SandboxOptions {
  /** The public key that requests must name. */
  key: string;
  /** The secret that they must be signed with, and that callbacks are signed with. */
  secret: string | Uint8Array;
  /** The same seed gives the same addresses and the same faults, so that a test can pin them. From 0 to 2^32 − 1. Default: random. */
  seed?: number | undefined;
  /** Where callbacks are posted: https, or http on this machine. */
  callbackUrl?: string | undefined;
  /**
   * Takes callbacks in process, instead of a `callbackUrl`: each comes as a `Request`, and the status of the `Response`
   * counts. What `callbackHandler` returns fits as it is.
   */
  onCallback?: ((request: any) => unknown) | undefined;
  /** With what callbacks are posted. Default: the runtime's `fetch`. */
  callbackFetch?: ((url: string, init: any) => Promise<any>) | undefined;
  /** How a destination tag is written on the wire, of which the sources conflict. Default: `"string"`. */
  tagType?: "string" | "integer" | undefined;
  /** Whether callbacks are written as PHP writes JSON, with `\/` and `\uXXXX`. Default: `true`. */
  phpEscapes?: boolean | undefined;
  /** How many times faster than the clock deposits live and callbacks are tried again. Default: 1. */
  timeScale?: number | undefined;
  /** With `"manual"` nothing happens but by `advance`. Default: `"real"`. */
  clock?: "real" | "manual" | undefined;
  /** Keeps what happens, and brings back what has happened before. Default: in memory alone. */
  journal?: SandboxJournal | undefined;
  /** What goes wrong, from the beginning. */
  faults?: FaultRule[] | undefined;
}

/**
 * Where a sandbox keeps what must survive it. Kept is what happened, and not the callbacks that came of it: these are made
 * anew, so that another `secret`, `tagType` or `phpEscapes` changes also those that were sent before.
 */
export interface SandboxJournal {
  /** What was appended in an earlier life, oldest first. The sandbox goes on from there, with the seed of then. */
  entries?: Iterable<string> | undefined;
  /**
   * Called with what is to be kept: texts of JSON, for nobody else to read. The answer that depends on them waits for
   * it; if it fails, that answer is a 500, and what was to be kept comes again with the next.
   */
  append(entries: string[]): unknown;
}

/** An address that a sandbox handed out. */
export interface TakenAddress {
  /** Its id, as the answer gave it. */
  id: number;
  /** The currency that was asked for. */
  currency: string;
  /** Present when a conversion was asked for. */
  convert_to?: string;
  /** The address. Never pay to it. */
  address: string;
  /** Its destination tag, or `null` where the currency has none. */
  tag: string | null;
  /** The reference that came with the request. */
  foreign_id: string;
  /** The pseudonym that came with it, if one did. */
  end_user_reference?: string;
}

/** A deposit to make. */
export interface DepositOrder {
  /** An address that this sandbox handed out. */
  address: string;
  /** Its destination tag, where it has one. */
  tag?: string | null | undefined;
  /** How much is sent: decimal text of at most 8 decimals, or a number. */
  amount: string | number;
  /** What is sent, where that is another currency of the same chain: a cross-currency deposit. */
  currency?: string | undefined;
  /** How it ends. Default: `"confirmed"`. Below the currency's minimum it is cancelled whatever this says. */
  status?: "confirmed" | "cancelled" | undefined;
  /** Whether its end comes at once, with no `not_confirmed` before it. Default: `false`. */
  instant?: boolean | undefined;
  /** The time from `not_confirmed` to its end, in whole seconds of the sandbox's clock. Default: 10. */
  seconds?: number | undefined;
  /** How often each of its callbacks is delivered. Default: 1. */
  copies?: number | undefined;
  /** Whether its final callback comes before the one that says `not_confirmed`. Default: `false`. */
  reordered?: boolean | undefined;
}

/** A deposit. Amounts are decimal text. */
export interface SandboxDeposit {
  /** The gateway's id of it. */
  id: number;
  /** With `convert_to` it is a `deposit_exchange`. */
  type: "deposit" | "deposit_exchange";
  /** Where it stands. */
  status: "not_confirmed" | "confirmed" | "cancelled";
  /** The id of its address. */
  address_id: number;
  /** Where it was sent to. */
  address: string;
  /** With this destination tag. */
  tag: string | null;
  /** The merchant's reference. */
  foreign_id: string;
  /** What was sent. */
  currency: string;
  /** How much. */
  amount: string;
  /** What the merchant gets: another currency after a conversion. */
  received_currency: string;
  /** How much, fee included. */
  received: string;
  /** The fee, in the currency that the merchant gets. Simulated: 0.3 %, with a conversion 5 %; BTCLN to BTC is free. */
  fee: string;
  /** What is credited when it is confirmed. */
  net: string;
  /** When it was seen, in seconds since 1970. */
  created_at: number;
  /** Its transaction. Simulated. */
  txid: string;
  /** Why it was cancelled. */
  error?: string;
}

/** A callback of a sandbox. */
export interface SandboxCallback {
  /** Counted from 1, in the order in which callbacks came to be. */
  id: number;
  /** The id of the deposit it tells of. */
  deposit: number;
  /** The status of the deposit that it tells. */
  status: "not_confirmed" | "confirmed" | "cancelled";
  /** The exact bytes, which are text. */
  body: string;
  /** Its `X-Processing-Signature`. */
  signature: string;
  /** Where it is posted to; `null` where there is nobody to hear it. */
  url: string | null;
  /** Where it stands. Only an answer with 200 delivers it; after 12 more attempts it is given up. */
  state: "scheduled" | "sending" | "delivered" | "waiting" | "given-up";
  /** Every attempt so far. */
  attempts: CallbackAttempt[];
  /** When it is tried next, in milliseconds since 1970. */
  nextAttempt: number | null;
  /** How often an attempt sends it. */
  copies: number;
}

/** One attempt to deliver a callback. */
export interface CallbackAttempt {
  /** When it ended, in milliseconds since 1970. */
  at: number;
  /** The status of its answer, `null` where there was none. */
  status: number | null;
  /** Why there was none. */
  error?: string;
  /** Whether `repeatCallback` asked for it. */
  repeated: boolean;
}

/** What the merchant has of a currency. */
export interface SandboxBalance {
  /** The code of the currency. */
  currency: string;
  /** Which kind of currency that is. */
  type: "crypto" | "fiat";
  /** How much: what confirmed deposits came to, fees deducted. */
  balance: string;
}

/** What goes wrong. All of it is simulated. */
export type Fault =
  | {
      /** The answer comes late. */
      type: "latency";
      /** By so much. */
      milliseconds: number;
    }
  | {
      /** The connection breaks before the gateway has done anything. */
      type: "reset";
    }
  | {
      /** An address is taken, and the connection breaks before the answer. */
      type: "lost-answer";
    }
  | {
      /** The answer breaks off. */
      type: "truncate";
      /** After so many bytes of its body. Default: half of it. */
      bytes?: number | undefined;
    }
  | {
      /** The answer's body comes byte by byte. */
      type: "slow-drip";
      /** The pause before each. Default: 20. */
      milliseconds?: number | undefined;
    }
  | {
      /** Another answer, before the gateway has done anything. */
      type: "status";
      /** From 200 to 599. */
      status: number;
      /** Default: a page of HTML. */
      body?: string | undefined;
      /** More headers. */
      headers?: Record<string, string> | undefined;
    }
  | {
      /** A page of HTML with status 200. */
      type: "html";
    }
  | {
      /** 429 with the documented body, which is no JSON. */
      type: "rate-limit";
      /** The header `Retry-After`, in seconds. */
      retryAfter?: number | undefined;
    }
  | {
      /** The answer is to another request. */
      type: "wrong-echo";
      /** Which of its echoes is wrong, or for `"convert_to"` left out. Default: `"foreign_id"`. */
      field?: "foreign_id" | "currency" | "convert_to" | undefined;
    }
  | {
      /** One character of the address is wrong. */
      type: "wrong-checksum";
    }
  | {
      /** The answer lacks its destination tag. */
      type: "missing-tag";
    };

/** Which requests meet a fault. What is not given fits every request. */
export interface FaultRule {
  /** The path, such as `"/addresses/take"`. */
  path?: string | undefined;
  /** The currency that is asked for. */
  currency?: string | undefined;
  /** The reference of the request. */
  foreign_id?: string | undefined;
  /** How many of the requests that fit are left alone first. Default: 0. */
  skip?: number | undefined;
  /** How many of them then meet it. Default: all. */
  times?: number | undefined;
  /** How likely each of these meets it, from 0 to 1, by the sandbox's seed. Default: 1. */
  probability?: number | undefined;
  /** What they meet. */
  fault: Fault;
}

/** Something that happened in a sandbox. */
export type SandboxEvent =
  | {
      /** A request was answered. */
      type: "request";
      /** When it came, in milliseconds since 1970. */
      at: number;
      /** Its method. */
      method: string;
      /** Its path. */
      path: string;
      /** The status of its answer; `null` where the connection broke. */
      status: number | null;
      /** The reference in it, if there was one. */
      foreign_id?: string;
      /** The fault that it met. */
      fault?: Fault["type"];
      /** How long it took. */
      milliseconds: number;
    }
  | {
      /** An address was handed out. */
      type: "address";
      /** That address. */
      address: TakenAddress;
    }
  | {
      /** A deposit was made, or came to its end. */
      type: "deposit";
      /** As it stands now. */
      deposit: SandboxDeposit;
    }
  | {
      /** A callback came to be, or an attempt to deliver it ended. */
      type: "callback";
      /** As it stands now. */
      callback: SandboxCallback;
    };

/**
 * A gateway of your own: the same wire, valid test-network addresses, no money, no network. Made by `createSandbox`.
 *
 * @example
 * ```js
 * const sandbox = createSandbox({ key: "key", secret: "secret" });
 * const { address } = await takeAddress(
 *   { currency: "BTC", foreign_id: "user-17" },
 *   { key: "key", secret: "secret", baseUrl: sandbox.baseUrl, fetch: sandbox.fetch },
 * );
 * await sandbox.deposit({ address, amount: "0.1" });
 * ```
 */
export class Sandbox {
  private constructor();

  /** The gateway as a `fetch` function, bound: pass it as the option `fetch`. */
  readonly fetch: SandboxFetch;

  /** The base URL to pass beside `fetch`. */
  readonly baseUrl: string;

  /**
   * Every address it has handed out, in their order.
   *
   * @example
   * ```js
   * const [{ address, foreign_id }] = sandbox.addresses();
   * ```
   */
  addresses(): TakenAddress[];

  /**
   * Makes a deposit. Its callbacks follow by the sandbox's clock; `settled` waits for those that are due.
   *
   * @throws `AlphaPoError` `invalid_option` with every field at fault, such as a missing `tag` or an invoice that has
   * been paid.
   *
   * @example
   * ```js
   * const { id } = await sandbox.deposit({ address, amount: "0.1", instant: true });
   * await sandbox.settled();
   * ```
   */
  deposit(order: DepositOrder): Promise<SandboxDeposit>;

  /**
   * Every deposit, in their order.
   *
   * @example
   * ```js
   * const confirmed = sandbox.deposits().filter(({ status }) => status === "confirmed");
   * ```
   */
  deposits(): SandboxDeposit[];

  /**
   * Every callback, in the order in which they came to be, with all attempts to deliver it.
   *
   * @example
   * ```js
   * const waiting = sandbox.callbacks().filter(({ state }) => state === "waiting");
   * ```
   */
  callbacks(): SandboxCallback[];

  /**
   * What was credited, in each currency that anything was.
   *
   * @example
   * ```js
   * const [{ currency, balance }] = sandbox.balances();
   * ```
   */
  balances(): SandboxBalance[];

  /**
   * Delivers a callback once more, as the dashboard does it, and resolves when that attempt has ended. Its schedule goes
   * on as it was, unless it is delivered.
   *
   * @throws `AlphaPoError` `invalid_option` when there is none of this id.
   *
   * @example
   * ```js
   * const { state } = await sandbox.repeatCallback(1);
   * ```
   */
  repeatCallback(id: number): Promise<SandboxCallback>;

  /**
   * Lets time pass, for `clock: "manual"`: what falls due is done in its order, each callback after the one before it.
   *
   * @throws `TypeError` with the real clock.
   *
   * @example
   * ```js
   * await sandbox.advance(24 * 60 * 60); // a day
   * ```
   */
  advance(seconds: number): Promise<void>;

  /**
   * Resolves when no callback is on its way or due. One that waits for its next attempt is not waited for.
   *
   * @example
   * ```js
   * await sandbox.settled();
   * ```
   */
  settled(): Promise<void>;

  /**
   * Adds a rule of faults behind those that are there, and returns its number. A request meets the first rule that fits
   * it. The header `X-Sandbox-Fault` of a request, a fault as JSON or its type alone, goes before all rules.
   *
   * @throws `AlphaPoError` `invalid_option` when it is no rule.
   *
   * @example
   * ```js
   * sandbox.addFault({ currency: "BTC", times: 1, fault: { type: "rate-limit" } });
   * ```
   */
  addFault(rule: FaultRule): number;

  /**
   * Takes back the rule of this number, or all of them.
   *
   * @example
   * ```js
   * sandbox.clearFaults();
   * ```
   */
  clearFaults(rule?: number): void;

  /**
   * Hears of everything that happens, for a log or a page. What it returns ends that. What a listener throws is an uncaught
   * error of its own, as an EventTarget's, and changes nothing here.
   *
   * @example
   * ```js
   * const stop = sandbox.subscribe((event) => console.log(event.type));
   * stop();
   * ```
   */
  subscribe(listener: (event: SandboxEvent) => void): () => void;

  /**
   * Sends no more callbacks. Requests are still answered.
   *
   * @example
   * ```js
   * sandbox.close();
   * ```
   */
  close(): void;

  /**
   * Closes it and gives its memory back. After that it cannot be used.
   *
   * @example
   * ```js
   * sandbox.free();
   * ```
   */
  free(): void;
}

/**
 * Opens a sandbox gateway for one key pair.
 *
 * @throws `AlphaPoError` `invalid_option` when an option is missing, unknown or unusable.
 *
 * @example
 * ```js
 * const { baseUrl, fetch } = createSandbox({ key: "key", secret: "secret", seed: 1 });
 * ```
 */
export function createSandbox(options: SandboxOptions): Sandbox;

/** The type of this environment's own `fetch`, where it declares one. */
export type SandboxFetch = typeof globalThis extends { fetch: infer Fetch }
  ? Fetch
  : (input: any, init?: any) => Promise<any>;
