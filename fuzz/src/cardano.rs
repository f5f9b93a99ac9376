//! Cardano's addresses by minicbor and another bech32, as CIP-19 lays them out.
//!
//! Where the crate is stricter than the ledger's own readers, it is repeated here: Byron addresses have their shortest
//! CBOR, at most a way to the key and a network's number as attributes, and one of the two types of CIP-19.

use alphapo_wasm::address::Chain::{self, Main, Test};
use alphapo_wasm::address::Kind::{Base, Byron, Enterprise, Pointer};
use minicbor::data::Tag;
use minicbor::{Decoder, Encoder};

use crate::{Sort, base58, bech32};

/// The longest text that is read.
const MAX_CHARACTERS: usize = 128;

#[must_use]
pub fn cardano(text: &str) -> Option<Sort> {
    if text.len() > MAX_CHARACTERS {
        return None;
    }
    shelley(text).or_else(|| byron(&base58::decode(base58::BITCOIN, text.as_bytes())?))
}

fn shelley(text: &str) -> Option<Sort> {
    let (prefix, groups, bech32m) = bech32::decode(text)?;
    let bytes = bech32::bytes(&groups)?;
    let header = *bytes.first()?;
    let chain = match (prefix.as_str(), header & 15) {
        ("addr", 1) => Main,
        ("addr_test", 0) => Test,
        _ => return None,
    };
    let kind = match (header >> 4, bytes.len()) {
        (0..=3, 57) => Base,
        (4 | 5, 30..) if is_pointer(&bytes[29..]) => Pointer,
        (6 | 7, 29) => Enterprise,
        _ => return None,
    };
    (!bech32m).then_some((kind, chain))
}

/// Three numbers in base 128, of 32 bits, written as short as they can be.
fn is_pointer(bytes: &[u8]) -> bool {
    let mut numbers = bytes.split_inclusive(|byte| byte & 0x80 == 0);
    let is_number = |digits: &[u8]| {
        let number = digits.iter().fold(0_u128, |number, digit| number << 7 | u128::from(digit & 0x7f));
        digits.len() < 10 && digits[0] != 0x80 && digits[digits.len() - 1] < 0x80 && number <= u128::from(u32::MAX)
    };
    numbers.clone().count() == 3 && numbers.all(is_number)
}

fn byron(bytes: &[u8]) -> Option<Sort> {
    let mut outer = Decoder::new(bytes);
    (outer.array().ok()? == Some(2) && outer.tag().ok()? == Tag::new(24)).then_some(())?;
    let payload = outer.bytes().ok()?;
    (outer.u32().ok()? == crc_32(payload)).then_some(())?;

    let mut inner = Decoder::new(payload);
    (inner.array().ok()? == Some(3)).then_some(())?;
    let root = inner.bytes().ok().filter(|root| root.len() == 28)?;
    let (mut way, mut network) = (None, None);
    for _ in 0..inner.map().ok()?? {
        match inner.u8().ok()? {
            1 if way.is_none() => way = Some(inner.bytes().ok()?),
            2 if network.is_none() => network = Some(minicbor::decode::<u32>(inner.bytes().ok()?).ok()?),
            _ => return None,
        }
    }
    let kind = inner.u8().ok().filter(|kind| matches!(kind, 0 | 2))?;
    (encode(root, way, network, kind) == bytes).then_some((Byron, if network.is_none() { Main } else { Test }))
}

/// Writes a Byron address.
#[must_use]
pub fn encode(root: &[u8], way: Option<&[u8]>, network: Option<u32>, kind: u8) -> Vec<u8> {
    let mut inner = Encoder::new(Vec::new());
    let attributes = u64::from(way.is_some()) + u64::from(network.is_some());
    inner.array(3).and_then(|e| e.bytes(root)).and_then(|e| e.map(attributes)).expect("a vector");
    if let Some(way) = way {
        inner.u8(1).and_then(|e| e.bytes(way)).expect("a vector");
    }
    if let Some(network) = network {
        let number = minicbor::to_vec(network).expect("a vector");
        inner.u8(2).and_then(|e| e.bytes(&number)).expect("a vector");
    }
    inner.u8(kind).expect("a vector");
    let payload = inner.into_writer();
    let mut outer = Encoder::new(Vec::new());
    let written = outer.array(2).and_then(|e| e.tag(Tag::new(24))).and_then(|e| e.bytes(&payload));
    written.and_then(|e| e.u32(crc_32(&payload))).expect("a vector");
    outer.into_writer()
}

/// CRC-32 by the remainders of single bytes, as RFC 1952 gives it.
fn crc_32(bytes: &[u8]) -> u32 {
    let remainder = |byte: u32| {
        (0..8).fold(byte, |remainder, _| {
            let shifted = remainder >> 1;
            if remainder % 2 == 1 { shifted ^ 0xedb8_8320 } else { shifted }
        })
    };
    let crc = bytes.iter().fold(!0_u32, |crc, byte| remainder((crc ^ u32::from(*byte)) & 0xff) ^ (crc >> 8));
    !crc
}

/// The prefix of each chain.
#[must_use]
pub fn prefix(chain: Chain) -> &'static str {
    if chain == Main { "addr" } else { "addr_test" }
}
