//! Dialogs with a sentence: waive, note, evidence for a tick, hold. A reason, then the button.

use super::dialog::{Dialog, Kind, Outcome};
use super::sheet::{Choice, FieldRow, Press, Sheet};
use crate::checklist::id::ItemId;
use crate::checklist::item::EvidenceKind;
use crate::engine::command::Command;
use crate::safe_format;
use crate::session::status::WaiverForm;
use crate::text::Safe;
use crate::tui::frame::BorderKind;
use crate::tui::text_field::{COMMENT_GRAPHEMES_MAX, LINE_GRAPHEMES_MAX, TextField};
use crate::tui::view::View;

/// What the sentence is for.
#[derive(Debug)]
pub(crate) enum Aside {
    /// Why an item is set aside.
    Waive {
        /// Which.
        item: ItemId,
    },
    /// A note.
    Note {
        /// About which item; none: the release.
        item: Option<ItemId>,
    },
    /// What a tick must carry.
    Evidence {
        /// Which item.
        item: ItemId,
        /// What kind.
        kind: EvidenceKind,
    },
    /// Why the release is held.
    Hold,
    /// Why the hold is released.
    LiftHold,
}

/// Asks why an item is set aside.
pub(crate) fn waive(item: ItemId, view: &View<'_>) -> Dialog {
    let name = format!("waive:{item}");
    let field = TextField::comment(COMMENT_GRAPHEMES_MAX);
    Dialog::form(Kind::Aside(Aside::Waive { item }), field, view.at).with_choices(1).with_draft(name, view)
}

/// Asks for a note.
pub(crate) fn note(item: Option<ItemId>, view: &View<'_>) -> Dialog {
    let name = item.as_ref().map_or_else(|| "note".to_owned(), |item| format!("note:{item}"));
    let field = TextField::comment(COMMENT_GRAPHEMES_MAX);
    Dialog::form(Kind::Aside(Aside::Note { item }), field, view.at).with_draft(name, view)
}

/// Asks for what a tick must carry.
pub(crate) fn evidence(item: ItemId, kind: EvidenceKind, view: &View<'_>) -> Dialog {
    let name = format!("tick:{item}");
    let field = TextField::line(LINE_GRAPHEMES_MAX);
    Dialog::form(Kind::Aside(Aside::Evidence { item, kind }), field, view.at).with_draft(name, view)
}

/// Asks why the release is held, or whether to release it.
pub(crate) fn hold(view: &View<'_>) -> Dialog {
    let held = view.engine.session().hold.is_some();
    let kind = if held { Aside::LiftHold } else { Aside::Hold };
    let field = TextField::line(LINE_GRAPHEMES_MAX);
    Dialog::form(Kind::Aside(kind), field, view.at).with_draft("hold".to_owned(), view)
}

fn title(view: &View<'_>, item: &ItemId) -> Safe {
    view.item(item).map_or_else(|| crate::text::safe(item.as_str()), |stood| view.title(&stood.at))
}

/// What it shows.
pub(super) fn sheet(aside: &Aside, dialog: &Dialog, view: &View<'_>) -> Sheet {
    let blank = dialog.field.as_ref().is_none_or(TextField::is_blank);
    let missing = |words| blank.then_some(Safe::own(words));
    let field = |label, rows| Some(FieldRow { label: Safe::own(label), under: counter(dialog), rows });
    match aside {
        Aside::Waive { item } => {
            let mut sheet = Sheet::new(Safe::own("Set aside"), BorderKind::Focused);
            sheet.fact(view, "item", &title(view, item));
            sheet.aside(
                view,
                &Safe::own(
                    "It stays in the record with your name and this reason, and in the list of deviations.",
                ),
            );
            sheet.choices = vec![Choice {
                label: Safe::own("How"),
                options: vec![Safe::own("Waive"), Safe::own("Does not apply")],
            }];
            sheet.field = field("Why", 3);
            let label = if dialog.choice(0) == 0 { "Waive" } else { "Does not apply" };
            sheet.button(Press::Confirm, Safe::own(label), "ctrl-s", missing("a reason is missing"));
            sheet.twin = safe_format!("gonogo waive {} --reason TEXT", item.as_str());
            sheet
        }
        Aside::Note { item } => {
            let mut sheet = Sheet::new(Safe::own("Note"), BorderKind::Focused);
            let about = item.as_ref().map_or(Safe::own("the release"), |item| title(view, item));
            sheet.fact(view, "about", &about);
            sheet.field = field("Note", 4);
            sheet.button(Press::Confirm, Safe::own("Write it down"), "ctrl-s", missing("nothing is typed"));
            sheet.twin = Safe::own("gonogo note --item ITEM TEXT");
            sheet
        }
        Aside::Evidence { item, kind } => {
            let mut sheet = Sheet::new(Safe::own("Tick"), BorderKind::Focused);
            sheet.fact(view, "item", &title(view, item));
            if let Some(why) = view.item(item).and_then(|stood| stood.at.item.why.as_deref()) {
                sheet.fact(view, "why", &crate::text::safe(&why.replace('\n', " ")));
            }
            let asks = match kind {
                EvidenceKind::None | EvidenceKind::Note => "In a sentence",
                EvidenceKind::Url => "Address (http or https)",
                EvidenceKind::Value => "Value",
            };
            sheet.field = field(asks, 1);
            let off = missing("this tick needs it").or_else(|| not_an_address(*kind, &dialog.text()));
            sheet.button(Press::Confirm, Safe::own("Tick"), "ctrl-s", off);
            sheet.twin = safe_format!("gonogo tick {} --evidence TEXT", item.as_str());
            sheet
        }
        Aside::Hold => {
            let mut sheet = Sheet::new(Safe::own("Hold the release"), BorderKind::Focused);
            sheet.aside(
                view,
                &Safe::own("Nothing goes forward while it is held. Rollback and abort stay possible."),
            );
            sheet.field = field("Why", 1);
            sheet.button(Press::Confirm, Safe::own("Hold"), "ctrl-s", missing("a reason is missing"));
            sheet.twin = Safe::own("gonogo hold --reason TEXT");
            sheet
        }
        Aside::LiftHold => lift_sheet(dialog, view),
    }
}

fn lift_sheet(dialog: &Dialog, view: &View<'_>) -> Sheet {
    let mut sheet = Sheet::new(Safe::own("Release the hold"), BorderKind::Focused);
    if let Some(hold) = &view.engine.session().hold {
        sheet.fact(view, "held by", &crate::text::safe(&hold.stamp.by));
        sheet.fact(view, "why", &crate::text::safe(&hold.reason.replace('\n', " ")));
    }
    sheet.field = Some(FieldRow { label: Safe::own("Why now"), under: counter(dialog), rows: 1 });
    sheet.button(Press::Confirm, Safe::own("Release it"), "ctrl-s", None);
    sheet.twin = Safe::own("gonogo hold --lift");
    sheet
}

fn not_an_address(kind: EvidenceKind, text: &str) -> Option<Safe> {
    let address = text.starts_with("http://") || text.starts_with("https://");
    (kind == EvidenceKind::Url && !address).then_some(Safe::own("it begins with http:// or https://"))
}

/// How much of the field is used.
pub(super) fn counter(dialog: &Dialog) -> Safe {
    let used = dialog.field.as_ref().map(|field| (field.graphemes(), field.graphemes_max()));
    used.map(|(used, most)| safe_format!("{}/{}", used, most)).unwrap_or_default()
}

/// What the button does.
pub(super) fn press(aside: &Aside, dialog: &Dialog) -> Outcome {
    let text = dialog.text();
    let given = Some(text.clone()).filter(|text| !text.trim().is_empty());
    let command = match aside {
        Aside::Waive { item } => Command::Waive {
            item: item.clone(),
            reason: text,
            form: if dialog.choice(0) == 0 { WaiverForm::Waived } else { WaiverForm::DoesNotApply },
        },
        Aside::Note { item } => Command::Note { item: item.clone(), text },
        Aside::Evidence { item, .. } => Command::Tick { item: item.clone(), evidence: given },
        Aside::Hold => Command::Hold { reason: text },
        Aside::LiftHold => Command::LiftHold { reason: given },
    };
    Outcome::done(vec![command])
}
