//! SHA-512 (FIPS 180-4), from blocks to state; padding and lengths are here too, HMAC is not.
//!
//! It takes the place of the `sha2` crate's because four fifths of a signature are compressions. Nanoseconds for a block
//! of 128 bytes, both compiled for size, and kilobytes of WebAssembly: `sha2` 0.11 compact 388 and 2.0, unrolled 230 and
//! 11.4, with simd128 211 and 5.8; this 205 and 3.2 (Node 24, an Intel Xeon; 312 and 221 for the last two on an
//! AMD Zen 3; Bun: 349, 365, 316; 270). And `sha2` lets no state between blocks be kept and wiped in its place. The message
//! schedule is computed two words at a time (`pair.rs`), stored, and read back word by word. The tests hold all of it
//! against `sha2` and `hmac`.

use zeroize::Zeroize;

use super::pair::{Pair, Two, pin};

/// Length of a block, in bytes (FIPS 180-4 §1).
pub(super) const BLOCK_LENGTH: u64 = 128;

/// The bit after a message, and the seven after it (FIPS 180-4 §5.1.2).
const END_MARK: u8 = 0x80;

/// Eight words of a block's schedule.
type Half = [Two; 4];

/// The eight working variables between blocks.
#[derive(Clone)]
#[repr(C, align(16))]
pub(super) struct State(pub(super) [Two; 4]);

impl Zeroize for State {
    fn zeroize(&mut self) {
        self.0.as_flattened_mut().zeroize();
    }
}

/// A block's sixteen words, and in their place, while it is compressed, those that are derived from them.
#[repr(C, align(16))]
pub(super) struct Block {
    halves: [Half; 2],
    pinned: Two,
}

impl Zeroize for Block {
    fn zeroize(&mut self) {
        self.halves.as_flattened_mut().as_flattened_mut().zeroize();
        self.pinned.zeroize();
    }
}

/// FIPS 180-4 §5.3.5.
pub(super) const INITIAL: State = State([
    [0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b],
    [0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1],
    [0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f],
    [0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179],
]);
/// FIPS 180-4 §4.2.3.
const ROUND_CONSTANTS: [Half; 10] = [
    [
        [0x428a_2f98_d728_ae22, 0x7137_4491_23ef_65cd],
        [0xb5c0_fbcf_ec4d_3b2f, 0xe9b5_dba5_8189_dbbc],
        [0x3956_c25b_f348_b538, 0x59f1_11f1_b605_d019],
        [0x923f_82a4_af19_4f9b, 0xab1c_5ed5_da6d_8118],
    ],
    [
        [0xd807_aa98_a303_0242, 0x1283_5b01_4570_6fbe],
        [0x2431_85be_4ee4_b28c, 0x550c_7dc3_d5ff_b4e2],
        [0x72be_5d74_f27b_896f, 0x80de_b1fe_3b16_96b1],
        [0x9bdc_06a7_25c7_1235, 0xc19b_f174_cf69_2694],
    ],
    [
        [0xe49b_69c1_9ef1_4ad2, 0xefbe_4786_384f_25e3],
        [0x0fc1_9dc6_8b8c_d5b5, 0x240c_a1cc_77ac_9c65],
        [0x2de9_2c6f_592b_0275, 0x4a74_84aa_6ea6_e483],
        [0x5cb0_a9dc_bd41_fbd4, 0x76f9_88da_8311_53b5],
    ],
    [
        [0x983e_5152_ee66_dfab, 0xa831_c66d_2db4_3210],
        [0xb003_27c8_98fb_213f, 0xbf59_7fc7_beef_0ee4],
        [0xc6e0_0bf3_3da8_8fc2, 0xd5a7_9147_930a_a725],
        [0x06ca_6351_e003_826f, 0x1429_2967_0a0e_6e70],
    ],
    [
        [0x27b7_0a85_46d2_2ffc, 0x2e1b_2138_5c26_c926],
        [0x4d2c_6dfc_5ac4_2aed, 0x5338_0d13_9d95_b3df],
        [0x650a_7354_8baf_63de, 0x766a_0abb_3c77_b2a8],
        [0x81c2_c92e_47ed_aee6, 0x9272_2c85_1482_353b],
    ],
    [
        [0xa2bf_e8a1_4cf1_0364, 0xa81a_664b_bc42_3001],
        [0xc24b_8b70_d0f8_9791, 0xc76c_51a3_0654_be30],
        [0xd192_e819_d6ef_5218, 0xd699_0624_5565_a910],
        [0xf40e_3585_5771_202a, 0x106a_a070_32bb_d1b8],
    ],
    [
        [0x19a4_c116_b8d2_d0c8, 0x1e37_6c08_5141_ab53],
        [0x2748_774c_df8e_eb99, 0x34b0_bcb5_e19b_48a8],
        [0x391c_0cb3_c5c9_5a63, 0x4ed8_aa4a_e341_8acb],
        [0x5b9c_ca4f_7763_e373, 0x682e_6ff3_d6b2_b8a3],
    ],
    [
        [0x748f_82ee_5def_b2fc, 0x78a5_636f_4317_2f60],
        [0x84c8_7814_a1f0_ab72, 0x8cc7_0208_1a64_39ec],
        [0x90be_fffa_2363_1e28, 0xa450_6ceb_de82_bde9],
        [0xbef9_a3f7_b2c6_7915, 0xc671_78f2_e372_532b],
    ],
    [
        [0xca27_3ece_ea26_619c, 0xd186_b8c7_21c0_c207],
        [0xeada_7dd6_cde0_eb1e, 0xf57d_4f7f_ee6e_d178],
        [0x06f0_67aa_7217_6fba, 0x0a63_7dc5_a2c8_98a6],
        [0x113f_9804_bef9_0dae, 0x1b71_0b35_131c_471b],
    ],
    [
        [0x28db_77f5_2304_7d84, 0x32ca_ab7b_40c7_2493],
        [0x3c9e_be0a_15c9_bebc, 0x431d_67c4_9c10_0d4c],
        [0x4cc5_d4be_cb3e_42b6, 0x597f_299c_fc65_7e2a],
        [0x5fcb_6fab_3ad6_faec, 0x6c44_198c_4a47_5817],
    ],
];
impl Block {
    pub(super) const EMPTY: Self = Self { halves: [[[0; 2]; 4]; 2], pinned: [0; 2] };

    /// Takes a block of a message.
    pub(super) fn fill(&mut self, bytes: &[[u8; 16]; 8]) {
        for (words, bytes) in self.halves.as_flattened_mut().iter_mut().zip(bytes) {
            Pair::of_bytes(bytes).store(words);
        }
    }

    /// Takes the last block of a message, of which `length` bytes are left, at most 127, and `mark` after them.
    fn fill_last(&mut self, bytes: &[[u8; 16]; 8], length: u8, mark: u8) {
        let mut from = 0_u8;
        for (words, bytes) in self.halves.as_flattened_mut().iter_mut().zip(bytes) {
            Pair::of_last_bytes(bytes, from, length, mark).store(words);
            from = from.wrapping_add(16);
        }
    }

    /// Takes a message that is a hash, and its end, where it follows `before` other bytes.
    pub(super) fn fill_hash(&mut self, hash: &State, before: u64) {
        let length = before.wrapping_add(64).wrapping_mul(8);
        self.fill_words(
            hash,
            [Pair::of((END_MARK as u64) << 56, 0), Pair::of(0, 0), Pair::of(0, 0), Pair::of(0, length)],
        );
    }

    /// Takes a key of `length` bytes, at most 128, and zeros after it.
    pub(super) fn fill_key(&mut self, bytes: &[[u8; 16]; 8], length: u8) {
        self.fill_last(bytes, length, 0);
    }

    /// Takes a hash in place of a key, and zeros after it.
    pub(super) fn fill_hashed_key(&mut self, hash: &State) {
        self.fill_words(hash, [Pair::of(0, 0); 4]);
    }

    /// Takes a key with each byte of it xored.
    pub(super) fn fill_padded(&mut self, key: &Self, pad: u64) {
        for (words, key) in self.halves.as_flattened_mut().iter_mut().zip(key.halves.as_flattened()) {
            Pair::load(key).xor(Pair::of(pad, pad)).store(words);
        }
    }

    fn fill_words(&mut self, first: &State, second: [Pair; 4]) {
        let [now, next] = &mut self.halves;
        for (words, first) in now.iter_mut().zip(&first.0) {
            Pair::load(first).store(words);
        }
        for (words, second) in next.iter_mut().zip(second) {
            second.store(words);
        }
    }
}

impl State {
    pub(super) const EMPTY: Self = Self([[0; 2]; 4]);

    /// The state of another, without a copy elsewhere on the way.
    pub(super) fn copy(&mut self, other: &Self) {
        for (words, other) in self.0.iter_mut().zip(&other.0) {
            Pair::load(other).store(words);
        }
    }

    /// The end of a message (FIPS 180-4 §5.1.2): `length` bytes of it are left, at most 127, of `total`.
    pub(super) fn finish(&mut self, block: &mut Block, bytes: &[[u8; 16]; 8], length: u8, total: u64) {
        block.fill_last(bytes, length, END_MARK);
        // 17 bytes more must fit: the mark, and the length in bits as 128 bits.
        if length > 111 {
            self.compress(block);
            block.fill_words(&State::EMPTY, [Pair::of(0, 0); 4]);
        }
        let [_, [_, _, _, last]] = &mut block.halves;
        Pair::of(total >> 61, total << 3).store(last);
        self.compress(block);
    }

    /// Its bytes as lower-case hex digits.
    pub(super) fn write_hex(&self, digits: &mut [[u8; 16]; 8]) {
        let (digits, _) = digits.as_chunks_mut();
        for (words, digits) in self.0.iter().zip(digits) {
            Pair::load(words).write_hex(digits);
        }
    }

    /// FIPS 180-4 §6.4.2.
    #[inline(never)]
    pub(super) fn compress(&mut self, block: &mut Block) {
        let [[mut a, mut b], [mut c, mut d], [mut e, mut f], [mut g, mut h]] = self.0;
        let Block { halves: [now, next], pinned: [pinned, _] } = block;
        let (mut now, mut next) = (now, next);
        let [mut w0, mut w1, mut w2, mut w3] = (*now).each_ref().map(Pair::load);
        let [mut w4, mut w5, mut w6, mut w7] = (*next).each_ref().map(Pair::load);
        let [first, second, others @ ..] = &ROUND_CONSTANTS;
        add_constants(now, first);
        add_constants(next, second);
        // Maj(a, b, c) is b ^ ((a ^ b) & (b ^ c)), and b ^ c is a ^ b of the round before.
        let mut unlike = b ^ c;

        macro_rules! rounds {
            ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident $word:expr) => {
                let sum1 = $e.rotate_right(14) ^ $e.rotate_right(18) ^ $e.rotate_right(41);
                let both = $h.wrapping_add($word).wrapping_add($g ^ ($e & ($f ^ $g))).wrapping_add(sum1);
                $d = $d.wrapping_add(both);
                let sum0 = $a.rotate_right(28) ^ $a.rotate_right(34) ^ $a.rotate_right(39);
                let other = $a ^ $b;
                $h = both.wrapping_add(sum0).wrapping_add($b ^ (other & unlike));
                unlike = other;
            };
        }
        macro_rules! eight_rounds {
            ($words:expr, {$($then0:tt)*} {$($then1:tt)*} {$($then2:tt)*} {$($then3:tt)*}) => {
                rounds!(a b c d e f g h $words[0][0]);
                rounds!(h a b c d e f g $words[0][1]);
                pin(pinned, g);
                $($then0)*
                rounds!(g h a b c d e f $words[1][0]);
                rounds!(f g h a b c d e $words[1][1]);
                pin(pinned, e);
                $($then1)*
                rounds!(e f g h a b c d $words[2][0]);
                rounds!(d e f g h a b c $words[2][1]);
                pin(pinned, c);
                $($then2)*
                rounds!(c d e f g h a b $words[3][0]);
                rounds!(b c d e f g h a $words[3][1]);
                pin(pinned, a);
                $($then3)*
            };
        }
        macro_rules! schedule {
            ($at:literal, $constants:ident: $w0:ident $w1:ident $w9:ident $w10:ident $w14:ident) => {
                $w0 = $w0.add(sigma0($w0.middle($w1))).add($w9.middle($w10)).add(sigma1($w14));
                $w0.add(Pair::load(&$constants[$at])).store(&mut now[$at]);
            };
        }

        for constants in others {
            eight_rounds!(
                now,
                { schedule!(0, constants: w0 w1 w4 w5 w7); }
                { schedule!(1, constants: w1 w2 w5 w6 w0); }
                { schedule!(2, constants: w2 w3 w6 w7 w1); }
                { schedule!(3, constants: w3 w4 w7 w0 w2); }
            );
            (w0, w1, w2, w3, w4, w5, w6, w7) = (w4, w5, w6, w7, w0, w1, w2, w3);
            core::mem::swap(&mut now, &mut next);
        }
        for _ in 0..2 {
            eight_rounds!(now, {} {} {} {});
            core::mem::swap(&mut now, &mut next);
        }

        let ended = [Pair::of(a, b), Pair::of(c, d), Pair::of(e, f), Pair::of(g, h)];
        for (words, ended) in self.0.iter_mut().zip(ended) {
            Pair::load(words).add(ended).store(words);
        }
    }
}

#[inline(always)]
fn add_constants(words: &mut Half, constants: &Half) {
    for (words, constants) in words.iter_mut().zip(constants) {
        Pair::load(words).add(Pair::load(constants)).store(words);
    }
}

/// FIPS 180-4 §4.1.3, (4.12).
#[inline(always)]
fn sigma0(words: Pair) -> Pair {
    words.rotate::<1>().xor(words.rotate::<8>()).xor(words.shift::<7>())
}

/// FIPS 180-4 §4.1.3, (4.13).
#[inline(always)]
fn sigma1(words: Pair) -> Pair {
    words.rotate::<19>().xor(words.rotate::<61>()).xor(words.shift::<6>())
}
