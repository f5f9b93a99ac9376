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

/// Stores a word where nobody reads it, and in this place of the code: the compiler may not move it. That keeps what is
/// interleaved with it interleaved.
#[inline(always)]
#[allow(unsafe_code, reason = "there is no safe volatile store")]
pub(super) fn pin(place: &mut u64, word: u64) {
    // SAFETY: the reference is to a word, and ours alone.
    unsafe { core::ptr::write_volatile(place, word) }
}

#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code, reason = "there are no safe loads and stores of a v128")]
mod simd {
    use core::arch::wasm32::{
        i8x16_swizzle, i64x2_shuffle, u8x16, u8x16_add, u8x16_eq, u8x16_lt, u8x16_shr, u8x16_shuffle, u8x16_splat,
        u64x2, u64x2_add, u64x2_shl, u64x2_shr, v128, v128_and, v128_any_true, v128_load, v128_or, v128_store,
        v128_xor,
    };

    use super::Two;

    const REVERSED: v128 = u8x16(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
    const COUNTED: v128 = u8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const DIGITS: v128 = u8x16(48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102);

    #[derive(Clone, Copy)]
    pub(in super::super) struct Pair(v128);

    impl Pair {
        #[inline(always)]
        pub(in super::super) fn of(first: u64, second: u64) -> Self {
            Self(u64x2(first, second))
        }

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

        /// Bytes `from` to `from + 16` of a block, of which only the first `length` count, with `mark` after them.
        #[inline(always)]
        pub(in super::super) fn of_last_bytes(bytes: &[u8; 16], from: u8, length: u8, mark: u8) -> Self {
            let (position, length) = (u8x16_add(COUNTED, u8x16_splat(from)), u8x16_splat(length));
            let message = v128_and(bytes_in(bytes), u8x16_lt(position, length));
            let end = v128_and(u8x16_splat(mark), u8x16_eq(position, length));
            Self(i8x16_swizzle(v128_or(message, end), REVERSED))
        }

        #[inline(always)]
        pub(in super::super) fn add(self, other: Self) -> Self {
            Self(u64x2_add(self.0, other.0))
        }

        #[inline(always)]
        pub(in super::super) fn xor(self, other: Self) -> Self {
            Self(v128_xor(self.0, other.0))
        }

        #[inline(always)]
        pub(in super::super) fn shift<const BITS: u32>(self) -> Self {
            Self(u64x2_shr(self.0, BITS))
        }

        #[inline(always)]
        pub(in super::super) fn rotate<const BITS: u32>(self) -> Self {
            Self(v128_or(u64x2_shr(self.0, BITS), u64x2_shl(self.0, 64_u32.wrapping_sub(BITS))))
        }

        /// The second word of this pair and the first of the next.
        #[inline(always)]
        pub(in super::super) fn middle(self, next: Self) -> Self {
            Self(i64x2_shuffle::<1, 2>(self.0, next.0))
        }

        /// The words' bytes as lower-case hex digits.
        #[inline(always)]
        pub(in super::super) fn write_hex(self, text: &mut [[u8; 16]; 2]) {
            let bytes = i8x16_swizzle(self.0, REVERSED);
            let high = i8x16_swizzle(DIGITS, u8x16_shr(bytes, 4));
            let low = i8x16_swizzle(DIGITS, v128_and(bytes, u8x16_splat(0x0f)));
            let [first, second] = text;
            let halves = (
                u8x16_shuffle::<0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23>(high, low),
                u8x16_shuffle::<8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31>(high, low),
            );
            // SAFETY: each reference is to 16 bytes, and ours alone.
            unsafe {
                v128_store((&raw mut *first).cast(), halves.0);
                v128_store((&raw mut *second).cast(), halves.1);
            }
        }
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
    use super::Two;

    #[derive(Clone, Copy)]
    pub(in super::super) struct Pair(u64, u64);

    impl Pair {
        pub(in super::super) fn of(first: u64, second: u64) -> Self {
            Self(first, second)
        }

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
        pub(in super::super) fn of_last_bytes(bytes: &[u8; 16], from: u8, length: u8, mark: u8) -> Self {
            let mut position = from;
            Self::of_bytes(&bytes.map(|byte| {
                let kept = match position.cmp(&length) {
                    core::cmp::Ordering::Less => byte,
                    core::cmp::Ordering::Equal => mark,
                    core::cmp::Ordering::Greater => 0,
                };
                position = position.wrapping_add(1);
                kept
            }))
        }

        #[inline(always)]
        pub(in super::super) fn add(self, other: Self) -> Self {
            Self(self.0.wrapping_add(other.0), self.1.wrapping_add(other.1))
        }

        #[inline(always)]
        pub(in super::super) fn xor(self, other: Self) -> Self {
            Self(self.0 ^ other.0, self.1 ^ other.1)
        }

        #[inline(always)]
        pub(in super::super) fn shift<const BITS: u32>(self) -> Self {
            Self(self.0 >> BITS, self.1 >> BITS)
        }

        #[inline(always)]
        pub(in super::super) fn rotate<const BITS: u32>(self) -> Self {
            Self(self.0.rotate_right(BITS), self.1.rotate_right(BITS))
        }

        #[inline(always)]
        pub(in super::super) fn middle(self, next: Self) -> Self {
            Self(self.1, next.0)
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
