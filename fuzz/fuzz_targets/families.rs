//! Any text is answered by every family and every currency, and they agree: a text that is an address is one exactly
//! as it stands, and money of one main network is not sent to another.

#![no_main]

use alphapo_wasm::address::{Chain, Family};
use alphapo_wasm::currency::KNOWN;
use alphapo_wasm_fuzz::text;
use libfuzzer_sys::fuzz_target;

const FAMILIES: [Family; 10] = [
    Family::Bitcoin,
    Family::BitcoinCash,
    Family::Litecoin,
    Family::Dogecoin,
    Family::Lightning,
    Family::Evm,
    Family::Tron,
    Family::XrpLedger,
    Family::Cardano,
    Family::Solana,
];

fuzz_target!(|data: &[u8]| {
    let Some(given) = text(data) else { return };
    let known: Vec<Family> = FAMILIES.into_iter().filter(|family| family.recognise(given).is_ok()).collect();
    for family in &known {
        assert!(given.bytes().all(|byte| byte.is_ascii_graphic()), "{family:?}: {given:?}");
        for padded in [format!(" {given}"), format!("{given}\n"), format!("{given}\u{200b}"), format!("{given}\0")] {
            assert!(family.recognise(&padded).is_err(), "{family:?}: {padded:?}");
        }
    }
    // Bitcoin Cash has Bitcoin's old form. Solana has no checksum: some short base58check text is 32 bytes too.
    let is_main = |family: &&Family| family.recognise(given).is_ok_and(|known| known.chain == Chain::Main);
    let main: Vec<&Family> = known.iter().filter(is_main).collect();
    assert!(main.len() <= 1 || main == [&Family::Bitcoin, &Family::BitcoinCash], "{given}: {main:?}");
    for currency in KNOWN {
        let first = currency.networks.iter().find(|network| known.contains(&network.family));
        let checked = currency.check(given).ok();
        assert_eq!(checked.map(|(network, _)| network), first, "{}: {given}", currency.code);
        assert_eq!(
            checked.map(|(_, recognised)| recognised),
            first.and_then(|network| network.family.recognise(given).ok())
        );
    }
});
