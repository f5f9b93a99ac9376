//! Signing as JavaScript calls it: by numbers, over fixed places in the module's memory, without an allocation.
//!
//! `pkg-template/entries/signing.js` writes a message, or as much of it as fits, to `input`, and calls one of these with
//! what it is to be signed by: the address of a [`Schedule`]. Nothing of a caller's runs between the two. What was written
//! is read in place; the digits of a signature are left in `digits`; one to verify is written to `claimed` before.
//!
//! Why each `unsafe` holds: WebAssembly runs one thread, and no function here calls out, or another of them while it
//! has a reference into `FIXED`, so that this lives alone; those that live at once are to different fields. A schedule
//! is the one in `FIXED`, or in a page that JavaScript added to the memory for that alone, zeroed, which is a valid
//! one, and aligned to 128 bytes. Whatever JavaScript may say of lengths, no more than `input` is read.

#![allow(unsafe_code, reason = "JavaScript knows addresses, not references: see above")]

use core::cell::UnsafeCell;

use zeroize::Zeroize;

use super::hmac::{HASH_LENGTH, INITIAL, Rest, Schedule, Sixteens, Work, same_digits};

/// Blocks of a message at once: 16 KiB, since a body of a request is below 1 KB and the first cache of a processor 32 KB.
const CAPACITY: usize = 128;

/// The first four are where JavaScript looks for them, 128 bytes each but the last.
#[repr(C, align(128))]
struct Fixed {
    /// The digits of a signature that was made.
    digits: Sixteens,
    /// The digits of one that is claimed, and before that the bytes of one that was made.
    claimed: Sixteens,
    /// The schedule of a secret that is given with one call.
    one_shot: Schedule,
    /// A message; what is left of it when it is full is in one block more.
    input: [Sixteens; CAPACITY + 1],
    work: Work,
}

struct Shared(UnsafeCell<Fixed>);

// SAFETY: see the head of this file.
unsafe impl Sync for Shared {}

static FIXED: Shared = Shared(UnsafeCell::new(Fixed {
    digits: [[0; 16]; 8],
    claimed: [[0; 16]; 8],
    one_shot: Schedule::EMPTY,
    input: [[[0; 16]; 8]; CAPACITY + 1],
    work: Work::EMPTY,
}));

/// The address of `FIXED`.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn place() -> *const u8 {
    FIXED.0.get().cast()
}

/// Hashes the whole blocks in `length` bytes of input, `done` blocks after the beginning of the message, and moves what is
/// left to the front. Without a schedule the message is hashed by itself, as a secret is that is longer than a block.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn absorb(schedule: Option<&Schedule>, length: u32, done: u32) {
    let fixed = FIXED.0.get();
    // SAFETY: see the head of this file.
    let (input, work) = unsafe { (&mut (*fixed).input, &mut (*fixed).work) };
    if done == 0 {
        work.start(schedule.map_or(&INITIAL, Schedule::start));
    }
    let whole = (length / 128) as usize;
    work.absorb(input.iter().take(whole));
    let [front, others @ ..] = input;
    if let Some(rest) = whole.checked_sub(1).and_then(|before| others.get(before)) {
        front.copy_from_slice(rest);
    }
}

/// Makes the schedule of the secret in the input, and wipes that.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn key(schedule: &mut Schedule, length: u32, done: u32) {
    let is_long = done > 0 || length > 128;
    if is_long {
        absorb(None, length, done);
    }
    let fixed = FIXED.0.get();
    // SAFETY: see the head of this file.
    let (input, work) = unsafe { (&mut (*fixed).input, &mut (*fixed).work) };
    let mut key_length = length as u8;
    if is_long {
        work.finish(&mut rest_in(input, length, done));
        key_length = HASH_LENGTH;
    }
    let [key, ..] = input;
    schedule.derive(work, key, key_length);
    // The compiler leaves it: for all it knows, who has the address reads it next. What came before was longer.
    let used = if done == 0 { length / 128 } else { CAPACITY as u32 };
    if let Some(blocks) = input.get_mut(..=used as usize) {
        blocks.as_flattened_mut().as_flattened_mut().fill(0);
    }
}

/// Signs the message in the input: its digits are in `digits` then, its bytes in the first half of `claimed`.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn sign(schedule: &Schedule, length: u32, done: u32) {
    absorb(Some(schedule), length, done);
    let fixed = FIXED.0.get();
    // SAFETY: see the head of this file.
    let (input, work) = unsafe { (&mut (*fixed).input, &mut (*fixed).work) };
    // SAFETY: the same.
    let (digits, bytes) = unsafe { (&mut (*fixed).digits, &mut (*fixed).claimed) };
    schedule.sign(work, rest_in(input, length, done), digits);
    work.write(bytes);
}

/// Whether the digits that were made last are those that are claimed, in constant time. It takes 12 nanoseconds, for which
/// who only signs does not wait.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn matches() -> bool {
    let fixed = FIXED.0.get();
    // SAFETY: see the head of this file.
    let (digits, claimed) = unsafe { (&(*fixed).digits, &(*fixed).claimed) };
    same_digits(digits, claimed)
}

/// Wipes a schedule.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn forget(schedule: &mut Schedule) {
    schedule.zeroize();
}

fn rest_in(input: &mut [Sixteens; CAPACITY + 1], length: u32, done: u32) -> Rest<'_> {
    let [bytes, ..] = input;
    Rest { bytes, length: (length % 128) as u8, total: u64::from(done).wrapping_mul(128).wrapping_add(length.into()) }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a failing test panics")]
mod tests {
    use std::string::String;
    use std::vec::Vec;

    use super::super::{Secret, Signer};
    use super::*;

    /// As `signing.js` does it: the address of the input, and of the other places before it.
    fn write(bytes: &[u8], at: usize) {
        // SAFETY: it is inside of `FIXED`, into which no reference lives now.
        unsafe { place().cast_mut().add(at).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) }
    }

    const CLAIMED: usize = 128;
    const INPUT: usize = 384;

    /// Hands a message over in parts of so many bytes, and tells what is left and how many blocks are done.
    fn fill(message: &[u8], schedule: Option<&Schedule>, part: usize) -> (u32, u32) {
        let (mut length, mut done) = (0, 0);
        for part in message.chunks(part) {
            if length > 0 {
                absorb(schedule, length, done);
                done += length / 128;
                length %= 128;
            }
            write(part, INPUT + length as usize);
            length += part.len() as u32;
        }
        (length, done)
    }

    fn digits() -> String {
        // SAFETY: see `write`.
        unsafe { (*FIXED.0.get()).digits }.as_flattened().iter().copied().map(char::from).collect()
    }

    /// One test, since all of it is about the one memory.
    #[test]
    fn numbers_sign_as_the_signer_does() {
        let bytes: Vec<u8> = (0..2_000_u32).map(|at| (at * at % 251) as u8).collect();
        let mut schedule = Schedule::EMPTY;
        for (secret, body, part) in [
            (1, 0, 128),
            (13, 40, 128),
            (127, 111, 200),
            (128, 112, 200),
            (129, 127, 200),
            (128, 128, 64),
            (300, 300, 300),
            (700, 1_300, 130),
            (1_999, 2_000, 1_024),
            (2_000, 1_999, 16_000),
            (256, 239, 256),
        ] {
            let (secret, body) = (&bytes[..secret], &bytes[2_000 - body..]);
            let expected = Signer::new(&Secret::new(secret)).unwrap().sign(body);

            // Of the body before, which is no secret.
            write(&[0; (CAPACITY + 1) * 128], INPUT);
            let (length, done) = fill(secret, None, part);
            key(&mut schedule, length, done);
            // SAFETY: see `write`.
            let left = unsafe { (*FIXED.0.get()).input }.as_flattened().as_flattened().iter().any(|byte| *byte != 0);
            assert!(!left, "the secret is wiped");

            let (length, done) = fill(body, Some(&schedule), part);
            sign(&schedule, length, done);
            assert_eq!(digits(), expected);
            // SAFETY: see `write`.
            let [bytes, ..] = *unsafe { (*FIXED.0.get()).claimed }.as_flattened().as_chunks::<64>().0 else { panic!() };
            assert_eq!(hex::encode(bytes), expected);
            write(expected.to_uppercase().as_bytes(), CLAIMED);
            assert!(matches());
            write(b"\x10", CLAIMED);
            assert!(!matches());
        }
        forget(&mut schedule);
        // More than there is: nothing outside of the input is read.
        sign(&schedule, u32::MAX, u32::MAX);
        absorb(Some(&schedule), u32::MAX, 0);
    }
}
