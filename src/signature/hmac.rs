//! HMAC-SHA512 (RFC 2104) with its key schedule computed once, and its code as hex digits.
//!
//! What is derived from a key is written where it is to stay, or into a [`Work`], which is wiped; none of it is copied
//! on the way, and nothing here allocates.

use zeroize::Zeroize;

pub(super) use super::pair::same_digits;
use super::sha512::{BLOCK_LENGTH, Block, INITIAL, State};

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

/// A message in part: whole blocks, and what is left. `done` blocks of it were absorbed before.
pub(super) struct Message<'a> {
    pub(super) blocks: &'a [Sixteens],
    pub(super) rest: &'a Sixteens,
    /// At most 127.
    pub(super) rest_length: u8,
    pub(super) done: u64,
}

impl Message<'_> {
    fn length(&self) -> u64 {
        let blocks = self.done.wrapping_add(self.blocks.len() as u64);
        blocks.wrapping_mul(BLOCK_LENGTH).wrapping_add(self.rest_length.into())
    }
}

impl Schedule {
    /// No key's. To hash a message by itself, it is hashed after this.
    pub(super) const PLAIN: Self = Self { inner: INITIAL, outer: INITIAL };

    pub(super) const EMPTY: Self = Self { inner: State::EMPTY, outer: State::EMPTY };

    /// The schedule of the key that is this message.
    pub(super) fn derive(&mut self, secret: &Message<'_>, work: &mut Work) {
        if secret.length() <= BLOCK_LENGTH {
            let block = secret.blocks.first().unwrap_or(secret.rest);
            work.key.fill_key(block, secret.length() as u8);
        } else {
            // RFC 2104 §2: a key longer than a block is hashed first.
            work.hash(&INITIAL, secret, 0);
            work.key.fill_hashed_key(&work.state);
        }
        for (state, pad) in [(&mut self.inner, INNER), (&mut self.outer, OUTER)] {
            state.copy(&INITIAL);
            work.block.fill_padded(&work.key, pad);
            state.compress(&mut work.block);
        }
        work.zeroize();
    }

    /// Goes on with a message whose end is not there yet.
    pub(super) fn absorb(&self, part: &Message<'_>, work: &mut Work) {
        work.absorb(&self.inner, part);
    }

    /// RFC 2104 §2, steps 3 to 7.
    pub(super) fn sign(&self, message: &Message<'_>, work: &mut Work, digits: &mut Sixteens) {
        work.hash(&self.inner, message, BLOCK_LENGTH);
        work.block.fill_hash(&work.state, BLOCK_LENGTH);
        work.state.copy(&self.outer);
        work.state.compress(&mut work.block);
        work.state.write_hex(digits);
    }
}

impl Work {
    pub(super) const EMPTY: Self = Self { state: State::EMPTY, block: Block::EMPTY, key: Block::EMPTY };

    fn absorb(&mut self, start: &State, part: &Message<'_>) {
        if part.done == 0 {
            self.state.copy(start);
        }
        for block in part.blocks {
            self.block.fill(block);
            self.state.compress(&mut self.block);
        }
    }

    /// The hash of a message, of which `before` bytes made the state that it starts from.
    fn hash(&mut self, start: &State, message: &Message<'_>, before: u64) {
        self.absorb(start, message);
        let total = message.length().wrapping_add(before);
        self.state.finish(&mut self.block, message.rest, message.rest_length, total);
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
