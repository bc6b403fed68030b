//! The badge: the verdict in one word, or the run that takes its place while it is active and until its end was seen.
//!
//! Every screen shows it, down to the smallest. Not here: reasons and counters (`header.rs`).

use ratatui::style::Style;

use crate::checklist::window::TriggerAction;
use crate::engine::brain::Engine;
use crate::rules::verdict::VerdictWord;
use crate::safe_format;
use crate::session::state::RunRecord;
use crate::session::status::RunOutcome;
use crate::text::{Safe, safe};
use crate::tui::canvas::Piece;
use crate::tui::frame::BorderKind;
use crate::tui::glyph::StatusWord;
use crate::tui::state::State;
use crate::tui::theme::{Environment, Token};
use crate::tui::view::View;

/// What the header leads with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lead<'a> {
    /// The verdict.
    Verdict,
    /// A run: active, or ended and not looked at.
    Run(&'a RunRecord),
}

/// The badge, ready to draw.
#[derive(Clone, Debug)]
pub(crate) struct Badge {
    /// `[ ✗ NO-GO ]`.
    pub(crate) text: Safe,
    /// Its style.
    pub(crate) style: Style,
    /// The border of the header's box.
    pub(crate) border: BorderKind,
}

/// What the header leads with now.
pub(crate) fn lead<'a>(engine: &'a Engine, state: &State) -> Lead<'a> {
    let session = engine.session();
    if let Some(run) = session.active_run() {
        return Lead::Run(run);
    }
    match session.runs.last() {
        // What it opened says more than that it ended well.
        Some(run) if session.window(run.id()).is_some() => Lead::Verdict,
        Some(run) if state.seen_run.as_deref() != Some(run.id()) => Lead::Run(run),
        Some(_) | None => Lead::Verdict,
    }
}

/// The badge now.
pub(crate) fn badge(view: &View<'_>, state: &State) -> Badge {
    match lead(view.engine, state) {
        Lead::Verdict => of_verdict(view),
        Lead::Run(run) => of_run(view, run),
    }
}

fn of_verdict(view: &View<'_>) -> Badge {
    let word = view.verdict.word;
    let (status, token, border) = match word {
        VerdictWord::Go | VerdictWord::Healthy => (StatusWord::Pass, Token::BadgeGo, BorderKind::Plain),
        VerdictWord::NoGo | VerdictWord::Regression => {
            (StatusWord::Fail, Token::BadgeNoGo, BorderKind::Double)
        }
        VerdictWord::Hold => (StatusWord::Hold, Token::BadgeUnknown, BorderKind::Double),
        VerdictWord::Watch => (StatusWord::Watch, Token::BadgeUnknown, BorderKind::Double),
        VerdictWord::Unknown | VerdictWord::Inconclusive => {
            (StatusWord::Stale, Token::BadgeUnknown, BorderKind::Dashed)
        }
    };
    build(view, status, &Safe::own(word.word()), token, border)
}

fn of_run(view: &View<'_>, run: &RunRecord) -> Badge {
    let action = safe(run.requested.action.as_str());
    let (status, word, token, border) = match run.ended.as_ref().map(|(_, ended)| ended.outcome) {
        None if waits(view, run) => (StatusWord::Failed, "FAILED", Token::BadgeNoGo, BorderKind::Double),
        None if is_lost(view, run) => {
            (StatusWord::Error, "OUTCOME UNKNOWN", Token::BadgeUnknown, BorderKind::Dashed)
        }
        None => (StatusWord::Running, "RUNNING", Token::BadgeBusy, BorderKind::Plain),
        Some(RunOutcome::Succeeded) => {
            (StatusWord::Succeeded, "SUCCEEDED", Token::BadgeGo, BorderKind::Plain)
        }
        Some(RunOutcome::Failed) => (StatusWord::Failed, "FAILED", Token::BadgeNoGo, BorderKind::Double),
        Some(RunOutcome::Aborted) => {
            (StatusWord::Aborted, "ABORTED", Token::BadgeUnknown, BorderKind::Double)
        }
        Some(RunOutcome::Unknown) => {
            (StatusWord::Error, "OUTCOME UNKNOWN", Token::BadgeUnknown, BorderKind::Dashed)
        }
    };
    build(view, status, &safe_format!("{} {}", Safe::own(word), action), token, border)
}

/// Does a failed step wait for a person?
pub(crate) fn waits(view: &View<'_>, run: &RunRecord) -> bool {
    run.failed_step().is_some() && !is_lost(view, run)
}

/// Can nobody say how the run goes on?
pub(crate) fn is_lost(view: &View<'_>, run: &RunRecord) -> bool {
    run.is_active() && view.engine.live_run(run.id()).is_some_and(|live| live.lost.is_some())
}

fn build(view: &View<'_>, status: StatusWord, words: &Safe, token: Token, border: BorderKind) -> Badge {
    let glyph = Safe::own(view.theme.glyphs().status(status));
    Badge { text: safe_format!("[ {} {} ]", glyph, words), style: view.theme.style(token), border }
}

/// `AUTO`, where a trigger may roll this environment back by itself.
pub(crate) fn auto(view: &View<'_>) -> Option<Piece> {
    let name = view.environment.as_ref()?;
    let checklist = view.engine.checklist();
    let allowed = checklist.environments.get(name).is_some_and(|place| place.auto_rollback);
    let armed = checklist.windows.iter().flat_map(|(_, window)| window.triggers.iter());
    let armed = armed.into_iter().any(|(_, trigger)| trigger.action == Some(TriggerAction::Rollback));
    (allowed && armed).then(|| view.piece(Safe::own(" AUTO"), Token::StatusWarning))
}

/// The badge of the environment on which `D`, `B` and `X` act, as the checklist spells it.
pub(crate) fn environment(view: &View<'_>) -> Option<Piece> {
    let name = view.environment.as_ref()?;
    let protected = view.engine.checklist().is_protected(Some(name));
    let kind = if protected { Environment::Protected } else { Environment::Open };
    let bar = Safe::own(view.theme.glyphs().double_bar());
    let text = safe_format!("{}{}{}", bar, name.as_str(), bar);
    Some(Piece::new(text, view.theme.env(name.as_str(), kind)))
}
