//! The rounds of SHA-512 (FIPS 180-4 §6.4.2): the words of a block are added to a state.
//!
//! The package's modules have the same in WebAssembly (`rounds.mjs`), so here it may be plain.

use core::sync::atomic::Ordering;

use super::pair::Two;
pub(super) use super::pair::wipe;
use crate::sha2_constants::{ROUNDS, constants};

/// The schedule, of which the first sixteen are the block's own words.
pub(super) const WORDS: usize = ROUNDS;

pub(super) fn compress(state: &mut [Two; 4], words: &mut [u64; WORDS]) {
    schedule(words);
    let [[a, b], [c, d], [e, f], [g, h]] = *state;
    let mut working = [a, b, c, d, e, f, g, h];
    for (word, constant) in words.iter().zip(constants()) {
        working = round(working, word.wrapping_add(constant.load(Ordering::Relaxed)));
    }
    for (word, working) in state.as_flattened_mut().iter_mut().zip(working) {
        *word = word.wrapping_add(working);
    }
}

/// Step 1, with the functions (4.12) and (4.13) of §4.1.3.
fn schedule(words: &mut [u64; WORDS]) {
    let mut rest = words.as_mut_slice();
    while let Some([first, second, .., tenth, _, _, _, _, fifteenth, _, new]) = rest.first_chunk_mut::<17>() {
        let sum0 = second.rotate_right(1) ^ second.rotate_right(8) ^ (*second >> 7);
        let sum1 = fifteenth.rotate_right(19) ^ fifteenth.rotate_right(61) ^ (*fifteenth >> 6);
        *new = first.wrapping_add(sum0).wrapping_add(*tenth).wrapping_add(sum1);
        rest = rest.get_mut(1..).unwrap_or_default();
    }
}

/// Step 3, with the functions (4.8) to (4.11) of §4.1.3.
fn round([a, b, c, d, e, f, g, h]: [u64; 8], word: u64) -> [u64; 8] {
    let sum1 = e.rotate_right(14) ^ e.rotate_right(18) ^ e.rotate_right(41);
    let choice = g ^ (e & (f ^ g));
    let first = h.wrapping_add(word).wrapping_add(choice).wrapping_add(sum1);
    let sum0 = a.rotate_right(28) ^ a.rotate_right(34) ^ a.rotate_right(39);
    let majority = b ^ ((a ^ b) & (b ^ c));
    [first.wrapping_add(majority).wrapping_add(sum0), a, b, c, d.wrapping_add(first), e, f, g]
}
