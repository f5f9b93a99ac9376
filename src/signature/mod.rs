//! The gateway's signature: HMAC-SHA512 over the exact bytes of the body, in lower-case hex.
//!
//! Source: the gateway's authentication page; HMAC is RFC 2104, SHA-512 is FIPS 180-4. The secret is used as the
//! bytes of its text, never hex-decoded. This module compares in constant time, prints nothing of a secret, and
//! knows neither HTTP nor JSON.
//!
//! Whoever sees the memory must not find the secret in it, so what is derived from a key is kept where it can be wiped:
//! `hmac` 0.13 leaves the padded key on the stack. `tests/boundary.rs` searches the memory; the tests hold the whole
//! against `hmac`.

mod hmac;
#[cfg(any(test, all(target_arch = "wasm32", any(feature = "client", feature = "signature"))))]
mod numeric;
mod pair;
#[cfg(not(all(feature = "package", target_arch = "wasm32")))]
mod rounds;
#[cfg(all(feature = "package", target_arch = "wasm32"))]
#[path = "linked_rounds.rs"]
mod rounds;
mod sha512;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use zeroize::{Zeroize, Zeroizing};

use self::hmac::{BLOCK_LENGTH, HASH_LENGTH, INITIAL, Rest, Schedule, Sixteens, Work, same_digits};
use crate::error::{Code, Error};

/// Length of a signature, in bytes (FIPS 180-4 §1: SHA-512 has a 512-bit digest).
pub const SIGNATURE_LENGTH: usize = 64;

/// The merchant's secret. It prints as redacted and is wiped when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes over the bytes of a secret. A secret given as text is its UTF-8 bytes.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The secret's bytes, for checks that must look at them. Never to be printed.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl core::fmt::Debug for Secret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// Signs and verifies bodies under one secret, with the key schedule computed once.
///
/// It holds the two states of SHA-512 after the padded key instead of the secret; they are as sensitive and are wiped
/// when it is dropped.
///
/// ```
/// use alphapo_wasm::signature::{Secret, Signer};
///
/// // The example of the gateway's authentication page.
/// let signer = Signer::new(&Secret::new("AbCdEfG123456"))?;
/// let signature = signer.sign(br#"{"currency":"BTC","foreign_id":"123456"}"#);
/// assert!(signature.starts_with("03c25fcf7cd35e7d995e402cd5d51edd"));
/// assert!(signer.verify(br#"{"currency":"BTC","foreign_id":"123456"}"#, signature.as_bytes()));
/// # Ok::<(), alphapo_wasm::error::Error>(())
/// ```
#[derive(Clone)]
pub struct Signer(Box<Schedule>);

impl Signer {
    /// Computes the key schedule.
    ///
    /// # Errors
    /// [`Code::InvalidOption`] for an empty secret: it signs, but with nothing, and is always a missing variable.
    pub fn new(secret: &Secret) -> Result<Self, Error> {
        if secret.bytes().is_empty() {
            return Err(Error::of_field(Code::InvalidOption, "secret", "is empty"));
        }
        let mut schedule = Box::new(Schedule::EMPTY);
        let mut work = Work::EMPTY;
        with_rest(secret.bytes(), |blocks, mut rest| {
            if rest.total > BLOCK_LENGTH {
                work.start(&INITIAL);
                work.absorb(blocks);
                work.finish(&mut rest);
                schedule.derive(&mut work, rest.bytes, HASH_LENGTH);
            } else {
                schedule.derive(&mut work, blocks.first().unwrap_or(rest.bytes), rest.total as u8);
            }
        });
        Ok(Self(schedule))
    }

    /// The signature of exactly these bytes: 128 lower-case hex digits.
    #[must_use]
    pub fn sign(&self, body: &[u8]) -> String {
        self.digits(body).as_flattened().iter().copied().map(char::from).collect()
    }

    /// Whether `signature`, 128 hex digits of either case, is this body's. Constant time over the signature's
    /// bytes; anything malformed is `false`.
    #[must_use]
    pub fn verify(&self, body: &[u8], signature: &[u8]) -> bool {
        match signature.as_chunks::<16>() {
            (claimed, []) => claimed.try_into().is_ok_and(|claimed| same_digits(&self.digits(body), claimed)),
            _ => false,
        }
    }

    fn digits(&self, body: &[u8]) -> Sixteens {
        let mut digits = Sixteens::default();
        let mut work = Work::EMPTY;
        with_rest(body, |blocks, rest| {
            work.start(self.0.start());
            work.absorb(blocks);
            self.0.sign(&mut work, rest, &mut digits);
        });
        digits
    }
}

/// The hash of bytes that are nobody's secret (FIPS 180-4 §6.4).
#[cfg(feature = "sandbox")]
pub(crate) fn sha512(bytes: &[u8]) -> [u8; 64] {
    let mut hash = [0; 64];
    let mut work = Work::EMPTY;
    with_rest(bytes, |blocks, mut rest| {
        work.start(&INITIAL);
        work.absorb(blocks);
        work.finish(&mut rest);
        hash.iter_mut().zip(rest.bytes.as_flattened()).for_each(|(hash, byte)| *hash = *byte);
    });
    hash
}

/// Hands over bytes as whole blocks and the rest, whose copy is wiped afterwards, since it may be of a key.
fn with_rest(bytes: &[u8], hash: impl FnOnce(&[Sixteens], Rest<'_>)) {
    let (sixteens, _) = bytes.as_chunks();
    let (blocks, _) = sixteens.as_chunks();
    let left = bytes.chunks_exact(128).remainder();
    let mut rest = Sixteens::default();
    rest.as_flattened_mut().iter_mut().zip(left).for_each(|(rest, left)| *rest = *left);
    hash(blocks, Rest { bytes: &mut rest, length: left.len() as u8, total: bytes.len() as u64 });
    rest.zeroize();
}

impl core::fmt::Debug for Signer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Signer(redacted)")
    }
}

#[cfg(test)]
#[allow(clippy::string_slice, reason = "a failing test panics")]
mod tests {
    use super::*;

    fn signer(secret: &str) -> Signer {
        Signer::new(&Secret::new(secret)).unwrap()
    }

    #[test]
    fn the_documented_example() {
        let body = br#"{"currency":"BTC","foreign_id":"123456"}"#;
        let expected = "03c25fcf7cd35e7d995e402cd5d51edd72d48e1471e865907967809a0c189ba5\
                        5b90815f20e2bb10f82c7a9e9d865546fda58989c2ae9e8e2ff7bc29195fa1ec";
        assert_eq!(signer("AbCdEfG123456").sign(body), expected);
        assert!(signer("AbCdEfG123456").verify(body, expected.as_bytes()));
        assert!(signer("AbCdEfG123456").verify(body, expected.to_uppercase().as_bytes()));
    }

    #[test]
    fn one_changed_bit_is_refused() {
        let signer = signer("AbCdEfG123456");
        let signature = signer.sign(b"{}");
        assert!(!signer.verify(b"{ }", signature.as_bytes()));
        for position in 0..signature.len() {
            let mut forged = signature.clone().into_bytes();
            forged[position] = if forged[position] == b'0' { b'1' } else { b'0' };
            assert!(!signer.verify(b"{}", &forged), "digit {position}");
        }
    }

    #[test]
    fn malformed_signatures_are_refused() {
        let signer = signer("s");
        let signature = signer.sign(b"");
        let long = format!("{signature}0");
        let spaced = format!(" {signature}");
        let prefixed = format!("0x{}", &signature[2..]);
        for malformed in ["", "00", &signature[..127], &signature[..126], &long, &spaced, &prefixed] {
            assert!(!signer.verify(b"", malformed.as_bytes()), "{malformed:?}");
        }
        assert!(!signer.verify(b"", &[0xff; 128]));
    }

    #[test]
    fn an_empty_secret_is_an_error_that_names_it() {
        let error = Signer::new(&Secret::new("")).unwrap_err();
        assert_eq!(error.code, Code::InvalidOption);
        assert_eq!(error.fields[0].0, "secret");
    }

    /// Every length of key and body around the block boundaries, against RustCrypto's HMAC.
    #[test]
    fn it_is_hmac() {
        use ::hmac::{Hmac, KeyInit, Mac};
        use sha2::Sha512;

        let bytes: Vec<u8> = (0..600_u32).map(|at| (at * at % 251) as u8).collect();
        // Miri takes a thousand times as long.
        let (every_key, every_body) = if cfg!(miri) { (43, 37) } else { (1, 7) };
        for key in (1..300).step_by(every_key).map(|length| &bytes[..length]) {
            let signer = Signer::new(&Secret::new(key)).unwrap();
            for body in (0..300).step_by(every_body).map(|length| &bytes[length..2 * length]) {
                let expected = Hmac::<Sha512>::new_from_slice(key).unwrap().chain_update(body).finalize().into_bytes();
                let signature = hex::encode(expected);
                assert_eq!(signer.sign(body), signature, "key {}, body {}", key.len(), body.len());
                assert!(signer.verify(body, signature.as_bytes()));
            }
        }
    }

    #[test]
    fn key_material_is_wiped_when_dropped() {
        fn is_wiped<T: zeroize::ZeroizeOnDrop>() {}
        is_wiped::<Schedule>();
        is_wiped::<Zeroizing<Vec<u8>>>();
    }

    #[test]
    fn nothing_of_a_secret_is_printed() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret:?}"), "Secret(redacted)");
        assert_eq!(format!("{:?}", Signer::new(&secret).unwrap()), "Signer(redacted)");
    }
}
