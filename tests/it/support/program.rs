//! The real `gonogo` binary, the people who use it and the project folder they share.
//!
//! Each person has a home of their own (git identity, XDG folders) and nothing else in the environment. Not here: the
//! terminal (`pty.rs`).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::bounded;
use super::pty::Pty;

/// A command without a terminal may take this long before it counts as hung; a deploy with real containers is inside.
const RUN_BOUND: Duration = Duration::from_mins(2);

/// The program under test.
pub(crate) fn gonogo_path() -> &'static str {
    env!("CARGO_BIN_EXE_gonogo")
}

/// A folder that vanishes: the project, and a home per person.
pub(crate) struct Place {
    root: tempfile::TempDir,
}

impl Place {
    /// An empty project.
    pub(crate) fn new() -> Self {
        let root = tempfile::Builder::new().prefix("gonogo-it-").tempdir().unwrap();
        fs::create_dir(root.path().join("project")).unwrap();
        Place { root }
    }

    /// The folder people work in.
    pub(crate) fn project(&self) -> PathBuf {
        self.root.path().join("project")
    }

    /// Writes a file of the project, with its folders.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.project().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Reads a file of the project.
    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> String {
        let path = self.project().join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// A person as git knows them: `name <name@example.org>`, with an own home.
    pub(crate) fn person(&self, name: &str) -> Person {
        let home = self.root.path().join("home").join(name);
        fs::create_dir_all(&home).unwrap();
        let config = format!("[user]\n\tname = {name}\n\temail = {name}@example.org\n");
        fs::write(home.join(".gitconfig"), config).unwrap();
        Person { home, project: self.project() }
    }
}

/// A failed test may leave a supervisor at work, which would wait in a folder that is gone: it is ended with its group.
impl Drop for Place {
    fn drop(&mut self) {
        for status in files_below(self.root.path()).into_iter().filter(|path| path.ends_with("status.toml")) {
            if let Some(left) = supervisor_of(&status) {
                let _already_gone = kill_process(left, Signal::KILL);
            }
        }
    }
}

/// The supervisor that a run's status names, if that process still is this run's: numbers are given anew.
fn supervisor_of(status: &Path) -> Option<Pid> {
    let table: toml::Table = fs::read_to_string(status).ok()?.parse().ok()?;
    let number = i32::try_from(table.get("process")?.get("pid")?.as_integer()?).ok()?;
    let words = fs::read(format!("/proc/{number}/cmdline")).ok()?;
    let folder = status.parent()?.to_str()?;
    let words: Vec<&[u8]> = words.split(|byte| *byte == 0).collect();
    let its_own = words.contains(&b"supervise".as_slice()) && words.contains(&folder.as_bytes());
    if its_own { Pid::from_raw(number) } else { None }
}

/// All files below a folder; one that cannot be read, or vanishes meanwhile, has none. Links are not followed.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths
        .flat_map(|path| if path.is_dir() && !path.is_symlink() { files_below(&path) } else { vec![path] })
        .collect()
}

/// Somebody who uses the program in the project.
#[derive(Clone)]
pub(crate) struct Person {
    home: PathBuf,
    project: PathBuf,
}

impl Person {
    /// This person's home.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// The whole environment a program of this person sees: the search path, the home, a terminal type.
    pub(crate) fn env(&self) -> Vec<(String, String)> {
        let inside = |name: &str| self.home.join(name).to_str().unwrap().to_owned();
        let pairs = [
            ("PATH", std::env::var("PATH").unwrap()),
            ("HOME", inside("")),
            ("XDG_CONFIG_HOME", inside(".config")),
            ("XDG_DATA_HOME", inside(".local/share")),
            ("XDG_STATE_HOME", inside(".local/state")),
            ("XDG_CACHE_HOME", inside(".cache")),
            ("GIT_CONFIG_NOSYSTEM", "1".to_owned()),
            ("TERM", "xterm-256color".to_owned()),
            ("COLORTERM", "truecolor".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
        ];
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// `gonogo ARGS` without a terminal, to be refined and run.
    pub(crate) fn gonogo<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Gonogo {
        Gonogo::new(self).args(args)
    }

    /// `gonogo ARGS` in a terminal of `(columns, rows)`.
    #[track_caller]
    pub(crate) fn cockpit(&self, args: &[&str], size: (u16, u16)) -> Pty {
        Pty::spawn(&[&[gonogo_path()], args].concat(), size, &self.env(), &self.project)
    }

    /// The same under a job-control shell, see `Pty::spawn_under_shell`.
    #[track_caller]
    pub(crate) fn cockpit_under_shell(&self, args: &[&str], size: (u16, u16)) -> Pty {
        Pty::spawn_under_shell(&[&[gonogo_path()], args].concat(), size, &self.env(), &self.project)
    }
}

/// One run of the program without a terminal.
#[must_use]
pub(crate) struct Gonogo {
    env: BTreeMap<String, String>,
    cwd: PathBuf,
    around: Vec<String>,
    args: Vec<String>,
}

impl Gonogo {
    /// A run by `person` in the project.
    pub(crate) fn new(person: &Person) -> Self {
        let env = person.env().into_iter().collect();
        Gonogo { env, cwd: person.project.clone(), around: Vec::new(), args: Vec::new() }
    }

    /// Adds arguments.
    pub(crate) fn args<'a>(mut self, args: impl IntoIterator<Item = &'a str>) -> Self {
        self.args.extend(args.into_iter().map(str::to_owned));
        self
    }

    /// Sets a variable of the environment.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Runs it under another program, whose words come first.
    pub(crate) fn under(mut self, around: &[&str]) -> Self {
        self.around = around.iter().map(|word| (*word).to_owned()).collect();
        self
    }

    /// Runs in another folder.
    pub(crate) fn in_folder(mut self, folder: &Path) -> Self {
        folder.clone_into(&mut self.cwd);
        self
    }

    /// Runs to the end.
    #[track_caller]
    pub(crate) fn run(self) -> Outcome {
        let words: Vec<&str> = self.around.iter().map(String::as_str).chain([gonogo_path()]).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).args(&self.args).env_clear().envs(&self.env).current_dir(&self.cwd);
        let ended = bounded::run(command, RUN_BOUND);
        let code = ended.status.code().unwrap_or_else(|| panic!("{:?} died: {}", self.args, ended.status));
        Outcome { args: self.args, stdout: ended.stdout, stderr: ended.stderr, code }
    }
}

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The arguments, for messages.
    pub(crate) args: Vec<String>,
    /// All of stdout.
    pub(crate) stdout: String,
    /// All of stderr.
    pub(crate) stderr: String,
    /// The exit code; a death by signal fails the test.
    pub(crate) code: i32,
}

impl Outcome {
    /// Fails unless the exit code is `code`; shows all output then.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        let shown = format!("stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        assert_eq!(self.code, code, "exit code of gonogo {}\n{shown}", self.args.join(" "));
        self
    }

    /// Stdout as one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        let parsed = serde_json::from_str(&self.stdout);
        parsed.unwrap_or_else(|error| panic!("no JSON on stdout: {error}\n{}", self.stdout))
    }
}
