//! The sandbox answers any bytes with JSON, and a signed request that it takes is one the client takes, with an
//! answer that the client takes. A deposit to the address comes to its end, and the client takes its callbacks, whatever
//! is in the references that they repeat. The lists answer any bytes too.

#![no_main]

use alphapo_wasm::gateway::callback::verify;
use alphapo_wasm::gateway::request::TakeAddressRequest;
use alphapo_wasm::gateway::response::DepositAddress;
use alphapo_wasm::sandbox::{Attempt, DepositOrder, Options, Request, Sandbox};
use alphapo_wasm::signature::{Secret, Signer};
use alphapo_wasm_fuzz::{json, text};
use libfuzzer_sys::fuzz_target;

/// Milliseconds since 1970.
const NOW: u64 = 1_700_000_000_000;

fuzz_target!(|body: &[u8]| {
    let secret = Secret::new("s");
    let signer = Signer::new(&secret).expect("a secret");
    let signature = signer.sign(body);
    let mut sandbox = Sandbox::new(Options { seed: 1, ..Options::new("k", secret) }).expect("a sandbox");
    let take = Request {
        method: "POST",
        path: "/api/v2/addresses/take",
        key: Some("k"),
        signature: Some(&signature),
        content_type: Some("application/json"),
        body,
        now: NOW,
    };
    for path in ["/api/v2/currencies/list", "/api/v2/accounts/list"] {
        let answer = sandbox.answer(&Request { path, ..take });
        assert!(json::parse(answer.body.as_bytes()).is_some(), "{}", answer.body);
    }
    let answer = sandbox.answer(&take);
    assert!(json::parse(answer.body.as_bytes()).is_some(), "{}", answer.body);
    assert_eq!(sandbox.addresses().len(), usize::from(answer.status < 300), "{}", answer.body);
    deposit(&mut sandbox, &signer);
    // What of the body is none of the gateway's is nobody's business here, and the client is the stricter of the two.
    let Some(Ok(request)) = text(body).map(TakeAddressRequest::from_json) else { return };
    if request.body().as_bytes() == body && answer.status < 300 {
        let deposit = DepositAddress::parse(answer.body.as_bytes(), &request);
        assert!(deposit.is_ok(), "{deposit:?}");
    }
});

/// A deposit to the address that was taken, but for an invoice, whose amount is its own.
fn deposit(sandbox: &mut Sandbox, signer: &Signer) {
    let Some(taken) = sandbox.addresses().first().filter(|taken| taken.currency != "BTCLN").cloned() else { return };
    let order = DepositOrder::new(taken.address, taken.tag, "1000000".into());
    sandbox.deposit(&order, NOW).expect("a deposit");
    let mut callbacks = 0;
    while let Some(at) = sandbox.next_due() {
        for delivery in sandbox.due(at) {
            let callback =
                verify(delivery.body.as_bytes(), "k", &delivery.signature, "k", signer, &[]).expect("genuine");
            assert_eq!(callback.text("foreign_id"), Some(taken.foreign_id.as_str()));
            sandbox.attempted(delivery.callback, Attempt { at, status: Some(200), error: None, repeated: false });
            callbacks += 1;
        }
    }
    assert_eq!(callbacks, 2);
}
