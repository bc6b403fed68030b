//! Scenarios: which containers there are, what happens to them and when, what goes wrong; a file and a seed.
//!
//! Start at `model.rs` (the file) and `player.rs` (its course). Not here: what each thing does to the containers (`fleet.rs`).

mod bundled;
mod corpus;
mod model;
mod player;
mod stage;

pub use bundled::BUNDLED;
pub use model::{
    Clock, Corpus, DaemonPart, Deed, FaultKind, FlowPart, Group, Happening, HealthPart, Scenario, StatePart,
    TimedFault,
};
pub use stage::{Stage, simulate};

#[cfg(test)]
mod tests;
