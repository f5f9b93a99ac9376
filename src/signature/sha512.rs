//! SHA-512 (FIPS 180-4), from blocks to state; padding and lengths are here too, HMAC is not.
//!
//! It takes the place of the `sha2` crate's because four fifths of a signature are compressions. Nanoseconds for a
//! block of 128 bytes, and kilobytes of WebAssembly, all compiled for size: `sha2` 0.11 compact 388 and 2.0, unrolled
//! 230 and 11.4, with simd128 211 and 5.8; this 160 and 1.9 (Node 24, an Intel Xeon). And `sha2` lets no state between
//! blocks be kept and wiped in its place. The rounds are in `rounds.rs`, and for the package in `rounds.mjs`. The tests
//! hold all of it against `sha2` and `hmac`.

use zeroize::Zeroize;

use super::pair::{Ending, Pair, Two, wipe};
use super::rounds::{self, WORDS};
use crate::sha2_constants;

/// Length of a block, in bytes (FIPS 180-4 §1).
pub(super) const BLOCK_LENGTH: u64 = 128;

/// The bit after a message, and the seven after it (FIPS 180-4 §5.1.2).
const END: Ending = Ending { mark: 0x80, pad: 0 };

/// What ends a message of a block and a hash: the mark, and the length in bits.
const END_OF_HASH: [Two; 4] = [[1 << 63, 0], [0, 0], [0, 0], [0, (BLOCK_LENGTH + 64) << 3]];

/// The eight working variables between blocks.
#[derive(Clone)]
#[repr(C, align(16))]
pub(super) struct State(pub(super) [Two; 4]);

impl Zeroize for State {
    fn zeroize(&mut self) {
        wipe(self.0.as_flattened_mut());
    }
}

/// The words of a block, and room for those that the rounds make of them.
#[repr(C, align(16))]
pub(super) struct Block([u64; WORDS]);

impl Zeroize for Block {
    fn zeroize(&mut self) {
        rounds::wipe(&mut self.0);
    }
}

/// Where a message begins that has no key.
pub(super) const INITIAL: State = State(sha2_constants::INITIAL);

impl Block {
    pub(super) const EMPTY: Self = Self([0; WORDS]);

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

    /// Takes the end of a message of two blocks, of which the second is a hash.
    pub(super) fn fill_hash(&mut self, hash: &State) {
        let (pairs, _) = self.0.as_chunks_mut();
        if let ([words, ending, ..], _) = pairs.as_chunks_mut() {
            copy(words, &hash.0);
            copy(ending, &END_OF_HASH);
        }
    }

    fn pairs(&mut self) -> impl Iterator<Item = &mut Two> {
        self.0.as_chunks_mut().0.iter_mut()
    }
}

/// Without a copy elsewhere on the way.
fn copy(words: &mut [Two; 4], other: &[Two; 4]) {
    for (words, other) in words.iter_mut().zip(other) {
        Pair::load(other).store(words);
    }
}

impl State {
    pub(super) const EMPTY: Self = Self([[0; 2]; 4]);

    /// The state of another, without a copy elsewhere on the way.
    pub(super) fn copy(&mut self, other: &Self) {
        copy(&mut self.0, &other.0);
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
        rounds::compress(&mut self.0, &mut block.0);
    }
}
