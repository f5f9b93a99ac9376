//! Published vectors of HMAC-SHA512, natively: all of Wycheproof's, and RFC 4231's.
//!
//! The same vectors go through JavaScript in `tests/package/`; here they tell a fault of the crate from one of the
//! boundary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects, reason = "a failing test panics")]

use alphapo_wasm::signature::{Secret, Signer};
use wycheproof::TestResult;
use wycheproof::mac::{TestName, TestSet};

fn signer(key: impl Into<Vec<u8>>) -> Signer {
    Signer::new(&Secret::new(key)).expect("the vectors have no empty key")
}

#[test]
fn wycheproof() {
    let set = TestSet::load(TestName::HmacSha512).expect("the vectors are part of their crate");
    let mut checked = 0;
    for group in &set.test_groups {
        for test in &group.tests {
            let signer = signer(test.key.to_vec());
            let signature = signer.sign(&test.msg);
            // Some tags are truncated; the gateway's never are, so those are held against the beginning of ours.
            let tag = hex::encode(&test.tag[..]);
            let valid = test.result == TestResult::Valid;
            assert_eq!(signature.starts_with(&tag), valid, "case {}", test.tc_id);
            let whole = tag.len() == signature.len();
            assert_eq!(signer.verify(&test.msg, tag.as_bytes()), valid && whole, "case {}", test.tc_id);
            checked += 1;
        }
    }
    assert_eq!(checked, set.number_of_tests);
    assert!(checked > 100, "only {checked} vectors");
}

/// RFC 4231 §4.2 to §4.8; case 5 is truncated to 128 bits there.
#[test]
fn rfc_4231() {
    let long_key = vec![0xaa; 131];
    let case_7 = b"This is a test using a larger than block-size key and a larger than block-size data. \
                   The key needs to be hashed before being used by the HMAC algorithm.";
    let cases: [(&[u8], &[u8], &str); 7] = [
        (
            &[0x0b; 20],
            b"Hi There",
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
        ),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
        (
            &[0xaa; 20],
            &[0xdd; 50],
            "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
        ),
        (
            b"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19",
            &[0xcd; 50],
            "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd",
        ),
        (&[0x0c; 20], b"Test With Truncation", "415fad6271580a531d4179bc891d87a6"),
        (
            &long_key,
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
        ),
        (
            &long_key,
            case_7,
            "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58",
        ),
    ];
    for (case, (key, message, tag)) in cases.into_iter().enumerate() {
        assert!(signer(key).sign(message).starts_with(tag), "case {}", case + 1);
    }
}
