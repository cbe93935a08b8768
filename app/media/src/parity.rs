//! Erasure coding of the pieces of a frame: a systematic Reed-Solomon code over GF(256) with a Cauchy matrix.
//! The sender makes parity pieces of a block, the receiver restores as many data pieces as it has parity pieces.
//! Any square part of a Cauchy matrix can be inverted (Blömer and others, ICSI TR-95-048): any `data` pieces suffice.

/// Most data pieces of one block: a usual key frame is one block, and a decoding costs at most this many passes over it.
pub const MOST_BLOCK_DATA: usize = 64;

/// Most parity pieces of one block: with the data they use up the 256 elements of the field.
pub const MOST_BLOCK_PARITY: usize = 256 - MOST_BLOCK_DATA;

/// x^8 + x^4 + x^3 + x^2 + 1, of which x is a primitive element.
const POLYNOMIAL: u16 = 0x11D;

/// Elements without zero.
const ORDER: usize = 255;

/// Powers of x, twice in a row so that the sum of two logarithms needs no remainder; and logarithms.
const TABLES: ([u8; 2 * ORDER], [u8; 256]) = tables();

const fn tables() -> ([u8; 2 * ORDER], [u8; 256]) {
    let (mut powers, mut logarithms) = ([0; 2 * ORDER], [0; 256]);
    let (mut power, mut at) = (1_u16, 0);
    while at < ORDER {
        powers[at] = power as u8;
        powers[at + ORDER] = power as u8;
        logarithms[power as usize] = at as u8;
        power <<= 1;
        if power & 0x100 != 0 {
            power ^= POLYNOMIAL;
        }
        at += 1;
    }
    (powers, logarithms)
}

fn product(a: u8, b: u8) -> u8 {
    let (powers, logarithms) = &TABLES;
    match (a, b) {
        (0, _) | (_, 0) => 0,
        _ => powers[usize::from(logarithms[usize::from(a)]) + usize::from(logarithms[usize::from(b)])],
    }
}

/// The inverse of `a`, which is not 0.
fn inverse(a: u8) -> u8 {
    let (powers, logarithms) = &TABLES;
    powers[ORDER - usize::from(logarithms[usize::from(a)])]
}

/// The matrix: rows count from the upper end of the field and columns from the lower, so that they never meet.
fn coefficient(row: u8, column: u8) -> u8 {
    inverse((u8::MAX - row) ^ column)
}

/// `into += factor * from`, byte by byte.
fn add_product(into: &mut [u8], factor: u8, from: &[u8]) {
    let mut products = [0; 256];
    for (value, product_of) in (0..=u8::MAX).zip(&mut products) {
        *product_of = product(factor, value);
    }
    for (into, from) in into.iter_mut().zip(from) {
        *into ^= products[usize::from(*from)];
    }
}

/// A piece of a block: its column (data) or row (parity), and its bytes.
pub type Member<'a> = (u8, &'a [u8]);

/// The parity piece `row` of a block's data, `length` bytes long.
#[must_use]
pub fn parity<'a>(row: u8, data: impl IntoIterator<Item = Member<'a>>, length: usize) -> Vec<u8> {
    debug_assert!(usize::from(row) < MOST_BLOCK_PARITY);
    let mut sum = vec![0; length];
    for (column, bytes) in data {
        add_product(&mut sum, coefficient(row, column), bytes);
    }
    sum
}

/// The data pieces `missing` (columns), from all the others and as many parity pieces. Every row and column occurs once;
/// all pieces have the same length.
#[must_use]
pub fn restore(missing: &[u8], data: &[Member<'_>], parity: &[Member<'_>]) -> Vec<Vec<u8>> {
    debug_assert_eq!(missing.len(), parity.len());
    // What is left of each parity piece without the data that is there: a mixture of the missing pieces.
    let mut mixtures: Vec<Vec<u8>> = parity.iter().map(|(_, bytes)| bytes.to_vec()).collect();
    for (mixture, (row, _)) in mixtures.iter_mut().zip(parity) {
        for (column, bytes) in data {
            add_product(mixture, coefficient(*row, *column), bytes);
        }
    }
    let matrix = parity.iter().map(|(row, _)| missing.iter().map(|column| coefficient(*row, *column)).collect());
    solve(matrix.collect(), &mut mixtures);
    mixtures
}

/// Gauss-Jordan: turns `matrix` into the unit matrix and `values` into the solution. No pivot is ever 0, because every
/// leading part of a Cauchy matrix can be inverted.
fn solve(mut matrix: Vec<Vec<u8>>, values: &mut [Vec<u8>]) {
    for pivot in 0..matrix.len() {
        let scale = inverse(matrix[pivot][pivot]);
        for value in matrix[pivot].iter_mut().chain(&mut values[pivot]) {
            *value = product(scale, *value);
        }
        for other in (0..matrix.len()).filter(|other| *other != pivot) {
            let factor = matrix[other][pivot];
            let Ok([row, pivot_row]) = matrix.get_disjoint_mut([other, pivot]) else { continue };
            add_product(row, factor, pivot_row);
            let Ok([value, pivot_value]) = values.get_disjoint_mut([other, pivot]) else { continue };
            add_product(value, factor, pivot_value);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn block(data: usize, length: usize, seed: u8) -> Vec<Vec<u8>> {
        let byte = |piece: usize, at: usize| (piece * 131 + at * 31 + at / 7) as u8 ^ seed;
        (0..data).map(|piece| (0..length).map(|at| byte(piece, at)).collect()).collect()
    }

    fn members(pieces: &[Vec<u8>]) -> Vec<Member<'_>> {
        pieces.iter().enumerate().map(|(at, bytes)| (at as u8, &bytes[..])).collect()
    }

    #[test]
    fn the_field_has_inverses_and_its_products_distribute() {
        for a in 1..=u8::MAX {
            assert_eq!(product(a, inverse(a)), 1);
            assert_eq!(product(a, 1), a);
            for b in 0..=u8::MAX {
                assert_eq!(product(a, b), product(b, a));
                assert_eq!(product(a, b ^ 0x35), product(a, b) ^ product(a, 0x35));
            }
        }
        assert_eq!(product(2, 0x80), 0x1D, "reduced by the polynomial");
    }

    #[test]
    fn golden_parity() {
        let data = [vec![1, 2, 3], vec![0, 0xFF, 0x10]];
        let rows: Vec<_> = (0..2).map(|row| parity(row, members(&data), 3)).collect();
        assert_eq!(rows, [[0xFD, 0x98, 0xA9], [0x7E, 0xFD, 0xE9]]);
    }

    #[test]
    fn the_largest_block_comes_back_from_parity_alone() {
        let data = block(MOST_BLOCK_DATA, 40, 9);
        let rows = (MOST_BLOCK_PARITY - MOST_BLOCK_DATA) as u8..MOST_BLOCK_PARITY as u8;
        let made: Vec<(u8, Vec<u8>)> = rows.map(|row| (row, parity(row, members(&data), 40))).collect();
        let parity: Vec<Member<'_>> = made.iter().map(|(row, bytes)| (*row, &bytes[..])).collect();
        let missing: Vec<u8> = (0..MOST_BLOCK_DATA as u8).collect();
        assert_eq!(restore(&missing, &[], &parity), data);
    }

    proptest! {
        #[test]
        fn any_losses_are_restored_by_any_parity(
            count in 1..=MOST_BLOCK_DATA,
            length in 1..80_usize,
            seed: u8,
            lost in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
            first in 0..100_u8,
        ) {
            let data = block(count, length, seed);
            let mut missing: Vec<u8> = lost.iter().map(|index| index.index(count) as u8).collect();
            missing.sort_unstable();
            missing.dedup();
            let rows = (first..).step_by(7).take(missing.len());
            let made: Vec<(u8, Vec<u8>)> = rows.map(|row| (row, parity(row, members(&data), length))).collect();
            let parity: Vec<Member<'_>> = made.iter().map(|(row, bytes)| (*row, &bytes[..])).collect();
            let mut there = members(&data);
            there.retain(|(column, _)| !missing.contains(column));
            let whole: Vec<Vec<u8>> = missing.iter().map(|column| data[usize::from(*column)].clone()).collect();
            prop_assert_eq!(restore(&missing, &there, &parity), whole);
        }
    }
}
