//! Signing as JavaScript calls it: by numbers, over fixed places in the module's memory, without an allocation.
//!
//! `pkg-template/entries/signing.js` writes a message, or as much of it as fits, to `input`, and calls one of these with
//! what it is to be signed by: the address of a [`Schedule`]. Nothing of a caller's runs between the two. What was written
//! is read in place; the digits of a signature are left in `text`, which is also where one to verify is written.
//!
//! Why each `unsafe` holds: WebAssembly runs one thread, and no function here calls out or another of them, so that a
//! reference into `FIXED` lives alone; those that live at once are to different fields. A schedule is one of the two in
//! `FIXED` or in a page that JavaScript added to the memory for that alone, zeroed, which is a valid one, and aligned
//! to 128 bytes. Whatever JavaScript may say of lengths, no more than `input` is read.

#![allow(unsafe_code, reason = "JavaScript knows addresses, not references: see above")]

use core::cell::UnsafeCell;

use zeroize::Zeroize;

use super::hmac::{Message, Schedule, Sixteens, Work, same_digits};

/// Blocks of a message at once: 16 KiB, since a body of a request is below 1 KB and the first cache of a processor 32 KB.
const CAPACITY: usize = 128;

/// `text`, `one_shot`, `plain` and `input` are where JavaScript looks for them, 128 bytes each but the last.
#[repr(C, align(128))]
struct Fixed {
    /// The digits of a signature, made or claimed.
    text: Sixteens,
    /// The schedule of a secret that is given with one call.
    one_shot: Schedule,
    /// No secret's: after it, one that is longer than a block is hashed.
    plain: Schedule,
    /// A message; what is left of it when it is full is in one block more.
    input: [Sixteens; CAPACITY + 1],
    work: Work,
    digits: Sixteens,
}

struct Shared(UnsafeCell<Fixed>);

// SAFETY: see the head of this file.
unsafe impl Sync for Shared {}

static FIXED: Shared = Shared(UnsafeCell::new(Fixed {
    text: [[0; 16]; 8],
    one_shot: Schedule::EMPTY,
    plain: Schedule::PLAIN,
    input: [[[0; 16]; 8]; CAPACITY + 1],
    work: Work::EMPTY,
    digits: [[0; 16]; 8],
}));

/// The address of `text`, after which the other places come.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn place() -> *const u8 {
    FIXED.0.get().cast()
}

/// Hashes the whole blocks in `length` bytes of input, `done` blocks after the message's beginning, and moves what is left
/// to the front.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn absorb(schedule: *const Schedule, length: u32, done: u32) {
    let fixed = FIXED.0.get();
    // SAFETY: see the head of this file.
    let (schedule, input, work) = unsafe { (&*schedule, &mut (*fixed).input, &mut (*fixed).work) };
    schedule.absorb(&message(input, length, done), work);
    let left = blocks_in(length);
    if left <= CAPACITY {
        input.copy_within(left..=left, 0);
    }
}

/// Makes the schedule of the secret in the input, and wipes that.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn key(schedule: *mut Schedule, length: u32, done: u32) {
    let fixed = FIXED.0.get();
    // SAFETY: see the head of this file.
    let (schedule, input, work) = unsafe { (&mut *schedule, &mut (*fixed).input, &mut (*fixed).work) };
    schedule.derive(&message(input, length, done), work);
    // What came before it was longer.
    let used = if done == 0 { blocks_in(length) } else { CAPACITY };
    // The compiler must: for all it knows, who has the address of `FIXED` reads it next.
    input.iter_mut().take(used.saturating_add(1)).for_each(|block| block.fill([0; 16]));
}

/// Signs the message in the input: the digits are in the text then.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn sign(schedule: *const Schedule, length: u32, done: u32) {
    let fixed = FIXED.0.get();
    // SAFETY: see the head of this file.
    let (schedule, input, work, text) =
        unsafe { (&*schedule, &(*fixed).input, &mut (*fixed).work, &mut (*fixed).text) };
    schedule.sign(&message(input, length, done), work, text);
}

/// Whether the digits in the text are the signature of the message in the input; constant time.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn verify(schedule: *const Schedule, length: u32, done: u32) -> bool {
    let fixed = FIXED.0.get();
    // SAFETY: see the head of this file.
    let (schedule, input, work, text, digits) =
        unsafe { (&*schedule, &(*fixed).input, &mut (*fixed).work, &(*fixed).text, &mut (*fixed).digits) };
    schedule.sign(&message(input, length, done), work, digits);
    same_digits(digits, text)
}

/// Wipes a schedule.
#[cfg_attr(target_arch = "wasm32", unsafe(no_mangle))]
extern "C" fn forget(schedule: *mut Schedule) {
    // SAFETY: see the head of this file.
    unsafe { &mut *schedule }.zeroize();
}

fn message(input: &[Sixteens; CAPACITY + 1], length: u32, done: u32) -> Message<'_> {
    let (blocks, rest) = input.split_at_checked(blocks_in(length)).unwrap_or((input, &[]));
    Message { blocks, rest: rest.first().unwrap_or(&[[0; 16]; 8]), rest_length: (length % 128) as u8, done: done.into() }
}

fn blocks_in(length: u32) -> usize {
    (length / 128) as usize
}
