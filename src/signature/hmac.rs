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

/// What every byte of the padded key is xored with, for the inner and for the outer hash (RFC 2104 §2), in a whole word.
const INNER: u64 = 0x3636_3636_3636_3636;
const OUTER: u64 = 0x5c5c_5c5c_5c5c_5c5c;

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
    key: Block,
}

impl Schedule {
    pub(super) const EMPTY: Self = Self { inner: State::EMPTY, outer: State::EMPTY };

    /// Where a message that is to be signed begins.
    pub(super) fn start(&self) -> &State {
        &self.inner
    }

    /// The schedule of the key that was taken; nothing of it is left in the work.
    pub(super) fn derive(&mut self, work: &mut Work) {
        for (state, pad) in [(&mut self.inner, INNER), (&mut self.outer, OUTER)] {
            state.copy(&INITIAL);
            work.block.fill_padded(&work.key, pad);
            state.compress(&mut work.block);
        }
        work.zeroize();
    }

    /// Signs the message whose whole blocks were absorbed and whose rest this is: RFC 2104 §2, steps 4 to 7.
    pub(super) fn sign(&self, work: &mut Work, rest: Rest<'_>, digits: &mut Sixteens) {
        let Work { state, block, .. } = work;
        state.finish(block, rest.bytes, rest.length, rest.total.wrapping_add(BLOCK_LENGTH));
        block.fill_hash(state, BLOCK_LENGTH);
        state.copy(&self.outer);
        state.compress(block);
        state.write_hex(digits);
    }
}

/// What is left of a message when its whole blocks are absorbed: `length` bytes, at most 127, of `total`.
#[derive(Clone, Copy)]
pub(super) struct Rest<'a> {
    pub(super) bytes: &'a Sixteens,
    pub(super) length: u8,
    pub(super) total: u64,
}

impl Work {
    pub(super) const EMPTY: Self = Self { state: State::EMPTY, block: Block::EMPTY, key: Block::EMPTY };

    /// Begins a message. What is no key's is hashed from [`INITIAL`].
    pub(super) fn start(&mut self, state: &State) {
        self.state.copy(state);
    }

    pub(super) fn absorb(&mut self, blocks: &[Sixteens]) {
        for block in blocks {
            self.block.fill(block);
            self.state.compress(&mut self.block);
        }
    }

    /// Ends a message that is hashed by itself.
    pub(super) fn finish(&mut self, rest: Rest<'_>) {
        self.state.finish(&mut self.block, rest.bytes, rest.length, rest.total);
    }

    /// The hash of the message that ended.
    #[cfg(feature = "sandbox")]
    pub(super) fn hash(&self) -> [u8; 64] {
        let mut hash = [0; 64];
        let (words, _) = hash.as_chunks_mut();
        words.iter_mut().zip(self.state.0.as_flattened()).for_each(|(bytes, word)| *bytes = word.to_be_bytes());
        hash
    }

    /// Takes a key of at most 128 bytes.
    pub(super) fn take_key(&mut self, bytes: &Sixteens, length: u8) {
        self.key.fill_key(bytes, length);
    }

    /// Takes a longer one, whose whole blocks were absorbed: it is hashed first (RFC 2104 §2).
    pub(super) fn take_long_key(&mut self, rest: Rest<'_>) {
        self.finish(rest);
        self.key.fill_hashed_key(&self.state);
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
        self.key.zeroize();
    }
}
