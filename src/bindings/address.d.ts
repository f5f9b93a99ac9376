/** What `checkAddress` found. `valid` tells the three apart. */
export type AddressCheck = ValidAddress | InvalidAddress | UncheckedAddress;

/** An address of the currency's network. */
export interface ValidAddress {
  /** Form, network and checksum, where there is one, are right. */
  valid: true;
  /** The network as a customer should read it, such as `"Tron (TRC-20)"`. */
  network: string;
  /** What kind of address it is, such as `"p2wpkh"`. */
  kind: AddressKind;
  /** Main or test network; `"either"` where the network writes both alike. */
  chain: "mainnet" | "testnet" | "either";
  /** Whether the text holds a checksum, and it is right. Without one a typing error may go unseen. */
  checksum: boolean;
  /** The destination tag inside of an X-address. */
  tag?: string;
  /** An invoice's amount in BTC, in decimal digits. */
  amount?: string;
  /** When an invoice expires, in seconds since 1970. */
  expires_at?: number;
}

/** No address of this currency's network: do not pay to it, do not show it. */
export interface InvalidAddress {
  /** Something of it is wrong. */
  valid: false;
  /** Why not. */
  reason: string;
}

/** The currency is not known here, so nothing can be said of its addresses. */
export interface UncheckedAddress {
  /** Neither right nor wrong. */
  valid: null;
  /** Why nothing can be said. */
  reason: string;
}

/** What is known of a currency. */
export interface CurrencyInfo {
  /** The gateway's code. */
  code: string;
  /** The asset, such as `"Tether"`. */
  asset: string;
  /** What to show to a customer beside the address, such as `"Tether on Tron (TRC-20)"`. */
  name: string;
  /** Its network; several, the likeliest first, where the gateway's documents do not agree on it. */
  networks: readonly NetworkInfo[];
}

/** A network on which a currency is. */
export interface NetworkInfo {
  /** As a customer should read it, such as `"Tron (TRC-20)"`. */
  name: string;
  /** Networks of one family write their addresses alike. */
  family: AddressFamily;
  /** How addresses of the main network begin, such as `"1…, 3…, bc1…"`. */
  mainnet: string;
  /** How addresses of the test networks begin. */
  testnet: string;
  /** Whether an address needs a destination tag (memo) beside it. */
  tag: "none" | "required";
}

/** Kinds of address. `"witness"` is a segwit program that no rule exists for yet. */
export type AddressKind =
  | "p2pkh" | "p2sh" | "p2wpkh" | "p2wsh" | "p2tr" | "witness" | "account" | "classic" | "x_address" | "base"
  | "pointer" | "enterprise" | "byron" | "invoice";

/** How networks write their addresses. */
export type AddressFamily =
  | "bitcoin" | "bitcoin_cash" | "litecoin" | "dogecoin" | "lightning" | "evm" | "tron" | "xrp_ledger" | "cardano"
  | "solana";
