//! A whole release to rehearse on: a Docker daemon of our own, services to deploy, and the release that is made with them.
//!
//! Not here: anything the program needs outside a rehearsal; engine and screen do not know that it is one. Start at `docker/`.

pub mod caretaker;
pub mod checklist;
pub mod deploy;
pub mod dice;
pub mod docker;
pub mod place;
pub mod rehearsal;
pub mod service;
pub mod world;
