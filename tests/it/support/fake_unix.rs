//! A unix socket that accepts and never answers: a hung Docker daemon.

use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

/// Connections held open at once; more than any client under test opens.
const HELD_MAX: usize = 64;

/// The silent server. Dropping it ends it and closes all connections.
pub(crate) struct SilentSocket {
    folder: tempfile::TempDir,
    over: Arc<AtomicBool>,
    accepted: Arc<AtomicUsize>,
    server: Option<JoinHandle<()>>,
}

impl SilentSocket {
    /// Listens in a folder of its own.
    pub(crate) fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("gonogo-it-").tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("docker.sock")).unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let accepted = Arc::new(AtomicUsize::new(0));
        let (stop, count) = (Arc::clone(&over), Arc::clone(&accepted));
        let server = thread::spawn(move || {
            let mut held = Vec::new();
            for connection in listener.incoming().flatten() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                count.fetch_add(1, Ordering::SeqCst);
                if held.len() < HELD_MAX {
                    held.push(connection);
                }
            }
        });
        SilentSocket { folder, over, accepted, server: Some(server) }
    }

    /// Where it listens.
    pub(crate) fn path(&self) -> PathBuf {
        socket_in(self.folder.path())
    }

    /// As `DOCKER_HOST` wants it.
    pub(crate) fn docker_host(&self) -> String {
        format!("unix://{}", self.path().display())
    }

    /// How many clients have come so far.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }
}

impl Drop for SilentSocket {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _wakes_accept = UnixStream::connect(self.path());
        if let Some(server) = self.server.take() {
            let _ended = server.join();
        }
    }
}

fn socket_in(folder: &Path) -> PathBuf {
    folder.join("docker.sock")
}
