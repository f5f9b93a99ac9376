//! What SHA-512 and SHA-256 begin with and what their rounds add, which in SHA-256 are the first halves of the same
//! words (FIPS 180-4 §4.2.2, §4.2.3, §5.3.3, §5.3.5).
//!
//! The rounds' are computed when the first block is hashed. Written down they are 640 bytes that nothing packs: in gzip
//! 0.5 KB more of `alphapo-wasm/signature`, a seventh of it. Computing them takes 0.1 ms, once. The tests that hold the
//! hashes against the crate `sha2` hold them, too.

use core::sync::atomic::{AtomicU64, Ordering};

/// What SHA-512 begins with (FIPS 180-4 §5.3.5).
pub(crate) const INITIAL: [[u64; 2]; 4] = [
    [0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b],
    [0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1],
    [0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f],
    [0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179],
];

/// Rounds of SHA-512 (FIPS 180-4 §6.4.2).
pub(crate) const ROUNDS: usize = 80;

/// In the order of the rounds. None is 0, and the last is written last.
pub(crate) fn constants() -> &'static [AtomicU64] {
    // Two more than there are: signature/rounds.mjs, which knows them by this name, reads ahead.
    #[cfg_attr(all(feature = "package", target_arch = "wasm32"), unsafe(export_name = "rounds_constants"))]
    #[allow(unsafe_code, reason = "nothing else has that name")]
    static CONSTANTS: [AtomicU64; ROUNDS + 2] = [const { AtomicU64::new(0) }; ROUNDS + 2];

    let [constants @ .., _, _] = &CONSTANTS;
    if constants.last().is_some_and(|last| last.load(Ordering::Acquire) == 0) {
        compute(constants);
    }
    constants
}

/// FIPS 180-4 §4.2.3: of the first primes.
fn compute(constants: &[AtomicU64]) {
    let mut prime = 1;
    for constant in constants {
        prime = prime_after(prime);
        constant.store(cube_root_fraction(prime), Ordering::Release);
    }
}

/// The first after a number below 409, which is the 80th.
fn prime_after(number: u32) -> u32 {
    let mut candidate = number;
    loop {
        candidate = candidate.wrapping_add(1);
        // 409 is below 23 * 23, so that what is no prime has a divisor below 23.
        if (2..23).all(|divisor| divisor == candidate || !candidate.is_multiple_of(divisor)) {
            return candidate;
        }
    }
}

/// The first 64 bits after the point of the cube root of a number below 512.
fn cube_root_fraction(number: u32) -> u64 {
    // Newton's method, from above: the root with 28 bits after the point is a whole number here, and its cube has 84.
    let cube = f64::from(number) * (1_u128 << 84) as f64;
    let mut root = (8_u64 << 28) as f64;
    for _ in 0..16 {
        root -= (root - cube / (root * root)) / 3.0;
    }
    let high = root as u64;
    // What its cube lacks is below 2^64, and is the negative of it there, since the last 84 bits of the other are 0.
    let rest = high.wrapping_mul(high).wrapping_mul(high).wrapping_neg();
    let low = rest as f64 / (3.0 * high as f64 * root);
    (high << 36).wrapping_add((low * (1_u64 << 36) as f64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_of_the_standard() {
        let [first, .., last] = constants() else { panic!("there are more") };
        let words = [first, last].map(|word| word.load(Ordering::Relaxed));
        assert_eq!(words, [0x428a_2f98_d728_ae22, 0x6c44_198c_4a47_5817]);
    }
}
