//! SHA-512 (FIPS 180-4), from blocks to state; padding and lengths are here too, HMAC is not.
//!
//! It takes the place of the `sha2` crate's because four fifths of a signature are compressions. Nanoseconds for a
//! block of 128 bytes, and kilobytes of WebAssembly, all compiled for size: `sha2` 0.11 compact 388 and 2.0, unrolled
//! 230 and 11.4, with simd128 211 and 5.8; this 187 and 0.9 (Node 24, an Intel Xeon). And `sha2` lets no state between
//! blocks be kept and wiped in its place. Four rounds a turn: two are 120 bytes less in gzip and 5 % slower, eight, with
//! the words of the schedule in registers, 450 more and 9 % faster. The schedule is computed two words at a time
//! (`pair.rs`), sixteen rounds before it is read. The tests hold all of it against `sha2` and `hmac`.

use core::sync::atomic::{AtomicU64, Ordering};

use zeroize::Zeroize;

use super::pair::{Ending, Pair, Two, wipe};
use crate::sha2_constants::{self, ROUNDS, constants};

/// Length of a block, in bytes (FIPS 180-4 §1).
pub(super) const BLOCK_LENGTH: u64 = 128;

/// The bit after a message, and the seven after it (FIPS 180-4 §5.1.2).
const END: Ending = Ending { mark: 0x80, pad: 0 };

/// The eight working variables between blocks.
#[derive(Clone)]
#[repr(C, align(16))]
pub(super) struct State(pub(super) [Two; 4]);

impl Zeroize for State {
    fn zeroize(&mut self) {
        wipe(self.0.as_flattened_mut());
    }
}

/// The words of a block's schedule, of which the first sixteen are its own (FIPS 180-4 §6.4.2, step 1).
#[repr(C, align(16))]
pub(super) struct Block([u64; ROUNDS]);

impl Zeroize for Block {
    fn zeroize(&mut self) {
        wipe(&mut self.0);
    }
}

/// Where a message begins that has no key.
pub(super) const INITIAL: State = State(sha2_constants::INITIAL);

impl Block {
    pub(super) const EMPTY: Self = Self([0; ROUNDS]);

    /// Takes a block of a message.
    pub(super) fn fill(&mut self, bytes: &[[u8; 16]; 8]) {
        for (words, bytes) in self.pairs().zip(bytes) {
            Pair::of_bytes(bytes).store(words);
        }
    }

    /// Takes a key of `length` bytes, at most 128, with zeros after it, and each byte of that xored.
    pub(super) fn fill_key(&mut self, bytes: &[[u8; 16]; 8], length: u8, pad: u8) {
        self.fill_last(bytes, 0, length, Ending { mark: 0, pad });
    }

    /// Takes what is in the block that begins `from` bytes after these: of `length` bytes, and their ending.
    fn fill_last(&mut self, bytes: &[[u8; 16]; 8], from: u8, length: u8, ending: Ending) {
        let mut from = from;
        for (words, bytes) in self.pairs().zip(bytes) {
            Pair::of_last_bytes(bytes, from, length, ending).store(words);
            from = from.wrapping_add(16);
        }
    }

    fn pairs(&mut self) -> impl Iterator<Item = &mut Two> {
        self.0.as_chunks_mut().0.iter_mut()
    }
}

impl State {
    pub(super) const EMPTY: Self = Self([[0; 2]; 4]);

    /// The state of another, without a copy elsewhere on the way.
    pub(super) fn copy(&mut self, other: &Self) {
        for (words, other) in self.0.iter_mut().zip(&other.0) {
            Pair::load(other).store(words);
        }
    }

    /// The end of a message (FIPS 180-4 §5.1.2): `length` bytes of it are left, at most 127, of `total`.
    pub(super) fn finish(&mut self, block: &mut Block, bytes: &[[u8; 16]; 8], length: u8, total: u64) {
        let mut from = 0_u8;
        block.fill_last(bytes, from, length, END);
        // 17 bytes more must fit: the mark, and the length in bits as 128 bits.
        while length >= from.wrapping_add(112) {
            self.compress(block);
            from = 128;
            block.fill_last(bytes, from, length, END);
        }
        if let Some(last) = block.pairs().nth(7) {
            *last = [total >> 61, total << 3];
        }
        self.compress(block);
    }

    /// Its bytes, in the first half of these.
    pub(super) fn write(&self, bytes: &mut [[u8; 16]; 8]) {
        for (words, bytes) in self.0.iter().zip(bytes) {
            Pair::load(words).write_bytes(bytes);
        }
    }

    /// Its bytes as lower-case hex digits.
    pub(super) fn write_hex(&self, digits: &mut [[u8; 16]; 8]) {
        let (digits, _) = digits.as_chunks_mut();
        for (words, digits) in self.0.iter().zip(digits) {
            Pair::load(words).write_hex(digits);
        }
    }

    /// FIPS 180-4 §6.4.2.
    #[inline(never)]
    pub(super) fn compress(&mut self, block: &mut Block) {
        let [[a, b], [c, d], [e, f], [g, h]] = self.0;
        let mut working = Working { a, b, c, d, e, f, g, h, unlike: b ^ c };
        let Block(words) = block;
        let mut words = words.as_mut_slice();
        for [k0, k1, k2, k3] in constants() {
            let [w0, w1, w2, w3, ..] = words else { break };
            working = working.round(*w0, k0).round(*w1, k1).round(*w2, k2).round(*w3, k3);
            // After the rounds: before them, LLVM reads these four words as parts of the vectors, which takes longer.
            schedule(words);
            schedule(words.get_mut(2..).unwrap_or_default());
            words = words.get_mut(4..).unwrap_or_default();
        }

        let Working { a, b, c, d, e, f, g, h, .. } = working;
        let [ab, cd, ef, gh] = &mut self.0;
        Pair::load(ab).add(Pair::of(a, b)).store(ab);
        Pair::load(cd).add(Pair::of(c, d)).store(cd);
        Pair::load(ef).add(Pair::of(e, f)).store(ef);
        Pair::load(gh).add(Pair::of(g, h)).store(gh);
    }
}

/// The eight working variables, and `b ^ c`.
struct Working {
    a: u64,
    b: u64,
    c: u64,
    d: u64,
    e: u64,
    f: u64,
    g: u64,
    h: u64,
    unlike: u64,
}

impl Working {
    /// FIPS 180-4 §6.4.2, step 3.
    #[inline(always)]
    fn round(self, word: u64, constant: &AtomicU64) -> Self {
        let Self { a, b, c, d, e, f, g, h, unlike } = self;
        let sum1 = e.rotate_right(14) ^ e.rotate_right(18) ^ e.rotate_right(41);
        let choice = g ^ (e & (f ^ g));
        let first =
            h.wrapping_add(word.wrapping_add(constant.load(Ordering::Relaxed))).wrapping_add(choice).wrapping_add(sum1);
        // Rotated by 28, 34 and 39. By parts of each other one copy less is made, which is 10 % of a block in Bun. Of `sum1`,
        // for which the next round waits, the same takes longer in V8.
        let sum0 = ((a.rotate_right(5) ^ a).rotate_right(6) ^ a).rotate_right(28);
        // Maj(a, b, c) is b ^ ((a ^ b) & (b ^ c)), and b ^ c is a ^ b of the round before.
        let other = a ^ b;
        let second = sum0.wrapping_add(b ^ (other & unlike));
        Self {
            a: first.wrapping_add(second),
            b: a,
            c: b,
            d: c,
            e: d.wrapping_add(first),
            f: e,
            g: f,
            h: g,
            unlike: other,
        }
    }
}

/// The words 16 and 17 of these, if there are as many, from those before (FIPS 180-4 §6.4.2, step 1).
#[inline(always)]
fn schedule(words: &mut [u64]) {
    let Some(words) = words.first_chunk_mut() else { return };
    let new = two::<0>(words).add(sigma0(two::<1>(words))).add(two::<9>(words)).add(sigma1(two::<14>(words)));
    if let Some(last) = words.last_chunk_mut() {
        new.store(last);
    }
}

#[inline(always)]
fn two<const FROM: usize>(words: &[u64; 18]) -> Pair {
    words.get(FROM..).and_then(|words| words.first_chunk()).map_or(Pair::of(0, 0), Pair::load)
}

/// FIPS 180-4 §4.1.3, (4.12).
#[inline(always)]
fn sigma0(words: Pair) -> Pair {
    words.rotate::<1>().xor(words.rotate::<8>()).xor(words.shift::<7>())
}

/// FIPS 180-4 §4.1.3, (4.13).
#[inline(always)]
fn sigma1(words: Pair) -> Pair {
    words.rotate::<19>().xor(words.rotate::<61>()).xor(words.shift::<6>())
}
