//! `sign`, `verify` and `Signer` as JavaScript has them: synchronous, no initialisation.

use alloc::string::String;

use wasm_bindgen::prelude::*;

use super::{bytes, failure};
use crate::error::Error;
use crate::signature::Signer;

/// Signs a body: HMAC-SHA512 over exactly its bytes, as 128 lower-case hex digits.
///
/// Text is signed as its UTF-8 bytes, the secret's text too. For many bodies under one secret, a `Signer` is faster.
///
/// @throws `AlphaPoError` `invalid_body` when the body is neither text nor bytes, `invalid_option` when the secret
/// is missing or empty.
///
/// @example
/// ```js
/// sign('{"currency":"BTC","foreign_id":"123456"}', "AbCdEfG123456"); // "03c25fcf7cd35e7d…"
/// ```
#[wasm_bindgen]
pub fn sign(
    #[wasm_bindgen(unchecked_param_type = "string | Uint8Array")] body: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string | Uint8Array")] secret: &JsValue,
) -> Result<String, JsValue> {
    let sign = || Ok(signer(secret)?.sign(&bytes::body(body)?));
    sign().map_err(|error| failure::to_js(&error))
}

/// Whether `signature` is the body's, compared in constant time.
///
/// Hex digits may be of either case. A signature that is malformed or missing (`undefined`, `null`) is `false`,
/// never a throw.
///
/// @throws `AlphaPoError` `invalid_body` when the body is not what was received as text or bytes (a parsed object
/// cannot be verified), `invalid_option` when the secret is missing or empty.
///
/// @example
/// ```js
/// verify(rawBody, request.headers.get("x-processing-signature"), secret);
/// ```
#[wasm_bindgen]
pub fn verify(
    #[wasm_bindgen(unchecked_param_type = "string | Uint8Array")] body: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string | null | undefined")] signature: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string | Uint8Array")] secret: &JsValue,
) -> Result<bool, JsValue> {
    let verify = || Ok(verify_with(&signer(secret)?, &bytes::body(body)?, signature));
    verify().map_err(|error| failure::to_js(&error))
}

/// Signs and verifies many bodies under one secret, whose key schedule is computed once.
///
/// It keeps no secret, but what is as sensitive: `free()` it, or declare it with `using`, to wipe it early.
///
/// @example
/// ```js
/// const signer = new Signer(secret);
/// const signature = signer.sign(body);
/// signer.verify(body, signature); // true
/// signer.free();
/// ```
#[wasm_bindgen(js_name = Signer)]
pub struct JsSigner(Signer);

#[wasm_bindgen(js_class = Signer)]
impl JsSigner {
    /// Computes the key schedule.
    ///
    /// @throws `AlphaPoError` `invalid_option` when the secret is missing or empty.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "string | Uint8Array")] secret: &JsValue,
    ) -> Result<JsSigner, JsValue> {
        signer(secret).map(Self).map_err(|error| failure::to_js(&error))
    }

    /// The signature of exactly these bytes, as the function `sign` makes it.
    ///
    /// @example
    /// ```js
    /// const signature = signer.sign('{"currency":"BTC","foreign_id":"123456"}');
    /// ```
    pub fn sign(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string | Uint8Array")] body: &JsValue,
    ) -> Result<String, JsValue> {
        let body = bytes::body(body).map_err(|error| failure::to_js(&error))?;
        Ok(self.0.sign(&body))
    }

    /// Whether `signature` is the body's, as the function `verify` tells it.
    ///
    /// @example
    /// ```js
    /// const genuine = signer.verify(rawBody, request.headers.get("x-processing-signature"));
    /// ```
    pub fn verify(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string | Uint8Array")] body: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "string | null | undefined")] signature: &JsValue,
    ) -> Result<bool, JsValue> {
        let body = bytes::body(body).map_err(|error| failure::to_js(&error))?;
        Ok(verify_with(&self.0, &body, signature))
    }
}

fn signer(secret: &JsValue) -> Result<Signer, Error> {
    Signer::new(&bytes::secret(secret)?)
}

fn verify_with(signer: &Signer, body: &[u8], signature: &JsValue) -> bool {
    signature.as_string().is_some_and(|signature| signer.verify(body, signature.as_bytes()))
}
