//! Whatever base URL is taken, the `url` crate (the URL Standard, as every runtime has it) reads no other scheme,
//! host, port or path out of it. It may refuse more: then nothing is sent at all.

#![no_main]

use std::net::{Ipv4Addr, Ipv6Addr};

use alphapo_wasm::gateway::endpoint::Endpoint;
use alphapo_wasm_fuzz::text;
use libfuzzer_sys::fuzz_target;
use url::{Host, Url};

fuzz_target!(|data: &[u8]| {
    let Some(given) = text(data) else { return };
    let Ok(endpoint) = Endpoint::parse(given) else { return };
    let ours = endpoint.url("addresses/take");
    assert_eq!(ours, format!("{}/addresses/take", given.trim_end_matches('/')));
    assert_eq!(Endpoint::parse(&ours), Endpoint::parse(&format!("{ours}//")), "slashes at the end");

    let (scheme, rest) = ours.split_once("://").expect("a scheme");
    let (authority, path) = rest.split_once('/').expect("a path");
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().expect("a port")),
        _ => (authority, if scheme == "https" { 443 } else { 80 }),
    };
    // On some names in Punycode an assertion of `idna` 1.1 itself fails: of those the crate tells nothing.
    if host.to_ascii_lowercase().split('.').any(|label| label.starts_with("xn--")) {
        return;
    }
    let Ok(theirs) = Url::parse(&ours) else { return };
    assert_eq!(theirs.scheme(), scheme);
    assert_eq!(theirs.port_or_known_default(), Some(port));
    assert_eq!((theirs.username(), theirs.password()), ("", None));
    assert_eq!((theirs.query(), theirs.fragment()), (None, None));
    match theirs.host().expect("a host") {
        Host::Domain(domain) => assert!(domain.eq_ignore_ascii_case(host), "{domain}"),
        Host::Ipv4(address) => assert_eq!(host.parse::<Ipv4Addr>().ok(), Some(address), "{address}"),
        Host::Ipv6(address) => {
            assert_eq!(host.trim_matches(['[', ']']).parse::<Ipv6Addr>().ok(), Some(address), "{address}");
        }
    }
    let is_local = match theirs.host() {
        Some(Host::Domain(domain)) => domain == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    assert!(scheme == "https" || is_local, "sent in the clear to {:?}", theirs.host());
    // The crate never removes a segment such as `c:`, which the standard keeps for `file:` alone.
    if !path.contains(":/") && !path.contains("|/") {
        assert_eq!(decoded(theirs.path()), decoded(&resolved(path)));
    }
});

/// The path with its dot segments resolved, as the URL Standard does it. That changes no host, and is left to it.
fn resolved(path: &str) -> String {
    let mut segments = Vec::new();
    let all: Vec<&str> = path.split('/').collect();
    for (index, segment) in all.iter().enumerate() {
        let last = index + 1 == all.len();
        match segment.to_ascii_lowercase().replace("%2e", ".").as_str() {
            "." if last => segments.push(""),
            "." => {}
            ".." => {
                segments.pop();
                if last {
                    segments.push("");
                }
            }
            _ => segments.push(segment),
        }
    }
    format!("/{}", segments.join("/"))
}

/// Without the percent codes of what the URL Standard does not leave as it is.
fn decoded(path: &str) -> String {
    path.replace("%5E", "^").replace("%60", "`").replace("%7B", "{").replace("%7D", "}")
}
