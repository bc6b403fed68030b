//! What can be typed behind `gonogo repair`: one thing at a time.
//!
//! Not here: what it does (`repair.rs`).

use std::path::PathBuf;

use clap::Args;

/// What is done to the record.
#[expect(clippy::struct_excessive_bools, reason = "a flag on the command line is there or not")]
#[derive(Clone, Debug, Default, Args)]
pub struct Mending {
    /// Move damaged and edited lines out, into a file beside the record.
    #[arg(long, group = "mending")]
    pub quarantine: bool,
    /// Take out CRLF, marks of a merge and lines that stand there twice; every event stays.
    #[arg(long, group = "mending")]
    pub tidy: bool,
    /// After a failed flush: copy every good line, and what waits in the fallback journal, into a new file.
    #[arg(long, group = "mending")]
    pub salvage: bool,
    /// With --salvage: the new record, on another disk; none: it takes the old one's name.
    #[arg(long, value_name = "PATH", requires = "salvage")]
    pub to: Option<PathBuf>,
    /// Put lines that are gone back, from a copy.
    #[arg(long, group = "mending", requires = "from")]
    pub restore: bool,
    /// With --restore: an older record, a colleague's, what was moved out.
    #[arg(long, value_name = "COPY", requires = "restore")]
    pub from: Option<PathBuf>,
    /// Take the content of one event out of the record, for good: a secret was in it. ID: its id, or how it begins.
    #[arg(long, group = "mending", value_name = "ID", requires = "reason")]
    pub redact: Option<String>,
    /// With --redact: why; it stands in the record.
    #[arg(long, value_name = "WHY", requires = "redact")]
    pub reason: Option<String>,
    /// Take the lines of the fallback journal into the record, as `gonogo reconcile` does.
    #[arg(long, group = "mending")]
    pub reconcile: bool,
}

impl Mending {
    /// Is anything to be done, and not only said?
    pub fn changes(&self) -> bool {
        self.quarantine
            || self.tidy
            || self.salvage
            || self.restore
            || self.reconcile
            || self.redact.is_some()
    }
}
