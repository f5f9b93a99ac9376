//! Addresses as text: what each family writes, read and checked, and written for the sandbox and the tests.
//!
//! | module | what it reads | currencies |
//! |---|---|---|
//! | [`bitcoin`] | base58check and segwit | BTC |
//! | [`bitcoin_cash`] | CashAddr and the old base58check | BCH |
//! | [`litecoin`] | base58check and segwit | LTC |
//! | [`dogecoin`] | base58check | DOGE |
//! | [`bolt11`] | Lightning invoices | BTCLN |
//! | [`evm`] | hex with the checksum of EIP-55 | ETH and what lives on its like |
//! | [`tron`] | base58check | TRX, USDTT |
//! | [`xrp_ledger`] | base58check in an alphabet of its own, with and without a tag inside | XRP, CSC |
//! | [`cardano`] | bech32 of any length, and CBOR in base58 | ADA |
//! | [`solana`] | base58 | SOL and its tokens |
//!
//! [`base58`], [`bech32`] and [`segwit`] are what several of them share. Nothing here knows a currency code, the
//! gateway or a key. Text is taken exactly as it is: no space is trimmed, no letter's case changed that the format
//! does not let be changed. Every decoder is total, and every text has a longest length, so that the work is bounded.

pub mod base58;
pub mod bech32;
pub mod bitcoin;
pub mod bitcoin_cash;
pub mod bolt11;
pub mod cardano;
pub mod dogecoin;
pub mod evm;
mod keccak;
pub mod litecoin;
pub mod segwit;
mod sha256;
pub mod solana;
#[cfg(test)]
mod tests;
pub mod tron;
pub mod xrp_ledger;

use crate::named::named;

/// Length of the hash that most addresses carry, in bytes: Bitcoin's HASH160 as well as the last 20 bytes of
/// Keccak-256.
pub const HASH_LENGTH: usize = 20;

named! {
    /// How a network writes its addresses.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub enum Family {
        /// Bitcoin on its own chain.
        Bitcoin = "bitcoin",
        /// Bitcoin Cash.
        BitcoinCash = "bitcoin_cash",
        /// Litecoin.
        Litecoin = "litecoin",
        /// Dogecoin.
        Dogecoin = "dogecoin",
        /// Invoices of Bitcoin Lightning.
        Lightning = "lightning",
        /// Ethereum and every network that writes addresses as it does.
        Evm = "evm",
        /// Tron.
        Tron = "tron",
        /// XRP Ledger.
        XrpLedger = "xrp_ledger",
        /// Cardano.
        Cardano = "cardano",
        /// Solana.
        Solana = "solana",
    }

    /// The name that JavaScript has for it.
    pub fn as_str;
}

impl Family {
    /// What this text is to the family.
    ///
    /// ```
    /// use alphapo_wasm::address::{Chain, Family, Flaw, Kind};
    ///
    /// let address = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    /// let recognised = Family::Bitcoin.recognise(address)?;
    /// assert_eq!((recognised.kind, recognised.chain), (Kind::P2wpkh, Chain::Main));
    /// assert_eq!(Family::Litecoin.recognise(address), Err(Flaw::Form));
    /// # Ok::<(), Flaw>(())
    /// ```
    ///
    /// # Errors
    /// Why it is no address of the family.
    pub fn recognise(self, text: &str) -> Result<Recognised, Flaw> {
        let text = text.as_bytes();
        let (mut checksum, mut tag, mut invoice) = (true, None, None);
        let (kind, chain) = match self {
            Self::Bitcoin => bitcoin::recognise(text)?,
            Self::BitcoinCash => bitcoin_cash::recognise(text)?,
            Self::Litecoin => litecoin::recognise(text)?,
            Self::Dogecoin => dogecoin::recognise(text)?,
            Self::Lightning => {
                let (chain, terms) = bolt11::recognise(text)?;
                invoice = Some(terms);
                (Kind::Invoice, chain)
            }
            Self::Evm => {
                checksum = evm::recognise(text)?;
                (Kind::Account, Chain::Either)
            }
            Self::Tron => tron::recognise(text)?,
            Self::XrpLedger => {
                let (kind, chain, inside) = xrp_ledger::recognise(text)?;
                tag = inside;
                (kind, chain)
            }
            Self::Cardano => cardano::recognise(text)?,
            Self::Solana => {
                checksum = false;
                solana::recognise(text)?
            }
        };
        Ok(Recognised { kind, chain, checksum, tag, invoice })
    }

    /// How addresses of the main network begin, for people.
    #[must_use]
    pub fn mainnet(self) -> &'static str {
        match self {
            Self::Bitcoin => "1…, 3…, bc1…",
            Self::BitcoinCash => "bitcoincash:…, q…, p…, z…, r…, 1…, 3…",
            Self::Litecoin => "L…, M…, ltc1…",
            Self::Dogecoin => "D…, 9…, A…",
            Self::Lightning => "lnbc…",
            Self::Evm => "0x…",
            Self::Tron => "T…",
            Self::XrpLedger => "r…, X…",
            Self::Cardano => "addr1…, DdzFF…, Ae2…",
            Self::Solana => "32 to 44 letters and digits",
        }
    }

    /// How addresses of its test networks begin, for people. Where the form is that of the main network, nothing in
    /// the text tells them apart.
    #[must_use]
    pub fn testnet(self) -> &'static str {
        match self {
            Self::Bitcoin => "m…, n…, 2…, tb1…, bcrt1…",
            Self::BitcoinCash => "bchtest:…, bchreg:…, m…, n…, 2…",
            Self::Litecoin => "m…, n…, 2…, Q…, tltc1…, rltc1…",
            Self::Dogecoin => "n…, 2…",
            Self::Lightning => "lntb…, lntbs…, lnbcrt…",
            Self::XrpLedger => "r…, T…",
            Self::Cardano => "addr_test1…, 2cWK…, 37bt…, FHnt…",
            Self::Evm | Self::Tron | Self::Solana => self.mainnet(),
        }
    }
}

/// What a text is, once it is known to be an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Recognised {
    /// The kind of address.
    pub kind: Kind,
    /// Whose chain it is of.
    pub chain: Chain,
    /// Whether it has a checksum, which then was right. Without one a wrong character cannot be told.
    pub checksum: bool,
    /// The tag inside an X-address.
    pub tag: Option<u32>,
    /// The terms of an invoice.
    pub invoice: Option<Terms>,
}

/// What an invoice asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terms {
    /// The amount, in millisatoshis; none leaves it to the payer.
    pub amount: Option<u64>,
    /// When it was made, in seconds since 1970.
    pub timestamp: u64,
    /// From when on it must not be paid, in seconds since 1970.
    pub expires_at: u64,
}

named! {
    /// Whether money of the main network can be sent to an address.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub enum Chain {
        /// The main network.
        Main = "mainnet",
        /// One of the test networks.
        Test = "testnet",
        /// The text does not tell.
        Either = "either",
    }

    /// The name that JavaScript has for it.
    pub fn as_str;
}

named! {
    /// The kinds of address.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub enum Kind {
        /// Pays to the hash of a public key.
        P2pkh = "p2pkh",
        /// Pays to the hash of a script.
        P2sh = "p2sh",
        /// Witness version 0 with 20 bytes.
        P2wpkh = "p2wpkh",
        /// Witness version 0 with 32 bytes.
        P2wsh = "p2wsh",
        /// Witness version 1 with 32 bytes: Taproot.
        P2tr = "p2tr",
        /// A witness program that no rule exists for yet: until then whoever wants may spend it.
        Witness = "witness",
        /// An account, of which there is one kind: EVM, Tron, Solana.
        Account = "account",
        /// An account of the XRP Ledger, without a tag.
        Classic = "classic",
        /// An account of the XRP Ledger, with or without a tag.
        XAddress = "x_address",
        /// Cardano's Shelley address with stake rights of its own.
        Base = "base",
        /// Cardano's Shelley address with a pointer to stake rights.
        Pointer = "pointer",
        /// Cardano's Shelley address without stake rights.
        Enterprise = "enterprise",
        /// Cardano's older address.
        Byron = "byron",
        /// A Lightning invoice.
        Invoice = "invoice",
    }

    /// The name that JavaScript has for it.
    pub fn as_str;
}

named! {
    /// Why a text is no address.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub enum Flaw {
        /// It is not written as the network writes addresses; perhaps it is one of another network.
        Form = "is not written as this network writes its addresses",
        /// A character that the form does not have.
        Character = "has a character that no address of this network has",
        /// Upper and lower case, where there may be one alone.
        Case = "mixes upper-case and lower-case letters",
        /// Too short or too long.
        Length = "is too short or too long",
        /// The checksum is of another text.
        Checksum = "has a wrong checksum: a character is wrong or missing",
        /// An address for rewards.
        Stake = "is a stake address, which takes no payments",
        /// An invoice with a part missing, or one that cannot be.
        Invoice = "is an invoice with a part missing or malformed",
    }

    /// The rest of a sentence that begins with "the address ".
    pub fn as_str;
}

/// What most families tell of an address.
type Sort = (Kind, Chain);

/// Which version byte stands for what.
type Versions = [(u8, Kind, Chain)];
