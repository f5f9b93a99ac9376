//! `Signer::verify` says yes to the hex digits of the body's HMAC-SHA512 in either case, and to nothing else. Three
//! lines: secret, claimed signature, body. In the claimed one `~` stands for the true digit at its place.

#![no_main]

use alphapo_wasm::signature::{Secret, Signer};
use alphapo_wasm_fuzz::lines;
use hmac::{Hmac, Mac};
use libfuzzer_sys::fuzz_target;
use sha2::Sha512;

fuzz_target!(|data: &[u8]| {
    let (secret, rest) = lines(data);
    let (claimed, body) = lines(rest.unwrap_or_default());
    let body = body.unwrap_or_default();
    let Ok(signer) = Signer::new(&Secret::new(secret)) else {
        assert!(secret.is_empty());
        return;
    };
    let reference = Hmac::<Sha512>::new_from_slice(secret).expect("any length").chain_update(body).finalize();
    let expected: String = reference.into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(signer.sign(body), expected);

    let of_both = claimed.iter().zip(expected.bytes().chain([b'~'; 8]).chain(core::iter::repeat(b'~')));
    let claimed: Vec<u8> = of_both.map(|(claimed, truth)| if *claimed == b'~' { truth } else { *claimed }).collect();
    assert_eq!(signer.verify(body, &claimed), expected.as_bytes().eq_ignore_ascii_case(&claimed));
});
