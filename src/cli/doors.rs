//! What every door needs: the flags that hold everywhere, and what the program was started in.
//!
//! Not here: reading files (`read_checklist.rs`, `open_session.rs`).

use std::path::{Path, PathBuf};

use super::app_error::AppError;
use super::arguments::{Global, When};
use crate::checklist::diagnostic_text::Colour;
use crate::runtime::clock;
use crate::runtime::env::{Asks, Started};
use crate::runtime::git;
use crate::runtime::store::NetworkFiles;
use crate::runtime::terminal::ColourChoice;
use crate::runtime::trust_store::TrustStore;
use crate::session::recorded::Author;
use crate::text::Safe;

/// What every door needs.
#[derive(Clone, Debug)]
pub struct Doors {
    /// Flags that hold everywhere.
    pub global: Global,
    /// What the program was started in.
    pub started: Started,
    /// What leaving the screen ends besides it, in words.
    pub parting: Option<Safe>,
}

impl Doors {
    /// Reads the surroundings. Errors: the folder is gone.
    pub fn new(global: Global) -> Result<Self, AppError> {
        let started = Started::read()
            .map_err(|why| AppError::unreachable(format!("the current folder cannot be used: {why}")))?;
        Ok(Self { global, started, parting: None })
    }
    /// One JSON object instead of lines?
    pub fn is_json(&self) -> bool {
        self.global.json
    }
    /// May a person be asked?
    pub fn asks(&self) -> Asks {
        if self.global.no_input { Asks::Nobody } else { self.started.asks }
    }
    /// What this person trusted here.
    pub fn trust_store(&self) -> TrustStore {
        TrustStore::new(&self.started.state, self.started.trusted.clone())
    }
    /// The folder that replaces `.gonogo`, by flag or environment.
    pub fn session_dir(&self) -> Option<PathBuf> {
        let flag = self.global.session_dir.as_ref().or(self.started.session_dir.as_ref());
        flag.map(|folder| self.started.absolute(folder))
    }
    /// `--allow-network-fs`.
    pub fn network_files(&self) -> NetworkFiles {
        if self.global.allow_network_fs { NetworkFiles::Allow } else { NetworkFiles::Refuse }
    }
    /// Who sits here: git's address, else login@host.
    pub fn author(&self, folder: &Path) -> Author {
        let by =
            git::email(folder).unwrap_or_else(|| format!("{}@{}", self.started.login, self.started.host));
        // Read by everybody who opens the record, so it holds no control characters.
        let by = by.chars().filter(|c| !c.is_control()).collect();
        Author { by, on: self.started.on() }
    }
    /// `--color`.
    pub fn colour(&self) -> ColourChoice {
        match self.global.color {
            When::Auto => ColourChoice::Auto,
            When::Always => ColourChoice::Always,
            When::Never => ColourChoice::Never,
        }
    }
    /// Colours of diagnostics on stderr: only where asked for, so that files and pipes stay plain.
    pub fn diagnostics_colour(&self) -> Colour {
        match self.global.color {
            When::Always => Colour::Ansi,
            When::Auto | When::Never => Colour::Plain,
        }
    }
    /// Now.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        clock::now()
    }
}
