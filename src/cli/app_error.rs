//! What ends a subcommand early: kind, message, hint, exit code. Printed once, in `main.rs`.
//!
//! A message is a lowercase fragment that reads after `error:`. Not here: the numbers (`exit_code.rs`).

use super::exit_code::Code;
use crate::runtime::files::FileFault;
use crate::runtime::store::StoreFault;
use crate::text::{IntoSafe, Safe};

/// What ends a subcommand early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppError {
    /// What kind, for `--json`.
    pub kind: ErrorKind,
    /// What happened.
    pub message: Safe,
    /// What to do next.
    pub hint: Option<Safe>,
}

/// What kind of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Wrong arguments, a missing flag.
    Usage,
    /// A checklist or a setting is wrong.
    Configuration,
    /// A rule, a gate or a guard said no.
    Refused,
    /// Something cannot be reached or read.
    Unreachable,
    /// The content is not trusted: a person must look.
    Untrusted,
    /// A person must answer.
    Waiting,
    /// It took longer than its bound.
    TookTooLong,
}

impl ErrorKind {
    /// Its exit code.
    pub fn code(self) -> Code {
        match self {
            Self::Usage | Self::Configuration => Code::WrongUse,
            Self::Refused => Code::No,
            Self::Unreachable | Self::TookTooLong => Code::CouldNotFindOut,
            Self::Untrusted | Self::Waiting => Code::NotFinished,
        }
    }
    /// Its word in `--json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Configuration => "configuration",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Untrusted => "untrusted",
            Self::Waiting => "waiting",
            Self::TookTooLong => "took-too-long",
        }
    }
}

impl AppError {
    /// An error of a kind, in words that may hold text from outside.
    pub fn new(kind: ErrorKind, message: impl IntoSafe) -> Self {
        Self { kind, message: message.to_safe(), hint: None }
    }
    /// With what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl IntoSafe) -> Self {
        self.hint = Some(hint.to_safe());
        self
    }
    /// With what to do next, if it is wrong usage that says nothing of it yet.
    #[must_use]
    pub fn or_hint(self, hint: impl IntoSafe) -> Self {
        if self.hint.is_none() && matches!(self.kind, ErrorKind::Usage) { self.hint(hint) } else { self }
    }
    /// Wrong arguments.
    pub fn usage(message: impl IntoSafe) -> Self {
        Self::new(ErrorKind::Usage, message)
    }
    /// A rule said no.
    pub fn refused(message: impl IntoSafe) -> Self {
        Self::new(ErrorKind::Refused, message)
    }
    /// Something cannot be reached or read.
    pub fn unreachable(message: impl IntoSafe) -> Self {
        Self::new(ErrorKind::Unreachable, message)
    }
}

impl From<FileFault> for AppError {
    fn from(fault: FileFault) -> Self {
        let kind = match fault {
            FileFault::Io { .. } => ErrorKind::Unreachable,
            FileFault::TooLong { .. }
            | FileFault::NotText { .. }
            | FileFault::NotAFile { .. }
            | FileFault::Exists { .. } => ErrorKind::Configuration,
        };
        Self::new(kind, fault.to_string())
    }
}

impl From<StoreFault> for AppError {
    fn from(fault: StoreFault) -> Self {
        let kind = match fault {
            StoreFault::NoSession { .. } => ErrorKind::Usage,
            _ => ErrorKind::Unreachable,
        };
        Self::new(kind, fault.to_string())
    }
}
