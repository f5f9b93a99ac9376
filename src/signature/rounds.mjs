// The rounds of SHA-512 (FIPS 180-4 §6.4.2) in WebAssembly, as text: package.mjs puts them into the client's module and
// into the one that signs, for linked_rounds.rs to call. In Rust they are in rounds.rs.
//
// LLVM adds in an order of its own and moves vectors away from the rest, whatever the source says; newer engines keep both.
// In this order a block takes less time than in the best that LLVM was brought to: 13 % in Node 24 and 26, 7 in Node 22,
// 21 in Deno, 12 in Bun (an Intel Xeon). The variables are renamed after each round, which costs nothing once it is
// compiled, so that all rounds are the same bytes: of the eight copies gzip makes one.

const BYTES_OF_ROUND = 8;
const BYTES_OF_PAIR = 2 * BYTES_OF_ROUND;

const ROUNDS = 80;
/** Those that come before the last sixteen make the words of later ones. */
const MAKING = ROUNDS - 16;

const STATE = ["a", "b", "c", "d", "e", "f", "g", "h"];
/** The next sixteen words, two in each. */
const WORDS = ["w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7"];

const get = (name) => `(local.get $${name})`;
const set = (name, value) => `(local.set $${name} ${value})\n`;
const add = (first, second) => `(i64.add ${first} ${second})`;
const xor = (first, second) => `(i64.xor ${first} ${second})`;
const and = (first, second) => `(i64.and ${first} ${second})`;
const rotated = (name, bits) => `(i64.rotr ${get(name)} (i64.const ${bits}))`;
const sum = (name, [first, second, third]) =>
  xor(xor(rotated(name, first), rotated(name, second)), rotated(name, third));

const addTwo = (first, second) => `(i64x2.add ${first} ${second})`;
const xorTwo = (first, second) => `(v128.xor ${first} ${second})`;
const shiftedTwo = (name, bits) => `(i64x2.shr_u ${get(name)} (i32.const ${bits}))`;
const rotatedTwo = (name, bits) =>
  `(v128.or ${shiftedTwo(name, bits)} (i64x2.shl ${get(name)} (i32.const ${64 - bits})))`;
/** The second word of these and the first of those. */
const between = (these, those) =>
  `(i8x16.shuffle 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 ${get(these)} ${get(those)})`;

const until = (label, round) => `(br_if $${label} (i32.ne ${get("at")} (i32.const ${round * BYTES_OF_ROUND})))`;

/** Leaves the sum of two words and of their constants where the rounds read it, which are so many pairs ahead. */
function prepare(places, name, ahead) {
  const at = (address) => `offset=${address + ahead * BYTES_OF_PAIR} ${get("at")}`;
  return `(v128.store ${at(places.sums)} ${addTwo(get(name), `(v128.load ${at(places.constants)})`)})\n`;
}

/** The next round, or the one after it. */
function round(places, ahead) {
  const choice = xor(get("g"), and(get("e"), xor(get("f"), get("g"))));
  // Maj(a, b, c) is b ^ ((a ^ b) & (b ^ c)), and b ^ c is a ^ b of the round before.
  const majority = xor(get("b"), and(get("other"), get("unlike")));
  const word = `(i64.load offset=${places.sums + ahead * BYTES_OF_ROUND} ${get("at")})`;
  return (
    // Last in both sums is what the next round waits for longest.
    set("first", add(add(add(get("h"), word), choice), sum("e", [14, 18, 41]))) +
    set("other", xor(get("a"), get("b"))) +
    set("h", get("g")) +
    set("g", get("f")) +
    set("f", get("e")) +
    set("e", add(get("d"), get("first"))) +
    set("first", add(add(get("first"), majority), sum("a", [28, 34, 39]))) +
    set("d", get("c")) +
    set("c", get("b")) +
    set("b", get("a")) +
    set("a", get("first")) +
    set("unlike", get("other"))
  );
}

/** Two rounds, and the words of those that are sixteen later (step 1). */
function makingPair(places) {
  const sum0 = xorTwo(xorTwo(rotatedTwo("new", 1), `(i8x16.swizzle ${get("new")} ${get("by8")})`), shiftedTwo("new", 7));
  const sum1 = xorTwo(xorTwo(rotatedTwo("w7", 19), rotatedTwo("w7", 61)), shiftedTwo("w7", 6));
  return pair(places, [
    set("new", between("w0", "w1")) + set("new", addTwo(addTwo(get("w0"), between("w4", "w5")), sum0)),
    set("new", addTwo(get("new"), sum1)),
    set("w7", get("new")),
  ]);
}

/** Two rounds, with something before each and after both, and the sums of the next two, which there are after the last, too. */
function pair(places, [beforeFirst, beforeSecond, after]) {
  const renamed = WORDS.slice(1).map((name, index) => set(WORDS[index], get(name)));
  return [
    prepare(places, "w1", 1),
    beforeFirst,
    round(places, 0),
    beforeSecond,
    round(places, 1),
    ...renamed,
    after,
    set("at", `(i32.add ${get("at")} (i32.const ${BYTES_OF_PAIR}))`),
  ].join("");
}

/** The function, under a name of the module's and for places in its memory. */
function compress(name, places) {
  const locals = (names, type) => names.map((local) => `(local $${local} ${type})`).join("");
  const load = (names, type, bytes, from) =>
    names.map((local, index) => set(local, `(${type}.load offset=${index * bytes} ${get(from)})`)).join("");
  const addToState = (index) => {
    const two = `(i64x2.replace_lane 1 (i64x2.splat ${get(STATE[index])}) ${get(STATE[index + 1])})`;
    const place = `offset=${index * BYTES_OF_ROUND} ${get("state")}`;
    return `(v128.store ${place} ${addTwo(`(v128.load ${place})`, two)})\n`;
  };
  const making = makingPair(places);
  const last = pair(places, ["", "", ""]);
  return `(func ${name} (param $state i32) (param $words i32) (local $at i32)
    ${locals([...STATE, "unlike", "other", "first"], "i64")} ${locals([...WORDS, "new", "by8"], "v128")}
    ${load(STATE, "i64", BYTES_OF_ROUND, "state")}
    ${load(WORDS, "v128", BYTES_OF_PAIR, "words")}
    ${set("unlike", xor(get("b"), get("c")))}
    ${set("by8", "(v128.const i8x16 1 2 3 4 5 6 7 0 9 10 11 12 13 14 15 8)")}
    ${prepare(places, "w0", 0)}
    (loop $making ${making} ${making} ${until("making", MAKING)})
    (loop $last ${last} ${last} ${until("last", ROUNDS)})
    ${[0, 2, 4, 6].map(addToState).join("")})`;
}

/** A module's text with the rounds in the place of their import, and without the addresses that it exports for them. */
export function withRounds(module) {
  const [imported, name] = /^ \(import "rounds" "compress" \(func (\$\S+) .*\n/m.exec(module);
  const globals = new Map(
    Array.from(module.matchAll(/^ \(global (\$\S+) i32 \(i32\.const (\d+)\)\)\n/gm), ([line, global, address]) => [
      global,
      { line, address: Number(address) },
    ]),
  );
  let rest = module.replace(imported, "");
  const places = {};
  for (const [exported, place, global] of module.matchAll(/^ \(export "rounds_(\w+)" \(global (\$\S+)\)\)\n/gm)) {
    const { line, address } = globals.get(global);
    places[place] = address;
    rest = rest.replace(exported, "").replace(line, "");
  }
  return rest.replace(/\)\s*$/, () => `${compress(name, places)})\n`);
}
