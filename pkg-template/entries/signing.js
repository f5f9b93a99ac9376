// `sign`, `verify` and `Signer` around the numeric exports of a module (src/signature/numeric.rs): of the client's, and
// of the one that only signs.
//
// A message is written straight into the module's memory, and a longer one through the same place, part by part, so that
// the memory does not grow with it. Between the first byte of a message that is written and the answer, nothing of the
// caller's may run: no getter, no iterator, no conversion. What a value is, it is asked by the language's own getters,
// which know the values of other realms and cannot be replaced by their owner.

/** Where the module has what, in bytes from `place()`: numeric.rs says in which order. */
const SECTION = 128;
const CLAIMED = SECTION;
const ONE_SHOT = 2 * SECTION;
const INPUT = 3 * SECTION;
const CAPACITY = 128 * SECTION;

/** A message that is hashed by itself. */
const NO_SCHEDULE = 0;

/** Of WebAssembly's memory. */
const PAGE = 65_536;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const { prototype } = Object.getPrototypeOf(Uint8Array);
const own = (name) => Object.getOwnPropertyDescriptor(prototype, name).get;
const kindOf = own(Symbol.toStringTag);
const bufferOf = own("buffer");
const offsetOf = own("byteOffset");
const lengthOf = own("length");
// Node's, twice as fast as a TextDecoder and in Node 22 as a TextEncoder. In Deno it takes 4 ms to ask for it, in Bun before
// 1.1.20 it is for Buffers alone, and `toHex` is as fast in both. Node 22.7.0's writes letters of Latin-1 wrongly, once the
// engine has compiled what calls it. By its bare name some bundlers would add a Buffer to the bundle.
const withoutBuffer = globalThis.Deno || globalThis.Bun || globalThis.process?.version === "v22.7.0";
const { latin1Slice, utf8Write } = withoutBuffer ? {} : (globalThis.Buffer?.prototype ?? {});

/** Schedules of freed Signers, to be used again. @type {number[]} */
const free = [];
const abandoned = globalThis.FinalizationRegistry && new FinalizationRegistry(release);

let module;
let AlphaPoError;
/** The address of the schedule of a secret that is given with one call. */
let oneShot;
// Views of the module's memory. A memory that grows leaves them empty.
let digits;
let claimed;
let hash;
let input = "";
/** How many blocks of the message went into the module before what is in the input now. */
let done;
/** The address of a Signer's schedule, or what is not true where there is none. */
let scheduleOf;

// They have the names of properties, because minifiers rename all others, and a user's console.log would show it. A class
// with a private field tells its own: where that is compiled away for older engines, the class gets a name for itself.
export const { sign, verify, Signer } = {
  // Of a secret that is given with a call, nothing is kept.
  sign: (body, secret) => {
    try {
      key(secret);
      return signed(body, oneShot);
    } finally {
      module.forget(oneShot);
    }
  },

  verify: (body, signature, secret) => {
    try {
      key(secret);
      return verified(body, signature, oneShot);
    } finally {
      module.forget(oneShot);
    }
  },

  Signer: class {
    /** The address of its schedule, or 0. */
    #schedule = 0;

    static get name() {
      return "Signer";
    }

    static {
      scheduleOf = (signer) => #schedule in Object(signer) && signer.#schedule;
    }

    constructor(secret) {
      if (free.length === 0) makeRoom();
      const schedule = free.at(-1);
      key(secret, schedule);
      free.pop();
      this.#schedule = schedule;
      abandoned?.register(this, schedule, this);
    }

    sign(body) {
      return signed(body, living(this, "sign"));
    }

    verify(body, signature) {
      return verified(body, signature, living(this, "verify"));
    }

    free() {
      const schedule = scheduleOf(this);
      if (!schedule) return;
      this.#schedule = 0;
      abandoned?.unregister(this);
      release(schedule);
    }
  },
};

if (Symbol.dispose) Signer.prototype[Symbol.dispose] = Signer.prototype.free;

/** Takes the exports of a module, and the class of errors. */
export function connect(exports, errors) {
  module = exports;
  AlphaPoError = errors;
}

function signed(body, schedule) {
  module.sign(schedule, fill(body, schedule), done);
  // workerd's asks for both numbers.
  return latin1Slice ? latin1Slice.call(digits, 0, SECTION) : (hash.toHex?.() ?? decoder.decode(digits));
}

function verified(body, signature, schedule) {
  const length = fill(body, schedule);
  // A digit is one character and one byte: text with anything else does not fit, or no digit is where that is.
  if (typeof signature !== "string" || signature.length !== SECTION) return false;
  module.sign(schedule, length, done);
  return write(signature, claimed) === SECTION && module.matches() === 1;
}

/** Makes the schedule of a secret, for one call if no place for it is given. */
function key(secret, place) {
  const length = fill(secret, NO_SCHEDULE);
  if (length + done === 0) throw refused("invalid_option", "secret", "is empty");
  module.key(place ?? oneShot, length, done);
}

/**
 * Writes a message into the input, a secret if there is no schedule. What does not fit is hashed before, after this
 * schedule; the end of it is in the input then, and its length is returned.
 */
function fill(message, schedule) {
  if (input.length === 0) look();
  done = 0;
  if (typeof message === "string") return fillFromText(message, schedule);
  // Uint8Array, Uint8ClampedArray and Int8Array.
  if (!/int8/i.test(kindOf.call(message))) refuse(message, schedule);
  const length = lengthOf.call(message);
  if (length > CAPACITY) return fillFromBytes(message, length, schedule);
  try {
    // It throws for a detached one, of which the language itself only says that it is empty.
    input.set(message);
  } catch {
    refuse(message, schedule);
  }
  return length;
}

function fillFromText(message, schedule) {
  // A character of JavaScript's has three bytes at most.
  if (3 * message.length <= CAPACITY) return write(message, input);
  let rest = message;
  let { read, written } = encoder.encodeInto(rest, input);
  while (read < rest.length) {
    const left = passOn(written, schedule);
    rest = rest.slice(read);
    ({ read, written } = encoder.encodeInto(rest, input.subarray(left)));
    written += left;
  }
  return written;
}

/** Writes text as UTF-8, as much of it as fits, and tells how many bytes that is. */
function write(text, place) {
  return utf8Write ? utf8Write.call(place, text) : encoder.encodeInto(text, place).written;
}

function fillFromBytes(message, length, schedule) {
  const bytes = new Uint8Array(bufferOf.call(message), offsetOf.call(message), length);
  let at = 0;
  for (; at + CAPACITY < length; at += CAPACITY) {
    input.set(bytes.subarray(at, at + CAPACITY));
    passOn(CAPACITY, schedule);
  }
  input.set(bytes.subarray(at));
  return length - at;
}

/** Has the whole blocks of the input hashed. The rest is at its front then, and this long. */
function passOn(filled, schedule) {
  module.absorb(schedule, filled, done);
  done += (filled / SECTION) | 0;
  return filled % SECTION;
}

/** Looks at the module's memory anew. */
function look() {
  const place = module.place();
  oneShot = place + ONE_SHOT;
  const view = (from, length) => new Uint8Array(module.memory.buffer, place + from, length);
  digits = view(0, SECTION);
  claimed = view(CLAIMED, SECTION);
  hash = view(CLAIMED, SECTION / 2);
  input = view(INPUT, CAPACITY);
}

/** A page of memory more, for the schedules of Signers. */
function makeRoom() {
  const page = module.memory.grow(1) * PAGE;
  for (let address = page; address < page + PAGE; address += SECTION) free.push(address);
}

function release(schedule) {
  module.forget(schedule);
  free.push(schedule);
}

function living(signer, method) {
  const schedule = scheduleOf(signer);
  if (schedule) return schedule;
  const message = `\`${method}\` needs a Signer that is not freed`;
  throw new AlphaPoError(message, refusal("invalid_option"));
}

function refuse(message, schedule) {
  const problem = "must be a string or a Uint8Array";
  if (schedule !== NO_SCHEDULE) {
    throw refused("invalid_body", "body", `${problem}: pass the raw bytes you received, not the parsed object`);
  }
  throw refused("invalid_option", "secret", message === undefined || message === null ? "is missing" : problem);
}

function refused(code, field, problem) {
  return new AlphaPoError(`\`${field}\` ${problem}`, { ...refusal(code), fields: { [field]: problem } });
}

/** What an error says of a call that sent nothing. */
export function refusal(code) {
  return { code, retryable: false, outcome: "not-sent", attempts: 0 };
}
