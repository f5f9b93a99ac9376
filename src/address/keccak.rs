//! Keccak-256, as Ethereum has it: with Keccak's own padding, which SHA-3 changed.
//!
//! Only the sponge is here; the permutation is the crate `keccak`'s.

use keccak::Keccak;

/// How many bytes a block has.
const RATE: usize = 136;

/// The hash of a message shorter than a block.
pub(super) fn keccak_256<const N: usize>(message: [u8; N]) -> [u8; 32] {
    const { assert!(N < RATE) };
    let mut block = [0; 200];
    block.iter_mut().zip(message).for_each(|(to, byte)| *to = byte);
    if let Some(byte) = block.get_mut(N) {
        *byte = 1;
    }
    if let Some(byte) = block.get_mut(RATE - 1) {
        *byte |= 0x80;
    }
    let mut state = [0; 25];
    for (lane, bytes) in state.iter_mut().zip(block.as_chunks().0) {
        *lane = u64::from_le_bytes(*bytes);
    }
    Keccak::new().with_f1600(|permute| permute(&mut state));
    let mut hash = [0; 32];
    for (bytes, lane) in hash.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = lane.to_le_bytes();
    }
    hash
}
