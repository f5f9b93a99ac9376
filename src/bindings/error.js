// The one JavaScript class of the package, because Rust cannot express a subclass of `Error`.
// It holds what `src/error.rs` says and nothing more.

// Registered globally, so that copies of the package (ESM beside CommonJS, client beside sandbox) recognise each
// other's errors.
const brand = Symbol.for("alphapo-wasm.AlphaPoError");

// It has the name of a property, because minifiers rename all others.
export const { AlphaPoError } = {
  AlphaPoError: class extends Error {
    /**
     * @param {string} message
     * @param {Record<string, unknown>} details the fields that callers read
     * @param {unknown} [cause] the `reason` of an aborted signal
     */
    constructor(message, details, cause) {
      super(message, cause === undefined ? undefined : { cause });
      Object.assign(this, details);
    }

    /** Errors have no enumerable message, so `JSON.stringify` would lose it. */
    toJSON() {
      return { name: this.name, message: this.message, ...this };
    }
  },
};

// Outside of the class, because bundlers rename a class whose body names itself.
Object.defineProperty(AlphaPoError, Symbol.hasInstance, {
  value(candidate) {
    if (this !== AlphaPoError) return Function.prototype[Symbol.hasInstance].call(this, candidate);
    return candidate?.[brand] === true;
  },
});

Object.defineProperties(AlphaPoError.prototype, {
  name: { value: "AlphaPoError", writable: true, configurable: true },
  [brand]: { value: true },
});

/** Called from Rust: one crossing for the whole error. */
export function newAlphaPoError(message, details, cause) {
  return new AlphaPoError(message, JSON.parse(details), cause);
}
