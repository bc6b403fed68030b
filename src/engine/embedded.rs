//! The checklist a release goes by: what the header embeds and what was taken over since, and whether the file it was read
//! from says something else by now.
//!
//! A window that is open keeps what it started with. Not here: the text of a changed checklist (`session/rebasing.rs`), how
//! one is taken over (`rebasing.rs`).

use chrono::{DateTime, TimeDelta, Utc};

use super::brain::Engine;
use super::effect::{Effect, Timer};
use super::presence::Presence;
use crate::checklist::id::{ActionId, WindowId};
use crate::checklist::model::Checklist;
use crate::rules::verdict::Doubt;
use crate::session::hash::Hash;
use crate::session::rebasing::{Normalised, RebaseFault};
use crate::session::state::Session;

/// How often the file is looked at: a person edits it seldom, and a look is one call where nothing changed.
const SOURCE_EVERY: TimeDelta = TimeDelta::seconds(10);

/// What the header says of the checklist beside the checklist itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Embedded {
    /// Its text, from its first line to that of the events.
    pub text: String,
    /// The file it was read from, as a person would name it.
    pub source: Option<String>,
    /// The digest of that file's bytes.
    pub source_digest: Option<Hash>,
}

/// What a brain knows of its checklist.
#[derive(Clone, Debug)]
pub(super) struct EmbeddedChecklist {
    header: Embedded,
    first: (Checklist, String),
    /// The event that changed it last, and the runs whose open windows keep what they started with.
    goes_by: (Option<String>, Vec<String>),
    /// A recorded change cannot be read.
    unreadable: Option<String>,
    /// The digest of the file on disk at the last look.
    on_disk: Option<Hash>,
}

/// What a window is made of: what is sampled and judged, and what the deploy that opened it may be rolled back with.
type Kept = (WindowId, ActionId, Checklist);

impl EmbeddedChecklist {
    pub(super) fn new(header: Embedded, checklist: &Checklist, digest: &str) -> Self {
        Self {
            header,
            first: (checklist.clone(), digest.to_owned()),
            goes_by: (None, Vec::new()),
            unreadable: None,
            on_disk: None,
        }
    }
    pub(super) fn doubt(&self) -> Option<Doubt> {
        let text = self.unreadable.clone()?;
        Some(Doubt { about: "record", text })
    }
}

impl Engine {
    /// The checklist that counts, without what open windows keep. Errors: it cannot be read.
    pub fn normalised(&self) -> Result<Normalised, RebaseFault> {
        Normalised::now(&self.embedded.header.text, &self.session).map(|(found, _wrong)| found)
    }

    /// The digest of the file the checklist was read from.
    pub fn source_digest(&self) -> Option<Hash> {
        let since = self.session.last_rebase().map(|record| &record.rebased.source_digest);
        match since {
            Some(digest) => Hash::from_tagged(digest).ok(),
            None => self.embedded.header.source_digest,
        }
    }

    /// The file of the checklist, where it says something else than the release goes by.
    pub fn changed_source(&self) -> Option<&str> {
        let (on_disk, known) = (self.embedded.on_disk?, self.source_digest()?);
        let name = self.embedded.header.source.as_deref()?;
        (on_disk != known && self.session.closed.is_none()).then_some(name)
    }

    /// The file was looked at, first by the hands when they begin; a screen looks again and again.
    pub(super) fn source_seen(&mut self, at: DateTime<Utc>, digest: Option<Hash>) -> Vec<Effect> {
        self.embedded.on_disk = digest;
        match self.presence {
            Presence::Screen => {
                vec![Effect::SetTimer { timer: Timer::LookAtSource, at: at + SOURCE_EVERY }]
            }
            Presence::Watching | Presence::Looking | Presence::Sampling | Presence::Command => Vec::new(),
        }
    }

    /// Goes by the checklist the record says; whether it was another one before.
    pub(super) fn go_by_checklist(&mut self) -> Changed {
        let wanted = wanted(&self.session);
        if wanted == self.embedded.goes_by {
            return Changed::Nothing;
        }
        let (mut checklist, digest) = match self.session.last_rebase() {
            None => self.embedded.first.clone(),
            Some(_) => match Normalised::now(&self.embedded.header.text, &self.session) {
                Ok((found, wrong)) => {
                    self.embedded.unreadable = wrong.map(|fault| fault.to_string());
                    (found.checklist, found.digest.tagged())
                }
                Err(fault) => {
                    self.embedded.unreadable = Some(fault.to_string());
                    self.embedded.goes_by = wanted;
                    return Changed::Nothing;
                }
            },
        };
        for (window, action, began_with) in self.kept_by_windows(&wanted.1) {
            if let Some(spec) = began_with.windows.get(&window) {
                checklist.windows.insert(window, spec.clone());
            }
            if !checklist.actions.contains(&action)
                && let Some(spec) = began_with.actions.get(&action)
            {
                checklist.actions.insert(action, spec.clone());
            }
        }
        let before = std::mem::replace(&mut self.checklist, checklist);
        self.checklist_digest = digest;
        let windows_only = wanted.0 == self.embedded.goes_by.0;
        self.embedded.goes_by = wanted;
        if windows_only { Changed::Windows } else { Changed::Checklist(Box::new(before)) }
    }

    fn kept_by_windows(&self, runs: &[String]) -> Vec<Kept> {
        let session: &Session = &self.session;
        let windows = session.open_windows().filter(|window| runs.iter().any(|run| run == window.run()));
        let began_with = |version: Option<usize>| match version {
            None => Some(self.embedded.first.0.clone()),
            Some(_) => {
                Normalised::at(&self.embedded.header.text, session, version).ok().map(|at| at.checklist)
            }
        };
        windows
            .filter_map(|window| {
                let checklist = began_with(session.checklist_known(&window.stamp))?;
                Some((window.opened.window.clone(), window.opened.action.clone(), checklist))
            })
            .collect()
    }
}

fn wanted(session: &Session) -> (Option<String>, Vec<String>) {
    let Some(last) = session.last_rebase() else { return (None, Vec::new()) };
    let now = session.checklist_version();
    let earlier = session.open_windows().filter(|window| session.checklist_known(&window.stamp) != now);
    (Some(last.stamp.event.clone()), earlier.map(|window| window.run().to_owned()).collect())
}

/// What became another one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Changed {
    /// Nothing did.
    Nothing,
    /// What open windows keep.
    Windows,
    /// The checklist: as it was before.
    Checklist(Box<Checklist>),
}
