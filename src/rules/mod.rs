//! What follows from a checklist, a session and what is known of the world: verdict, gates, approvals, assertions.
//!
//! Not here: deciding what to do next (`engine`), measuring (`runtime`). Start at `verdict.rs`.

pub mod alternative;
pub mod approval;
pub mod assertion;
pub mod check_result;
pub mod conflict_told;
pub mod container_check;
pub mod due;
pub mod eventually;
pub mod facts;
pub mod fingerprint;
pub mod frozen;
pub mod gate;
pub mod gate_seen;
pub mod guard;
pub mod needed;
pub mod observed;
pub mod scope;
pub mod standing;
pub mod verdict;
pub mod waiting;
pub mod window;
pub mod window_guard;
pub mod window_item;
pub mod window_told;
pub mod window_verdict;
