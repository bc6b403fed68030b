//! SHA-256 digests: the names lines call each other by, and what binds files to the record.
//!
//! Not here: which bytes are hashed; that is said where it is done (`line.rs`, `header.rs`).

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use thiserror::Error;

/// Length of the spelling: 64 lower-case hex digits, never shortened.
pub const HASH_LEN: usize = 64;

/// A SHA-256 digest. Sorts as its spelling does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// Not 64 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a SHA-256 digest: 64 of 0-9 and a-f")]
pub struct HashFault;

/// A digest that is not done: pieces are added as they come.
#[derive(Default)]
pub(super) struct Pieces(Sha256);

impl Pieces {
    /// The next piece.
    pub(super) fn add(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }
    /// The digest of all of them.
    pub(super) fn end(self) -> Hash {
        Hash(self.0.finalize().into())
    }
}

impl Hash {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
    /// The digest of several pieces, one after the other.
    pub fn of_pieces<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut digest = Pieces::default();
        for piece in pieces {
            digest.add(piece);
        }
        digest.end()
    }
    /// `sha256:` and the digits: how digests stand in the header and in data.
    pub fn tagged(&self) -> String {
        format!("sha256:{self}")
    }
    /// The opposite of [`Hash::tagged`].
    ///
    /// # Errors
    /// Another tag, or not 64 digits.
    pub fn from_tagged(text: &str) -> Result<Self, HashFault> {
        text.strip_prefix("sha256:").ok_or(HashFault)?.parse()
    }
}

impl FromStr for Hash {
    type Err = HashFault;
    fn from_str(text: &str) -> Result<Self, HashFault> {
        let nibble = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(HashFault),
        };
        if text.len() != HASH_LEN {
            return Err(HashFault);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let [high, low] = pair else { return Err(HashFault) };
            *byte = nibble(*high)? << 4 | nibble(*low)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |nibble: u8| char::from(DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0'));
        let text: String = self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
        f.pad(&text)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_abc_is_the_one_of_the_standard_and_comes_back() {
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Hash::of(b"abc").to_string(), text);
        assert_eq!(text.parse(), Ok(Hash::of(b"abc")));
        assert_eq!(Hash::of_pieces([b"a".as_slice(), b"bc"]), Hash::of(b"abc"));
        assert_eq!(Hash::from_tagged(&Hash::of(b"abc").tagged()), Ok(Hash::of(b"abc")));
        assert!(text.to_uppercase().parse::<Hash>().is_err());
    }
}
