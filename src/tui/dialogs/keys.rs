//! What a key does in any dialog: the guard, fields, choices, buttons, Esc.
//!
//! Here stand the safety rules once for all of them; a dialog only says what it shows and what its buttons do.

use super::dialog::{Dialog, Focus, Next, Outcome};
use super::sheet::{Press, Sheet};
use crate::tui::key::{Key, KeyCode};
use crate::tui::text_field::Edited;
use crate::tui::view::View;

/// What a key was in a dialog.
#[derive(Debug)]
pub(crate) enum Pressed {
    /// It came too early, or means nothing here.
    Ignored,
    /// It changed something inside.
    Inside,
    /// The button is off, for this reason.
    Off(crate::text::Safe),
    /// Something happens.
    Outcome(Outcome),
}

impl Dialog {
    /// One key.
    pub(crate) fn key(&mut self, view: &View<'_>, key: Key) -> Pressed {
        if !self.takes_keys(view.at) {
            return Pressed::Ignored;
        }
        let sheet = self.sheet(view);
        match key.code {
            KeyCode::Esc => return Pressed::Outcome(cancelled()),
            KeyCode::Char('c') if key.ctrl => return Pressed::Outcome(cancelled()),
            KeyCode::Tab => {
                self.move_focus(&sheet, if key.shift { Way::Back } else { Way::On });
                return Pressed::Inside;
            }
            KeyCode::Char('s') if key.ctrl => {
                let meant = sheet.buttons.first().filter(|button| button.key == "ctrl-s");
                return meant.map_or(Pressed::Ignored, |button| self.push(button.press, &sheet, view));
            }
            _ => {}
        }
        match self.focus {
            Focus::Field => self.key_in_field(&sheet, key),
            Focus::Choice(group) => self.key_in_choice(&sheet, group, key, view),
            Focus::Cancel | Focus::Button(_) => self.key_on_button(&sheet, key, view),
        }
    }

    /// Pasted text: for the field alone. Whether it was taken.
    pub(crate) fn paste(&mut self, view: &View<'_>, text: &str) -> bool {
        if !self.takes_keys(view.at) || !self.in_field() {
            return false;
        }
        self.field.as_mut().is_some_and(|field| field.paste(text) != Edited::NotMine)
    }

    fn key_in_field(&mut self, sheet: &Sheet, key: Key) -> Pressed {
        let edited = self.field.as_mut().map_or(Edited::NotMine, |field| field.press(key));
        match (edited, key.code) {
            (Edited::NotMine, KeyCode::Enter) => match sheet.buttons.first() {
                // Complete: Enter goes to the button, a second one presses it. Never both at once.
                Some(button) => match &button.off {
                    None => {
                        self.focus = Focus::Button(0);
                        Pressed::Inside
                    }
                    Some(why) => Pressed::Off(why.clone()),
                },
                None => Pressed::Ignored,
            },
            (Edited::NotMine, KeyCode::Down) => {
                self.move_focus(sheet, Way::On);
                Pressed::Inside
            }
            (Edited::NotMine, KeyCode::Up) => {
                self.move_focus(sheet, Way::Back);
                Pressed::Inside
            }
            (Edited::NotMine, _) => self.scroll_key(key),
            (Edited::Changed | Edited::Moved | Edited::Full, _) => Pressed::Inside,
        }
    }

    fn key_in_choice(&mut self, sheet: &Sheet, group: usize, key: Key, view: &View<'_>) -> Pressed {
        let options = sheet.choices.get(group).map_or(0, |choice| choice.options.len()).max(1);
        let chosen = self.choice(group);
        let to = match key.code {
            KeyCode::Left | KeyCode::Char('h') => chosen.checked_sub(1).unwrap_or(options - 1),
            KeyCode::Right | KeyCode::Char('l' | ' ') => (chosen + 1) % options,
            KeyCode::Up | KeyCode::Char('k') => {
                self.move_focus(sheet, Way::Back);
                return Pressed::Inside;
            }
            KeyCode::Down | KeyCode::Char('j') | KeyCode::Enter => {
                self.move_focus(sheet, Way::On);
                return Pressed::Inside;
            }
            _ => return self.hot_key(sheet, key, view),
        };
        if let Some(slot) = self.chosen.get_mut(group) {
            *slot = to;
        }
        Pressed::Inside
    }

    fn key_on_button(&mut self, sheet: &Sheet, key: Key, view: &View<'_>) -> Pressed {
        match (key.code, self.focus) {
            (KeyCode::Enter, Focus::Button(place)) => match sheet.buttons.get(place) {
                Some(button) => self.push(button.press, sheet, view),
                None => Pressed::Ignored,
            },
            (KeyCode::Enter, _) => Pressed::Outcome(cancelled()),
            (KeyCode::Right, _) => {
                self.move_focus(sheet, Way::On);
                Pressed::Inside
            }
            (KeyCode::Left, _) => {
                self.move_focus(sheet, Way::Back);
                Pressed::Inside
            }
            _ => self.hot_key(sheet, key, view),
        }
    }

    /// A key that stands beside a button presses it.
    fn hot_key(&mut self, sheet: &Sheet, key: Key, view: &View<'_>) -> Pressed {
        let own = key.typed().and_then(|typed| {
            sheet.buttons.iter().find(|button| button.key.chars().eq(std::iter::once(typed)))
        });
        match own {
            Some(button) => self.push(button.press, sheet, view),
            None => self.scroll_key(key),
        }
    }

    fn push(&mut self, press: Press, sheet: &Sheet, view: &View<'_>) -> Pressed {
        let button = sheet.buttons.iter().find(|button| button.press == press);
        match button.map(|button| &button.off) {
            None => Pressed::Ignored,
            Some(Some(why)) => Pressed::Off(why.clone()),
            Some(None) => Pressed::Outcome(self.press(press, view)),
        }
    }

    fn scroll_key(&mut self, key: Key) -> Pressed {
        self.scroll = match key.code {
            KeyCode::Down | KeyCode::Char('j') => self.scroll.saturating_add(1),
            KeyCode::Up | KeyCode::Char('k') => self.scroll.saturating_sub(1),
            KeyCode::PageDown => self.scroll.saturating_add(10),
            KeyCode::PageUp => self.scroll.saturating_sub(10),
            KeyCode::Home => 0,
            KeyCode::End => usize::MAX,
            _ => return Pressed::Ignored,
        };
        Pressed::Inside
    }

    fn move_focus(&mut self, sheet: &Sheet, way: Way) {
        let order = order(sheet);
        let here = order.iter().position(|focus| *focus == self.focus).unwrap_or(0);
        let step = match way {
            Way::On => 1,
            Way::Back => order.len() - 1,
        };
        self.focus = order.get((here + step) % order.len()).copied().unwrap_or(Focus::Cancel);
    }
}

/// Which way the focus goes.
#[derive(Clone, Copy, Debug)]
enum Way {
    On,
    Back,
}

/// Everything the focus can be on, in order; Cancel is always among them.
fn order(sheet: &Sheet) -> Vec<Focus> {
    let choices = (0..sheet.choices.len()).map(Focus::Choice);
    let field = sheet.field.iter().map(|_| Focus::Field);
    let buttons = (0..sheet.buttons.len()).map(Focus::Button);
    choices.chain(field).chain([Focus::Cancel]).chain(buttons).collect()
}

fn cancelled() -> Outcome {
    Outcome { commands: Vec::new(), next: Next::Cancelled }
}
