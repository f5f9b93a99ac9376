//! HMAC-SHA512 (RFC 2104) with its key schedule computed once, and its code as hex digits.
//!
//! What is derived from a key is written where it is to stay, or into a [`Work`], which is wiped; none of it is copied
//! on the way, and nothing here allocates.

use zeroize::Zeroize;

pub(super) use super::pair::same_digits;
pub(super) use super::sha512::{BLOCK_LENGTH, INITIAL};
use super::sha512::{Block, State};

/// A block of a message, or a code as hex digits: 128 bytes, 16 at a time.
pub(super) type Sixteens = [[u8; 16]; 8];

/// Length of a hash, in bytes (FIPS 180-4 §1).
pub(super) const HASH_LENGTH: u8 = 64;

/// What every byte of the padded key is xored with, for the inner and for the outer hash (RFC 2104 §2).
const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

/// SHA-512 after the padded key, for the inner and for the outer hash (RFC 2104 §4). It signs as well as the key does.
#[derive(Clone)]
#[repr(C, align(16))]
pub(super) struct Schedule {
    inner: State,
    outer: State,
}

/// Where a message is hashed: what is left of it here is to be wiped when it was a key.
#[repr(C, align(16))]
pub(super) struct Work {
    state: State,
    block: Block,
}

/// What is left of a message when its whole blocks are absorbed: `length` bytes, at most 127, of `total`.
pub(super) struct Rest<'a> {
    pub(super) bytes: &'a mut Sixteens,
    pub(super) length: u8,
    pub(super) total: u64,
}

impl Schedule {
    pub(super) const EMPTY: Self = Self { inner: State::EMPTY, outer: State::EMPTY };

    /// Where a message that is to be signed begins.
    pub(super) fn start(&self) -> &State {
        &self.inner
    }

    /// The schedule of a key of `length` bytes, at most 128; nothing of it is left in the work.
    pub(super) fn derive(&mut self, work: &mut Work, key: &Sixteens, length: u8) {
        work.begin(&mut self.inner, key, length, INNER);
        work.begin(&mut self.outer, key, length, OUTER);
        work.zeroize();
    }

    /// Signs the message whose whole blocks were absorbed and whose rest this is: RFC 2104 §2, steps 4 to 7.
    pub(super) fn sign(&self, work: &mut Work, rest: Rest<'_>, digits: &mut Sixteens) {
        let Work { state, block } = work;
        state.finish(block, rest.bytes, rest.length, rest.total.wrapping_add(BLOCK_LENGTH));
        block.fill_hash(state);
        state.copy(&self.outer);
        state.compress(block);
        state.write_hex(digits);
    }
}

impl Work {
    pub(super) const EMPTY: Self = Self { state: State::EMPTY, block: Block::EMPTY };

    /// The state after the padded key (RFC 2104 §2, steps 1, 2 and 5).
    fn begin(&mut self, state: &mut State, key: &Sixteens, length: u8, pad: u8) {
        state.copy(&INITIAL);
        self.block.fill_key(key, length, pad);
        state.compress(&mut self.block);
    }

    /// Begins a message. What is no key's is hashed from [`INITIAL`].
    pub(super) fn start(&mut self, state: &State) {
        self.state.copy(state);
    }

    pub(super) fn absorb<'a>(&mut self, blocks: impl IntoIterator<Item = &'a Sixteens>) {
        for block in blocks {
            self.block.fill(block);
            self.state.compress(&mut self.block);
        }
    }

    /// The bytes of what was signed or hashed last, in the first half of these.
    #[cfg(any(test, all(target_arch = "wasm32", any(feature = "client", feature = "signature"))))]
    pub(super) fn write(&self, bytes: &mut Sixteens) {
        self.state.write(bytes);
    }

    /// Ends a message that is hashed by itself, and puts its hash in the place of its rest: 64 bytes.
    pub(super) fn finish(&mut self, rest: &mut Rest<'_>) {
        self.state.finish(&mut self.block, rest.bytes, rest.length, rest.total);
        self.state.write(rest.bytes);
    }
}

impl Zeroize for Schedule {
    fn zeroize(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

impl Drop for Schedule {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl zeroize::ZeroizeOnDrop for Schedule {}

impl Zeroize for Work {
    fn zeroize(&mut self) {
        self.state.zeroize();
        self.block.zeroize();
    }
}
