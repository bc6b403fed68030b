//! Trust: everything the checklist would run, fetch and demand, before any of it happens.

use super::dialog::{Dialog, Kind, Outcome};
use super::sheet::{Press, Sheet, TEXT_CELLS};
use crate::checklist::shown::{ShownKind, commands_shown};
use crate::checklist::values::Values;
use crate::engine::command::Command;
use crate::engine::trust::TrustState;
use crate::safe_format;
use crate::text::{Safe, safe, visible};
use crate::tui::frame::BorderKind;
use crate::tui::glyph::StatusWord;
use crate::tui::row::RowLine;
use crate::tui::theme::Token;
use crate::tui::view::View;

/// Content waiting for trust.
#[derive(Debug)]
pub(crate) struct TrustQuestion {
    digest: String,
}

/// Asks whether to trust the content. Errors: it is trusted, or not known yet.
pub(crate) fn trust(view: &View<'_>) -> Result<Dialog, Safe> {
    match view.engine.trust() {
        TrustState::Untrusted { digest, .. } => {
            Ok(Dialog::question(Kind::Trust(TrustQuestion { digest: digest.clone() }), view.at))
        }
        TrustState::Trusted { .. } => Err(Safe::own("this checklist is trusted")),
        TrustState::Unknown => Err(Safe::own("it is being looked up whether this checklist is trusted")),
    }
}

/// What it shows.
pub(super) fn sheet(view: &View<'_>) -> Sheet {
    let mut sheet = Sheet::new(Safe::own("Trust this checklist?"), BorderKind::Double);
    let checklist = view.engine.checklist();
    sheet.say(view, &Safe::own("It comes with commands. Until you trust exactly this content nothing runs, nothing is fetched, nothing is measured."));
    if let TrustState::Untrusted { digest, changed, not_pinned } = view.engine.trust() {
        sheet.fact(view, "digest", &safe(digest));
        for change in changed {
            sheet.fact(view, "changed", &visible(change));
        }
        for script in not_pinned {
            let text = safe_format!("{} is named and not covered by the digest", script);
            let glyph = view.glyph(StatusWord::Watch);
            sheet
                .lines
                .push(RowLine::of(vec![glyph, view.piece(safe_format!(" {}", text), Token::StatusWarning)]));
        }
    }
    sheet.gap();
    let values = Values {
        checklist,
        given: &view.engine.session().values,
        environment: None,
        commit: view.engine.session().commit.as_deref(),
    };
    for shown in commands_shown(checklist, &values) {
        let kind = match shown.kind {
            ShownKind::Run => "runs",
            ShownKind::Script => "script",
            ShownKind::Fetch => "fetches",
            ShownKind::Connect => "connects",
            ShownKind::Docker => "docker",
            ShownKind::Read => "reads",
            ShownKind::Secret => "secret",
            ShownKind::Notify => "tells",
            ShownKind::Policy => "policy",
        };
        let place = visible(&shown.place);
        let start = sheet.lines.len();
        for (number, line) in shown.text.lines().enumerate() {
            sheet.fact(view, if number == 0 { kind } else { "" }, &visible(line));
        }
        put_place(&mut sheet, start, &place, view);
    }
    let off = match view.engine.trust() {
        TrustState::Untrusted { .. } => None,
        TrustState::Trusted { .. } => Some(Safe::own("it is trusted already")),
        TrustState::Unknown => Some(Safe::own("it is being looked up")),
    };
    sheet.cancel = Safe::own("Not now");
    sheet.button(Press::Confirm, Safe::own("Trust it"), "y", off);
    let path = shell_words::quote(&view.engine.release().session_path).into_owned();
    sheet.twin = safe_format!("gonogo trust {}", visible(&path));
    sheet
}

/// Where something stands in the checklist: beside it if it is one line that leaves room, else under it.
fn put_place(sheet: &mut Sheet, start: usize, place: &Safe, view: &View<'_>) {
    let room = usize::from(TEXT_CELLS);
    let wide = |line: &RowLine| line.left.iter().map(|piece| piece.text.width()).sum::<usize>();
    let alone = sheet.lines.len() == start + 1;
    match sheet.lines.last_mut() {
        Some(line) if alone && wide(line) + 2 + place.width() <= room => {
            line.right = vec![view.muted(place.clone())];
        }
        _ => sheet.fact(view, "", place),
    }
}

/// What the button does.
pub(super) fn press(question: &TrustQuestion) -> Outcome {
    Outcome::done(vec![Command::Trust { digest: question.digest.clone() }])
}
