// @ts-check
// The package used for long in one Node process, started with --expose-gc, against its own sandbox in the same process:
// no call fails, and what the process holds does not grow. Sends one report to the runner; it must not call
// process.exit.

import { createHash, createHmac } from "node:crypto";

import { equal, ok, rejection, run } from "../suite.js";

const SIGNATURES = 1_000_000;
/** The longest body that is held against node:crypto at every length, in bytes. */
const LONGEST_BODY = 1_100;
const ADDRESSES = 20_000;
const AT_ONCE = 1_000;

/**
 * The memory of WebAssembly never shrinks, so it is as large as the busiest moment so far, and lists in it double. Two
 * moments twice as busy as any later one come first, so that chance cannot make a later one the busiest, and one more
 * at the end: whatever was kept of the calls between makes that one the busiest of all.
 */
const BURST = 2 * AT_ONCE;
const BURSTS = 2;

/** How much more memory a module may take, in KiB. A page is 64; 8 bytes kept of each address would be 156. */
const MEMORY = 128;

/**
 * How much more of JavaScript's heap may be in use after garbage collection, in bytes. A hundred bytes kept of each
 * address would be 2 MB; what the engine and its fetch keep for themselves comes and goes by 1.6 MB with every third
 * round, so medians are compared.
 */
const HEAP = 1_000_000;

/** Of so many signatures one is by a Signer that is dropped; odd, so that both modules have some. */
const DROPPED = 49;

/** In milliseconds: it takes 20 seconds on a machine that has nothing else to do. */
const LONGEST = 200_000;

const BODY = '{"currency":"BTC","foreign_id":"user-17"}';
const CREDENTIALS = { key: "sandbox-key", secret: "sandbox-secret" };
const CURRENCIES = ["BTC", "LTC", "ETH", "USDTT", "XRP", "BTCLN"];

/** The modules, in the order in which they are loaded. @type {WebAssembly.Instance[]} */
const modules = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = new Proxy(Instance, {
  construct(target, args) {
    const instance = Reflect.construct(target, args);
    modules.push(instance);
    return instance;
  },
});
const alphapo = await import("alphapo-wasm");
const { createSandbox } = await import("alphapo-wasm/sandbox");
const signature = await import("alphapo-wasm/signature");
WebAssembly.Instance = Instance;

const report = await run(
  (test) => {
    test("endurance: all three modules are watched", () => equal(modules.length, 3));
    test(`endurance: ${SIGNATURES} signatures of every length are node:crypto's`, signaturesOfEveryLength);
    test("endurance: a secret leaves no trace in a module's memory", traces);
    test(`endurance: ${SIGNATURES} signatures leave nothing behind`, signatures);
    test(`endurance: ${ADDRESSES} addresses, ${AT_ONCE} at a time, leave nothing behind`, addresses);
    test(`endurance: ${ADDRESSES} calls and callbacks that fail, each in every way, leave nothing behind`, failures);
    test("endurance: the sandbox hears of an abort after garbage collection", abortsAfterCollection);
  },
  { atOnce: 1, longest: LONGEST },
);
process.send?.(report, () => process.disconnect());

/** Under random secrets, random bodies: half by either module. */
function signaturesOfEveryLength() {
  let done = 0;
  for (let round = 1; done < SIGNATURES; round += 1) {
    const { Signer } = round % 2 ? alphapo : signature;
    const secret = crypto.getRandomValues(new Uint8Array(1 + (round % 300)));
    const bytes = crypto.getRandomValues(new Uint8Array(LONGEST_BODY));
    const signer = new Signer(secret);
    for (let length = 0; length <= LONGEST_BODY; length += 1, done += 1) {
      const body = bytes.subarray(0, length);
      const expected = createHmac("sha512", secret).update(body).digest("hex");
      if (signer.sign(body) === expected) continue;
      throw new Error(`${length} bytes under ${Buffer.from(secret).toString("hex")}: ${Buffer.from(body).toString("hex")}`);
    }
    signer.free();
  }
}

/** Of a secret, and of what it is made into before the two states that are kept: in the modules as they are published. */
async function traces() {
  for (const [name, { exports }, { sign, verify, Signer }] of /** @type {const} */ ([
    ["client", modules[0], alphapo],
    ["signature", modules[2], signature],
  ])) {
    // 200 bytes are longer than a block, so they are hashed first; 40,000 are more than are written at once.
    for (const length of [32, 96, 200, 40_000]) {
      const secret = crypto.getRandomValues(new Uint8Array(length));
      // No line break, with which no secret ends.
      secret[length - 1] |= 0x80;
      const found = () => {
        const memory = Buffer.from(/** @type {WebAssembly.Memory} */ (exports.memory).buffer);
        return tracesOf(secret).filter((trace) => memory.includes(trace)).length;
      };
      sign(secret, "another");
      ok(found() > 0, `${name}, ${length}: the search does not find a body`);
      sign(new Uint8Array(length), "another");
      equal(found(), 0, `${name}, ${length}: after the next body`);

      const signer = new Signer(secret);
      equal(found(), 0, `${name}, ${length}: while a Signer lives`);
      verify(BODY, signer.sign(BODY), secret);
      signer.free();
      sign(BODY, secret);
      equal(found(), 0, `${name}, ${length}: after sign and verify`);
      if (name !== "client") continue;
      await alphapo.takeAddress(
        { currency: "BTC", foreign_id: "user-1" },
        { ...CREDENTIALS, ...sandboxOptions(secret), secret },
      );
      equal(found(), 0, `${name}, ${length}: after takeAddress`);
    }
  }
}

/**
 * The beginning and the end of a secret; padded for HMAC (RFC 2104 §2: xored with 0x36 or 0x5c); as SHA-512's words,
 * which WebAssembly writes the other way round; and the sums of the first words and the first constants (FIPS 180-4
 * §4.2.3), which the rounds keep. One that is longer than a block is hashed before it is padded.
 *
 * @param {Uint8Array} secret
 */
function tracesOf(secret) {
  const key = secret.length > 128 ? createHash("sha512").update(secret).digest() : Buffer.from(secret);
  const padded = [0x36, 0x5c].map((pad) => key.map((byte) => byte ^ pad));
  const words = padded.map((bytes) => Buffer.from(bytes).swap64());
  const sums = words.map((bytes) => {
    const sum = Buffer.alloc(16);
    for (const [index, constant] of [0x428a2f98d728ae22n, 0x7137449123ef65cdn].entries()) {
      sum.writeBigUInt64LE(BigInt.asUintN(64, bytes.readBigUInt64LE(8 * index) + constant), 8 * index);
    }
    return sum;
  });
  return [Buffer.from(secret), key, ...padded, ...words]
    .flatMap((bytes) => [bytes.subarray(0, 16), bytes.subarray(-16)])
    .concat(sums);
}

async function signatures() {
  const expected = alphapo.sign(BODY, CREDENTIALS.secret);
  const round = (/** @type {number} */ count) => {
    for (let done = 0; done < count; done += 1) {
      const { sign, Signer } = done % 2 ? alphapo : signature;
      // Now and then one that nobody frees: what it holds is for the garbage collector to find.
      const signed = done % DROPPED ? sign(BODY, CREDENTIALS.secret) : new Signer(CREDENTIALS.secret).sign(BODY);
      if (signed !== expected) throw new Error(`signed as ${signed}`);
    }
  };
  await enduring("signatures", round, { count: SIGNATURES, atOnce: SIGNATURES / 20, burst: SIGNATURES / 20 });
}

async function addresses() {
  const client = new alphapo.AlphaPo({ ...CREDENTIALS, ...sandboxOptions() });
  const round = async (/** @type {number} */ count) => {
    // A sandbox remembers every address, as it should: a new one for each round.
    const options = sandboxOptions();
    await Promise.all(Array.from({ length: count }, (_, index) => take(client, options, index)));
  };
  await enduring("addresses", round, { count: ADDRESSES, atOnce: AT_ONCE, burst: BURST });
  client.free();
}

/** What anybody can send, what a network does, and what a caller's own objects do. */
async function failures() {
  const options = { ...CREDENTIALS, baseUrl: "https://gateway.invalid", retries: 0 };
  const request = { currency: "BTC", foreign_id: "user-17" };
  const closed = () => {
    throw new Error("closed");
  };
  const fetch = () => Promise.reject(new TypeError("fetch failed"));
  const client = new alphapo.AlphaPo({ ...options, fetch });
  const forged = { "x-processing-key": CREDENTIALS.key, "x-processing-signature": "00" };
  const ways = [
    () => client.verifyCallback("{}", forged),
    () => client.verifyCallback("{}", new Headers(forged)),
    () => client.verifyCallback("{}", {}),
    () => client.verifyCallback({}, forged),
    () => client.verifyCallback("{}", { get: closed }),
    () => client.verifyCallback("{}", new Proxy({}, { ownKeys: closed })),
    () => alphapo.verifyCallback("{}", forged, { key: "key", secrets: [] }),
    () => client.takeAddress(request),
    () => alphapo.takeAddress(request, { ...options, fetch }),
    () => alphapo.takeAddress(request, { ...options, fetch: closed }),
    () => client.takeAddress(request, { signal: { aborted: false, addEventListener: closed, removeEventListener() {} } }),
    () => client.takeAddress({ ...request, foreign_id: 17n }),
    () => client.takeAddress(request, Object.defineProperty({}, "timeout", { enumerable: true, get: closed })),
  ];
  const round = async (/** @type {number} */ count) => {
    for (let done = 0; done < count; done += 1) await Promise.all(ways.map((way) => rejection(async () => way())));
  };
  await enduring("failures", round, { count: ADDRESSES, atOnce: AT_ONCE, burst: AT_ONCE });
  client.free();
}

/**
 * A Request follows its caller's signal only for as long as it is itself in use, in Node; a pause that holds nothing but
 * the Request's signal would be taken to its end, and keep the process.
 */
async function abortsAfterCollection() {
  for (const fault of [
    { type: "latency", milliseconds: 60_000 },
    { type: "slow-drip", milliseconds: 60_000 },
  ]) {
    const controller = new AbortController();
    const failed = rejection(() => slowAnswer(fault, controller.signal));
    await collected();
    controller.abort(new Error("enough"));
    equal((await failed).message, "enough", fault.type);
  }
}

/** A whole answer of a sandbox that takes its time, to a request that nobody holds. @param {any} fault @param {AbortSignal} signal */
async function slowAnswer(fault, signal) {
  const { baseUrl, fetch } = createSandbox({ ...CREDENTIALS, faults: [{ fault }] });
  return (await fetch(`${baseUrl}/ping`, { signal })).text();
}

/**
 * Half of them by a client, half by the function, which makes one for each call.
 *
 * @param {any} client
 * @param {ReturnType<typeof sandboxOptions>} options
 * @param {number} index
 */
async function take(client, options, index) {
  const currency = CURRENCIES[index % CURRENCIES.length];
  const request = { currency, foreign_id: `user-${index}`, ...(currency === "BTCLN" && { amount: "0.0001" }) };
  const { foreign_id } = await (index % 2
    ? client.takeAddress(request, { fetch: options.fetch })
    : alphapo.takeAddress(request, { ...CREDENTIALS, ...options }));
  if (foreign_id !== request.foreign_id) throw new Error(`${request.foreign_id} had the answer to ${foreign_id}`);
}

/** @param {string | Uint8Array} secret */
function sandboxOptions(secret = CREDENTIALS.secret) {
  const { baseUrl, fetch } = createSandbox({ ...CREDENTIALS, secret, seed: 1 });
  return { baseUrl, fetch };
}

/**
 * Calls so often, so many at a time, and holds what is in use after each round against what was after the warm-up.
 *
 * @param {string} what
 * @param {(count: number) => unknown} round
 * @param {{ count: number, atOnce: number, burst: number }} rounds
 */
async function enduring(what, round, { count, atOnce, burst }) {
  const started = performance.now();
  /** @type {Use[]} */
  const uses = [];
  const counts = [...Array(BURSTS).fill(burst), ...Array(count / atOnce).fill(atOnce), burst];
  for (const each of counts) {
    await round(each);
    uses.push(await use());
  }
  const [first, ...after] = uses.slice(BURSTS - 1);
  const last = /** @type {Use} */ (after.at(-1));
  const middle = Math.floor(after.length / 2);
  const [early, late] = [median(after.slice(0, middle)), median(after.slice(middle))];
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${what}: ${count} in ${seconds} s; client's memory ${first.memory[0]} → ${last.memory[0]} KiB, sandbox's ` +
      `${first.memory[1]} → ${last.memory[1]} KiB, signing's ${first.memory[2]} → ${last.memory[2]} KiB; objects held by them ` +
      `${first.objects} → ${last.objects}, in so many slots ${first.slots} → ${last.slots}; heap ` +
      `${kilobytes(early)} → ${kilobytes(late)} kB`,
  );
  for (const [index, name] of ["client", "sandbox", "signature"].entries()) {
    const growth = last.memory[index] - first.memory[index];
    ok(growth <= MEMORY, `the memory of the ${name}'s module grew by ${growth} KiB after the warm-up`);
  }
  equal(last.objects, first.objects, "JavaScript objects that the modules hold");
  // A slot that is lost holds nothing, and is lost all the same.
  equal(last.slots, first.slots, "slots for JavaScript objects in the modules");
  ok(late - early < HEAP, `JavaScript's heap grew by ${kilobytes(late - early)} kB after the warm-up`);
}

/**
 * What is in use: the modules' memory in KiB, how many objects of JavaScript each of them holds, and in how many slots, and
 * the heap in bytes.
 *
 * @typedef {{ memory: number[], objects: number[], slots: number[], heap: number }} Use
 */

/** More than once, with a turn of the loop between: what a finaliser frees is garbage of its own. */
async function collected() {
  for (let times = 0; times < 3; times += 1) {
    /** @type {any} */ (globalThis).gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What is in use now, garbage collected. @returns {Promise<Use>} */
async function use() {
  await collected();
  return {
    memory: modules.map(({ exports }) => /** @type {WebAssembly.Memory} */ (exports.memory).buffer.byteLength / 1024),
    objects: modules.map(objectsOf),
    slots: modules.map(({ exports }) => tableOf(exports)?.length ?? 0),
    heap: process.memoryUsage().heapUsed,
  };
}

/**
 * The table through which wasm-bindgen hands objects over. The module that only signs takes none.
 *
 * @param {WebAssembly.Exports} exports
 */
function tableOf(exports) {
  return /** @type {WebAssembly.Table | undefined} */ (exports.__wbindgen_externrefs);
}

/** @param {WebAssembly.Instance} module */
function objectsOf({ exports }) {
  const table = tableOf(exports);
  if (!table) return 0;
  let held = 0;
  for (let index = 0; index < table.length; index += 1) held += Number(table.get(index) != null);
  return held;
}

/** @param {Use[]} uses */
function median(uses) {
  return uses.map(({ heap }) => heap).sort((a, b) => a - b)[Math.floor(uses.length / 2)];
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return Math.round(bytes / 1000);
}
