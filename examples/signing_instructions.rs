//! Signs a body of so many bytes so many times, for callgrind to count: what the native core executes for one signature,
//! which no noise can touch. `benches/native.mjs` runs it twice and takes the difference.

use std::hint::black_box;

use alphapo_wasm::error::Error;
use alphapo_wasm::signature::{Secret, Signer};

fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1).map(|word| word.parse::<usize>().unwrap_or_default());
    let (size, repetitions) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let signer = Signer::new(&Secret::new("8jm613ha8ymuitm5a2hfi29gwbyy6qp1"))?;
    let body = vec![b'u'; size];
    for _ in 0..repetitions {
        black_box(signer.sign(black_box(&body)));
    }
    Ok(())
}
