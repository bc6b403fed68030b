//! Leaving while a run is active: it goes on, and here is how to come back; or what ends with the screen.

use super::backward;
use super::dialog::{Dialog, Kind, Next, Outcome};
use super::sheet::{Press, Sheet};
use crate::safe_format;
use crate::text::{Safe, safe};
use crate::tui::frame::BorderKind;
use crate::tui::view::View;

/// A person on the way out.
#[derive(Debug)]
pub(crate) struct Leaving {
    run: String,
    /// What leaving ends besides the screen.
    parting: Option<Safe>,
}

/// Asks whether to leave while a run is active; none is active: nothing to ask.
pub(crate) fn leave(view: &View<'_>, parting: Option<&Safe>) -> Option<Dialog> {
    let run = view.engine.session().active_run()?.id().to_owned();
    Some(Dialog::question(Kind::Leave(Leaving { run, parting: parting.cloned() }), view.at))
}

/// What it shows.
pub(super) fn sheet(leaving: &Leaving, view: &View<'_>) -> Sheet {
    let mut sheet = Sheet::new(Safe::own("Leave"), BorderKind::Double);
    if let Some(run) = view.engine.session().run(&leaving.run) {
        let action = safe(run.requested.action.as_str());
        let place = run.requested.environment.as_ref().map(|name| safe(name.as_str())).unwrap_or_default();
        sheet.title = safe_format!("A {} is running", action);
        let done = run.steps.iter().filter(|step| crate::tui::panes::steps::is_done(step)).count();
        let now = (done + 1).min(run.steps.len());
        let product = safe(&view.engine.release().product);
        let version = run.requested.version.as_deref().map(safe).unwrap_or_default();
        let text = safe_format!(
            "{} of {} {} in {} is at step {} of {}.",
            action,
            product,
            version,
            place,
            now,
            run.steps.len()
        );
        sheet.say(view, &text);
    }
    sheet.cancel = Safe::own("Stay");
    if let Some(parting) = &leaving.parting {
        sheet.say(view, parting);
        sheet.short = Some(Safe::own("Leave? The run ends too."));
        sheet.button(Press::Leave, Safe::own("Leave, the run ends too"), "l", None);
    } else {
        sheet.say(view, &Safe::own("Leaving this screen does not stop it."));
        sheet.say(view, &Safe::own("Come back with:  gonogo attach"));
        sheet.short = Some(Safe::own("Leave? The run goes on."));
        sheet.button(Press::Leave, Safe::own("Leave, the run goes on"), "l", None);
    }
    sheet.button(Press::Abort, Safe::own("Abort (asks)"), "X", None);
    sheet
}

/// What a button does.
pub(super) fn press(_leaving: &Leaving, press: Press, view: &View<'_>) -> Outcome {
    match press {
        Press::Leave => Outcome { commands: Vec::new(), next: Next::Quit },
        Press::Abort => backward::abort(view).map_or_else(|_| Outcome::stay(), Outcome::open),
        Press::Confirm
        | Press::Retry
        | Press::MarkDone
        | Press::Skip
        | Press::RollBack
        | Press::FalseAlarm
        | Press::Copy => Outcome::stay(),
    }
}
