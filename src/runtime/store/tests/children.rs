//! Writers in processes of their own: the child is this very test binary, told what to do by its environment and its stdin.
//!
//! Not here: what they prove (`many.rs`, `locks.rs`, `live.rs`).

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::SystemTime;

use super::super::lock;
use super::*;
use crate::session::state::Session;

const RECORD: &str = "GONOGO_TEST_RECORD";
const NAME: &str = "GONOGO_TEST_NAME";
const TASK: &str = "GONOGO_TEST_TASK";

/// What a child does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// Appends events numbered from the first to the last, saying `stored NAME-N` for each; then `done`.
    Count(usize, usize),
    /// Appends one for each line of its stdin, saying `stored LINE NANOSECONDS`.
    EachLine,
    /// Tries so many appends, saying `appended NAME-N stored` or `appended NAME-N failed`.
    Try(usize),
    /// Takes the lock, says `locked`, keeps it until its stdin ends.
    Hold,
    /// Reads until the record has as many events as its stdin says, then says `digest HASH`.
    Digest,
}

impl Task {
    fn word(self) -> String {
        match self {
            Self::Count(from, to) => format!("count {from} {to}"),
            Self::EachLine => "each-line".to_owned(),
            Self::Try(times) => format!("try {times}"),
            Self::Hold => "hold".to_owned(),
            Self::Digest => "digest".to_owned(),
        }
    }
}

/// A writer in a process of its own; it ends with its owner.
pub(super) struct Writing {
    pub(super) child: Child,
    stdin: Option<ChildStdin>,
    said: Lines<BufReader<ChildStdout>>,
}

impl Writing {
    pub(super) fn start(paths: &SessionPaths, name: &str, task: Task) -> Self {
        Self::start_under(&[], paths, name, task)
    }
    /// The same under another program, whose words come first.
    pub(super) fn start_under(around: &[&str], paths: &SessionPaths, name: &str, task: Task) -> Self {
        let program = std::env::current_exe().unwrap();
        let words: Vec<&str> = around.iter().copied().chain([program.to_str().unwrap()]).collect();
        let mut child = Command::new(words[0])
            .args(&words[1..])
            .args(["--exact", "--nocapture", "runtime::store::tests::children::what_a_child_does"])
            .env(RECORD, paths.session())
            .env(NAME, name)
            .env(TASK, task.word())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take().unwrap());
        Self { child, stdin, said: BufReader::new(stdout).lines() }
    }
    pub(super) fn pid(&self) -> rustix::process::Pid {
        rustix::process::Pid::from_child(&self.child)
    }
    /// Gives it a line.
    pub(super) fn tell(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
    }
    /// The rest of the next line that begins with this word; none: its output ended.
    pub(super) fn hears(&mut self, word: &str) -> Option<String> {
        self.said.by_ref().map_while(Result::ok).find_map(|line| {
            let rest = line.strip_prefix(word)?;
            (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim_start().to_owned())
        })
    }
    /// Kills it; what it had said before can still be heard.
    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.child.kill().unwrap_or_default();
        let _its_end = self.child.wait();
    }
}

/// The state of a record in one line.
pub(super) fn digest(session: &Session) -> String {
    session.digest().to_string()
}

/// A writer whose state is the session itself.
pub(super) fn open_session(paths: &SessionPaths) -> Writer<Session> {
    Writer::open(paths.clone(), holder(), NetworkFiles::Refuse, Session::default()).unwrap().0
}

/// Nanoseconds of the wall clock, which all processes of a machine share.
pub(super) fn nanos() -> u128 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos()
}

/// Appends until it is stored. A lock that others hold too long is no loss: nothing was acknowledged.
fn insist(writer: &mut Writer<Session>, text: &str) {
    for _ in 0..20 {
        let answers = writer.append(&mut VecDeque::from([Request::plain(1, vec![note(text)])]));
        if answers.iter().any(|answer| matches!(answer, Answer::Stored { .. })) {
            return;
        }
        let (error, broken) = failure(&answers);
        assert!(!broken && error.contains("is locked by"), "{error}");
        say(&format!("waited {error}"));
    }
    panic!("{text} was not stored");
}

/// The harness has printed the test's name without a line end before.
fn say(line: &str) {
    println!("\n{line}");
}

/// Does what its environment says; nothing when run as a test.
#[test]
fn what_a_child_does() {
    let (Ok(record), Ok(task)) = (std::env::var(RECORD), std::env::var(TASK)) else { return };
    let paths = SessionPaths::at(Path::new(&record)).unwrap();
    let name = std::env::var(NAME).unwrap();
    let mut lines = std::io::stdin().lines().map_while(Result::ok);
    let words: Vec<&str> = task.split(' ').collect();
    match words.as_slice() {
        ["count", from, to] => {
            let mut writer = open_session(&paths);
            for number in from.parse().unwrap()..to.parse::<usize>().unwrap() {
                insist(&mut writer, &format!("{name}-{number}"));
                say(&format!("stored {name}-{number}"));
            }
            say("done");
            say_digest(&mut writer, &mut lines);
        }
        ["each-line"] => {
            let mut writer = open_session(&paths);
            for line in lines {
                insist(&mut writer, &line);
                say(&format!("stored {line} {}", nanos()));
            }
        }
        ["try", times] => {
            let mut writer = open_session(&paths);
            for number in 0..times.parse().unwrap() {
                let text = format!("{name}-{number}");
                let answers = writer.append(&mut VecDeque::from([Request::plain(1, vec![note(&text)])]));
                let stored = answers.iter().any(|answer| matches!(answer, Answer::Stored { .. }));
                say(&format!("appended {text} {}", if stored { "stored" } else { "failed" }));
            }
        }
        ["hold"] => {
            let me = Holder { pid: std::process::id(), host: "build1".into(), person: name };
            let held = lock::acquire(&paths, &me, lock::WAIT).unwrap();
            say("locked");
            assert_eq!(lines.count(), 0);
            drop(held);
        }
        ["digest"] => say_digest(&mut open_session(&paths), &mut lines),
        other => panic!("no task: {other:?}"),
    }
}

/// Reads the record until it has as many events as the next line says, and says its state.
fn say_digest(writer: &mut Writer<Session>, lines: &mut impl Iterator<Item = String>) {
    let Some(events) = lines.next() else { return };
    let events: usize = events.parse().unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while writer.watermark().events < events {
        assert!(Instant::now() < until, "{} of {events} events", writer.watermark().events);
        writer.poll();
    }
    say(&format!("digest {}", digest(writer.state())));
}
