//! `gonogo repair`: a damaged or untidy record mended under its lock, by rename. Nothing is deleted: what goes out of the
//! file lies beside it, flushed, before the new file takes its name. Only `redact.rs` keeps nothing: a secret has to go.
//!
//! One file per option. Not here: which bytes stay (`session/mend.rs`), a torn tail before an append (`recover.rs`), the
//! door (`cli/repair.rs`).

pub mod accept;
mod bench;
pub mod quarantine;
pub mod reconcile;
pub mod redact;
pub mod restore;
pub mod salvage;
pub mod tidy;

pub use accept::accept_missing;
pub use bench::Mender;
pub use quarantine::{Quarantined, quarantine};
pub use reconcile::reconcile;
pub use redact::{Redacted, RedactionFault, redact};
pub use restore::{Restored, restore};
pub use salvage::{Salvaged, Waiting, salvage, salvage_to, waiting_in};
pub use tidy::{Tidied, tidy};
