//! Pane 4: who has to sign, who did, and whether it still counts.
//!
//! Not here: signing (`dialogs/signoff.rs`), the rules (`rules/approval.rs`).

use super::PaneModel;
use crate::checklist::id::RoleId;
use crate::checklist::item::{ItemKind, SignoffRequest};
use crate::rules::approval::{ApprovalStanding, DecisionState, RoleStanding, approval};
use crate::rules::fingerprint::Fingerprint;
use crate::rules::standing::ItemState;
use crate::safe_format;
use crate::session::state::SignoffRecord;
use crate::text::width::Align;
use crate::text::{Safe, safe};
use crate::tui::glyph::StatusWord;
use crate::tui::row::{Row, RowId, RowKind, RowLine};
use crate::tui::view::{Stood, View, person, short_hash};

/// An item that asks for decisions.
#[derive(Debug)]
pub(crate) struct Asked<'v> {
    /// The item.
    pub(crate) stood: &'v Stood<'v>,
    /// What it asks for.
    pub(crate) request: &'v SignoffRequest,
    /// What is approved.
    pub(crate) fingerprint: Fingerprint,
    /// How it stands.
    pub(crate) approval: ApprovalStanding<'v>,
}

/// Every item that asks for decisions now.
pub(crate) fn asked<'v>(view: &'v View<'_>) -> Vec<Asked<'v>> {
    let facts = view.engine.facts(view.at);
    let mut all = Vec::new();
    for stood in view.items.iter().filter(|stood| stood.standing.state != ItemState::Skipped) {
        let ItemKind::Signoff(request) = stood.at.item.kind() else { continue };
        let Some(current) = view.engine.signoff_fingerprint(view.at, &stood.at.item.id) else { continue };
        let approval = approval(&facts, stood.at.item, request, &current.hash);
        all.push(Asked { stood, request, fingerprint: current, approval });
    }
    all
}

/// The pane.
pub(crate) fn model(view: &View<'_>) -> PaneModel {
    let asked = asked(view);
    let people: usize = asked.iter().map(|asked| asked.approval.people.min(asked.approval.quorum)).sum();
    let quorum: usize = asked.iter().map(|asked| asked.approval.quorum).sum();
    let rejected = asked.iter().any(|asked| asked.approval.rejected.is_some());
    let mut rows = Vec::new();
    for one in &asked {
        for role in &one.approval.roles {
            rows.push(role_row(view, one, role));
        }
    }
    let foot = asked.first().map(|one| foot(view, one)).unwrap_or_default();
    let glyph = match (rejected, asked.iter().all(|asked| asked.approval.is_approved())) {
        (true, _) => StatusWord::Rejected,
        (false, true) => StatusWord::Approved,
        (false, false) => StatusWord::Open,
    };
    PaneModel {
        right: if asked.is_empty() {
            Vec::new()
        } else {
            vec![view.plain(safe_format!("{} of {}", people, quorum))]
        },
        rows,
        foot,
        empty: Safe::own("Nobody has to sign. Add roles to ask people"),
        glyph: (!asked.is_empty()).then_some(glyph),
        ..PaneModel::default()
    }
}

fn foot(view: &View<'_>, asked: &Asked<'_>) -> Vec<RowLine> {
    let hash = short_hash(&asked.fingerprint.hash, view.theme);
    vec![
        RowLine::of(vec![view.muted(safe_format!("For fingerprint {}. If it changes,", hash))]),
        RowLine {
            left: vec![view.muted(Safe::own("all of them go stale."))],
            right: vec![view.muted(Safe::own("S: sign off"))],
        },
    ]
}

fn role_row(view: &View<'_>, asked: &Asked<'_>, role: &RoleStanding<'_>) -> Row {
    let item = asked.stood.at.item.id.clone();
    let id = RowId::Role(item.clone(), role.role.clone());
    let title = safe(&role.title);
    let saving = view.engine.pending().touches(&item);
    let Some((signoff, state)) = role.decisions.last() else {
        let word = if saving { StatusWord::Saving } else { StatusWord::Open };
        let mut left = view.status(word);
        left.push(view.plain(title));
        return Row::one(id, left, vec![view.muted(Safe::own("-"))]);
    };
    let mut lines = Vec::new();
    let mut problem = false;
    for (place, (signoff, state)) in role.decisions.iter().enumerate() {
        let word = if saving { StatusWord::Saving } else { decision_word(state) };
        problem |= matches!(state, DecisionState::Rejected | DecisionState::Stale(_));
        let mut left = view.status(word);
        let name = if place == 0 { title.clone() } else { Safe::EMPTY };
        left.push(if matches!(state, DecisionState::Stale(_)) { view.muted(name) } else { view.plain(name) });
        let who = view.column(&person(&signoff.stamp.by), 8, Align::Left);
        let when = view.column(&view.when(signoff.stamp.at), 6, Align::Right);
        lines.push(RowLine { left, right: vec![view.muted(safe_format!(" {}{}", who, when))] });
    }
    lines.extend(said(view, signoff, state));
    let kind = if problem { RowKind::Problem } else { RowKind::Plain };
    Row { id, kind, lines }
}

/// What the last decision said, or why it counts no longer.
fn said(view: &View<'_>, signoff: &SignoffRecord, state: &DecisionState) -> Option<RowLine> {
    let text = match state {
        DecisionState::Stale(why) => safe_format!("was {}: {}", signoff.decision.word(), why),
        DecisionState::NotMember => Safe::own("does not have this role: counts for nothing"),
        DecisionState::Approved | DecisionState::Rejected | DecisionState::Withdrawn => {
            let comment = signoff.comment.as_deref().filter(|text| !text.is_empty())?;
            safe_format!("\"{}\"", comment.replace('\n', " "))
        }
    };
    let pad = Safe::own(" ").repeat(usize::from(super::checklist::status_cells(view)));
    Some(RowLine::of(vec![view.plain(pad), view.muted(text)]))
}

/// How many people approved, and how many are needed: more may approve than are asked for.
pub(crate) fn poll(asked: &Asked<'_>) -> Safe {
    safe_format!("{} approved, {} needed", asked.approval.people, asked.approval.quorum)
}

/// How a decision is said.
pub(crate) fn decision_word(state: &DecisionState) -> StatusWord {
    match state {
        DecisionState::Approved => StatusWord::Approved,
        DecisionState::Rejected => StatusWord::Rejected,
        DecisionState::Stale(_) => StatusWord::Stale,
        DecisionState::NotMember | DecisionState::Withdrawn => StatusWord::Open,
    }
}

/// What Details says about a role under an item.
pub(crate) fn details(view: &View<'_>, asked: &Asked<'_>, role: &RoleId) -> Vec<(Safe, Safe)> {
    let described = view.engine.checklist().roles.get(role);
    let members = described.map(|role| role.members.join(", ")).filter(|members| !members.is_empty());
    let mut facts = vec![
        (Safe::own("for"), view.title(&asked.stood.at)),
        (
            Safe::own("members"),
            members.map_or(Safe::own("anyone, recorded as claimed"), |members| safe(&members)),
        ),
        (Safe::own("people"), poll(asked)),
        (Safe::own("fingerprint"), safe(&asked.fingerprint.hash)),
    ];
    for missing in &asked.approval.missing {
        facts.push((Safe::own("missing"), safe(missing)));
    }
    for (signoff, state) in
        asked.approval.roles.iter().filter(|one| one.role == role).flat_map(|one| &one.decisions)
    {
        let word = decision_word(state).word();
        let who =
            safe_format!("{} by {}, {}", Safe::own(word), signoff.stamp.by, view.when(signoff.stamp.at));
        facts.push((Safe::own("decision"), who));
        if let Some(comment) = &signoff.comment {
            facts.push((Safe::own("comment"), safe(&comment.replace('\n', " "))));
        }
        if let DecisionState::Stale(why) = state {
            facts.push((Safe::own("stale"), safe(why)));
        }
    }
    facts
}
