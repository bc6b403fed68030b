//! A value that is still missing: asked before what needs it, one after the other, then what was wanted goes on.
//!
//! Not here: which are missing (`rules/needed.rs`), what a value may hold (`checklist/values.rs`).

use super::dialog::{Dialog, Kind, Outcome};
use super::offered::Offered;
use super::sheet::{FieldRow, Press, Sheet};
use crate::checklist::id::VariableName;
use crate::checklist::values::check_value;
use crate::engine::command::Command;
use crate::rules::needed::left_empty;
use crate::safe_format;
use crate::text::{Safe, safe};
use crate::tui::frame::BorderKind;
use crate::tui::text_field::{LINE_GRAPHEMES_MAX, TextField};
use crate::tui::view::View;

/// Values being asked for.
#[derive(Debug)]
pub(crate) struct ValueQuestion {
    /// The one asked now.
    name: VariableName,
    /// Those asked after it.
    left: Vec<VariableName>,
    then: Then,
}

/// What was wanted when a value was missing.
#[derive(Clone, Debug)]
pub(super) enum Then {
    /// Only the values.
    Nothing,
    /// To run what an item offers.
    Run(Offered),
    /// To roll back.
    RollBack,
}

/// Asks for every value that is missing, then for those that may be changed. Errors: there is none.
pub(crate) fn values(view: &View<'_>) -> Result<Dialog, Safe> {
    let facts = view.engine.facts(view.at);
    let mut names: Vec<VariableName> = left_empty(&facts).into_iter().cloned().collect();
    if names.is_empty() {
        let asked_late =
            facts.checklist.variables.iter().filter(|(_, known)| known.when_needed == Some(true));
        names = asked_late.map(|(name, _)| name.clone()).collect();
    }
    ask(names, Then::Nothing, view).ok_or(Safe::own("every value is known, and none may change"))
}

/// Asks for these values one after the other; none: there is nothing to ask.
pub(super) fn ask(mut names: Vec<VariableName>, then: Then, view: &View<'_>) -> Option<Dialog> {
    if names.is_empty() {
        return None;
    }
    let name = names.remove(0);
    let mut field = TextField::line(LINE_GRAPHEMES_MAX);
    if let Some(known) = view.engine.session().values.get(name.as_str()) {
        field = field.with_text(known);
    }
    Some(Dialog::form(Kind::Value(ValueQuestion { name, left: names, then }), field, view.at))
}

/// What it shows.
pub(super) fn sheet(question: &ValueQuestion, dialog: &Dialog, view: &View<'_>) -> Sheet {
    let name = &question.name;
    let mut sheet = Sheet::new(safe_format!("Value of {}", safe(name.as_str())), BorderKind::Focused);
    let Some(variable) = view.engine.checklist().variables.get(name) else { return sheet };
    sheet.short = Some(safe_format!("Value of {}?", safe(name.as_str())));
    if let Some(prompt) = &variable.prompt {
        sheet.fact(view, "what", &safe(prompt));
    }
    let why = match &question.then {
        Then::Nothing => Safe::own("It is recorded with your name; commands read it, none is run by this."),
        Then::Run(_) => {
            Safe::own("The command needs it. It is recorded; nothing runs before the next question.")
        }
        Then::RollBack => Safe::own("The rollback needs it. It is recorded; the next question starts it."),
    };
    sheet.aside(view, &why);
    let typed = dialog.text();
    let off = match check_value(name.as_str(), variable, typed.trim()) {
        Ok(()) => None,
        Err(_) if typed.trim().is_empty() => Some(Safe::own("nothing is typed")),
        Err(why) => Some(safe(&why)),
    };
    let under = off.clone().unwrap_or_else(|| Safe::own("enter: to the button"));
    sheet.field = Some(FieldRow { label: Safe::own("Value (never a secret)"), under, rows: 1 });
    let label = if question.left.is_empty() { Safe::own("Record it") } else { Safe::own("Record it, next") };
    sheet.button(Press::Confirm, label, "ctrl-s", off);
    sheet.twin = safe_format!("gonogo set {}=VALUE", safe(name.as_str()));
    sheet
}

/// Gives the value, then goes on.
pub(super) fn press(question: &ValueQuestion, dialog: &Dialog, view: &View<'_>) -> Outcome {
    let given = Command::GiveValue { name: question.name.clone(), value: dialog.text().trim().to_owned() };
    let next = ask(question.left.clone(), question.then.clone(), view).or_else(|| match &question.then {
        Then::Nothing => None,
        Then::Run(offered) => Some(offered.dialog(view)),
        Then::RollBack => super::backward::question(view).ok(),
    });
    match next {
        Some(dialog) => Outcome { commands: vec![given], ..Outcome::open(dialog) },
        None => Outcome::done(vec![given]),
    }
}
