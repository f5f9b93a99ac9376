//! Where the gateway is: its production address, and what may stand in its place.
//!
//! A base URL is taken apart here strictly instead of by a tolerant URL parser: whatever two parsers could read
//! differently (credentials, backslashes, fragments) would send a signed request to a host nobody meant.

use alloc::string::String;

use crate::text::{is_among, join, number, split_once};

/// The production gateway (its documentation of addresses/take).
pub const PRODUCTION: &str = "https://app.alphapo.net/api/v2";

/// Its host, and the same as an absolute name.
const PRODUCTION_HOST: &str = "app.alphapo.net";
const PRODUCTION_ROOTED: &str = "app.alphapo.net.";

/// The base URL of a gateway, without a slash at its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    url: String,
    production: bool,
}

impl Default for Endpoint {
    fn default() -> Self {
        Self { url: PRODUCTION.into(), production: true }
    }
}

impl Endpoint {
    /// Takes a base URL: https, or http on a loopback host, since a signed request is not for others to read.
    ///
    /// # Errors
    /// What is wrong with the URL, as the rest of a sentence that begins with the option's name.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (secure, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(NOT_A_URL),
        };
        if !rest.bytes().all(|byte| byte.is_ascii_graphic()) || rest.bytes().any(|byte| is_among(byte, b"@\\?#\"<>")) {
            return Err("must have no credentials, query, fragment, spaces or non-ASCII characters");
        }
        let authority = split_once(rest, b"/").map_or(rest, |(authority, _)| authority);
        let host = host_of(authority).ok_or(NOT_A_URL)?;
        if !secure && !is_loopback(host) {
            return Err("must begin with https:// (http:// is for localhost, 127.0.0.1 and [::1] only)");
        }
        let slashes = text.bytes().rev().take_while(|byte| *byte == b'/').count();
        let end = text.len().saturating_sub(slashes);
        // A name may be written with the root's dot at its end (RFC 1034 §3.1).
        let production = [PRODUCTION_HOST, PRODUCTION_ROOTED].iter().any(|name| host.eq_ignore_ascii_case(name));
        Ok(Self { url: text.get(..end).unwrap_or_default().into(), production })
    }

    /// Whether this is the production gateway, at whatever path: its addresses are of the main networks.
    #[must_use]
    pub fn is_production(&self) -> bool {
        self.production
    }

    /// The URL of one of the gateway's endpoints, such as `addresses/take`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        join(&[&self.url, "/", path])
    }
}

pub(crate) const NOT_A_URL: &str = "must be the gateway's base URL, such as \"https://app.alphapo.net/api/v2\"";

/// The host of `host` or `host:port`, when both are well-formed. Only what both of two parsers must read alike is
/// let through; the address in brackets is left to the runtime.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port, allowed): (_, _, fn(u8) -> bool) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = split_once(rest, b"]")?;
            (address, port, |byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
        }
        None => {
            let end = authority.bytes().position(|byte| byte == b':').unwrap_or(authority.len());
            let (name, port) = authority.split_at_checked(end)?;
            (name, port, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        }
    };
    let port_is_valid = match port.strip_prefix(':') {
        Some(digits) => is_port(digits),
        None => port.is_empty(),
    };
    let host_is_valid = !host.is_empty()
        && host.bytes().all(allowed)
        && authority.starts_with('[') == host.bytes().any(|byte| byte == b':')
        && (authority.starts_with('[') || is_name_or_plain_ipv4(host));
    (port_is_valid && host_is_valid).then_some(host)
}

fn is_port(digits: &str) -> bool {
    number(digits).is_some_and(|port| port <= u64::from(u16::MAX))
}

/// A host whose last label is a number is an IPv4 address (URL Standard §3.5), whose short, octal and hexadecimal
/// spellings not everybody reads alike: `127.` is 0.0.0.127 there. Only four decimal numbers are let through.
fn is_name_or_plain_ipv4(host: &str) -> bool {
    let labels = || host.as_bytes().split(|byte| *byte == b'.');
    let last = labels().rfind(|label| !label.is_empty()).unwrap_or_default();
    let is_number = |label: &[u8]| !label.is_empty() && label.iter().all(u8::is_ascii_digit);
    let is_ipv4 = is_number(last) || matches!(last, [b'0', b'x' | b'X', ..]);
    let is_plain = |label: &[u8]| is_number(label) && !matches!(label, [b'0', _, ..]);
    !is_ipv4 || (labels().count() == 4 && labels().all(is_plain))
}

/// RFC 6761 §6.3 (localhost), RFC 1122 §3.2.1.3 (127.0.0.0/8), RFC 4291 §2.5.3 (::1). A host of digits and points
/// alone is a plain IPv4 address. Names below localhost are left out: not every
/// resolver keeps them on this machine.
fn is_loopback(host: &str) -> bool {
    let is_ipv4 = || host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    host.eq_ignore_ascii_case("localhost") || host == "::1" || (host.starts_with("127.") && is_ipv4())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usable_base_urls() {
        for (given, url) in [
            (PRODUCTION, "https://app.alphapo.net/api/v2/addresses/take"),
            ("https://gateway.test/api/v2/", "https://gateway.test/api/v2/addresses/take"),
            ("https://gateway.test", "https://gateway.test/addresses/take"),
            ("http://localhost:8787/api/v2", "http://localhost:8787/api/v2/addresses/take"),
            ("http://LOCALHOST", "http://LOCALHOST/addresses/take"),
            ("http://127.0.0.1:1", "http://127.0.0.1:1/addresses/take"),
            ("http://127.9.9.9", "http://127.9.9.9/addresses/take"),
            ("http://[::1]:8787", "http://[::1]:8787/addresses/take"),
            ("https://10.0.0.200/x", "https://10.0.0.200/x/addresses/take"),
            ("https://3f4a.gateway-1.test.", "https://3f4a.gateway-1.test./addresses/take"),
            ("https://3f4a", "https://3f4a/addresses/take"),
            ("https://[::ffff:10.0.0.1]", "https://[::ffff:10.0.0.1]/addresses/take"),
            ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x/addresses/take"),
        ] {
            let endpoint = Endpoint::parse(given).unwrap_or_else(|problem| panic!("{given}: {problem}"));
            assert_eq!(endpoint.url("addresses/take"), url);
        }
    }

    #[test]
    fn the_production_gateway_is_known_by_its_host() {
        for url in
            [PRODUCTION, "https://APP.alphapo.net", "https://app.alphapo.net.:443/x", "https://app.alphapo.net:443"]
        {
            assert!(Endpoint::parse(url).unwrap().is_production(), "{url}");
        }
        for url in
            ["https://app.alphapo.net.test", "https://alphapo.net", "http://127.0.0.1/app.alphapo.net", "https://[::1]"]
        {
            assert!(!Endpoint::parse(url).unwrap().is_production(), "{url}");
        }
    }

    #[test]
    fn unusable_base_urls() {
        for given in [
            "",
            "gateway.test",
            "ftp://gateway.test",
            "//gateway.test",
            "https://",
            "https:///api",
            "https://gateway.test:port",
            "https://gateway.test:",
            "https://gateway.test:65536",
            "https://gateway.test:+80",
            "https://user:password@gateway.test",
            "https://gateway.test/a b",
            "https://gateway.test/ä",
            "https://gateway.test/a?x",
            "https://gateway.test/a\\b",
            "https://gateway.test?x",
            "https://gateway.test#x",
            "https://gateway.test\\@evil.test",
            "https://gate way.test",
            " https://gateway.test",
            "https://gateway.test\n",
            "https://gatewäy.test",
            "https://[::1",
            "https://[evil]",
            "https://[]",
            "http://gateway.test",
            "http://127.0.0.1.evil.test",
            "http://localhost.evil.test",
            "http://gateway.localhost",
            "http://localhost@evil.test",
            "http://10.0.0.1",
            "http://[::2]",
            "http://0x7f.1",
            "http://127.0.0.+1",
            "http://127.0.0.evil",
            "http://127.",
            "http://127.1",
            "http://127.0.0.1.",
            "http://127.0.0.1..",
            "http://127.0.0.01",
            "https://1.2.3",
            "https://0x7f.1",
            "https://gateway.0X7f",
            "https://2130706433",
            "https://1.2.3.4.5",
            "https://a.b.c.1",
            "http://[127.0.0.1]",
        ] {
            assert!(Endpoint::parse(given).is_err(), "{given:?}");
        }
    }
}
