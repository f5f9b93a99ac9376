//! Segwit addresses: a witness version and program in bech32.
//!
//! Source: BIP-173 for version 0, which is what is written here; BIP-350 for the checksum of later versions, which
//! are read too. The human-readable part names the chain and is left to the caller.

use alloc::string::String;
use alloc::vec::Vec;

use bech32::{Hrp, segwit};

/// What a segwit address holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segwit {
    /// The human-readable part in lower case, such as `bc`, `tb` or `tltc`.
    pub prefix: String,
    /// The witness version, 0 to 16.
    pub version: u8,
    /// The witness program; in version 0 it has 20 bytes (P2WPKH) or 32 (P2WSH).
    pub program: Vec<u8>,
}

/// Writes a version 0 address; none when the prefix cannot be one, or the program has neither 20 nor 32 bytes.
///
/// ```
/// use alphapo_wasm::address::segwit::{decode, encode};
///
/// let address = encode("tb", &[0; 20]).ok_or("no such program")?;
/// assert_eq!(address, "tb1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq0l98cr");
/// assert_eq!(decode(&address).map(|decoded| decoded.prefix).as_deref(), Some("tb"));
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn encode(prefix: &str, program: &[u8]) -> Option<String> {
    segwit::encode_v0(Hrp::parse(prefix).ok()?, program).ok()
}

/// Reads an address of any version; none when it is malformed or its checksum is not its version's.
#[must_use]
pub fn decode(text: &str) -> Option<Segwit> {
    let (prefix, version, program) = segwit::decode(text).ok()?;
    Some(Segwit { prefix: prefix.to_lowercase(), version: version.to_u8(), program })
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn the_valid_list_of_bip_173() {
        for (address, prefix, program) in [
            ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bc", "751e76e8199196d454941c45d1b3a323f1433bd6"),
            (
                "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
                "tb",
                "1863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
            ),
            (
                "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
                "tb",
                "000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
            ),
        ] {
            let program = hex::decode(program).unwrap();
            assert_eq!(encode(prefix, &program), Some(address.to_lowercase()));
            let decoded = Segwit { prefix: prefix.into(), version: 0, program };
            assert_eq!(decode(address), Some(decoded));
        }
    }

    #[test]
    fn later_versions_have_the_checksum_of_bip_350() {
        // BIP-350's list of valid addresses, and the same programs as BIP-173 wrote them, which it withdraws.
        for (address, version, length) in [
            ("bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y", 1, 40),
            ("BC1SW50QGDZ25J", 16, 2),
            ("bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", 2, 16),
            ("tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c", 1, 32),
        ] {
            let decoded = decode(address).unwrap();
            assert_eq!((decoded.version, decoded.program.len()), (version, length));
        }
        for address in [
            "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7k7grplx",
            "BC1SW50QA3JX3S",
            "bc1zw508d6qejxtdg4y5r3zarvaryvg6kdaj",
        ] {
            assert_eq!(decode(address), None, "{address}");
        }
    }

    #[test]
    fn the_invalid_list_of_bip_173() {
        for address in [
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
            "BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF2",
            "bc1rw5uspcuh",
            "bc10w508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kw5rljs90",
            "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
            "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sL5k7",
            "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du",
            "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3pjxtptv",
            "bc1gmk9yu",
            "",
        ] {
            assert_eq!(decode(address), None, "{address}");
        }
        // Invalid for its prefix alone, which is for the caller to judge.
        let other = decode("tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty").unwrap();
        assert_eq!(other.prefix, "tc");
    }

    #[test]
    fn the_documented_addresses_of_the_gateway() {
        for address in ["tb1qfdxh6gkfr0qgyatnlkd8khcnxph9tw06n6qwjc", "tb1qezlewt2mx36azu5qyx9yff7565z0u9p94vn2ha"] {
            let decoded = decode(address).unwrap();
            assert_eq!((decoded.prefix.as_str(), decoded.version, decoded.program.len()), ("tb", 0, 20));
            assert_eq!(encode("tb", &decoded.program).as_deref(), Some(address));
        }
    }

    #[test]
    fn what_version_0_does_not_hold_is_not_written() {
        for length in (0..50).filter(|length| ![20, 32].contains(length)) {
            assert_eq!(encode("tb", &vec![0; length]), None, "{length}");
        }
        for prefix in ["", "é", "tB", " "] {
            assert_eq!(encode(prefix, &[0; 20]), None, "{prefix:?}");
        }
    }
}
