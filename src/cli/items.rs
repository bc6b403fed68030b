//! `tick`, `untick`, `waive`, `note`, `undo`, `hold`, `close`: one command each, done when it is stored.
//!
//! Not here: preconditions (`engine/items.rs`), decisions (`sign_off.rs`).

use super::Doors;
use super::app_error::AppError;
use super::errand::stored;
use super::exit_code::Code;
use super::print;
use crate::checklist::id::{ItemId, VariableName};
use crate::engine::brain::Engine;
use crate::engine::command::Command;
use crate::report::happened::happened;
use crate::report::words::time;
use crate::safe_format;
use crate::session::recorded::What;
use crate::session::status::WaiverForm;
use crate::text::nearest::nearest;
use crate::text::safe;

/// `gonogo tick`.
pub fn tick(doors: &Doors, item: &str, evidence: Option<String>) -> Result<Code, AppError> {
    one(doors, "tick", |engine| Ok(Command::Tick { item: item_named(engine, item)?, evidence }))
}

/// `gonogo untick`.
pub fn untick(doors: &Doors, item: &str, reason: Option<String>) -> Result<Code, AppError> {
    one(doors, "untick", |engine| Ok(Command::Untick { item: item_named(engine, item)?, reason }))
}

/// `gonogo waive`.
pub fn waive(doors: &Doors, item: &str, reason: String, form: WaiverForm) -> Result<Code, AppError> {
    one(doors, "waive", |engine| Ok(Command::Waive { item: item_named(engine, item)?, reason, form }))
}

/// `gonogo note`.
pub fn note(doors: &Doors, item: Option<&str>, text: String) -> Result<Code, AppError> {
    one(doors, "note", |engine| {
        let item = item.map(|item| item_named(engine, item)).transpose()?;
        Ok(Command::Note { item, text })
    })
}

/// `gonogo set NAME=VALUE…`.
pub fn set(doors: &Doors, pairs: &[String]) -> Result<Code, AppError> {
    let mut last = Code::Yes;
    for pair in pairs {
        let Some((name, value)) = pair.split_once('=') else {
            return Err(AppError::usage(safe_format!("{} has no `=`", pair)).hint("gonogo set NAME=VALUE"));
        };
        last = one(doors, "set", |engine| {
            let known: Vec<&str> = engine.checklist().variables.names().map(VariableName::as_str).collect();
            if !known.contains(&name) {
                let error = AppError::usage(safe_format!("this checklist has no variable `{}`", name));
                return Err(match nearest(name, known.iter().copied()) {
                    Some(near) => error.hint(safe_format!("did you mean `{}`?", near)),
                    None => error,
                });
            }
            Ok(Command::GiveValue { name: VariableName::from(name), value: value.to_owned() })
        })?;
    }
    Ok(last)
}

/// `gonogo undo`.
pub fn undo(doors: &Doors) -> Result<Code, AppError> {
    one(doors, "undo", |_engine| Ok(Command::Undo))
}

/// `gonogo hold`.
pub fn hold(doors: &Doors, reason: Option<String>) -> Result<Code, AppError> {
    let reason = reason.ok_or_else(|| {
        AppError::usage("a hold needs a reason")
            .hint("gonogo hold --reason \"…\"; gonogo hold --lift lifts it")
    })?;
    one(doors, "hold", |_engine| Ok(Command::Hold { reason }))
}

/// `gonogo hold --lift`.
pub fn lift(doors: &Doors, reason: Option<String>) -> Result<Code, AppError> {
    one(doors, "hold", |_engine| Ok(Command::LiftHold { reason }))
}

/// `gonogo close`.
pub fn close(doors: &Doors, reason: Option<String>) -> Result<Code, AppError> {
    one(doors, "close", |_engine| Ok(Command::Close { reason }))
}

/// One command, and what the record then says of it.
pub fn one(
    doors: &Doors,
    name: &'static str,
    wish: impl FnOnce(&Engine) -> Result<Command, AppError>,
) -> Result<Code, AppError> {
    let before = std::cell::Cell::new(0);
    let engine = stored(doors, |engine, _at| {
        before.set(engine.session().timeline.len());
        Ok(vec![wish(engine)?])
    })?;
    tell_new(doors, name, &engine, before.get());
    Ok(Code::Yes)
}

/// Tells what this process added to the record.
pub fn tell_new(doors: &Doors, name: &str, engine: &Engine, before: usize) {
    let facts = engine.facts(doors.now());
    let mine = engine.session().timeline.iter().skip(before).filter(|event| event.on == engine.me().on);
    let told: Vec<_> = mine
        .filter_map(|recorded| match &recorded.what {
            What::Known(event) => Some((recorded, safe(&happened(&facts, event)))),
            What::Redacted { .. } | What::Newer { .. } => None,
        })
        .collect();
    if doors.is_json() {
        let events: Vec<_> = told
            .iter()
            .map(|(recorded, words)| {
                serde_json::json!({
                    "id": recorded.id, "at": time(recorded.at), "by": recorded.by, "words": words,
                })
            })
            .collect();
        print::json(&serde_json::json!({
            "schema": format!("gonogo.{name}/1"),
            "events": events,
            "verdict": engine.verdict(doors.now()).word.word(),
        }));
        return;
    }
    for (recorded, words) in told {
        print::answer(&safe_format!("{} {}", recorded.by, words));
    }
}

/// The item of this name. Errors: there is none; the nearest is named.
pub fn item_named(engine: &Engine, name: &str) -> Result<ItemId, AppError> {
    let id = ItemId::from(name);
    let all = engine.checklist().all_items();
    if all.iter().any(|at| at.item.id == id) {
        return Ok(id);
    }
    let error = AppError::usage(safe_format!("the checklist has no item `{}`", name));
    Err(match nearest(name, all.iter().map(|at| at.item.id.as_str())) {
        Some(near) => error.hint(safe_format!("did you mean `{}`?", near)),
        None => error.hint("gonogo status lists the items with their ids"),
    })
}
