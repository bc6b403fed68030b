//! Secrets: resolved from their sources, held in one type without `Debug` or `Display`, cleared when dropped.
//!
//! Values reach children as environment variables and HTTP requests as headers or bodies; never arguments, never the
//! disk. Not here: masking them in output (`text/redact.rs`).
#![expect(clippy::disallowed_methods, reason = "sources are the environment and commands")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::io::AsyncReadExt;

use super::process::environment::set_small_environment;
use crate::checklist::id::SecretName;
use crate::checklist::named::Named;
use crate::checklist::template::{Piece, Template, TemplateFault};
use crate::checklist::variable::{SecretFrom, SecretSource};
use crate::text::redact::{Redactor, Secret};

/// How long a secret's command may take: a password manager that asks a person does not fit here.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);
/// How long a secret's file may take: a local one answers at once.
const FILE_LIMIT: Duration = Duration::from_secs(5);
/// The longest secret: a key file with its certificate chain.
const SECRET_BYTES_MAX: u64 = 64 << 10;

/// The values of secrets, by name.
#[derive(Clone, Default)]
pub struct Secrets {
    values: BTreeMap<String, SecretString>,
}

/// Why a secret has no value. Never says the value, its length or its source's content.
#[derive(Debug, thiserror::Error)]
pub enum SecretFault {
    /// The environment variable is not set.
    #[error("secret `{name}`: the environment variable `{variable}` is not set; set it and try again")]
    Unset {
        /// Which secret.
        name: String,
        /// Which variable.
        variable: String,
    },
    /// The file cannot be read.
    #[error("secret `{name}`: cannot read its file `{file}`: {source}")]
    File {
        /// Which secret.
        name: String,
        /// Which file.
        file: String,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The command failed.
    #[error("secret `{name}`: its command `{program}` {what}; run it by hand to see why")]
    Command {
        /// Which secret.
        name: String,
        /// Which program.
        program: String,
        /// What happened.
        what: String,
    },
    /// It has no text in it.
    #[error("secret `{name}`: its source gives nothing, or bytes that are not UTF-8")]
    Empty {
        /// Which secret.
        name: String,
    },
}

impl Secrets {
    /// Asks every source. Commands run in `folder`, files are beside it. Errors: the first that has no value.
    pub async fn resolve(
        sources: &Named<SecretName, SecretSource>,
        folder: &Path,
    ) -> Result<Self, SecretFault> {
        let mut values = BTreeMap::new();
        for (name, source) in sources.iter() {
            let name = name.as_str().to_owned();
            let value = resolve_one(&name, &source.from, folder).await?;
            values.insert(name, value);
        }
        Ok(Self { values })
    }
    /// Takes a value as it is.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.values.insert(name.into(), SecretString::from(value.into()));
    }
    /// The value, for the one who must use it.
    pub fn expose(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(ExposeSecret::expose_secret)
    }
    /// Names and values, for the redactor and the supervisor's standard input.
    pub fn exposed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.expose_secret()))
    }
    /// A filter that masks them all in a stream.
    pub fn redactor(&self) -> Redactor {
        Redactor::new(self.values.iter().map(|(name, value)| Secret::new(name.clone(), value.clone())))
    }
    /// Fills a template: secrets from here, other names by `lookup`. Errors: an unknown name, an unclosed brace.
    pub fn fill(
        &self,
        template: &Template,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<String, TemplateFault> {
        let mut filled = String::new();
        for piece in template.pieces()? {
            match piece {
                Piece::Text(text) => filled.push_str(&text),
                Piece::Variable(name) => match lookup(&name) {
                    Some(value) => filled.push_str(&value),
                    None => return Err(TemplateFault::Unknown(name)),
                },
                Piece::Secret(name) => match self.expose(&name) {
                    Some(value) => filled.push_str(value),
                    None => return Err(TemplateFault::Unknown(format!("secret:{name}"))),
                },
            }
        }
        Ok(filled)
    }
}

async fn resolve_one(name: &str, from: &SecretFrom, folder: &Path) -> Result<SecretString, SecretFault> {
    let owned = || name.to_owned();
    let text = match from {
        SecretFrom::Env(variable) => std::env::var(variable)
            .map_err(|_unset| SecretFault::Unset { name: owned(), variable: variable.clone() })?,
        SecretFrom::File(file) => {
            let fault = |source| SecretFault::File { name: owned(), file: file.clone(), source };
            let path = folder.join(file);
            let read = async {
                let mut bytes = Vec::new();
                let opened = tokio::fs::File::open(path).await?;
                opened.take(SECRET_BYTES_MAX).read_to_end(&mut bytes).await.map(|_count| bytes)
            };
            // A pipe that nobody writes to, a dead network drive: whoever waits for the secret must hear of it.
            let late = || std::io::Error::new(std::io::ErrorKind::TimedOut, "it gives nothing in time");
            let read = tokio::time::timeout(FILE_LIMIT, read).await;
            let bytes = read.map_err(|_late| late()).flatten().map_err(fault)?;
            String::from_utf8(bytes).map_err(|_bad| SecretFault::Empty { name: owned() })?
        }
        SecretFrom::Command(argv) => from_command(name, argv, folder).await?,
    };
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(SecretFault::Empty { name: owned() });
    }
    Ok(SecretString::from(text.to_owned()))
}

async fn from_command(name: &str, argv: &[String], folder: &Path) -> Result<String, SecretFault> {
    let (program, arguments) = argv.split_first().map_or(("", [].as_slice()), |(p, a)| (p.as_str(), a));
    let fault =
        |what: String| SecretFault::Command { name: name.to_owned(), program: program.to_owned(), what };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stderr(Stdio::null());
    set_small_environment(&mut command, []);
    let mut command = tokio::process::Command::from(command);
    let mut child = command
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| fault(format!("could not be started: {error}")))?;
    let mut bytes = Vec::new();
    let ended = tokio::time::timeout(COMMAND_LIMIT, async {
        if let Some(stdout) = child.stdout.take() {
            stdout.take(SECRET_BYTES_MAX).read_to_end(&mut bytes).await?;
        }
        child.wait().await
    });
    let status = ended
        .await
        .map_err(|_late| fault(format!("did not end within {} s", COMMAND_LIMIT.as_secs())))?
        .map_err(|error| fault(format!("could not be read: {error}")))?;
    if !status.success() {
        return Err(fault(format!("ended with {status}")));
    }
    String::from_utf8(bytes).map_err(|_bad| SecretFault::Empty { name: name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::{SecretFrom, resolve_one};

    #[tokio::test]
    async fn a_secret_in_a_pipe_that_nobody_writes_to_is_an_error_and_holds_nothing_up() {
        let place = tempfile::tempdir().unwrap();
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mkfifoat(rustix::fs::CWD, place.path().join("token"), mode).unwrap();
        let found = resolve_one("token", &SecretFrom::File("token".to_owned()), place.path()).await;
        // The thread that still opens the pipe is let go, so that the test can end.
        drop(std::fs::OpenOptions::new().write(true).open(place.path().join("token")));
        let said = found.err().map(|fault| fault.to_string()).unwrap_or_default();
        assert!(said.contains("in time"), "{said}");
    }
}
