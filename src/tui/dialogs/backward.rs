//! Rollback and abort: one question each, Cancel focused, blocked by nothing, at every size.
//!
//! A typed name is asked only where the record is broken (law 1). In read-only mode the subcommand is shown instead.

use super::deploy::commands;
use super::dialog::{Dialog, Kind, Outcome};
use super::run_steps::dots;
use super::sheet::{Choice, FieldRow, Press, Sheet};
use super::value::{self, Then};
use crate::checklist::id::{ActionId, EnvironmentName};
use crate::engine::command::Command;
use crate::engine::offer::{Offer, TypedName};
use crate::engine::window::PreparedRollback;
use crate::engine::window::views::Automatic;
use crate::rules::needed::missing;
use crate::safe_format;
use crate::session::status::AbortRung;
use crate::text::{Safe, safe};
use crate::tui::frame::BorderKind;
use crate::tui::glyph::StatusWord;
use crate::tui::panes::details::status_line;
use crate::tui::row::RowLine;
use crate::tui::text_field::{LINE_GRAPHEMES_MAX, TextField};
use crate::tui::theme::Token;
use crate::tui::view::View;

/// A rollback being asked for.
#[derive(Debug)]
pub(crate) struct Back {
    actions: Vec<ActionId>,
    environment: Option<EnvironmentName>,
}

/// An abort being asked for.
#[derive(Debug)]
pub(crate) struct Stop {
    run: String,
}

/// The subcommand to run instead.
#[derive(Debug)]
pub(crate) struct Elsewhere {
    title: Safe,
    line: Safe,
}

/// Asks whether to roll back, first for a value that it needs. Errors: there is no rollback, in words.
pub(crate) fn roll_back(view: &View<'_>) -> Result<Dialog, Safe> {
    let first = view.engine.rollback_offers(view.at).into_iter().next();
    let action = first.and_then(|offer| view.engine.checklist().actions.get(&offer.action));
    let needed = action.map(|action| missing(&view.engine.facts(view.at), action)).unwrap_or_default();
    let needed = needed.into_iter().cloned().collect();
    value::ask(needed, Then::RollBack, view).map_or_else(|| question(view), Ok)
}

/// The question whether to roll back. Errors: there is no rollback, in words.
pub(super) fn question(view: &View<'_>) -> Result<Dialog, Safe> {
    if let Some(prepared) = view.engine.prepared_rollback(view.at)
        && prepared.environment == view.environment
        && !prepared.offers.is_empty()
    {
        return Ok(proposed(&prepared, view));
    }
    let offers = view.engine.rollback_offers(view.at);
    let Some(first) = offers.first() else {
        return Err(Safe::own("this checklist has no rollback: add an action of kind \"rollback\""));
    };
    let typed = first.typed;
    let environment = first.environment.clone();
    let actions: Vec<ActionId> = offers.into_iter().map(|offer| offer.action).collect();
    let groups = usize::from(actions.len() > 1);
    let kind = Kind::RollBack(Back { actions, environment });
    let dialog = match typed {
        TypedName::Needed => Dialog::form(kind, TextField::line(LINE_GRAPHEMES_MAX), view.at),
        TypedName::NotNeeded => Dialog::question(kind, view.at),
    };
    Ok(dialog.with_choices(groups))
}

/// The question a fired trigger puts: the rollback it proposes, with what was measured. It waits for ever.
pub(crate) fn proposed(prepared: &PreparedRollback, view: &View<'_>) -> Dialog {
    let typed = prepared.offers.first().map_or(TypedName::NotNeeded, |offer| offer.typed);
    let actions: Vec<ActionId> = prepared.offers.iter().map(|offer| offer.action.clone()).collect();
    let groups = usize::from(actions.len() > 1);
    let kind = Kind::RollBack(Back { actions, environment: prepared.environment.clone() });
    let dialog = match typed {
        TypedName::Needed => Dialog::form(kind, TextField::line(LINE_GRAPHEMES_MAX), view.at),
        TypedName::NotNeeded => Dialog::question(kind, view.at),
    };
    dialog.with_choices(groups)
}

/// What fired and proposes this rollback; none: a person asked for it.
fn prepared(back: &Back, view: &View<'_>) -> Option<PreparedRollback> {
    view.engine.prepared_rollback(view.at).filter(|prepared| prepared.environment == back.environment)
}

/// Why it is proposed, and whether it happens by itself.
fn evidence(sheet: &mut Sheet, prepared: &PreparedRollback, view: &View<'_>) {
    for seen in &prepared.evidence {
        let holds = if seen.firing { "" } else { ", fires no longer" };
        let text = safe_format!("{}, {}{}", safe(&seen.evidence), view.ago(seen.since), Safe::own(holds));
        let word = if prepared.step.is_some() { StatusWord::Fail } else { StatusWord::Fired };
        sheet.lines.push(status_line(view, word, safe(&seen.trigger), Safe::EMPTY));
        sheet.fact(view, "measured", &text);
        sheet.fact(view, "rule", &safe(&seen.words));
    }
    if !prepared.proven {
        warn(sheet, view, &Safe::own("UNPROVEN   nobody watched that version here to a HEALTHY end"));
    }
    match &prepared.automatic {
        Automatic::Off => {}
        Automatic::At(when) => {
            let left = view.elapsed_until(*when);
            warn(sheet, view, &safe_format!("AUTO   rolls back by itself in {}; any key holds it", left));
        }
        Automatic::Stayed(why) => {
            warn(sheet, view, &safe_format!("AUTO   not by itself: {}", safe(why)));
        }
    }
    sheet.gap();
}

/// Asks whether to abort the active run. Errors: none is active.
pub(crate) fn abort(view: &View<'_>) -> Result<Dialog, Safe> {
    let run =
        view.engine.session().active_run().ok_or(Safe::own("no run is active: there is nothing to abort"))?;
    Ok(Dialog::question(Kind::Abort(Stop { run: run.id().to_owned() }), view.at))
}

/// Shows the subcommand that does it, where this screen may change nothing.
pub(crate) fn subcommand(title: Safe, line: Safe, view: &View<'_>) -> Dialog {
    Dialog::question(Kind::Subcommand(Elsewhere { title, line }), view.at)
}

fn chosen<'b>(back: &'b Back, dialog: &Dialog) -> Option<&'b ActionId> {
    back.actions.get(dialog.choice(0)).or_else(|| back.actions.first())
}

/// The rollback as it is offered now.
fn offer(back: &Back, dialog: &Dialog, view: &View<'_>) -> Option<Offer> {
    view.engine.offer(view.at, chosen(back, dialog)?, back.environment.as_ref())
}

/// What the rollback question shows.
pub(super) fn back_sheet(back: &Back, dialog: &Dialog, view: &View<'_>) -> Sheet {
    let place = back.environment.as_ref().map_or("here", EnvironmentName::as_str);
    let Some(offer) = offer(back, dialog, view) else {
        return Sheet::new(Safe::own("Roll back"), BorderKind::Double);
    };
    let to = offer.to_version.as_deref().map_or(Safe::own("the version before"), safe);
    let mut sheet = Sheet::new(safe_format!("Roll back {} to {}", place, to), BorderKind::Double);
    sheet.short = Some(safe_format!("Roll back {} to {}?", place, to));
    let product = safe(&view.engine.release().product);
    let from = offer.from_version.as_deref().map_or(Safe::own("?"), safe);
    let arrow = Safe::own(view.theme.glyphs().arrow());
    let prepared = prepared(back, view);
    if let Some(prepared) = &prepared {
        evidence(&mut sheet, prepared, view);
        sheet.cancel = Safe::own("Not now");
    }
    for warning in &offer.warnings {
        warn(&mut sheet, view, &safe(warning));
    }
    sheet.fact(view, "change", &safe_format!("{} {} {} {}", product, from, arrow, to));
    sheet.fact(view, "where", &safe(place));
    // Before the commands: on a small screen those are what has to be scrolled to.
    if offer.stays.is_empty() {
        sheet.fact(view, "stays", &Safe::own("nothing is known that it will not undo"));
    }
    for stays in &offer.stays {
        warn(&mut sheet, view, &safe_format!("STAYS   {}", stays));
    }
    commands(&mut sheet, &offer, view);
    if let Some(ms) = offer.last_took_ms {
        let took = crate::text::clock_face::length(chrono::TimeDelta::milliseconds(ms));
        sheet.fact(view, "last run", &safe_format!("took {}", took));
    }
    if back.actions.len() > 1 {
        sheet.choices = vec![Choice { label: Safe::own("How"), options: titles(back, view) }];
    }
    let label = safe_format!("Roll back to {}", to);
    if dialog.field.is_some() {
        let typed = dialog.text();
        let off = (typed.trim() != place).then(|| safe_format!("type {} first", place));
        let label_of = safe_format!("Type  {}  because this cannot be recorded:", place);
        sheet.field = Some(FieldRow { label: label_of, under: off.clone().unwrap_or_default(), rows: 1 });
        sheet.button(Press::Confirm, label, "", off);
        sheet.twin = safe_format!("gonogo rollback --confirm {}", place);
    } else {
        sheet.button(Press::Confirm, label, "y", None);
        sheet.twin = Safe::own("gonogo rollback --yes");
    }
    // What a step did is no alarm that may be false.
    if prepared.is_some_and(|prepared| prepared.step.is_none()) {
        sheet.button(
            Press::FalseAlarm,
            dots("False alarm", view),
            if dialog.field.is_some() { "" } else { "f" },
            None,
        );
    }
    sheet
}

fn titles(back: &Back, view: &View<'_>) -> Vec<Safe> {
    let title = |id: &ActionId| {
        let offer = view.engine.offer(view.at, id, back.environment.as_ref());
        offer.map_or_else(|| safe(id.as_str()), |offer| safe(&offer.title))
    };
    back.actions.iter().map(title).collect()
}

/// A warning, wrapped behind its sign.
pub(super) fn warn(sheet: &mut Sheet, view: &View<'_>, text: &Safe) {
    for (number, part) in crate::text::wrap::wrap(text, 66).into_iter().enumerate() {
        let glyph = if number == 0 { view.glyph(StatusWord::Watch) } else { view.plain(Safe::own(" ")) };
        let text = view.piece(safe_format!(" {}", part), Token::StatusWarning);
        sheet.lines.push(RowLine::of(vec![glyph, text]));
    }
}

/// What the rollback button does.
pub(super) fn back_press(back: &Back, press: Press, dialog: &Dialog, view: &View<'_>) -> Outcome {
    if press == Press::FalseAlarm {
        let Some(prepared) = prepared(back, view).filter(|prepared| prepared.step.is_none()) else {
            return Outcome::stay();
        };
        let triggers = prepared.evidence.into_iter().map(|seen| seen.trigger).collect();
        return Outcome::open(super::window::false_alarm(prepared.run, triggers, view));
    }
    let Some(action) = chosen(back, dialog) else { return Outcome::stay() };
    let typed = dialog.field.as_ref().map(|field| field.value().trim().to_owned());
    Outcome::done(vec![Command::RollBack {
        action: action.clone(),
        environment: back.environment.clone(),
        typed,
    }])
}

/// What the abort question shows.
pub(super) fn stop_sheet(stop: &Stop, view: &View<'_>) -> Sheet {
    let mut sheet = Sheet::new(Safe::own("Abort"), BorderKind::Double);
    let Some(run) = view.engine.session().run(&stop.run) else { return sheet };
    let action = safe(run.requested.action.as_str());
    let place = run.requested.environment.as_ref().map_or("here", EnvironmentName::as_str);
    sheet.title = safe_format!("Abort {} in {}", action, place);
    sheet.short = Some(safe_format!("Abort {} in {}?", action, place));
    let done = run.steps.iter().filter(|step| crate::tui::panes::steps::is_done(step)).count();
    let running = run.steps.get(done).map(|step| safe(&step.title)).unwrap_or_default();
    sheet.fact(
        view,
        "run",
        &safe_format!("{} is at step {} of {}: {}", action, done + 1, run.steps.len(), running),
    );
    let version = run.requested.version.as_deref().map(safe).unwrap_or_default();
    sheet.fact(view, "where", &safe_format!("{} {}", place, version));
    let (words, label) = match run.abort.as_ref().map(|(_, rung)| *rung) {
        None => (
            "The running step is asked to end (TERM) and killed after 10 s. No further step starts.",
            "Abort",
        ),
        Some(AbortRung::Terminate) => {
            ("It was asked to end already. Now its whole process group is killed (KILL).", "Kill it now")
        }
        Some(AbortRung::Kill) => ("It was killed already. Asking again changes nothing.", "Kill it again"),
    };
    sheet.say(view, &Safe::own(words));
    warn(
        &mut sheet,
        view,
        &Safe::own("What was done so far stays done: an abort undoes nothing. B rolls back."),
    );
    let ended = (!run.is_active()).then_some(Safe::own("it has ended meanwhile"));
    sheet.button(Press::Confirm, Safe::own(label), "y", ended);
    sheet.twin = Safe::own("gonogo abort --yes");
    sheet
}

/// What the abort button does.
pub(super) fn stop_press(stop: &Stop) -> Outcome {
    Outcome::done(vec![Command::Abort { run: stop.run.clone(), rung: None }])
}

/// What is shown where this screen may change nothing.
pub(super) fn elsewhere_sheet(elsewhere: &Elsewhere, view: &View<'_>) -> Sheet {
    let mut sheet = Sheet::new(elsewhere.title.clone(), BorderKind::Focused);
    sheet.short = Some(elsewhere.line.clone());
    sheet.say(view, &Safe::own("This screen is read-only. In a shell of a person who may, run:"));
    sheet.gap();
    sheet.lines.push(RowLine::of(vec![view.piece(safe_format!("  {}", elsewhere.line), Token::Accent)]));
    sheet.cancel = Safe::own("Close");
    sheet.button(Press::Copy, Safe::own("Copy it"), "y", None);
    sheet
}

/// Copies the subcommand.
pub(super) fn elsewhere_press(elsewhere: &Elsewhere) -> Outcome {
    Outcome::done(vec![Command::Copy { text: elsewhere.line.as_str().to_owned() }])
}
