//! Keccak-256, as Ethereum has it: with Keccak's own padding, which SHA-3 changed.
//!
//! Only the sponge is here; the permutation is the crate `keccak`'s.

use keccak::Keccak;

/// How many lanes of 8 bytes a block has.
const RATE: usize = 17;

/// The hash of a message that is shorter than a block.
pub(super) fn keccak_256<const LANES: usize>(message: [[u8; 8]; LANES]) -> [[u8; 8]; 4] {
    const { assert!(LANES < RATE - 1) };
    let mut state = [0; 25];
    // The padding: a 1 after the message, and a 1 at the end of the block.
    let padding = 1_u64.to_le_bytes();
    state.iter_mut().zip(message.iter().chain([&padding])).for_each(|(lane, bytes)| *lane = u64::from_le_bytes(*bytes));
    if let Some(last) = state.get_mut(RATE - 1) {
        *last = 1 << 63;
    }
    Keccak::new().with_f1600(|permute| permute(&mut state));
    let [first, second, third, fourth, ..] = state;
    [first, second, third, fourth].map(u64::to_le_bytes)
}
