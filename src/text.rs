//! Text put together without the formatting machinery, and searched without the two-way searcher: together they
//! would be a sixth of the client's `.wasm`.

use alloc::string::String;

/// The parts, one after the other.
pub(crate) fn join(parts: &[&str]) -> String {
    let mut text = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    for part in parts {
        text.push_str(part);
    }
    text
}

/// Appends an integer's decimal digits.
pub(crate) fn push_integer(out: &mut String, integer: u64) {
    if let Some(rest) = integer.checked_div(10).filter(|rest| *rest > 0) {
        push_integer(out, rest);
    }
    // A remainder of 10 is one digit.
    out.push(char::from_digit((integer % 10) as u32, 10).unwrap_or('0'));
}

/// An integer's decimal digits.
pub(crate) fn integer(integer: impl Into<u64>) -> String {
    let mut out = String::new();
    push_integer(&mut out, integer.into());
    out
}

/// Appends a JSON string, escaping what RFC 8259 §7 requires and nothing else, as `JSON.stringify` does it.
pub(crate) fn push_json_text(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if !matches!(byte, b'"' | b'\\' | 0..=0x1f) {
            continue;
        }
        // What is escaped is ASCII, so the text can be cut there.
        out.push_str(text.get(plain..at).unwrap_or_default());
        plain = at.saturating_add(1);
        out.push('\\');
        match byte {
            b'\n' => out.push('n'),
            b'\r' => out.push('r'),
            b'\t' => out.push('t'),
            0x08 => out.push('b'),
            0x0c => out.push('f'),
            0..=0x1f => {
                out.push_str("u00");
                out.push(if byte < 0x10 { '0' } else { '1' });
                out.push(char::from_digit(u32::from(byte & 0xf), 16).unwrap_or('0'));
            }
            _ => out.push(char::from(byte)),
        }
    }
    out.push_str(text.get(plain..).unwrap_or_default());
    out.push('"');
}

/// Whether the text is decimal digits, and at least one.
pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The number that decimal digits are, and none for any other text. What is larger than 10^19 becomes 10^19 or more.
pub(crate) fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().map(|digit| u64::from(digit & 15));
    is_digits(text)
        .then(|| digits.fold(0_u64, |number, digit| number.min(TOO_LARGE / 10).wrapping_mul(10).wrapping_add(digit)))
}

/// Where [`number`] stops to count.
pub(crate) const TOO_LARGE: u64 = 10_000_000_000_000_000_000;

/// Whether the text is one of these. `contains` by itself would be compiled into each place that it stands in.
#[inline(never)]
pub(crate) fn is_one_of(text: &str, texts: &[&str]) -> bool {
    texts.contains(&text)
}

/// Whether the byte is one of these few.
#[inline(never)]
#[allow(clippy::manual_contains, reason = "it compares words of many bytes at once, which is 0.3 KB more")]
pub(crate) fn is_among(byte: u8, bytes: &[u8]) -> bool {
    bytes.iter().any(|other| *other == byte)
}

/// The number of characters of a text: bytes that do not continue a UTF-8 sequence (RFC 3629 §3).
pub(crate) fn character_count(text: &str) -> usize {
    text.bytes().filter(|byte| byte & 0xc0 != 0x80).count()
}

/// Bytes as text, with U+FFFD for each that is no UTF-8.
pub(crate) fn from_utf8_lossy(mut bytes: &[u8]) -> String {
    let mut text = String::new();
    while !bytes.is_empty() {
        let valid = match core::str::from_utf8(bytes) {
            Ok(_) => bytes.len(),
            Err(error) => error.valid_up_to(),
        };
        let (before, after) = bytes.split_at_checked(valid).unwrap_or_default();
        text.push_str(core::str::from_utf8(before).unwrap_or_default());
        bytes = after;
        if let Some((_, after)) = bytes.split_first() {
            text.push(char::REPLACEMENT_CHARACTER);
            bytes = after;
        }
    }
    text
}

/// The text before and after the first of some ASCII characters.
pub(crate) fn split_once<'a>(text: &'a str, characters: &[u8]) -> Option<(&'a str, &'a str)> {
    let at = text.bytes().position(|byte| is_among(byte, characters))?;
    Some((text.get(..at)?, text.get(at.checked_add(1)?..)?))
}

/// Puts `[signature]` wherever `signature`, which is hex, stands in either case, and where an answer breaks off in the
/// middle of it.
pub(crate) fn remove_signature(text: &mut String, signature: &str) {
    let mut kept = String::new();
    let mut rest = text.as_str();
    while let Some((start, end)) = find_signature(rest, signature) {
        kept.push_str(rest.get(..start).unwrap_or_default());
        kept.push_str("[signature]");
        rest = rest.get(end..).unwrap_or_default();
    }
    if rest.len() != text.len() {
        kept.push_str(rest);
        *text = kept;
    }
}

/// Fewer digits than these give nothing away, and may be something else.
const TELLING_DIGITS: usize = 16;

fn find_signature(text: &str, signature: &str) -> Option<(usize, usize)> {
    let (text, signature) = (text.as_bytes(), signature.as_bytes());
    (0..text.len()).find_map(|start| {
        let rest = text.get(start..).unwrap_or_default();
        let length = rest.len().min(signature.len());
        let same = rest.get(..length)?.eq_ignore_ascii_case(signature.get(..length)?);
        (same && length >= TELLING_DIGITS).then(|| (start, start.saturating_add(length)))
    })
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;

    #[test]
    fn integers() {
        for value in [0, 7, 10, 240_407_213, u64::MAX] {
            assert_eq!(integer(value), value.to_string());
        }
    }

    #[test]
    fn characters_are_counted_as_rust_does() {
        for text in ["", "a", "é", "客户", "😀x"] {
            assert_eq!(character_count(text), text.chars().count());
        }
    }

    #[test]
    fn what_is_no_text_is_marked() {
        assert_eq!(from_utf8_lossy(b""), "");
        assert_eq!(from_utf8_lossy("a é".as_bytes()), "a é");
        assert_eq!(from_utf8_lossy(b"\xffa\xe2\x82z"), "\u{fffd}a\u{fffd}\u{fffd}z");
    }

    #[test]
    fn texts_are_split_at_the_first_character() {
        assert_eq!(split_once("1e2E3", b"eE"), Some(("1", "2E3")));
        assert_eq!(split_once("é.", b"."), Some(("é", "")));
        assert_eq!(split_once("é", b"."), None);
    }

    #[test]
    fn every_signature_is_blotted_out() {
        let signature = "0123456789abcdef0123";
        for (given, kept) in [
            ("é 0123456789abcdef01230123456789abcdef0123 é", "é [signature][signature] é"),
            ("0123456789ABCDEF0123", "[signature]"),
            ("a0123456789abcdef", "a[signature]"),
            ("a0123456789abcde", "a0123456789abcde"),
            ("0123456789abcdef012 ", "0123456789abcdef012 "),
            ("", ""),
        ] {
            let mut text = given.into();
            remove_signature(&mut text, signature);
            assert_eq!(text, kept);
        }
    }
}
