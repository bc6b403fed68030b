//! `gonogo trust FILE`: shows what a checklist or a session would run, and trusts exactly that content.
//!
//! The command is the decision; nothing more is asked. Not here: the store of what was trusted (`runtime/trust_store.rs`).

use std::path::{Path, PathBuf};

use super::Doors;
use super::app_error::{AppError, ErrorKind};
use super::exit_code::Code;
use super::open_session::read_session;
use super::print;
use super::read_checklist::read_checklist;
use crate::checklist::shown::ShownCommand;
use crate::engine::trust::TrustState;
use crate::runtime::store::SessionPaths;
use crate::runtime::store::paths::SUFFIX;
use crate::runtime::trust_store::Content;
use crate::safe_format;
use crate::text::{Safe, visible};

/// What the command does after showing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Trust it.
    Trust,
    /// Nothing.
    ShowOnly,
}

impl Then {
    /// What `--show` means.
    pub fn of(show: bool) -> Self {
        if show { Self::ShowOnly } else { Self::Trust }
    }
}

/// `gonogo trust FILE`.
pub fn trust(doors: &Doors, file: &Path, then: Then) -> Result<Code, AppError> {
    let (content, path) = content(doors, file)?;
    let store = doors.trust_store();
    let before = store.judge(&content, &path);
    if then == Then::Trust {
        if doors.global.read_only {
            return Err(
                AppError::refused("--read-only changes nothing").hint("gonogo trust --show only shows")
            );
        }
        store.trust(&content, &path, doors.now())?;
    }
    if doors.is_json() {
        print::json(&serde_json::json!({
            "schema": "gonogo.trust/1",
            "digest": content.digest.as_str(),
            "trusted": then == Then::Trust || before.is_trusted(),
            "pinned": content.pinned,
            "not_pinned": content.not_pinned,
            "changed": changed(&before),
            "shown": content.shown.iter().map(|shown| serde_json::json!({
                "place": shown.place, "text": shown.text,
            })).collect::<Vec<_>>(),
        }));
    } else {
        print::answers(&summary(&content, &before));
        print::answer(&match then {
            Then::Trust => safe_format!("trusted {}", content.digest.as_str()),
            Then::ShowOnly => safe_format!("digest {}", content.digest.as_str()),
        });
    }
    Ok(if then == Then::Trust || before.is_trusted() { Code::Yes } else { Code::NotFinished })
}

fn content(doors: &Doors, file: &Path) -> Result<(Content, PathBuf), AppError> {
    if file.to_string_lossy().ends_with(SUFFIX) {
        let session = read_session(doors, SessionPaths::at(&doors.started.absolute(file))?)?;
        return Ok((session.content(), session.source));
    }
    let found = read_checklist(doors, file)?;
    let folder = found.path.parent().unwrap_or(&doors.started.folder);
    Ok((Content::of(&found.checklist, folder), found.path.clone()))
}

fn changed(state: &TrustState) -> Vec<String> {
    match state {
        TrustState::Untrusted { changed, .. } => changed.clone(),
        TrustState::Unknown | TrustState::Trusted { .. } => Vec::new(),
    }
}

/// What would run, line by line, every character visible; with what changed since it was last trusted.
pub fn summary(content: &Content, state: &TrustState) -> Vec<Safe> {
    let mut lines: Vec<Safe> = Vec::new();
    let changed = changed(state);
    if !changed.is_empty() {
        lines.push(Safe::own("changed since it was trusted:"));
        lines.extend(changed.iter().map(|line| safe_format!("  {}", visible(line))));
    }
    lines.push(Safe::own("it would run, fetch or ask for:"));
    for ShownCommand { place, text, .. } in &content.shown {
        for (nth, line) in text.lines().enumerate() {
            let place = if nth == 0 { safe_format!("  {}: ", place) } else { Safe::own("      ") };
            lines.push(Safe::format(&[&place, &visible(line)]));
        }
    }
    lines.extend(content.pinned.iter().map(|name| safe_format!("  pinned file: {}", visible(name))));
    lines.extend(content.not_pinned.iter().map(|name| safe_format!("  NOT pinned: {}", visible(name))));
    lines
}

/// The error of a door that would run something untrusted: the summary on stderr, and the command to trust it.
pub fn untrusted(content: &Content, state: &TrustState, file: &Path) -> AppError {
    for line in summary(content, state) {
        print::note(&line);
    }
    AppError::new(
        ErrorKind::Untrusted,
        "this checklist is not trusted on this machine: nothing was run or measured",
    )
    .hint(safe_format!(
        "gonogo trust {}   (or GONOGO_TRUST={} for exactly this content)",
        file.to_string_lossy(),
        content.digest.as_str()
    ))
}
