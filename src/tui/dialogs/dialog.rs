//! A dialog: which question, what was typed and chosen so far, where the focus is, and the key guard.

use chrono::{DateTime, TimeDelta, Utc};

use super::sheet::{Press, Sheet};
use super::{
    aside, backward, deploy, leaving, mend, offered, pages, run_steps, signoff, trust, value, window,
};
use crate::engine::command::Command;
use crate::tui::text_field::TextField;
use crate::tui::view::View;

/// A dialog takes no key until this long has passed without one: auto-repeat of the opening key cannot reach it.
pub(crate) const GUARD: TimeDelta = TimeDelta::milliseconds(300);

/// A dialog.
#[derive(Debug)]
pub(crate) struct Dialog {
    /// Which question.
    pub(crate) kind: Kind,
    /// What is typed.
    pub(crate) field: Option<TextField>,
    /// What is chosen in each group.
    pub(crate) chosen: Vec<usize>,
    /// Where the focus is.
    pub(crate) focus: Focus,
    /// The first line of the text in sight.
    pub(crate) scroll: usize,
    /// The name under which what was typed is kept.
    pub(crate) draft: Option<String>,
    /// When the last key came, or it was opened.
    pub(crate) quiet_since: DateTime<Utc>,
    /// The guard has passed.
    pub(crate) guard: Guard,
}

/// Has the key guard passed?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// Keys are ignored.
    Up,
    /// Keys count.
    Passed,
}

/// Where the focus of a dialog is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Focus {
    /// In a group of choices.
    Choice(usize),
    /// In the field.
    Field,
    /// On Cancel.
    Cancel,
    /// On a button.
    Button(usize),
}

/// Which question.
#[derive(Debug)]
pub(crate) enum Kind {
    /// Set an item aside, hold, note, evidence for a tick.
    Aside(aside::Aside),
    /// Sign off or withdraw.
    Sign(signoff::Sign),
    /// Deploy or another forward action.
    Deploy(deploy::Forward),
    /// Run a command an item offers.
    Offered(offered::Offered),
    /// A value that is missing.
    Value(value::ValueQuestion),
    /// Roll back.
    RollBack(backward::Back),
    /// Abort a run.
    Abort(backward::Stop),
    /// The subcommand to run instead.
    Subcommand(backward::Elsewhere),
    /// What to do about a failed step.
    Steps(run_steps::StepQuestion),
    /// Trust the content.
    Trust(trust::TrustQuestion),
    /// An open window, or a handover.
    Window(window::WindowQuestion),
    /// Put back what is gone from the record.
    PutBack,
    /// Leave while a run is active.
    Leave(leaving::Leaving),
    /// Something to read.
    Page(pages::Page),
}

/// What a button made.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What the person wants.
    pub(crate) commands: Vec<Command>,
    /// What becomes of the dialog.
    pub(crate) next: Next,
}

/// What becomes of the dialog.
#[derive(Debug)]
pub(crate) enum Next {
    /// It stays.
    Stay,
    /// It closes, and the draft is forgotten: the text was used.
    Done,
    /// It closes, and the draft is kept.
    Cancelled,
    /// Another one takes its place.
    Open(Box<Dialog>),
    /// The program ends.
    Quit,
}

impl Outcome {
    /// Nothing happens.
    pub(crate) fn stay() -> Outcome {
        Outcome { commands: Vec::new(), next: Next::Stay }
    }
    /// These commands, and it closes.
    pub(crate) fn done(commands: Vec<Command>) -> Outcome {
        Outcome { commands, next: Next::Done }
    }
    /// Another dialog takes its place.
    pub(crate) fn open(dialog: Dialog) -> Outcome {
        Outcome { commands: Vec::new(), next: Next::Open(Box::new(dialog)) }
    }
}

impl Dialog {
    /// A dialog without a field, focus on Cancel.
    pub(crate) fn question(kind: Kind, at: DateTime<Utc>) -> Dialog {
        Dialog {
            kind,
            field: None,
            chosen: Vec::new(),
            focus: Focus::Cancel,
            scroll: 0,
            draft: None,
            quiet_since: at,
            guard: Guard::Up,
        }
    }

    /// A dialog with a field, focus in it.
    pub(crate) fn form(kind: Kind, field: TextField, at: DateTime<Utc>) -> Dialog {
        Dialog { field: Some(field), focus: Focus::Field, ..Dialog::question(kind, at) }
    }

    /// The same with groups of choices, the first of each chosen.
    pub(crate) fn with_choices(mut self, groups: usize) -> Dialog {
        self.chosen = vec![0; groups];
        self
    }

    /// The same, its text kept under a name on disk.
    pub(crate) fn with_draft(mut self, name: String, view: &View<'_>) -> Dialog {
        if let Some(text) = view.engine.draft(&name) {
            self.field = self.field.map(|field| field.with_text(text));
        }
        self.draft = Some(name);
        self
    }

    /// Is it the question whether to roll back?
    pub(crate) fn rolls_back(&self) -> bool {
        matches!(self.kind, Kind::RollBack(_))
    }

    /// Is the focus in the field?
    pub(crate) fn in_field(&self) -> bool {
        self.focus == Focus::Field && self.field.is_some()
    }

    /// What is typed.
    pub(crate) fn text(&self) -> String {
        self.field.as_ref().map(TextField::value).unwrap_or_default()
    }

    /// What is chosen in a group.
    pub(crate) fn choice(&self, group: usize) -> usize {
        self.chosen.get(group).copied().unwrap_or(0)
    }

    /// Do keys count yet? Every key before that begins the wait anew.
    pub(crate) fn takes_keys(&mut self, at: DateTime<Utc>) -> bool {
        if self.guard == Guard::Up && at - self.quiet_since >= GUARD {
            self.guard = Guard::Passed;
        }
        self.quiet_since = at;
        self.guard == Guard::Passed
    }

    /// Has the guard passed by now, were a key to come?
    pub(crate) fn is_ready(&self, at: DateTime<Utc>) -> bool {
        self.guard == Guard::Passed || at - self.quiet_since >= GUARD
    }

    /// Is it the question this key opens?
    pub(crate) fn asks_for(&self, action: crate::tui::keymap::Action) -> bool {
        use crate::tui::keymap::Action;
        matches!(
            (&self.kind, action),
            (Kind::RollBack(_), Action::RollBack) | (Kind::Abort(_), Action::Abort)
        )
    }

    /// What it shows now.
    pub(crate) fn sheet(&self, view: &View<'_>) -> Sheet {
        match &self.kind {
            Kind::Aside(aside) => aside::sheet(aside, self, view),
            Kind::Sign(sign) => signoff::sheet(sign, self, view),
            Kind::Deploy(forward) => deploy::sheet(forward, self, view),
            Kind::Offered(offered) => offered::sheet(offered, self, view),
            Kind::Value(question) => value::sheet(question, self, view),
            Kind::RollBack(back) => backward::back_sheet(back, self, view),
            Kind::Abort(stop) => backward::stop_sheet(stop, view),
            Kind::Subcommand(elsewhere) => backward::elsewhere_sheet(elsewhere, view),
            Kind::Steps(question) => run_steps::sheet(question, self, view),
            Kind::Trust(_) => trust::sheet(view),
            Kind::Window(question) => window::sheet(question, self, view),
            Kind::PutBack => mend::sheet(view),
            Kind::Leave(leaving) => leaving::sheet(leaving, view),
            Kind::Page(page) => pages::sheet(page, view),
        }
    }

    /// Presses a button that is on.
    pub(crate) fn press(&self, press: Press, view: &View<'_>) -> Outcome {
        match &self.kind {
            Kind::Aside(aside) => aside::press(aside, self),
            Kind::Sign(sign) => signoff::press(sign, self, view),
            Kind::Deploy(forward) => deploy::press(forward, self),
            Kind::Offered(offered) => offered::press(offered, self, view),
            Kind::Value(question) => value::press(question, self, view),
            Kind::RollBack(back) => backward::back_press(back, press, self, view),
            Kind::Abort(stop) => backward::stop_press(stop),
            Kind::Subcommand(elsewhere) => backward::elsewhere_press(elsewhere),
            Kind::Steps(question) => run_steps::press(question, press, self, view),
            Kind::Trust(question) => trust::press(question),
            Kind::Window(question) => window::press(question, self),
            Kind::PutBack => mend::press(),
            Kind::Leave(leaving) => leaving::press(leaving, press, view),
            Kind::Page(page) => pages::press(page, view),
        }
    }
}
