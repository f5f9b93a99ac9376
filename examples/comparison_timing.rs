//! Does the time to refuse a signature tell how much of it was right? `cargo run --release --example comparison_timing`
//!
//! After dudect (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant time?", 2017): signatures of two classes in
//! random order, one wrong in an early digit, the other in a late one, a million of them; then Welch's t-test over the
//! times, whole and cropped at percentiles. |t| above 4.5 would be evidence of a leak. It reports and asserts nothing,
//! because a busy machine makes a difference of its own. It says nothing of the `.wasm`, which engines compile anew.

#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a tool, not the crate"
)]

use std::hint::black_box;
use std::time::Instant;

use alphapo_wasm::signature::{Secret, Signer};

const SAMPLES: usize = 1_000_000;

fn main() {
    let signer = Signer::new(&Secret::new("secret")).unwrap();
    let body = b"{}";
    let right = signer.sign(body).into_bytes();
    let wrong_at = |at: usize| {
        let mut signature = right.clone();
        signature[at] = if signature[at] == b'0' { b'1' } else { b'0' };
        signature
    };
    // The time to decode a digit depends on whether it is a letter, which whoever sends it knows: so both classes change
    // a decimal digit into another.
    let is_decimal = |digit: &u8| digit.is_ascii_digit();
    let classes =
        [right.iter().position(is_decimal), right.iter().rposition(is_decimal)].map(|at| wrong_at(at.unwrap()));

    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut times = Vec::with_capacity(SAMPLES);
    for _ in 0..SAMPLES {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let class = usize::from(state & 1 == 1);
        // Both classes from the same place in memory.
        let mut signature = [0; 128];
        signature.copy_from_slice(&classes[class]);
        let started = Instant::now();
        black_box(signer.verify(black_box(body), black_box(&signature)));
        times.push((class, started.elapsed().as_nanos() as f64));
    }

    let mut sorted: Vec<f64> = times.iter().map(|(_, time)| *time).collect();
    sorted.sort_by(f64::total_cmp);
    println!("{SAMPLES} signatures, median {} ns", sorted[SAMPLES / 2]);
    for percent in [50, 90, 99, 100] {
        let limit = sorted[(SAMPLES * percent / 100).min(SAMPLES - 1)];
        let t = welch(&times, limit);
        println!("  up to percentile {percent:3} ({limit} ns): |t| = {:.2}", t.abs());
    }
}

/// Welch's t of the two classes, over the times up to `limit`.
fn welch(times: &[(usize, f64)], limit: f64) -> f64 {
    let [first, second] = [0, 1].map(|class| {
        let kept: Vec<f64> =
            times.iter().filter(|(of, time)| *of == class && *time <= limit).map(|(_, time)| *time).collect();
        let count = kept.len() as f64;
        let mean = kept.iter().sum::<f64>() / count;
        let variance = kept.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
        (mean, variance / count)
    });
    (first.0 - second.0) / (first.1 + second.1).sqrt()
}
