//! The hint line under a dialog: the keys that do something in it as it is now.
//!
//! Made from the same sheet as its buttons, so a key is named only where it works. Not here: what it does (`keys.rs`).

use super::dialog::{Dialog, Focus};
use super::sheet::Sheet;
use crate::safe_format;
use crate::text::Safe;
use crate::tui::help::Hint;
use crate::tui::view::View;

/// The keys of a dialog, the ones that end it first: they are never cut off.
pub(crate) fn hints(dialog: &Dialog, view: &View<'_>) -> Vec<Hint> {
    let sheet = dialog.sheet(view);
    let mut all = Vec::new();
    all.extend(sheet.buttons.first().and_then(|button| press(dialog, button)));
    all.push(own(if dialog.focus == Focus::Cancel { "esc enter" } else { "esc" }, lower(&sheet.cancel)));
    all.extend(sheet.buttons.iter().skip(1).filter_map(|button| press(dialog, button)));
    match dialog.focus {
        Focus::Choice(_) => all.push(own("space", Safe::own("choose"))),
        Focus::Field if is_on(&sheet) => all.push(own("enter", Safe::own("to the button"))),
        Focus::Field | Focus::Cancel => {}
        Focus::Button(place) => {
            let on = sheet.buttons.get(place).filter(|button| button.off.is_none());
            all.extend(on.map(|button| own("enter", lower(&button.label))));
        }
    }
    if sheet.field.is_some() || !sheet.choices.is_empty() || !sheet.buttons.is_empty() {
        all.push(own("tab", Safe::own("next")));
    }
    all.push(own("F1", Safe::own("help")));
    all
}

/// The key beside a button, if it works: a letter is text while the focus is in the field.
fn press(dialog: &Dialog, button: &super::sheet::Button) -> Option<Hint> {
    let typed = dialog.in_field() && button.key.chars().count() == 1;
    let works = !button.key.is_empty() && button.off.is_none() && !typed;
    works.then(|| own(button.key, lower(&button.label)))
}

fn is_on(sheet: &Sheet) -> bool {
    sheet.buttons.first().is_some_and(|button| button.off.is_none())
}

fn own(keys: &'static str, label: Safe) -> Hint {
    Hint { keys: Safe::own(keys), label, blocked: None }
}

/// A label inside a line: without its capital.
fn lower(label: &Safe) -> Safe {
    let mut letters = label.as_str().chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    safe_format!("{}{}", first, letters.as_str())
}
