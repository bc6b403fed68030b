//! `gonogo rebase`: shows how the checklist's file differs from what the release goes by, asks, and records it.
//!
//! Not here: the comparison (`checklist/rebase.rs`), its words (`report/rebase.rs`), whether it may be (`engine/rebasing.rs`).

use serde_json::json;

use super::Doors;
use super::app_error::{AppError, ErrorKind};
use super::ask::ask;
use super::choices::as_before;
use super::errand::stored;
use super::exit_code::Code;
use super::new::relative;
use super::open_session::{OpenSession, open_session};
use super::print;
use super::read_checklist::FoundChecklist;
use crate::checklist::id::ItemId;
use crate::engine::brain::Engine;
use crate::engine::command::Command;
use crate::engine::presence::Presence;
use crate::engine::trust::TrustState;
use crate::report::rebase::{Difference, as_json, plain};
use crate::runtime::env::Asks;
use crate::runtime::files;
use crate::runtime::trust_store::Content;
use crate::safe_format;
use crate::session::conflict::Subject;
use crate::session::rebasing::{Normalised, RebaseFault, rebased};
use crate::text::visible;

/// `gonogo rebase`.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Rebase {
    /// Do not ask.
    #[arg(long, conflicts_with = "dry_run")]
    pub yes: bool,
    /// Only show. Exit code: 0 nothing differs, 5 something does.
    #[arg(long)]
    pub dry_run: bool,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recorded {
    Yes,
    No,
}

/// `gonogo rebase [--yes] [--dry-run]`.
pub fn rebase(doors: &Doors, wish: Rebase) -> Result<Code, AppError> {
    let session = open_session(doors)?;
    let engine = Engine::new(session.opening(doors, Presence::Command));
    let found = file(doors, &session)?;
    let (old, new) = (
        engine.normalised().map_err(|why| fault(&why))?,
        Normalised::of(&found.checklist).map_err(|why| fault(&why))?,
    );
    let apart = engine.session().conflict(&Subject::Checklist).is_some();
    if old.digest == new.digest && engine.source_digest() == Some(found.digest) && !apart {
        return Ok(nothing(doors, &found));
    }
    let (event, compared) = rebased(&old, &new, found.digest).map_err(|why| fault(&why))?;
    let facts = engine.facts(doors.now());
    let difference = Difference { old: &old, new: &new, compared: &compared, rebased: &event };
    let folder = found.path.parent().unwrap_or(&doors.started.folder);
    let trust = doors.trust_store().judge(&Content::of(&new.checklist, folder), &session.source);
    let told = as_json(&facts, &difference);
    if !doors.is_json() {
        print::answer(&safe_format!("{} differs from what this release goes by", found.name));
        for line in plain(&facts, &difference) {
            print::answer(&line);
        }
        tell_trust(&trust);
    }
    if !wish.dry_run {
        confirmed(doors, wish)?;
        let command =
            Command::Rebase { checklist: Box::new(found.checklist.clone()), source_digest: found.digest };
        stored(doors, |_engine, _at| Ok(vec![command]))?;
    }
    let recorded = if wish.dry_run { Recorded::No } else { Recorded::Yes };
    Ok(answer(doors, &found, told, recorded, &trust))
}

/// The file the checklist was read from, as it is now.
fn file(doors: &Doors, session: &OpenSession) -> Result<FoundChecklist, AppError> {
    let shown = relative(&doors.started.folder, &session.source);
    if !files::exists(&session.source) {
        return Err(AppError::new(
            ErrorKind::Unreachable,
            safe_format!("the file of this release's checklist is not there: {}", shown.to_string_lossy()),
        )
        .hint("the release goes on with the checklist it embeds"));
    }
    let began_with = |id: &ItemId| session.checklist.item_at(id).is_some();
    as_before(doors, &session.source, &began_with)
}

fn fault(fault: &RebaseFault) -> AppError {
    let kind = match fault {
        RebaseFault::TooMuch(_) | RebaseFault::TooLong(_) => ErrorKind::Refused,
        RebaseFault::Unreadable(_) | RebaseFault::Unfitting => ErrorKind::Unreachable,
    };
    AppError::new(kind, fault.to_string())
}

fn nothing(doors: &Doors, found: &FoundChecklist) -> Code {
    if doors.is_json() {
        print::json(&json!({
            "schema": "gonogo.rebase/1", "file": crate::text::safe(&found.name), "differs": false, "recorded": false,
        }));
    } else {
        print::answer(&safe_format!("{} is what this release goes by; nothing to do", found.name));
    }
    Code::Yes
}

fn tell_trust(trust: &TrustState) {
    let TrustState::Untrusted { changed, .. } = trust else { return };
    for (number, line) in changed.iter().enumerate() {
        let label = if number == 0 { "commands   " } else { "           " };
        print::answer(&safe_format!("{}{}", label, visible(line)));
    }
}

/// Errors: nobody confirmed it.
fn confirmed(doors: &Doors, wish: Rebase) -> Result<(), AppError> {
    if doors.global.read_only {
        return Err(
            AppError::refused("--read-only changes nothing").hint("gonogo rebase --dry-run only shows")
        );
    }
    match (wish.yes, doors.asks()) {
        (true, _) => Ok(()),
        (false, Asks::Person) => {
            let said = ask("take it over? type y", None)?.unwrap_or_default();
            if said == "y" || said == "yes" {
                Ok(())
            } else {
                Err(AppError::refused("not confirmed; the release goes on with the checklist it has"))
            }
        }
        (false, Asks::Nobody) => {
            Err(AppError::new(ErrorKind::Waiting, "nobody confirmed it; nothing was recorded")
                .hint("gonogo rebase --yes"))
        }
    }
}

fn answer(
    doors: &Doors,
    found: &FoundChecklist,
    mut told: serde_json::Value,
    recorded: Recorded,
    trust: &TrustState,
) -> Code {
    if doors.is_json() {
        let more = [
            ("schema", json!("gonogo.rebase/1")),
            ("file", json!(crate::text::safe(&found.name))),
            ("differs", json!(true)),
            ("recorded", json!(recorded == Recorded::Yes)),
            ("trusted", json!(trust.is_trusted())),
        ];
        if let Some(told) = told.as_object_mut() {
            told.extend(more.map(|(key, value)| (key.to_owned(), value)));
        }
        print::json(&told);
    } else if recorded == Recorded::Yes {
        print::answer(&safe_format!("recorded: this release goes by {} as it is now", found.name));
        if !trust.is_trusted() {
            let shown = relative(&doors.started.folder, &found.path);
            print::note(&safe_format!(
                "its commands are not trusted yet: gonogo trust {}",
                shown.to_string_lossy()
            ));
        }
    }
    match recorded {
        Recorded::Yes => Code::Yes,
        Recorded::No => Code::NotFinished,
    }
}
