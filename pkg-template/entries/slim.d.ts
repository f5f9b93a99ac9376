export * from "./index.js";

/**
 * A compiled `WebAssembly.Module`. It is described by what it is not, a `URL` or a promise, because an environment's
 * own type for it, where there is one, has no members.
 */
export type CompiledModule = { readonly href?: never; readonly then?: never };

/** What is used of a `Response` whose body is the module. */
export interface ModuleResponse {
  /** Whether the status is a good one. */
  readonly ok: boolean;
  /** The status, for the error. */
  readonly status: number;
  /** The bytes of the body. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Where the module comes from: `alphapo-wasm/alphapo.wasm`, compiled, as bytes, or as the answer of `fetch`. */
export type ModuleSource = CompiledModule | ArrayBufferLike | ArrayBufferView | ModuleResponse;

/**
 * Loads the module. Everything else of `alphapo-wasm/slim` fails with `not_loaded` until it did.
 *
 * Loading again does nothing. After a failure it may be called again.
 *
 * @param source the module of this very version of the package
 * @throws `AlphaPoError` `not_loaded` (the promise rejects), with what was wrong with the module as its `cause`.
 *
 * @example
 * ```js
 * import { load, takeAddress } from "alphapo-wasm/slim";
 *
 * await load(fetch("/assets/alphapo.wasm"));
 * ```
 */
export function load(source: ModuleSource | PromiseLike<ModuleSource>): Promise<void>;

/**
 * Loads the module at once, from what is there already: a compiled module, or bytes where they may be compiled.
 *
 * @param source the module of this very version of the package
 * @throws `AlphaPoError` `not_loaded`, with what was wrong with the module as its `cause`.
 *
 * @example
 * ```js
 * import { loadSync, sign } from "alphapo-wasm/slim";
 * import module from "alphapo-wasm/alphapo.wasm"; // compiled, in a Worker
 *
 * loadSync(module);
 * ```
 */
export function loadSync(source: CompiledModule | ArrayBufferLike | ArrayBufferView): void;
