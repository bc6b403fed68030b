//! What the program was started in, read once: folders, the person, the host, the settings of the environment.
//!
//! The only place that reads the environment for the program itself; what children get is `process/environment.rs`.
#![expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use directories::BaseDirs;

/// What the program was started in.
#[derive(Clone, Debug)]
pub struct Started {
    /// The folder it was started in.
    pub folder: PathBuf,
    /// `$XDG_STATE_HOME/gonogo`, else `~/.local/state/gonogo`.
    pub state: PathBuf,
    /// `$XDG_CONFIG_HOME/gonogo`, else `~/.config/gonogo`.
    pub config: PathBuf,
    /// `GONOGO_SESSION_DIR`.
    pub session_dir: Option<PathBuf>,
    /// `GONOGO_TRUST`: digests that are trusted without a file, for CI.
    pub trusted: Vec<String>,
    /// The user's home.
    pub home: PathBuf,
    /// `$XDG_RUNTIME_DIR`: memory, so a full disk does not matter there.
    pub runtime_dir: Option<PathBuf>,
    /// All variables, for the hands that resolve Docker's address.
    pub variables: Vec<(String, String)>,
    /// The login name.
    pub login: String,
    /// The host's name.
    pub host: String,
    /// This process.
    pub pid: u32,
    /// This program, to start supervisors with.
    pub program: PathBuf,
    /// Can a person answer on standard input?
    pub asks: Asks,
}

/// Can a person be asked?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Standard input and standard error are a terminal.
    Person,
    /// Nobody answers.
    Nobody,
}

impl Started {
    /// Where the fallback journal and its runs go, in this order: the state folder, then memory.
    pub fn fallback_folders(&self) -> Vec<PathBuf> {
        std::iter::once(self.state.join("fallback")).chain(self.runtime_dir.clone()).collect()
    }
    /// Reads it. Errors: the folder it was started in is gone, or the program cannot be named.
    pub fn read() -> std::io::Result<Self> {
        let home = BaseDirs::new().map_or_else(|| PathBuf::from("/"), |dirs| dirs.home_dir().to_owned());
        let xdg = |name: &str, default: &str| {
            path(name).filter(|path| path.is_absolute()).unwrap_or_else(|| home.join(default)).join("gonogo")
        };
        let person = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        Ok(Self {
            folder: std::env::current_dir()?,
            state: xdg("XDG_STATE_HOME", ".local/state"),
            config: xdg("XDG_CONFIG_HOME", ".config"),
            session_dir: path("GONOGO_SESSION_DIR"),
            trusted: text("GONOGO_TRUST")
                .map(|list| {
                    list.split([',', ' ']).filter(|one| !one.is_empty()).map(ToOwned::to_owned).collect()
                })
                .unwrap_or_default(),
            runtime_dir: path("XDG_RUNTIME_DIR"),
            variables: std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
            home: home.clone(),
            login: text("USER")
                .or_else(|| text("LOGNAME"))
                .unwrap_or_else(|| format!("uid{}", rustix::process::getuid().as_raw())),
            host: host(),
            pid: std::process::id(),
            program: std::env::current_exe()?,
            asks: if person { Asks::Person } else { Asks::Nobody },
        })
    }
    /// Where events of this process come from: host/pid.
    pub fn on(&self) -> String {
        format!("{}/{}", self.host, self.pid)
    }
    /// A path as typed, made absolute.
    pub fn absolute(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }
    /// An environment variable that a checklist names as a default.
    pub fn variable(name: &str) -> Option<String> {
        text(name)
    }
}

fn text(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The kernel's name for this host, up to its first dot.
fn host() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    name.split('.').next().filter(|short| !short.is_empty()).unwrap_or("localhost").to_owned()
}

/// What was typed, the program's name first.
pub fn arguments() -> impl Iterator<Item = std::ffi::OsString> {
    std::env::args_os()
}
