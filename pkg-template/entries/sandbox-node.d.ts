import type { Sandbox, SandboxJournal } from "./sandbox.js";

/** Where to listen. */
export interface ServeOptions {
  /** Default: 0, any free port. */
  port?: number | undefined;
  /** Default: `"127.0.0.1"`, this machine only. */
  hostname?: string | undefined;
  /** Serves a page at `/` to look at the sandbox and to make deposits. Default: none. */
  page?: SandboxPage | undefined;
}

/** What the page of a sandbox needs: the key pair, by which its button takes addresses. */
export interface SandboxPage {
  /** The key of the sandbox. */
  key: string;
  /** Its secret, which the page shows when it is asked to. */
  secret: string;
  /**
   * Keeps the secret out of the page: for one that is also used elsewhere, but never production's, since the page shows
   * deposits that are signed with it. Default: `false`.
   */
  hidden?: boolean | undefined;
}

/** A sandbox's journal in a file. Only one process can have it. */
export interface SandboxState extends SandboxJournal {
  /** What was kept, oldest first. */
  readonly entries: string[];
  /**
   * Keeps entries: they are in the file when it resolves, and stay there however the process ends.
   *
   * @example
   * ```js
   * await state.append(['{"event":"…"}']);
   * ```
   */
  append(entries: string[]): Promise<void>;
  /**
   * A key pair that is made up the first time, and the same each time after.
   *
   * @example
   * ```js
   * const sandbox = createSandbox({ ...state.keyPair(), journal: state });
   * ```
   */
  keyPair(): { key: string; secret: string };
  /**
   * Lets go of the file. Close the sandbox first.
   *
   * @example
   * ```js
   * sandbox.close();
   * state.close();
   * ```
   */
  close(): void;
}

/**
 * Opens the file that keeps a sandbox, and makes it where there is none: a SQLite database, by `node:sqlite`, which Node
 * has from 22.13 on.
 *
 * @throws an `Error` whose `code` says why not: `STATE_NEEDS_SQLITE`, `STATE_IN_USE` already, `STATE_FOREIGN`
 * for a file of something else, `STATE_VERSION` for one of another version, `STATE_NOT_FOUND`, `STATE_NOT_WRITABLE`,
 * `STATE_FULL`, or `STATE_UNUSABLE`.
 *
 * @example
 * ```js
 * const state = openState("sandbox.db");
 * const sandbox = createSandbox({ ...state.keyPair(), journal: state });
 * ```
 */
export function openState(file: string): SandboxState;

/** A sandbox that listens. */
export interface SandboxServer {
  /** The base URL to give to a client, such as `"http://127.0.0.1:8787/api/v2"`. */
  readonly url: string;
  /** The port it listens on, where any free one was asked for. */
  readonly port: number;
  /**
   * Stops listening and ends all connections.
   *
   * @example
   * ```js
   * await server.close();
   * ```
   */
  close(): Promise<void>;
}

/**
 * Serves a sandbox gateway over HTTP, on Node.
 *
 * @throws the listening error of Node, such as `EADDRINUSE` for a taken port.
 *
 * @example
 * ```js
 * const server = await serve(createSandbox({ key: "key", secret: "secret" }), { port: 8787 });
 * console.log(server.url);
 * await server.close();
 * ```
 */
export function serve(sandbox: Sandbox, options?: ServeOptions): Promise<SandboxServer>;
