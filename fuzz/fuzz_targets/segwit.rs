//! Segwit addresses are read as another bech32 reads them, and written as they were, in lower case.

#![no_main]

use alphapo_wasm::address::segwit::{Segwit, decode, encode};
use alphapo_wasm_fuzz::text;
use bech32::{FromBase32, ToBase32, Variant};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let [b'#', version, program @ ..] = data {
        let variant = if *version == 0 { Variant::Bech32 } else { Variant::Bech32m };
        let Ok(group) = bech32::u5::try_from_u8(*version) else { return };
        let groups = [vec![group], program.to_base32()].concat();
        check(&bech32::encode("tb", groups, variant).expect("a prefix"));
    } else if let Some(given) = text(data) {
        check(given);
    }
});

fn check(given: &str) {
    let decoded = decode(given);
    assert_eq!(decoded, reference(given), "{given}");
    let Some(decoded) = decoded else { return };
    if decoded.version == 0 {
        assert_eq!(encode(&decoded.prefix, &decoded.program), Some(given.to_lowercase()));
    }
}

/// BIP-173 and BIP-350, over the groups and the checksum of the other bech32.
fn reference(given: &str) -> Option<Segwit> {
    let (prefix, groups, variant) = bech32::decode(given).ok().filter(|_| given.len() <= 90)?;
    let (version, groups) = groups.split_first()?;
    // The last group may hold up to 4 bits of padding, which are 0.
    let program = Vec::<u8>::from_base32(groups).ok()?;
    let version = version.to_u8();
    let fits = match version {
        0 => variant == Variant::Bech32 && matches!(program.len(), 20 | 32),
        1..=16 => variant == Variant::Bech32m && (2..=40).contains(&program.len()),
        _ => false,
    };
    fits.then(|| Segwit { prefix: prefix.to_lowercase(), version, program })
}
