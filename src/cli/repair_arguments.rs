//! What can be typed behind `gonogo repair`: one thing at a time.
//!
//! Not here: what it does (`repair.rs`).

use std::path::PathBuf;

use clap::Args;

/// What is done to the record.
#[derive(Clone, Debug, Default, Args)]
#[group(multiple = false)]
pub struct Mending {
    /// Move damaged and edited lines out, into a file beside the record.
    #[arg(long)]
    pub quarantine: bool,
    /// Take out CRLF, marks of a merge and lines that stand there twice; every event stays.
    #[arg(long)]
    pub tidy: bool,
    /// The record; none: as everywhere.
    #[arg(skip)]
    pub file: Option<PathBuf>,
}
