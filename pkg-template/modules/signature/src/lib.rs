//! A module of the npm package: what `import "alphapo-wasm/signature"` loads. Everything in it is the crate's.

#![no_std]

pub use alphapo_wasm;
