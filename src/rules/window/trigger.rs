//! A trigger at work: its condition, its state, its latch.
//!
//! inactive -> pending -> firing -> resolved. What fired stays fired for this deploy until a person acknowledges it, also
//! when it is resolved. Not here: the words (`trigger_words.rs`), who is told, what a firing starts (`engine`).

use super::burn::Burn;
use super::compare::Compare;
use super::detect::Detect;
use super::figure::{Figure, Unit};
use super::hold::Hold;
use super::indicator::Watched;
use super::lookback::{Answer, Lookback};
use super::series::Placed;
use crate::checklist::window::TriggerAction;
use crate::checklist::window_facet::Facet;
use crate::checklist::window_term::Aggregate;
use crate::session::window_state::TriggerRecord;

/// How a trigger stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TriggerState {
    /// Its condition does not hold.
    Inactive,
    /// It holds, but not long enough yet.
    Pending,
    /// It holds.
    Firing,
    /// It held, and holds no more.
    Resolved,
}

impl TriggerState {
    /// How a trigger stands by the record; without one it never fired.
    pub fn recorded(trigger: Option<&TriggerRecord>) -> Self {
        match trigger {
            None => Self::Inactive,
            Some(trigger) if trigger.is_firing() => Self::Firing,
            Some(_) => Self::Resolved,
        }
    }
}

/// What happened to a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It began to fire.
    Fired,
    /// It fires no more. It stays latched until a person acknowledges it.
    Resolved,
}

/// One term of a trigger.
#[derive(Clone, Debug)]
pub(super) struct TermWatch {
    pub indicator: usize,
    pub lookback: Lookback,
    pub hold: Hold,
    pub min_samples: u32,
    answer: Answer,
}

/// What makes a trigger fire.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// Any of these terms.
    Terms(Vec<TermWatch>),
    /// The default detector.
    Detect(usize, Box<Detect>),
    /// Against the baseline.
    Compare(usize, Box<Compare>),
    /// The error budget.
    Burn(usize, Burn),
    /// It cannot be read; the lint refuses such a checklist.
    Unreadable,
}

/// The moment of an evaluation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// On the window's own clock.
    pub at: i64,
    /// Observed time since the evaluation before.
    pub step: i64,
    /// Time nobody looked since then.
    pub away: i64,
}

/// A trigger at work.
#[derive(Clone, Debug)]
pub(super) struct TriggerWatch {
    pub name: String,
    pub action: TriggerAction,
    pub condition: Condition,
    /// Fires only up to this moment.
    pub within: i64,
    pub keep_firing_for: i64,
    pub state: TriggerState,
    /// Fired, and nobody acknowledged it.
    pub latched: bool,
    /// How long it has not held, while firing.
    clear: i64,
    /// What its condition said at the last look.
    answer: Answer,
}

impl TermWatch {
    /// A term that must hold for so many milliseconds.
    pub(super) fn new(indicator: usize, lookback: Lookback, hold: i64, min_samples: u32) -> Self {
        Self { indicator, lookback, hold: Hold::new(hold), min_samples, answer: Answer::Unknown }
    }
    fn look(&mut self, moment: Moment, watched: Option<&Watched>) -> Answer {
        let Some(watched) = watched else { return Answer::Unknown };
        self.lookback.expire(moment.at, &watched.series);
        let fresh = watched.is_fresh(moment.at);
        let answer = || self.lookback.answer(&watched.series, self.min_samples);
        self.answer = if fresh { answer() } else { Answer::Unknown };
        self.hold.take(self.answer, moment.step, moment.away);
        self.answer
    }
}

/// What a look at a condition found.
#[derive(Clone, Copy, Debug)]
struct Found {
    answer: Answer,
    met: bool,
    pending: bool,
}

impl Condition {
    /// A sample of an indicator came.
    pub(super) fn taken(
        &mut self,
        indicator: usize,
        place: usize,
        placed: &Placed,
        span: super::buckets::Span,
    ) {
        match self {
            Self::Terms(terms) => {
                for term in terms.iter_mut().filter(|term| term.indicator == indicator) {
                    term.lookback.inserted(place, placed, true);
                }
            }
            Self::Detect(of, detect) if *of == indicator => detect.take(span, &placed.sample),
            Self::Compare(of, compare) if *of == indicator => compare.take(span, &placed.sample),
            Self::Burn(of, burn) if *of == indicator => burn.inserted(place, placed),
            Self::Detect(..) | Self::Compare(..) | Self::Burn(..) | Self::Unreadable => {}
        }
    }
    /// The oldest sample of an indicator left its series.
    pub(super) fn dropped(&mut self, indicator: usize, placed: &Placed) {
        match self {
            Self::Terms(terms) => {
                for term in terms.iter_mut().filter(|term| term.indicator == indicator) {
                    term.lookback.dropped(placed);
                }
            }
            Self::Burn(of, burn) if *of == indicator => burn.dropped(placed),
            Self::Detect(..) | Self::Compare(..) | Self::Burn(..) | Self::Unreadable => {}
        }
    }
    fn look(&mut self, moment: Moment, indicators: &[Watched]) -> Found {
        let plain = |answer: Answer| Found { answer, met: answer == Answer::Yes, pending: false };
        let fresh = |of: usize| indicators.get(of).is_some_and(|watched| watched.is_fresh(moment.at));
        match self {
            Self::Terms(terms) => {
                let mut answer = Answer::No;
                for term in terms.iter_mut() {
                    answer = worse(answer, term.look(moment, indicators.get(term.indicator)));
                }
                let met = |term: &TermWatch| term.answer == Answer::Yes && term.hold.is_met();
                let pending = terms.iter().any(|term| term.hold.is_pending());
                Found { answer, met: terms.iter().any(met), pending }
            }
            Self::Detect(of, detect) => {
                let over = detect.look(moment.at);
                plain(match (fresh(*of), over) {
                    (true, true) => Answer::Yes,
                    (true, false) => Answer::No,
                    (false, _) => Answer::Unknown,
                })
            }
            Self::Compare(of, compare) => {
                let answer = compare.look(moment.at);
                plain(if fresh(*of) { answer } else { Answer::Unknown })
            }
            Self::Burn(of, burn) => {
                let Some(watched) = indicators.get(*of) else { return plain(Answer::Unknown) };
                let answer = burn.look(moment.at, &watched.series);
                plain(if fresh(*of) { answer } else { Answer::Unknown })
            }
            Self::Unreadable => plain(Answer::Unknown),
        }
    }
    /// Value and limit of what holds, else of the first part.
    pub(super) fn figures(&self, indicators: &[Watched]) -> (Option<Figure>, Option<Figure>) {
        match self {
            Self::Terms(terms) => {
                let holding = terms.iter().find(|term| term.answer == Answer::Yes).or(terms.first());
                let Some(term) = holding else { return (None, None) };
                let series = indicators.get(term.indicator).map(|watched| &watched.series);
                let value = series.and_then(|series| term.lookback.value(series));
                (value, Some(term.lookback.question.limit()))
            }
            Self::Detect(_, detect) => {
                let nats = |nats: f64| Some(Figure::rounded(nats * 1_000.0, Unit::MilliNats));
                (nats(detect.cusum().sum()), nats(super::cusum::FIRES_AT))
            }
            Self::Compare(_, compare) => compare.figures(),
            Self::Burn(_, burn) => burn.figures(),
            Self::Unreadable => (None, None),
        }
    }
}

/// Measured samples in a row at the newest end since the last gap; of these the ones that have a facet, if one is asked for.
fn in_a_row(watched: Option<&Watched>, facet: Option<Facet>) -> u32 {
    let Some(watched) = watched else { return 0 };
    let fresh = watched.series.iter().rev().filter(|placed| placed.sample.is_measured());
    let fresh = fresh.take(usize::try_from(watched.fresh).unwrap_or(0));
    let counts = fresh.take_while(|placed| facet.is_none_or(|facet| placed.sample.has(Some(facet))));
    u32::try_from(counts.count()).unwrap_or(u32::MAX)
}

fn worse(one: Answer, other: Answer) -> Answer {
    match (one, other) {
        (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
        (Answer::Unknown, _) | (_, Answer::Unknown) => Answer::Unknown,
        (Answer::No, Answer::No) => Answer::No,
    }
}

impl TriggerWatch {
    /// An inactive one.
    pub(super) fn new(name: String, action: TriggerAction, condition: Condition) -> Self {
        Self {
            name,
            action,
            condition,
            within: i64::MAX,
            keep_firing_for: 0,
            state: TriggerState::Inactive,
            latched: false,
            clear: 0,
            answer: Answer::Unknown,
        }
    }
    /// Looks at its condition at an evaluation.
    pub(super) fn evaluate(&mut self, moment: Moment, indicators: &[Watched]) -> Option<Change> {
        let found = self.condition.look(moment, indicators);
        self.answer = found.answer;
        if self.state == TriggerState::Firing {
            match found.answer {
                Answer::Yes => self.clear = 0,
                Answer::No => self.clear = self.clear.saturating_add(moment.step),
                Answer::Unknown => {}
            }
            if found.answer == Answer::No && self.clear >= self.keep_firing_for {
                self.state = TriggerState::Resolved;
                return Some(Change::Resolved);
            }
            return None;
        }
        if found.met && moment.at <= self.within {
            self.state = TriggerState::Firing;
            self.latched = true;
            self.clear = 0;
            return Some(Change::Fired);
        }
        self.state = match (found.pending, self.latched) {
            (true, _) => TriggerState::Pending,
            (false, true) => TriggerState::Resolved,
            (false, false) => TriggerState::Inactive,
        };
        None
    }
    /// A person has seen it.
    pub(super) fn acknowledge(&mut self) {
        self.latched = false;
        if self.state == TriggerState::Resolved {
            self.state = TriggerState::Inactive;
        }
    }
    /// What the record says of it, after a restart.
    pub(super) fn restore(&mut self, firing: bool, latched: bool) {
        self.answer = if firing { self.answer } else { Answer::Unknown };
        self.latched = latched;
        self.state = match (firing, latched) {
            (true, _) => TriggerState::Firing,
            (false, true) => TriggerState::Resolved,
            (false, false) => TriggerState::Inactive,
        };
    }
    /// Does its condition itself hold, whatever it is kept firing for?
    pub(super) fn holds(&self) -> bool {
        self.state == TriggerState::Firing && self.answer == Answer::Yes
    }
    /// On how many samples in a row, at the newest end, it rests: measured since the last gap, and bad in its sense where it
    /// asks for bad ones. An average, an extreme or a count of events asks for measured ones.
    pub(super) fn rests_on(&self, indicators: &[Watched]) -> u32 {
        match &self.condition {
            Condition::Terms(terms) => {
                let holding = terms.iter().filter(|term| term.answer == Answer::Yes);
                let each = holding.map(|term| {
                    let question = &term.lookback.question;
                    let bad = question.aggregate.is_share() || question.aggregate == Aggregate::Streak;
                    in_a_row(
                        indicators.get(term.indicator),
                        bad.then_some(question.facet.unwrap_or(Facet::Bad)),
                    )
                });
                each.max().unwrap_or(0)
            }
            Condition::Detect(of, detect) => {
                in_a_row(indicators.get(*of), Some(detect.facet().unwrap_or(Facet::Bad)))
            }
            Condition::Compare(of, _) | Condition::Burn(of, _) => {
                in_a_row(indicators.get(*of), Some(Facet::Bad))
            }
            Condition::Unreadable => 0,
        }
    }
    /// The detector, if it is one.
    pub(super) fn detect(&self) -> Option<(usize, &Detect)> {
        match &self.condition {
            Condition::Detect(of, detect) => Some((*of, detect.as_ref())),
            Condition::Terms(_) | Condition::Compare(..) | Condition::Burn(..) | Condition::Unreadable => {
                None
            }
        }
    }
}
