//! A record shared through git with no server of its own: a branch per release that holds nothing but the record.
//!
//! The branch `gonogo/<record>` is made of plumbing alone: no checkout, no index, no branch of the person is touched, and what is
//! checked out may be dirty. Incoming lines are appended through the store like any other line, under its lock; outgoing ones are a
//! commit on top of what the remote has. So nobody waits for a merge driver, and a cockpit at work sees what arrives.
//! Start at `exchange.rs`. Not here: what a union of lines is (`session/copies.rs`), the words (`cli/sync.rs`).

mod absent;
mod call;
mod exchange;
mod local;
mod place;

pub use absent::{Absent, AbsentFault, absent};
pub use call::CallFault;
pub(super) use call::ELSEWHERE;
pub use exchange::{Exchange, LocalCopy, Outcome, SyncFault, TRIES_MAX, exchange};
pub use place::{Place, PlaceFault, branch_of};
