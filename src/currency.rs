//! The currency codes the project knows by name: what they are, on which network, and how addresses are written there.
//!
//! Sources: the gateway's documentation of currencies, that of its sister CryptoProcessing, and public clients. The
//! gateway's set of codes is open: a code that is not here is sent as it is and never refused by us.

use alloc::string::String;

use crate::address::{Family, Flaw, Recognised};

/// The code of Bitcoin Lightning, whose "address" is an invoice over a fixed `amount`.
pub const LIGHTNING: &str = "BTCLN";

/// One known currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Currency {
    /// The gateway's code.
    pub code: &'static str,
    /// What is paid, such as "Tether"; where no name is widely known, its ticker.
    pub asset: &'static str,
    /// Where it is paid: one network, or several where the sources dispute, the likeliest first.
    pub networks: &'static [Network],
}

/// A network, as seen by who sends a currency over it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network {
    /// The name to show a customer, with the token standard for tokens.
    pub name: &'static str,
    /// How its addresses are written.
    pub family: Family,
    /// Whether a tag belongs to an address.
    pub tag: TagRule,
}

/// Whether a deposit needs a tag (destination tag, memo) besides the address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TagRule {
    /// The network has none.
    None,
    /// Without it a deposit is nobody's.
    Required,
}

impl TagRule {
    /// The name that JavaScript has for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Required => "required",
        }
    }
}

impl Network {
    const fn of(name: &'static str, family: Family) -> Self {
        Self { name, family, tag: TagRule::None }
    }

    /// The chain itself: its name without the standard of a token.
    #[cfg(feature = "sandbox")]
    pub(crate) fn chain(&self) -> &'static str {
        self.name.split(" (").next().unwrap_or(self.name)
    }
}

const BITCOIN: &[Network] = &[Network::of("Bitcoin", Family::Bitcoin)];
const BITCOIN_LIGHTNING: &[Network] = &[Network::of("Lightning", Family::Lightning)];
const BITCOIN_CASH: &[Network] = &[Network::of("Bitcoin Cash", Family::BitcoinCash)];
const LITECOIN: &[Network] = &[Network::of("Litecoin", Family::Litecoin)];
const DOGECOIN: &[Network] = &[Network::of("Dogecoin", Family::Dogecoin)];
const ETHEREUM: &[Network] = &[Network::of("Ethereum", Family::Evm)];
const ERC_20: &[Network] = &[Network::of("Ethereum (ERC-20)", Family::Evm)];
const BSC: &[Network] = &[Network::of("BNB Smart Chain", Family::Evm)];
const BEP_20: &[Network] = &[Network::of("BNB Smart Chain (BEP-20)", Family::Evm)];
const ARBITRUM: &[Network] = &[Network::of("Arbitrum", Family::Evm)];
const BASE: &[Network] = &[Network::of("Base", Family::Evm)];
const POLYGON: &[Network] = &[Network::of("Polygon", Family::Evm)];
const TRON: &[Network] = &[Network::of("Tron", Family::Tron)];
const TRC_20: &[Network] = &[Network::of("Tron (TRC-20)", Family::Tron)];
const CARDANO: &[Network] = &[Network::of("Cardano", Family::Cardano)];
const SOLANA: &[Network] = &[Network::of("Solana", Family::Solana)];
const XRP_LEDGER: &[Network] = &[Network { tag: TagRule::Required, ..Network::of("XRP Ledger", Family::XrpLedger) }];

const fn known(code: &'static str, asset: &'static str, networks: &'static [Network]) -> Currency {
    Currency { code, asset, networks }
}

/// The known currencies.
pub const KNOWN: &[Currency] = &[
    known("BTC", "Bitcoin", BITCOIN),
    known(LIGHTNING, "Bitcoin", BITCOIN_LIGHTNING),
    known("BCH", "Bitcoin Cash", BITCOIN_CASH),
    known("LTC", "Litecoin", LITECOIN),
    known("DOGE", "Dogecoin", DOGECOIN),
    known("ETH", "Ether", ETHEREUM),
    known("ETHA", "Ether", ARBITRUM),
    known("ETHBASE", "Ether", BASE),
    known("USDTE", "Tether", ERC_20),
    known("USDTT", "Tether", TRC_20),
    known("USDTB", "Tether", BEP_20),
    known("USDC", "USDC", ERC_20),
    known("USDCE", "USDC", ERC_20),
    known("USDCA", "USDC", ARBITRUM),
    known("USDCBASE", "USDC", BASE),
    known("USDCS", "USDC", SOLANA),
    known("USDGE", "USDG", ERC_20),
    known("USDGS", "USDG", SOLANA),
    known("EURCE", "EURC", ERC_20),
    known("EURCBASE", "EURC", BASE),
    known("EURCS", "EURC", SOLANA),
    known("EURS", "EURS", ERC_20),
    known("DAI", "Dai", ERC_20),
    known("TRX", "Tron", TRON),
    known("XRP", "XRP", XRP_LEDGER),
    // That its deposits need a tag is inferred from the ledger.
    known("CSC", "CasinoCoin", XRP_LEDGER),
    known("ADA", "Ada", CARDANO),
    known("SOL", "Solana", SOLANA),
    // CryptoProcessing's page of API codes names the network.
    known("POL", "POL", POLYGON),
    // The lists of 2023 have it on the Beacon Chain, which has ended since (3 December 2024); newer ones on this.
    known("BNB", "BNB", BSC),
    known("BNB-BSC", "BNB", BSC),
    known("WBTC", "Wrapped Bitcoin", ERC_20),
    known("BRZ", "BRZ", ERC_20),
    known("CPD", "CPD", ERC_20),
    known("XED", "XED", ERC_20),
    known("VERSE", "VERSE", ERC_20),
    known("SNACK", "SNACK", BEP_20),
];

/// The known currency of this code.
#[must_use]
pub fn find(code: &str) -> Option<&'static Currency> {
    KNOWN.iter().find(|currency| currency.code == code)
}

impl Currency {
    /// What to show to a customer: the asset and where to send it.
    ///
    /// ```
    /// use alphapo_wasm::currency::find;
    ///
    /// let name = |code| find(code).map(|currency| currency.name());
    /// assert_eq!(name("USDTT").as_deref(), Some("Tether on Tron (TRC-20)"));
    /// assert_eq!(name("BTC").as_deref(), Some("Bitcoin"));
    /// ```
    #[must_use]
    pub fn name(&self) -> String {
        let mut name = String::from(self.asset);
        let others = self.networks.iter().filter(|network| network.name != self.asset);
        for (index, network) in others.enumerate() {
            name.push_str(if index == 0 { " on " } else { " or " });
            name.push_str(network.name);
        }
        name
    }

    /// The first of its networks that this is an address of, and what it is there.
    ///
    /// ```
    /// use alphapo_wasm::address::Flaw;
    /// use alphapo_wasm::currency::find;
    ///
    /// let tether = find("USDTT").ok_or(Flaw::Form)?;
    /// let (network, _) = tether.check("TQHgMpVzWkhSsRB4BzZgmV8uW4cFL8eaBr")?;
    /// assert_eq!(network.name, "Tron (TRC-20)");
    /// assert_eq!(tether.check("TQHgMpVzWkhSsRB4BzZgmV8uW4cFL8eaBs"), Err(Flaw::Checksum));
    /// # Ok::<(), Flaw>(())
    /// ```
    ///
    /// # Errors
    /// Why it is none: what is wrong with it on the network that it seems to be of.
    pub fn check(&self, address: &str) -> Result<(&'static Network, Recognised), Flaw> {
        let mut flaw = Flaw::Form;
        for network in self.networks {
            match network.family.recognise(address) {
                Ok(recognised) => return Ok((network, recognised)),
                Err(Flaw::Form) => {}
                Err(other) => flaw = other,
            }
        }
        Err(flaw)
    }
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;

    #[test]
    fn codes_are_found_as_they_are_written() {
        assert_eq!(find("XRP").map(|currency| currency.networks), Some(XRP_LEDGER));
        assert_eq!(find("xrp"), None);
        assert_eq!(find(""), None);
    }

    #[test]
    fn the_typings_complete_every_known_code_and_no_other() {
        let typings = include_str!("bindings/types.d.ts");
        let (_, list) = typings.split_once("export type Currency =").unwrap();
        let (list, _) = list.split_once(';').unwrap();
        let mut completed: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
        let mut known: Vec<&str> = KNOWN.iter().map(|currency| currency.code).collect();
        completed.sort_unstable();
        known.sort_unstable();
        assert_eq!(completed, known);
        known.dedup();
        assert_eq!(known.len(), KNOWN.len());
    }
}
