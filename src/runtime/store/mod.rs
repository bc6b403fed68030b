//! The record on disk: names, safe opening, the lock, appending, recovery, live reload.
//!
//! Blocking code, called from one thread per record. Not here: the form of a line and the order of lines (`session/`), what
//! events mean. Start at `append.rs`; the answers are in `request.rs`.

pub mod append;
mod chain;
mod changes;
mod clock;
pub mod create;
mod disk;
mod entropy;
pub mod fallback;
pub mod fault;
mod group;
pub mod lock;
pub mod paths;
mod real_disk;
mod record;
mod recover;
pub mod repair;
pub mod request;
pub mod safe_open;
pub mod seen;
pub mod session_store;
mod standing;
pub mod thread;
mod trouble;
mod whole_file;

pub use append::Writer;
pub use create::{create_session, prepare_folder, prepare_side};
pub use disk::NetworkFiles;
pub use entropy::fresh_ulid;
pub use fallback::{Journal, Kept};
pub use fault::StoreFault;
pub use lock::Holder;
pub use paths::SessionPaths;
pub use record::Recheck;
pub use request::{Answer, Extent, Fold, Guard, Proposal, Request};
pub use seen::SeenFile;
pub use thread::StoreThread;

#[cfg(test)]
mod tests;
