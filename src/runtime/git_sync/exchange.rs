//! The exchange: look, fetch, take over what is missing here, commit and push what is missing there; anew if somebody was faster.
//!
//! Nothing is ever forced and nothing is lost: a push that lost a race is followed by a fetch of what won. Not here: how git is
//! called (`call.rs`), what copies lack of each other (`session/copies.rs`).

use super::call::{CallFault, GitCall};
use super::place::{Place, branch_of, path_of};
use crate::runtime::store::create::GIT_ATTRIBUTES;
use crate::runtime::store::paths::FOLDER;
use crate::session::copies::{CopyFault, compare, count};
use crate::session::header::{Header, Release};
use crate::session::tidy::{Tidying, tidy};
use crate::text::untrusted::Untrusted;

/// How often a push that came too late is tried anew. Of several at once one always wins, so eight people end within eight.
pub const TRIES_MAX: usize = 8;

/// This machine's copy of the record, as the exchange needs it.
pub trait LocalCopy {
    /// Its bytes now.
    ///
    /// # Errors
    /// It cannot be read, in words.
    fn read(&mut self) -> Result<Vec<u8>, String>;
    /// Appends these lines as they are, durably. Lines it has are left out.
    ///
    /// # Errors
    /// It cannot be written, in words.
    fn take_over(&mut self, lines: Vec<String>) -> Result<(), String>;
}

/// How an exchange ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Both sides have everything.
    Done,
    /// The remote cannot be reached.
    Offline(Untrusted),
    /// The remote does not take the branch, though nobody was faster.
    Rejected(Untrusted),
    /// Somebody was faster [`TRIES_MAX`] times.
    Raced,
}

/// What an exchange brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// How it ended.
    pub outcome: Outcome,
    /// The branch.
    pub branch: String,
    /// Events that others have now.
    pub sent: usize,
    /// Events that were taken over from others.
    pub received: usize,
    /// Events that are here only, as far as is known.
    pub unsent: usize,
    /// All events here.
    pub events: usize,
    /// How often it was tried.
    pub tries: usize,
}

/// Why nothing could be exchanged at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncFault {
    /// This copy cannot be read or written, in words.
    Here(String),
    /// The copies cannot be joined.
    Copies(CopyFault),
    /// Git failed on this machine.
    Git(CallFault),
}

/// What one try ended with.
enum Tried {
    Finished(Outcome),
    Raced,
}

struct Trade<'a> {
    place: &'a Place,
    branch: String,
    tracking: String,
    path: String,
    sent: usize,
    received: usize,
}

/// Exchanges a record with the remote of a place.
///
/// # Errors
/// This copy or the other one is damaged, or git fails here. Being offline or refused is an [`Outcome`].
pub fn exchange(place: &Place, release: &Release, here: &mut dyn LocalCopy) -> Result<Exchange, SyncFault> {
    let branch = branch_of(release);
    let tracking = format!("refs/remotes/{}/{branch}", place.remote);
    let mut trade = Trade { place, branch, tracking, path: path_of(release), sent: 0, received: 0 };
    let mut tries = 0;
    let outcome = loop {
        tries += 1;
        match trade.attempt(here)? {
            Tried::Finished(outcome) => break outcome,
            Tried::Raced if tries >= TRIES_MAX => break Outcome::Raced,
            Tried::Raced => {}
        }
    };
    let bytes = here.read().map_err(SyncFault::Here)?;
    let unsent = trade.unsent(&bytes);
    let Trade { branch, sent, received, .. } = trade;
    Ok(Exchange { outcome, branch, sent, received, unsent, events: count(&bytes), tries })
}

impl Trade<'_> {
    fn attempt(&mut self, here: &mut dyn LocalCopy) -> Result<Tried, SyncFault> {
        let base = match self.look().and_then(|there| self.bring(there)) {
            Ok(base) => base,
            Err(fault) => return offline(fault).map(Tried::Finished),
        };
        let there = base.as_deref().map(|commit| self.record_of(commit)).transpose()?;
        let mut bytes = here.read().map_err(SyncFault::Here)?;
        if let Some(there) = &there {
            let found = compare(&bytes, there).map_err(SyncFault::Copies)?;
            if !found.to_take.is_empty() {
                self.received += found.to_take.len();
                here.take_over(found.to_take).map_err(SyncFault::Here)?;
                bytes = here.read().map_err(SyncFault::Here)?;
            }
        }
        let unsent = lacking(there.as_deref(), &bytes)?;
        if there.is_some() && unsent == 0 {
            return Ok(Tried::Finished(Outcome::Done));
        }
        let commit = self.commit(&bytes, base.as_deref())?;
        let push = GitCall::Push { remote: &self.place.remote, commit: &commit, branch: &self.branch };
        match self.place.git.bytes(&push, b"") {
            Ok(_) => {
                self.sent += unsent;
                self.note(&commit)?;
                Ok(Tried::Finished(Outcome::Done))
            }
            Err(CallFault::Failed(why)) => match self.look() {
                // Somebody was faster: what they sent is looked at first.
                Ok(now) if now != base => Ok(Tried::Raced),
                Ok(_) => Ok(Tried::Finished(Outcome::Rejected(why))),
                Err(fault) => offline(fault).map(Tried::Finished),
            },
            Err(fault) => offline(fault).map(Tried::Finished),
        }
    }

    /// What the branch is at the remote; none: nobody has sent it yet.
    fn look(&self) -> Result<Option<String>, CallFault> {
        let call = GitCall::ListRemote { remote: &self.place.remote, branch: &self.branch };
        let answer = self.place.git.bytes(&call, b"")?;
        let answer = String::from_utf8_lossy(&answer);
        // Git takes the name for a pattern: a longer name may end in it.
        let wanted = format!("refs/heads/{}", self.branch);
        let named = answer.lines().filter_map(|line| line.split_once('\t'));
        Ok(named.filter(|(_, name)| *name == wanted).map(|(commit, _)| commit.to_owned()).next())
    }

    /// Fetches the branch unless it is known; what it is now.
    fn bring(&self, there: Option<String>) -> Result<Option<String>, CallFault> {
        let Some(there) = there else { return Ok(None) };
        if self.known().as_ref() != Some(&there) {
            let call =
                GitCall::Fetch { remote: &self.place.remote, branch: &self.branch, tracking: &self.tracking };
            self.place.git.bytes(&call, b"")?;
        }
        self.place.git.text(&GitCall::Resolve(&self.tracking), b"").map(Some)
    }

    /// What the branch was when last seen.
    fn known(&self) -> Option<String> {
        self.place.git.text(&GitCall::Resolve(&self.tracking), b"").ok()
    }

    fn record_of(&self, commit: &str) -> Result<Vec<u8>, SyncFault> {
        let call = GitCall::File { commit, path: &self.path };
        self.place.git.bytes(&call, b"").map_err(|fault| match fault {
            CallFault::Failed(_) => SyncFault::Copies(CopyFault::There(format!(
                "the branch {} has no file {}",
                self.branch, self.path
            ))),
            fault @ (CallFault::NotStarted(_) | CallFault::TookTooLong(_)) => SyncFault::Git(fault),
        })
    }

    /// How many events the remote lacks, as far as was seen.
    fn unsent(&self, bytes: &[u8]) -> usize {
        let there = self.known().and_then(|commit| self.record_of(&commit).ok());
        lacking(there.as_deref(), bytes).unwrap_or_else(|_fault| count(bytes))
    }

    /// A commit of this record alone, on top of what the remote has. Nothing is checked out, no index is touched.
    fn commit(&self, bytes: &[u8], parent: Option<&str>) -> Result<String, SyncFault> {
        let git = |call: &GitCall<'_>, stdin: &[u8]| self.place.git.text(call, stdin).map_err(SyncFault::Git);
        let record = git(&GitCall::Keep, &to_send(bytes)?)?;
        let attributes = git(&GitCall::Keep, GIT_ATTRIBUTES.as_bytes())?;
        let name = self.path.rsplit('/').next().unwrap_or_default();
        let inner = format!("100644 blob {attributes}\t.gitattributes\n100644 blob {record}\t{name}\n");
        let folder = git(&GitCall::Tree, inner.as_bytes())?;
        let tree = git(&GitCall::Tree, format!("040000 tree {folder}\t{FOLDER}\n").as_bytes())?;
        let message = format!("{}: {} events", self.branch, count(bytes));
        git(&GitCall::Commit { tree: &tree, parent, message: &message }, b"")
    }

    fn note(&self, commit: &str) -> Result<(), SyncFault> {
        let call = GitCall::Note { tracking: &self.tracking, commit };
        self.place.git.bytes(&call, b"").map(drop).map_err(SyncFault::Git)
    }
}

/// How many events the other copy lacks; all of them where there is none.
fn lacking(there: Option<&[u8]>, here: &[u8]) -> Result<usize, SyncFault> {
    match there {
        None => Ok(count(here)),
        Some(there) => Ok(compare(here, there).map_err(SyncFault::Copies)?.to_send),
    }
}

/// The record as others get it: tidy, and without a write that is not finished.
fn to_send(bytes: &[u8]) -> Result<Vec<u8>, SyncFault> {
    let here = |fault| SyncFault::Copies(CopyFault::Here(fault));
    let mut bytes = tidy(bytes, Tidying::Everything).map_err(here)?.bytes;
    let header = Header::parse(&bytes).map_err(here)?;
    let complete = bytes.iter().rposition(|byte| *byte == b'\n').map_or(header.len, |at| at + 1);
    bytes.truncate(complete);
    Ok(bytes)
}

/// The remote did not answer; that git itself is missing or hangs here is a fault.
fn offline(fault: CallFault) -> Result<Outcome, SyncFault> {
    match fault {
        CallFault::Failed(why) => Ok(Outcome::Offline(why)),
        CallFault::TookTooLong(limit) => {
            Ok(Outcome::Offline(Untrusted::new(format!("no answer within {} s", limit.as_secs()))))
        }
        fault @ CallFault::NotStarted(_) => Err(SyncFault::Git(fault)),
    }
}
