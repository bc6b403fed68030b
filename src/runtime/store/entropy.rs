//! New ULIDs: the wall clock and random bits, for ids of events, torn tails and temporary names.
//!
//! Not here: the form of a ULID (`session/ulid.rs`).
#![expect(
    clippy::disallowed_methods,
    reason = "the store names its lines, and a ULID holds the time it was made"
)]

use std::hash::{BuildHasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::session::ulid::Ulid;

/// A ULID nobody has made before.
pub fn fresh_ulid() -> Ulid {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Ulid::from_parts(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX), random())
}

/// Bits nobody has drawn before. They come from the system's seed of the standard hasher, which differs per process and
/// thread and moves on with each call; they name, they keep no secret.
pub(super) fn random() -> u128 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let high = RandomState::new().hash_one((elapsed, std::process::id()));
    let low = RandomState::new().hash_one((elapsed, std::thread::current().id()));
    u128::from(high) << 64 | u128::from(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_hundred_thousand_ids_of_four_threads_are_all_different() {
        let threads: Vec<_> = (0..4)
            .map(|_| std::thread::spawn(|| (0..25_000).map(|_| fresh_ulid()).collect::<Vec<_>>()))
            .collect();
        let all: HashSet<Ulid> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert_eq!(all.len(), 100_000);
    }
}
