//! Deploy and other forward actions: everything a person should see before, and the environment's name typed.
//!
//! Judged anew for every frame: a check that turns red meanwhile puts the button off, and the reason stands there.

use super::dialog::{Dialog, Kind, Outcome};
use super::sheet::{FieldRow, Press, Sheet};
use crate::checklist::id::{ActionId, EnvironmentName};
use crate::engine::command::Command;
use crate::engine::offer::{Offer, TypedName};
use crate::safe_format;
use crate::text::{Safe, clock_face, safe, visible};
use crate::tui::badge;
use crate::tui::frame::BorderKind;
use crate::tui::glyph::StatusWord;
use crate::tui::row::RowLine;
use crate::tui::text_field::{LINE_GRAPHEMES_MAX, TextField};
use crate::tui::theme::Token;
use crate::tui::view::{View, short_hash};

/// A forward action being asked for.
#[derive(Debug)]
pub(crate) struct Forward {
    action: ActionId,
    environment: Option<EnvironmentName>,
    fingerprint: String,
}

/// Asks for the next deploy. Errors: there is none, in words.
pub(crate) fn deploy(view: &View<'_>) -> Result<Dialog, Safe> {
    let offer = view.engine.deploy_offer(view.at).ok_or(Safe::own("this checklist has no deploy left"))?;
    let typed = offer.typed;
    let kind = Kind::Deploy(Forward {
        action: offer.action,
        environment: offer.environment,
        fingerprint: offer.fingerprint.hash,
    });
    Ok(match typed {
        TypedName::Needed => Dialog::form(kind, TextField::line(LINE_GRAPHEMES_MAX), view.at),
        TypedName::NotNeeded => Dialog::question(kind, view.at),
    })
}

/// What it shows.
pub(super) fn sheet(forward: &Forward, dialog: &Dialog, view: &View<'_>) -> Sheet {
    let offer = view.engine.offer(view.at, &forward.action, forward.environment.as_ref());
    let Some(offer) = offer else {
        let mut sheet = Sheet::new(Safe::own("Deploy"), BorderKind::Double);
        sheet.say(view, &Safe::own("The checklist no longer has this action."));
        return sheet;
    };
    let place = forward.environment.as_ref().map_or("here", EnvironmentName::as_str);
    let title = safe_format!("{} to {}", capital(forward.action.as_str()), place);
    let mut sheet = Sheet::new(title, BorderKind::Double);
    let off = off(forward, &offer);
    verdict_line(&mut sheet, view);
    for blocker in &offer.blockers {
        let mut left = view.status(StatusWord::Fail);
        left.push(view.piece(safe(&blocker.text), Token::StatusDanger));
        sheet.lines.push(RowLine::of(left));
    }
    body(&mut sheet, &offer, view);
    let version = offer.to_version.as_deref().map(safe).unwrap_or_default();
    let label = safe_format!("{} {}", capital(forward.action.as_str()), version);
    let word = forward.environment.as_ref().map_or("", EnvironmentName::as_str);
    if dialog.field.is_some() {
        let typed = dialog.text();
        let missing = missing(word, &typed);
        let off = off.or_else(|| (typed.trim() != word).then(|| missing.clone()));
        let under = if typed.trim() == word { Safe::own("enter: to the button") } else { missing };
        let label_of = safe_format!("Type  {}  to enable the button:", word);
        sheet.field = Some(FieldRow { label: label_of, under, rows: 1 });
        sheet.button(Press::Confirm, label, "", off);
        sheet.twin = safe_format!("gonogo deploy --env {} --confirm {}", word, word);
    } else {
        sheet.button(Press::Confirm, label, "y", off);
        sheet.twin = safe_format!("gonogo deploy --env {} --yes", word);
    }
    sheet
}

/// Why the button is off, judged now.
fn off(forward: &Forward, offer: &Offer) -> Option<Safe> {
    if let Some(first) = offer.blockers.first() {
        let more = offer.blockers.len() - 1;
        let more = if more > 0 { safe_format!(" and {} more", more) } else { Safe::EMPTY };
        return Some(safe_format!("{}{}", first.text, more));
    }
    (offer.fingerprint.hash != forward.fingerprint)
        .then_some(Safe::own("what is deployed has changed: close this and look again"))
}

fn missing(word: &str, typed: &str) -> Safe {
    word.strip_prefix(typed.trim()).map_or_else(
        || safe_format!("that is not \"{}\"", word),
        |rest| safe_format!("still missing: \"{}\"", rest),
    )
}

fn verdict_line(sheet: &mut Sheet, view: &View<'_>) {
    let badge =
        badge::badge(view, &crate::tui::state::State { seen_run: last_run(view), ..Default::default() });
    let text = safe_format!(
        " {}/{} items, {}",
        view.verdict.done,
        view.verdict.total,
        crate::tui::header::oldest(view)
    );
    let left = vec![
        view.muted(Safe::own("verdict    ")),
        crate::tui::canvas::Piece::new(badge.text, badge.style),
        view.plain(text),
    ];
    sheet.lines.push(RowLine::of(left));
}

fn last_run(view: &View<'_>) -> Option<String> {
    view.engine.session().runs.last().map(|run| run.id().to_owned())
}

/// How much is known of the time before, for the window this opens.
fn baseline(sheet: &mut Sheet, offer: &Offer, view: &View<'_>) {
    let Some(known) = view.engine.baseline_progress(view.at) else { return };
    if known.environment != offer.environment {
        return;
    }
    let (collected, wanted) = (clock_face::length(known.collected), clock_face::length(known.wanted));
    let text = if known.collected >= known.wanted {
        safe_format!("{}: the window can compare with it", wanted)
    } else {
        safe_format!("{} of {}: the window compares with less", collected, wanted)
    };
    sheet.fact(view, "baseline", &text);
}

fn body(sheet: &mut Sheet, offer: &Offer, view: &View<'_>) {
    let arrow = Safe::own(view.theme.glyphs().arrow());
    let from = offer.from_version.as_deref().map_or(Safe::own("?"), safe);
    let to = offer.to_version.as_deref().map_or(Safe::own("?"), safe);
    let hash = short_hash(&offer.fingerprint.hash, view.theme);
    let product = safe(&view.engine.release().product);
    sheet.fact(view, "change", &safe_format!("{} {} {} {}   fingerprint {}", product, from, arrow, to, hash));
    let place = offer.environment.as_ref().map_or("here", EnvironmentName::as_str);
    let daemon = view
        .source()
        .map(|source| safe_format!(", {} containers, docker {}", source.containers.len(), source.address));
    sheet.fact(view, "where", &safe_format!("{}{}", place, daemon.unwrap_or_default()));
    baseline(sheet, offer, view);
    commands(sheet, offer, view);
    if let Some(ms) = offer.last_took_ms {
        let took = clock_face::length(chrono::TimeDelta::milliseconds(ms));
        sheet.fact(view, "last run", &safe_format!("took {}", took));
    }
    let undo = match &offer.rollback {
        Some(action) => safe_format!("B rolls back with {} to {}", action.as_str(), from),
        None => Safe::own("this action has no rollback"),
    };
    sheet.fact(view, "undo", &undo);
    for stays in &offer.stays {
        let mut left = vec![view.glyph(StatusWord::Watch)];
        left.push(view.piece(safe_format!(" STAYS   {}", stays), Token::StatusWarning));
        sheet.lines.push(RowLine::of(left));
    }
    for warning in &offer.warnings {
        let mut left = vec![view.glyph(StatusWord::Watch)];
        left.push(view.piece(safe_format!(" {}", warning), Token::StatusWarning));
        sheet.lines.push(RowLine::of(left));
    }
}

/// Every command, numbered, line by line, nothing hidden in it.
pub(super) fn commands(sheet: &mut Sheet, offer: &Offer, view: &View<'_>) {
    for (number, step) in offer.steps.iter().enumerate() {
        for (line, text) in step.command.split('\n').enumerate() {
            let label = if number == 0 && line == 0 { "commands" } else { "" };
            let place = if line == 0 { safe_format!("{}", number + 1) } else { Safe::own(" ") };
            sheet.fact(view, label, &safe_format!("{}  {}", place, visible(text)));
        }
    }
}

fn capital(word: &str) -> Safe {
    let mut letters = word.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    safe_format!("{}{}", first, letters.as_str())
}

/// What the button does.
pub(super) fn press(forward: &Forward, dialog: &Dialog) -> Outcome {
    let typed = dialog.field.as_ref().map(|field| field.value().trim().to_owned());
    Outcome::done(vec![Command::Start {
        action: forward.action.clone(),
        environment: forward.environment.clone(),
        fingerprint: forward.fingerprint.clone(),
        typed,
    }])
}
