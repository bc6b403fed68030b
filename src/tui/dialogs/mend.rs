//! Events that were seen here and are gone from the record: put back as they were, from what this cockpit has read.
//!
//! Not here: putting back from a copy, or going on without them (`gonogo repair`, `gonogo verify`).

use super::dialog::{Dialog, Kind, Outcome};
use super::sheet::{Press, Sheet};
use crate::engine::command::Command;
use crate::safe_format;
use crate::text::Safe;
use crate::tui::frame::BorderKind;
use crate::tui::view::View;

/// Asks whether to put back what is gone. Errors: nothing is.
pub(crate) fn put_back(view: &View<'_>) -> Result<Dialog, Safe> {
    if view.engine.condition().lost.is_empty() {
        return Err(Safe::own("nothing that was seen here is gone; gonogo repair looks closer"));
    }
    Ok(Dialog::question(Kind::PutBack, view.at))
}

/// What it shows.
pub(super) fn sheet(view: &View<'_>) -> Sheet {
    let mut sheet = Sheet::new(Safe::own("Put the events back?"), BorderKind::Double);
    let gone = view.engine.condition().lost.len();
    sheet.say(view, &safe_format!("{} events that were seen here are gone from the record: an older copy was put in its place, or its end was cut.", gone));
    sheet.gap();
    sheet.say(view, &Safe::own("They go back byte for byte, each proves itself by its hash. What was recorded meanwhile stays. Until then nothing is GO."));
    sheet.gap();
    sheet.aside(view, &Safe::own("To go on without them: gonogo verify --accept-missing --reason WHY"));
    let off = (gone == 0).then(|| Safe::own("they are back"));
    sheet.cancel = Safe::own("Not now");
    sheet.short = Some(safe_format!("Put {} events back?", gone));
    sheet.button(Press::Confirm, Safe::own("Put them back"), "y", off);
    sheet.twin = Safe::own("gonogo repair --restore --from COPY");
    sheet
}

/// What the button does.
pub(super) fn press() -> Outcome {
    Outcome::done(vec![Command::PutBack])
}
