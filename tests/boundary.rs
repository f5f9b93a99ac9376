//! The boundary from the Rust side: what crosses into JavaScript and back, in Node, Deno and browsers.
//!
//! The package as a user has it is tested in `tests/package/`; this suite calls the bindings themselves, so that a
//! fault is found where it is.

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a failing test panics"
)]

use std::cell::RefCell;
use std::rc::Rc;

use alphapo_wasm::bindings::{AlphaPo, SandboxCore, take_address, verify_callback};
use alphapo_wasm::signature::Secret;
use hmac::{Hmac, KeyInit, Mac};
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use sha2::Sha512;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

const SECRET: &str = "AbCdEfG123456";
const BODY: &str = r#"{"currency":"BTC","foreign_id":"123456"}"#;
/// The gateway's authentication page.
const SIGNATURE: &str = "03c25fcf7cd35e7d995e402cd5d51edd72d48e1471e865907967809a0c189ba5\
                         5b90815f20e2bb10f82c7a9e9d865546fda58989c2ae9e8e2ff7bc29195fa1ec";

/// The JavaScript around the numeric exports, as the package has it.
#[wasm_bindgen(module = "/pkg-template/entries/signing.js")]
extern "C" {
    fn connect(exports: &JsValue, errors: &JsValue);
    #[wasm_bindgen(catch, js_name = sign)]
    fn connected_sign(body: &JsValue, secret: &JsValue) -> Result<String, JsValue>;
    #[wasm_bindgen(catch, js_name = verify)]
    fn connected_verify(body: &JsValue, signature: &JsValue, secret: &JsValue) -> Result<bool, JsValue>;

    type Signer;
    #[wasm_bindgen(catch, constructor)]
    fn new(secret: &JsValue) -> Result<Signer, JsValue>;
    #[wasm_bindgen(catch, method)]
    fn sign(this: &Signer, body: &JsValue) -> Result<String, JsValue>;
    #[wasm_bindgen(catch, method)]
    fn verify(this: &Signer, body: &JsValue, signature: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(method)]
    fn free(this: &Signer);
}

#[wasm_bindgen(module = "/src/bindings/error.js")]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = AlphaPoError)]
    static ERRORS: JsValue;
}

fn sign(body: &JsValue, secret: &JsValue) -> Result<String, JsValue> {
    connect_once();
    connected_sign(body, secret)
}

fn verify(body: &JsValue, signature: &JsValue, secret: &JsValue) -> Result<bool, JsValue> {
    connect_once();
    connected_verify(body, signature, secret)
}

fn signer(secret: &JsValue) -> Result<Signer, JsValue> {
    connect_once();
    Signer::new(secret)
}

/// To this module, as an entry of the package does it when it has started its own.
fn connect_once() {
    static CONNECTED: std::sync::Once = std::sync::Once::new();
    CONNECTED.call_once(|| ERRORS.with(|errors| connect(&wasm_bindgen::exports(), errors)));
}

fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value).unwrap();
    }
    object.into()
}

fn get(object: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(object.clone(), |object, name| Reflect::get(&object, &name.into()).unwrap())
}

fn text(object: &JsValue, path: &str) -> String {
    get(object, path).as_string().unwrap_or_else(|| panic!("no text at {path}"))
}

fn bytes(text: &str) -> JsValue {
    Uint8Array::from(text.as_bytes()).into()
}

/// The gateway of the package's sandbox, with the least of a `fetch` around it: the package's own is JavaScript.
struct Sandbox {
    core: Rc<RefCell<SandboxCore>>,
    fetch: Function,
}

impl Sandbox {
    fn of(options: &JsValue) -> Self {
        let core = Rc::new(RefCell::new(SandboxCore::new(options).unwrap()));
        let answering = Rc::clone(&core);
        let respond = Function::new_with_args(
            "{ answer }",
            "return new Response(answer.body, { status: answer.status, headers: answer.headers })",
        );
        let fetch = Closure::<dyn FnMut(String, JsValue) -> Promise>::new(move |url: String, init: JsValue| {
            let of = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).unwrap();
            let headers = of(&init, "headers");
            let header = |name| of(&headers, name).as_string();
            let (key, signature) = (header("X-Processing-Key"), header("X-Processing-Signature"));
            let body = of(&init, "body").unchecked_into::<Uint8Array>().to_vec();
            let path = url.strip_prefix("https://sandbox.invalid").unwrap();
            let now = 1_700_000_000_000.0;
            let content_type = header("Content-Type");
            let reply = answering.borrow_mut().reply("POST", path, key, signature, content_type, None, &body, now);
            Promise::resolve(&respond.call1(&JsValue::NULL, &reply.unwrap()).unwrap())
        });
        Self { core, fetch: fetch.into_js_value().unchecked_into() }
    }

    fn fetch(&self) -> Function {
        self.fetch.clone()
    }

    fn addresses(&self) -> Result<JsValue, JsValue> {
        self.core.borrow().addresses()
    }
}

fn sandbox() -> Sandbox {
    Sandbox::of(&object(&[("key", "key".into()), ("secret", SECRET.into()), ("seed", 1.into())]))
}

/// Options that work against the sandbox, also where these tests run in a page.
fn options(sandbox: &Sandbox, more: &[(&str, JsValue)]) -> JsValue {
    let members = [
        ("key", "key".into()),
        ("secret", SECRET.into()),
        ("baseUrl", "https://sandbox.invalid/api/v2".into()),
        ("fetch", sandbox.fetch().into()),
        ("dangerouslyAllowBrowser", JsValue::TRUE),
    ];
    object(&[&members, more].concat())
}

async fn rejection(promise: Promise) -> JsValue {
    JsFuture::from(promise).await.expect_err("the promise should reject")
}

fn bitcoin() -> JsValue {
    object(&[("currency", "BTC".into()), ("foreign_id", "user-17".into())])
}

#[wasm_bindgen_test]
fn text_and_bytes_sign_alike() {
    for body in [BODY.into(), bytes(BODY)] {
        for secret in [SECRET.into(), bytes(SECRET)] {
            assert_eq!(sign(&body, &secret).unwrap(), SIGNATURE);
            assert!(verify(&body, &SIGNATURE.into(), &secret).unwrap());
            assert_eq!(signer(&secret).unwrap().sign(&body).unwrap(), SIGNATURE);
        }
    }
}

#[wasm_bindgen_test]
fn a_view_signs_its_own_bytes_only() {
    let view = Uint8Array::from(format!("..{BODY}...").as_bytes()).subarray(2, 2 + BODY.len() as u32);
    assert_eq!(sign(&view, &SECRET.into()).unwrap(), SIGNATURE);
}

#[wasm_bindgen_test]
fn what_is_no_body_is_a_typed_error() {
    let views = [js_sys::Uint16Array::new_with_length(1).into(), js_sys::ArrayBuffer::new(1).into()];
    let others = [object(&[]), JsValue::NULL, JsValue::UNDEFINED, 17.into(), Array::new().into()];
    for body in others.into_iter().chain(views) {
        let error = sign(&body, &SECRET.into()).unwrap_err();
        assert_eq!(text(&error, "code"), "invalid_body");
        assert!(text(&error, "message").contains("not the parsed object"));
        assert!(error.is_instance_of::<js_sys::Error>());
        assert_eq!(text(&verify(&body, &"".into(), &SECRET.into()).unwrap_err(), "code"), "invalid_body");
    }
}

#[wasm_bindgen_test]
fn what_is_no_secret_is_a_typed_error() {
    for secret in [JsValue::UNDEFINED, JsValue::NULL, "".into(), 17.into(), object(&[])] {
        let error = sign(&BODY.into(), &secret).unwrap_err();
        assert_eq!(text(&error, "code"), "invalid_option");
        assert!(get(&error, "fields.secret").is_string());
    }
}

#[wasm_bindgen_test]
fn a_malformed_signature_is_false() {
    let signer = signer(&SECRET.into()).unwrap();
    for signature in [JsValue::UNDEFINED, JsValue::NULL, "".into(), 17.into(), bytes(SIGNATURE), "zz".into()] {
        assert!(!signer.verify(&BODY.into(), &signature).unwrap());
    }
    assert!(signer.verify(&BODY.into(), &SIGNATURE.to_uppercase().into()).unwrap());
}

#[wasm_bindgen_test]
async fn an_address_crosses_as_a_plain_object() {
    let sandbox = sandbox();
    let request = object(&[
        ("currency", "XRP".into()),
        ("foreign_id", "user-17 é".into()),
        ("end_user_reference", "user-17".into()),
        ("convert_to", JsValue::UNDEFINED),
    ]);
    let deposit = JsFuture::from(take_address(&request, &options(&sandbox, &[]))).await.unwrap();
    assert_eq!(text(&deposit, "currency"), "XRP");
    assert_eq!(text(&deposit, "foreign_id"), "user-17 é");
    assert!(text(&deposit, "address").starts_with('r'));
    assert!(text(&deposit, "tag").parse::<u32>().is_ok());
    assert_eq!(get(&deposit, "id").as_f64(), Some(1.0));
    assert!(get(&deposit, "convert_to").is_undefined());

    let listed = sandbox.addresses().unwrap();
    assert_eq!(text(&listed, "0.address"), text(&deposit, "address"));
}

#[wasm_bindgen_test]
async fn what_json_cannot_carry_names_its_field() {
    let sandbox = sandbox();
    let cycle = object(&[]);
    Reflect::set(&cycle, &"self".into(), &cycle).unwrap();
    let half = js_sys::JSON::parse(r#""\ud800""#).unwrap();
    for (field, value) in [
        ("foreign_id", JsValue::from(17_u64)),
        ("foreign_id", half),
        ("sender_data", cycle),
        ("amount", f64::NAN.into()),
        ("amount", f64::INFINITY.into()),
    ] {
        let request = bitcoin();
        Reflect::set(&request, &field.into(), &value).unwrap();
        let error = rejection(take_address(&request, &options(&sandbox, &[]))).await;
        assert_eq!(text(&error, "code"), "invalid_request");
        assert!(get(&error, &format!("fields.{field}")).is_string(), "{field}");
        assert_eq!(text(&error, "outcome"), "not-sent");
    }
    for request in [JsValue::NULL, JsValue::UNDEFINED, "BTC".into(), Array::new().into(), 17.into()] {
        let error = rejection(take_address(&request, &options(&sandbox, &[]))).await;
        assert!(get(&error, "fields.request").is_string());
    }
    assert_eq!(sandbox.addresses().unwrap().unchecked_into::<Array>().length(), 0);
}

#[wasm_bindgen_test]
async fn options_are_checked_by_name() {
    let sandbox = sandbox();
    for (option, value) in [
        ("key", 17.into()),
        ("key", "".into()),
        ("secret", " s".into()),
        ("secret", "s\n".into()),
        ("baseUrl", "http://gateway.test".into()),
        ("timeout", 0.into()),
        ("timeout", 1.5.into()),
        ("timeout", f64::INFINITY.into()),
        ("timeout", "1".into()),
        ("retries", (-1).into()),
        ("retries", 101.into()),
        ("signal", object(&[])),
        ("fetch", "fetch".into()),
        ("base_url", "https://gateway.test".into()),
    ] {
        let options = options(&sandbox, &[(option, value)]);
        let error = AlphaPo::new(&options).err().unwrap_or_else(|| panic!("{option} should be refused"));
        assert_eq!(text(&error, "code"), "invalid_option");
        assert!(get(&error, "fields").is_object() && get(&get(&error, "fields"), option).is_string(), "{option}");
        assert_eq!(text(&rejection(take_address(&bitcoin(), &options)).await, "code"), "invalid_option");
    }
    for options in [JsValue::UNDEFINED, JsValue::NULL, "key".into()] {
        assert!(AlphaPo::new(&options).is_err());
    }
}

#[wasm_bindgen_test]
async fn a_call_has_options_of_its_own() {
    let sandbox = sandbox();
    let alphapo = AlphaPo::new(&options(&sandbox, &[("fetch", JsValue::UNDEFINED)])).unwrap();
    let overrides = object(&[("fetch", sandbox.fetch().into())]);
    assert!(JsFuture::from(alphapo.take_address(&bitcoin(), &overrides)).await.is_ok());

    let foreign = object(&[("secret", "another".into())]);
    let error = rejection(alphapo.take_address(&bitcoin(), &foreign)).await;
    assert!(get(&error, "fields.secret").is_string());
}

#[wasm_bindgen_test]
async fn a_client_may_be_freed_while_a_call_is_under_way() {
    let sandbox = sandbox();
    let alphapo = AlphaPo::new(&options(&sandbox, &[])).unwrap();
    let call = alphapo.take_address(&bitcoin(), &JsValue::UNDEFINED);
    drop(alphapo);
    assert!(JsFuture::from(call).await.is_ok());
}

/// A `fetch` in JavaScript, given its source.
fn fetch(source: &str) -> JsValue {
    Function::new_with_args("url, init", source).into()
}

#[wasm_bindgen_test]
async fn whatever_fetch_does_the_promise_settles() {
    let sandbox = sandbox();
    for (source, code) in [
        ("throw new Error('thrown')", "network"),
        ("throw undefined", "network"),
        ("return Promise.reject('words')", "network"),
        ("return undefined", "network"),
        ("return 17", "network"),
        ("return {}", "network"),
        ("return { get status() { throw new Error('no') }, body: null, text() { return 'x' } }", "unexpected_status"),
        ("return { status: 201, text() { throw new Error('no') } }", "network"),
        ("return { status: 201, body: { getReader() { return {} } } }", "network"),
        ("return { status: 201, body: { getReader: () => ({ read: () => ({ value: 17 }) }) } }", "network"),
        ("return { status: 201, headers: null, text: async () => 'not JSON' }", "invalid_response"),
        (
            "return { status: 500, headers: { get() { throw 1 } }, arrayBuffer: async () => new ArrayBuffer(3) }",
            "server",
        ),
        ("return new Promise(() => {})", "timeout"),
        ("return { status: 201, body: { getReader: () => ({ read: () => new Promise(() => {}) }) } }", "timeout"),
    ] {
        let more = [("fetch", fetch(source)), ("retries", 0.into()), ("timeout", 200.into())];
        let error = rejection(take_address(&bitcoin(), &options(&sandbox, &more))).await;
        assert_eq!(text(&error, "code"), code, "{source}");
        assert_eq!(text(&error, "outcome"), "unknown", "{source}");
        assert_eq!(get(&error, "attempts").as_f64(), Some(1.0), "{source}");
    }
}

#[wasm_bindgen_test]
async fn an_answer_crosses_without_loss() {
    let answering = fetch(
        r#"return { status: 201, text: async () => String.raw`{ "data": {
             "id": 9007199254740991, "currency": "BTC", "address": "tb1qfdxh6gkfr0qgyatnlkd8khcnxph9tw06n6qwjc", "tag": null, "foreign_id": "user-17",
             "past": 9007199254740993, "rate": 0.10, "huge": 1e400, "small": -17, "yes": true,
             "deep": { "list": [1, 1.0, "\u00e9\ud83d\ude80"] }, "__proto__": { "polluted": 1 } } }` }"#,
    );
    let deposit = take_address(&bitcoin(), &options(&sandbox(), &[("fetch", answering)]));
    let deposit = JsFuture::from(deposit).await.unwrap();
    for (member, expected) in [
        ("id", 9_007_199_254_740_991.0.into()),
        ("past", "9007199254740993".into()),
        ("tag", JsValue::NULL),
        ("rate", "0.10".into()),
        ("huge", "1e400".into()),
        ("small", (-17).into()),
        ("yes", true.into()),
        ("deep.list.0", 1.into()),
        ("deep.list.1", "1.0".into()),
        ("deep.list.2", "é🚀".into()),
        ("deep.list.length", 3.into()),
        ("nothing", JsValue::UNDEFINED),
        ("polluted", JsValue::UNDEFINED),
    ] {
        assert_eq!(get(&deposit, member), expected, "{member}");
    }
    assert!(Object::has_own(deposit.unchecked_ref::<Object>(), &"__proto__".into()), "every field is kept as it came");
}

#[wasm_bindgen_test]
async fn a_refusal_crosses_with_all_it_says() {
    let refusing =
        fetch(r#"return { status: 403, text: async () => '{"error":"Bad key header","code":"bad_header_key"}' }"#);
    let error = rejection(take_address(&bitcoin(), &options(&sandbox(), &[("fetch", refusing)]))).await;
    assert!(error.is_instance_of::<js_sys::Error>());
    for (member, expected) in [
        ("name", "AlphaPoError".into()),
        ("code", "unauthorized".into()),
        ("outcome", "rejected".into()),
        ("status", 403.into()),
        ("gatewayCode", "bad_header_key".into()),
        ("attempts", 1.into()),
        ("retryable", false.into()),
        ("body", r#"{"error":"Bad key header","code":"bad_header_key"}"#.into()),
        ("fields", JsValue::UNDEFINED),
        ("cause", JsValue::UNDEFINED),
    ] {
        assert_eq!(get(&error, member), expected, "{member}");
    }
    assert!(!text(&error, "message").is_empty() && text(&error, "stack").contains(char::is_alphanumeric));
}

#[wasm_bindgen_test]
async fn promises_settle_each_by_itself() {
    let sandbox = sandbox();
    let refused = object(&[("currency", "BTC".into()), ("foreign_id", "".into())]);
    let calls: Array = (0..20)
        .map(|number| {
            let request = if number % 2 == 0 { bitcoin() } else { refused.clone() };
            let promise = take_address(&request, &options(&sandbox, &[]));
            assert!(promise.is_instance_of::<Promise>(), "it is a promise of this realm, also when it is rejected");
            promise
        })
        .collect();
    let settled: Array = JsFuture::from(Promise::all_settled(&calls)).await.unwrap().unchecked_into();
    for (number, call) in settled.iter().enumerate() {
        let expected = if number % 2 == 0 { "fulfilled" } else { "rejected" };
        assert_eq!(text(&call, "status"), expected, "call {number}");
    }
    assert_eq!(sandbox.addresses().unwrap().unchecked_into::<Array>().length(), 10);
}

#[wasm_bindgen_test]
async fn a_failed_attempt_does_not_spoil_the_next() {
    let sandbox = sandbox();
    let flaky = fetch(
        "globalThis.calls = (globalThis.calls ?? 0) + 1; if (globalThis.calls === 1) throw new Error('reset'); if (init.signal.aborted) throw new Error('aborted'); return globalThis.answer(url, init)",
    );
    Reflect::set(&js_sys::global(), &"answer".into(), &sandbox.fetch()).unwrap();
    let deposit = JsFuture::from(take_address(&bitcoin(), &options(&sandbox, &[("fetch", flaky)]))).await.unwrap();
    assert!(text(&deposit, "address").starts_with("tb1q"));
}

#[wasm_bindgen_test]
async fn an_aborted_call_has_its_reason_as_cause_and_leaves_no_listener() {
    let sandbox = sandbox();
    let signal = Function::new_no_args(
        "const listeners = new Set();
         return {
           aborted: false, reason: undefined, listeners,
           addEventListener(type, listener) { listeners.add(listener) },
           removeEventListener(type, listener) { listeners.delete(listener) },
           abort(reason) { this.aborted = true; this.reason = reason; for (const l of listeners) l({ type: 'abort' }) },
         }",
    )
    .call0(&JsValue::NULL)
    .unwrap();
    let listening = || get(&signal, "listeners.size").as_f64();

    assert!(JsFuture::from(take_address(&bitcoin(), &options(&sandbox, &[("signal", signal.clone())]))).await.is_ok());
    assert_eq!(listening(), Some(0.0));

    let more = [("signal", signal.clone()), ("fetch", fetch("return new Promise(() => {})"))];
    let call = take_address(&bitcoin(), &options(&sandbox, &more));
    assert_eq!(listening(), Some(1.0));
    let abort: Function = get(&signal, "abort").unchecked_into();
    abort.call1(&signal, &"changed my mind".into()).unwrap();
    let error = rejection(call).await;
    assert_eq!((text(&error, "code"), text(&error, "cause")), ("aborted".into(), "changed my mind".into()));
    assert_eq!(listening(), Some(0.0));

    let error = rejection(take_address(&bitcoin(), &options(&sandbox, &more))).await;
    assert_eq!((text(&error, "code"), text(&error, "outcome")), ("aborted".into(), "not-sent".into()));
}

/// The runtime's own signals, in what they differ from the one above: `abort()` without a reason makes one up, and
/// `timeout` aborts by itself.
#[wasm_bindgen_test]
async fn the_runtimes_signals_abort_a_call_and_its_fetch() {
    let sandbox = sandbox();
    let waiting = fetch("return new Promise((_, reject) => init.signal.addEventListener('abort', reject))");
    for (source, reason) in [
        ("const it = new AbortController(); setTimeout(() => it.abort(), 20); return it.signal", "AbortError"),
        ("return AbortSignal.timeout(20)", "TimeoutError"),
        ("return AbortSignal.any([new AbortController().signal, AbortSignal.timeout(20)])", "TimeoutError"),
        ("return AbortSignal.abort()", "AbortError"),
    ] {
        let signal = Function::new_no_args(source).call0(&JsValue::NULL).unwrap();
        let already = get(&signal, "aborted").is_truthy();
        let more = [("signal", signal.clone()), ("fetch", waiting.clone())];
        let error = rejection(take_address(&bitcoin(), &options(&sandbox, &more))).await;
        assert_eq!(text(&error, "code"), "aborted", "{source}");
        assert_eq!(text(&error, "outcome"), if already { "not-sent" } else { "unknown" }, "{source}");
        assert_eq!(text(&error, "cause.name"), reason, "{source}");
        assert_eq!(get(&error, "cause"), get(&signal, "reason"), "{source}");
    }
}

/// A secret that only JavaScript knows, and what would give it away: the text itself; padded for HMAC (RFC 2104 §2:
/// xored with 0x36 or 0x5c), as bytes and as SHA-512's words, which this machine writes the other way round.
fn watched_secret(length: u32) -> (JsValue, Array) {
    let secret = Function::new_with_args(
        "length",
        "return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => String.fromCharCode(33 + byte % 90)).join('')",
    );
    let traces = Function::new_with_args(
        "secret",
        "const padded = (pad) => Uint8Array.from(secret, (letter) => letter.charCodeAt(0) ^ pad);
         const words = (bytes) => bytes.map((_, at) => bytes[at - at % 8 + 7 - at % 8]);
         const whole = [padded(0), padded(0x36), padded(0x5c), words(padded(0x36)), words(padded(0x5c))];
         return whole.flatMap((bytes) => [bytes.slice(0, 16), bytes.slice(-16)]);",
    );
    let secret = secret.call1(&JsValue::NULL, &length.into()).unwrap();
    let traces = traces.call1(&JsValue::NULL, &secret).unwrap();
    (secret, traces.unchecked_into())
}

/// How often any of these bytes stand in the module's memory.
fn found(traces: &Array) -> f64 {
    Function::new_with_args(
        "memory, traces",
        "const text = (bytes) => new TextDecoder('latin1').decode(bytes);
         const all = text(new Uint8Array(memory.buffer));
         return traces.reduce((sum, bytes) => sum + all.split(text(bytes)).length - 1, 0);",
    )
    .call2(&JsValue::NULL, &wasm_bindgen::memory(), traces)
    .unwrap()
    .as_f64()
    .unwrap()
}

#[wasm_bindgen_test]
async fn a_secret_leaves_no_trace_in_memory() {
    // 200 bytes are longer than a block, so they are hashed first; 40,000 are more than are written at once.
    for length in [32, 200, 40_000] {
        let (secret, traces) = watched_secret(length);
        let witness = zeroize::Zeroizing::new(secret.as_string().unwrap());
        assert!(found(&traces) > 0.0, "the search does not find what is there");
        drop(witness);
        assert_eq!(found(&traces), 0.0);

        let sandbox = Sandbox::of(&object(&[("key", "key".into()), ("secret", secret.clone())]));
        assert_eq!(found(&traces), 0.0, "{length}: after createSandbox");
        let signer = signer(&secret).unwrap();
        assert_eq!(found(&traces), 0.0, "{length}: while a Signer lives");
        let signature = signer.sign(&BODY.into()).unwrap();
        assert_eq!(found(&traces), 0.0, "{length}: after signing");
        signer.free();
        assert!(verify(&BODY.into(), &signature.as_str().into(), &secret).unwrap());
        assert_eq!(sign(&BODY.into(), &secret).unwrap(), signature);
        assert_eq!(found(&traces), 0.0, "{length}: after sign and verify");
        let headers = callback_headers(&sign(&CALLBACK.into(), &secret).unwrap());
        let secrets = Array::of2(&"another".into(), &secret);
        for given in [("secret", secret.clone()), ("secrets", secrets.into())] {
            let callback = verify_callback(&CALLBACK.into(), &headers, &object(&[("key", "key".into()), given]));
            assert_eq!(text(&callback.unwrap(), "key"), "deposit:7:not_confirmed");
            assert_eq!(found(&traces), 0.0, "{length}: after verifyCallback");
        }
        let forged = callback_headers(&"0".repeat(128));
        let given = object(&[("key", "key".into()), ("secret", secret.clone())]);
        let error = verify_callback(&CALLBACK.into(), &forged, &given).unwrap_err();
        assert_eq!(text(&error, "code"), "invalid_signature");
        assert_eq!(found(&traces), 0.0, "{length}: after a forged callback");
        let deposit = take_address(&bitcoin(), &options(&sandbox, &[("secret", secret.clone())]));
        assert!(JsFuture::from(deposit).await.is_ok());
        assert_eq!(found(&traces), 0.0, "{length}: after takeAddress");
    }
}

/// SHA-512 after the padded key signs as well as the key does. These are its first words for one secret, inner and
/// outer, computed apart from this project; as text, so that they do not stand in the memory themselves.
#[wasm_bindgen_test]
async fn a_freed_signer_leaves_no_key_schedule() {
    let schedule = Function::new_no_args(
        "return ['c6681c5b9175e13890ac8fe5a3041a9e', '70d0a8fe74eb479ca167a6f8c3f806db']
           .map((hex) => Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16)));",
    );
    let schedule: Array = schedule.call0(&JsValue::NULL).unwrap().unchecked_into();
    let secret = JsValue::from("a-secret-of-this-test-alone");
    let signer = signer(&secret).unwrap();
    let signature = signer.sign(&BODY.into()).unwrap();
    assert!(signer.verify(&BODY.into(), &signature.into()).unwrap());
    assert_eq!(found(&schedule), 2.0, "one of each while the Signer lives");
    signer.free();
    assert_eq!(found(&schedule), 0.0, "after it is freed");

    let given = object(&[("key", "key".into()), ("secrets", Array::of2(&secret, &secret).into())]);
    let headers = callback_headers(&sign(&CALLBACK.into(), &secret).unwrap());
    verify_callback(&CALLBACK.into(), &headers, &given).unwrap();
    assert_eq!(found(&schedule), 0.0, "after verifyCallback");

    let refused = fetch("return { status: 403, text: async () => '' }");
    let alphapo = AlphaPo::new(&options(&sandbox(), &[("secret", secret), ("fetch", refused)])).unwrap();
    assert_eq!(text(&rejection(alphapo.take_address(&bitcoin(), &JsValue::UNDEFINED)).await, "code"), "unauthorized");
    assert_eq!(found(&schedule), 2.0, "one of each while the AlphaPo lives");
    drop(alphapo);
    assert_eq!(found(&schedule), 0.0, "after it is freed");
}

const CALLBACK: &str = r#"{"id":7,"type":"deposit","status":"not_confirmed"}"#;

fn callback_headers(signature: &str) -> JsValue {
    object(&[("x-processing-key", "key".into()), ("x-processing-signature", signature.into())])
}

/// Arbitrary bytes, from a generator with a fixed seed (Marsaglia's xorshift, 64 bits).
fn arbitrary(state: &mut u64, length: usize) -> Vec<u8> {
    let mut next = || {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state as u8
    };
    (0..length).map(|_| next()).collect()
}

/// The longest body that is held against the reference at every length.
const LONGEST: usize = 1_100;

fn reference(secret: &[u8], body: &[u8]) -> String {
    hex::encode(Hmac::<Sha512>::new_from_slice(secret).unwrap().chain_update(body).finalize().into_bytes())
}

/// Every length of body under random secrets, a million of them in Node. What runs here reads and writes by simd128, which
/// the native tests do not have; the rounds of the published modules are held against node:crypto in the package's tests.
#[wasm_bindgen_test]
fn a_million_signatures_are_the_references() {
    let is_node = Reflect::has(&js_sys::global(), &"process".into()).unwrap();
    let rounds = if is_node { 1_000_000 / LONGEST } else { 100 };
    let mut state = 0x2545_f491_4f6c_dd1d;
    for round in 0..rounds {
        let secret = arbitrary(&mut state, 1 + round % 300);
        let signer = alphapo_wasm::signature::Signer::new(&Secret::new(&*secret)).unwrap();
        let keyed = Hmac::<Sha512>::new_from_slice(&secret).unwrap();
        let bytes = arbitrary(&mut state, LONGEST);
        for length in 0..=LONGEST {
            let body = &bytes[..length];
            let expected = hex::encode(keyed.clone().chain_update(body).finalize().into_bytes());
            assert_eq!(signer.sign(body), expected, "round {round}, {length} bytes");
        }
    }
}

/// The same by way of JavaScript, text and bytes, and around every length at which a message fills the place it is
/// written to.
#[wasm_bindgen_test]
fn javascript_signs_as_the_reference_at_every_length() {
    let mut state = 0x1234_5678_9abc_def1;
    let secret = arbitrary(&mut state, 40);
    let secret_bytes = Uint8Array::from(&*secret);
    let signer = signer(&secret_bytes).unwrap();
    let around = |length: usize| length - 130..length + 130;
    for length in (0..=LONGEST).chain(around(16_384)).chain(around(2 * 16_384)).chain([100_000, 1_000_003]) {
        let body = arbitrary(&mut state, length);
        let expected = reference(&secret, &body);
        let view = Uint8Array::from(&*body);
        assert_eq!(signer.sign(&view).unwrap(), expected, "{length} bytes");
        assert!(signer.verify(&view, &expected.as_str().into()).unwrap(), "{length} bytes");
        assert_eq!(sign(&view, &secret_bytes).unwrap(), expected, "{length} bytes, once");
        // Characters of one to four bytes, so that the end of the place falls into each of them.
        let text: String =
            body.iter().map(|byte| ['a', '\u{e9}', '\u{5ba2}', '\u{1d11e}'][usize::from(byte % 4)]).collect();
        assert_eq!(
            signer.sign(&text.as_str().into()).unwrap(),
            reference(&secret, text.as_bytes()),
            "{length} letters"
        );
        if (1..=LONGEST).contains(&length) || length > 30_000 {
            assert_eq!(
                sign(&BODY.into(), &view).unwrap(),
                reference(&body, BODY.as_bytes()),
                "a secret of {length} bytes"
            );
            let expected = reference(text.as_bytes(), BODY.as_bytes());
            assert_eq!(sign(&BODY.into(), &text.as_str().into()).unwrap(), expected, "a secret of {length} letters");
        }
    }
}

/// What is written for one message is never part of the next one, also when that is refused or of another kind.
#[wasm_bindgen_test]
fn nothing_of_a_message_is_left_for_the_next() {
    let signer = signer(&SECRET.into()).unwrap();
    let long: JsValue = "x".repeat(50_000).into();
    for other in [long, JsValue::NULL, "\u{1d11e}".into(), bytes("y"), object(&[])] {
        let _ = signer.sign(&other);
        assert_eq!(signer.sign(&BODY.into()).unwrap(), SIGNATURE);
        let _ = sign(&BODY.into(), &other);
        assert!(signer.verify(&bytes(BODY), &SIGNATURE.into()).unwrap());
        let _ = sign(&other, &SECRET.into());
        assert_eq!(sign(&BODY.into(), &SECRET.into()).unwrap(), SIGNATURE);
    }
}

/// What is signed verifies, whatever the bytes; that they are no callback is told only after that. One bit more or less
/// anywhere, and it does not.
#[wasm_bindgen_test]
fn what_is_signed_is_genuine_and_nothing_else() {
    let mut state = 0x9e37_79b9_7f4a_7c15;
    for round in 0..400_usize {
        let mut secret = arbitrary(&mut state, 1 + round % 200);
        // With a line break, a file's, no secret ends.
        secret.push(b'.');
        let mut body = arbitrary(&mut state, round * 3);
        let secret = Uint8Array::from(&*secret);
        let view = Uint8Array::from(&*body);
        let signature = sign(&view, &secret).unwrap();
        assert!(verify(&view, &signature.as_str().into(), &secret).unwrap());

        let given = object(&[("key", "key".into()), ("secrets", secret.clone().into())]);
        let code = |body: &[u8], signature: &str| {
            let body = Uint8Array::from(body).buffer();
            text(&verify_callback(&body, &callback_headers(signature), &given).unwrap_err(), "code")
        };
        assert_ne!(code(&body, &signature), "invalid_signature", "round {round}");
        let digit = round % 128;
        let other = if signature.as_bytes()[digit] == b'0' { "1" } else { "0" };
        let forged = [&signature[..digit], other, &signature[digit + 1..]].concat();
        assert_eq!(code(&body, &forged), "invalid_signature", "round {round}");
        body.push(b' ');
        assert_eq!(code(&body, &signature), "invalid_signature", "round {round}");
        body.pop();
        if let Some(byte) = body.get_mut(round) {
            *byte ^= 1 << (round % 8);
            assert_eq!(code(&body, &signature), "invalid_signature", "round {round}");
        }
    }
}

#[wasm_bindgen_test]
fn a_callback_crosses_as_a_plain_object() {
    let alphapo = AlphaPo::new(&options(&sandbox(), &[])).unwrap();
    let headers = callback_headers(&sign(&CALLBACK.into(), &SECRET.into()).unwrap());
    let callback = alphapo.verify_callback(&CALLBACK.into(), &headers, &JsValue::UNDEFINED).unwrap();
    assert_eq!(text(&callback, "creditKey"), "deposit:7");
    assert_eq!(get(&callback, "id").as_f64(), Some(7.0));
    assert_eq!(get(&callback, "final").as_bool(), Some(false));
    assert!(get(&callback, "credit").is_null() && get(&callback, "foreign_id").is_null());
    assert!(Array::is_array(&get(&callback, "transactions")));
    assert_eq!(get(&callback, "secretIndex").as_f64(), Some(0.0));
}

#[wasm_bindgen_test]
fn sandbox_options_are_checked() {
    for (field, options) in [
        ("key", object(&[("secret", "s".into())])),
        ("secret", object(&[("key", "key".into())])),
        ("secret", object(&[("key", "key".into()), ("secret", "".into())])),
        ("secret", object(&[("key", "key".into()), ("secret", 17.into())])),
        ("key", object(&[("key", "a b".into()), ("secret", "s".into())])),
        ("seed", object(&[("key", "key".into()), ("secret", "s".into()), ("seed", (-1).into())])),
        ("speed", object(&[("key", "key".into()), ("secret", "s".into()), ("speed", 1.into())])),
    ] {
        let error = SandboxCore::new(&options).err().expect("should be refused");
        assert_eq!(text(&error, "code"), "invalid_option");
        assert!(get(&error, &format!("fields.{field}")).is_string(), "{field}");
    }
}
