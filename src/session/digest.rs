//! One digest for a whole state: two readers who come to the same one agree on everything.
//!
//! It is taken over the state's own spelling, field by field, so no field can be forgotten; lists keep their order, maps are
//! sorted. It compares readers of the same program version: a new field is a new spelling. It proves nothing about the
//! file, that is what the hashes of the lines are for (`verify.rs`).

use std::fmt::{self, Write};

use super::hash::{Hash, Pieces};
use super::state::Session;

/// Writes what it is given into a digest, so that a spelling of any length needs no room.
struct Spelling(Pieces);

impl Write for Spelling {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.add(text.as_bytes());
        Ok(())
    }
}

impl Session {
    /// The digest of everything this state holds, timeline included.
    pub fn digest(&self) -> Hash {
        let mut spelling = Spelling(Pieces::default());
        // Writing into a digest does not fail.
        let _written = write!(spelling, "{self:?}");
        spelling.0.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::state::HoldRecord;

    #[test]
    fn the_same_state_has_the_same_digest_and_any_change_another() {
        assert_eq!(Session::default().digest(), Session::default().digest());
        let mut other = Session::default();
        other.values.insert("version".to_owned(), "1.0.0".to_owned());
        let named = other.digest();
        assert_ne!(named, Session::default().digest());
        other.undone.push("01".to_owned());
        assert_ne!(other.digest(), named);
        other.undone.clear();
        assert_eq!(other.digest(), named);
    }

    #[test]
    fn it_is_taken_over_the_whole_spelling() {
        let mut session = Session::default();
        let stamp = crate::session::state::Stamp {
            event: "01".to_owned(),
            hash: Hash::of(b"01"),
            at: chrono::DateTime::UNIX_EPOCH,
            by: "ann".to_owned(),
            on: "build1/1".to_owned(),
        };
        session.hold = Some(HoldRecord { stamp, reason: "look".to_owned() });
        assert_eq!(session.digest(), Hash::of(format!("{session:?}").as_bytes()));
    }
}
