//! Holding the lease: a thread of its own that tries, beats, and tells the brain what changed. A disk that hangs holds
//! nobody up but it.
//!
//! Not here: what is written (`lease_file.rs`).

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::Builder;
use std::time::Duration;

use tokio::sync::mpsc::Sender;

use super::lease_file::LeaseFile;
use crate::engine::input::Input;
use crate::engine::window::sampled::Lease;
use crate::runtime::clock;
use crate::session::recorded::Author;

/// Between two heartbeats of the holder.
const BEAT_EVERY: Duration = Duration::from_secs(10);
/// Between two tries of who waits: a dead holder is replaced within this.
const TRY_EVERY: Duration = Duration::from_secs(3);

/// The thread that holds the lease or waits for it. Dropping it lets the lease go.
#[derive(Debug)]
pub struct LeaseKeeper {
    _stop: SyncSender<()>,
}

impl LeaseKeeper {
    /// Begins to try.
    ///
    /// # Errors
    /// The system starts no thread.
    pub fn start(folder: PathBuf, me: Author, tell: Sender<Input>) -> io::Result<Self> {
        let (stop, stopped) = sync_channel::<()>(1);
        Builder::new().name("lease".to_owned()).spawn(move || {
            let mut file = LeaseFile::new(folder, me);
            let mut last = Lease::Unknown;
            loop {
                let now = file.beat(clock::now());
                let wait = if now == Lease::Held { BEAT_EVERY } else { TRY_EVERY };
                // A loop that has left wants no answers.
                if now != last && tell.blocking_send(Input::LeaseKnown(now.clone())).is_err() {
                    break;
                }
                last = now;
                match stopped.recv_timeout(wait) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            file.let_go();
        })?;
        Ok(Self { _stop: stop })
    }
}
