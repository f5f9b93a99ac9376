//! JSON as the gateway needs it: numbers keep their own text, keys keep their order, and nothing is a float.
//!
//! The tokens are hifijson's; this module owns the tree, the writing (hifijson's writer prints control characters
//! from U+0014 on unescaped) and the rule by which numbers reach JavaScript.

use alloc::string::String;
use alloc::vec::Vec;

use hifijson::escape::Lex as _;
use hifijson::num::LexWrite as _;
use hifijson::str::LexWrite as _;
use hifijson::token::Lex as _;
use hifijson::{Read as _, SliceLexer, str, token::Expect};

use crate::text::{is_digits, push_json_text};

/// How deep arrays and objects may nest. The gateway's answers go 4 deep; the bound keeps the stack safe.
const MAX_DEPTH: usize = 64;

/// `Number.MAX_SAFE_INTEGER`: the largest integer that a JavaScript number holds without loss (ECMA-262 §21.1.2.6).
const MAX_SAFE_INTEGER: &str = "9007199254740991";

/// A JSON value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as its own text.
    Number(String),
    /// A string, unescaped.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, in the order of its text; a key may stand twice.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads exactly one value. A byte order mark before it is passed over, as `Response.json()` does it.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        SliceLexer::new(text).exactly_one(SliceLexer::ws_peek, |next, lexer| Self::read(MAX_DEPTH, next, lexer)).ok()
    }

    /// Reads the value that begins with the byte `next`, nested at most `depth` deep.
    fn read(depth: usize, next: u8, lexer: &mut SliceLexer<'_>) -> Result<Self, Malformed> {
        let depth = depth.checked_sub(1).ok_or(Malformed)?;
        match next {
            b'a'..=b'z' => {
                let word = lexer.null_or_bool().ok_or(Malformed)?;
                Ok(word.map_or(Self::Null, Self::Bool))
            }
            b'0'..=b'9' | b'-' => {
                let (digits, _) = lexer.num_bytes().validated().map_err(|_| Malformed)?;
                Ok(Self::Number(core::str::from_utf8(digits).map_err(|_| Malformed)?.into()))
            }
            b'"' => Ok(Self::Text(read_text(lexer.discarded())?)),
            b'[' => {
                let mut items = Vec::new();
                sequence(lexer, b']', &mut |next, lexer| {
                    items.push(Self::read(depth, next, lexer)?);
                    Ok(())
                })?;
                Ok(Self::List(items))
            }
            b'{' => {
                let mut members = Vec::new();
                sequence(lexer, b'}', &mut |next, lexer| {
                    lexer.expect(|_| Some(next), b'"').ok_or(Malformed)?;
                    let name = read_text(lexer)?;
                    lexer.expect(SliceLexer::ws_peek, b':').ok_or(Malformed)?;
                    let next = lexer.ws_peek().ok_or(Malformed)?;
                    members.push((name, Self::read(depth, next, lexer)?));
                    Ok(())
                })?;
                Ok(Self::Object(members))
            }
            _ => Err(Malformed),
        }
    }

    /// The members of an object; nothing else has any.
    #[must_use]
    pub fn into_members(self) -> Vec<(String, Json)> {
        match self {
            Self::Object(members) => members,
            _ => Vec::new(),
        }
    }

    /// The string, when this is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Appends this value as compact JSON, numbers as they were read.
    pub fn write(&self, out: &mut String) {
        self.write_with(out, &|number, out| out.push_str(number));
    }

    /// Appends this value as JSON that `JSON.parse` reads without loss: an integer within ±(2^53 − 1) stays a
    /// number, any other number becomes a string of its own decimal text.
    pub fn write_for_javascript(&self, out: &mut String) {
        self.write_with(out, &|number, out| {
            if is_safe_integer(number) {
                out.push_str(number);
            } else {
                push_json_text(out, number);
            }
        });
    }

    fn write_with(&self, out: &mut String, number: &dyn Fn(&str, &mut String)) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(text) => number(text, out),
            Self::Text(text) => push_json_text(out, text),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write_with(out, number);
                }
                out.push(']');
            }
            Self::Object(members) => {
                let mut writer = ObjectWriter::new(out);
                for (name, member) in members {
                    writer.key(name);
                    member.write_with(writer.out, number);
                }
                writer.end();
            }
        }
    }
}

/// The first member of this name.
pub(crate) fn find<'a>(members: &'a [(String, Json)], name: &str) -> Option<&'a Json> {
    members.iter().find(|(member, _)| member == name).map(|(_, value)| value)
}

/// Text that is no JSON. What is wrong with it, and where, nobody asks: hifijson's own errors are 700 bytes larger.
struct Malformed;

impl From<Expect> for Malformed {
    fn from(_: Expect) -> Self {
        Self
    }
}

impl From<str::Error> for Malformed {
    fn from(_: str::Error) -> Self {
        Self
    }
}

/// Reads the items of an array or an object, after its first bracket.
fn sequence<'a>(
    lexer: &mut SliceLexer<'a>,
    end: u8,
    item: &mut dyn FnMut(u8, &mut SliceLexer<'a>) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    lexer.discarded().seq(end, SliceLexer::ws_peek, item)
}

/// Reads the rest of a string, after its first quotation mark.
fn read_text(lexer: &mut SliceLexer<'_>) -> Result<String, Malformed> {
    lexer.str_fold(
        String::new(),
        |bytes, text| {
            let plain = core::str::from_utf8(bytes).map_err(|_| Malformed)?;
            // Room for just this, which is all of a text without escapes.
            if text.is_empty() {
                *text = plain.into();
            } else {
                text.push_str(plain);
            }
            Ok(())
        },
        |lexer, text| {
            let next = lexer.take_next().ok_or(Malformed)?;
            text.push(lexer.escape(next).map_err(|_| Malformed)?);
            Ok(())
        },
    )
}

/// Writes one JSON object, member by member.
pub(crate) struct ObjectWriter<'a> {
    pub(crate) out: &'a mut String,
    empty: bool,
}

impl<'a> ObjectWriter<'a> {
    pub(crate) fn new(out: &'a mut String) -> Self {
        out.push('{');
        Self { out, empty: true }
    }

    /// Writes a member that is true or false.
    #[cfg(all(target_arch = "wasm32", any(feature = "client", feature = "sandbox")))]
    pub(crate) fn boolean(&mut self, name: &str, value: bool) {
        self.key(name);
        self.out.push_str(if value { "true" } else { "false" });
    }

    /// Writes `"name":`; the caller writes the value to `out` next.
    pub(crate) fn key(&mut self, name: &str) {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        push_json_text(self.out, name);
        self.out.push(':');
    }

    #[cfg(any(feature = "sandbox", all(target_arch = "wasm32", feature = "client")))]
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        self.key(name);
        push_json_text(self.out, text);
    }

    pub(crate) fn end(self) {
        self.out.push('}');
    }
}

/// Whether a number's text is an integer that JavaScript holds without loss. JSON has no leading zeros, so that
/// integers of one length compare as their texts do.
pub(crate) fn is_safe_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let fits =
        digits.len() < MAX_SAFE_INTEGER.len() || (digits.len() == MAX_SAFE_INTEGER.len() && digits <= MAX_SAFE_INTEGER);
    fits && is_digits(digits)
}

#[cfg(test)]
mod tests {
    use super::super::arbitrary::Arbitrary;
    use super::*;

    fn round_trip(text: &str) -> String {
        let mut out = String::new();
        Json::parse(text.as_bytes()).unwrap().write(&mut out);
        out
    }

    #[test]
    fn numbers_and_order_survive() {
        let text = r#"{"b":0.10882300,"a":1e-8,"c":[-0,123456789012345678901234567890],"é":"/\\\""}"#;
        assert_eq!(round_trip(text), text);
    }

    #[test]
    fn escapes_are_those_of_json_stringify() {
        assert_eq!(
            round_trip(r#""\u0000\u000f\u0010\u0014\u001f\b\f\n\r\t\/\u00e9\u2028\ud83d\ude00""#),
            "\"\\u0000\\u000f\\u0010\\u0014\\u001f\\b\\f\\n\\r\\t/é\u{2028}😀\""
        );
    }

    #[test]
    fn what_javascript_cannot_hold_becomes_text() {
        let mut out = String::new();
        Json::parse(b"[1,-1,9007199254740991,9007199254740992,0.5,1e3,-9007199254740993]")
            .unwrap()
            .write_for_javascript(&mut out);
        assert_eq!(out, r#"[1,-1,9007199254740991,"9007199254740992","0.5","1e3","-9007199254740993"]"#);
    }

    #[test]
    fn what_is_not_json_is_refused() {
        let deep = [vec![b'['; 65], vec![b']'; 65]].concat();
        for text in [
            &b""[..],
            b"{",
            b"{}x",
            b"{} {}",
            b"nul",
            b"01",
            b"'a'",
            b"\"\xff\"",
            b"\"\\ud800\"",
            b"{\"a\":1,}",
            b"<html>",
            &deep,
        ] {
            assert_eq!(Json::parse(text), None, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        assert_eq!(Json::parse(b"\xEF\xBB\xBFnull"), Some(Json::Null));
    }

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let mut arbitrary = Arbitrary(1);
        for _ in 0..2_000 {
            let value = arbitrary.json(4);
            let (mut text, mut for_javascript, mut again) = Default::default();
            value.write(&mut text);
            assert_eq!(Json::parse(text.as_bytes()), Some(value.clone()), "{text}");
            value.write_for_javascript(&mut for_javascript);
            Json::parse(for_javascript.as_bytes()).unwrap().write_for_javascript(&mut again);
            assert_eq!(again, for_javascript, "{text}");
        }
    }

    /// One changed byte makes another value or none; whatever is read can be written and read again.
    #[test]
    fn any_bytes_are_answered() {
        let mut arbitrary = Arbitrary(2);
        for _ in 0..20_000 {
            let mut text = String::new();
            arbitrary.json(3).write(&mut text);
            let mut bytes = text.into_bytes();
            let at = arbitrary.below(bytes.len() as u64) as usize;
            bytes[at] = arbitrary.one_of(b"\"\\{}[],:0-e.u \x00\x80\xff");
            let Some(value) = Json::parse(&bytes) else { continue };
            let mut written = String::new();
            value.write(&mut written);
            assert_eq!(Json::parse(written.as_bytes()), Some(value), "{written}");
        }
    }
}
