//! The sandbox answers any bytes with JSON, and a signed request that it takes is one the client takes, with an
//! answer that the client takes.

#![no_main]

use alphapo_wasm::gateway::request::TakeAddressRequest;
use alphapo_wasm::gateway::response::DepositAddress;
use alphapo_wasm::sandbox::{Options, Request, Sandbox};
use alphapo_wasm::signature::{Secret, Signer};
use alphapo_wasm_fuzz::{json, text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let secret = Secret::new("s");
    let signature = Signer::new(&secret).expect("a secret").sign(body);
    let mut sandbox = Sandbox::new(Options { key: "k".into(), secret, seed: 1 }).expect("a sandbox");
    let answer = sandbox.answer(&Request {
        method: "POST",
        path: "/api/v2/addresses/take",
        key: Some("k"),
        signature: Some(&signature),
        content_type: Some("application/json"),
        body,
        now: 1_700_000_000,
    });
    assert!(json::parse(answer.body.as_bytes()).is_some(), "{}", answer.body);
    assert_eq!(sandbox.addresses().len(), usize::from(answer.status < 300), "{}", answer.body);
    // What of the body is none of the gateway's is nobody's business here, and the client is the stricter of the two.
    let Some(Ok(request)) = text(body).map(TakeAddressRequest::from_json) else { return };
    if request.body().as_bytes() == body && answer.status < 300 {
        let deposit = DepositAddress::parse(answer.body.as_bytes(), &request);
        assert!(deposit.is_ok(), "{deposit:?}");
    }
});
