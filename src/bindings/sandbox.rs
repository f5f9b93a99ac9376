//! `createSandbox` as JavaScript has it: a gateway whose `fetch` takes the place of the runtime's.
//!
//! Size does not matter here, so lists cross by serde instead of by hand.

use alloc::rc::Rc;
use alloc::string::String;
use core::cell::RefCell;

use js_sys::{Date, Function, Math, Object, Promise, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{Request as FetchRequest, RequestInit, Response, ResponseInit, Url};

use super::failure;
use super::reader::Reader;
use crate::error::Error;
use crate::sandbox::{Answer, Options, Request, Sandbox};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = include_str!("sandbox.d.ts");

/// Where an in-process sandbox says it is. Nothing can be there (RFC 6761 §6.4), so a client that was not given its
/// `fetch` fails instead of reaching somebody.
const BASE_URL: &str = "https://sandbox.invalid/api/v2";

const OPTIONS: [&str; 3] = ["key", "secret", "seed"];

/// A gateway of your own: the same wire, valid test-network addresses, no money, no network.
///
/// @example
/// ```js
/// const sandbox = createSandbox({ key: "key", secret: "secret" });
/// const { address } = await takeAddress(
///   { currency: "BTC", foreign_id: "user-17" },
///   { key: "key", secret: "secret", baseUrl: sandbox.baseUrl, fetch: sandbox.fetch },
/// );
/// ```
#[wasm_bindgen(js_name = Sandbox)]
pub struct JsSandbox {
    sandbox: Rc<RefCell<Sandbox>>,
    fetch: Function,
}

/// Opens a sandbox gateway for one key pair.
///
/// @throws `AlphaPoError` `invalid_option` when an option is missing, unknown or unusable.
///
/// @example
/// ```js
/// const { baseUrl, fetch } = createSandbox({ key: "key", secret: "secret", seed: 1 });
/// ```
#[wasm_bindgen(js_name = createSandbox)]
pub fn create_sandbox(
    #[wasm_bindgen(unchecked_param_type = "SandboxOptions")] options: &JsValue,
) -> Result<JsSandbox, JsValue> {
    let open = || {
        let options = read_options(options)?;
        Sandbox::new(options).map(JsSandbox::of)
    };
    open().map_err(|error| failure::to_js(&error))
}

#[wasm_bindgen(js_class = Sandbox)]
impl JsSandbox {
    fn of(sandbox: Sandbox) -> Self {
        let sandbox = Rc::new(RefCell::new(sandbox));
        let answering = Rc::clone(&sandbox);
        let fetch = Closure::<dyn Fn(JsValue, JsValue) -> Promise>::new(move |input, init| {
            future_to_promise(answer(Rc::clone(&answering), input, init))
        });
        Self { sandbox, fetch: fetch.into_js_value().unchecked_into() }
    }

    /// The gateway as a `fetch` function, bound: pass it as the option `fetch`.
    #[wasm_bindgen(getter, unchecked_return_type = "SandboxFetch")]
    pub fn fetch(&self) -> Function {
        self.fetch.clone()
    }

    /// The base URL to pass beside `fetch`.
    #[wasm_bindgen(getter, js_name = baseUrl)]
    pub fn base_url(&self) -> String {
        BASE_URL.into()
    }

    /// Every address it has handed out, in their order.
    ///
    /// @example
    /// ```js
    /// const [{ address, foreign_id }] = sandbox.addresses();
    /// ```
    #[wasm_bindgen(unchecked_return_type = "TakenAddress[]")]
    pub fn addresses(&self) -> Result<JsValue, JsValue> {
        let serializer = serde_wasm_bindgen::Serializer::json_compatible();
        Ok(self.sandbox.borrow().addresses().serialize(&serializer)?)
    }
}

fn read_options(options: &JsValue) -> Result<Options, Error> {
    let mut reader = Reader::new(options)?;
    reader.refuse_unknown(&[&OPTIONS]);
    let key = reader.key();
    let secret = reader.secret();
    let seed = reader.integer("seed", 0..=u32::MAX, "must be a whole number from 0 to 2^32 − 1");
    reader.finish()?;
    // Without a seed every sandbox has addresses of its own, as the gateway has.
    let seed = seed.map_or_else(|| Math::random().to_bits(), u64::from);
    Ok(Options { key, secret, seed })
}

/// Answers a call of `fetch(input, init)`.
async fn answer(sandbox: Rc<RefCell<Sandbox>>, input: JsValue, init: JsValue) -> Result<JsValue, JsValue> {
    // The constructor takes whatever `fetch` takes: a text, a URL, another request; `init` may be undefined.
    let request = FetchRequest::new_with_request_and_init(
        input.unchecked_ref::<FetchRequest>(),
        init.unchecked_ref::<RequestInit>(),
    )?;
    let body = Uint8Array::new(&JsFuture::from(request.array_buffer()?).await?).to_vec();
    let headers = request.headers();
    let (key, signature, content_type) =
        (headers.get("x-processing-key")?, headers.get("x-processing-signature")?, headers.get("content-type")?);
    let answer = sandbox.borrow_mut().answer(&Request {
        method: &request.method(),
        path: &Url::new(&request.url())?.pathname(),
        key: key.as_deref(),
        signature: signature.as_deref(),
        content_type: content_type.as_deref(),
        body: &body,
        now: (Date::now() / 1000.0) as u64,
    });
    response(&answer).map(JsValue::from)
}

fn response(answer: &Answer) -> Result<Response, JsValue> {
    let headers = Object::new();
    Reflect::set(&headers, &"content-type".into(), &answer.content_type.into())?;
    let init = ResponseInit::new();
    init.set_status(answer.status);
    init.set_headers(&headers);
    Response::new_with_opt_str_and_init(Some(&answer.body), &init)
}
