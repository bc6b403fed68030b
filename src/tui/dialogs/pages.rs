//! Things to read: all messages, the whole record, what the environment is.

use super::dialog::{Dialog, Kind, Outcome};
use super::sheet::{Press, Sheet, TEXT_CELLS};
use crate::engine::command::Command;
use crate::engine::input::NoticeLevel;
use crate::safe_format;
use crate::text::{Safe, clock_face, safe};
use crate::tui::frame::BorderKind;
use crate::tui::glyph::StatusWord;
use crate::tui::panes::details::fact_lines;
use crate::tui::panes::timeline;
use crate::tui::row::{Row, RowLine};
use crate::tui::theme::Token;
use crate::tui::view::View;

/// Something to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// What the document this release was opened from became.
    Document(Vec<Safe>),
    /// All messages so far.
    Messages,
    /// The whole record.
    Record,
    /// What the environment is.
    Environment,
}

/// Shows what the document became. Errors: the release was not opened from one.
pub(crate) fn document(lines: &[Safe], view: &View<'_>) -> Result<Dialog, Safe> {
    if lines.is_empty() {
        return Err(Safe::own("this release was not opened from a Markdown document"));
    }
    Ok(Dialog::question(Kind::Page(Page::Document(lines.to_vec())), view.at))
}

/// Shows all messages.
pub(crate) fn messages(view: &View<'_>) -> Dialog {
    Dialog::question(Kind::Page(Page::Messages), view.at)
}

/// Shows the whole record.
pub(crate) fn record(view: &View<'_>) -> Dialog {
    Dialog::question(Kind::Page(Page::Record), view.at)
}

/// Shows what the environment is.
pub(crate) fn environment_page(view: &View<'_>) -> Dialog {
    Dialog::question(Kind::Page(Page::Environment), view.at)
}

/// What it shows.
pub(super) fn sheet(page: &Page, view: &View<'_>) -> Sheet {
    let mut sheet = Sheet::new(Safe::EMPTY, BorderKind::Focused);
    sheet.cancel = Safe::own("Close");
    match page {
        Page::Document(lines) => told(&mut sheet, lines, view),
        Page::Messages => {
            sheet.title = Safe::own("Messages, newest first");
            for notice in view.engine.notices().rev() {
                let (word, token) = match notice.level {
                    NoticeLevel::Info => (StatusWord::Open, Token::Fg),
                    NoticeLevel::Warning => (StatusWord::Watch, Token::StatusWarning),
                    NoticeLevel::Error => (StatusWord::Fail, Token::StatusDanger),
                };
                for (number, part) in crate::text::wrap::wrap(&notice.text.safe(), 56).into_iter().enumerate()
                {
                    let time = if number == 0 {
                        clock_face::second_of_day(&notice.at)
                    } else {
                        Safe::own("        ")
                    };
                    let glyph = if number == 0 { view.glyph(word) } else { view.plain(Safe::own(" ")) };
                    let text = view.piece(safe_format!(" {}", part), token);
                    sheet.lines.push(RowLine::of(vec![view.muted(safe_format!("{} ", time)), glyph, text]));
                }
            }
            if sheet.lines.is_empty() {
                sheet.say(view, &Safe::own("No message yet."));
            }
        }
        Page::Record => {
            sheet.title = safe_format!("Record of {}, newest first", view.engine.release().session_name);
            let rows: Vec<Row> = lines_of_record(view);
            sheet.lines = rows.into_iter().flat_map(|row| row.lines).collect();
            sheet.button(Press::Copy, Safe::own("Copy all"), "y", None);
            sheet.twin = Safe::own("gonogo log");
        }
        Page::Environment => environment(&mut sheet, view),
    }
    sheet
}

/// The import report: its own lines wrapped, a label in front of each kept apart.
fn told(sheet: &mut Sheet, lines: &[Safe], view: &View<'_>) {
    sheet.title = Safe::own("What the document became");
    sheet.cancel = Safe::own("Go on");
    for line in lines {
        match line.as_str().split_once("  ") {
            Some((label, text)) if !label.is_empty() && label.chars().all(char::is_alphabetic) => {
                let lines = fact_lines(view, &safe(label), &safe(text.trim_start()), TEXT_CELLS + 2);
                sheet.lines.extend(lines);
            }
            _ => sheet.say(view, line),
        }
    }
    sheet.gap();
    sheet.aside(
        view,
        &Safe::own("Nothing of it runs by itself. g i shows this again, E on an item runs what it offers."),
    );
    sheet.twin = Safe::own("gonogo import FILE");
}

fn lines_of_record(view: &View<'_>) -> Vec<Row> {
    view.engine
        .session()
        .timeline
        .iter()
        .rev()
        .map(|recorded| timeline::row(view, recorded, timeline::WHO_CELLS_MAX))
        .collect()
}

fn environment(sheet: &mut Sheet, view: &View<'_>) {
    let name = view.environment.as_ref().map_or(Safe::own("none"), |name| safe(name.as_str()));
    sheet.title = safe_format!("Environment {}", name);
    let checklist = view.engine.checklist();
    let protected = checklist.is_protected(view.environment.as_ref());
    let words = if protected { "yes: a deploy wants its name typed" } else { "no" };
    sheet.fact(view, "protected", &Safe::own(words));
    let deployed = view.engine.deployed_version(view.environment.as_ref());
    sheet.fact(view, "version", &deployed.as_deref().map_or(Safe::own("not deployed by this session"), safe));
    match view.source() {
        Some(source) => {
            sheet.fact(view, "docker", &source.address.safe());
            sheet.fact(view, "daemon", &source.daemon.safe());
            sheet.fact(view, "state", &crate::tui::panes::containers::freshness(view, source).text);
            if let Some(warning) = &source.warning {
                sheet.fact(view, "warning", &warning.safe());
            }
            sheet.fact(view, "containers", &Safe::from(source.containers.len()));
        }
        None => sheet.fact(view, "docker", &Safe::own("not asked")),
    }
    for contact in &checklist.contacts {
        let text = [contact.name.as_deref(), contact.reach.as_deref(), contact.availability.as_deref()];
        let parts: Vec<Safe> = text.into_iter().flatten().map(safe).collect();
        sheet.fact(
            view,
            "contact",
            &safe_format!("{}: {}", contact.role, Safe::join(&parts, &Safe::own(", "))),
        );
    }
}

/// Copies what is shown.
pub(super) fn press(page: &Page, view: &View<'_>) -> Outcome {
    if *page != Page::Record {
        return Outcome::stay();
    }
    let lines: Vec<String> = lines_of_record(view).iter().map(|row| row.text().as_str().to_owned()).collect();
    Outcome { commands: vec![Command::Copy { text: lines.join("\n") }], ..Outcome::stay() }
}
