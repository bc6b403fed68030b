//! Holes: what a disk that lost power left of a write, told from damage to lines that may have been acknowledged.
//!
//! Not here: a torn end without good lines behind it (`scan.rs`), putting it aside (`runtime/store/recover.rs`).

use super::{Kind, Scanner, classify};
use crate::session::hash::Hash;

/// Longest stretch that can be one write: a group of 256 KiB and the request that filled it.
const WRITE_MAX: usize = 512 * 1024;
/// What a sector that never reached the disk reads as. One alone may be a flipped bit.
const HOLE: [u8; 2] = [0, 0];
/// What a disk writes as a whole; larger ones are multiples of it.
const SECTOR: u64 = 512;
/// The characters of a key that hold its millisecond.
const KEY_MILLIS: usize = 10;

pub(super) fn has_hole(raw: &[u8]) -> bool {
    raw.windows(HOLE.len()).any(|pair| pair == HOLE)
}

impl Scanner {
    /// Did a disk that lost power keep the end of a write and not its beginning? Then good lines behind the hole were never
    /// acknowledged: a flush covers everything before it in the file. `from` is the file from the first bad line on, `rest`
    /// what follows the hole.
    ///
    /// Otherwise they may have been acknowledged: damage, so read-only, named, and nothing is cut off. What the bytes cannot
    /// tell is a last write that was flushed and lost a sector later: that only a watermark knows.
    pub(super) fn was_never_flushed(&self, from: &[u8], rest: &[u8]) -> bool {
        let torn = |raw| match classify(raw) {
            Kind::Good(_) | Kind::Neutral(_) => true,
            Kind::Bad(fault) => fault.can_be_torn() || !raw.ends_with(b"\n"),
        };
        rest.len() <= WRITE_MAX
            && rest.split_inclusive(|byte| *byte == b'\n').all(torn)
            && (self.keeps_the_old_end(from) || self.is_one_write(from, rest))
    }

    /// The sector in which the last good line ends is the one that was flushed with it: NULs from there to its end, and not
    /// to anywhere else. Whatever comes behind, of whomever, was written after that and not flushed.
    fn keeps_the_old_end(&self, from: &[u8]) -> bool {
        let hole = from.iter().take_while(|byte| **byte == 0).count();
        let behind = self.end.saturating_add(u64::try_from(hole).unwrap_or(u64::MAX));
        hole >= HOLE.len() && !self.end.is_multiple_of(SECTOR) && behind.is_multiple_of(SECTOR)
    }

    /// The bad line begins as a line of the write behind the hole. Lines of one write share the millisecond of their keys, which
    /// no line has that they hang on (`runtime/store/group.rs`); each names the one before and nothing else, the first a line
    /// that is gone. So no line taken over from another copy passes for one that was written here.
    fn is_one_write(&self, from: &[u8], rest: &[u8]) -> bool {
        let (mut good, mut before): (usize, Option<Hash>) = (0, None);
        let begun = from.get(..KEY_MILLIS);
        rest.split_inclusive(|byte| *byte == b'\n').all(|raw| match classify(raw) {
            Kind::Good(line) => {
                good += 1;
                let follows = match (line.up.as_slice(), before.replace(line.hash)) {
                    ([parent], Some(before)) => *parent == before,
                    ([parent], None) => *parent != self.root && !self.has(parent),
                    (_, _) => false,
                };
                follows && raw.get(..KEY_MILLIS) == begun
            }
            Kind::Neutral(_) => true,
            Kind::Bad(_) => {
                before = None;
                true
            }
        }) && good > 0
    }

    fn has(&self, hash: &Hash) -> bool {
        self.hashes.contains(hash)
    }
}
