//! Two of SHA-512's words at a time: a register of simd128 in WebAssembly, an array elsewhere, with the same operations,
//! so that what is built on them is tested natively.
//!
//! It knows of SHA-512 only that its words are big-endian and how a message ends (FIPS 180-4 §3.1, §5.1.2). Each `unsafe`
//! is a load or a store through a reference to as many bytes; `v128.load` and `v128.store` take any alignment
//! (WebAssembly Core Specification 2.0, §4.4.7).

#[cfg(not(target_arch = "wasm32"))]
pub(super) use scalar::{Pair, same_digits};
#[cfg(target_arch = "wasm32")]
pub(super) use simd::{Pair, same_digits};

/// Two words in memory.
pub(super) type Two = [u64; 2];

/// What ends a message in its last block: a byte after it, and what every byte is xored with then.
#[derive(Clone, Copy)]
pub(super) struct Ending {
    pub(super) mark: u8,
    pub(super) pad: u8,
}

/// Zeros in the place of words that nobody may read again; the compiler leaves a volatile store where it is. Of
/// `zeroize`'s own there would be one for each shape, and none of them is as small.
#[inline(never)]
#[allow(unsafe_code, reason = "there is no safe volatile store")]
pub(super) fn wipe(words: &mut [u64]) {
    for word in words {
        // SAFETY: the reference is to a word, and ours alone.
        unsafe { core::ptr::write_volatile(word, 0) }
    }
}

#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code, reason = "there are no safe loads and stores of a v128")]
mod simd {
    use core::arch::wasm32::{
        i8x16_swizzle, u8x16, u8x16_add, u8x16_eq, u8x16_lt, u8x16_splat, u16x8_extend_high_u8x16,
        u16x8_extend_low_u8x16, u16x8_shl, u16x8_shr, v128, v128_and, v128_any_true, v128_load, v128_or, v128_store,
        v128_xor,
    };

    use super::{Ending, Two};

    const REVERSED: v128 = u8x16(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
    const COUNTED: v128 = u8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const DIGITS: v128 = u8x16(48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102);

    #[derive(Clone, Copy)]
    pub(in super::super) struct Pair(v128);

    impl Pair {
        #[inline(always)]
        pub(in super::super) fn load(words: &Two) -> Self {
            // SAFETY: the reference is to 16 bytes.
            Self(unsafe { v128_load((&raw const *words).cast()) })
        }

        #[inline(always)]
        pub(in super::super) fn store(self, words: &mut Two) {
            // SAFETY: the reference is to 16 bytes, and ours alone.
            unsafe { v128_store((&raw mut *words).cast(), self.0) }
        }

        /// 16 bytes of a message.
        #[inline(always)]
        pub(in super::super) fn of_bytes(bytes: &[u8; 16]) -> Self {
            Self(i8x16_swizzle(bytes_in(bytes), REVERSED))
        }

        /// Bytes `from` to `from + 16` of a block, of which only the first `length` count.
        #[inline(always)]
        pub(in super::super) fn of_last_bytes(bytes: &[u8; 16], from: u8, length: u8, ending: Ending) -> Self {
            let (position, length) = (u8x16_add(COUNTED, u8x16_splat(from)), u8x16_splat(length));
            let message = v128_and(bytes_in(bytes), u8x16_lt(position, length));
            let mark = v128_and(u8x16_splat(ending.mark), u8x16_eq(position, length));
            Self(i8x16_swizzle(v128_xor(v128_or(message, mark), u8x16_splat(ending.pad)), REVERSED))
        }

        /// The words' bytes.
        #[inline(always)]
        pub(in super::super) fn write_bytes(self, bytes: &mut [u8; 16]) {
            // SAFETY: the reference is to 16 bytes, and ours alone.
            unsafe { v128_store((&raw mut *bytes).cast(), i8x16_swizzle(self.0, REVERSED)) }
        }

        /// The words' bytes as lower-case hex digits.
        #[inline(always)]
        pub(in super::super) fn write_hex(self, text: &mut [[u8; 16]; 2]) {
            let bytes = i8x16_swizzle(self.0, REVERSED);
            let [first, second] = text;
            // SAFETY: each reference is to 16 bytes, and ours alone.
            unsafe {
                v128_store((&raw mut *first).cast(), digits_of(u16x8_extend_low_u8x16(bytes)));
                v128_store((&raw mut *second).cast(), digits_of(u16x8_extend_high_u8x16(bytes)));
            }
        }
    }

    /// Of eight bytes, each in a lane of two.
    #[inline(always)]
    fn digits_of(bytes: v128) -> v128 {
        let high_and_low = v128_or(u16x8_shr(bytes, 4), u16x8_shl(bytes, 8));
        i8x16_swizzle(DIGITS, v128_and(high_and_low, u8x16_splat(0x0f)))
    }

    #[inline(always)]
    fn bytes_in(bytes: &[u8; 16]) -> v128 {
        // SAFETY: the reference is to 16 bytes.
        unsafe { v128_load((&raw const *bytes).cast()) }
    }

    /// Whether hex digits, of which `claimed` may have some in upper case, are the same; constant time.
    #[inline(always)]
    pub(in super::super) fn same_digits(digits: &[[u8; 16]; 8], claimed: &[[u8; 16]; 8]) -> bool {
        let mut difference = u8x16_splat(0);
        for (digits, claimed) in digits.iter().zip(claimed) {
            let claimed = bytes_in(claimed);
            // In ASCII a letter's case is the bit 0x20, which digits have too, but not the control characters beside them.
            let lower = v128_or(claimed, u8x16_splat(0x20));
            let other = v128_or(v128_xor(bytes_in(digits), lower), u8x16_lt(claimed, u8x16_splat(b'0')));
            difference = v128_or(difference, other);
        }
        !v128_any_true(difference)
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod scalar {
    use super::{Ending, Two};

    #[derive(Clone, Copy)]
    pub(in super::super) struct Pair(u64, u64);

    impl Pair {
        #[inline(always)]
        pub(in super::super) fn load(&[first, second]: &Two) -> Self {
            Self(first, second)
        }

        #[inline(always)]
        pub(in super::super) fn store(self, words: &mut Two) {
            *words = [self.0, self.1];
        }

        #[inline(always)]
        pub(in super::super) fn of_bytes(bytes: &[u8; 16]) -> Self {
            let both = u128::from_be_bytes(*bytes);
            Self((both >> 64) as u64, both as u64)
        }

        #[inline(always)]
        pub(in super::super) fn of_last_bytes(bytes: &[u8; 16], from: u8, length: u8, ending: Ending) -> Self {
            let mut position = from;
            Self::of_bytes(&bytes.map(|byte| {
                let kept = match position.cmp(&length) {
                    core::cmp::Ordering::Less => byte,
                    core::cmp::Ordering::Equal => ending.mark,
                    core::cmp::Ordering::Greater => 0,
                };
                position = position.wrapping_add(1);
                kept ^ ending.pad
            }))
        }

        pub(in super::super) fn write_bytes(self, bytes: &mut [u8; 16]) {
            *bytes = (u128::from(self.0) << 64 | u128::from(self.1)).to_be_bytes();
        }

        pub(in super::super) fn write_hex(self, text: &mut [[u8; 16]; 2]) {
            for (word, text) in [self.0, self.1].into_iter().zip(text) {
                let mut rest = word;
                for digit in text {
                    rest = rest.rotate_left(4);
                    let value = (rest & 0xf) as u8;
                    *digit =
                        if value < 10 { b'0'.wrapping_add(value) } else { b'a'.wrapping_add(value).wrapping_sub(10) };
                }
            }
        }
    }

    pub(in super::super) fn same_digits(digits: &[[u8; 16]; 8], claimed: &[[u8; 16]; 8]) -> bool {
        let mut difference = 0;
        for (digit, claimed) in digits.as_flattened().iter().zip(claimed.as_flattened()) {
            difference |= (digit ^ (claimed | 0x20)) | u8::from(*claimed < b'0');
        }
        core::hint::black_box(difference) == 0
    }
}
