//! What a person has beside the record: trust, drafts, the fallback journal. Worked on at a desk of its own (`desk.rs`),
//! because a disk may be slow or hang; the answers come back as inputs.
//!
//! Not here: the record (`store`), what follows from trust (`engine/trust.rs`).

use std::path::PathBuf;

use tokio::sync::mpsc::Sender;

use super::clock;
use super::drafts::Drafts;
use super::store::session_store::recorded;
use super::store::{Journal, Kept, Proposal, SeenFile, SessionPaths, prepare_side};
use super::trust_store::{Content, TrustStore};
use crate::checklist::model::Checklist;
use crate::engine::effect::AppendId;
use crate::engine::input::{Input, NoticeLevel};
use crate::session::hash::Hash;
use crate::session::recorded::Proposed;
use crate::text::untrusted::Untrusted;

/// The papers of one person and one release.
pub struct Papers {
    /// What was trusted on this machine.
    pub trust: TrustStore,
    /// What was typed and not sent.
    pub drafts: Drafts,
    /// Where a rollback is recorded when the record cannot be written.
    pub journal: Journal,
    /// What was seen of the record: a journal hangs on that.
    pub seen: SeenFile,
    /// What was seen of it when it was opened.
    pub heads: Vec<Hash>,
    /// Where the record and the runs lie.
    pub paths: SessionPaths,
    /// Its content is what is trusted.
    pub checklist: Checklist,
    /// The file it was read from.
    pub source: PathBuf,
    /// The folder its commands run in.
    pub folder: PathBuf,
    /// The loop.
    pub tell: Sender<Input>,
}

impl Papers {
    /// Reads what the brain wants to know first.
    pub fn look(&mut self) {
        self.judge_trust();
        for (field, text) in self.drafts.load() {
            self.answer(Input::DraftLoaded { field, text });
        }
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

    /// May a forward run start? Pinned files are hashed again, and the folder of the runs is there.
    ///
    /// # Errors
    /// Why not, for a person.
    pub fn allow_forward(&mut self) -> Result<(), String> {
        if !self.trust.judge(&self.content(), &self.source).is_trusted() {
            return Err(
                "a file that its commands name has changed since it was trusted; look again and trust it"
                    .to_owned(),
            );
        }
        prepare_side(&self.paths).map(drop).map_err(|fault| fault.to_string())
    }

    /// A rollback is held up by nothing: its run folder may be elsewhere, where this one cannot be made.
    pub fn prepare_backward(&mut self) {
        drop(prepare_side(&self.paths));
    }

    /// Remembers that the content with this digest is trusted, if that is still what lies there.
    pub fn store_trust(&mut self, digest: &str) {
        let content = self.content();
        if content.digest.as_str() == digest {
            if let Err(fault) = self.trust.trust(&content, &self.source, clock::now()) {
                self.say(NoticeLevel::Error, &format!("trust was not kept: {fault}"));
            }
        } else {
            self.say(NoticeLevel::Error, "a file changed while it was shown: look again before you trust it");
        }
        self.judge_trust();
    }

    /// Keeps what is being typed.
    pub fn save_draft(&mut self, field: &str, text: &str) {
        if let Err(fault) = self.drafts.save(field, text) {
            self.say(NoticeLevel::Warning, &format!("the draft was not kept: {fault}"));
        }
    }

    fn judge_trust(&self) {
        let judged = self.trust.judge(&self.content(), &self.source);
        self.answer(Input::TrustKnown(judged));
    }
    fn content(&self) -> Content {
        Content::of(&self.checklist, &self.folder)
    }
    fn say(&self, level: NoticeLevel, text: &str) {
        self.answer(Input::Noticed { level, text: Untrusted::new(text) });
    }
    fn answer(&self, input: Input) {
        // A loop that has left wants no answers.
        drop(self.tell.blocking_send(input));
    }
}
