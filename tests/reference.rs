//! A million random signatures against RustCrypto's HMAC, natively and optimised: `cargo test --release --test reference`.
//!
//! The same is done in WebAssembly in `tests/boundary.rs`, and with the published modules in the package's tests.

#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a failing test panics"
)]

use alphapo_wasm::signature::{Secret, Signer};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;

/// Debug builds are far slower, so there it is a fiftieth of them.
const SIGNATURES: usize = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };
const LONGEST: usize = 1_100;

/// Marsaglia's xorshift, 64 bits, with a fixed seed.
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

fn bytes(state: &mut u64, length: usize) -> Vec<u8> {
    (0..length).map(|_| random(state) as u8).collect()
}

#[test]
fn random_signatures_are_the_references_at_every_length() {
    let mut state = 0x9e37_79b9_7f4a_7c15;
    let mut checked = 0;
    while checked < SIGNATURES {
        let length = 1 + random(&mut state) as usize % 300;
        let secret = bytes(&mut state, length);
        let signer = Signer::new(&Secret::new(&*secret)).unwrap();
        let keyed = Hmac::<Sha512>::new_from_slice(&secret).unwrap();
        let body = bytes(&mut state, LONGEST);
        for length in 0..=LONGEST {
            let body = &body[LONGEST - length..];
            let expected = hex::encode(keyed.clone().chain_update(body).finalize().into_bytes());
            assert_eq!(signer.sign(body), expected, "secret {secret:02x?}, {length} bytes");
            checked += 1;
        }
    }
}
