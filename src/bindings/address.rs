//! `checkAddress` and `currencyInfo` as JavaScript has them: synchronous, and without a key.

use alloc::string::String;

use js_sys::JSON;
use wasm_bindgen::prelude::*;

use super::failure;
use crate::address::bolt11::bitcoin;
use crate::address::{Flaw, Recognised};
use crate::currency::{self, Currency, Network};
use crate::error::{Code, Error};
use crate::gateway::json::ObjectWriter;
use crate::text::{integer, join, push_integer};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = include_str!("address.d.ts");

/// Tells what an address is, or why it is none of this currency's.
///
/// Form, network and checksum are checked, as `takeAddress` does it. Nobody can tell from an address whose it is, or
/// whether it was ever used.
///
/// @param address the address as it is, without white space; for BTCLN the invoice
/// @param currency the gateway's code
/// @throws `AlphaPoError` `invalid_request` when one of them is not a string.
///
/// @example
/// ```js
/// const check = checkAddress("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "USDTE");
/// if (check.valid) console.log(check.network, check.checksum); // "Ethereum (ERC-20)" true
/// else console.log(check.reason);
/// ```
#[wasm_bindgen(js_name = checkAddress, unchecked_return_type = "AddressCheck")]
pub fn check_address(
    #[wasm_bindgen(unchecked_param_type = "string")] address: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "Currency")] currency: &JsValue,
) -> Result<JsValue, JsValue> {
    let address = string(address, "address")?;
    let currency = currency::find(&string(currency, "currency")?);
    object(|writer| match currency.map(|currency| currency.check(&address)) {
        Some(Ok((network, recognised))) => valid(writer, network, &recognised),
        Some(Err(flaw)) => invalid(writer, flaw),
        None => without_verdict(writer),
    })
}

/// What is known of a currency: its name, its networks, how their addresses look and whether they need a tag.
///
/// @param currency the gateway's code
/// @returns `undefined` for a code that is not known here; the gateway may take it all the same
/// @throws `AlphaPoError` `invalid_request` when it is not a string.
///
/// @example
/// ```js
/// currencyInfo("USDTT")?.name; // "Tether on Tron (TRC-20)"
/// currencyInfo("XRP")?.networks[0].tag; // "required"
/// ```
#[wasm_bindgen(js_name = currencyInfo, unchecked_return_type = "CurrencyInfo | undefined")]
pub fn currency_info(
    #[wasm_bindgen(unchecked_param_type = "Currency")] currency: &JsValue,
) -> Result<JsValue, JsValue> {
    match currency::find(&string(currency, "currency")?) {
        Some(currency) => object(|writer| info(writer, currency)),
        None => Ok(JsValue::UNDEFINED),
    }
}

fn string(value: &JsValue, name: &str) -> Result<String, JsValue> {
    value.as_string().ok_or_else(|| failure::to_js(&Error::of_field(Code::InvalidRequest, name, "must be a string")))
}

fn object(write: impl FnOnce(&mut ObjectWriter<'_>)) -> Result<JsValue, JsValue> {
    let mut json = String::new();
    let mut writer = ObjectWriter::new(&mut json);
    write(&mut writer);
    writer.end();
    JSON::parse(&json).map_err(|_| failure::to_js(&Error::new(Code::Internal, "a result could not be written".into())))
}

fn valid(writer: &mut ObjectWriter<'_>, network: &Network, recognised: &Recognised) {
    writer.boolean("valid", true);
    writer.text("network", network.name);
    writer.text("kind", recognised.kind.as_str());
    writer.text("chain", recognised.chain.as_str());
    writer.boolean("checksum", recognised.checksum);
    if let Some(tag) = recognised.tag {
        writer.text("tag", &integer(tag));
    }
    if let Some(terms) = &recognised.invoice {
        if let Some(amount) = terms.amount {
            writer.text("amount", &bitcoin(amount));
        }
        writer.key("expires_at");
        push_integer(writer.out, terms.expires_at);
    }
}

fn invalid(writer: &mut ObjectWriter<'_>, flaw: Flaw) {
    writer.boolean("valid", false);
    writer.text("reason", &join(&["the address ", flaw.as_str()]));
}

fn without_verdict(writer: &mut ObjectWriter<'_>) {
    writer.key("valid");
    writer.out.push_str("null");
    writer.text("reason", "the currency is not known here, so that its addresses cannot be checked");
}

fn info(writer: &mut ObjectWriter<'_>, currency: &Currency) {
    writer.text("code", currency.code);
    writer.text("asset", currency.asset);
    writer.text("name", &currency.name());
    writer.key("networks");
    writer.out.push('[');
    for (index, network) in currency.networks.iter().enumerate() {
        if index > 0 {
            writer.out.push(',');
        }
        let mut inner = ObjectWriter::new(writer.out);
        inner.text("name", network.name);
        inner.text("family", network.family.as_str());
        inner.text("mainnet", network.family.mainnet());
        inner.text("testnet", network.family.testnet());
        inner.text("tag", network.tag.as_str());
        inner.end();
    }
    writer.out.push(']');
}
