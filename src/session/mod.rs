//! What happened: events, their line format, the graph of lines, and the fold into one state.
//!
//! **Compatibility.** Lines are kept byte for byte by every program, so a record may be read and added to by older and newer ones.
//! An unknown kind, a higher `v` or an unknown key is kept and shown; with `crit` the verdict is UNKNOWN and nothing is appended.
//! An unknown feature in the header opens read-only, a higher `format` is refused. A new optional key in `data` needs no new `v`; a
//! changed meaning does, and then one upcast from the lower `v`. The records in `tests/fixtures/records` are kept for ever: what
//! they say is written the same today, what newer programs may write is never lost (`tests/it/golden.rs`).
//!
//! Not here: the disk (`runtime/store`), what follows from the state (`rules`). Start at `event.rs`, then `apply.rs`.

pub mod about;
pub mod ailment;
pub mod apply;
pub mod claims;
#[cfg(test)]
pub(crate) mod clones;
pub mod condition;
pub mod conflict;
pub mod copies;
pub mod decode;
pub mod digest;
pub mod escape;
pub mod event;
pub mod fold;
pub mod graph;
pub mod hash;
pub mod header;
pub mod line;
pub mod lineage;
pub mod mend;
pub mod notice_payload;
pub mod payload;
pub mod reader;
pub mod rebase_payload;
pub mod rebased;
pub mod rebasing;
pub mod recorded;
pub mod redact;
pub mod run_payload;
pub mod scan;
pub mod state;
pub mod status;
pub mod tidy;
pub mod tombstone;
pub mod ulid;
pub mod upkeep_event;
pub mod upkeep_payload;
pub mod upkeep_state;
pub mod value;
pub mod verify;
pub mod window_event;
pub mod window_payload;
pub mod window_state;
pub mod witness;

pub use hash::Hash;
pub use line::{Draft, Line};
pub use ulid::{EventId, Ulid};
pub use value::{Table, Value};
