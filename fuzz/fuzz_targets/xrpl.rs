//! Classic addresses of the XRP Ledger are read as a second reader reads them, and written as they were.

#![no_main]

use alphapo_wasm::address::xrpl::{decode, encode};
use alphapo_wasm_fuzz::{base58, text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let [b'#', account @ ..] = data
        && let Ok(account) = <[u8; 20]>::try_from(account)
    {
        let address = encode(&account);
        assert_eq!(address, base58::encode_check(base58::RIPPLE, 0, &account));
        assert_eq!(decode(&address), Some(account));
    }
    let Some(given) = text(data) else { return };
    let expected = base58::decode_check(base58::RIPPLE, data)
        .and_then(|(version, payload)| if version == 0 { <[u8; 20]>::try_from(payload).ok() } else { None });
    let decoded = decode(given);
    assert_eq!(decoded, expected);
    if let Some(account) = decoded {
        assert_eq!(encode(&account), given);
    }
});
