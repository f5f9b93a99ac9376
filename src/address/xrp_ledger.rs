//! XRP Ledger: base58check in the ledger's own alphabet, without a tag (classic) or with room for one (X-address).
//!
//! Source: the ledger's documentation, "base58 Encodings" and "Addresses"; XLS-5 for X-addresses. Test networks
//! write classic addresses like the main one. The tag of a classic address stands beside it.

use alloc::string::String;

use super::base58::{MAX_CHARACTERS, RIPPLE, decode_check, encode_check_in};
use super::{Chain, Flaw, HASH_LENGTH, Kind};

/// The version byte of an account's classic address.
const ACCOUNT: u8 = 0;

/// How an X-address begins on the main network: its text with `X`.
const MAIN: [u8; 2] = [0x05, 0x44];

/// How an X-address begins on a test network: its text with `T`.
const TEST: [u8; 2] = [0x04, 0x93];

/// Writes the classic address of an account.
///
/// ```
/// use alphapo_wasm::address::xrp_ledger::encode;
///
/// // The ledger's ACCOUNT_ZERO.
/// assert_eq!(encode(&[0; 20]), "rrrrrrrrrrrrrrrrrrrrrhoLvTp");
/// ```
#[must_use]
pub fn encode(account: &[u8; HASH_LENGTH]) -> String {
    encode_check_in(RIPPLE, &[ACCOUNT], account)
}

/// Writes the X-address of an account and a tag.
#[must_use]
pub fn encode_x(chain: Chain, account: &[u8; HASH_LENGTH], tag: Option<u32>) -> String {
    let version = if chain == Chain::Main { MAIN } else { TEST };
    let number = u64::from(tag.unwrap_or_default()).to_le_bytes();
    encode_check_in(RIPPLE, &version, &[&account[..], &[tag.is_some().into()], &number].concat())
}

/// The kind, the chain, and the tag inside.
pub(super) fn recognise(text: &[u8]) -> Result<(Kind, Chain, Option<u32>), Flaw> {
    let mut room = [0; MAX_CHARACTERS];
    let bytes = decode_check(RIPPLE, b"rXT", text, &mut room)?;
    if let [ACCOUNT, account @ ..] = bytes {
        return if account.len() == HASH_LENGTH { Ok((Kind::Classic, Chain::Either, None)) } else { Err(Flaw::Length) };
    }
    // After the account a flag, and the tag from its least byte on, in twice the room that tags have today.
    let (rest, tag) = bytes.split_last_chunk().ok_or(Flaw::Length)?;
    let (version, rest) = rest.split_first_chunk().ok_or(Flaw::Length)?;
    let chain = match *version {
        MAIN => Chain::Main,
        TEST => Chain::Test,
        _ => return Err(Flaw::Form),
    };
    let (flag, account) = rest.split_last().ok_or(Flaw::Length)?;
    if account.len() != HASH_LENGTH {
        return Err(Flaw::Length);
    }
    let tag = match (*flag, u64::from_le_bytes(*tag)) {
        (0, 0) => None,
        (1, tag) => Some(u32::try_from(tag).map_err(|_| Flaw::Form)?),
        _ => return Err(Flaw::Form),
    };
    Ok((Kind::XAddress, chain, tag))
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;
    use crate::address::Family;

    /// xrpl.js, packages/ripple-address-codec, test/index.test.ts: account, tag, X-address on the main network and on a
    /// test network.
    const X_ADDRESSES: [(&str, Option<u32>, &str, &str); 22] = [
        (
            "r9cZA1mLK5R5Am25ArfXFmqgNwjZgnfk59",
            None,
            "X7AcgcsBL6XDcUb289X4mJ8djcdyKaB5hJDWMArnXr61cqZ",
            "T719a5UwUCnEs54UsxG9CJYYDhwmFCqkr7wxCcNcfZ6p5GZ",
        ),
        (
            "r9cZA1mLK5R5Am25ArfXFmqgNwjZgnfk59",
            Some(1),
            "X7AcgcsBL6XDcUb289X4mJ8djcdyKaGZMhc9YTE92ehJ2Fu",
            "T719a5UwUCnEs54UsxG9CJYYDhwmFCvbJNZbi37gBGkRkbE",
        ),
        (
            "r9cZA1mLK5R5Am25ArfXFmqgNwjZgnfk59",
            Some(14),
            "X7AcgcsBL6XDcUb289X4mJ8djcdyKaGo2K5VpXpmCqbV2gS",
            "T719a5UwUCnEs54UsxG9CJYYDhwmFCvqXVCALUGJGSbNV3x",
        ),
        (
            "r9cZA1mLK5R5Am25ArfXFmqgNwjZgnfk59",
            Some(11_747),
            "X7AcgcsBL6XDcUb289X4mJ8djcdyKaLFuhLRuNXPrDeJd9A",
            "T719a5UwUCnEs54UsxG9CJYYDhwmFCziiNHtUukubF2Mg6t",
        ),
        (
            "rLczgQHxPhWtjkaQqn3Q6UM8AbRbbRvs5K",
            None,
            "XVZVpQj8YSVpNyiwXYSqvQoQqgBttTxAZwMcuJd4xteQHyt",
            "TVVrSWtmQQssgVcmoMBcFQZKKf56QscyWLKnUyiuZW8ALU4",
        ),
        (
            "rpZc4mVfWUif9CRoHRKKcmhu1nx2xktxBo",
            None,
            "X7YenJqxv3L66CwhBSfd3N8RzGXxYqPopMGMsCcpho79rex",
            "T77wVQzA8ntj9wvCTNiQpNYLT5hmhRsFyXDoMLqYC4BzQtV",
        ),
        (
            "rpZc4mVfWUif9CRoHRKKcmhu1nx2xktxBo",
            Some(58),
            "X7YenJqxv3L66CwhBSfd3N8RzGXxYqV56ZkTCa9UCzgaao1",
            "T77wVQzA8ntj9wvCTNiQpNYLT5hmhR9kej6uxm4jGcQD7rZ",
        ),
        (
            "rsA2LpzuawewSBQXkiju3YQTMzW13pAAdW",
            Some(23_480),
            "X7d3eHCXzwBeWrZec1yT24iZerQjYL8m8zCJ16ACxu1BrBY",
            "T7YChPFWifjCAXLEtg5N74c7fSAYsvSokwcmBPBUZWhxH5P",
        ),
        (
            "rsA2LpzuawewSBQXkiju3YQTMzW13pAAdW",
            Some(11_747),
            "X7d3eHCXzwBeWrZec1yT24iZerQjYLo2CJf8oVC5CMWey5m",
            "T7YChPFWifjCAXLEtg5N74c7fSAYsvTcc7nEfwuEEvn5Q4w",
        ),
        (
            "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf",
            None,
            "XVLhHMPHU98es4dbozjVtdWzVrDjtV5fdx1mHp98tDMoQXb",
            "TVE26TYGhfLC7tQDno7G8dGtxSkYQn49b3qD26PK7FcGSKE",
        ),
        (
            "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf",
            Some(0),
            "XVLhHMPHU98es4dbozjVtdWzVrDjtV8AqEL4xcZj5whKbmc",
            "TVE26TYGhfLC7tQDno7G8dGtxSkYQnSy8RHqGHoGJ59spi2",
        ),
        (
            "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf",
            Some(1),
            "XVLhHMPHU98es4dbozjVtdWzVrDjtV8xvjGQTYPiAx6gwDC",
            "TVE26TYGhfLC7tQDno7G8dGtxSkYQnSz1uDimDdPYXzSpyw",
        ),
        (
            "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf",
            Some(2),
            "XVLhHMPHU98es4dbozjVtdWzVrDjtV8zpDURx7DzBCkrQE7",
            "TVE26TYGhfLC7tQDno7G8dGtxSkYQnTryP9tG9TW8GeMBmd",
        ),
        (
            "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf",
            Some(32),
            "XVLhHMPHU98es4dbozjVtdWzVrDjtVoYiC9UvKfjKar4LJe",
            "TVE26TYGhfLC7tQDno7G8dGtxSkYQnT2oqaCDzMEuCDAj1j",
        ),
        (
            "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf",
            Some(276),
            "XVLhHMPHU98es4dbozjVtdWzVrDjtVoKj3MnFGMXEFMnvJV",
            "TVE26TYGhfLC7tQDno7G8dGtxSkYQnTMgJJYfAbsiPsc6Zg",
        ),
        (
            "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf",
            Some(65_591),
            "XVLhHMPHU98es4dbozjVtdWzVrDjtVozpjdhPQVdt3ghaWw",
            "TVE26TYGhfLC7tQDno7G8dGtxSkYQn7ryu2W6njw7mT1jmS",
        ),
        (
            "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf",
            Some(16_781_933),
            "XVLhHMPHU98es4dbozjVtdWzVrDjtVqrDUk2vDpkTjPsY73",
            "TVE26TYGhfLC7tQDno7G8dGtxSkYQnVsw45sDtGHhLi27Qa",
        ),
        (
            "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf",
            Some(4_294_967_294),
            "XVLhHMPHU98es4dbozjVtdWzVrDjtV1kAsixQTdMjbWi39u",
            "TVE26TYGhfLC7tQDno7G8dGtxSkYQnX8tDFQ53itLNqs6vU",
        ),
        (
            "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf",
            Some(4_294_967_295),
            "XVLhHMPHU98es4dbozjVtdWzVrDjtV18pX8yuPT7y4xaEHi",
            "TVE26TYGhfLC7tQDno7G8dGtxSkYQnXoy6kSDh6rZzApc69",
        ),
        (
            "rPEPPER7kfTD9w2To4CQk6UCfuHM9c6GDY",
            None,
            "XV5sbjUmgPpvXv4ixFWZ5ptAYZ6PD2gYsjNFQLKYW33DzBm",
            "TVd2rqMkYL2AyS97NdELcpeiprNBjwLZzuUG5rZnaewsahi",
        ),
        (
            "rPEPPER7kfTD9w2To4CQk6UCfuHM9c6GDY",
            Some(0),
            "XV5sbjUmgPpvXv4ixFWZ5ptAYZ6PD2m4Er6SnvjVLpMWPjR",
            "TVd2rqMkYL2AyS97NdELcpeiprNBjwRQUBetPbyrvXSTuxU",
        ),
        (
            "rPEPPER7kfTD9w2To4CQk6UCfuHM9c6GDY",
            Some(13_371_337),
            "XV5sbjUmgPpvXv4ixFWZ5ptAYZ6PD2qwGkhgc48zzcx6Gkr",
            "TVd2rqMkYL2AyS97NdELcpeiprNBjwVUDvp3vhpXbNhLwJi",
        ),
    ];

    #[test]
    fn the_addresses_of_the_reference() {
        for (classic, tag, main, test) in X_ADDRESSES {
            let mut room = [0; MAX_CHARACTERS];
            let account = decode_check(RIPPLE, b"r", classic.as_bytes(), &mut room).unwrap();
            let account: [u8; HASH_LENGTH] = account[1..].try_into().unwrap();
            assert_eq!(encode(&account), classic);
            assert_eq!(recognise(classic.as_bytes()), Ok((Kind::Classic, Chain::Either, None)));
            for (chain, text) in [(Chain::Main, main), (Chain::Test, test)] {
                assert_eq!(encode_x(chain, &account, tag), text);
                assert_eq!(recognise(text.as_bytes()), Ok((Kind::XAddress, chain, tag)), "{text}");
            }
        }
    }

    #[test]
    fn known_classic_addresses() {
        for (address, account) in [
            // xrpl.js, packages/ripple-address-codec, src/xrp-codec.test.ts.
            ("rJrRMgiRgrU6hDF4pgu5DXQdWyPbY35ErN", "ba8e78626ee42c41b46d46c3048df3a1c3c87072"),
            // The ledger's documentation, "Special Addresses": ACCOUNT_ZERO and ACCOUNT_ONE.
            ("rrrrrrrrrrrrrrrrrrrrrhoLvTp", "0000000000000000000000000000000000000000"),
            ("rrrrrrrrrrrrrrrrrrrrBZbvji", "0000000000000000000000000000000000000001"),
        ] {
            assert_eq!(encode(&hex::decode(account).unwrap().try_into().unwrap()), address);
            assert_eq!(Family::XrpLedger.recognise(address).map(|recognised| recognised.kind), Ok(Kind::Classic));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for (text, flaw) in [
            ("", Flaw::Form),
            ("r", Flaw::Length),
            ("rJrRMgiRgrU6hDF4pgu5DXQdWyPbY35Erp", Flaw::Checksum),
            ("rJrRMgiRgrU6hDF4pgu5DXQdWyPbY35Er", Flaw::Checksum),
            // A seed, and nine bytes of an account's version.
            ("sn259rEFXrQrWyx3Q7XneWcwV6dfL", Flaw::Form),
            ("rnaC7gW34M77Kneb78s", Flaw::Length),
            // The reference's own: a wrong checksum, a wrong prefix, a tag of more than 32 bits.
            ("XVLhHMPHU98es4dbozjVtdWzVrDjtV5fdx1mHp98tDMoQXa", Flaw::Checksum),
            ("dGzKGt8CVpWoa8aWL1k18tAdy9Won3PxynvbbpkAqp3V47g", Flaw::Form),
            ("XVLhHMPHU98es4dbozjVtdWzVrDjtV18pX8zeUygYrCgrPh", Flaw::Form),
            // Bitcoin's alphabet.
            ("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", Flaw::Form),
        ] {
            assert_eq!(Family::XrpLedger.recognise(text), Err(flaw), "{text}");
        }
    }

    #[test]
    fn what_is_reserved_in_an_x_address_is_zero() {
        let of = |flag: u8, tag: u64, account: &[u8]| {
            let text = encode_check_in(RIPPLE, &MAIN, &[account, &[flag], &tag.to_le_bytes()].concat());
            recognise(text.as_bytes())
        };
        let account = [7; HASH_LENGTH];
        assert_eq!(of(1, u32::MAX.into(), &account), Ok((Kind::XAddress, Chain::Main, Some(u32::MAX))));
        assert_eq!(of(0, 0, &account), Ok((Kind::XAddress, Chain::Main, None)));
        for (flag, tag) in [(0, 1), (0, 1 << 32), (1, 1 << 32), (1, 1 << 63), (2, 0), (2, 7), (255, 0)] {
            assert_eq!(of(flag, tag, &account), Err(Flaw::Form), "{flag} {tag}");
        }
        for length in (0..24).filter(|length| *length != HASH_LENGTH) {
            assert!(of(1, 7, &vec![7; length]).is_err(), "{length}");
        }
    }
}
