//! What people do about items: tick, untick, waive, note, undo; and holding and closing the release.
//!
//! Each is one event, guarded by what the person saw. Not here: how an item stands (`rules/standing.rs`).

use chrono::{DateTime, Utc};

use super::brain::Engine;
use super::effect::Effect;
use super::refusal::Refusal;
use super::storage::Append;
use crate::checklist::id::ItemId;
use crate::checklist::index::ItemAt;
use crate::checklist::item::{EvidenceKind, ItemKind};
use crate::rules::facts::NotAsked;
use crate::rules::guard::Guard;
use crate::rules::standing::{ItemState, standing};
use crate::rules::window_guard::WindowGuard;
use crate::rules::window_item::opens_by_itself;
use crate::session::event::{
    Event, EventUndone, HoldLifted, HoldPlaced, ItemTicked, ItemUnticked, ItemWaived, NoteAdded,
    ReleaseClosed,
};
use crate::session::recorded::{Author, What};
use crate::session::state::MarkKind;
use crate::session::status::TickHow;

/// The longest note, reason or comment, in bytes: it must fit a line of the record.
pub const TEXT_BYTES_MAX: usize = 16 * 1024;

impl Engine {
    pub(super) fn tick(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        item: &ItemId,
        evidence: Option<String>,
    ) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        let facts = self.facts(at);
        let found = self.wanted(item)?;
        let standing = standing(&facts, &found);
        let title = facts.values(found.environment).shown(&found.item.title);
        let (how, result) = match found.item.kind() {
            ItemKind::Window(window) if opens_by_itself(&facts, window) => {
                return Err(Refusal::gate(format!(
                    "“{title}” is watched by the program: it is done when its window has closed HEALTHY, or waived with a reason"
                )));
            }
            ItemKind::Manual | ItemKind::Window(_) => (TickHow::Hand, None),
            ItemKind::Check(_) if standing.state == ItemState::Pass => {
                (TickHow::Check, standing.result.as_ref().map(|result| result.status))
            }
            ItemKind::Check(_) => {
                return Err(Refusal::gate(format!(
                    "“{title}” is measured, and its check does not pass: measure it again, or waive it with a reason"
                )));
            }
            ItemKind::Action(action) => {
                return Err(Refusal::gate(format!("“{title}” is done by running {action}")));
            }
            ItemKind::Signoff(_) => return Err(Refusal::gate(format!("“{title}” is done by signing off"))),
            ItemKind::Group => return Err(Refusal::gate(format!("“{title}” is done when its items are"))),
        };
        match standing.state {
            ItemState::Ticked if how == TickHow::Hand => {
                return Err(Refusal::gate(format!("“{title}” is ticked already")));
            }
            ItemState::Skipped => {
                let why = match facts.asked_for(&found) {
                    Err(NotAsked::NotChosen(_)) => standing.reason.raw().to_owned(),
                    Ok(()) | Err(NotAsked::ConditionFalse(_) | NotAsked::CannotTell(_)) => {
                        "not asked for in this release".to_owned()
                    }
                };
                return Err(Refusal::gate(format!("“{title}” is {why}")));
            }
            ItemState::Waived | ItemState::NotApplicable => {
                return Err(Refusal::gate(format!("“{title}” is waived: take that back first")));
            }
            _ => {}
        }
        let needs = crate::rules::gate::needs(&facts, &found);
        if let Some(first) = needs.first() {
            return Err(Refusal {
                blockers: needs.clone(),
                ..Refusal::gate(format!("“{title}”: {}", first.text))
            });
        }
        let evidence = check_evidence(found.item.evidence_kind(), evidence, &title)?;
        let event = Event::ItemTicked(ItemTicked {
            item: item.clone(),
            how,
            evidence,
            result,
            version: facts.version().map(ToOwned::to_owned),
            environment: found.environment.cloned(),
        });
        let guard = self.mark_guard(item);
        Ok(vec![self.append(at, Append::by_person(author, event, guard))])
    }

    pub(super) fn untick(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        item: &ItemId,
        reason: Option<String>,
    ) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        self.wanted(item)?;
        match self.session.mark(item).map(|mark| &mark.kind) {
            Some(MarkKind::Ticked { .. } | MarkKind::Waived { .. }) => {}
            Some(MarkKind::Unticked) | None => return Err(Refusal::gate(format!("{item} is open"))),
        }
        let reason = reason.map(|reason| check_text("the reason", &reason)).transpose()?;
        let event = Event::ItemUnticked(ItemUnticked { item: item.clone(), reason });
        let guard = self.mark_guard(item);
        Ok(vec![self.append(at, Append::by_person(author, event, guard))])
    }

    pub(super) fn waive(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        wish: ItemWaived,
    ) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        let found = self.wanted(&wish.item)?;
        if let ItemKind::Signoff(_) = found.item.kind() {
            return Err(Refusal::gate(format!(
                "{} is a sign-off: it is approved or rejected, never waived",
                wish.item
            )));
        }
        let reason = check_text("the reason", &wish.reason)?;
        let guard = self.mark_guard(&wish.item);
        let event = Event::ItemWaived(ItemWaived { reason, ..wish });
        Ok(vec![self.append(at, Append::by_person(author, event, guard))])
    }

    pub(super) fn note(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        item: Option<ItemId>,
        text: &str,
    ) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        if let Some(item) = &item {
            self.wanted(item)?;
        }
        let text = check_text("the note", text)?;
        let event = Event::NoteAdded(NoteAdded { item, text });
        Ok(vec![self.append(at, Append::by_person(author, event, Guard::Open))])
    }

    pub(super) fn undo(&mut self, at: DateTime<Utc>, author: Author) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        let last = self.session.timeline.iter().rev().find(|recorded| {
            let undoable = match &recorded.what {
                What::Known(event) => matches!(
                    event.as_ref(),
                    Event::ItemTicked(_)
                        | Event::ItemUnticked(_)
                        | Event::ItemWaived(_)
                        | Event::NoteAdded(_)
                ),
                What::Redacted { .. } | What::Newer { .. } => false,
            };
            undoable
                && recorded.by == author.by
                && !self.session.undone.contains(&recorded.id)
                && !self.pending.undoes(&recorded.id)
        });
        let Some(last) = last else {
            return Err(Refusal::gate("you have no tick, note or waiver to take back"));
        };
        let event = Event::EventUndone(EventUndone { event: last.id.clone() });
        Ok(vec![self.append(at, Append::by_person(author, event, Guard::Open))])
    }

    pub(super) fn hold(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        reason: &str,
    ) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        let reason = check_text("the reason", reason)?;
        let event = Event::HoldPlaced(HoldPlaced { reason });
        Ok(vec![self.append(at, Append::by_person(author, event, Guard::Open))])
    }

    pub(super) fn lift_hold(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        reason: Option<String>,
    ) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        if self.session.hold.is_none() {
            return Err(Refusal::gate("nobody holds the release"));
        }
        let reason = reason.map(|reason| check_text("the reason", &reason)).transpose()?;
        let event = Event::HoldLifted(HoldLifted { reason });
        Ok(vec![self.append(at, Append::by_person(author, event, Guard::Open))])
    }

    pub(super) fn close(
        &mut self,
        at: DateTime<Utc>,
        author: Author,
        reason: Option<String>,
    ) -> Result<Vec<Effect>, Refusal> {
        self.recordable()?;
        if let Some(run) = self.session.active_run() {
            return Err(Refusal::gate(format!(
                "{} is running: abort it or let it end first",
                run.requested.action
            )));
        }
        if let Some(window) = self.session.open_windows().next_back() {
            return Err(Refusal::gate(format!(
                "window {} is open until {}: it would end without a verdict. Let it end, or close it first: gonogo window close --reason \"…\" (C)",
                window.opened.window,
                window.ends.format("%Y-%m-%d %H:%MZ")
            )));
        }
        let reason = reason.map(|reason| check_text("the reason", &reason)).transpose()?;
        let event = Event::ReleaseClosed(ReleaseClosed { reason });
        let no_window = Guard::Window(WindowGuard::NoneOpen);
        let guard = Guard::All(vec![Guard::Open, Guard::NoActiveRun { environment: None }, no_window]);
        Ok(vec![self.append(at, Append::by_person(author, event, guard))])
    }

    /// An item by its id. Errors: there is none; with the nearest name.
    pub(super) fn wanted(&self, item: &ItemId) -> Result<ItemAt<'_>, Refusal> {
        self.checklist.item_at(item).ok_or_else(|| {
            let all = self.checklist.all_items();
            let names = all.iter().map(|at| at.item.id.as_str());
            let hint = match crate::text::nearest::nearest(item.as_str(), names) {
                Some(name) => format!("; did you mean `{name}`?"),
                None => String::new(),
            };
            Refusal::usage(format!("the checklist has no item `{item}`{hint}"))
        })
    }

    fn mark_guard(&self, item: &ItemId) -> Guard {
        let event = self.session.mark(item).map(|mark| mark.stamp.event.clone());
        Guard::All(vec![Guard::Open, Guard::MarkIs { item: item.clone(), event }])
    }
}

/// A text that a person typed: not empty, not too long. Errors: as a sentence.
pub(super) fn check_text(what: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::usage(format!("{what} is missing")));
    }
    if text.len() > TEXT_BYTES_MAX {
        return Err(Refusal::usage(format!("{what} is longer than {TEXT_BYTES_MAX} bytes")));
    }
    Ok(text.to_owned())
}

fn check_evidence(
    kind: EvidenceKind,
    evidence: Option<String>,
    title: &str,
) -> Result<Option<String>, Refusal> {
    let given = evidence.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let missing = |what: &str| Refusal::usage(format!("“{title}” asks for {what} with its tick"));
    match (kind, given) {
        (EvidenceKind::None, given) => Ok(given),
        (EvidenceKind::Note, None) => Err(missing("a note")),
        (EvidenceKind::Value, None) => Err(missing("a value")),
        (EvidenceKind::Url, None) => Err(missing("an address")),
        (EvidenceKind::Url, Some(url)) if !(url.starts_with("https://") || url.starts_with("http://")) => {
            Err(missing("an address that starts with http:// or https://"))
        }
        (_, Some(text)) => check_text("the evidence", &text).map(Some),
    }
}
