//! How a changed checklist compares with the one a release goes by, for people and as JSON: before it is taken over.
//!
//! Not here: the matching (`checklist/rebase.rs`), the words of the event afterwards (`session/rebase_payload.rs`).

use serde_json::{Value, json};

use crate::checklist::model::Checklist;
use crate::checklist::rebase::{Compared, Fate, Named, Pair};
use crate::checklist::template::Template;
use crate::rules::facts::Facts;
use crate::safe_format;
use crate::session::event::ChecklistRebased;
use crate::session::rebasing::{Normalised, values_missing};
use crate::session::state::MarkKind;
use crate::text::{Safe, safe};

/// So many items of a kind are named on the terminal; `--json` names all.
const NAMED_MAX: usize = 40;

/// What is told of.
#[derive(Clone, Copy, Debug)]
pub struct Difference<'a> {
    /// The checklist the release goes by.
    pub old: &'a Normalised,
    /// The changed one.
    pub new: &'a Normalised,
    /// How their items compare.
    pub compared: &'a Compared,
    /// What would be recorded.
    pub rebased: &'a ChecklistRebased,
}

/// A line or more for each thing that differs.
pub fn plain(facts: &Facts<'_>, difference: &Difference<'_>) -> Vec<Safe> {
    let Difference { old, new, compared, rebased } = difference;
    let title = |named: &Named| shown(facts, named);
    let mut lines = vec![row("kept", &safe_format!("{} items, their ticks count on", rebased.kept))];
    let pair = |pair: &Pair| match (pair.old.title == pair.new.title, pair.fate) {
        (true, Fate::Moved) => {
            safe_format!("\"{}\"{}", title(&pair.new), ticked(facts, &pair.old, "its tick goes along"))
        }
        (true, Fate::Kept | Fate::Reworded) => {
            safe_format!("\"{}\"{}", title(&pair.new), ticked(facts, &pair.old, "tick it again"))
        }
        (false, _) => safe_format!(
            "\"{}\" -> \"{}\"{}",
            title(&pair.old),
            title(&pair.new),
            ticked(facts, &pair.old, "tick it again")
        ),
    };
    rows(
        &mut lines,
        "moved",
        &compared.with(Fate::Moved).filter(|pair| !is_stale(rebased, pair)).map(pair).collect::<Vec<_>>(),
    );
    rows(
        &mut lines,
        "changed",
        &compared.pairs.iter().filter(|pair| is_stale(rebased, pair)).map(pair).collect::<Vec<_>>(),
    );
    rows(
        &mut lines,
        "new",
        &compared.new.iter().map(|named| safe_format!("\"{}\"", title(named))).collect::<Vec<_>>(),
    );
    let gone = |named: &Named| {
        safe_format!("\"{}\"{}", title(named), ticked(facts, named, "it stays in the record"))
    };
    rows(&mut lines, "gone", &compared.gone.iter().map(gone).collect::<Vec<_>>());
    let checks = rebased.remeasured.iter().map(|item| safe_format!("{} is measured anew", item.as_str()));
    rows(&mut lines, "checks", &checks.collect::<Vec<_>>());
    let parts = other_parts(&old.checklist, &new.checklist);
    if !parts.is_empty() {
        lines.push(row("also", &safe_format!("{}", parts.join(", "))));
    }
    let signed = facts.session.signoffs.len();
    if signed > 0 && old.digest != new.digest {
        lines.push(row(
            "sign-offs",
            &safe_format!("{} decided on the old checklist: stale, to be asked again", signed),
        ));
    }
    let missing = values_missing(&new.checklist, &facts.session.values);
    if !missing.is_empty() {
        lines.push(row("values", &safe_format!("nobody gave {}: gonogo set", missing.join(", "))));
    }
    lines
}

/// The same for programs, every item named.
pub fn as_json(facts: &Facts<'_>, difference: &Difference<'_>) -> Value {
    let Difference { old, new, compared, rebased } = difference;
    let named = |named: &Named| json!({ "id": safe(named.id.as_str()), "title": shown(facts, named) });
    let mark = |named: &Named| mark(facts, named).map(|(did, by)| json!({ "did": did, "by": safe(&by) }));
    let pairs = |stale: bool, fates: &[Fate]| -> Vec<Value> {
        let wanted = compared.pairs.iter();
        let wanted = wanted.filter(|pair| fates.contains(&pair.fate) && is_stale(rebased, pair) == stale);
        wanted
            .map(|pair| json!({ "old": named(&pair.old), "new": named(&pair.new), "mark": mark(&pair.old) }))
            .collect()
    };
    json!({
        "from": rebased.from,
        "to": rebased.to,
        "kept": pairs(false, &[Fate::Kept]).len(),
        "moved": pairs(false, &[Fate::Moved]),
        "reworded": pairs(true, &[Fate::Kept, Fate::Moved, Fate::Reworded]),
        "new": compared.new.iter().map(named).collect::<Vec<_>>(),
        "gone": compared.gone.iter().map(|gone| json!({
            "id": safe(gone.id.as_str()), "title": shown(facts, gone), "mark": mark(gone),
        })).collect::<Vec<_>>(),
        "measured_anew": rebased.remeasured.iter().map(|item| safe(item.as_str())).collect::<Vec<_>>(),
        "also": other_parts(&old.checklist, &new.checklist),
        "values_missing": values_missing(&new.checklist, &facts.session.values),
    })
}

fn is_stale(rebased: &ChecklistRebased, pair: &Pair) -> bool {
    rebased.reworded.contains_key(&pair.new.id)
}

fn shown(facts: &Facts<'_>, named: &Named) -> Safe {
    safe(&facts.values(None).shown(&Template::new(named.title.as_str())))
}

/// What a person did about it last, if it stands.
fn mark(facts: &Facts<'_>, named: &Named) -> Option<(&'static str, String)> {
    let mark = facts.session.mark(&named.id)?;
    let did = match mark.kind {
        MarkKind::Ticked { .. } => "ticked",
        MarkKind::Waived { .. } => "set aside",
        MarkKind::Unticked => return None,
    };
    Some((did, mark.stamp.by.clone()))
}

fn ticked(facts: &Facts<'_>, named: &Named, then: &'static str) -> Safe {
    match mark(facts, named) {
        Some((did, by)) => safe_format!(", {} by {}: {}", Safe::own(did), by, Safe::own(then)),
        None => Safe::EMPTY,
    }
}

/// What differs beside the items.
fn other_parts(old: &Checklist, new: &Checklist) -> Vec<&'static str> {
    [
        ("title", old.title == new.title && old.product == new.product),
        ("variables", old.variables == new.variables),
        ("secrets", old.secrets == new.secrets),
        ("environments", old.environments == new.environments),
        ("roles", old.roles == new.roles),
        ("contacts", old.contacts == new.contacts),
        ("actions", old.actions == new.actions),
        ("windows", old.windows == new.windows),
        ("notifications", old.notify == new.notify),
    ]
    .into_iter()
    .filter(|(_, same)| !same)
    .map(|(part, _)| part)
    .collect()
}

fn row(label: &'static str, text: &Safe) -> Safe {
    safe_format!("{}{}", format!("{label:<11}"), text)
}

fn rows(lines: &mut Vec<Safe>, label: &'static str, texts: &[Safe]) {
    let count = texts.len();
    for (number, text) in texts.iter().take(NAMED_MAX).enumerate() {
        lines.push(row(if number == 0 { label } else { "" }, text));
    }
    if count > NAMED_MAX {
        lines.push(row("", &safe_format!("and {} more: --json names all", count - NAMED_MAX)));
    }
}
