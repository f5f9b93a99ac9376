//! The currency codes the project knows by name, and how their addresses are written.
//!
//! The gateway's set of codes is open: a code that is not here is sent as it is and never refused by us.

/// The code of Bitcoin Lightning, whose "address" is an invoice over a fixed `amount`.
pub const LIGHTNING: &str = "BTCLN";

/// How the addresses of a currency are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// Segwit: bech32 (BIP-173).
    Segwit {
        /// The human-readable part on the test network.
        testnet_prefix: &'static str,
    },
    /// EVM: 20 bytes in hex with an EIP-55 checksum. Test networks use the same form.
    Evm,
    /// Tron: base58check with version 0x41. Test networks use the same form.
    Tron,
    /// XRP Ledger: base58check in its own alphabet, with a destination tag. Test networks use the same form.
    XrpLedger,
    /// Lightning: a BOLT11 invoice.
    Bolt11,
}

/// One known currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Currency {
    /// The gateway's code.
    pub code: &'static str,
    /// How its addresses are written.
    pub family: Family,
}

/// The known currencies: those that the sandbox has addresses of.
pub const KNOWN: &[Currency] = &[
    Currency { code: "BTC", family: Family::Segwit { testnet_prefix: "tb" } },
    Currency { code: LIGHTNING, family: Family::Bolt11 },
    Currency {
        code: "LTC",
        // Litecoin Core, chainparams.cpp, CTestNetParams::bech32_hrp.
        family: Family::Segwit { testnet_prefix: "tltc" },
    },
    Currency { code: "ETH", family: Family::Evm },
    Currency { code: "USDTE", family: Family::Evm },
    Currency { code: "USDTT", family: Family::Tron },
    Currency { code: "TRX", family: Family::Tron },
    Currency { code: "XRP", family: Family::XrpLedger },
];

/// The known currency of this code.
#[must_use]
pub fn find(code: &str) -> Option<&'static Currency> {
    KNOWN.iter().find(|currency| currency.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_as_they_are_written() {
        assert_eq!(find("XRP").map(|currency| currency.family), Some(Family::XrpLedger));
        assert_eq!(find("xrp"), None);
        assert_eq!(find(""), None);
    }

    #[test]
    fn the_typings_complete_every_known_code() {
        let typings = include_str!("bindings/types.d.ts");
        for currency in KNOWN {
            assert!(typings.contains(&format!("| \"{}\"", currency.code)), "{}", currency.code);
        }
    }
}
