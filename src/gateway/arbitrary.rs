//! Values made up for the tests, the same ones every time.

#![allow(clippy::arithmetic_side_effects, reason = "a failing test panics")]

use std::prelude::v1::*;

use super::json::Json;

/// Splitmix64 (Steele, Lea and Flood 2014).
pub(super) struct Arbitrary(pub(super) u64);

impl Arbitrary {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(super) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }

    pub(super) fn text(&mut self) -> String {
        let characters = ['a', '0', ' ', '"', '\\', '/', '\n', '\u{1}', '\u{7f}', 'é', '\u{2028}', '😀', '{', ','];
        (0..self.below(8)).map(|_| self.one_of(&characters)).collect()
    }

    fn number(&mut self) -> String {
        let sign = self.one_of(&["", "-"]);
        let fraction = self.one_of(&["", "", ".0", ".50"]);
        let exponent = self.one_of(&["", "", "e7", "E-12", "e+0"]);
        format!("{sign}{}{fraction}{exponent}", self.next() >> self.below(64))
    }

    pub(super) fn json(&mut self, depth: u64) -> Json {
        match self.below(if depth == 0 { 5 } else { 7 }) {
            0 => Json::Null,
            1 => Json::Bool(true),
            2 => Json::Bool(false),
            3 => Json::Number(self.number()),
            4 => Json::Text(self.text()),
            5 => Json::List((0..self.below(4)).map(|_| self.json(depth - 1)).collect()),
            _ => Json::Object((0..self.below(4)).map(|_| (self.text(), self.json(depth - 1))).collect()),
        }
    }
}
