//! Reads one options object of JavaScript and collects what is wrong with it.
//!
//! An option that is not known is refused: `base_url` in place of `baseUrl` would otherwise send a sandbox's
//! credentials to the production gateway, without a word.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use wasm_bindgen::prelude::*;

use super::bytes;
use crate::error::{Code, Error};
use crate::foreign;
use crate::signature::Secret;
use crate::text::is_one_of;
#[cfg(feature = "sandbox")]
use crate::text::join;

/// One options object, and the problems found in it so far.
pub(crate) struct Reader<'a> {
    object: &'a JsValue,
    problems: Vec<(String, String)>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(object: &'a JsValue) -> Result<Self, Error> {
        if !object.is_object() {
            return Err(Error::of_field(Code::InvalidOption, "options", "must be an object"));
        }
        Ok(Self { object, problems: Vec::new() })
    }

    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.problems.is_empty() { Ok(()) } else { Err(Error::of_fields(Code::InvalidOption, self.problems)) }
    }

    pub(crate) fn problem(&mut self, option: &str, problem: &str) {
        self.problems.push((option.into(), problem.into()));
    }

    /// The option's value; `null` counts as absent. What cannot be read does not: a `baseUrl` whose getter throws
    /// is not the production gateway.
    pub(crate) fn get(&mut self, option: &str) -> Option<JsValue> {
        foreign::get(self.object, option).unwrap_or_else(|_| {
            self.problem(option, "cannot be read: its getter throws");
            None
        })
    }

    pub(crate) fn refuse_unknown(&mut self, known: &[&[&str]]) {
        let Some(names) = foreign::keys(self.object) else {
            return self.problem("options", "cannot be read");
        };
        for name in names.iter().filter_map(|name| name.as_string()) {
            if !known.iter().any(|names| is_one_of(&name, names)) {
                self.problem(&name, "is not an option here: mend its name");
            }
        }
    }

    pub(crate) fn key(&mut self) -> String {
        match self.get("key").map(|key| key.as_string()) {
            Some(Some(key)) => return key,
            Some(None) => self.problem("key", "must be a string"),
            None => self.problem("key", "is missing"),
        }
        String::new()
    }

    pub(crate) fn secret(&mut self) -> Secret {
        let value = self.get("secret").unwrap_or_default();
        self.checked_secret("secret", &value)
    }

    /// A secret that is the option's value or one of several in it.
    pub(crate) fn checked_secret(&mut self, option: &str, value: &JsValue) -> Secret {
        match bytes::secret(value) {
            Ok(secret) => {
                // The vendor names this the usual cause of refused signatures. Of bytes only a file's last line break is
                // known not to be meant.
                if value.is_string() && secret.bytes().trim_ascii() != secret.bytes() {
                    self.problem(option, "has white space around it: trim() it");
                } else if matches!(secret.bytes(), [.., b'\n' | b'\r']) {
                    self.problem(option, "ends with a line break, as files do: give it without");
                }
                return secret;
            }
            Err(error) => error.fields.iter().for_each(|(_, problem)| self.problem(option, problem)),
        }
        Secret::new(Vec::new())
    }

    #[cfg(feature = "sandbox")]
    pub(crate) fn text(&mut self, option: &str) -> Option<String> {
        let value = self.get(option)?;
        if !value.is_string() {
            self.problem(option, "must be a string");
        }
        value.as_string()
    }

    /// One of some words.
    #[cfg(feature = "sandbox")]
    pub(crate) fn choice(&mut self, option: &str, words: &[&'static str]) -> Option<&'static str> {
        let value = self.get(option)?.as_string().unwrap_or_default();
        let chosen = words.iter().find(|word| **word == value).copied();
        if chosen.is_none() {
            self.problem(option, &join(&["must be one of: ", &words.join(", ")]));
        }
        chosen
    }

    /// Nothing but the two: `0` or `"false"` in place of `false` would mean what nobody can tell.
    pub(crate) fn boolean(&mut self, option: &str) -> Option<bool> {
        let value = self.get(option)?;
        if value.as_bool().is_none() {
            self.problem(option, "must be true or false");
        }
        value.as_bool()
    }

    pub(crate) fn integer(&mut self, option: &str, range: RangeInclusive<u32>, problem: &str) -> Option<u32> {
        let value = self.get(option)?;
        // The cast saturates and makes 0 of NaN, so only an integer that fits comes back unchanged.
        let integer = value
            .as_f64()
            .filter(|number| f64::from(*number as u32) == *number)
            .map(|number| number as u32)
            .filter(|number| range.contains(number));
        if integer.is_none() {
            self.problem(option, problem);
        }
        integer
    }
}
