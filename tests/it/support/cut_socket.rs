//! A unix socket in front of the real Docker daemon that can be cut and restored: a daemon that stops and comes back.
//!
//! Cut, it looks as a stopped daemon does: open connections end, and nobody listens at the path.

use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// Where the real daemon listens, as every test here assumes.
const DAEMON: &str = "/var/run/docker.sock";

/// The proxy. Dropping it cuts it.
pub(crate) struct CutSocket {
    folder: tempfile::TempDir,
    running: Option<Running>,
}

struct Running {
    over: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<UnixStream>>>,
    server: JoinHandle<()>,
}

impl CutSocket {
    /// Listens in a folder of its own, connected to the daemon.
    pub(crate) fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("gonogo-it-").tempdir().unwrap();
        let mut socket = CutSocket { folder, running: None };
        socket.restore();
        socket
    }

    /// As `DOCKER_HOST` wants it.
    pub(crate) fn docker_host(&self) -> String {
        format!("unix://{}", self.path().display())
    }

    /// The daemon is back.
    pub(crate) fn restore(&mut self) {
        assert!(self.running.is_none(), "it was not cut");
        let listener = UnixListener::bind(self.path()).unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let open = Arc::new(Mutex::new(Vec::new()));
        let (stop, held) = (Arc::clone(&over), Arc::clone(&open));
        let server = thread::spawn(move || accept(&listener, &stop, &held));
        self.running = Some(Running { over, open, server });
    }

    /// The daemon is gone: connections end, the path is no more.
    pub(crate) fn cut(&mut self) {
        let Some(running) = self.running.take() else { return };
        running.over.store(true, Ordering::SeqCst);
        let _wakes_accept = UnixStream::connect(self.path());
        let _ended = running.server.join();
        for stream in running.open.lock().unwrap().drain(..) {
            let _already_closed = stream.shutdown(Shutdown::Both);
        }
        let _already_gone = std::fs::remove_file(self.path());
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("docker.sock")
    }
}

impl Drop for CutSocket {
    fn drop(&mut self) {
        self.cut();
    }
}

fn accept(listener: &UnixListener, over: &AtomicBool, open: &Mutex<Vec<UnixStream>>) {
    for client in listener.incoming().flatten() {
        if over.load(Ordering::SeqCst) {
            return;
        }
        let daemon = UnixStream::connect(DAEMON).expect("the daemon answered a moment ago");
        open.lock().unwrap().extend([client.try_clone().unwrap(), daemon.try_clone().unwrap()]);
        pump(client.try_clone().unwrap(), daemon.try_clone().unwrap());
        pump(daemon, client);
    }
}

/// Copies one way until either side ends, then ends the other.
fn pump(mut from: UnixStream, mut to: UnixStream) {
    thread::spawn(move || {
        let _cut = std::io::copy(&mut from, &mut to);
        let _already_closed = to.shutdown(Shutdown::Write);
    });
}
