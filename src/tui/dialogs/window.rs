//! What a person decides about an open window: an early end or more time, a false alarm; and handing the watch over.
//!
//! Not here: rolling back, also where a trigger proposes it (`backward.rs`).

use chrono::TimeDelta;

use super::aside::counter;
use super::dialog::{Dialog, Kind, Outcome};
use super::sheet::{Choice, FieldRow, Press, Sheet};
use crate::engine::command::Command;
use crate::engine::window::summary;
use crate::safe_format;
use crate::text::{Safe, safe};
use crate::tui::frame::BorderKind;
use crate::tui::text_field::{COMMENT_GRAPHEMES_MAX, LINE_GRAPHEMES_MAX, TextField};
use crate::tui::view::{View, person};
use crate::tui::window_header;

/// What is asked.
#[derive(Debug)]
pub(crate) enum WindowQuestion {
    /// Close it early, or watch longer.
    End {
        /// The run that opened it.
        run: String,
    },
    /// Why a fired trigger is none.
    FalseAlarm {
        /// The run that opened the window.
        run: String,
        /// What fired; one is chosen.
        triggers: Vec<String>,
    },
    /// For whom the summary is.
    HandOver,
    /// Whether to take over what somebody handed over.
    TakeOver {
        /// The event that wrote it.
        handover: String,
    },
}

/// What can be done about the end: close it, or hours more.
const HOURS_MORE: [i64; 3] = [1, 6, 24];

/// Asks how the open window shall end. Errors: none is open.
pub(crate) fn end_window(view: &View<'_>) -> Result<Dialog, Safe> {
    let window = window_header::watched(view).ok_or(Safe::own("no window is open"))?;
    let run = window.run().to_owned();
    let field = TextField::line(LINE_GRAPHEMES_MAX);
    let kind = Kind::Window(WindowQuestion::End { run });
    Ok(Dialog::form(kind, field, view.at).with_choices(1).with_draft("window".to_owned(), view))
}

/// Asks why what fired is a false alarm.
pub(crate) fn false_alarm(run: String, triggers: Vec<String>, view: &View<'_>) -> Dialog {
    let groups = usize::from(triggers.len() > 1);
    let name = format!("alarm:{run}");
    let field = TextField::comment(COMMENT_GRAPHEMES_MAX);
    let kind = Kind::Window(WindowQuestion::FalseAlarm { run, triggers });
    Dialog::form(kind, field, view.at).with_choices(groups).with_draft(name, view)
}

/// Asks for whom the summary is.
pub(crate) fn hand_over(view: &View<'_>) -> Dialog {
    // A comment takes Enter as text: nothing is handed over by Enter alone.
    Dialog::form(Kind::Window(WindowQuestion::HandOver), TextField::comment(LINE_GRAPHEMES_MAX), view.at)
}

/// Asks whether to take over; none: nothing was handed over to the person who sits here.
pub(crate) fn take_over(view: &View<'_>) -> Option<Dialog> {
    let handover = view.engine.handover_waiting()?.stamp.event.clone();
    Some(Dialog::question(Kind::Window(WindowQuestion::TakeOver { handover }), view.at))
}

/// What it shows.
pub(super) fn sheet(question: &WindowQuestion, dialog: &Dialog, view: &View<'_>) -> Sheet {
    match question {
        WindowQuestion::End { run } => end_sheet(run, dialog, view),
        WindowQuestion::FalseAlarm { run, triggers } => alarm_sheet(run, triggers, dialog, view),
        WindowQuestion::HandOver => hand_over_sheet(view),
        WindowQuestion::TakeOver { handover } => take_over_sheet(handover, view),
    }
}

fn missing(dialog: &Dialog) -> Option<Safe> {
    let blank = dialog.field.as_ref().is_none_or(TextField::is_blank);
    blank.then_some(Safe::own("a reason is missing"))
}

fn end_sheet(run: &str, dialog: &Dialog, view: &View<'_>) -> Sheet {
    let mut sheet = Sheet::new(Safe::own("End of the window"), BorderKind::Focused);
    let Some(window) = view.engine.session().window(run) else { return sheet };
    sheet.fact(view, "window", &safe(window.opened.window.as_str()));
    let far = window_header::countdown(view, window, window_header::Room::Enough);
    sheet.fact(view, "is at", &far);
    sheet.aside(
        view,
        &Safe::own("Closed early it is never HEALTHY: nobody watched it to its end. It stays in the record, with your reason."),
    );
    let more = |hours: &i64| safe_format!("{} h more", *hours);
    let options = std::iter::once(Safe::own("Close it now")).chain(HOURS_MORE.iter().map(more)).collect();
    sheet.choices = vec![Choice { label: Safe::own("How"), options }];
    sheet.field = Some(FieldRow { label: Safe::own("Why"), under: counter(dialog), rows: 1 });
    let label = if dialog.choice(0) == 0 { "Close the window" } else { "Watch longer" };
    let off = missing(dialog).or_else(|| (!window.is_open()).then_some(Safe::own("it is closed already")));
    sheet.button(Press::Confirm, Safe::own(label), "ctrl-s", off);
    sheet.twin = match hours(dialog) {
        None => Safe::own("gonogo window close --reason TEXT"),
        Some(hours) => safe_format!("gonogo window extend --by {}h --reason TEXT", hours),
    };
    sheet
}

/// The hours that are chosen; none: close it.
fn hours(dialog: &Dialog) -> Option<i64> {
    dialog.choice(0).checked_sub(1).and_then(|place| HOURS_MORE.get(place)).copied()
}

fn alarm_sheet(run: &str, triggers: &[String], dialog: &Dialog, view: &View<'_>) -> Sheet {
    let mut sheet = Sheet::new(Safe::own("A false alarm"), BorderKind::Focused);
    let chosen = chosen(triggers, dialog);
    let record = view.engine.session().window(run).and_then(|window| window.triggers.get(chosen));
    sheet.fact(view, "trigger", &safe(chosen));
    if let Some(record) = record {
        sheet.fact(view, "fired", &safe(&record.fired.1.evidence));
        sheet.fact(view, "rule", &safe(&record.fired.1.words));
    }
    sheet.aside(
        view,
        &Safe::own(
            "The window goes on. Your name and reason stay in the record, and in the list of deviations.",
        ),
    );
    if triggers.len() > 1 {
        let options = triggers.iter().map(|trigger| safe(trigger)).collect();
        sheet.choices = vec![Choice { label: Safe::own("Which"), options }];
    }
    sheet.field = Some(FieldRow { label: Safe::own("Why it is none"), under: counter(dialog), rows: 3 });
    sheet.button(Press::Confirm, Safe::own("It is a false alarm"), "ctrl-s", missing(dialog));
    sheet.twin = safe_format!("gonogo window acknowledge {} --reason TEXT", safe(chosen));
    sheet
}

fn chosen<'t>(triggers: &'t [String], dialog: &Dialog) -> &'t str {
    triggers.get(dialog.choice(0)).or_else(|| triggers.first()).map_or("", String::as_str)
}

fn hand_over_sheet(view: &View<'_>) -> Sheet {
    let mut sheet = Sheet::new(Safe::own("Hand over"), BorderKind::Focused);
    sheet.aside(
        view,
        &Safe::own("This goes into the record. The next person's first screen asks to take over."),
    );
    sheet.gap();
    story(&mut sheet, view, &summary(view.engine, view.at));
    let under = Safe::own("empty: whoever comes next");
    sheet.field = Some(FieldRow { label: Safe::own("For whom"), under, rows: 1 });
    sheet.button(Press::Confirm, Safe::own("Hand over"), "ctrl-s", None);
    sheet.twin = Safe::own("gonogo handover --to NAME");
    sheet
}

fn take_over_sheet(handover: &str, view: &View<'_>) -> Sheet {
    let mut sheet = Sheet::new(Safe::own("Take over"), BorderKind::Focused);
    let session = view.engine.session();
    let Some(known) = session.handovers.iter().find(|known| known.stamp.event == *handover) else {
        return sheet;
    };
    let from = safe_format!("{}, {}", person(&known.stamp.by), view.ago(known.stamp.at));
    sheet.fact(view, "from", &from);
    if let Some(to) = &known.written.to {
        sheet.fact(view, "for", &safe(to));
    }
    sheet.gap();
    story(&mut sheet, view, &known.written.summary);
    sheet.cancel = Safe::own("Later");
    let taken = known.accepted.as_ref().map(|stamp| safe_format!("{} has taken over", person(&stamp.by)));
    sheet.button(Press::Confirm, Safe::own("Take over"), "y", taken);
    sheet.twin = Safe::own("gonogo handover --accept");
    sheet
}

fn story(sheet: &mut Sheet, view: &View<'_>, text: &str) {
    for line in text.lines() {
        sheet.say(view, &safe(line));
    }
}

/// What the button does.
pub(super) fn press(question: &WindowQuestion, dialog: &Dialog) -> Outcome {
    let text = dialog.text();
    let command = match question {
        WindowQuestion::End { run } => match hours(dialog) {
            None => Command::CloseWindow { window: Some(run.clone()), reason: text },
            Some(hours) => Command::ExtendWindow {
                window: Some(run.clone()),
                by_ms: TimeDelta::hours(hours).num_milliseconds(),
                reason: text,
            },
        },
        WindowQuestion::FalseAlarm { run, triggers } => Command::Acknowledge {
            window: Some(run.clone()),
            trigger: chosen(triggers, dialog).to_owned(),
            reason: text,
        },
        WindowQuestion::HandOver => {
            let to = text.split_whitespace().collect::<Vec<_>>().join(" ");
            Command::HandOver { to: Some(to).filter(|to| !to.is_empty()) }
        }
        WindowQuestion::TakeOver { handover } => Command::AcceptHandover { handover: Some(handover.clone()) },
    };
    Outcome::done(vec![command])
}
