//! The rounds of SHA-512 as the package's modules have them: `xtask/package.mjs` puts what `rounds.mjs` writes into the
//! place of the function that is imported here. It knows of them how they are called and what they leave in memory.

#![allow(unsafe_code, reason = "what is linked is not Rust")]

use core::cell::UnsafeCell;

use super::pair::{self, Two};
use crate::sha2_constants::{ROUNDS, constants};

/// A block's own: those that are made of them stay in registers.
pub(super) const WORDS: usize = 16;

#[link(wasm_import_module = "rounds")]
unsafe extern "C" {
    #[link_name = "compress"]
    fn linked(state: *mut [Two; 4], words: *const [u64; WORDS]);
}

/// Where the rounds keep the sums of words and constants, which tell the words. They make them two ahead.
#[unsafe(export_name = "rounds_sums")]
static SUMS: Sums = Sums(UnsafeCell::new([0; ROUNDS + 2]));

#[repr(transparent)]
struct Sums(UnsafeCell<[u64; ROUNDS + 2]>);

// SAFETY: WebAssembly runs one thread.
unsafe impl Sync for Sums {}

pub(super) fn compress(state: &mut [Two; 4], words: &mut [u64; WORDS]) {
    // They are computed then, and the rounds read them.
    constants();
    // SAFETY: it reads a block, the constants and `SUMS`, and writes to `SUMS` and the state, which are ours alone:
    // WebAssembly runs one thread. Its loads and stores take any alignment.
    unsafe { linked(state, words) }
}

/// Zeros in the place of a block and of what is left of it.
pub(super) fn wipe(words: &mut [u64; WORDS]) {
    pair::wipe(words);
    // SAFETY: nobody else has a reference to them. The compiler leaves it, since whoever has their address may read them.
    unsafe { (*SUMS.0.get()).fill(0) }
}
