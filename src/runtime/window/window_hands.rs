//! The hands of monitoring windows in one place: a desk for the samples, the thread of the lease.
//!
//! Nothing here waits for a disk. Not here: which effect goes where (`start_effect.rs`).

use std::io;
use std::path::PathBuf;

use tokio::sync::mpsc::Sender;

use super::lease::LeaseKeeper;
use super::lease_file;
use super::proven::proven;
use super::samples::SampleFiles;
use crate::engine::input::{Input, NoticeLevel};
use crate::engine::window::sampled::{KeptSample, SampleOf};
use crate::runtime::desk::Desk;
use crate::runtime::store::SessionPaths;
use crate::session::recorded::Author;
use crate::text::untrusted::Untrusted;

/// The folder for samples and lease, in the side folder.
const FOLDER: &str = "windows";
/// Samples that were not kept are told the first time and each time so many more were not.
const TOLD_EVERY: u64 = 1_000;

/// The hands of monitoring windows.
pub struct WindowHands {
    desk: Desk<SampleFiles>,
    lease: Option<LeaseKeeper>,
    folder: PathBuf,
    paths: SessionPaths,
    product: String,
    me: Author,
    tell: Sender<Input>,
    behind: u64,
}

impl WindowHands {
    /// Beside this record. Nothing is made on the disk yet.
    ///
    /// # Errors
    /// The system starts no thread.
    pub fn new(paths: &SessionPaths, product: String, me: Author, tell: Sender<Input>) -> io::Result<Self> {
        let folder = paths.side().join(FOLDER);
        let desk = Desk::start("samples", SampleFiles::new(folder.clone(), tell.clone()))?;
        Ok(Self { desk, lease: None, folder, paths: paths.clone(), product, me, tell, behind: 0 })
    }
    /// Keeps a sample beside the record. A disk that does not answer loses samples of a later restart, nothing else.
    pub fn keep(&mut self, of: SampleOf, kept: KeptSample) {
        let put = self.desk.put(move |files| files.keep(&of, &kept));
        if put.is_err() {
            self.fell_behind();
        }
    }
    /// Reads samples; the answer arrives.
    pub fn load(&mut self, of: SampleOf, from: u64) {
        let missed = of.clone();
        if self.desk.put(move |files| files.load(of, from)).is_err() {
            // Nothing was read: whoever waits goes on without.
            self.say(Input::SamplesLoaded { of: missed, samples: Vec::new(), next: from });
        }
    }
    /// Tries to be the one who samples.
    pub fn take_lease(&mut self) {
        if self.lease.is_none() {
            match LeaseKeeper::start(self.folder.clone(), self.me.clone(), self.tell.clone()) {
                Ok(keeper) => self.lease = Some(keeper),
                Err(fault) => {
                    let text = Untrusted::new(format!("windows are not sampled here: {fault}"));
                    self.say(Input::Noticed { level: NoticeLevel::Error, text });
                }
            }
        }
    }
    /// Samples no longer.
    pub fn drop_lease(&mut self) {
        self.lease = None;
    }
    /// Looks who samples, for whoever does not.
    pub fn look(&mut self) {
        let (folder, tell) = (self.folder.clone(), self.tell.clone());
        let put = self.desk.put(move |_files| {
            if let Some(watcher) = lease_file::read(&folder) {
                // A loop that has left wants no answers.
                drop(tell.blocking_send(Input::WatcherSeen(watcher)));
            }
        });
        if put.is_err() {
            self.fell_behind();
        }
    }
    /// Looks which versions other records prove.
    pub fn look_for_proven(&mut self) {
        let (paths, product, tell) = (self.paths.clone(), self.product.clone(), self.tell.clone());
        let put = self.desk.put(move |_files| {
            // A loop that has left wants no answers.
            drop(tell.blocking_send(Input::Proven { versions: proven(&paths, &product) }));
        });
        if put.is_err() {
            self.fell_behind();
        }
    }
    /// Lets the lease go and ends the desk, its queue served.
    pub fn close(self) {
        drop(self.lease);
        // Samples that are lost here are a gap of seconds.
        let _behind = self.desk.close();
    }
    /// Told once, and every thousandth time: a disk that hangs for a night must not fill the messages.
    fn fell_behind(&mut self) {
        if self.behind.is_multiple_of(TOLD_EVERY) {
            let text = format!(
                "the disk does not answer: {} samples of windows are not kept beside the record",
                self.behind + 1
            );
            self.say(Input::Noticed { level: NoticeLevel::Warning, text: Untrusted::new(text) });
        }
        self.behind += 1;
    }
    fn say(&self, input: Input) {
        // A queue that is full is one that is served: what is lost here is asked for again at the next look.
        let _full_or_gone = self.tell.try_send(input);
    }
}
