//! Lightning invoices, as BOLT #11 lays them out: read and written, but never signed and never verified here.
//!
//! Source: lightning/bolts, 11-payment-encoding.md; feature bits are of 09-features.md. Fields that this project
//! has no use for (fallback addresses, routes, the payee's key) are passed over by the reader. Two things are left to
//! the payer's wallet: the signature, which would need the curve, and whether it knows the features asked for.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::bech32::{Checksum, Decoded, decode, encode as encode_bech32, group, groups_of_bytes, named, split};
use super::{Chain, Flaw, Terms};
use crate::text::{TOO_LARGE, integer, is_digits, join, number, split_once};

/// The prefix of invoices for Bitcoin's test network.
pub const TESTNET: &str = "lntb";

/// The chains by their prefix, the last two of which are signet and regtest.
const NETWORKS: &[(&str, Chain)] =
    &[("lnbc", Chain::Main), (TESTNET, Chain::Test), ("lntbs", Chain::Test), ("lnbcrt", Chain::Test)];

/// The longest invoice that is read: what a QR code holds, which is lnd's limit too (zpay32, `maxInvoiceLength`).
const MAX_CHARACTERS: usize = 7089;

/// The expiry of an invoice that does not say, in seconds.
pub const DEFAULT_EXPIRY: u64 = 3600;

/// The latest expiry that is told, in seconds since 1970: the largest whole number that JavaScript has exactly.
const END_OF_TIME: u64 = (1 << 53) - 1;

/// The latest timestamp: it has 35 bits.
pub const MAX_TIMESTAMP: u64 = (1 << 35) - 1;

/// Feature bit 8: the onion's payload has a variable length. It is what bit 14 depends on.
pub const VAR_ONION_REQUIRED: u16 = 8;

/// Feature bit 14: the payment secret must be used. An invoice has a secret if and only if it has bit 14 or 15.
pub const PAYMENT_SECRET_REQUIRED: u16 = 14;

/// How many decimals of a bitcoin a millisatoshi has.
const MILLISATOSHI_DECIMALS: usize = 11;

/// Millisatoshis in one bitcoin, and in one of each multiplier but `p`, which is a tenth of one.
const UNITS: [(&str, u64); 4] = [("", 100_000_000_000), ("m", 100_000_000), ("u", 100_000), ("n", 100)];

/// How many groups of 5 bits the timestamp has.
const TIMESTAMP_GROUPS: usize = 7;

/// How many groups of 5 bits 32 bytes have.
const HASH_GROUPS: usize = 52;

/// How many groups of 5 bits the signature and its recovery id have.
const SIGNATURE_GROUPS: usize = 104;

/// An invoice.
///
/// ```
/// use alphapo_wasm::address::bolt11::{Invoice, PAYMENT_SECRET_REQUIRED, TESTNET, VAR_ONION_REQUIRED, millisatoshis};
///
/// let invoice = Invoice {
///     network: TESTNET.into(),
///     amount: millisatoshis("0.0001"),
///     timestamp: 1_700_000_000,
///     payment_hash: [1; 32],
///     payment_secret: Some([2; 32]),
///     description: Some("1 cup coffee".into()),
///     expiry: Some(900),
///     min_final_cltv_expiry: Some(18),
///     features: vec![VAR_ONION_REQUIRED, PAYMENT_SECRET_REQUIRED],
///     signature: [3; 65],
/// };
/// let text = invoice.encode().ok_or("cannot be written")?;
/// assert!(text.starts_with("lntb100u1"));
/// assert_eq!(Invoice::decode(&text), Some(invoice));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invoice {
    /// The chain, by the prefix in lower case: `lnbc`, `lntb`, `lntbs`, `lnbcrt`.
    pub network: String,
    /// The amount asked for, in millisatoshis; none leaves it to the payer.
    pub amount: Option<u64>,
    /// When it was made, in seconds since 1970.
    pub timestamp: u64,
    /// Field `p`: SHA-256 of what the payee gives in return.
    pub payment_hash: [u8; 32],
    /// Field `s`.
    pub payment_secret: Option<[u8; 32]>,
    /// Field `d`. An invoice may carry the hash of a longer text in its place.
    pub description: Option<String>,
    /// Field `x`: how long it may be paid, in seconds.
    pub expiry: Option<u64>,
    /// Field `c`, in blocks.
    pub min_final_cltv_expiry: Option<u64>,
    /// Field `9`: the numbers of the feature bits, ascending.
    pub features: Vec<u16>,
    /// r and s, 32 bytes each, and the recovery id.
    pub signature: [u8; 65],
}

impl Invoice {
    /// The invoice as text; none when a part of it has no place there: an amount of nothing, a timestamp past 35
    /// bits, a description longer than 639 bytes, a prefix that cannot be one.
    #[must_use]
    pub fn encode(&self) -> Option<String> {
        let prefix = human_readable_part(&self.network, self.amount)?;
        let mut data = Vec::from(fixed_groups::<TIMESTAMP_GROUPS>(self.timestamp)?);
        // The order is that of the specification's examples; it means nothing.
        push_field(&mut data, tag::PAYMENT_HASH, groups_of_bytes(&self.payment_hash))?;
        if let Some(description) = &self.description {
            push_field(&mut data, tag::DESCRIPTION, groups_of_bytes(description.as_bytes()))?;
        }
        if let Some(secret) = &self.payment_secret {
            push_field(&mut data, tag::PAYMENT_SECRET, groups_of_bytes(secret))?;
        }
        if let Some(expiry) = self.expiry {
            push_field(&mut data, tag::EXPIRY, groups_of_number(expiry))?;
        }
        if let Some(blocks) = self.min_final_cltv_expiry {
            push_field(&mut data, tag::MIN_FINAL_CLTV_EXPIRY, groups_of_number(blocks))?;
        }
        if !self.features.is_empty() {
            push_field(&mut data, tag::FEATURES, groups_of_features(&self.features))?;
        }
        data.extend(groups_of_bytes(&self.signature));
        Some(encode_bech32(Checksum::Bech32, &prefix, &data))
    }

    /// Reads an invoice; none when it is malformed, its checksum is wrong, or it has no payment hash. Its signature
    /// is not verified.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let parts = Parts::read(text.as_bytes()).ok()?;
        let (data, signature) = parts.data.split_at_checked(parts.data.len().checked_sub(SIGNATURE_GROUPS)?)?;
        let (timestamp, fields) = data.split_at_checked(TIMESTAMP_GROUPS)?;
        // A description of no characters has no groups, so the order is what tells the first of each.
        let mut first: Vec<(u8, &[u8])> = Vec::new();
        read_fields(fields, |tag, value| {
            if !first.iter().any(|(known, _)| *known == tag) {
                first.push((tag, value));
            }
        })?;
        let field = |wanted: u8| first.iter().find(|(tag, _)| *tag == wanted).map(|(_, value)| *value);
        let number = |wanted: u8| field(wanted).map(number_of_groups);
        let hash = |wanted: u8| field(wanted).and_then(|groups| whole_bytes(groups).try_into().ok());
        let description = field(tag::DESCRIPTION).map(|groups| String::from_utf8(whole_bytes(groups)));
        Some(Self {
            network: String::from_utf8(parts.network.to_ascii_lowercase()).ok()?,
            amount: parts.amount,
            timestamp: number_of_groups(timestamp)?,
            payment_hash: hash(tag::PAYMENT_HASH)?,
            payment_secret: hash(tag::PAYMENT_SECRET),
            description: description.transpose().ok()?,
            expiry: transpose(number(tag::EXPIRY))?,
            min_final_cltv_expiry: transpose(number(tag::MIN_FINAL_CLTV_EXPIRY))?,
            features: features_of_groups(field(tag::FEATURES).unwrap_or_default())?,
            signature: whole_bytes(signature).try_into().ok()?,
        })
    }

    /// When it expires, in seconds since 1970.
    #[must_use]
    pub fn expires_at(&self) -> u64 {
        self.timestamp.saturating_add(self.expiry.unwrap_or(DEFAULT_EXPIRY))
    }
}

/// The millisatoshis of an amount of bitcoin in plain decimal digits; none when it is no such text, has parts of a
/// millisatoshi, or is a hundred million bitcoin or more.
///
/// ```
/// use alphapo_wasm::address::bolt11::millisatoshis;
///
/// assert_eq!(millisatoshis("0.00000001"), Some(1000));
/// assert_eq!(millisatoshis("1e-8"), None);
/// ```
#[must_use]
pub fn millisatoshis(bitcoin: &str) -> Option<u64> {
    let (whole, fraction) = split_once(bitcoin, b".").unwrap_or((bitcoin, "0"));
    if !is_digits(whole)
        || !is_digits(fraction)
        || fraction.bytes().skip(MILLISATOSHI_DECIMALS).any(|digit| digit != b'0')
    {
        return None;
    }
    let fraction = join(&[fraction, "00000000000"]);
    number(&join(&[whole, fraction.get(..MILLISATOSHI_DECIMALS)?])).filter(|amount| *amount < TOO_LARGE)
}

/// An amount of millisatoshis in bitcoin, in plain decimal digits without zeros that say nothing.
///
/// ```
/// use alphapo_wasm::address::bolt11::bitcoin;
///
/// assert_eq!(bitcoin(250_000_000), "0.0025");
/// assert_eq!(bitcoin(100_000_000_000), "1");
/// ```
#[must_use]
pub fn bitcoin(millisatoshis: u64) -> String {
    let [(_, one), ..] = UNITS;
    let whole = millisatoshis.checked_div(one).unwrap_or_default();
    // A leading 1 keeps the zeros after the point.
    let fraction = integer(millisatoshis.checked_rem(one).unwrap_or_default().saturating_add(one));
    let zeros = fraction.bytes().rev().take_while(|digit| *digit == b'0').count();
    match fraction.get(1..fraction.len().saturating_sub(zeros)) {
        None | Some("") => integer(whole),
        Some(fraction) => join(&[&integer(whole), ".", fraction]),
    }
}

/// The types of the fields that are of use.
mod tag {
    pub(super) const PAYMENT_HASH: u8 = 1;
    pub(super) const FEATURES: u8 = 5;
    pub(super) const EXPIRY: u8 = 6;
    pub(super) const DESCRIPTION: u8 = 13;
    pub(super) const PAYMENT_SECRET: u8 = 16;
    pub(super) const MIN_FINAL_CLTV_EXPIRY: u8 = 24;
}

/// What is in the text of an invoice.
struct Parts<'a> {
    network: &'a [u8],
    chain: Chain,
    amount: Option<u64>,
    /// The timestamp, the tagged fields and the signature, as characters of 5 bits.
    data: &'a [u8],
}

impl<'a> Parts<'a> {
    fn read(text: &'a [u8]) -> Result<Self, Flaw> {
        let (prefix, _) = split(text).ok_or(Flaw::Form)?;
        let letters = prefix.iter().take_while(|character| character.is_ascii_alphabetic()).count();
        let (network, amount) = prefix.split_at_checked(letters).ok_or(Flaw::Form)?;
        let chain = named(network, NETWORKS).ok_or(Flaw::Form)?;
        let Decoded { checksum: Checksum::Bech32, data } = decode(text, MAX_CHARACTERS)? else {
            return Err(Flaw::Checksum);
        };
        let amount = match amount {
            [] => None,
            amount => Some(read_amount(amount).ok_or(Flaw::Invoice)?),
        };
        Ok(Self { network, chain, amount, data })
    }

    /// None when a part is missing.
    fn terms(&self) -> Option<Terms> {
        let (data, _) = self.data.split_at_checked(self.data.len().checked_sub(SIGNATURE_GROUPS)?)?;
        let (timestamp, fields) = data.split_at_checked(TIMESTAMP_GROUPS)?;
        let (mut payment_hash, mut expiry) = (None, None);
        read_fields(fields, |tag, value| match tag {
            tag::PAYMENT_HASH => payment_hash = Some(()),
            tag::EXPIRY if expiry.is_none() => expiry = Some(number_of_groups(value)),
            _ => {}
        })?;
        payment_hash?;
        let timestamp = number_of_groups(timestamp)?;
        let expiry = expiry.unwrap_or(Some(DEFAULT_EXPIRY))?;
        let expires_at = timestamp.saturating_add(expiry).min(END_OF_TIME);
        Some(Terms { amount: self.amount, timestamp, expires_at })
    }
}

pub(super) fn recognise(text: &[u8]) -> Result<(Chain, Terms), Flaw> {
    let parts = Parts::read(text)?;
    Ok((parts.chain, parts.terms().ok_or(Flaw::Invoice)?))
}

/// Calls for each tagged field with its type and its groups; none when they do not end where the data ends. Hashes
/// and secrets of another length are passed over, as a reader must.
fn read_fields<'a>(mut data: &'a [u8], mut each: impl FnMut(u8, &'a [u8])) -> Option<()> {
    while let Some(([tag, length @ ..], rest)) = data.split_first_chunk::<3>() {
        let length = usize::try_from(number_of_groups(length)?).ok()?;
        let (value, after) = rest.split_at_checked(length)?;
        data = after;
        let tag = group(*tag).ok()?;
        if !matches!(tag, tag::PAYMENT_HASH | tag::PAYMENT_SECRET) || length == HASH_GROUPS {
            each(tag, value);
        }
    }
    data.is_empty().then_some(())
}

fn human_readable_part(network: &str, amount: Option<u64>) -> Option<String> {
    NETWORKS.iter().find(|(known, _)| *known == network)?;
    let amount = match amount {
        Some(0) => return None,
        Some(amount) => amount_text(amount),
        None => String::new(),
    };
    Some(join(&[network, &amount]))
}

/// The shortest form: the largest multiplier that leaves an integer.
fn amount_text(millisatoshis: u64) -> String {
    for (multiplier, unit) in UNITS {
        if millisatoshis.checked_rem(unit) == Some(0) {
            let count = millisatoshis.checked_div(unit).unwrap_or_default();
            return join(&[&integer(count), multiplier]);
        }
    }
    // Ten pico-bitcoins are one millisatoshi.
    join(&[&integer(millisatoshis), "0p"])
}

fn read_amount(text: &[u8]) -> Option<u64> {
    let (digits, zeros) = match text {
        [digits @ .., b'm' | b'M'] => (digits, 8),
        [digits @ .., b'u' | b'U'] => (digits, 5),
        [digits @ .., b'n' | b'N'] => (digits, 2),
        // The last digit must be 0: parts of a millisatoshi cannot be paid.
        [digits @ .., b'0', b'p' | b'P'] => (digits, 0),
        digits => (digits, 11),
    };
    // No amount, one that no writer writes, or more than a hundred million bitcoins, which 64 bits may not hold.
    if digits.first().is_none_or(|first| *first == b'0') || digits.len().saturating_add(zeros) > 19 {
        return None;
    }
    let mut number = 0_u64;
    for digit in digits.iter().copied().chain(core::iter::repeat_n(b'0', zeros)) {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit & 15));
    }
    Some(number)
}

/// Appends type, length in 10 bits, and value.
fn push_field(data: &mut Vec<u8>, tag: u8, value: Vec<u8>) -> Option<()> {
    let length = u64::try_from(value.len()).ok()?;
    let [high, low] = fixed_groups(length)?;
    data.extend([tag, high, low]);
    data.extend(value);
    Some(())
}

/// A number in exactly N groups of 5 bits, big-endian; none when it has more.
fn fixed_groups<const N: usize>(number: u64) -> Option<[u8; N]> {
    let groups = groups_of_number(number);
    let mut fixed = [0; N];
    let missing = N.checked_sub(groups.len())?;
    fixed.iter_mut().skip(missing).zip(groups).for_each(|(to, group)| *to = group);
    Some(fixed)
}

/// A number in the fewest groups of 5 bits, big-endian. Nothing is left of 0.
fn groups_of_number(mut number: u64) -> Vec<u8> {
    let mut groups = vec![];
    while number > 0 {
        groups.push(number as u8 & 31);
        number >>= 5;
    }
    groups.reverse();
    groups
}

/// The number that some characters of 5 bits are, big-endian.
fn number_of_groups(data: &[u8]) -> Option<u64> {
    let mut number = 0;
    for character in data {
        if number > u64::MAX >> 5 {
            return None;
        }
        number = (number << 5) | u64::from(group(*character).ok()?);
    }
    Some(number)
}

/// None when there is a number that cannot be.
fn transpose(number: Option<Option<u64>>) -> Option<Option<u64>> {
    number.map_or(Some(None), |number| number.map(Some))
}

/// The whole bytes of some characters; what fills the last one is passed over.
fn whole_bytes(data: &[u8]) -> Vec<u8> {
    let groups = data.iter().filter_map(|character| group(*character).ok());
    let bits = groups.flat_map(|group| (0..5).rev().map(move |bit| (group >> bit) & 1)).collect::<Vec<u8>>();
    let bytes = bits.as_chunks::<8>().0.iter();
    bytes.map(|bits| bits.iter().fold(0, |byte, bit| (byte << 1) | bit)).collect()
}

/// Feature bits in the fewest groups: bit 0 is the last bit of the last group.
fn groups_of_features(features: &[u16]) -> Vec<u8> {
    let highest = features.iter().max().map_or(0, |bit| bit / 5);
    let group = |index: u16| {
        let bits = features.iter().filter(|bit| **bit / 5 == index);
        bits.fold(0_u8, |group, bit| group | 1_u8.wrapping_shl((bit % 5).into()))
    };
    (0..=highest).rev().map(group).collect()
}

fn features_of_groups(data: &[u8]) -> Option<Vec<u16>> {
    let mut features = Vec::new();
    for (index, character) in data.iter().rev().enumerate() {
        let group = group(*character).ok()?;
        let first = u16::try_from(index).ok()?.checked_mul(5)?;
        let is_set = |bit: &u16| group & 1_u8.wrapping_shl((*bit).into()) != 0;
        features.extend((0..5).filter(is_set).map(|bit| first.saturating_add(bit)));
    }
    Some(features)
}

#[cfg(test)]
mod tests {
    use super::super::bech32::CHARACTERS;
    use super::*;

    // The examples of BOLT #11.
    const DONATION: &str = concat!(
        "lnbc1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6t",
        "wvus8g6rfwvs8qun0dfjkxaq8rkx3yf5tcsyz3d73gafnh3cax9rn449d9p5uxz9ezhhypd0elx87sjle52x86fux2ypatgddc6k63n7erqz2",
        "5le42c4u4ecky03ylcqca784w"
    );
    const COFFEE: &str = concat!(
        "lnbc2500u1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpuaztrnwngz",
        "n3kdzw5hydlzf03qdgm2hdq27cqv3agm2awhz5se903vruatfhq77w3ls4evs3ch9zw97j25emudupq63nyw24cg27h2rspfj9srp"
    );
    const NONSENSE: &str = concat!(
        "lnbc2500u1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpquwpc4curk03c9wlrswe78q4eyqc7d8d0xq",
        "zpuyk0sg5g70me25alkluzd2x62aysf2pyy8edtjeevuv4p2d5p76r4zkmneet7uvyakky2zr4cusd45tftc9c5fh0nnqpnl2jfll544esqch",
        "srny"
    );
    const TESTNET_FALLBACK: &str = concat!(
        "lntb20m1pvjluezhp58yjmdan79s6qqdhdzgynm4zwqd5d7xmw5fk98klysy043l2ahrqspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqs",
        "yqcyq5rqwzqfqypqfpp3x9et2e20v6pu37c5d9vax37wxq72un98kmzzhznpurw9sgl2v0nklu2g4d0keph5t7tj9tcqd8rexnd07ux4uv2cj",
        "vcqwaxgj7v4uwn5wmypjd5n69z2xm3xgksg28nwht7f6zspwp3f9t"
    );
    const PICO: &str = concat!(
        "lnbc9678785340p1pwmna7lpp5gc3xfm08u9qy06djf8dfflhugl6p7lgza6dsjxq454gxhj9t7a0sd8dgfkx7cmtwd68yetpd5s9xar0wfjn",
        "5gpc8qhrsdfq24f5ggrxdaezqsnvda3kkum5wfjkzmfqf3jkgem9wgsyuctwdus9xgrcyqcjcgpzgfskx6eqf9hzqnteypzxz7fzypfhg6trd",
        "djhygrcyqezcgpzfysywmm5ypxxjemgw3hxjmn8yptk7untd9hxwg3q2d6xjcmtv4ezq7pqxgsxzmnyyqcjqmt0wfjjq6t5v4khxxqyjw5qcq",
        "p2rzjq0gxwkzc8w6323m55m4jyxcjwmy7stt9hwkwe2qxmy8zpsgg7jcuwz87fcqqeuqqqyqqqqlgqqqqn3qq9qn07ytgrxxzad9hc4xt3maw",
        "jjt8znfv8xzscs7007v9gh9j569lencxa8xeujzkxs0uamak9aln6ez02uunw6rd2ht2sqe4hz8thcdagpleym0j"
    );
    const BEANS: &str = concat!(
        "lnbc25m1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5vdhkven9v5sxyetpdeessp5zyg3zyg3zyg3z",
        "yg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygs9q5sqqqqqqqqqqqqqqqpqsq67gye39hfg3zd8rgc80k32tvy9xk2xunwm5lzexnvpx6fd7",
        "7en8qaq424dxgt56cag2dpt359k3ssyhetktkpqh24jqnjyw6uqd08sgptq44qu"
    );
    const BEANS_WITH_IGNORED_FIELDS: &str = concat!(
        "lnbc25m1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5vdhkven9v5sxyetpdeessp5zyg3zyg3zyg3z",
        "yg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygs9q5sqqqqqqqqqqqqqqqpqsq2qrqqqfppnqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqppnqq",
        "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqpp4qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqhpnq",
        "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqhp4qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqspn",
        "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqsp4qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqnp",
        "5qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqnpkqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq",
        "q2jxxfsnucm4jf4zwtznpaxphce606fvhvje5x7d4gw7n73994hgs7nteqvenq8a4ml8aqtchv5d9pf7l558889hp4yyrqv6a7zpq9fgpskqh",
        "za"
    );

    const HASH: &str = "0001020304050607080900010203040506070809000102030405060708090102";

    /// The coffee of the specification, field by field.
    fn coffee() -> Invoice {
        Invoice {
            network: "lnbc".into(),
            amount: Some(250_000_000),
            timestamp: 1_496_314_658,
            payment_hash: hex::decode(HASH).unwrap().try_into().unwrap(),
            payment_secret: None,
            description: Some("1 cup coffee".into()),
            expiry: Some(60),
            min_final_cltv_expiry: None,
            features: Vec::new(),
            signature: hex::decode(
                "e89639ba6814e36689d4b91bf125f10351b55da057b00647a8dabaeb8a90c95f\
                 160f9d5a6e0f79d1fc2b964238b944e2fa4aa677c6f020d466472ab842bd750e01",
            )
            .unwrap()
            .try_into()
            .unwrap(),
        }
    }

    #[test]
    fn the_examples_are_read_and_written() {
        assert_eq!(Invoice::decode(COFFEE), Some(coffee()));
        assert_eq!(coffee().encode().as_deref(), Some(COFFEE));
        for example in [DONATION, NONSENSE, BEANS] {
            assert_eq!(Invoice::decode(example).unwrap().encode().as_deref(), Some(example));
        }
        assert_eq!(Invoice::decode(DONATION).unwrap().amount, None);
        assert_eq!(Invoice::decode(NONSENSE).unwrap().description.as_deref(), Some("ナンセンス 1杯"));
    }

    #[test]
    fn secrets_and_features() {
        let beans = Invoice::decode(BEANS).unwrap();
        assert_eq!(beans.payment_secret, Some([0x11; 32]));
        assert_eq!(beans.features, [9, 15, 99]);
        assert_eq!(Invoice::decode(&BEANS.to_uppercase()), Some(beans.clone()));

        let ignored = Invoice::decode(BEANS_WITH_IGNORED_FIELDS).unwrap();
        assert_eq!(Invoice { signature: beans.signature, ..ignored }, beans);
    }

    #[test]
    fn other_fields_are_passed_over() {
        let testnet = Invoice::decode(TESTNET_FALLBACK).unwrap();
        assert_eq!((testnet.network.as_str(), testnet.amount), (TESTNET, Some(2_000_000_000)));
        assert_eq!(testnet.description, None);
        assert_eq!(testnet.expires_at(), 1_496_314_658 + DEFAULT_EXPIRY);

        let pico = Invoice::decode(PICO).unwrap();
        assert_eq!(pico.amount, Some(967_878_534));
        assert_eq!((pico.expiry, pico.min_final_cltv_expiry), (Some(604_800), Some(10)));
        assert_eq!(pico.expires_at(), 1_572_468_703 + 604_800);
        assert_eq!(hex::encode(pico.payment_hash), "462264ede7e14047e9b249da94fefc47f41f7d02ee9b091815a5506bc8abf75f");
    }

    #[test]
    fn the_invalid_examples_are_refused() {
        let changed_checksum = NONSENSE.replace("chsrny", "chsrnt");
        let without_separator = NONSENSE.trim_start_matches("lnbc2500u1");
        let mixed_case = NONSENSE.replace("lnbc", "LNBC");
        let short = concat!(
            "lnbc1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae",
            "8g6na6hlh"
        );
        let multiplier = concat!(
            "lnbc2500x1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpujr6jx",
            "r9gq9pv6g46y7d20jfkegkg4gljz2ea2a3m9lmvvr95tq2s0kvu70u3axgelz3kyvtp2ywwt0y8hkx2869zq5dll9nelr83zzqqpgl2zg"
        );
        let precision = concat!(
            "lnbc2500000001p1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzp",
            "u7hqtk93pkf7sw55rdv4k9z2vj050rxdr6za9ekfs3nlt5lr89jqpdmxsmlj9urqumg0h9wzpqecw7th56tdms40p2ny9q4ddvjsedzcp",
            "lva53s"
        );
        for text in [&changed_checksum, without_separator, &mixed_case, short, multiplier, precision, "", "lnbc1"] {
            assert_eq!(Invoice::decode(text), None, "{text}");
        }
    }

    #[test]
    fn the_invalid_examples_of_every_edition() {
        for line in include_str!("bolt11_invalid.tsv").lines() {
            let (flaw, text) = line.split_once('\t').unwrap();
            // "payer": a feature that nobody knows, or a signature of nobody. Both are the payer's wallet's to see.
            match recognise(text.as_bytes()) {
                Ok(_) => assert_eq!(flaw, "payer", "{text}"),
                Err(found) => assert_eq!(flaw, format!("{found:?}"), "{text}"),
            }
        }
    }

    #[test]
    fn terms_are_what_the_invoice_says() {
        for (text, chain, amount, timestamp, expires_at) in [
            (DONATION, Chain::Main, None, 1_496_314_658, 1_496_314_658 + 3600),
            (COFFEE, Chain::Main, Some(250_000_000), 1_496_314_658, 1_496_314_658 + 60),
            (TESTNET_FALLBACK, Chain::Test, Some(2_000_000_000), 1_496_314_658, 1_496_314_658 + 3600),
            (PICO, Chain::Main, Some(967_878_534), 1_572_468_703, 1_572_468_703 + 604_800),
            (&BEANS.to_uppercase(), Chain::Main, Some(2_500_000_000), 1_496_314_658, 1_496_314_658 + 3600),
            (BEANS_WITH_IGNORED_FIELDS, Chain::Main, Some(2_500_000_000), 1_496_314_658, 1_496_314_658 + 3600),
        ] {
            assert_eq!(recognise(text.as_bytes()), Ok((chain, Terms { amount, timestamp, expires_at })), "{text}");
        }
    }

    #[test]
    fn a_part_missing_is_told() {
        let of = |network: &str, groups: &[u8]| {
            let text = encode_bech32(Checksum::Bech32, network, groups);
            recognise(text.as_bytes()).map(|(chain, _)| chain)
        };
        let (hash, signature) = ([&[1, 1, 20], &[0; HASH_GROUPS][..]].concat(), [0; SIGNATURE_GROUPS]);
        let with = |fields: &[&[u8]]| [&[0; TIMESTAMP_GROUPS], &fields.concat()[..], &signature].concat();
        for (network, chain) in NETWORKS {
            assert_eq!(of(network, &with(&[&hash])), Ok(*chain));
        }
        // Another chain of Lightning's, and none.
        for network in ["lnltc", "lnx", "ln", "lni", "bc"] {
            assert_eq!(of(network, &with(&[&hash])), Err(Flaw::Form), "{network}");
        }
        for fields in [
            &[][..],
            // A hash of another length; an expiry past 64 bits; a field that is longer than what is left.
            &[&[1, 1, 19][..], &[0; 51]],
            &[&hash, &[6, 0, 14], &[31; 14]],
            &[&hash, &[13, 31, 31]],
            &[&hash, &[13, 0]],
        ] {
            assert_eq!(of("lnbc", &with(fields)), Err(Flaw::Invoice), "{fields:?}");
        }
        assert_eq!(of("lnbc", &[0; TIMESTAMP_GROUPS + SIGNATURE_GROUPS - 1]), Err(Flaw::Invoice));
        // An expiry past all time is the end of it.
        let text = encode_bech32(Checksum::Bech32, "lnbc", &with(&[&hash, &[6, 0, 13], &[15; 1], &[31; 12]]));
        assert_eq!(recognise(text.as_bytes()).map(|(_, terms)| terms.expires_at), Ok(END_OF_TIME));
        // The checksum of later editions of bech32, which invoices do not have.
        let text = encode_bech32(Checksum::Bech32m, "lnbc", &with(&[&hash]));
        assert_eq!(recognise(text.as_bytes()), Err(Flaw::Checksum));
        assert_eq!(recognise("lnbc1".repeat(100_000).as_bytes()), Err(Flaw::Length));
        assert_eq!(recognise(["lnbc1", &"q".repeat(100_000)].concat().as_bytes()), Err(Flaw::Length));
    }

    #[test]
    fn amounts_have_their_shortest_form() {
        for (bitcoin, text) in [
            ("1", "1"),
            ("20", "20"),
            ("21000000", "21000000"),
            ("0.1", "100m"),
            ("0.001", "1m"),
            ("0.0025", "2500u"),
            ("0.0001", "100u"),
            ("0.00010000", "100u"),
            ("0.00000001", "10n"),
            ("0.00000123", "1230n"),
            ("0.045", "45m"),
            ("1.00000001", "1000000010n"),
            ("0.0000000001", "100p"),
            ("0.00000000001", "10p"),
            ("0.00967878534", "9678785340p"),
            ("99999999.99999999999", "99999999999999999990p"),
        ] {
            let amount = millisatoshis(bitcoin).unwrap();
            assert_eq!(amount_text(amount), text, "{bitcoin}");
            assert_eq!(read_amount(text.as_bytes()), Some(amount), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for bitcoin in ["", ".", "1.", ".1", "-1", "+1", "1e1", "0.000000000001", "184467440.73709551616", "1,5"] {
            assert_eq!(millisatoshis(bitcoin), None, "{bitcoin}");
        }
        for text in ["1x", "1mm", "m", "p", "0", "0p", "01", "1001p", "0x1", "100000000", "100000000000000000000p"] {
            assert_eq!(read_amount(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Invoice { amount: Some(0), ..coffee() }.encode(), None);
    }

    #[test]
    fn what_has_no_place_is_not_written() {
        let fits = Invoice { timestamp: MAX_TIMESTAMP, description: Some("é".repeat(319)), ..coffee() };
        assert_eq!(Invoice::decode(&fits.encode().unwrap()), Some(fits));
        assert_eq!(Invoice { timestamp: MAX_TIMESTAMP + 1, ..coffee() }.encode(), None);
        assert_eq!(Invoice { description: Some("é".repeat(320)), ..coffee() }.encode(), None);
        assert_eq!(Invoice { network: "é".into(), ..coffee() }.encode(), None);
    }

    #[test]
    fn numbers_have_the_fewest_groups() {
        // Field `x` of the example is `pu`; 900 s are 28 * 32 + 4.
        assert_eq!(groups_of_number(900), [28, 4]);
        assert!(groups_of_number(0).is_empty());
        assert_eq!(groups_of_features(&[8, 14]), [16, 8, 0]);
        for number in [1, 31, 32, 900, u64::from(u32::MAX), u64::MAX] {
            let data: Vec<u8> = groups_of_number(number).iter().map(|group| CHARACTERS[usize::from(*group)]).collect();
            assert_eq!(number_of_groups(&data), Some(number));
        }
        assert_eq!(number_of_groups(b"pppppppppppppp"), None);
    }

    #[test]
    fn one_changed_character_is_refused() {
        for position in 0..COFFEE.len() {
            let mut changed = COFFEE.as_bytes().to_vec();
            changed[position] = if changed[position] == b'q' { b'p' } else { b'q' };
            assert_eq!(Invoice::decode(std::str::from_utf8(&changed).unwrap()), None, "character {position}");
        }
    }
}
