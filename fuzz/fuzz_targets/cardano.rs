//! Shelley and Byron addresses are what minicbor and another bech32 say they are. `#` in front makes a Shelley address
//! of the rest; `%` a Byron address of parts taken from it; `^` base58 of it.

#![no_main]

use alphapo_wasm::address::cardano::{encode, encode_byron};
use alphapo_wasm::address::{Chain, Family};
use alphapo_wasm_fuzz::{base58, bech32, cardano, text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    match data {
        [b'#', header, rest @ ..] if rest.len() < 100 => {
            let all = [&[*header], rest].concat();
            for prefix in ["addr", "addr_test", "stake", "stake_test"] {
                let written = encode(prefix, *header, rest);
                assert_eq!(written, bech32::encode(prefix, &bech32::groups_of(&all), false));
                check(&written);
                check(&written.to_uppercase());
                check(&bech32::encode(prefix, &bech32::groups_of(&all), true));
            }
            // The header says which network it is; here a right one, which chance finds seldom.
            let chain = if header & 1 == 1 { Chain::Main } else { Chain::Test };
            check(&encode(cardano::prefix(chain), header & 0xf1, rest));
        }
        [b'%', kind, choices, rest @ ..] => {
            let Some((root, rest)) = rest.split_first_chunk::<28>() else { return };
            let Some((network, way)) = rest.split_first_chunk() else { return };
            let network = Some(u32::from_be_bytes(*network)).filter(|_| choices & 1 == 0);
            let way = Some(&way[..way.len().min(60)]).filter(|_| choices & 2 == 0);
            let written = base58::encode(base58::BITCOIN, &cardano::encode(root, way, network, kind % 4));
            check(&written);
            if kind % 4 == 0 {
                assert_eq!(encode_byron(root, way, network), written);
            }
        }
        [b'^', bytes @ ..] if bytes.len() < 100 => check(&base58::encode(base58::BITCOIN, bytes)),
        _ => {
            if let Some(given) = text(data) {
                check(given);
            }
        }
    }
});

fn check(given: &str) {
    let known = Family::Cardano.recognise(given).ok().map(|known| (known.kind, known.chain));
    assert_eq!(known, cardano::cardano(given), "{given}");
}
