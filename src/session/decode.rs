//! From a line to what the fold takes, and from a proposed event to the data of a line.
//!
//! Not here: the bytes (`line.rs`), what events mean (`event.rs`, `apply.rs`).

use super::event::Event;
use super::line::Line;
use super::recorded::{Recorded, What};
use super::value::{Table, ValueFault};

impl Line {
    /// The event with its author, time and name. What this program does not know, or cannot make sense of, is kept by its kind;
    /// a known kind whose data does not fit forbids a verdict as `crit` does, because it may be what decides.
    pub fn recorded(&self) -> Recorded {
        let what = match Event::from_data(&self.kind, self.v, (&self.data).into()) {
            _ if self.is_tombstone() => What::Redacted { kind: self.kind.clone() },
            Ok(Some(event)) => What::Known(Box::new(event)),
            Ok(None) => What::Newer { kind: self.kind.clone(), crit: self.crit },
            Err(_) => What::Newer { kind: self.kind.clone(), crit: true },
        };
        Recorded {
            id: self.id.to_string(),
            at: self.at,
            by: self.by.clone(),
            on: self.on.clone(),
            what,
            hash: self.hash,
            up: self.up.clone(),
        }
    }
}

impl Line {
    /// Was it written by a newer program that says: who does not know this must neither judge the release nor write to its record?
    pub fn must_be_known(&self) -> bool {
        self.crit && (self.v > 1 || !Event::kinds().any(|known| known == self.kind))
    }
}

/// Why an event has no spelling.
#[derive(Debug, thiserror::Error)]
pub enum EncodeFault {
    /// TOML cannot hold a value of it.
    #[error("the event {kind} cannot be written: {fault}")]
    Toml {
        /// Its kind.
        kind: &'static str,
        /// What TOML said.
        fault: toml::ser::Error,
    },
    /// Lines cannot hold a value of it.
    #[error("the event {kind} cannot be written: {fault}")]
    Value {
        /// Its kind.
        kind: &'static str,
        /// Which limit.
        fault: ValueFault,
    },
}

/// The data of an event's line.
///
/// # Errors
/// A value no line can hold; the payload types rule that out but for limits.
pub fn data_of(event: &Event) -> Result<Table, EncodeFault> {
    let kind = event.kind();
    let table = event.to_data().map_err(|fault| EncodeFault::Toml { kind, fault })?;
    let data = Table::try_from(&table).map_err(|fault| EncodeFault::Value { kind, fault })?;
    data.check().map_err(|fault| EncodeFault::Value { kind, fault })?;
    Ok(data)
}
