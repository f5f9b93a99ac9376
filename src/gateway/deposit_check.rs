//! The last check of a deposit address before it is handed on: it is one of its currency's network, its destination
//! tag is there, and an invoice asks for what was asked.
//!
//! Which networks a currency has is in [`crate::currency`]. A code that is not known there passes unchecked, because
//! the gateway's set is open. Whether a tag of a network without tags means anything is not for us to say: it is
//! handed on.

use super::json::Json;
use super::request::TakeAddressRequest;
use super::response::{DepositAddress, untrusted};
use crate::address::bolt11::millisatoshis;
use crate::address::{Chain, Terms};
use crate::currency::{self, TagRule};
use crate::error::{Code, Error};
use crate::text::{integer, number};

impl DepositAddress {
    /// Holds the address against its currency's network, and adds the expiry of an invoice as `expires_at`.
    ///
    /// An invoice that has expired is not refused: the clock here may be wrong, and nobody can pay it by mistake.
    ///
    /// # Errors
    /// [`Code::InvalidAddress`], [`Code::MissingTag`], or [`Code::MismatchedResponse`] for an invoice over another
    /// amount. The caller adds the raw answer.
    pub fn check_address(&mut self, request: &TakeAddressRequest, only_mainnet: bool) -> Result<(), Error> {
        let Some(currency) = request.field("currency").and_then(currency::find) else {
            return Ok(());
        };
        let (network, recognised) = currency
            .check(self.field("address").unwrap_or_default())
            .map_err(|flaw| untrusted(Code::InvalidAddress, "address", flaw.as_str()))?;
        if only_mainnet && recognised.chain == Chain::Test {
            let problem = "is of a test network, and `baseUrl` is the production gateway";
            return Err(untrusted(Code::InvalidAddress, "address", problem));
        }
        self.check_tag(network.tag, recognised.tag)?;
        match recognised.invoice {
            Some(terms) => self.check_invoice(&terms, request),
            None => Ok(()),
        }
    }

    /// A required tag is a number of 32 bits (XRP Ledger documentation, "Source and Destination Tags"), beside the
    /// address or inside of it, from where it is handed on too, but not two different ones.
    fn check_tag(&mut self, rule: TagRule, inside: Option<u32>) -> Result<(), Error> {
        if rule != TagRule::Required {
            return Ok(());
        }
        let problem = match (self.field("tag"), inside) {
            (None, Some(inside)) => {
                self.fields.retain(|(name, _)| name != "tag");
                self.fields.push(("tag".into(), Json::Text(integer(inside))));
                return Ok(());
            }
            (None, None) => "is missing, and deposits without it may be lost",
            (Some(tag), inside) => match destination_tag(tag) {
                None => "is no destination tag: a number from 0 to 4294967295",
                Some(tag) if inside.is_none_or(|inside| inside == tag) => return Ok(()),
                Some(_) => "is not the destination tag that the address holds",
            },
        };
        Err(untrusted(Code::MissingTag, "tag", problem))
    }

    fn check_invoice(&mut self, terms: &Terms, request: &TakeAddressRequest) -> Result<(), Error> {
        let asked = request.amount().and_then(millisatoshis);
        if asked.is_none() || terms.amount != asked {
            let problem = "is an invoice over another amount than the one asked for";
            return Err(untrusted(Code::MismatchedResponse, "address", problem));
        }
        // What the gateway calls the expiry is not known. The invoice itself is what a wallet goes by.
        self.fields.retain(|(name, _)| name != EXPIRY);
        self.fields.push((EXPIRY.into(), Json::Number(integer(terms.expires_at))));
        Ok(())
    }
}

/// When an invoice expires, in seconds since 1970. The name is ours, in the gateway's way of writing.
const EXPIRY: &str = "expires_at";

fn destination_tag(text: &str) -> Option<u32> {
    number(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;

    const BITCOIN: &str = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    const TESTNET: &str = "tb1qfdxh6gkfr0qgyatnlkd8khcnxph9tw06n6qwjc";
    /// The gateway's own XRP sample.
    const CLASSIC: &str = "r3S9W2pYZj7vBueA8scxdJBSEVU2wjMedB";
    /// One account with no tag and with tag 1 (ripple-address-codec, src/index.test.ts).
    const X_WITHOUT_TAG: &str = "XVLhHMPHU98es4dbozjVtdWzVrDjtV5fdx1mHp98tDMoQXb";
    const X_WITH_TAG_1: &str = "XVLhHMPHU98es4dbozjVtdWzVrDjtV8xvjGQTYPiAx6gwDC";
    /// BOLT #11, Examples: 2500 micro-bitcoin, within one minute.
    const INVOICE: &str = "lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh";

    fn check(currency: &str, address: &str, tag: &str, only_mainnet: bool) -> Result<DepositAddress, Error> {
        let request = format!(r#"{{"currency":"{currency}","foreign_id":"1"}}"#);
        let request = TakeAddressRequest::from_json(&request).unwrap();
        let body = format!(
            r#"{{"data":{{"id":1,"currency":"{currency}","address":"{address}","tag":{tag},"foreign_id":"1"}}}}"#
        );
        let mut deposit = DepositAddress::parse(body.as_bytes(), &request).unwrap();
        deposit.check_address(&request, only_mainnet).map(|()| deposit)
    }

    fn refused(currency: &str, address: &str, tag: &str) -> (Code, String) {
        let error = check(currency, address, tag, true).unwrap_err();
        assert!(error.message.contains("Do not show"), "{}", error.message);
        (error.code, error.fields[0].0.clone())
    }

    #[test]
    fn addresses_of_the_network_pass_as_they_came() {
        for (currency, address) in [("BTC", BITCOIN), ("BTC", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"), ("NEWCOIN", "?")] {
            assert_eq!(check(currency, address, "null", true).unwrap().field("address"), Some(address));
        }
    }

    #[test]
    fn others_are_refused() {
        for (currency, address) in
            [("BTC", "12983h13ro1hrt24it432t"), ("LTC", BITCOIN), ("ETH", BITCOIN), ("BTC", TESTNET), ("BTC", "BTC")]
        {
            assert_eq!(refused(currency, address, "null"), (Code::InvalidAddress, "address".into()), "{currency}");
        }
        assert!(check("BTC", TESTNET, "null", false).is_ok());
    }

    #[test]
    fn a_tag_stands_where_the_network_needs_one() {
        for tag in ["0", "246861", "\"246861\"", "4294967295"] {
            assert!(check("XRP", CLASSIC, tag, true).is_ok(), "{tag}");
        }
        for tag in ["null", "\"\"", "4294967296", "\"tag-123\"", "\"1 \"", "99999999999999999999999"] {
            assert_eq!(refused("XRP", CLASSIC, tag), (Code::MissingTag, "tag".into()), "{tag}");
        }
        assert_eq!(check("BTC", BITCOIN, "\"tag-123\"", true).unwrap().field("tag"), Some("tag-123"));
    }

    #[test]
    fn a_tag_inside_of_the_address_will_do() {
        for tag in ["null", "1", "\"1\""] {
            assert_eq!(check("XRP", X_WITH_TAG_1, tag, true).unwrap().field("tag"), Some("1"), "{tag}");
        }
        for (address, tag) in [(X_WITH_TAG_1, "2"), (X_WITHOUT_TAG, "null")] {
            assert_eq!(refused("XRP", address, tag), (Code::MissingTag, "tag".into()), "{address} {tag}");
        }
    }

    #[test]
    fn an_invoice_is_over_the_amount_asked_for() {
        let take = |amount: &str| {
            let request = format!(r#"{{"currency":"BTCLN","foreign_id":"1","amount":{amount}}}"#);
            let request = TakeAddressRequest::from_json(&request).unwrap();
            let body = format!(
                r#"{{"data":{{"id":1,"currency":"BTCLN","address":"{INVOICE}","expires_at":"soon","foreign_id":"1"}}}}"#
            );
            let mut deposit = DepositAddress::parse(body.as_bytes(), &request).unwrap();
            deposit.check_address(&request, true).map(|()| deposit.to_javascript_json())
        };
        for amount in ["0.0025", "\"0.00250000\"", "25e-4"] {
            let json = take(amount).unwrap();
            // The specification's timestamp, and its expiry of one minute.
            assert!(json.contains(r#""expires_at":1496314718}"#), "{json}");
            assert_eq!(json.matches("expires_at").count(), 1);
        }
        for amount in ["0.0026", "0.00250001", "2500"] {
            let error = take(amount).unwrap_err();
            assert_eq!((error.code, error.fields[0].0.as_str()), (Code::MismatchedResponse, "address"));
        }
    }
}
