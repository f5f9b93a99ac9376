//! Deposit addresses out of a seed and a counter, in the form of each network's test network.
//!
//! The bytes behind an address are a hash, not of any key: their form and checksum are right and nobody can spend
//! what is sent there. The EVM networks, Tron, Solana and the XRP Ledger write test addresses like real ones, so even
//! a real deposit would be accepted, and lost. Nothing here is random: the same seed and counter give the same address.

use alloc::string::String;
use alloc::vec;

use super::take_address::Order;
use crate::address::bolt11::{self, Invoice};
use crate::address::{
    Family, base58, bitcoin, bitcoin_cash, cardano, dogecoin, evm, litecoin, segwit, solana, tron, xrp_ledger,
};
use crate::currency::TagRule;
use crate::signature::sha512;
use crate::text::integer;

/// How long an invoice may be paid, in seconds (the gateway's page on Lightning: 15 minutes).
const INVOICE_EXPIRY: u64 = 900;

/// The default of BOLT #11, in blocks.
const MIN_FINAL_CLTV_EXPIRY: u64 = 18;

/// x of secp256k1's generator (SEC 2 §2.4.1).
const GENERATOR_X: [u8; 32] = [
    0x79, 0xbe, 0x66, 0x7e, 0xf9, 0xdc, 0xbb, 0xac, 0x55, 0xa0, 0x62, 0x95, 0xce, 0x87, 0x0b, 0x07, 0x02, 0x9b, 0xfc,
    0xdb, 0x2d, 0xce, 0x28, 0xd9, 0x59, 0xf2, 0x81, 0x5b, 0x16, 0xf8, 0x17, 0x98,
];

/// What a customer is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Deposit {
    pub(super) address: String,
    pub(super) tag: Option<String>,
}

/// Makes addresses.
#[derive(Clone, Debug)]
pub(super) struct Generator {
    seed: u64,
}

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The address for an order; another counter gives another one. None if a form cannot hold what it is given,
    /// which a validated order does not come to.
    pub(super) fn deposit(&self, order: &Order<'_>, counter: u64, now: u64) -> Option<Deposit> {
        let network = order.currency.networks.first()?;
        let hash = self.bytes("address", counter);
        let address = match network.family {
            Family::Bitcoin => segwit::encode(bitcoin::TESTNET, 0, &hash),
            Family::BitcoinCash => bitcoin_cash::encode(bitcoin_cash::TESTNET, 0, &hash)?,
            Family::Litecoin => segwit::encode(litecoin::TESTNET, 0, &hash),
            Family::Dogecoin => base58::encode_check(dogecoin::TESTNET, &hash),
            Family::Lightning => self.invoice(order.amount?, counter, now).encode()?,
            Family::Evm => evm::encode(&hash),
            Family::Tron => base58::encode_check(tron::VERSION, &hash),
            Family::XrpLedger => xrp_ledger::encode(&hash),
            Family::Cardano => {
                let hash: [u8; cardano::HASH_LENGTH] = self.bytes("address", counter);
                cardano::encode(cardano::TESTNET, cardano::ENTERPRISE_KEY_TESTNET, &hash)
            }
            Family::Solana => solana::encode(&self.bytes("address", counter)),
        };
        let tag = (network.tag == TagRule::Required).then(|| integer(self.tag(counter)));
        Some(Deposit { address, tag })
    }

    /// A transaction's id: 32 bytes in hex, as most networks write it. Simulated: nothing is on any network.
    pub(super) fn txid(&self, counter: u64) -> String {
        hex::encode(self.bytes::<32>("transaction", counter))
    }

    /// A destination tag, which has 32 bits. Multiplying by an odd number permutes them, so that no tag comes back
    /// before all have been.
    fn tag(&self, counter: u64) -> u32 {
        let low = |number: u64| {
            let [first, second, third, fourth, ..] = number.to_le_bytes();
            u32::from_le_bytes([first, second, third, fourth])
        };
        // 2^32 divided by the golden ratio, the usual multiplier (Knuth, The Art of Computer Programming §6.4).
        low(counter).wrapping_mul(2_654_435_769) ^ low(self.seed)
    }

    fn invoice(&self, amount: u64, counter: u64, now: u64) -> Invoice {
        Invoice {
            network: bolt11::TESTNET.into(),
            amount: Some(amount),
            timestamp: now.min(bolt11::MAX_TIMESTAMP),
            payment_hash: self.bytes("payment hash", counter),
            payment_secret: Some(self.bytes("payment secret", counter)),
            description: Some("Sandbox: never pay this".into()),
            expiry: Some(INVOICE_EXPIRY),
            min_final_cltv_expiry: Some(MIN_FINAL_CLTV_EXPIRY),
            features: vec![bolt11::VAR_ONION_REQUIRED, bolt11::PAYMENT_SECRET_REQUIRED],
            signature: simulated_signature(self.bytes("signature", counter)),
        }
    }

    /// N bytes, at most the 64 of SHA-512, for one purpose.
    fn bytes<const N: usize>(&self, purpose: &str, counter: u64) -> [u8; N] {
        const { assert!(N <= 64) };
        let (seed, counter) = (self.seed.to_le_bytes(), counter.to_le_bytes());
        let hash = sha512(&[b"alphapo-wasm sandbox\0", &seed[..], &counter, purpose.as_bytes()].concat());
        let mut bytes = [0; N];
        bytes.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        bytes
    }
}

/// Simulated: a signature that every reader accepts, without a key and without a curve.
///
/// A reader of an invoice recovers the public key Q = r⁻¹(sR − eG) (SEC 1 §4.1.6) and has nothing to compare it
/// with. With the generator G for R, whose y is even (recovery id 0), Q is a point for every s but the one that
/// equals e, so any s below n/2 will do. The nonce is then 1, which gives the private key to whoever looks at the
/// invoice: nobody may be paid over it.
fn simulated_signature(random: [u8; 32]) -> [u8; 65] {
    let mut s = random;
    let [first, .., last] = &mut s;
    // Below 2^254, and so below n/2; and not zero.
    *first &= 0b0011_1111;
    *last |= 1;
    let mut signature = [0; 65];
    let bytes = GENERATOR_X.into_iter().chain(s);
    signature.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    signature
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use std::collections::HashSet;

    use super::*;
    use crate::address::Chain;
    use crate::currency::KNOWN;
    use crate::gateway::json::Json;

    fn deposit(currency: &str, seed: u64, counter: u64) -> Deposit {
        let body = format!(r#"{{"currency":"{currency}","foreign_id":"1","amount":0.0001}}"#);
        let Some(Json::Object(members)) = Json::parse(body.as_bytes()) else {
            panic!("{body}");
        };
        let order = Order::read(&members).unwrap();
        Generator::new(seed).deposit(&order, counter, 1_700_000_000).unwrap()
    }

    #[test]
    fn every_known_currency_has_addresses_of_its_test_network() {
        for currency in KNOWN {
            for counter in 0..20 {
                let Deposit { address, tag } = deposit(currency.code, 1, counter);
                let (network, recognised) = currency.check(&address).unwrap();
                assert_ne!(recognised.chain, Chain::Main, "{} {address}", currency.code);
                assert_eq!(recognised.checksum, network.family != Family::Solana, "{} {address}", currency.code);
                assert_eq!(tag.is_some(), network.tag == TagRule::Required, "{}", currency.code);
                assert!(tag.is_none_or(|tag| tag.parse::<u32>().is_ok()));
            }
        }
    }

    #[test]
    fn an_invoice_has_what_a_payer_needs() {
        let text = deposit("BTCLN", 1, 1).address;
        assert!(text.starts_with("lntb100u1"), "{text}");
        let invoice = Invoice::decode(&text).unwrap();
        assert_eq!(invoice.amount, Some(10_000_000));
        assert_eq!(invoice.expires_at(), 1_700_000_900);
        assert_eq!(invoice.min_final_cltv_expiry, Some(18));
        assert_eq!(invoice.features, [8, 14]);
        assert!(invoice.payment_secret.is_some_and(|secret| secret != invoice.payment_hash));
        assert!(invoice.description.is_some());
    }

    #[test]
    fn a_time_past_35_bits_is_the_last_that_fits() {
        let invoice = Generator::new(1).invoice(1, 1, u64::MAX);
        assert_eq!(invoice.timestamp, bolt11::MAX_TIMESTAMP);
        assert!(invoice.encode().is_some());
    }

    #[test]
    fn a_signature_is_in_range() {
        for random in [[0; 32], [0xff; 32]] {
            let signature = simulated_signature(random);
            assert_eq!(signature[..32], GENERATOR_X);
            assert!(signature[32] < 0x40);
            assert_eq!((signature[63] & 1, signature[64]), (1, 0));
        }
    }

    #[test]
    fn seed_and_counter_decide() {
        for currency in ["BTC", "BCH", "DOGE", "ETH", "TRX", "XRP", "ADA", "SOL", "BTCLN"] {
            assert_eq!(deposit(currency, 1, 1), deposit(currency, 1, 1));
            let pairs = (0..20).flat_map(|seed| (0..20).map(move |counter| (seed, counter)));
            let all: HashSet<String> = pairs.map(|(seed, counter)| deposit(currency, seed, counter).address).collect();
            assert_eq!(all.len(), 400, "{currency}");
        }
    }

    #[test]
    fn no_tag_comes_back() {
        let generator = Generator::new(u64::MAX);
        let tags: HashSet<u32> = (0..100_000).map(|counter| generator.tag(counter)).collect();
        assert_eq!(tags.len(), 100_000);
    }
}
