//! Addresses of Bitcoin and Litecoin are what two second readers say they are. `#` in front: the next byte chooses a
//! prefix, the one after it is the witness version, the rest a program; or else a version byte and a hash.

#![no_main]

use alphapo_wasm::address::{Chain, Family, base58::encode_check, segwit};
use alphapo_wasm_fuzz::{base58, bech32, coins, text};
use libfuzzer_sys::fuzz_target;

const PREFIXES: [&str; 7] = ["bc", "tb", "bcrt", "ltc", "tltc", "rltc", "lnbc"];

fuzz_target!(|data: &[u8]| {
    match data {
        [b'#', choice, version, rest @ ..] if usize::from(choice % 8) < PREFIXES.len() => {
            let prefix = PREFIXES[usize::from(choice % 8)];
            let version = version & 31;
            let groups = [vec![version], bech32::groups_of(rest)].concat();
            check(&bech32::encode(prefix, &groups, (version > 0) ^ (choice & 8 != 0)));
            let written = segwit::encode(prefix, version, rest);
            assert_eq!(written, bech32::encode(prefix, &groups, version > 0));
            check(&written.to_uppercase());
        }
        [b'#', _, version, rest @ ..] if rest.len() < 50 => {
            let written = encode_check(*version, rest);
            assert_eq!(written, base58::encode_check(base58::BITCOIN, &[&[*version], rest].concat()));
            check(&written);
        }
        _ => {
            if let Some(given) = text(data) {
                check(given);
            }
        }
    }
});

fn check(given: &str) {
    let sort = |family: Family| family.recognise(given).ok().map(|known| (known.kind, known.chain));
    let (bitcoin, litecoin) = (sort(Family::Bitcoin), sort(Family::Litecoin));
    assert_eq!(bitcoin, coins::bitcoin(given), "{given}");
    assert_eq!(litecoin, coins::litecoin(given), "{given}");
    // What pays to one main network must not pass for the other.
    let main = |sort: Option<(_, Chain)>| sort.is_some_and(|(_, chain)| chain == Chain::Main);
    assert!(!(main(bitcoin) && main(litecoin)), "{given}");
}
