//! What holds of all families: addresses that others made, mistyped addresses, addresses of other networks, and any
//! text at all.
//!
//! `vectors.tsv` has one address in a line: family, kind, chain, address, and where it comes from. What is from a
//! library of a version was made with it, and carries a hash of nothing.

#![expect(clippy::arithmetic_side_effects, reason = "a test may panic")]

use alloc::string::String;
use alloc::vec::Vec;
use std::collections::BTreeMap;
use std::println;

use super::base58::{BITCOIN, encode, encode_check};
use super::{Chain, Family, Flaw, Kind, Recognised, bitcoin_cash, cardano, evm, segwit, solana, xrp_ledger};

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

/// Numbers that are the same in every run (SplitMix64, Steele, Lea and Flood 2014).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    pub(super) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        core::array::from_fn(|_| self.next() as u8)
    }
}

struct Vector {
    family: Family,
    kind: &'static str,
    chain: &'static str,
    address: &'static str,
}

fn vectors() -> Vec<Vector> {
    let read = |line: &'static str| {
        let [family, kind, chain, address, source] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        assert!(!source.is_empty(), "{line}");
        let family = FAMILIES.into_iter().find(|known| known.as_str() == family).unwrap();
        Vector { family, kind, chain, address }
    };
    include_str!("vectors.tsv").lines().map(read).collect()
}

/// Ten addresses of a family, of all its kinds.
fn ten_of(family: Family) -> Vec<&'static str> {
    let all: Vec<_> = vectors().into_iter().filter(|vector| vector.family == family).collect();
    assert!(all.len() >= 10, "{family:?}");
    (0..10).map(|at| all[at * all.len() / 10].address).collect()
}

#[test]
fn addresses_of_others_are_recognised() {
    let mut kinds: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for Vector { family, kind, chain, address } in vectors() {
        let found = family.recognise(address).unwrap_or_else(|flaw| panic!("{family:?} {flaw:?} {address}"));
        assert_eq!((found.kind.as_str(), found.chain.as_str()), (kind, chain), "{address}");
        let one_case = address.get(2..).is_some_and(|digits| digits == digits.to_lowercase());
        let unchecked = family == Family::Solana || (family == Family::Evm && one_case);
        assert_eq!(found.checksum, !unchecked, "{address}");
        *kinds.entry((family.as_str(), kind, chain)).or_default() += 1;
    }
    for (kind, count) in &kinds {
        println!("{count:3} {kind:?}");
        assert!(*count >= 3 || kind == &("lightning", "invoice", "testnet"), "{kind:?}");
    }
    // Of every kind, and of both chains where the text tells them.
    assert_eq!((kinds.len(), kinds.values().sum::<usize>()), (KINDS, VECTORS));
}

/// How many kinds there are, told apart by family and chain, and how many addresses.
const KINDS: usize = 45;
const VECTORS: usize = 366;

/// Which other families take an address too.
fn overlaps(vector: &Vector) -> &'static [Family] {
    use Family::{Bitcoin, BitcoinCash, Dogecoin, Litecoin};
    match (vector.family, vector.address.as_bytes()[0]) {
        // The old addresses of Bitcoin Cash are Bitcoin's, from before they parted.
        (Bitcoin, b'1' | b'3') => &[BitcoinCash],
        (BitcoinCash, b'1' | b'3') => &[Bitcoin],
        // The version bytes of Bitcoin's test networks served for other test networks too.
        (Bitcoin, b'm' | b'n') => &[BitcoinCash, Litecoin],
        (BitcoinCash, b'm' | b'n') => &[Bitcoin, Litecoin],
        (Litecoin, b'm' | b'n') => &[Bitcoin, BitcoinCash],
        (Bitcoin, b'2') => &[BitcoinCash, Litecoin, Dogecoin],
        (BitcoinCash, b'2') => &[Bitcoin, Litecoin, Dogecoin],
        (Litecoin, b'2') => &[Bitcoin, BitcoinCash, Dogecoin],
        (Dogecoin, b'2') => &[Bitcoin, BitcoinCash, Litecoin],
        _ => &[],
    }
}

#[test]
fn addresses_of_other_networks_are_refused() {
    let mut refused = 0;
    for vector in vectors() {
        for family in FAMILIES.into_iter().filter(|family| *family != vector.family) {
            let taken = family.recognise(vector.address).is_ok();
            assert_eq!(taken, overlaps(&vector).contains(&family), "{family:?} {}", vector.address);
            refused += usize::from(!taken);
        }
    }
    println!("{refused} addresses of other networks refused");
    assert_eq!(refused, 3_207);
}

/// Every text that differs in one character, which may be any of printable ASCII, or in the order of two neighbours.
fn mistyped(address: &str, mut each: impl FnMut(&str)) {
    let mut text = address.as_bytes().to_vec();
    for at in 0..text.len() {
        let right = text[at];
        for wrong in (b' '..=b'~').filter(|wrong| *wrong != right) {
            text[at] = wrong;
            each(core::str::from_utf8(&text).unwrap());
        }
        text[at] = right;
        if at > 0 && text[at - 1] != right {
            text.swap(at - 1, at);
            each(core::str::from_utf8(&text).unwrap());
            text.swap(at - 1, at);
        }
    }
}

/// Mistypes ten addresses of a family; none may be recognised.
fn every_mistake_is_found(family: Family, expected: usize) {
    let mut count = 0;
    for address in ten_of(family) {
        assert!(family.recognise(address).is_ok(), "{address}");
        mistyped(address, |text| {
            assert!(family.recognise(text).is_err(), "{address} {text}");
            count += 1;
        });
    }
    println!("{}: {count} mistyped addresses refused", family.as_str());
    assert_eq!(count, expected);
}

#[test]
fn every_mistake_in_a_bitcoin_address_is_found() {
    every_mistake_is_found(Family::Bitcoin, 42_537);
}

#[test]
fn every_mistake_in_a_bitcoin_cash_address_is_found() {
    every_mistake_is_found(Family::BitcoinCash, 44_436);
}

#[test]
fn every_mistake_in_a_litecoin_address_is_found() {
    every_mistake_is_found(Family::Litecoin, 38_924);
}

#[test]
fn every_mistake_in_a_dogecoin_address_is_found() {
    every_mistake_is_found(Family::Dogecoin, 32_474);
}

#[test]
fn every_mistake_in_an_invoice_is_found() {
    every_mistake_is_found(Family::Lightning, 310_836);
}

#[test]
fn every_mistake_in_a_tron_address_is_found() {
    every_mistake_is_found(Family::Tron, 32_283);
}

#[test]
fn every_mistake_in_an_xrp_ledger_address_is_found() {
    every_mistake_is_found(Family::XrpLedger, 32_288);
}

#[test]
fn every_mistake_in_a_cardano_address_is_found() {
    every_mistake_is_found(Family::Cardano, 79_380);
}

/// EIP-55 puts one bit into the case of each letter, about 15 of the 40 digits, and none into a digit. So a letter in
/// the wrong case is always found, and a wrong digit nearly always: what is left has the right case for its own digits
/// by chance.
#[test]
fn mistakes_in_an_evm_address_are_found_but_for_chance() {
    let (mut cases, mut found, mut missed) = (0, 0, 0);
    for address in ten_of(Family::Evm) {
        mistyped(address, |text| match Family::Evm.recognise(text) {
            Err(_) => {
                cases += usize::from(text.eq_ignore_ascii_case(address));
                found += 1;
            }
            Ok(recognised) => {
                assert!(recognised.checksum && !text.eq_ignore_ascii_case(address), "{text}");
                let account: [u8; 20] = hex::decode(text.trim_start_matches("0x")).unwrap().try_into().unwrap();
                assert_eq!(evm::encode(&account), text);
                missed += 1;
            }
        });
    }
    println!("evm: {found} mistyped addresses refused, among them {cases} by one letter's case; {missed} not");
    assert_eq!((found, cases, missed), (39_870, 174, 1));
}

#[test]
fn what_is_written_is_recognised() {
    let mut random = Random(5);
    for _ in 0..300 {
        let (hash, long): ([u8; 20], [u8; 32]) = (random.array(), random.array());
        let tag = random.next() as u32;
        let credentials: [u8; 56] = random.array();
        let sort = |kind, chain| Recognised { kind, chain, checksum: true, tag: None, invoice: None };
        let account = sort(Kind::Account, Chain::Either);
        let tagged = Recognised { tag: Some(tag), ..sort(Kind::XAddress, Chain::Main) };
        for (family, text, expected) in [
            (Family::Bitcoin, segwit::encode("bc", 0, &hash), sort(Kind::P2wpkh, Chain::Main)),
            (Family::Bitcoin, segwit::encode("tb", 0, &long), sort(Kind::P2wsh, Chain::Test)),
            (Family::Bitcoin, segwit::encode("bcrt", 1, &long), sort(Kind::P2tr, Chain::Test)),
            (Family::Bitcoin, encode_check(0x00, &hash), sort(Kind::P2pkh, Chain::Main)),
            (Family::Litecoin, segwit::encode("ltc", 0, &hash), sort(Kind::P2wpkh, Chain::Main)),
            (Family::Litecoin, encode_check(0x32, &hash), sort(Kind::P2sh, Chain::Main)),
            (Family::Dogecoin, encode_check(0x16, &hash), sort(Kind::P2sh, Chain::Main)),
            (Family::BitcoinCash, bitcoin_cash::encode("bchreg", 0, &hash).unwrap(), sort(Kind::P2pkh, Chain::Test)),
            (Family::BitcoinCash, bitcoin_cash::encode("bchtest", 3, &long).unwrap(), sort(Kind::P2sh, Chain::Test)),
            (Family::Tron, encode_check(0x41, &hash), account),
            (Family::XrpLedger, xrp_ledger::encode(&hash), sort(Kind::Classic, Chain::Either)),
            (Family::XrpLedger, xrp_ledger::encode_x(Chain::Main, &hash, Some(tag)), tagged),
            (Family::XrpLedger, xrp_ledger::encode_x(Chain::Test, &hash, None), sort(Kind::XAddress, Chain::Test)),
            (Family::Cardano, cardano::encode("addr", 0x21, &credentials), sort(Kind::Base, Chain::Main)),
            (Family::Solana, solana::encode(&long), Recognised { checksum: false, ..account }),
        ] {
            assert_eq!(family.recognise(&text), Ok(expected), "{family:?} {text}");
        }
        assert!(Family::Evm.recognise(&evm::encode(&hash)).is_ok());
    }
}

#[test]
fn any_text_is_taken_in() {
    let mut random = Random(6);
    let vectors = vectors();
    for round in 0..4_000 {
        let text = match round % 4 {
            // Anything, also what is no ASCII.
            0 => {
                let length = random.below(150);
                String::from_utf8_lossy(&random.bytes(length)).into_owned()
            }
            1 => {
                let length = random.below(100);
                encode(BITCOIN, &random.bytes(length)).chars().take(128).collect()
            }
            // An address with characters changed, left out and put in.
            _ => {
                let mut text = vectors[random.below(vectors.len())].address.as_bytes().to_vec();
                for _ in 0..=random.below(4) {
                    let at = random.below(text.len());
                    match random.below(3) {
                        0 => text[at] = random.next() as u8,
                        1 => drop(text.remove(at)),
                        _ => text.insert(at, vectors[0].address.as_bytes()[random.below(20)]),
                    }
                }
                String::from_utf8_lossy(&text).into_owned()
            }
        };
        for family in FAMILIES {
            if let Ok(found) = family.recognise(&text) {
                assert!(!found.checksum || vectors.iter().any(|vector| vector.address == text), "{family:?} {text}");
            }
        }
    }
}

#[test]
fn the_work_has_a_limit() {
    for begin in
        ["", "1", "3", "bc1", "q", "bitcoincash:q", "ltc1", "D", "lnbc1", "0x", "T", "r", "X", "addr1", "Ae2", "bnb1"]
    {
        for more in ["1", "q", "z", "0", "é", " "] {
            let text = [begin, &more.repeat(300_000)].concat();
            for family in FAMILIES {
                assert!(family.recognise(&text).is_err(), "{family:?} {begin}{more}");
            }
        }
    }
}

#[test]
fn nothing_is_trimmed_or_folded() {
    for Vector { family, kind, address, .. } in vectors() {
        for text in [format!(" {address}"), format!("{address} "), format!("{address}\n"), format!("\u{feff}{address}")]
        {
            assert!(family.recognise(&text).is_err(), "{text:?}");
        }
        // Of these forms the case is a part.
        let cased = matches!(family, Family::Tron | Family::XrpLedger | Family::Dogecoin) || kind == "byron";
        for other in [address.to_uppercase(), address.to_lowercase()] {
            assert!(!cased || family.recognise(&other).is_err(), "{other}");
        }
    }
}

#[test]
fn flaws_end_a_sentence() {
    for flaw in [Flaw::Form, Flaw::Character, Flaw::Case, Flaw::Length, Flaw::Checksum, Flaw::Stake, Flaw::Invoice] {
        assert!(flaw.as_str().starts_with(|first: char| first.is_ascii_lowercase()));
        assert!(!flaw.as_str().ends_with('.'));
    }
}
