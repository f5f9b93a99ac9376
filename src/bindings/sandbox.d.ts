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
  id: number;
  currency: string;
  convert_to?: string;
  address: string;
  tag: string | null;
  foreign_id: string;
  end_user_reference?: string;
}

/** The type of this environment's own `fetch`, where it declares one. */
export type SandboxFetch = typeof globalThis extends { fetch: infer Fetch }
  ? Fetch
  : (input: any, init?: any) => Promise<any>;
