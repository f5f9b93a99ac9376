//! Keccak-256, as Ethereum has it: with Keccak's own padding, which SHA-3 changed.
//!
//! Only the sponge is here; the permutation is the crate `keccak`'s.

use keccak::Keccak;

/// How many lanes a block has. A lane is 8 bytes, the least first.
const RATE: usize = 17;

/// The hash of a message that is shorter than a block, both in lanes.
pub(super) fn keccak_256<const LANES: usize>(message: [u64; LANES]) -> [u64; 4] {
    const { assert!(LANES < RATE - 1) };
    let mut state = [0; 25];
    // The padding: a 1 after the message, and a 1 at the end of the block.
    state.iter_mut().zip(message.iter().chain([&1])).for_each(|(lane, part)| *lane = *part);
    if let Some(last) = state.get_mut(RATE - 1) {
        *last = 1 << 63;
    }
    Keccak::new().with_f1600(|permute| permute(&mut state));
    let [first, second, third, fourth, ..] = state;
    [first, second, third, fourth]
}
