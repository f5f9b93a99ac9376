/** What a sandbox is made of. */
export interface SandboxOptions {
  /** The public key that requests must name. */
  key: string;
  /** The secret that they must be signed with. */
  secret: string | Uint8Array;
  /** The same seed gives the same addresses, so that a test can pin them. Default: random. */
  seed?: number;
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

/** The type of this environment's own `fetch`, where it declares one. */
export type SandboxFetch = typeof globalThis extends { fetch: infer Fetch }
  ? Fetch
  : (input: any, init?: any) => Promise<any>;
