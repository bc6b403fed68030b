//! A command that an item offers: shown whole, then run on a person's word. The item stays to be ticked by hand.
//!
//! Judged anew for every frame. Not here: deploys and their gate (`deploy.rs`), values that are missing (`value.rs`).

use super::backward::warn;
use super::deploy::commands;
use super::dialog::{Dialog, Kind, Outcome};
use super::sheet::{Choice, Press, Sheet};
use super::value::{self, Then};
use crate::checklist::id::{ActionId, EnvironmentName, ItemId};
use crate::engine::command::Command;
use crate::engine::offer::Offer;
use crate::rules::needed::missing;
use crate::safe_format;
use crate::text::{Safe, clock_face, safe};
use crate::tui::frame::BorderKind;
use crate::tui::glyph::StatusWord;
use crate::tui::row::RowLine;
use crate::tui::theme::Token;
use crate::tui::view::View;

/// Commands of one item, one of them to be run.
#[derive(Clone, Debug)]
pub(crate) struct Offered {
    item: ItemId,
    actions: Vec<ActionId>,
    environment: Option<EnvironmentName>,
}

impl Offered {
    /// The question whether to run it.
    pub(super) fn dialog(&self, view: &View<'_>) -> Dialog {
        let groups = usize::from(self.actions.len() > 1);
        Dialog::question(Kind::Offered(self.clone()), view.at).with_choices(groups)
    }

    fn chosen(&self, dialog: &Dialog) -> Option<&ActionId> {
        self.actions.get(dialog.choice(0)).or_else(|| self.actions.first())
    }

    fn offer(&self, dialog: &Dialog, view: &View<'_>) -> Option<Offer> {
        view.engine.offer(view.at, self.chosen(dialog)?, self.environment.as_ref())
    }
}

/// Asks whether to run what the selected item offers. Errors: it offers nothing, in words.
pub(crate) fn run_offered(item: Option<ItemId>, view: &View<'_>) -> Result<Dialog, Safe> {
    let stood = item.and_then(|item| view.item(&item));
    let Some(at) = stood.map(|stood| &stood.at).filter(|at| !at.item.offers.is_empty()) else {
        return Err(Safe::own("no command is offered here"));
    };
    let offered = Offered {
        item: at.item.id.clone(),
        actions: at.item.offers.clone(),
        environment: at.environment.cloned(),
    };
    let only = match offered.actions.as_slice() {
        [only] => view.engine.checklist().actions.get(only),
        _ => None,
    };
    let facts = view.engine.facts(view.at);
    let needed = only.map(|action| missing(&facts, action)).unwrap_or_default();
    let needed = needed.into_iter().cloned().collect();
    Ok(value::ask(needed, Then::Run(offered.clone()), view).unwrap_or_else(|| offered.dialog(view)))
}

/// What it shows.
pub(super) fn sheet(offered: &Offered, dialog: &Dialog, view: &View<'_>) -> Sheet {
    let Some(offer) = offered.offer(dialog, view) else {
        let mut sheet = Sheet::new(Safe::own("Run"), BorderKind::Double);
        sheet.say(view, &Safe::own("The checklist no longer has this command."));
        return sheet;
    };
    let mut sheet = Sheet::new(Safe::own("Run a command of the checklist"), BorderKind::Double);
    sheet.short = Some(safe_format!("Run {}?", safe(&offer.title)));
    let item = view.item(&offered.item);
    if let Some(stood) = item {
        sheet.fact(view, "item", &view.title(&stood.at));
        if let Some(caution) = &stood.at.item.caution {
            warn(&mut sheet, view, &safe(&caution.replace('\n', " ")));
        }
    }
    sheet.fact(view, "command", &safe(&offer.title));
    let place = offer.environment.as_ref().map_or("here", EnvironmentName::as_str);
    sheet.fact(view, "where", &safe(place));
    for blocker in &offer.blockers {
        let mut left = view.status(StatusWord::Fail);
        left.push(view.piece(safe_format!(" {}", safe(&blocker.text)), Token::StatusDanger));
        sheet.lines.push(RowLine::of(left));
    }
    commands(&mut sheet, &offer, view);
    for stays in &offer.stays {
        warn(&mut sheet, view, &safe_format!("STAYS   {}", stays));
    }
    if let Some(ms) = offer.last_took_ms {
        let took = clock_face::length(chrono::TimeDelta::milliseconds(ms));
        sheet.fact(view, "last run", &safe_format!("took {}", took));
    }
    sheet.aside(view, &Safe::own("Running it ticks nothing: look at what it says, then tick the item."));
    if offered.actions.len() > 1 {
        let title = |id: &ActionId| {
            let offer = view.engine.offer(view.at, id, offered.environment.as_ref());
            offer.map_or_else(|| safe(id.as_str()), |offer| safe(&offer.title))
        };
        let options = offered.actions.iter().map(title).collect();
        sheet.choices = vec![Choice { label: Safe::own("Which"), options }];
    }
    let trusted = view.engine.trust().is_trusted();
    let off = offer.blockers.first().map(|first| safe(&first.text)).or_else(|| {
        (!trusted).then_some(Safe::own("these commands are not trusted yet: gonogo trust shows them"))
    });
    sheet.button(Press::Confirm, Safe::own("Run it"), "y", off);
    sheet.twin = safe_format!("gonogo run {}", safe(offer.action.as_str()));
    sheet
}

/// What the button does.
pub(super) fn press(offered: &Offered, dialog: &Dialog, view: &View<'_>) -> Outcome {
    let Some(offer) = offered.offer(dialog, view) else { return Outcome::stay() };
    Outcome::done(vec![Command::Start {
        action: offer.action,
        environment: offer.environment,
        fingerprint: offer.fingerprint.hash,
        typed: None,
    }])
}
