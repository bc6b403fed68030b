//! The fold: the only thing that changes a session, live and when reopening.
//!
//! Every event is matched; an event that does not fit the state (an end without a request) changes nothing but the
//! timeline, because the record keeps what was written.

use std::collections::BTreeMap;

use super::event::{
    CheckChanged, ContainersSeen, Event, EventUndone, NoteAdded, NoticeDelivered, NoticeFailed, RunRequested,
    StepDecided, StepEnded, StepStarted,
};
use super::recorded::{Recorded, What};
use super::state::{
    CheckRecord, HoldRecord, Mark, MarkKind, NoteRecord, NoticeRecord, RunRecord, Session, SignoffRecord,
    Stamp, StepRecord,
};
use crate::checklist::action::ActionKind;
use crate::checklist::id::{ItemId, StepId};

impl Session {
    /// Adds one recorded event, in the order of the graph.
    pub fn apply(&mut self, recorded: &Recorded) {
        if let Some(behind) = self.lineage.behind(recorded.at, &recorded.up) {
            self.behind.insert(recorded.id.clone(), behind);
        }
        self.lineage.add(recorded.hash, recorded.at, &recorded.up, &self.heads);
        for parent in &recorded.up {
            if let Ok(place) = self.heads.binary_search(parent) {
                self.heads.remove(place);
            }
        }
        if let Err(place) = self.heads.binary_search(&recorded.hash) {
            self.heads.insert(place, recorded.hash);
        }
        self.timeline.push(recorded.clone());
        let stamp = Stamp {
            event: recorded.id.clone(),
            hash: recorded.hash,
            at: recorded.at,
            by: recorded.by.clone(),
            on: recorded.on.clone(),
        };
        match &recorded.what {
            What::Known(event) => match self.in_todays_words(&stamp, event) {
                None => {
                    self.apply_known(stamp.clone(), event);
                    self.take_claim(&stamp, event);
                }
                Some((event, since)) => {
                    self.apply_known(stamp.clone(), &event);
                    self.take_claim(&stamp, &event);
                    self.made_for_other_words(&stamp, &event, &since);
                }
            },
            What::Redacted { .. } => {
                self.upkeep.blank.insert(recorded.hash);
            }
            What::Newer { crit, .. } => self.beyond_us |= *crit,
        }
    }

    fn apply_known(&mut self, stamp: Stamp, event: &Event) {
        match event {
            Event::ReleaseStarted(started) => {
                self.started = Some(stamp.at);
                self.values.clone_from(&started.values);
                self.commit.clone_from(&started.commit);
            }
            Event::ValueGiven(given) => {
                self.values.insert(given.name.clone(), given.value.clone());
            }
            Event::ReleaseClosed(_) => self.closed = Some(stamp),
            Event::ChecklistRebased(rebased) => self.rebase(stamp, rebased),
            Event::ItemTicked(ticked) => self.mark_item(
                &ticked.item,
                stamp,
                MarkKind::Ticked {
                    how: ticked.how,
                    evidence: ticked.evidence.clone(),
                    version: ticked.version.clone(),
                },
            ),
            Event::ItemUnticked(unticked) => self.mark_item(&unticked.item, stamp, MarkKind::Unticked),
            Event::ItemWaived(waived) => self.mark_item(
                &waived.item,
                stamp,
                MarkKind::Waived { reason: waived.reason.clone(), form: waived.form },
            ),
            Event::NoteAdded(note) => self.note_added(stamp, note),
            Event::EventUndone(undone) => self.undo(undone),
            Event::CheckChanged(changed) => self.check_changed(stamp, changed),
            Event::SignoffRecorded(signoff) => self.signoffs.push(SignoffRecord {
                stamp,
                item: signoff.item.clone(),
                role: signoff.role.clone(),
                decision: signoff.decision,
                comment: signoff.comment.clone(),
                fingerprint: signoff.fingerprint.clone(),
            }),
            Event::HoldPlaced(hold) => self.hold = Some(HoldRecord { stamp, reason: hold.reason.clone() }),
            Event::HoldLifted(_) => self.hold = None,
            Event::ContainersSeen(seen) => self.containers_seen(seen),
            Event::RunRequested(requested) => self.run_requested(stamp, requested),
            Event::RunStarted(started) => {
                self.with_run(&started.run, |run| run.started = Some((stamp, started.clone())));
            }
            Event::StepStarted(started) => self.step_started(&stamp, started),
            Event::StepEnded(ended) => self.step_ended(ended),
            Event::StepDecided(decided) => self.step_decided(stamp, decided),
            Event::RunPaused(paused) => self.with_run(&paused.run, |run| run.paused = true),
            Event::RunResumed(resumed) => self.with_run(&resumed.run, |run| run.paused = false),
            Event::AbortRequested(abort) => self.with_run(&abort.run, |run| {
                if run.abort.as_ref().is_none_or(|(_, rung)| *rung < abort.rung) {
                    run.abort = Some((stamp, abort.rung));
                }
            }),
            Event::RunEnded(ended) => self.with_run(&ended.run, |run| {
                if run.ended.is_none() {
                    run.ended = Some((stamp, ended.clone()));
                }
            }),
            Event::Window(event) => self.apply_window(stamp, event),
            Event::NoticeDelivered(_) | Event::NoticeFailed(_) => self.notice_ended(stamp, event),
            Event::Upkeep(event) => self.apply_upkeep(&stamp, event),
            Event::LogRepaired(_) | Event::JournalReconciled(_) => {}
        }
    }

    fn note_added(&mut self, stamp: Stamp, note: &NoteAdded) {
        let NoteAdded { item, text } = note.clone();
        self.notes.push(NoteRecord { stamp, item, text, undone: false });
    }

    fn containers_seen(&mut self, seen: &ContainersSeen) {
        if let Some(run) = &seen.window {
            return self.window_seen(run, seen);
        }
        let baseline = self.baselines.entry(seen.environment.clone()).or_default();
        match seen.run {
            Some(_) => baseline.before_run = Some(seen.clone()),
            None => baseline.first = Some(seen.clone()),
        }
    }

    /// Who was told by one process was told, whatever another one could not do.
    fn notice_ended(&mut self, stamp: Stamp, event: &Event) {
        if let Event::NoticeDelivered(told) = event {
            let NoticeDelivered { event, kind: _, rule, channel, target, attempts } = told.clone();
            let record = NoticeRecord { stamp, channel, target, attempts, failed: None };
            self.notices.insert((event, rule), record);
        } else if let Event::NoticeFailed(untold) = event {
            let NoticeFailed { event, kind: _, rule, channel, target, attempts, reason } = untold.clone();
            let record = NoticeRecord { stamp, channel, target, attempts, failed: Some(reason) };
            self.notices.entry((event, rule)).or_insert(record);
        }
    }

    fn mark_item(&mut self, item: &ItemId, stamp: Stamp, kind: MarkKind) {
        self.items.entry(item.clone()).or_default().marks.push(Mark {
            stamp,
            kind,
            undone: false,
            reworded: Vec::new(),
        });
    }

    fn check_changed(&mut self, stamp: Stamp, changed: &CheckChanged) {
        self.checks.insert(changed.item.clone(), CheckRecord { stamp, result: changed.clone() });
    }

    fn undo(&mut self, undone: &EventUndone) {
        self.undone.push(undone.event.clone());
        for record in self.items.values_mut() {
            for mark in record.marks.iter_mut().filter(|mark| mark.stamp.event == undone.event) {
                mark.undone = true;
            }
        }
        for note in self.notes.iter_mut().filter(|note| note.stamp.event == undone.event) {
            note.undone = true;
        }
    }

    fn run_requested(&mut self, stamp: Stamp, requested: &RunRequested) {
        if self.run(&requested.run).is_some() {
            return;
        }
        let steps = requested.steps.iter().map(|planned| StepRecord {
            step: planned.step.clone(),
            title: planned.title.clone(),
            command: planned.command.clone(),
            attempt: 0,
            began: None,
            outcome: None,
            exit: None,
            took_ms: 0,
            reason: None,
            decision: None,
            captured: BTreeMap::new(),
        });
        self.runs.push(RunRecord {
            stamp,
            steps: steps.collect(),
            requested: requested.clone(),
            started: None,
            paused: false,
            abort: None,
            ended: None,
            checks: match requested.kind {
                ActionKind::Deploy => self.checks.clone(),
                ActionKind::Rollback | ActionKind::Change => BTreeMap::new(),
            },
        });
    }

    fn step_started(&mut self, stamp: &Stamp, started: &StepStarted) {
        self.with_step(&started.run, &started.step, |step| {
            step.attempt = started.attempt;
            step.began = Some(stamp.at);
            step.outcome = None;
            step.exit = None;
            step.reason = None;
        });
    }

    fn step_ended(&mut self, ended: &StepEnded) {
        self.with_step(&ended.run, &ended.step, |step| {
            step.attempt = ended.attempt;
            step.outcome = Some(ended.outcome);
            step.exit = ended.exit;
            step.took_ms = ended.took_ms;
            step.reason.clone_from(&ended.reason);
            step.captured.clone_from(&ended.captured);
        });
    }

    fn step_decided(&mut self, stamp: Stamp, decided: &StepDecided) {
        self.with_step(&decided.run, &decided.step, |step| {
            step.decision = Some((stamp, decided.decision, decided.reason.clone()));
        });
    }

    fn with_run(&mut self, id: &str, change: impl FnOnce(&mut RunRecord)) {
        if let Some(run) = self.runs.iter_mut().find(|run| run.requested.run == id) {
            change(run);
        }
    }

    fn with_step(&mut self, run: &str, step: &StepId, change: impl FnOnce(&mut StepRecord)) {
        self.with_run(run, |run| {
            if let Some(record) = run.steps.iter_mut().find(|record| record.step == *step) {
                change(record);
            }
        });
    }
}
