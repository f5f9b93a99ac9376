//! SHA-256 (FIPS 180-4) twice over a short message: the checksum of base58check.
//!
//! It takes the place of the crate `sha2`'s, which is its reference in the tests, because it shares the constants of
//! SHA-512: in the client's module 0.9 KB less in gzip. It is as small as it goes, since an address is two blocks.

use core::sync::atomic::Ordering;

use crate::sha2_constants::{INITIAL, constants};

/// Rounds (FIPS 180-4 §6.2.2).
const ROUNDS: usize = 64;

/// The longest message, in bytes: with its padding it is one block.
pub(super) const LONGEST: usize = 55;

/// The bit after a message, in its word (FIPS 180-4 §5.1.1).
const END_MARK: u32 = 0x8000_0000;

/// The words of a block, and those that are derived from them.
type Schedule = [u32; ROUNDS];

/// The hash of the hash of a message of at most [`LONGEST`] bytes.
pub(super) fn sha_256_twice(message: &[u8]) -> [u32; 8] {
    let mut block = [0; 64];
    block.iter_mut().zip(message).for_each(|(to, byte)| *to = *byte);
    if let Some(byte) = block.get_mut(message.len()) {
        *byte = 0x80;
    }
    let mut schedule = [0; ROUNDS];
    schedule.iter_mut().zip(block.as_chunks().0).for_each(|(word, bytes)| *word = u32::from_be_bytes(*bytes));
    let [a, b, c, d, e, f, g, h] = hash(schedule, message.len());

    let mut schedule = [0; ROUNDS];
    if let Some(words) = schedule.first_chunk_mut() {
        *words = [a, b, c, d, e, f, g, h, END_MARK];
    }
    hash(schedule, 32)
}

/// The hash of a message of one block, `length` bytes long (FIPS 180-4 §6.2.2).
#[inline(never)]
fn hash(mut schedule: Schedule, length: usize) -> [u32; 8] {
    if let Some(bits) = schedule.get_mut(15) {
        *bits = (length as u32).wrapping_mul(8);
    }
    let mut words = schedule.as_mut_slice();

    let mut state = [0; 8];
    state.iter_mut().zip(INITIAL.as_flattened()).for_each(|(word, initial)| *word = first_half(*initial));
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = state;
    for constant in constants() {
        // SHA-512 has more rounds.
        let [word, ..] = words else { break };
        let constant = first_half(constant.load(Ordering::Relaxed));
        let sum1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let first = h.wrapping_add(*word).wrapping_add(constant).wrapping_add(g ^ (e & (f ^ g))).wrapping_add(sum1);
        let sum0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let second = sum0.wrapping_add((a & b) ^ (a & c) ^ (b & c));
        (a, b, c, d, e, f, g, h) = (first.wrapping_add(second), a, b, c, d.wrapping_add(first), e, f, g);

        if let Some([w0, w1, _, _, _, _, _, _, _, w9, _, _, _, _, w14, _, w16]) = words.first_chunk_mut() {
            let sigma0 = w1.rotate_right(7) ^ w1.rotate_right(18) ^ (*w1 >> 3);
            let sigma1 = w14.rotate_right(17) ^ w14.rotate_right(19) ^ (*w14 >> 10);
            *w16 = w0.wrapping_add(sigma0).wrapping_add(*w9).wrapping_add(sigma1);
        }
        words = words.get_mut(1..).unwrap_or_default();
    }
    state.iter_mut().zip([a, b, c, d, e, f, g, h]).for_each(|(word, worked)| *word = word.wrapping_add(worked));
    state
}

fn first_half(word: u64) -> u32 {
    (word >> 32) as u32
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::address::tests::Random;

    #[test]
    fn it_hashes_as_the_crate_sha2_does() {
        let mut random = Random(3);
        for length in 0..=LONGEST {
            for _ in 0..2_000 {
                let message = random.bytes(length);
                let hash = sha_256_twice(&message).map(u32::to_be_bytes);
                assert_eq!(hash.as_flattened(), &Sha256::digest(Sha256::digest(&message))[..], "{message:?}");
            }
        }
    }
}
