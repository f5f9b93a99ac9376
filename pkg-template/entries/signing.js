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
// Twice as fast as a TextDecoder, where there is one. By its bare name some bundlers would add a Buffer to the bundle.
const latin1Slice = globalThis.Buffer?.prototype?.latin1Slice;

/** Schedules of freed Signers, to be used again. @type {number[]} */
const free = [];
const abandoned = globalThis.FinalizationRegistry && new FinalizationRegistry(release);

let module;
let AlphaPoError;
/** The address of the schedule of a secret that is given with one call. */
let oneShot;
// Views of the module's memory. A memory that grows leaves them empty.
let digits = "";
let claimed = "";
let input = "";
/** How many blocks of the message went into the module before what is in the input now. */
let done;

/** Takes the exports of a module, and the class of errors. */
export function connect(exports, errors) {
  module = exports;
  AlphaPoError = errors;
  // Minifiers rename what a user's console.log would show.
  for (const [name, value] of Object.entries({ AlphaPoError, Signer, sign, verify })) {
    Object.defineProperty(value, "name", { value: name, configurable: true });
  }
  if (Symbol.dispose) Signer.prototype[Symbol.dispose] = Signer.prototype.free;
}

export function sign(body, secret) {
  try {
    return signed(body, keyed(secret));
  } finally {
    module.forget(oneShot);
  }
}

export function verify(body, signature, secret) {
  try {
    return verified(body, signature, keyed(secret));
  } finally {
    module.forget(oneShot);
  }
}

export class Signer {
  /** The address of its schedule, or 0. */
  #schedule = 0;

  constructor(secret) {
    if (free.length === 0) makeRoom();
    this.#schedule = keyed(secret, free.at(-1));
    free.pop();
    abandoned?.register(this, this.#schedule, this);
  }

  sign(body) {
    return signed(body, Signer.#of(this, "sign"));
  }

  verify(body, signature) {
    return verified(body, signature, Signer.#of(this, "verify"));
  }

  free() {
    if (!(#schedule in Object(this)) || !this.#schedule) return;
    abandoned?.unregister(this);
    release(this.#schedule);
    this.#schedule = 0;
  }

  static #of(signer, method) {
    if (#schedule in Object(signer) && signer.#schedule) return signer.#schedule;
    const message = `\`${method}\` was called on a freed Signer, or on something else: call it on a Signer that lives`;
    throw new AlphaPoError(message, refusal("invalid_option"));
  }
}

function signed(body, schedule) {
  const length = fill(body, schedule, refuseBody);
  module.sign(schedule, length, done);
  return latin1Slice ? latin1Slice.call(digits, 0, SECTION) : decoder.decode(digits);
}

function verified(body, signature, schedule) {
  const length = fill(body, schedule, refuseBody);
  // A digit is one character and one byte, so that anything else does not fill the text.
  if (typeof signature !== "string" || signature.length !== SECTION) return false;
  return encoder.encodeInto(signature, claimed).read === SECTION && module.verify(schedule, length, done) === 1;
}

/** Makes the schedule of a secret. */
function keyed(secret, place) {
  const length = fill(secret, NO_SCHEDULE, refuseSecret);
  if (length + done === 0) throw refused("invalid_option", "secret", "is empty");
  const schedule = place ?? oneShot;
  module.key(schedule, length, done);
  return schedule;
}

/**
 * Writes a message into the input. What does not fit is hashed before, after this schedule; the end of it is in the input
 * then, and its length is returned.
 */
function fill(message, schedule, refuse) {
  if (input.length === 0) look();
  done = 0;
  if (typeof message === "string") return fillFromText(message, schedule);
  const kind = kindOf.call(message);
  if (kind !== "Uint8Array" && kind !== "Int8Array" && kind !== "Uint8ClampedArray") refuse(message);
  const length = lengthOf.call(message);
  if (length > CAPACITY) return fillFromBytes(message, length, schedule);
  try {
    // It throws for a detached one, of which the language itself only says that it is empty.
    input.set(message);
  } catch {
    refuse(message);
  }
  return length;
}

function fillFromText(message, schedule) {
  let { read, written } = encoder.encodeInto(message, input);
  for (let rest = message; read < rest.length; ) {
    const left = passOn(written, schedule);
    rest = rest.slice(read);
    ({ read, written } = encoder.encodeInto(rest, input.subarray(left)));
    written += left;
  }
  return written;
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
  done += Math.floor(filled / SECTION);
  return filled % SECTION;
}

/** Looks at the module's memory anew. */
function look() {
  const place = module.place();
  oneShot = place + ONE_SHOT;
  const view = (from, length) => new Uint8Array(module.memory.buffer, place + from, length);
  digits = view(0, SECTION);
  claimed = view(CLAIMED, SECTION);
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

function refuseBody() {
  const problem = "must be a string or a Uint8Array: pass the raw bytes you received, not the parsed object";
  throw refused("invalid_body", "body", problem);
}

function refuseSecret(secret) {
  const isMissing = secret === undefined || secret === null;
  throw refused("invalid_option", "secret", isMissing ? "is missing" : "must be a string or a Uint8Array");
}

function refused(code, field, problem) {
  return new AlphaPoError(`\`${field}\` ${problem}`, { ...refusal(code), fields: { [field]: problem } });
}

/** What an error says of a call that sent nothing. */
export function refusal(code) {
  return { code, retryable: false, outcome: "not-sent", attempts: 0 };
}
