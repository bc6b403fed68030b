//! What is in the way of writing a record, between appends: poisoned by another process, gone, damaged, refused by the disk.
//!
//! Told when it has lasted a moment, and again when it is over, so that nobody shows a verdict on a record that cannot be
//! written and nobody stays read-only after it was mended. Not here: telling (`standing.rs`), when it is looked at
//! (`thread.rs`).

use std::time::Duration;

use super::append::Writer;
use super::fault::StoreFault;
use super::lock::poison_in;
use super::request::Fold;

/// So long something must be wrong before it is told: git and editors remove a file and put it back within milliseconds.
const GRACE: Duration = Duration::from_millis(400);

/// What the last look brought.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    /// Why another process closed the record.
    mark: Option<String>,
    /// Why the file could not be read.
    unreadable: Option<String>,
    /// An append was refused for good: what only a try can tell is tried again.
    refused: bool,
    /// Since when something is wrong that was not told.
    since: Option<Duration>,
}

impl Trouble {
    /// How the last look at the file went.
    pub(super) fn looked(&mut self, fault: Option<&StoreFault>) {
        self.unreadable = fault.map(ToString::to_string);
    }
    /// Could it be read when it was looked at last?
    pub(super) fn is_readable(&self) -> bool {
        self.unreadable.is_none()
    }
    /// What an append was answered.
    pub(super) fn failed(&mut self, fault: &StoreFault) {
        self.refused |= fault.is_final();
    }
}

impl<F: Fold> Writer<F> {
    /// Why nothing can be written, as far as is known without trying: a failed flush here or in another process, a disk that
    /// is refused, a file that may only be read.
    pub fn broken(&self) -> Option<String> {
        let poisoned = self.poisoned.as_ref().or(self.trouble.mark.as_ref());
        let poisoned = poisoned.map(|why| StoreFault::Poisoned { why: why.clone() }.to_string());
        let read_only = || self.record.writable(&self.path).err().map(|fault| fault.to_string());
        let here = poisoned.or_else(|| self.trouble.unreadable.clone());
        here.or_else(|| self.disk.refusal().map(|fault| fault.to_string())).or_else(read_only)
    }

    /// Looks at the mark in the lock file.
    pub(super) fn look_at_mark(&mut self) {
        self.trouble.mark = self.disk.lock_text().as_deref().and_then(poison_in);
    }

    /// What is to be told now; what was told before stays until something else has lasted a moment, or all is well.
    pub(super) fn lasting(&mut self, told: Option<&String>) -> Option<String> {
        let wrong = self.wrong();
        // Who asked for an append has heard of it.
        let known = self.poisoned.is_some() || self.trouble.refused;
        if wrong.is_none() || wrong.as_ref() == told || known {
            self.trouble.since = None;
            return wrong;
        }
        let now = self.clock.elapsed();
        let since = *self.trouble.since.get_or_insert(now);
        if now.saturating_sub(since) < GRACE { told.cloned() } else { wrong }
    }

    /// Is something wrong, told or not? Then it is looked at more often.
    pub(super) fn is_in_trouble(&self) -> bool {
        self.trouble.since.is_some() || self.trouble.refused || self.broken().is_some()
    }

    fn wrong(&mut self) -> Option<String> {
        let wrong = self.broken();
        if wrong.is_some() || !self.trouble.refused {
            return wrong;
        }
        let tried = self.disk.open_append().err().map(|fault| fault.to_string());
        self.trouble.refused = tried.is_some();
        tried
    }
}
