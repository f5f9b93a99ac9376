//! JSON by serde_json, one level at a time, so that numbers keep their text and a key may stand twice.
//!
//! Where the crate's rules are its own, they are repeated here: a byte order mark before the value is passed over,
//! values nest at most 64 deep.

use alphapo_wasm::gateway::json::Json;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Every value counts, scalars too.
const MAX_DEPTH: usize = 64;

#[must_use]
pub fn parse(text: &[u8]) -> Option<Json> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    read(serde_json::from_slice(text).ok()?, MAX_DEPTH)
}

/// Whether text is one JSON number and nothing else.
#[must_use]
pub fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && serde_json::from_str::<&RawValue>(text).is_ok_and(|raw| raw.get() == text)
}

fn read(raw: &RawValue, depth: usize) -> Option<Json> {
    let depth = depth.checked_sub(1)?;
    let text = raw.get();
    Some(match text.as_bytes().first()? {
        b'n' => Json::Null,
        b't' => Json::Bool(true),
        b'f' => Json::Bool(false),
        b'"' => Json::Text(serde_json::from_str(text).ok()?),
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            Json::List(items.into_iter().map(|item| read(item, depth)).collect::<Option<_>>()?)
        }
        b'{' => {
            let members = serde_json::Deserializer::from_str(text).deserialize_map(Members).ok()?;
            let member = |(name, value)| Some((name, read(value, depth)?));
            Json::Object(members.into_iter().map(member).collect::<Option<_>>()?)
        }
        _ => Json::Number(text.into()),
    })
}

struct Members;

impl<'a> Visitor<'a> for Members {
    type Value = Vec<(String, &'a RawValue)>;

    fn expecting(&self, f: &mut core::fmt::Formatter) -> core::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}
