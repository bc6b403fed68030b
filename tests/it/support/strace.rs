//! The real program under strace: its system calls listed, made to fail, held up, or answered with something else.
//!
//! A fault's `when=N` counts the calls of one thread, and only those on the named file. Without strace a test says that it was
//! skipped; `GONOGO_TEST_STRACE=required` makes that a failure.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::skip::skip;

/// A way to run a program: put its words before the program's.
#[derive(Clone, Debug)]
pub(crate) struct Strace {
    log: PathBuf,
    words: Vec<String>,
}

impl Strace {
    /// Lists these calls (`write,fdatasync`) in a file of this name; none, with the skip printed, where strace does not work.
    pub(crate) fn of(calls: &str, log: &Path, test: &str) -> Option<Self> {
        let tried = Command::new("strace")
            .args(["-f", "-o", "/dev/null", "-e", "trace=fdatasync", "true"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !tried.is_ok_and(|status| status.success()) {
            assert!(std::env::var_os("GONOGO_TEST_STRACE").is_none(), "strace is required and does not work");
            skip(test, "strace is missing or not allowed to trace");
            return None;
        }
        let log_name = log.to_str().unwrap();
        let words = ["strace", "-f", "--seccomp-bpf", "-q", "-o", log_name, "-e", &format!("trace={calls}")];
        Some(Self { log: log.to_owned(), words: words.map(str::to_owned).into() })
    }

    /// Only calls on this file count.
    pub(crate) fn on(&self, file: &Path) -> Self {
        let file = file.canonicalize().unwrap();
        self.with(&["-P", file.to_str().unwrap()])
    }

    /// With a fault: `fdatasync:error=EIO:when=2`.
    pub(crate) fn inject(&self, fault: &str) -> Self {
        self.with(&["-e", &format!("inject={fault}")])
    }

    /// With more words.
    pub(crate) fn with(&self, words: &[&str]) -> Self {
        let mut more = self.clone();
        more.words.extend(words.iter().map(|word| (*word).to_owned()));
        more
    }

    /// The words to put before the program's.
    pub(crate) fn words(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).collect()
    }

    /// The calls so far, one a line. One that another thread's calls ran into has two lines: `<unfinished ...>`, `resumed`.
    pub(crate) fn calls(&self) -> Vec<String> {
        std::fs::read_to_string(&self.log).unwrap().lines().map(str::to_owned).collect()
    }
}
