//! What the sandbox does as a whole, through the client's own readers where there is one.

use alloc::format;

use super::*;
use crate::address::bolt11::Invoice;
use crate::error::Outcome;
use crate::gateway::refusal::error_of;
use crate::gateway::request::TakeAddressRequest;
use crate::gateway::response::DepositAddress;

const KEY: &str = "test-key";
const SECRET: &str = "AbCdEfG123456";
const NOW: u64 = 1_700_000_000_000;
const TAKE: &str = "/api/v2/addresses/take";

fn options(seed: u64) -> Options {
    Options { seed, ..Options::new(KEY, Secret::new(SECRET)) }
}

fn sandbox() -> Sandbox {
    Sandbox::new(options(7)).unwrap()
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
    assert_eq!((answer.status, answer.headers[0].1.as_str()), (201, "application/json"), "{}", answer.body);
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
    let mut other = Sandbox::new(options(8)).unwrap();
    assert_ne!(post(&mut other, body), first);
}

#[test]
fn an_invoice_is_over_the_amount_and_lasts_15_minutes() {
    let body = r#"{"currency":"BTCLN","foreign_id":"1","amount":0.00012345}"#;
    let invoice = Invoice::decode(take(&mut sandbox(), body).field("address").unwrap()).unwrap();
    assert_eq!((invoice.network.as_str(), invoice.amount), ("lntb", Some(12_345_000)));
    assert_eq!((invoice.timestamp, invoice.expires_at()), (NOW / 1000, NOW / 1000 + 900));
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

fn order(address: &TakenAddress, amount: &str) -> DepositOrder {
    DepositOrder::new(address.address.clone(), address.tag.clone(), amount.into())
}

fn taken(sandbox: &mut Sandbox, body: &str) -> TakenAddress {
    take(sandbox, body);
    sandbox.addresses().last().unwrap().clone()
}

fn plain() -> Sandbox {
    Sandbox::new(Options { php_escapes: false, ..options(7) }).unwrap()
}

/// All callbacks of a sandbox whose merchant answers 200, until nothing is left to do.
fn run(sandbox: &mut Sandbox) -> Vec<Delivery> {
    let mut sent = Vec::new();
    while let Some(at) = sandbox.next_due() {
        for delivery in sandbox.due(at) {
            sandbox.attempted(delivery.callback, Attempt { at, status: Some(200), error: None, repeated: false });
            sent.push(delivery);
        }
    }
    sent
}

#[test]
fn the_documented_callbacks_of_a_deposit() {
    let mut sandbox = plain();
    let address = taken(&mut sandbox, r#"{"currency":"BTC","foreign_id":"user-id:2048"}"#);
    sandbox.deposit(&order(&address, "6.53157512"), NOW).unwrap();
    let sent = run(&mut sandbox);
    let txid = &sandbox.deposits()[0].txid;
    let expected = format!(
        r#"{{"id":1,"type":"deposit","crypto_address":{{"id":1,"currency":"BTC","address":"{0}","tag":null,"foreign_id":"user-id:2048"}},"currency_sent":{{"currency":"BTC","amount":"6.53157512"}},"currency_received":{{"currency":"BTC","amount":"6.53157512","amount_minus_fee":"6.51198040"}},"transactions":[{{"id":1,"currency":"BTC","transaction_type":"blockchain","type":"deposit","address":"{0}","tag":null,"amount":"6.53157512","txid":"{txid}","riskscore":"0.00","confirmations":"3"}}],"fees":[{{"type":"deposit","currency":"BTC","amount":"0.01959472"}}],"error":"","status":"confirmed"}}"#,
        address.address
    );
    assert_eq!(sent[1].body, expected);
    assert!(sent[0].body.contains(r#""confirmations":"0"}],"fees":[],"error":"","status":"not_confirmed"}"#));
    let balance = Amount::parse("6.51198040").unwrap();
    assert_eq!(sandbox.balances(), [Balance { currency: "BTC".into(), kind: "crypto", balance }]);
}

/// What the client makes of each callback, whatever the options: the statuses in their order, and the credit.
#[test]
fn the_client_reads_every_life() {
    use crate::gateway::callback::verify;

    let btc = r#"{"currency":"BTC","foreign_id":"é/1","end_user_reference":"e"}"#;
    let exchange = r#"{"currency":"ETH","foreign_id":"1","convert_to":"EUR"}"#;
    let xrp = r#"{"currency":"XRP","foreign_id":"1"}"#;
    let change = |change: &dyn Fn(&mut DepositOrder)| {
        let mut order = order(&taken(&mut plain(), btc), "1");
        change(&mut order);
        order
    };
    let usual = change(&|_| {});
    for (body, amount, order, statuses, credit) in [
        (btc, "1", &usual, &["not_confirmed", "confirmed"][..], Some("0.99700000 BTC")),
        (btc, "1", &change(&|order| order.instant = true), &["confirmed"], Some("0.99700000 BTC")),
        (btc, "1", &change(&|order| order.reordered = true), &["confirmed", "not_confirmed"], Some("0.99700000 BTC")),
        (btc, "1", &change(&|order| order.cancelled = true), &["not_confirmed", "cancelled"], None),
        (btc, "0.00009999", &usual, &["not_confirmed", "cancelled"], None),
        (exchange, "0.5", &usual, &["not_confirmed", "confirmed"], Some("1239.13043478 EUR")),
        (
            exchange,
            "10",
            &change(&|order| order.currency = Some("USDTE".into())),
            &["not_confirmed", "confirmed"],
            Some("9.97000000 USDTE"),
        ),
        (xrp, "5", &usual, &["not_confirmed", "confirmed"], Some("4.98500000 XRP")),
    ] {
        for (php_escapes, tag_as_integer) in [(true, false), (false, true)] {
            let mut sandbox = Sandbox::new(Options { php_escapes, tag_as_integer, ..options(3) }).unwrap();
            let TakenAddress { address, tag, .. } = taken(&mut sandbox, body);
            let order = DepositOrder { address, tag, amount: amount.into(), ..order.clone() };
            sandbox.deposit(&order, NOW).unwrap();
            let signer = Signer::new(&Secret::new(SECRET)).unwrap();
            let mut credited = None;
            for (delivery, status) in run(&mut sandbox).iter().zip(statuses) {
                let callback = verify(delivery.body.as_bytes(), KEY, &delivery.signature, KEY, &signer, &[]).unwrap();
                assert_eq!(callback.text("status"), Some(*status), "{}", delivery.body);
                assert_eq!(callback.text("foreign_id"), Some(sandbox.addresses()[0].foreign_id.as_str()));
                let json = callback.to_javascript_json();
                if let Some((_, credit)) = json.split_once(r#""credit":{"amount":""#) {
                    let (amount, rest) = credit.split_once(r#"","currency":""#).unwrap();
                    credited = Some(format!("{amount} {}", rest.split_once('"').unwrap().0));
                }
            }
            assert_eq!(sandbox.callbacks().len(), statuses.len());
            assert_eq!(credited.as_deref(), credit);
            let balances: Vec<String> =
                sandbox.balances().iter().map(|held| format!("{} {}", held.balance, held.currency)).collect();
            assert_eq!(balances, credit.into_iter().collect::<Vec<_>>());
        }
    }
}

#[test]
fn deposits_that_nobody_could_make_are_refused() {
    let mut sandbox = sandbox();
    let btc = taken(&mut sandbox, r#"{"currency":"BTC","foreign_id":"1"}"#);
    let eth = taken(&mut sandbox, r#"{"currency":"ETH","foreign_id":"1"}"#);
    let xrp = taken(&mut sandbox, r#"{"currency":"XRP","foreign_id":"1"}"#);
    let invoice = taken(&mut sandbox, r#"{"currency":"BTCLN","foreign_id":"1","amount":0.0001}"#);
    let elsewhere = DepositOrder { address: "nowhere".into(), ..order(&btc, "1") };
    for (order, now, field) in [
        (elsewhere, NOW, "address"),
        (order(&btc, "0"), NOW, "amount"),
        (order(&btc, "0.000000001"), NOW, "amount"),
        (DepositOrder { copies: 0, ..order(&btc, "1") }, NOW, "copies"),
        (DepositOrder { tag: Some("1".into()), ..order(&btc, "1") }, NOW, "tag"),
        (DepositOrder { tag: None, ..order(&xrp, "1") }, NOW, "tag"),
        (DepositOrder { tag: Some("1".into()), ..order(&xrp, "1") }, NOW, "tag"),
        (DepositOrder { currency: Some("ETH".into()), ..order(&btc, "1") }, NOW, "currency"),
        // Written alike, and another chain.
        (DepositOrder { currency: Some("USDTB".into()), ..order(&eth, "10") }, NOW, "currency"),
        (DepositOrder { currency: Some("NEW".into()), ..order(&btc, "1") }, NOW, "currency"),
        (order(&invoice, "0.0002"), NOW, "amount"),
        (order(&invoice, "0.0001"), NOW + 900_000, "address"),
    ] {
        let error = sandbox.deposit(&order, now).unwrap_err();
        let fields: Vec<&str> = error.fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((error.code, fields), (Code::InvalidOption, [field].into()), "{order:?}");
    }
    sandbox.deposit(&order(&invoice, "0.0001"), NOW + 899_999).unwrap();
    assert_eq!(sandbox.deposit(&order(&invoice, "0.0001"), NOW).unwrap_err().fields[0].0, "address");
}

#[test]
fn callbacks_fall_due_as_planned() {
    let mut sandbox = Sandbox::new(Options { time_scale: 2.0, ..options(1) }).unwrap();
    let address = taken(&mut sandbox, r#"{"currency":"BTC","foreign_id":"1"}"#);
    sandbox.deposit(&DepositOrder { seconds: Some(60), copies: 2, ..order(&address, "1") }, NOW).unwrap();
    let [first] = sandbox.due(NOW).try_into().unwrap();
    assert_eq!((first.callback, first.copies, sandbox.next_due()), (1, 2, Some(NOW + 30_000)));
    assert_eq!(sandbox.due(NOW + 29_999), []);
    sandbox.attempted(1, Attempt { at: NOW + 10, status: None, error: Some("reset".into()), repeated: false });
    let sent: Vec<u64> = sandbox.due(NOW + 30_010).iter().map(|delivery| delivery.callback).collect();
    assert_eq!(sent, [2, 1], "the end, and the second attempt after a minute of half a minute");
    assert!(sandbox.repeat(3).is_err());
    let again = sandbox.repeat(1).unwrap();
    assert_eq!((again.body, again.copies, again.repeated), (first.body, 1, true));
}

#[test]
fn every_other_endpoint_is_signed_too() {
    let mut sandbox = sandbox();
    for path in ["/api/v2/currencies/list", "/api/v2/currencies/pairs", "/api/v2/accounts/list"] {
        for body in ["{}", "[]"] {
            let signature = signature(body.as_bytes());
            let request = Request { path, ..request(body.as_bytes(), &signature) };
            let answer = sandbox.answer(&request);
            assert_eq!(answer.status, 200, "{path} {}", answer.body);
            assert!(answer.body.starts_with(r#"{"data":[{"#));
            let unsigned = sandbox.answer(&Request { signature: None, ..request });
            assert_eq!(unsigned, refusals::required_header_signature());
        }
    }
    let body = r#"{"currency_from":"NEW","currency_to":"EUR"}"#;
    let signature = signature(body.as_bytes());
    let path = "/api/v2/currencies/pairs";
    let answer = sandbox.answer(&Request { path, ..request(body.as_bytes(), &signature) });
    assert_eq!(answer.body, r#"{"errors":{"currency_from":"The selected currency from is invalid."}}"#);
}

/// After any beginning of a sandbox's events, one made of them is where it was then, and goes on in the same way.
#[test]
fn any_beginning_of_a_journal_is_the_state_of_then() {
    let mut dice = 1_u64;
    let mut roll = |sides: u64| {
        // The multiplier of Knuth's MMIX.
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    for _ in 0..8 {
        let mut sandbox = sandbox();
        let mut events = sandbox.take_events();
        let mut states = vec![state(&sandbox)];
        let mut now = NOW;
        for _ in 0..40 {
            now += roll(400_000);
            match roll(4) {
                0 => drop(take(&mut sandbox, r#"{"currency":"XRP","foreign_id":"1","convert_to":"EUR"}"#)),
                1 if !sandbox.addresses().is_empty() => {
                    let address = sandbox.addresses()[roll(sandbox.addresses().len() as u64) as usize].clone();
                    let reordered = roll(2) == 0;
                    let cancelled = roll(4) == 0;
                    let order = DepositOrder { reordered, cancelled, ..order(&address, "1.5") };
                    sandbox.deposit(&order, now).unwrap();
                }
                _ => {
                    for delivery in sandbox.due(now) {
                        let status = [Some(200), Some(500), None][roll(3) as usize];
                        sandbox.attempted(delivery.callback, Attempt { at: now, status, error: None, repeated: false });
                    }
                }
            }
            events.extend(sandbox.take_events());
            states.push(state(&sandbox));
            let again = Sandbox::restore(options(99), events.clone()).unwrap();
            assert_eq!(&state(&again), states.last().unwrap());
        }
        for kept in 1..events.len() {
            Sandbox::restore(options(99), events[..kept].to_vec()).unwrap();
        }
        let mut again = Sandbox::restore(options(99), events).unwrap();
        assert_eq!(run(&mut again), run(&mut sandbox));
        let total = sandbox.deposits().iter().filter(|deposit| deposit.status == Status::Confirmed);
        let total = total.fold(Amount::ZERO, |sum, deposit| sum.plus(deposit.net));
        assert_eq!(sandbox.balances().iter().map(|held| held.balance).max().unwrap_or_default(), total);
        assert_eq!(
            post(&mut again, r#"{"currency":"BTC","foreign_id":"1"}"#),
            post(&mut sandbox, r#"{"currency":"BTC","foreign_id":"1"}"#)
        );
    }
}

#[test]
fn callbacks_under_way_at_a_crash_are_sent_again() {
    let mut sandbox = sandbox();
    let mut events = sandbox.take_events();
    let address = taken(&mut sandbox, r#"{"currency":"BTC","foreign_id":"1"}"#);
    sandbox.deposit(&order(&address, "1"), NOW).unwrap();
    let lost = sandbox.due(NOW + 10_000);
    let ids: Vec<u64> = lost.iter().map(|delivery| delivery.callback).collect();
    assert_eq!((ids, sandbox.next_due()), (vec![1, 2], None));
    events.extend(sandbox.take_events());

    let mut again = Sandbox::restore(options(99), events).unwrap();
    assert_eq!(again.due(NOW + 20_000), lost);
    assert_eq!(again.deposits(), sandbox.deposits());
    assert_eq!(again.deposit(&order(&address, "1"), NOW), Ok(2), "ids go on");
}

#[test]
fn a_repeated_callback_does_not_send_the_scheduled_one_twice() {
    let mut sandbox = sandbox();
    let address = taken(&mut sandbox, r#"{"currency":"BTC","foreign_id":"1"}"#);
    sandbox.deposit(&DepositOrder { instant: true, ..order(&address, "1") }, NOW).unwrap();
    assert_eq!(sandbox.due(NOW).len(), 1);
    sandbox.repeat(1).unwrap();
    let failed = |at, repeated| Attempt { at, status: Some(500), error: None, repeated };
    sandbox.attempted(1, failed(NOW + 1, true));
    assert_eq!(sandbox.next_due(), None, "the scheduled one is under way");
    sandbox.attempted(1, failed(NOW + 2, false));
    assert_eq!(sandbox.next_due(), Some(NOW + 60_002));
}

/// A conversion between the two is one to one and free.
#[test]
fn lightning_becomes_bitcoin_without_a_fee() {
    let mut sandbox = sandbox();
    let body = r#"{"currency":"BTCLN","foreign_id":"1","amount":0.0001,"convert_to":"BTC"}"#;
    let address = taken(&mut sandbox, body);
    sandbox.deposit(&order(&address, "0.0001"), NOW).unwrap();
    run(&mut sandbox);
    let balance = Amount::parse("0.0001").unwrap();
    assert_eq!(sandbox.balances(), [Balance { currency: "BTC".into(), kind: "crypto", balance }]);
}

/// Over random runs, in every currency, the balance is what the callbacks that were sent say: only the confirmed count,
/// each once, however often it was sent, and what was received is the credit and the fee.
#[test]
fn balances_are_the_sum_of_the_credits_in_the_callbacks() {
    let mut dice = 2_u64;
    let mut roll = |sides: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    let mut sandbox = plain();
    let addresses = [
        r#"{"currency":"BTC","foreign_id":"1"}"#,
        r#"{"currency":"BTC","foreign_id":"2","convert_to":"EUR"}"#,
        r#"{"currency":"ETH","foreign_id":"3","convert_to":"BTC"}"#,
        r#"{"currency":"XRP","foreign_id":"4"}"#,
        r#"{"currency":"USDTT","foreign_id":"5","convert_to":"EUR"}"#,
    ]
    .map(|body| taken(&mut sandbox, body));
    for _ in 0..300 {
        let address = &addresses[roll(5) as usize];
        let bits = 1 + roll(30);
        let amount = Amount::of_smallest(u128::from(1 + roll(1 << bits))).to_string();
        let crossed = (address.currency == "ETH" && roll(2) == 0).then(|| "USDTE".into());
        let order = DepositOrder {
            currency: crossed,
            cancelled: roll(5) == 0,
            instant: roll(3) == 0,
            reordered: roll(3) == 0,
            ..order(address, &amount)
        };
        sandbox.deposit(&order, NOW + roll(60_000)).unwrap();
    }
    let mut credits = BTreeMap::<String, Amount>::new();
    for delivery in run(&mut sandbox) {
        let members = Json::parse(delivery.body.as_bytes()).unwrap().into_members();
        let Some(Json::Object(received)) = find(&members, "currency_received") else { panic!("{}", delivery.body) };
        let text = |name| match find(received, name) {
            Some(Json::Text(text)) => text.clone(),
            other => panic!("{other:?}"),
        };
        if find(&members, "status") == Some(&Json::Text("confirmed".into())) {
            let credit = Amount::try_from(text("amount_minus_fee")).unwrap();
            let sum = credits.entry(text("currency")).or_default();
            *sum = sum.plus(credit);
        }
    }
    let balances = sandbox.balances().into_iter().map(|held| (held.currency, held.balance)).collect();
    assert_eq!(credits, balances);
    assert_eq!(credits.into_keys().collect::<Vec<_>>(), ["BTC", "EUR", "USDTE", "XRP"]);
    assert!(sandbox.deposits().iter().all(|deposit| deposit.received == deposit.net.plus(deposit.fee)));
}

fn state(sandbox: &Sandbox) -> String {
    let Sandbox { addresses, places, deposits, callbacks, balances, agenda, .. } = sandbox;
    format!("{addresses:?} {places:?} {deposits:?} {callbacks:?} {balances:?} {agenda:?}")
}

#[test]
fn a_journal_of_something_else_is_refused() {
    let mut sandbox = sandbox();
    take(&mut sandbox, r#"{"currency":"BTC","foreign_id":"1"}"#);
    let events = sandbox.take_events();
    let other = Options::new("other", Secret::new(SECRET));
    for (options, events) in [
        (other, events.clone()),
        (options(7), events[1..].to_vec()),
        (options(7), [events.clone(), events.clone()].concat()),
        (options(7), [&events[..1], &[Event::Ended { deposit: 1, at: 0 }]].concat()),
    ] {
        let error = Sandbox::restore(options, events).unwrap_err();
        assert_eq!((error.code, error.fields[0].0.as_str()), (Code::InvalidOption, "journal"));
    }
}

#[test]
fn unusable_options_are_named() {
    for (key, secret, field) in [("", "s", "key"), ("a b", "s", "key"), ("é", "s", "key"), ("k", "", "secret")] {
        let error = Sandbox::new(Options::new(key, Secret::new(secret))).unwrap_err();
        assert_eq!((error.code, error.fields[0].0.as_str()), (Code::InvalidOption, field));
    }
}

#[test]
fn nothing_prints_the_secret() {
    let options = options(0);
    let printed = format!("{options:?} {:?}", Sandbox::new(options.clone()).unwrap());
    assert!(!printed.contains(SECRET), "{printed}");
}

#[test]
fn faults_before_the_gateway_take_no_address_and_those_after_it_do() {
    let body = r#"{"currency":"XRP","foreign_id":"1"}"#;
    let signature = signature(body.as_bytes());
    let status = Fault::Status { status: 503, body: None, headers: BTreeMap::new() };
    for (fault, status, taken) in [
        (Fault::Reset, 502, 0),
        (status, 503, 0),
        (Fault::Html, 200, 0),
        (Fault::RateLimit { retry_after: Some(1) }, 429, 0),
        (Fault::LostAnswer, 201, 1),
        (Fault::Truncate { bytes: None }, 201, 1),
        (Fault::SlowDrip { milliseconds: None }, 201, 1),
        (Fault::Latency { milliseconds: 1 }, 201, 1),
        (Fault::WrongEcho { field: Echo::Currency }, 201, 1),
        (Fault::WrongChecksum, 201, 1),
        (Fault::MissingTag, 201, 1),
    ] {
        let mut sandbox = sandbox();
        let reply = sandbox.reply(&request(body.as_bytes(), &signature), Some(fault.clone()));
        assert_eq!((reply.answer.status, sandbox.addresses().len()), (status, taken), "{fault:?}");
        assert_eq!(reply.fault, Some(fault.name()));
    }
}
