//! What a person has beside the record: trust and drafts. Worked on at a desk of its own (`desk.rs`),
//! because a disk may be slow or hang; the answers come back as inputs.
//!
//! Not here: the record (`store`), the fallback journal (`keeper.rs`), what follows from trust (`engine/trust.rs`).

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use tokio::sync::mpsc::Sender;

use super::clock;
use super::drafts::Drafts;
use super::files;
use super::store::{SessionPaths, prepare_side};
use super::trust_store::{Content, TrustStore};
use crate::checklist::model::Checklist;
use crate::engine::input::{Input, NoticeLevel};
use crate::session::hash::Hash;
use crate::text::untrusted::Untrusted;

/// The papers of one person and one release.
pub struct Papers {
    /// What was trusted on this machine.
    pub trust: TrustStore,
    /// What was typed and not sent.
    pub drafts: Drafts,
    /// Where the record and the runs lie.
    pub paths: SessionPaths,
    /// Its content is what is trusted.
    pub checklist: Checklist,
    /// The file it was read from.
    pub source: PathBuf,
    /// When and how long that file was, and its digest, at the last look.
    pub looked: Option<Looked>,
    /// The folder its commands run in.
    pub folder: PathBuf,
    /// The loop.
    pub tell: Sender<Input>,
}

/// What a file was like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looked {
    changed: Option<SystemTime>,
    bytes: u64,
    digest: Hash,
}

impl Papers {
    /// Reads what the brain wants to know first.
    pub fn look(&mut self) {
        self.judge_trust();
        for (field, text) in self.drafts.load() {
            self.answer(Input::DraftLoaded { field, text });
        }
        self.look_at_source();
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

    /// Another checklist is the one to trust from now on.
    pub fn take_checklist(&mut self, checklist: Checklist) {
        self.checklist = checklist;
        self.judge_trust();
    }

    /// Looks at the file the checklist was read from; its bytes are read again only where its time or length changed.
    pub fn look_at_source(&mut self) {
        let found = fs::metadata(&self.source).ok().filter(fs::Metadata::is_file);
        self.looked = found.and_then(|found| {
            let (changed, bytes) = (found.modified().ok(), found.len());
            match self.looked {
                Some(looked) if looked.changed == changed && looked.bytes == bytes => Some(looked),
                Some(_) | None => {
                    let digest = Hash::of(&files::read_bytes(&self.source).ok()?);
                    Some(Looked { changed, bytes, digest })
                }
            }
        });
        self.answer(Input::SourceSeen { digest: self.looked.map(|looked| looked.digest) });
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
