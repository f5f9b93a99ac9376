// Keeps a freed object, and a method called on something that is not its object, a copy of it among them, out of the
// module: wasm-bindgen throws for them from inside, and an exception that unwinds through WebAssembly leaves its stack
// behind for good. It changes nothing else about the classes of the glue, but that they keep their names.

export function guard(exported) {
  for (const [name, value] of Object.entries(exported)) {
    // A bundler's namespace takes along what somebody added to every object.
    if (typeof value !== "function") continue;
    // Minifiers rename what a user's console.log would show.
    Object.defineProperty(value, "name", { value: name, configurable: true });
    if (typeof value.prototype?.free === "function") guardClass(name, value, exported.AlphaPoError);
  }
}

function guardClass(name, Class, AlphaPoError) {
  const { addressOf, prototype } = Class;
  const { free } = prototype;
  delete Class.addressOf;

  for (const [method, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (method === "constructor" || method === "free") continue;
    const kind = descriptor.get ? "get" : "value";
    const original = descriptor[kind];
    // A method, so that it has the name of the original and is no constructor.
    const { [method]: guarded } = {
      [method](...args) {
        if (addressOf(this)) return original.apply(this, args);
        const error = dead(name, method, AlphaPoError);
        if (method === "takeAddress") return Promise.reject(error);
        throw error;
      },
    };
    Object.defineProperty(prototype, method, { ...descriptor, [kind]: guarded });
  }

  // Freeing twice is freeing once, also by `using` after `free()`. Of a proxy it would free nothing.
  prototype.free = function () {
    const address = addressOf(this);
    if (address === undefined) throw dead(name, "free", AlphaPoError);
    if (address) free.call(this);
  };
  if (Symbol.dispose) prototype[Symbol.dispose] = prototype.free;
}

function dead(name, method, AlphaPoError) {
  const message =
    `\`${method}\` was called on a freed ${name}, on a copy or a proxy of one, or on something else: ` +
    `call it on the ${name} you made`;
  return new AlphaPoError(message, { code: "invalid_option", retryable: false, outcome: "not-sent", attempts: 0 });
}
