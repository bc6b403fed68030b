//! ULIDs: 26 characters that name an event, a release or a run. Identity only: order never follows from them.
//!
//! Not here: the clock and the random bits, which arrive as arguments (`runtime/store` has both).

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Length of the spelling in characters.
pub const ULID_LEN: usize = 26;

/// A 128-bit name: 48 bits of milliseconds, 80 random ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ulid(u128);

/// The name of one event: the key of its line.
pub type EventId = Ulid;

/// Not 26 characters of Crockford's base 32, or more than 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a ULID: 26 characters of 0-9 and A-Z without I, L, O, U")]
pub struct UlidFault;

impl Ulid {
    /// From milliseconds since 1970 (48 bits are kept) and 80 random bits (the rest is ignored).
    pub fn from_parts(millis: u64, random: u128) -> Self {
        let time = u128::from(millis & 0xFFFF_FFFF_FFFF) << 80;
        Self(time | (random & ((1 << 80) - 1)))
    }
    /// The number itself.
    pub fn to_u128(self) -> u128 {
        self.0
    }
    /// Milliseconds since 1970, as its maker's clock said.
    pub fn millis(self) -> u64 {
        u64::try_from(self.0 >> 80).unwrap_or(0)
    }
}

impl FromStr for Ulid {
    type Err = UlidFault;
    fn from_str(text: &str) -> Result<Self, UlidFault> {
        if text.len() != ULID_LEN || !matches!(text.as_bytes().first(), Some(b'0'..=b'7')) {
            return Err(UlidFault);
        }
        let digit = |byte: u8| {
            ALPHABET.iter().position(|letter| *letter == byte).and_then(|at| u128::try_from(at).ok())
        };
        let number = text.bytes().try_fold(0_u128, |sum, byte| Some(sum << 5 | digit(byte)?));
        number.map(Self).ok_or(UlidFault)
    }
}

impl fmt::Display for Ulid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = |place: usize| {
            let at = usize::try_from((self.0 >> (5 * place)) & 31).unwrap_or(0);
            char::from(ALPHABET.get(at).copied().unwrap_or(b'0'))
        };
        let text: String = (0..ULID_LEN).rev().map(digit).collect();
        f.pad(&text)
    }
}

impl fmt::Debug for Ulid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ulid_comes_back_from_its_spelling() {
        let ulid = Ulid::from_parts(1_791_201_600_123, 0x1234_5678_9abc_def0_1234);
        assert_eq!(ulid.to_string().len(), ULID_LEN);
        assert_eq!(ulid.to_string().parse(), Ok(ulid));
        assert_eq!(ulid.millis(), 1_791_201_600_123);
        let last = Ulid::from_parts(u64::MAX, u128::MAX);
        assert_eq!(last.to_string(), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
        assert_eq!(last.to_string().parse(), Ok(last));
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [
            "",
            "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "01k6zv3m000000000000000000",
            "01K6ZV3M00000000000000000I",
            "01K6ZV3M0000000000000000000",
            "01K6ZV3M0000000000000000é",
        ] {
            assert_eq!(text.parse::<Ulid>(), Err(UlidFault), "{text}");
        }
    }
}
