//! One look at the brain, for one frame: standings, verdict and offers computed once, and the words both share.
//!
//! It also notes when this picture changes by itself (an age steps on, a clock moves), so that an idle screen is drawn
//! again only then. Not here: layout, cells.

use std::cell::{Cell, OnceCell};

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};

use crate::checklist::id::{EnvironmentName, ItemId};
use crate::checklist::index::ItemAt;
use crate::engine::brain::Engine;
use crate::engine::window::views::WindowView;
use crate::rules::observed::{Freshness, Source};
use crate::rules::scope::plan_items;
use crate::rules::standing::{ItemState, Standing, standing};
use crate::rules::verdict::Verdict;
use crate::safe_format;
use crate::session::recorded::PROGRAM;
use crate::session::state::RunRecord;
use crate::session::status::{CheckStatus, RunOutcome};
use crate::text::width::{Align, pad};
use crate::text::{Safe, clock_face, safe};
use crate::tui::canvas::{Piece, cut};
use crate::tui::glyph::{StatusWord, WORD_CELLS};
use crate::tui::layout::Arrangement;
use crate::tui::state::State;
use crate::tui::theme::{Theme, Token};

/// The first step of an age.
pub(crate) const NOW: &str = "now";

/// An item with how it stands.
#[derive(Debug)]
pub(crate) struct Stood<'a> {
    /// Where it stands in the checklist.
    pub(crate) at: ItemAt<'a>,
    /// How it stands.
    pub(crate) standing: Standing,
}

/// One look at the brain.
#[derive(Debug)]
pub(crate) struct View<'a> {
    /// The brain.
    pub(crate) engine: &'a Engine,
    /// Now.
    pub(crate) at: DateTime<Utc>,
    /// The theme.
    pub(crate) theme: &'a Theme,
    /// The verdict.
    pub(crate) verdict: Verdict,
    /// Every item, the forward sequence first, then the plans that are open.
    pub(crate) items: Vec<Stood<'a>>,
    /// Where `D`, `B` and `X` act.
    pub(crate) environment: Option<EnvironmentName>,
    next: Cell<Option<DateTime<Utc>>>,
    /// Looked at once a frame, by whoever asks first: it goes through the samples.
    window: OnceCell<Option<WindowView<'a>>>,
}

impl<'a> View<'a> {
    /// Looks.
    pub(crate) fn new(engine: &'a Engine, at: DateTime<Utc>, theme: &'a Theme) -> View<'a> {
        let facts = engine.facts(at);
        let open = engine.checklist().forward_items().into_iter().chain(plan_items(&facts));
        let items = open.map(|at| Stood { standing: standing(&facts, &at), at }).collect();
        let environment = engine.environment(at);
        let view = View {
            verdict: engine.verdict(at),
            engine,
            at,
            theme,
            items,
            environment,
            next: Cell::new(None),
            window: OnceCell::new(),
        };
        view.goes_stale();
        view
    }

    /// A result or sign-off that is too old changes the picture by itself.
    fn goes_stale(&self) {
        let just_after = TimeDelta::milliseconds(1);
        for stood in &self.items {
            if let Some(result) = stood.standing.result.as_ref().filter(|result| result.stale.is_none()) {
                let limit = crate::rules::check_result::valid_for(&stood.at).as_delta();
                self.changes_at(result.at + limit + just_after);
            }
            let limit = stood.at.item.signoff.as_ref().and_then(|request| request.valid_for);
            for signoff in self.engine.session().signoffs.iter().filter(|one| one.item == stood.at.item.id) {
                if let Some(limit) = limit {
                    self.changes_at(signoff.stamp.at + limit.as_delta() + just_after);
                }
            }
        }
    }

    /// The open window on screen, in its arrangement.
    pub(crate) fn window(&self, state: &State) -> Option<&WindowView<'a>> {
        if state.arrangement != Arrangement::Window {
            return None;
        }
        self.window.get_or_init(|| self.engine.newest_open_window(self.at)).as_ref()
    }

    /// An item by its id, if it is shown.
    pub(crate) fn item(&self, id: &ItemId) -> Option<&Stood<'a>> {
        self.items.iter().find(|stood| stood.at.item.id == *id)
    }

    /// An item's title, filled in.
    pub(crate) fn title(&self, at: &ItemAt<'_>) -> Safe {
        self.title_of(at.environment, &at.item.title)
    }

    /// A title, filled in with the values of an environment.
    pub(crate) fn title_of(
        &self,
        environment: Option<&EnvironmentName>,
        title: &crate::checklist::template::Template,
    ) -> Safe {
        let values = crate::checklist::values::Values {
            checklist: self.engine.checklist(),
            given: &self.engine.session().values,
            environment,
            commit: self.engine.session().commit.as_deref(),
        };
        safe(&values.shown(title))
    }

    /// The daemon of the environment on screen.
    pub(crate) fn source(&self) -> Option<&'a Source> {
        let local = crate::rules::observed::local_environment();
        let named = self.environment.as_ref().unwrap_or(&local);
        let sources = &self.engine.observed().sources;
        sources.get(named).or_else(|| sources.values().next())
    }

    /// How a row about an item says its state.
    pub(crate) fn word(&self, stood: &Stood<'_>) -> StatusWord {
        if self.engine.pending().touches(&stood.at.item.id) {
            return StatusWord::Saving;
        }
        state_word(stood.standing.state)
    }

    /// When this picture changes by itself, as far as it has been drawn.
    pub(crate) fn next_change(&self) -> Option<DateTime<Utc>> {
        self.next.get()
    }

    /// This picture changes then.
    pub(crate) fn changes_at(&self, then: DateTime<Utc>) {
        if then > self.at {
            self.next.set(Some(self.next.get().map_or(then, |known| known.min(then))));
        }
    }

    /// An age; noted.
    pub(crate) fn age(&self, then: DateTime<Utc>) -> Safe {
        self.changes_at(then + clock_face::age_changes_after(then, self.at));
        clock_face::age(then, self.at)
    }

    /// How old something is, in a sentence: `just now`, `5 s old`.
    pub(crate) fn old(&self, then: DateTime<Utc>) -> Safe {
        self.aged(then, "old")
    }

    /// How long ago something was, in a sentence: `just now`, `5 s ago`.
    pub(crate) fn ago(&self, then: DateTime<Utc>) -> Safe {
        self.aged(then, "ago")
    }

    fn aged(&self, then: DateTime<Utc>, word: &'static str) -> Safe {
        let age = self.age(then);
        if age == *NOW { Safe::own("just now") } else { safe_format!("{} {}", age, Safe::own(word)) }
    }

    /// A running clock; noted. Seconds only where a run is active.
    pub(crate) fn elapsed(&self, since: DateTime<Utc>) -> Safe {
        let past = (self.at - since).num_seconds().max(0);
        self.changes_at(since + TimeDelta::seconds(past + 1));
        clock_face::elapsed(self.at - since)
    }

    /// A clock that runs down; noted.
    pub(crate) fn elapsed_until(&self, then: DateTime<Utc>) -> Safe {
        let left = (then - self.at).num_seconds().max(0);
        self.changes_at(then - TimeDelta::seconds(left) + TimeDelta::milliseconds(1));
        clock_face::elapsed(TimeDelta::seconds(left))
    }

    /// The clock of the header; noted. Seconds only in a run or an open window.
    pub(crate) fn clock(&self) -> Safe {
        let whole = self.at.with_nanosecond(0).unwrap_or(self.at);
        let session = self.engine.session();
        if session.active_run().is_some() || session.open_windows().next().is_some() {
            self.changes_at(whole + TimeDelta::seconds(1));
            return safe_format!("{} UTC", clock_face::second_of_day(&self.at));
        }
        self.changes_at(whole + TimeDelta::seconds(60 - i64::from(whole.second())));
        safe_format!("{} UTC", clock_face::minute_of_day(&self.at))
    }

    /// The time of day something happened; for another day its age in days.
    pub(crate) fn when(&self, then: DateTime<Utc>) -> Safe {
        if self.at - then < TimeDelta::hours(20) { clock_face::minute_of_day(&then) } else { self.age(then) }
    }

    /// The dot between two facts.
    pub(crate) fn dot(&self) -> Safe {
        Safe::own(self.theme.glyphs().dot())
    }

    /// A text in a role.
    pub(crate) fn piece(&self, text: Safe, token: Token) -> Piece {
        Piece::new(text, self.theme.style(token))
    }

    /// Ordinary text.
    pub(crate) fn plain(&self, text: Safe) -> Piece {
        self.piece(text, Token::Fg)
    }

    /// Text that steps back.
    pub(crate) fn muted(&self, text: Safe) -> Piece {
        self.piece(text, Token::FgMuted)
    }

    /// Text that steps forward.
    pub(crate) fn strong(&self, text: Safe) -> Piece {
        self.piece(text, Token::FgStrong)
    }

    /// The glyph of a status.
    pub(crate) fn glyph(&self, word: StatusWord) -> Piece {
        Piece::new(Safe::own(self.theme.glyphs().status(word)), self.theme.status_glyph(word))
    }

    /// Glyph and word column of a status, a blank behind each.
    pub(crate) fn status(&self, word: StatusWord) -> Vec<Piece> {
        let column = pad(&Safe::own(word.column_word()), usize::from(WORD_CELLS), Align::Left);
        let blank = || Piece::new(Safe::own(" "), self.theme.style(Token::Fg));
        vec![self.glyph(word), blank(), Piece::new(column, self.theme.status_word(word)), blank()]
    }

    /// A text cut to a width, in the glyphs of the theme.
    pub(crate) fn cut(&self, text: &Safe, cells: u16) -> Safe {
        cut(text, cells, self.theme.glyphs())
    }

    /// A text in a column of this width.
    pub(crate) fn column(&self, text: &Safe, cells: u16, align: Align) -> Safe {
        pad(&self.cut(text, cells), usize::from(cells), align)
    }
}

/// A person as a row shows them: the part before the `@`; what the program saw itself is `auto`.
pub(crate) fn person(by: &str) -> Safe {
    if by == PROGRAM { Safe::own("auto") } else { safe(by.split('@').next().unwrap_or(by)) }
}

/// The host of a `host/pid`.
pub(crate) fn host(on: &str) -> Safe {
    safe(on.split('/').next().unwrap_or(on))
}

/// First and last digits of a hash, in the glyphs of the theme.
pub(crate) fn short_hash(hash: &str, theme: &Theme) -> Safe {
    let short = crate::rules::fingerprint::short(hash);
    safe(&short.replace('…', theme.glyphs().ellipsis()))
}

/// How a state is said.
pub(crate) fn state_word(state: ItemState) -> StatusWord {
    match state {
        ItemState::Open => StatusWord::Open,
        ItemState::Ticked => StatusWord::Ticked,
        ItemState::Pass => StatusWord::Pass,
        ItemState::Fail => StatusWord::Fail,
        ItemState::Error | ItemState::OutcomeUnknown => StatusWord::Error,
        ItemState::Inconclusive => StatusWord::Inconclusive,
        ItemState::Stale => StatusWord::Stale,
        ItemState::Running => StatusWord::Running,
        ItemState::Waived => StatusWord::Waived,
        ItemState::NotApplicable | ItemState::Skipped => StatusWord::Skipped,
        ItemState::Approved => StatusWord::Approved,
        ItemState::Rejected => StatusWord::Rejected,
        ItemState::Succeeded => StatusWord::Succeeded,
        ItemState::Failed => StatusWord::Failed,
        ItemState::Aborted => StatusWord::Aborted,
    }
}

/// How a result is said.
pub(crate) fn result_word(status: CheckStatus) -> StatusWord {
    match status {
        CheckStatus::Pass => StatusWord::Pass,
        CheckStatus::Fail => StatusWord::Fail,
        CheckStatus::Inconclusive => StatusWord::Inconclusive,
        CheckStatus::Error => StatusWord::Error,
        CheckStatus::Skipped => StatusWord::Skipped,
    }
}

/// How a run is said; one that goes on is RUNNING.
pub(crate) fn run_word(run: &RunRecord) -> StatusWord {
    match run.ended.as_ref().map(|(_, ended)| ended.outcome) {
        None => StatusWord::Running,
        Some(RunOutcome::Succeeded) => StatusWord::Succeeded,
        Some(RunOutcome::Failed) => StatusWord::Failed,
        Some(RunOutcome::Aborted) => StatusWord::Aborted,
        Some(RunOutcome::Unknown) => StatusWord::Error,
    }
}

/// Does this state stand against the release?
pub(crate) fn is_problem(state: ItemState) -> bool {
    match state {
        ItemState::Fail
        | ItemState::Error
        | ItemState::Inconclusive
        | ItemState::Stale
        | ItemState::Rejected
        | ItemState::Failed
        | ItemState::Aborted
        | ItemState::OutcomeUnknown => true,
        ItemState::Open
        | ItemState::Ticked
        | ItemState::Pass
        | ItemState::Running
        | ItemState::Waived
        | ItemState::NotApplicable
        | ItemState::Skipped
        | ItemState::Approved
        | ItemState::Succeeded => false,
    }
}

/// The states of several items in one word: the worst that stands against the release, then what goes on.
pub(crate) fn worst_word(states: impl Iterator<Item = ItemState>) -> StatusWord {
    let states: Vec<ItemState> = states.collect();
    let any = |wanted: &dyn Fn(ItemState) -> bool| states.iter().copied().any(wanted);
    if any(&|state| matches!(state, ItemState::Fail | ItemState::Failed | ItemState::Rejected)) {
        StatusWord::Fail
    } else if any(&|state| state == ItemState::Aborted) {
        StatusWord::Aborted
    } else if any(&is_problem) {
        StatusWord::Stale
    } else if any(&|state| state == ItemState::Running) {
        StatusWord::Running
    } else if any(&|state| !state.is_done()) {
        StatusWord::Open
    } else {
        StatusWord::Pass
    }
}

/// May the values of a source be shown as fresh?
pub(crate) fn is_fresh(source: Option<&Source>) -> bool {
    source.is_some_and(|source| matches!(source.freshness, Freshness::Live))
}
