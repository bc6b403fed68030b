//! What a dialog shows, made anew for every frame from the brain as it is now: so a button goes off when a check does.

use crate::text::Safe;
use crate::text::wrap::wrap;
use crate::tui::frame::BorderKind;
use crate::tui::panes::details::fact_lines;
use crate::tui::row::RowLine;
use crate::tui::view::View;

/// Cells of text in a dialog.
pub(super) const TEXT_CELLS: u16 = 68;

/// What a dialog shows.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// On the border, left.
    pub(crate) title: Safe,
    /// The border.
    pub(crate) border: BorderKind,
    /// What can be read; scrolls.
    pub(crate) lines: Vec<RowLine>,
    /// Groups of which one is chosen.
    pub(crate) choices: Vec<Choice>,
    /// The label of the field, if there is one, and what stands under it.
    pub(crate) field: Option<FieldRow>,
    /// The way out that changes nothing.
    pub(crate) cancel: Safe,
    /// What else can be done, the first is the one meant.
    pub(crate) buttons: Vec<Button>,
    /// The subcommand that does the same.
    pub(crate) twin: Safe,
    /// The question in one line, for a terminal without room.
    pub(crate) short: Option<Safe>,
}

/// A group of which one is chosen.
#[derive(Debug)]
pub(crate) struct Choice {
    /// What it is about.
    pub(crate) label: Safe,
    /// What there is to choose.
    pub(crate) options: Vec<Safe>,
}

/// The field.
#[derive(Debug)]
pub(crate) struct FieldRow {
    /// What to type.
    pub(crate) label: Safe,
    /// What is still missing, or how it is meant.
    pub(crate) under: Safe,
    /// Its rows.
    pub(crate) rows: u16,
}

/// A button.
#[derive(Debug)]
pub(crate) struct Button {
    /// Which.
    pub(crate) press: Press,
    /// Its words.
    pub(crate) label: Safe,
    /// The key that presses it, as shown.
    pub(crate) key: &'static str,
    /// Why it is off.
    pub(crate) off: Option<Safe>,
}

/// What a button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    /// What the dialog is for.
    Confirm,
    /// Try the step again.
    Retry,
    /// Say that the step is done.
    MarkDone,
    /// Go on without the step.
    Skip,
    /// Open the abort question.
    Abort,
    /// Open the rollback question.
    RollBack,
    /// Say that an alarm is a false one.
    FalseAlarm,
    /// Copy what is shown.
    Copy,
    /// Leave the program.
    Leave,
}

impl Sheet {
    /// An empty one.
    pub(crate) fn new(title: Safe, border: BorderKind) -> Sheet {
        Sheet {
            title,
            border,
            lines: Vec::new(),
            choices: Vec::new(),
            field: None,
            cancel: Safe::own("Cancel"),
            buttons: Vec::new(),
            twin: Safe::EMPTY,
            short: None,
        }
    }

    /// Adds a sentence, wrapped.
    pub(crate) fn say(&mut self, view: &View<'_>, text: &Safe) {
        for line in wrap(text, usize::from(TEXT_CELLS)) {
            self.lines.push(RowLine::of(vec![view.plain(line)]));
        }
    }

    /// Adds a sentence that steps back, wrapped.
    pub(crate) fn aside(&mut self, view: &View<'_>, text: &Safe) {
        for line in wrap(text, usize::from(TEXT_CELLS)) {
            self.lines.push(RowLine::of(vec![view.muted(line)]));
        }
    }

    /// Adds a label with its text.
    pub(crate) fn fact(&mut self, view: &View<'_>, label: &'static str, text: &Safe) {
        self.lines.extend(fact_lines(view, &Safe::own(label), text, TEXT_CELLS + 2));
    }

    /// Adds an empty line.
    pub(crate) fn gap(&mut self) {
        self.lines.push(RowLine::default());
    }

    /// Adds a button.
    pub(crate) fn button(&mut self, press: Press, label: Safe, key: &'static str, off: Option<Safe>) {
        self.buttons.push(Button { press, label, key, off });
    }
}
