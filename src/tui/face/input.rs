//! Where a key goes: a field being typed in, a dialog, help, or through the key table to an act.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Face, Program, Reaction};
use crate::engine::brain::Engine;
use crate::engine::command::Command;
use crate::engine::input::NoticeLevel;
use crate::engine::window::views::Automatic;
use crate::safe_format;
use crate::text::Safe;
use crate::tui::dialogs::{Dialog, Next, Outcome, Pressed, has_room};
use crate::tui::help::HelpLine;
use crate::tui::help_page::HelpPage;
use crate::tui::key::{Key, KeyCode};
use crate::tui::keymap::{Action, Found, KeyMode};
use crate::tui::lines::Access;
use crate::tui::list::Filter;
use crate::tui::pane::PaneId;
use crate::tui::state::{Over, Said};
use crate::tui::text_field::Edited;
use crate::tui::view::View;

/// A second `ctrl-c` within this time leaves.
const INTERRUPT_TWICE: TimeDelta = TimeDelta::seconds(2);

impl Face {
    /// One key.
    pub(super) fn press(&mut self, engine: &Engine, at: DateTime<Utc>, key: Key) -> Reaction {
        if self.frozen.take().is_some() && matches!(key.code, KeyCode::Char('p') | KeyCode::Esc) {
            return Reaction::default();
        }
        self.state.acknowledged = Some(at);
        if let Some(held) = self.hold_automatic(engine, at, key) {
            return held;
        }
        let theme = self.theme.clone();
        let view = View::new(engine, at, &theme);
        if self.state.typing.is_some() {
            return self.type_filter(&view, key);
        }
        let mode = self.mode();
        let found = self.keymap.look_up(mode, self.state.focus(), self.state.prefix, key);
        let had_prefix = self.state.prefix.take().is_some();
        match found {
            Found::Prefix => {
                self.state.prefix = Some(key);
                Reaction::default()
            }
            Found::Action(action) => match mode {
                KeyMode::Screen | KeyMode::Card => self.act(action, &view),
                KeyMode::Help => self.act_in_help(action, &view),
                KeyMode::Dialog | KeyMode::Field => self.act_in_dialog(action, key, &view),
            },
            Found::Nothing => match mode {
                KeyMode::Dialog | KeyMode::Field => self.key_in_dialog(key, &view),
                KeyMode::Help | KeyMode::Screen | KeyMode::Card => {
                    if !had_prefix && key.code != KeyCode::Esc {
                        self.say_unbound(key, &view);
                    }
                    Reaction::default()
                }
            },
        }
    }

    /// While a rollback is about to happen by itself any key holds it, and does nothing else; `B` and what stands in its
    /// question still mean what they say.
    fn hold_automatic(&mut self, engine: &Engine, at: DateTime<Utc>, key: Key) -> Option<Reaction> {
        let prepared = engine.prepared_rollback(at)?;
        let counts = matches!(prepared.automatic, Automatic::At(_));
        if !counts || self.access == Access::ReadOnly || matches!(key.code, KeyCode::Char('y' | 'B')) {
            return None;
        }
        self.say(at, NoticeLevel::Warning, Safe::own("held: it does not roll back by itself. B rolls back"));
        Some(super::acts::wants(Command::HoldRollback))
    }

    /// Every key answers, also one that means nothing here.
    fn say_unbound(&mut self, key: Key, view: &View<'_>) {
        let name = crate::text::safe(&key.label(view.theme.glyphs()));
        self.say(view.at, NoticeLevel::Info, safe_format!("{} does nothing here. ? shows the keys", name));
    }

    /// Says something in the status line.
    pub(super) fn say(&mut self, at: DateTime<Utc>, level: NoticeLevel, text: Safe) {
        self.state.said = Some(Said { at, level, text });
    }

    /// A key inside a dialog; keys that work everywhere come here too, after the guard.
    fn act_in_dialog(&mut self, action: Action, key: Key, view: &View<'_>) -> Reaction {
        if matches!(action, Action::Redraw | Action::Suspend) {
            return self.act(action, view);
        }
        let Over::Dialog(dialog) = &mut self.state.over else { return Reaction::default() };
        if action == Action::Interrupt {
            return self.key_in_dialog(key, view);
        }
        if !dialog.takes_keys(view.at) {
            return Reaction::default();
        }
        let same = dialog.asks_for(action);
        match action {
            Action::Help => {
                let pane = self.state.focus();
                if let Over::Dialog(dialog) = std::mem::take(&mut self.state.over) {
                    self.state.over = Over::Help(HelpPage::new(pane, Some(dialog)));
                }
                Reaction::default()
            }
            // The opening key never confirms, and does not open the same question anew.
            Action::RollBack | Action::Abort if same => Reaction::default(),
            Action::RollBack | Action::Abort => {
                let kept = self.close_dialog(Keep::Draft);
                let mut reaction = self.act(action, view);
                reaction.commands.splice(0..0, kept);
                reaction
            }
            _ => self.key_in_dialog(key, view),
        }
    }

    fn key_in_dialog(&mut self, key: Key, view: &View<'_>) -> Reaction {
        let room = has_room(&self.layout);
        let Over::Dialog(dialog) = &mut self.state.over else { return Reaction::default() };
        let leaves = key.code == KeyCode::Esc || (key.ctrl && key.code == KeyCode::Char('c'));
        if !room && !leaves && dialog.sheet(view).short.is_none() {
            self.say(view.at, NoticeLevel::Warning, Safe::own("make the window wider to see what this does"));
            return Reaction::default();
        }
        let Over::Dialog(dialog) = &mut self.state.over else { return Reaction::default() };
        match dialog.key(view, key) {
            Pressed::Ignored | Pressed::Inside => Reaction::default(),
            Pressed::Off(why) => {
                self.say(view.at, NoticeLevel::Warning, why);
                Reaction::default()
            }
            Pressed::Outcome(outcome) => self.follow(outcome),
        }
    }

    /// What a dialog's button made becomes a reaction.
    fn follow(&mut self, outcome: Outcome) -> Reaction {
        let Outcome { mut commands, next } = outcome;
        self.awaits_run |= commands
            .iter()
            .any(|command| matches!(command, Command::Start { .. } | Command::RollBack { .. }));
        let mut program = None;
        match next {
            Next::Stay => {}
            Next::Done => commands.extend(self.close_dialog(Keep::Nothing)),
            Next::Cancelled => commands.extend(self.close_dialog(Keep::Draft)),
            Next::Open(dialog) => {
                commands.extend(self.close_dialog(Keep::Draft));
                self.state.over = Over::Dialog(dialog);
            }
            Next::Quit => {
                commands.extend(self.close_dialog(Keep::Draft));
                program = Some(Program::Quit);
            }
        }
        Reaction { commands, program }
    }

    /// Closes the dialog; its text is kept on disk or forgotten.
    pub(super) fn close_dialog(&mut self, keep: Keep) -> Option<Command> {
        let Over::Dialog(dialog) = std::mem::take(&mut self.state.over) else { return None };
        let field = dialog.draft.clone()?;
        let text = match keep {
            Keep::Draft => dialog.text(),
            Keep::Nothing => String::new(),
        };
        Some(Command::KeepDraft { field, text })
    }

    /// Opens a dialog, or says why not.
    pub(super) fn open(&mut self, asked: Result<Dialog, Safe>, at: DateTime<Utc>) -> Reaction {
        match asked {
            Ok(dialog) => self.state.over = Over::Dialog(Box::new(dialog)),
            Err(why) => self.say(at, NoticeLevel::Warning, why),
        }
        Reaction::default()
    }

    /// Keys of the help page.
    fn act_in_help(&mut self, action: Action, view: &View<'_>) -> Reaction {
        let rows = usize::from(self.layout.body().height.saturating_sub(3));
        match action {
            Action::MoveDown => self.step_help(1, rows, view),
            Action::MoveUp => self.step_help(-1, rows, view),
            Action::HalfPageDown | Action::PageDown => self.step_help(10, rows, view),
            Action::HalfPageUp | Action::PageUp => self.step_help(-10, rows, view),
            Action::Top => self.step_help(isize::MIN + 1, rows, view),
            Action::Bottom => self.step_help(isize::MAX, rows, view),
            Action::Help | Action::Back => self.close_help(),
            Action::RollBack | Action::Abort | Action::Leave => {
                self.state.over = Over::Nothing;
                return self.act(action, view);
            }
            other => return self.act(other, view),
        }
        Reaction::default()
    }

    fn step_help(&mut self, by: isize, rows: usize, view: &View<'_>) {
        let (access, selected) = (self.access, self.item_selected());
        let why = |action| super::blocked::blocked(action, view, (access, selected.as_ref()));
        if let Over::Help(page) = &mut self.state.over {
            let lines: Vec<HelpLine> = page.lines(&self.keymap, view, &why);
            page.step(by, &lines, rows);
        }
    }

    /// Closes help; a dialog under it comes back, with its guard up again.
    pub(super) fn close_help(&mut self) {
        if let Over::Help(page) = std::mem::take(&mut self.state.over)
            && let Some(dialog) = page.behind
        {
            self.state.over = Over::Dialog(dialog);
        }
    }

    /// A key while a filter or search is typed.
    fn type_filter(&mut self, view: &View<'_>, key: Key) -> Reaction {
        let Some(field) = &mut self.state.typing else { return Reaction::default() };
        let leaves = key.code == KeyCode::Esc || (key.ctrl && key.code == KeyCode::Char('c'));
        if leaves {
            self.state.typing = None;
            self.apply_filter(view, "");
            return Reaction::default();
        }
        if key.code == KeyCode::Enter {
            let text = field.value();
            self.state.typing = None;
            self.apply_filter(view, &text);
            return Reaction::default();
        }
        if field.press(key) == Edited::Changed {
            let text = field.value();
            // A log is searched at Enter: half a pattern is not a pattern.
            if self.state.focus() != PaneId::Logs || !matches!(self.state.over, Over::Nothing) {
                self.apply_filter(view, &text);
            }
        }
        Reaction::default()
    }

    fn apply_filter(&mut self, view: &View<'_>, text: &str) {
        if let Over::Help(page) = &mut self.state.over {
            page.filter = Filter::new(text);
            page.top = 0;
            return;
        }
        let pane = self.state.focus();
        if pane == PaneId::Logs {
            if let Err(problem) = self.state.log.search_for(text) {
                self.say(view.at, NoticeLevel::Warning, crate::text::safe(&problem));
            }
            return;
        }
        if text.trim().is_empty() {
            self.state.filters.remove(&pane);
        } else {
            self.state.filters.insert(pane, Filter::new(text));
        }
    }

    /// `ctrl-c`: once it says how to leave, twice it leaves. It never stops a run.
    pub(super) fn interrupt(&mut self, view: &View<'_>) -> Reaction {
        let again = self.state.interrupted.is_some_and(|last| view.at - last <= INTERRUPT_TWICE);
        self.state.interrupted = Some(view.at);
        if again {
            return Reaction { commands: Vec::new(), program: Some(Program::Quit) };
        }
        self.say(view.at, NoticeLevel::Info, Safe::own("press q to leave, or ctrl-c again"));
        Reaction::default()
    }

    /// Pasted text.
    pub(super) fn pasted(&mut self, engine: &Engine, at: DateTime<Utc>, text: &str) {
        let theme = self.theme.clone();
        let view = View::new(engine, at, &theme);
        if let Some(field) = &mut self.state.typing {
            field.paste(text);
            return;
        }
        if let Over::Dialog(dialog) = &mut self.state.over
            && dialog.paste(&view, text)
        {
            return;
        }
        let lines = text.lines().count().max(1);
        let words = safe_format!("{} pasted lines were ignored: paste works in a field only", lines);
        self.say(at, NoticeLevel::Warning, words);
    }
}

/// What becomes of the text of a dialog that closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// It is kept.
    Draft,
    /// It was used.
    Nothing,
}
