//! The fold of a changed checklist: what was done about an item goes with it, or counts no longer.
//!
//! Everything the state knows of items stands under the ids of the checklist that counts now: the last in the order of the
//! graph. What somebody wrote who knew another one is carried over, forward and, where clones went apart, back. Not here:
//! the text of a checklist (`rebasing.rs`), the matching (`checklist/rebase.rs`).

use std::collections::BTreeMap;

use super::conflict::Subject;
use super::event::{CheckChanged, ChecklistRebased, Event};
use super::state::{Session, Stamp};
use crate::checklist::id::ItemId;

/// A changed checklist.
#[derive(Clone, Debug, PartialEq)]
pub struct RebaseRecord {
    /// Who and when.
    pub stamp: Stamp,
    /// The one it starts from, by its place in the list; none: that of the header.
    pub base: Option<usize>,
    /// What changed.
    pub rebased: ChecklistRebased,
}

/// A mark was made for other words than the item has now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reworded {
    /// The event that changed the checklist.
    pub by: String,
    /// The words it was made for.
    pub was: String,
}

/// One step from a checklist to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// As this change says.
    Forward(usize),
    /// As if this change had not been made.
    Back(usize),
}

impl Session {
    /// The checklist that counts: the last change in the order of the graph; none: that of the header.
    pub fn checklist_version(&self) -> Option<usize> {
        self.rebases.len().checked_sub(1)
    }

    /// The last change of the checklist.
    pub fn last_rebase(&self) -> Option<&RebaseRecord> {
        self.rebases.last()
    }

    /// The checklist its writer went by: the last change they knew.
    pub fn checklist_known(&self, stamp: &Stamp) -> Option<usize> {
        self.rebases.iter().rposition(|record| self.knew(stamp, &record.stamp))
    }

    /// What an item of an earlier checklist is called now; itself where it never had another name.
    pub fn called_now(&self, item: &ItemId) -> ItemId {
        let mut name = item.clone();
        for step in self.steps(None, self.checklist_version()) {
            name = self.renamed(step, name);
        }
        name
    }

    /// The words of an item that is gone.
    pub fn words_of_gone(&self, item: &ItemId) -> Option<&str> {
        self.rebases.iter().rev().find_map(|record| record.rebased.gone.get(item)).map(String::as_str)
    }

    /// A person took a changed checklist over.
    pub(super) fn rebase(&mut self, stamp: Stamp, rebased: &ChecklistRebased) {
        let known = |record: &&RebaseRecord| self.knew(&stamp, &record.stamp);
        let base = self
            .rebases
            .iter()
            .enumerate()
            .rev()
            .find(|(_, record)| record.rebased.to == rebased.from && known(record))
            .map(|(at, _)| at);
        let before = self.checklist_version();
        self.rebases.push(RebaseRecord { stamp, base, rebased: rebased.clone() });
        for step in self.steps(before, self.checklist_version()) {
            self.take_step(step);
        }
    }

    /// The event in the words of the checklist that counts now, and what its mark was made for instead; none: its writer
    /// knew that checklist.
    pub(super) fn in_todays_words(&self, stamp: &Stamp, event: &Event) -> Option<(Event, Vec<Reworded>)> {
        if self.rebases.is_empty() {
            return None;
        }
        let item = event.about().item?;
        let known = self.checklist_known(stamp);
        let steps = self.steps(known, self.checklist_version());
        if steps.is_empty() {
            return None;
        }
        let (mut name, mut since) = (item.clone(), Vec::new());
        for step in steps {
            name = self.renamed(step, name);
            since.extend(self.reworded_in(step, &name));
        }
        Some((with_item(event, name), since))
    }

    /// Notes what a mark that was just folded was made for; a result of a check that is another one by now is taken out.
    pub(super) fn made_for_other_words(&mut self, stamp: &Stamp, event: &Event, since: &[Reworded]) {
        let Some(item) = event.about().item else { return };
        if let Event::CheckChanged(_) = event
            && (!since.is_empty() || self.is_measured_otherwise(stamp, item))
        {
            self.checks.remove(item);
        }
        let marks = self.items.get_mut(item).into_iter().flat_map(|record| &mut record.marks);
        for mark in marks.filter(|mark| mark.stamp.event == stamp.event) {
            mark.reworded = since.to_vec();
        }
    }

    /// Is its check another one than its writer knew?
    fn is_measured_otherwise(&self, stamp: &Stamp, item: &ItemId) -> bool {
        let steps = self.steps(self.checklist_known(stamp), self.checklist_version());
        steps.into_iter().any(|step| match step {
            Step::Forward(at) | Step::Back(at) => {
                self.rebases.get(at).is_some_and(|record| record.rebased.remeasured.contains(item))
            }
        })
    }

    fn reworded_in(&self, step: Step, name: &ItemId) -> Option<Reworded> {
        let Step::Forward(at) = step else { return None };
        let record = self.rebases.get(at)?;
        let was = record.rebased.reworded.get(name)?.clone();
        Some(Reworded { by: record.stamp.event.clone(), was })
    }

    fn renamed(&self, step: Step, name: ItemId) -> ItemId {
        let names = |at: usize| self.rebases.get(at).map(|record| &record.rebased.renamed);
        match step {
            Step::Forward(at) => names(at).and_then(|names| names.get(&name)).cloned().unwrap_or(name),
            Step::Back(at) => {
                let mut found = names(at).into_iter().flatten();
                found.find(|(_, new)| **new == name).map_or(name, |(old, _)| old.clone())
            }
        }
    }

    /// From one checklist to another: back to what both start from, then forward.
    fn steps(&self, from: Option<usize>, to: Option<usize>) -> Vec<Step> {
        if from == to {
            return Vec::new();
        }
        let forward = self.changes_below(to);
        let mut steps = Vec::new();
        let mut at = from;
        while let Some(number) = at {
            if forward.contains(&number) {
                break;
            }
            steps.push(Step::Back(number));
            at = self.base_of(number);
        }
        let left = forward.into_iter().take_while(|number| Some(*number) != at);
        let mut ahead: Vec<Step> = left.map(Step::Forward).collect();
        ahead.reverse();
        steps.extend(ahead);
        steps
    }

    /// The changes a checklist is made of, the last first. Each starts from an earlier one, so this ends.
    fn changes_below(&self, version: Option<usize>) -> Vec<usize> {
        let mut changes = Vec::new();
        let mut at = version;
        while let Some(number) = at {
            changes.push(number);
            at = self.base_of(number);
        }
        changes
    }

    /// The change that one starts from, always an earlier one.
    pub(super) fn base_of(&self, version: usize) -> Option<usize> {
        self.rebases.get(version)?.base.filter(|base| *base < version)
    }

    fn take_step(&mut self, step: Step) {
        let (Step::Forward(at) | Step::Back(at)) = step;
        let Some(record) = self.rebases.get(at).cloned() else { return };
        let RebaseRecord { stamp, rebased, base: _ } = record;
        let names: BTreeMap<ItemId, ItemId> = match step {
            Step::Forward(_) => rebased.renamed,
            Step::Back(_) => rebased.renamed.into_iter().map(|(old, new)| (new, old)).collect(),
        };
        self.rename_items(&names);
        match step {
            Step::Back(_) => {
                for mark in self.items.values_mut().flat_map(|record| &mut record.marks) {
                    mark.reworded.retain(|reworded| reworded.by != stamp.event);
                }
            }
            Step::Forward(_) => {
                let lineage = &self.lineage;
                for (item, was) in &rebased.reworded {
                    self.checks.remove(item);
                    let marks = self.items.get_mut(item).into_iter().flat_map(|record| &mut record.marks);
                    for mark in marks.filter(|mark| !lineage.knew(&mark.stamp.hash, &stamp.hash)) {
                        mark.reworded.push(Reworded { by: stamp.event.clone(), was: was.clone() });
                    }
                }
            }
        }
        // A result of one check says nothing of the other, whichever way one goes.
        for item in &rebased.remeasured {
            self.checks.remove(item);
        }
    }

    fn rename_items(&mut self, names: &BTreeMap<ItemId, ItemId>) {
        if names.is_empty() {
            return;
        }
        rename_keys(&mut self.items, names, |there, more| there.marks.extend(more.marks));
        rename_keys(&mut self.checks, names, |there, more| *there = more);
        for run in &mut self.runs {
            rename_keys(&mut run.checks, names, |there, more| *there = more);
        }
        let signoffs = self.signoffs.iter_mut().map(|signoff| &mut signoff.item);
        let notes = self.notes.iter_mut().filter_map(|note| note.item.as_mut());
        for item in signoffs.chain(notes) {
            if let Some(new) = names.get(item) {
                item.clone_from(new);
            }
        }
        let about = |subject: &Subject| match subject {
            Subject::Item(item) => names.get(item).cloned().map(Subject::Item),
            Subject::Signoff { item, role, by } => {
                let item = names.get(item)?.clone();
                Some(Subject::Signoff { item, role: role.clone(), by: by.clone() })
            }
            Subject::Go | Subject::Window(_) | Subject::Deploys(_) | Subject::Checklist => None,
        };
        let moved: Vec<(Subject, Subject)> =
            self.claims.keys().filter_map(|old| Some((old.clone(), about(old)?))).collect();
        let taken: Vec<_> =
            moved.into_iter().filter_map(|(old, new)| Some((new, self.claims.remove(&old)?))).collect();
        for (subject, claims) in taken {
            self.claims.entry(subject).or_default().extend(claims);
        }
        for subject in self.settled.values_mut() {
            if let Some(new) = about(subject) {
                *subject = new;
            }
        }
    }
}

/// The same under other names; what stood under the new name already is joined with what comes.
fn rename_keys<V>(map: &mut BTreeMap<ItemId, V>, names: &BTreeMap<ItemId, ItemId>, join: impl Fn(&mut V, V)) {
    let taken: Vec<(&ItemId, V)> =
        names.iter().filter_map(|(old, new)| Some((new, map.remove(old)?))).collect();
    for (name, value) in taken {
        match map.get_mut(name) {
            Some(there) => join(there, value),
            None => drop(map.insert(name.clone(), value)),
        }
    }
}

/// The same event about an item of another name.
fn with_item(event: &Event, name: ItemId) -> Event {
    let mut event = event.clone();
    match &mut event {
        Event::ItemTicked(told) => told.item = name,
        Event::ItemUnticked(told) => told.item = name,
        Event::ItemWaived(told) => told.item = name,
        Event::NoteAdded(told) => told.item = Some(name),
        Event::CheckChanged(CheckChanged { item, .. }) => *item = name,
        Event::SignoffRecorded(told) => told.item = name,
        Event::ReleaseStarted(_)
        | Event::ReleaseClosed(_)
        | Event::ValueGiven(_)
        | Event::ChecklistRebased(_)
        | Event::EventUndone(_)
        | Event::HoldPlaced(_)
        | Event::HoldLifted(_)
        | Event::ContainersSeen(_)
        | Event::RunRequested(_)
        | Event::RunStarted(_)
        | Event::StepStarted(_)
        | Event::StepEnded(_)
        | Event::StepDecided(_)
        | Event::RunPaused(_)
        | Event::RunResumed(_)
        | Event::AbortRequested(_)
        | Event::RunEnded(_)
        | Event::Window(_)
        | Event::Upkeep(_)
        | Event::LogRepaired(_)
        | Event::JournalReconciled(_)
        | Event::NoticeDelivered(_)
        | Event::NoticeFailed(_) => {}
    }
    event
}

#[cfg(test)]
mod tests;
