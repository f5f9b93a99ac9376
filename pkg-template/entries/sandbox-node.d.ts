import type { Sandbox } from "./sandbox.js";

/** Where to listen. */
export interface ServeOptions {
  /** Default: 0, any free port. */
  port?: number;
  /** Default: `"127.0.0.1"`, this machine only. */
  hostname?: string;
}

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
