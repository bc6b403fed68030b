//! Looking at an open window: triggers at each evaluation, stages at their end, summaries every five minutes, its word.
//!
//! What is written are edges. Not here: the rules (`rules/window`), what a firing proposes (`proposal.rs`).

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::live::Cause;
use super::owed::Edge;
use super::sampled::SampleOf;
use crate::checklist::action::ActionKind;
use crate::checklist::window::TriggerAction;
use crate::engine::brain::Engine;
use crate::engine::effect::{Effect, Timer};
use crate::engine::input::NoticeLevel;
use crate::engine::pending::Origin;
use crate::engine::runs::clip;
use crate::engine::storage::Append;
use crate::rules::guard::Guard;
use crate::rules::observed::WindowSeen;
use crate::rules::verdict::VerdictWord;
use crate::rules::window::judgement::StageJudgement;
use crate::rules::window::objective::Outcome;
use crate::rules::window::standing::StandingWord;
use crate::rules::window::trigger::Change;
use crate::rules::window::watch::TriggerChange;
use crate::rules::window_guard::WindowGuard;
use crate::rules::window_verdict::open_word;
use crate::safe_format;
use crate::session::event::{Event, WindowEvent};
use crate::session::status::{CloseWhy, GapWhy, ObjectiveOutcome, WindowVerdict};
use crate::session::window_event::{
    CheckSummary, ObjectiveSeen, TriggerFired, TriggerResolved, VerdictChanged, WindowClosed, WindowJudged,
};

/// Between two summaries of an indicator: they prove that a window was really watched.
const SUMMARY_EVERY: TimeDelta = TimeDelta::minutes(5);
/// How long the end of a stage waits for samples that were asked for before it: a timeout, and some.
const SETTLE_MAX: TimeDelta = TimeDelta::seconds(12);
/// Looked at again this soon while samples are on their way.
const SETTLE_EVERY: TimeDelta = TimeDelta::seconds(1);
/// An evaluation this much later than the one before: this process stood still.
const STOOD_STILL: TimeDelta = TimeDelta::seconds(35);
/// A window past its end is looked at again this soon while the record lacks its end.
const AFTER_END_EVERY: TimeDelta = TimeDelta::seconds(5);
/// Reasons and sentences in one event, so that it fits a line of the record.
const REASONS_MAX: usize = 16;

impl Engine {
    /// Looks at a window: it is time to.
    pub(in crate::engine) fn evaluate_due(&mut self, at: DateTime<Utc>, run: &str) -> Vec<Effect> {
        if !self.windows.holds_lease() {
            return Vec::new();
        }
        let mut effects = Vec::new();
        if let Some(live) = self.windows.live.get(run) {
            let from = live.evaluated;
            if at.signed_duration_since(from) > STOOD_STILL && at <= live.watch.ends() {
                effects.extend(self.gap_found(at, run, (from, at), GapWhy::Asleep));
            }
        }
        effects.extend(self.evaluate(at, run));
        effects.extend(self.counts_follow());
        effects.extend(self.stats_follow());
        effects
    }

    /// Triggers, stages, summary, word; and the time of the next look.
    pub(super) fn evaluate(&mut self, at: DateTime<Utc>, run: &str) -> Vec<Effect> {
        if let Some(live) = self.windows.live.get_mut(run) {
            live.evaluated = at;
        }
        let mut effects = self.windows_close(at);
        effects.extend(self.remember_seen(at, run));
        effects.extend(self.triggers_looked_at(at, run));
        effects.extend(self.settle_automatic(at, run));
        effects.extend(self.pay(run));
        let (judged, settled) = self.stages_looked_at(at, run);
        effects.extend(judged);
        if self.summed_until(run).is_some_and(|until| at.signed_duration_since(until) >= SUMMARY_EVERY) {
            effects.extend(self.summed_up(at, run));
        }
        self.see_window(at, run);
        effects.extend(self.word_written(at, run));
        let next = match self.windows.live.get(run) {
            None => None,
            Some(_) if !settled => Some(at + SETTLE_EVERY),
            // While it is open the record lacks its end.
            Some(live) => Some(live.watch.next_evaluation(at).unwrap_or(at + AFTER_END_EVERY)),
        };
        effects.extend(next.map(|at| Effect::SetTimer { timer: Timer::Evaluate(run.to_owned()), at }));
        effects
    }

    fn triggers_looked_at(&mut self, at: DateTime<Utc>, run: &str) -> Vec<Effect> {
        // What runs there is being changed: its failures are no news.
        if self.is_being_changed(run) {
            return Vec::new();
        }
        let Some(live) = self.windows.live.get_mut(run) else { return Vec::new() };
        let changes = live.watch.evaluate(at);
        let mut effects = Vec::new();
        for change in changes {
            effects.extend(self.trigger_changed(at, run, &change));
        }
        effects
    }

    /// Does a deploy or rollback run where this window looks?
    fn is_being_changed(&self, run: &str) -> bool {
        let Some(window) = self.session.window(run) else { return false };
        self.session.runs.iter().any(|other| {
            other.is_active()
                && other.requested.kind != ActionKind::Change
                && other.requested.environment == window.opened.environment
        })
    }

    fn trigger_changed(&mut self, at: DateTime<Utc>, run: &str, change: &TriggerChange) -> Vec<Effect> {
        let (name, trigger) = (run.to_owned(), change.trigger.clone());
        let evidence = clip(&change.evidence.join("; "));
        match change.change {
            Change::Resolved => {
                let resolved = TriggerResolved { run: name, trigger, reason: evidence };
                self.owe(at, run, Edge::Resolved(resolved));
                Vec::new()
            }
            Change::Fired => {
                let fired = TriggerFired {
                    run: name,
                    trigger: trigger.clone(),
                    words: clip(&change.words),
                    evidence: evidence.clone(),
                    value: change.value.map(|figure| figure.amount),
                    limit: change.limit.map(|figure| figure.amount),
                    action: change.action,
                };
                self.owe(at, run, Edge::Fired(fired));
                let mut effects =
                    vec![Effect::Alert { words: safe_format!("trigger {} fired", trigger.as_str()) }];
                self.notice(at, NoticeLevel::Error, format!("trigger {trigger} fired: {evidence}"));
                self.ask_anew(run, &trigger);
                if change.action == TriggerAction::Rollback {
                    effects.extend(self.consider_automatic(at, run, Cause::Trigger(trigger)));
                }
                effects
            }
        }
    }

    /// What the process that samples found: whoever looks on is told of it too.
    pub(in crate::engine) fn tell_window(
        &mut self,
        at: DateTime<Utc>,
        event: &WindowEvent,
    ) -> Option<Effect> {
        match event {
            WindowEvent::TriggerFired(fired) => {
                let text = format!("trigger {} fired: {}", fired.trigger, fired.evidence);
                self.notice(at, NoticeLevel::Error, text);
                Some(Effect::Alert { words: safe_format!("trigger {} fired", fired.trigger.as_str()) })
            }
            WindowEvent::WindowClosed(closed) => {
                let level = if closed.verdict == WindowVerdict::Healthy {
                    NoticeLevel::Info
                } else {
                    NoticeLevel::Error
                };
                self.notice(at, level, format!("the window closed {}", closed.verdict.shown()));
                Some(Effect::Alert { words: safe_format!("the window closed {}", closed.verdict.shown()) })
            }
            WindowEvent::WindowOpened(_)
            | WindowEvent::WindowJudged(_)
            | WindowEvent::WindowGap(_)
            | WindowEvent::WindowExtended(_)
            | WindowEvent::TriggerResolved(_)
            | WindowEvent::TriggerAcknowledged(_)
            | WindowEvent::VerdictChanged(_)
            | WindowEvent::CheckSummary(_)
            | WindowEvent::HandoverWritten(_)
            | WindowEvent::HandoverAccepted(_) => None,
        }
    }

    /// Judges the stages that are over; and whether none waits for samples on their way.
    fn stages_looked_at(&mut self, at: DateTime<Utc>, run: &str) -> (Vec<Effect>, bool) {
        let Some(window) = self.session.window(run) else { return (Vec::new(), true) };
        let Some(live) = self.windows.live.get(run) else { return (Vec::new(), true) };
        let (mut over, mut after) = (Vec::new(), live.watch.opened() - TimeDelta::milliseconds(1));
        while let Some((stage, end)) = live.watch.next_stage_end(after).filter(|(_, end)| *end <= at) {
            let number = i64::try_from(stage + 1).unwrap_or(i64::MAX);
            // Given more time, its last stage is judged again at the new end.
            if !window.judged.iter().any(|judged| judged.stage == number && judged.ended >= end) {
                over.push((stage, end));
            }
            after = end;
        }
        let ended = live.watch.ends() <= at;
        let of = SampleOf::Window(run.to_owned());
        let (mut events, mut guards) = (Vec::new(), Vec::new());
        for (stage, end) in over {
            if self.windows.awaits_before(&of, end) && at < end + SETTLE_MAX {
                return (self.append_all_seen(at, events, Guard::All(guards)).into_iter().collect(), false);
            }
            if let Some((event, guard)) = self.stage_over(run, (stage, end)) {
                events.push(event);
                guards.push(guard);
            }
        }
        let mut effects = Vec::new();
        if ended && !self.pending_window(|event| is_end_of(event, run)) {
            effects.extend(self.summed_up(at, run));
            if let Some((event, guard)) = self.at_its_end(at, run) {
                events.push(event);
                guards.push(guard);
                effects.extend(self.end_told(at, run));
            }
        }
        effects.extend(self.append_all_seen(at, events, Guard::All(guards)));
        (effects, true)
    }

    /// What a stage that is over came to, and what must hold for it to be written; none: it is on its way.
    fn stage_over(&mut self, run: &str, (stage, end): (usize, DateTime<Utc>)) -> Option<(Event, Guard)> {
        let number = i64::try_from(stage + 1).unwrap_or(i64::MAX);
        let on_its_way = self.pending_window(
            |event| matches!(event, WindowEvent::WindowJudged(judged) if judged.run == run && judged.stage == number),
        );
        let live = self.windows.live.get_mut(run).filter(|_| !on_its_way)?;
        let judgement = live.watch.judge(stage, end);
        live.watch.note_judged(stage, judgement.verdict, judgement.reasons.clone());
        let event = judged(run, number, end, &judgement);
        let guard = WindowGuard::NotJudged { run: run.to_owned(), stage: number, ended: end };
        Some((Event::Window(WindowEvent::WindowJudged(event)), Guard::Window(guard)))
    }

    /// What the window comes to at its end, all stages judged.
    fn at_its_end(&self, at: DateTime<Utc>, run: &str) -> Option<(Event, Guard)> {
        let closing = self.windows.live.get(run)?.watch.closing(at);
        let reason = closing.why.join("; ");
        let event = WindowEvent::WindowClosed(WindowClosed {
            run: run.to_owned(),
            verdict: closing.verdict,
            why: CloseWhy::End,
            reason: (!reason.is_empty()).then(|| clip(&reason)),
        });
        let guard = WindowGuard::IsOpen { run: run.to_owned() };
        Some((Event::Window(event), Guard::Window(guard)))
    }

    /// Tells how a window ended, once for each end.
    fn end_told(&mut self, at: DateTime<Utc>, run: &str) -> Option<Effect> {
        let live = self.windows.live.get_mut(run)?;
        let ends = live.watch.ends();
        if live.told_end.replace(ends) == Some(ends) {
            return None;
        }
        let verdict = live.watch.closing(at).verdict;
        let level = if verdict == WindowVerdict::Healthy { NoticeLevel::Info } else { NoticeLevel::Error };
        self.notice(at, level, format!("the window closed {}", verdict.shown()));
        Some(Effect::Alert { words: safe_format!("the window closed {}", verdict.shown()) })
    }

    /// Up to here everything is summed up in the record.
    fn summed_until(&self, run: &str) -> Option<DateTime<Utc>> {
        let window = self.session.window(run)?;
        Some(window.watched_until().unwrap_or(window.opened.opened))
    }

    /// Writes what was watched since the last time, indicator by indicator.
    pub(super) fn summed_up(&mut self, at: DateTime<Utc>, run: &str) -> Vec<Effect> {
        let on_its_way = self.pending_window(
            |event| matches!(event, WindowEvent::CheckSummary(summary) if summary.run == run),
        );
        let Some(from) = self.summed_until(run).filter(|_| !on_its_way) else { return Vec::new() };
        let Some(live) = self.windows.live.get(run).filter(|_| self.windows.holds_lease()) else {
            return Vec::new();
        };
        let to = at.min(live.watch.ends());
        if to <= from {
            return Vec::new();
        }
        let mut events = Vec::new();
        let mut guards = Vec::new();
        for indicator in live.watch.indicators() {
            let counts = live.watch.summary(indicator, from, to);
            let sums = live.spec.triggers.iter().filter(|(_, trigger)| {
                trigger.detect.as_ref().is_some_and(|of| of.split('.').next() == Some(indicator))
            });
            let s: BTreeMap<String, i64> =
                sums.filter_map(|(name, _)| Some((name.clone(), live.watch.sum_milli_nats(name)?))).collect();
            events.push(Event::Window(WindowEvent::CheckSummary(CheckSummary {
                run: run.to_owned(),
                indicator: indicator.to_owned(),
                from,
                to,
                samples: i64::from(counts.samples),
                bad: i64::from(counts.bad),
                no_data: i64::from(counts.no_data),
                worst: counts.worst.unwrap_or(0),
                longest_gap_ms: counts.longest_gap_ms,
                s,
            })));
            let indicator = indicator.to_owned();
            guards.push(Guard::Window(WindowGuard::NotSummedUp { run: run.to_owned(), indicator, from }));
        }
        self.append_all_seen(at, events, Guard::All(guards)).into_iter().collect()
    }

    /// What this process itself sees of a window, for the header.
    pub(super) fn see_window(&mut self, at: DateTime<Utc>, run: &str) {
        let Some(live) = self.windows.live.get(run) else { return };
        let standing = live.watch.standing(at);
        let word = match standing.word {
            StandingWord::Healthy => VerdictWord::Healthy,
            StandingWord::Watch => VerdictWord::Watch,
            StandingWord::Regression => VerdictWord::Regression,
        };
        let reasons = standing.reasons.into_iter().take(REASONS_MAX).map(|reason| reason.text).collect();
        let samples = self.windows.holds_lease();
        self.observed.windows.insert(run.to_owned(), WindowSeen { at, word, reasons, samples });
    }

    /// Writes the word of a window when it has changed.
    fn word_written(&mut self, at: DateTime<Utc>, run: &str) -> Option<Effect> {
        let facts = self.facts(at);
        let window = self.session.window(run).filter(|window| window.is_open())?;
        let (now, reasons) = open_word(&facts, window);
        let last = window.word.as_ref().map(|(_, changed)| changed.now.clone());
        let was = last.clone().unwrap_or_else(|| VerdictWord::Watch.word().to_owned());
        let on_its_way = self.pending_window(
            |event| matches!(event, WindowEvent::VerdictChanged(changed) if changed.run == run),
        );
        if was == now.word() || on_its_way {
            return None;
        }
        let reason = clip(&reasons.join("; "));
        let event = VerdictChanged { run: run.to_owned(), was, now: now.word().to_owned(), reason };
        let guard = WindowGuard::WordIs { run: run.to_owned(), word: last };
        self.append_window(at, WindowEvent::VerdictChanged(event), guard)
    }

    /// Several things the program saw, in one line after another.
    fn append_all_seen(&mut self, at: DateTime<Utc>, mut events: Vec<Event>, guard: Guard) -> Option<Effect> {
        if self.recordable().is_err() || events.is_empty() {
            return None;
        }
        let first = events.remove(0);
        let mut append =
            Append { origin: Origin::Program, ..Append::by_person(self.program(), first, guard) };
        append.events.extend(events);
        Some(self.append(at, append))
    }
}

fn is_end_of(event: &WindowEvent, run: &str) -> bool {
    matches!(event, WindowEvent::WindowClosed(closed) if closed.run == run)
}

fn judged(run: &str, stage: i64, ended: DateTime<Utc>, judgement: &StageJudgement) -> WindowJudged {
    let objectives = judgement.objectives.iter().map(|objective| ObjectiveSeen {
        that: objective.text.clone(),
        outcome: match objective.outcome {
            Outcome::Pass => ObjectiveOutcome::Pass,
            Outcome::Inconclusive => ObjectiveOutcome::Inconclusive,
            Outcome::Fail => ObjectiveOutcome::Fail,
        },
        n: i64::from(objective.n),
        n_eff: i64::from(objective.n_eff),
        words: clip(&objective.bound),
    });
    let coverage = judgement.coverage.iter();
    WindowJudged {
        run: run.to_owned(),
        stage,
        ended,
        verdict: match judgement.verdict {
            Outcome::Pass => WindowVerdict::Healthy,
            Outcome::Inconclusive => WindowVerdict::Inconclusive,
            Outcome::Fail => WindowVerdict::Regression,
        },
        objectives: objectives.collect(),
        coverage: coverage.map(|seen| (seen.indicator.clone(), i64::from(seen.per_mille))).collect(),
        reasons: judgement.reasons.iter().take(REASONS_MAX).map(|reason| clip(reason)).collect(),
    }
}
