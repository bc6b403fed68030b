//! `gonogo sign-off`: a decision for a role, bound to the fingerprint as it is now.
//!
//! Not here: who may sign and what counts (`rules/approval.rs`).

use super::Doors;
use super::app_error::AppError;
use super::exit_code::Code;
use super::items::{item_named, one};
use crate::checklist::id::{ItemId, RoleId};
use crate::checklist::item::ItemKind;
use crate::engine::brain::Engine;
use crate::engine::command::Command;
use crate::rules::fingerprint::fingerprint;
use crate::rules::scope::deploy_after;
use crate::rules::standing::standing;
use crate::safe_format;
use crate::session::status::Decision;
use crate::text::nearest::nearest;

/// `gonogo sign-off approve|reject|withdraw --role R`.
pub fn sign_off(
    doors: &Doors,
    decision: Decision,
    role: &str,
    comment: Option<String>,
    item: Option<&str>,
) -> Result<Code, AppError> {
    let now = doors.now();
    one(doors, "sign-off", |engine| {
        let role = RoleId::from(role);
        let item = match item {
            Some(item) => item_named(engine, item)?,
            None => asking(engine, &role, now)?,
        };
        let facts = engine.facts(now);
        let at = facts.item(&item).ok_or_else(|| AppError::usage("the item is not in the checklist"))?;
        let deploy = deploy_after(&facts, &at);
        let action = deploy.as_ref().map(|(_, action)| *action);
        let environment = deploy.as_ref().and_then(|(at, _)| at.environment).or(at.environment);
        let fingerprint = fingerprint(&facts, action, environment).hash;
        Ok(Command::SignOff { item, role, decision, comment, fingerprint })
    })
}

/// The item that asks this role: the first that is not decided, else the last.
fn asking(engine: &Engine, role: &RoleId, now: chrono::DateTime<chrono::Utc>) -> Result<ItemId, AppError> {
    let facts = engine.facts(now);
    let asking: Vec<_> = engine
        .checklist()
        .all_items()
        .into_iter()
        .filter(|at| matches!(at.item.kind(), ItemKind::Signoff(request) if request.roles.contains(role)))
        .collect();
    let open = asking.iter().find(|at| !standing(&facts, at).state.is_done());
    if let Some(at) = open.or(asking.last()) {
        return Ok(at.item.id.clone());
    }
    let error = AppError::usage(safe_format!("no sign-off asks the role `{}`", role.as_str()));
    let roles: Vec<&str> = engine.checklist().roles.names().map(RoleId::as_str).collect();
    Err(match nearest(role.as_str(), roles.iter().copied()) {
        Some(near) => error.hint(safe_format!("did you mean `{}`?", near)),
        None => error.hint(safe_format!("its roles are: {}", roles.join(", "))),
    })
}
