//! A gateway of our own: the same wire, valid test-network addresses, and no money behind any of them.
//!
//! It answers one request at a time, from bytes to bytes: whoever holds the socket hands the request in and the
//! answer out. It reads no clock and no randomness, so the same seed and the same requests give the same answers.
//! It is for tests and must never stand where customers pay.
//!
//! What the gateway documents is done as documented. What it does not document is simulated, and marked so where it
//! is done: the order of the checks, most validation texts, the size limit.
//!
//! | module | what it does |
//! |---|---|
//! | `deposit_addresses` | makes addresses out of a seed and a counter |
//! | `refusals` | the documented error answers |
//! | `take_address` | `POST /addresses/take`: the gateway's side of its validation |

mod deposit_addresses;
mod refusals;
mod take_address;

use alloc::string::String;
use alloc::vec::Vec;

use crate::error::{Code, Error};
use crate::gateway::json::Json;
use crate::signature::{Secret, Signer};
use deposit_addresses::Generator;
use take_address::Order;
pub use take_address::TakenAddress;

/// What every path of the gateway's API begins with.
const BASE: &str = "/api/v2";

/// The longest body that is read, in bytes. Simulated: no limit is documented; a request has a few hundred.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// What a sandbox is made of.
#[derive(Clone, Debug)]
pub struct Options {
    /// The public key that requests must name.
    pub key: String,
    /// The secret that they must be signed with.
    pub secret: Secret,
    /// Where its addresses come from: the same seed gives the same ones.
    pub seed: u64,
}

/// A request, as far as the gateway looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method, in upper case.
    pub method: &'a str,
    /// The path without its query, such as `/api/v2/addresses/take`.
    pub path: &'a str,
    /// The header `X-Processing-Key`.
    pub key: Option<&'a str>,
    /// The header `X-Processing-Signature`.
    pub signature: Option<&'a str>,
    /// The header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The raw body.
    pub body: &'a [u8],
    /// The time, in seconds since 1970.
    pub now: u64,
}

/// An answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header `Content-Type`.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

/// A gateway of our own.
///
/// ```
/// use alphapo_wasm::sandbox::{Options, Request, Sandbox};
/// use alphapo_wasm::signature::{Secret, Signer};
///
/// let secret = Secret::new("AbCdEfG123456");
/// let body = br#"{"currency":"BTC","foreign_id":"user-17"}"#;
/// let signature = Signer::new(&secret)?.sign(body);
///
/// let mut sandbox = Sandbox::new(Options { key: "my-key".into(), secret, seed: 1 })?;
/// let answer = sandbox.answer(&Request {
///     method: "POST",
///     path: "/api/v2/addresses/take",
///     key: Some("my-key"),
///     signature: Some(&signature),
///     content_type: Some("application/json"),
///     body,
///     now: 1_700_000_000,
/// });
/// assert_eq!(answer.status, 201);
/// assert!(answer.body.contains(r#""address":"tb1q"#));
/// assert_eq!(sandbox.addresses()[0].foreign_id, "user-17");
/// # Ok::<(), alphapo_wasm::error::Error>(())
/// ```
#[derive(Debug)]
pub struct Sandbox {
    key: String,
    signer: Signer,
    generator: Generator,
    addresses: Vec<TakenAddress>,
}

impl Sandbox {
    /// Opens a sandbox for one key pair.
    ///
    /// # Errors
    /// [`Code::InvalidOption`] for an empty secret, or a key that cannot stand in a header.
    pub fn new(options: Options) -> Result<Self, Error> {
        if options.key.is_empty() || !options.key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::of_field(
                Code::InvalidOption,
                "key",
                "must be one or more visible ASCII characters, because it stands in a header",
            ));
        }
        Ok(Self {
            signer: Signer::new(&options.secret)?,
            key: options.key,
            generator: Generator::new(options.seed),
            addresses: Vec::new(),
        })
    }

    /// Answers a request. Whatever is in it, there is an answer.
    pub fn answer(&mut self, request: &Request<'_>) -> Answer {
        match self.respond(request) {
            Ok(answer) | Err(answer) => answer,
        }
    }

    /// Every address it has handed out, in their order. The list lives and grows as long as the sandbox.
    #[must_use]
    pub fn addresses(&self) -> &[TakenAddress] {
        &self.addresses
    }

    fn respond(&mut self, request: &Request<'_>) -> Result<Answer, Answer> {
        if request.body.len() > MAX_BODY_BYTES {
            return Err(refusals::too_large());
        }
        match Endpoint::of(request) {
            Some(Endpoint::Ping) => Ok(Answer::text(200, "OK")),
            Some(Endpoint::TakeAddress) => {
                let members = self.authentic(request)?;
                self.take_address(&members, request.now)
            }
            // The errors page: a wrong URL is answered like a missing key, even if there is one. That the method
            // belongs to the URL is simulated.
            None => Err(refusals::required_header_key()),
        }
    }

    /// The members of a signed request's body. The order of these checks is simulated; it is the one in which the
    /// errors page lists them, from the key inwards.
    fn authentic(&self, request: &Request<'_>) -> Result<Vec<(String, Json)>, Answer> {
        let present = |header: Option<&str>| header.is_some_and(|value| !value.is_empty());
        if !present(request.key) {
            return Err(refusals::required_header_key());
        }
        if request.key != Some(self.key.as_str()) {
            return Err(refusals::bad_header_key());
        }
        if !present(request.signature) {
            return Err(refusals::required_header_signature());
        }
        // Documented is lower-case hex. Whether the gateway takes upper case is unknown; the sandbox does.
        let signature = request.signature.unwrap_or_default();
        if !self.signer.verify(request.body, signature.as_bytes()) {
            return Err(refusals::bad_header_signature());
        }
        // Documented for a missing header; that another type is refused alike is simulated.
        if !request.content_type.is_some_and(is_json) {
            return Err(refusals::bad_content_format());
        }
        match Json::parse(request.body) {
            Some(Json::Object(members)) => Ok(members),
            _ => Err(refusals::bad_content_format()),
        }
    }

    fn take_address(&mut self, members: &[(String, Json)], now: u64) -> Result<Answer, Answer> {
        let order = Order::read(members).map_err(|errors| refusals::validation(&errors))?;
        // Ids begin at 1 and never repeat: taking twice with one `foreign_id` gives two addresses.
        let count = u64::try_from(self.addresses.len()).unwrap_or(u64::MAX);
        let id = count.saturating_add(1);
        let deposit = self.generator.deposit(&order, id, now).ok_or_else(refusals::failed)?;
        let taken = order.taken(id, deposit);
        let answer = Answer::json(201, taken.to_body());
        self.addresses.push(taken);
        Ok(answer)
    }
}

/// What the sandbox serves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Endpoint {
    Ping,
    TakeAddress,
}

impl Endpoint {
    fn of(request: &Request<'_>) -> Option<Self> {
        match (request.method, request.path.strip_prefix(BASE)?) {
            ("GET", "/ping") => Some(Self::Ping),
            ("POST", "/addresses/take") => Some(Self::TakeAddress),
            _ => None,
        }
    }
}

impl Answer {
    fn json(status: u16, body: String) -> Self {
        Self { status, content_type: "application/json", body }
    }

    fn text(status: u16, body: &str) -> Self {
        Self { status, content_type: "text/plain; charset=UTF-8", body: body.into() }
    }
}

/// Whether a content type is `application/json`, with or without parameters (RFC 9110 §8.3.1).
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;
    use crate::address::bolt11::Invoice;
    use crate::error::Outcome;
    use crate::gateway::refusal::error_of;
    use crate::gateway::request::TakeAddressRequest;
    use crate::gateway::response::DepositAddress;

    const KEY: &str = "test-key";
    const SECRET: &str = "AbCdEfG123456";
    const NOW: u64 = 1_700_000_000;
    const TAKE: &str = "/api/v2/addresses/take";

    fn sandbox() -> Sandbox {
        let (key, secret) = (KEY.into(), Secret::new(SECRET));
        Sandbox::new(Options { key, secret, seed: 7 }).unwrap()
    }

    fn signature(body: &[u8]) -> String {
        Signer::new(&Secret::new(SECRET)).unwrap().sign(body)
    }

    fn request<'a>(body: &'a [u8], signature: &'a str) -> Request<'a> {
        Request {
            method: "POST",
            path: TAKE,
            key: Some(KEY),
            signature: Some(signature),
            content_type: Some("application/json"),
            body,
            now: NOW,
        }
    }

    fn post(sandbox: &mut Sandbox, body: &str) -> Answer {
        sandbox.answer(&request(body.as_bytes(), &signature(body.as_bytes())))
    }

    fn take(sandbox: &mut Sandbox, body: &str) -> DepositAddress {
        let request = TakeAddressRequest::from_json(body).unwrap();
        let answer = post(sandbox, request.body());
        assert_eq!((answer.status, answer.content_type), (201, "application/json"), "{}", answer.body);
        DepositAddress::parse(answer.body.as_bytes(), &request).unwrap()
    }

    #[test]
    fn the_documented_answer() {
        let mut sandbox = sandbox();
        let body = r#"{"currency":"BTC","foreign_id":"é/1","convert_to":"EUR","end_user_reference":"e"}"#;
        let answer = post(&mut sandbox, body);
        let address = &sandbox.addresses()[0].address;
        let expected = [
            r#"{"data":{"id":1,"currency":"BTC","convert_to":"EUR","address":""#,
            address,
            r#"","tag":null,"foreign_id":"é/1","end_user_reference":"e"}}"#,
        ];
        assert_eq!(answer.body, expected.concat());
        let answer = post(&mut sandbox, r#"{"currency":"BTC","foreign_id":"1"}"#);
        let address = &sandbox.addresses()[1].address;
        assert_eq!(
            answer.body,
            format!(r#"{{"data":{{"id":2,"currency":"BTC","address":"{address}","tag":null,"foreign_id":"1"}}}}"#)
        );
    }

    #[test]
    fn every_call_gives_a_new_address() {
        let mut sandbox = sandbox();
        for currency in crate::currency::KNOWN {
            let body = format!(r#"{{"currency":"{}","foreign_id":"1","amount":0.0001}}"#, currency.code);
            let body = if currency.code == "BTCLN" { body } else { body.replace(r#","amount":0.0001"#, "") };
            let (first, second) = (take(&mut sandbox, &body), take(&mut sandbox, &body));

            assert_ne!(first.field("address"), second.field("address"));
            assert_eq!(first.field("tag").is_some(), matches!(currency.code, "XRP" | "CSC"));
            assert!(first.field("tag").is_none() || first.field("tag") != second.field("tag"));
        }
        let ids: Vec<u64> = sandbox.addresses().iter().map(|taken| taken.id).collect();
        assert_eq!(ids, (1..=74).collect::<Vec<u64>>());
    }

    #[test]
    fn the_same_seed_gives_the_same_answers() {
        let body = r#"{"currency":"XRP","foreign_id":"1"}"#;
        let (first, again) = (post(&mut sandbox(), body), post(&mut sandbox(), body));
        assert_eq!(first, again);
        let (key, secret) = (KEY.into(), Secret::new(SECRET));
        let mut other = Sandbox::new(Options { key, secret, seed: 8 }).unwrap();
        assert_ne!(post(&mut other, body), first);
    }

    #[test]
    fn an_invoice_is_over_the_amount_and_lasts_15_minutes() {
        let body = r#"{"currency":"BTCLN","foreign_id":"1","amount":0.00012345}"#;
        let invoice = Invoice::decode(take(&mut sandbox(), body).field("address").unwrap()).unwrap();
        assert_eq!((invoice.network.as_str(), invoice.amount), ("lntb", Some(12_345_000)));
        assert_eq!((invoice.timestamp, invoice.expires_at()), (NOW, NOW + 900));
    }

    #[test]
    fn ping_needs_no_signature() {
        let ping = Request { method: "GET", path: "/api/v2/ping", key: None, signature: None, ..request(b"", "") };
        assert_eq!(sandbox().answer(&ping), Answer::text(200, "OK"));
    }

    #[test]
    fn a_wrong_url_or_method_is_a_missing_key() {
        for (method, path) in [
            ("GET", TAKE),
            ("PUT", TAKE),
            ("post", TAKE),
            ("POST", "/api/v2/ping"),
            ("POST", "/api/v2/addresses/take/"),
            ("POST", "/api/v2/addresses"),
            ("POST", "/api/v1/addresses/take"),
            ("POST", "/addresses/take"),
            ("GET", "/"),
            ("GET", ""),
        ] {
            let signature = signature(b"{}");
            let answer = sandbox().answer(&Request { method, path, ..request(b"{}", &signature) });
            assert_eq!(answer, refusals::required_header_key(), "{method} {path}");
        }
    }

    #[test]
    fn the_checks_have_an_order() {
        let body = br#"{"currency":"BTC","foreign_id":"1"}"#;
        let (good, of_nothing) = (signature(body), signature(b""));
        let good = request(body, &good);
        let bad = "0".repeat(128);
        for (request, refusal) in [
            (Request { key: None, signature: None, ..good }, refusals::required_header_key()),
            (Request { key: Some(""), ..good }, refusals::required_header_key()),
            (Request { key: Some("other"), signature: None, ..good }, refusals::bad_header_key()),
            (Request { key: Some("TEST-KEY"), ..good }, refusals::bad_header_key()),
            (Request { signature: None, content_type: None, ..good }, refusals::required_header_signature()),
            (Request { signature: Some(""), ..good }, refusals::required_header_signature()),
            (Request { signature: Some(&bad), content_type: None, ..good }, refusals::bad_header_signature()),
            (Request { signature: Some("x"), ..good }, refusals::bad_header_signature()),
            (Request { body: b"{}", ..good }, refusals::bad_header_signature()),
            (Request { content_type: None, ..good }, refusals::bad_content_format()),
            (Request { content_type: Some("text/plain"), ..good }, refusals::bad_content_format()),
            (Request { body: b"", signature: Some(&of_nothing), ..good }, refusals::bad_content_format()),
        ] {
            let mut sandbox = sandbox();
            assert_eq!(sandbox.answer(&request), refusal);
            assert_eq!(sandbox.addresses(), []);
        }
        for content_type in ["application/json", "application/json; charset=utf-8", "Application/JSON ;x"] {
            let request = Request { content_type: Some(content_type), ..good };
            assert_eq!(sandbox().answer(&request).status, 201, "{content_type}");
        }
    }

    #[test]
    fn what_is_no_object_is_bad_content() {
        for body in ["", "[]", "null", "1", "{", "{}{}", "<html>", "{\"currency\":\"BTC\",}"] {
            assert_eq!(post(&mut sandbox(), body), refusals::bad_content_format(), "{body}");
        }
    }

    #[test]
    fn a_client_understands_the_refusals() {
        let answer = post(&mut sandbox(), r#"{"currency":"NEW"}"#);
        let error = error_of(answer.status, answer.body.as_bytes());
        assert_eq!((error.code, error.outcome), (Code::Rejected, Outcome::Rejected));
        let expected = [
            ("currency".into(), "The selected currency is invalid.".into()),
            ("foreign_id".into(), "The foreign id field is required.".into()),
        ];
        assert_eq!(error.fields, expected);
    }

    #[test]
    fn long_bodies_are_refused() {
        let body = format!(r#"{{"currency":"BTC","foreign_id":"1","x":"{}"}}"#, "x".repeat(MAX_BODY_BYTES));
        assert_eq!(post(&mut sandbox(), &body).status, 413);
        assert_eq!(post(&mut sandbox(), &body.replace("xxxxxxxx", "")).status, 201);
    }

    #[test]
    fn unusable_options_are_named() {
        for (key, secret, field) in [("", "s", "key"), ("a b", "s", "key"), ("é", "s", "key"), ("k", "", "secret")] {
            let error = Sandbox::new(Options { key: key.into(), secret: Secret::new(secret), seed: 0 }).unwrap_err();
            assert_eq!((error.code, error.fields[0].0.as_str()), (Code::InvalidOption, field));
        }
    }

    #[test]
    fn nothing_prints_the_secret() {
        let options = Options { key: KEY.into(), secret: Secret::new(SECRET), seed: 0 };
        let printed = format!("{options:?} {:?}", Sandbox::new(options.clone()).unwrap());
        assert!(!printed.contains(SECRET), "{printed}");
    }
}
