//! The keeper of the fallback journal, at a desk of its own: where the record's disk hangs, no draft and no pinned file beside
//! it may stand before a rollback.
//!
//! Not here: the journal's file (`store/fallback.rs`), when it is taken (`engine/storage.rs`, `overdue.rs`).

use tokio::sync::mpsc::Sender;

use super::clock;
use super::store::session_store::recorded;
use super::store::{Journal, Kept, Proposal, SeenFile};
use crate::engine::effect::AppendId;
use crate::engine::input::{Input, NoticeLevel};
use crate::session::hash::Hash;
use crate::session::recorded::Proposed;
use crate::text::untrusted::Untrusted;

/// The keeper of one release's journal.
pub struct Keeper {
    /// Where a rollback is recorded when the record cannot be written.
    pub journal: Journal,
    /// What was seen of the record: a journal hangs on that.
    pub seen: SeenFile,
    /// What was seen of it when it was opened.
    pub heads: Vec<Hash>,
    /// The loop.
    pub tell: Sender<Input>,
}

impl Keeper {
    /// Tells of a journal that waits already.
    pub fn look(&mut self) {
        if !self.journal.pending().is_empty() {
            self.say(
                NoticeLevel::Error,
                "events of an earlier rollback are in the fallback journal and not in this record yet",
            );
        }
    }

    /// Keeps events in the fallback journal.
    pub fn keep(&mut self, id: AppendId, events: Vec<Proposed>) {
        let proposals: Result<Vec<Proposal>, _> = events.into_iter().map(Proposal::try_from).collect();
        let heads = self.seen.load().map_or_else(|| self.heads.clone(), |seen| seen.heads);
        let kept = proposals
            .map_err(|fault| fault.to_string())
            .and_then(|proposals| self.journal.keep(proposals, &heads).map_err(|fault| fault.to_string()));
        match kept {
            Ok((lines, kept)) => {
                match kept {
                    Kept::File(path) => self.say(
                        NoticeLevel::Warning,
                        &format!("kept in the fallback journal {}", path.display()),
                    ),
                    Kept::Already => {}
                    Kept::Nowhere(text) => {
                        self.say(NoticeLevel::Error, &format!("kept nowhere, write this down: {text}"));
                    }
                }
                self.answer(Input::EventsStored { id, events: recorded(&lines), at: clock::now() });
            }
            Err(reason) => self.answer(Input::AppendFailed { id, reason, broken: true }),
        }
    }

    fn say(&self, level: NoticeLevel, text: &str) {
        self.answer(Input::Noticed { level, text: Untrusted::new(text) });
    }
    fn answer(&self, input: Input) {
        // A loop that has left wants no answers.
        drop(self.tell.blocking_send(input));
    }
}
