//! One key press in our own plain words, and its notation: `j`, `<space>`, `ctrl-s`, `F1`, `shift-tab`.
//!
//! Not here: reading the terminal (`runtime/terminal.rs`), what a key does (`keymap/`).

use std::fmt;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::tui::glyph::GlyphSet;

/// The key without its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyCode {
    /// A character as typed: shift is already in it.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab; with `shift` it is back-tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// A function key, 1 to 24.
    F(u8),
}

/// One key press. Build it with [`Key::new`], which normalises it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Which key.
    pub code: KeyCode,
    /// Ctrl was down.
    pub ctrl: bool,
    /// Alt was down.
    pub alt: bool,
    /// Shift was down. Always false for a character: the character tells.
    pub shift: bool,
}

/// Which modifiers were down at a press.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// Ctrl.
    pub ctrl: bool,
    /// Alt.
    pub alt: bool,
    /// Shift.
    pub shift: bool,
}

/// Why a notation is not a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a key; write for example `j`, `<space>`, `ctrl-s`, `F1`, `shift-tab`")]
pub struct NotAKey(pub String);

/// Key names beside single characters and function keys.
const NAMES: [(&str, KeyCode); 17] = [
    ("space", KeyCode::Char(' ')),
    ("lt", KeyCode::Char('<')),
    ("minus", KeyCode::Char('-')),
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("return", KeyCode::Enter),
];

impl Key {
    /// A press as the terminal reported it, normalised: `AltGr` (Ctrl+Alt+character) is the character, a character
    /// keeps no shift, and Ctrl goes with the lower-case letter.
    pub fn new(code: KeyCode, modifiers: Modifiers) -> Key {
        let Modifiers { ctrl, alt, shift } = modifiers;
        match code {
            KeyCode::Char(_) if ctrl && alt => Key { code, ctrl: false, alt: false, shift: false },
            KeyCode::Char(c) if ctrl => {
                Key { code: KeyCode::Char(c.to_ascii_lowercase()), ctrl, alt, shift: false }
            }
            KeyCode::Char(c) if shift => Key { code: KeyCode::Char(upper(c)), ctrl, alt, shift: false },
            KeyCode::Char(_) => Key { code, ctrl, alt, shift: false },
            KeyCode::Enter
            | KeyCode::Esc
            | KeyCode::Tab
            | KeyCode::Backspace
            | KeyCode::Delete
            | KeyCode::Home
            | KeyCode::End
            | KeyCode::PageUp
            | KeyCode::PageDown
            | KeyCode::Up
            | KeyCode::Down
            | KeyCode::Left
            | KeyCode::Right
            | KeyCode::F(_) => Key { code, ctrl, alt, shift },
        }
    }

    /// A key without modifiers.
    pub const fn plain(code: KeyCode) -> Key {
        Key { code, ctrl: false, alt: false, shift: false }
    }

    /// The key of one notation.
    pub fn parse(notation: &str) -> Result<Key, NotAKey> {
        let refused = || NotAKey(notation.to_owned());
        let mut modifiers = Modifiers::default();
        let mut rest = notation;
        loop {
            let lower = rest.to_ascii_lowercase();
            let (flag, name) = if lower.starts_with("ctrl-") {
                (&mut modifiers.ctrl, "ctrl-")
            } else if lower.starts_with("alt-") {
                (&mut modifiers.alt, "alt-")
            } else if lower.starts_with("shift-") {
                (&mut modifiers.shift, "shift-")
            } else {
                break;
            };
            *flag = true;
            rest = rest.get(name.len()..).unwrap_or_default();
        }
        code_of(rest).map(|code| Key::new(code, modifiers)).ok_or_else(refused)
    }

    /// The keys of a sequence, separated by spaces: `g g`, `j j <space>`.
    pub fn parse_all(notation: &str) -> Result<Vec<Key>, NotAKey> {
        notation.split_whitespace().map(Key::parse).collect()
    }

    /// The character this press types into a field, if it types one.
    pub const fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// How hints and help show it: arrows as arrows where the glyph set has them.
    pub fn label(self, glyphs: GlyphSet) -> String {
        let arrow = match self.code {
            KeyCode::Up => glyphs.pick("\u{2191}", "up"),
            KeyCode::Down => glyphs.pick("\u{2193}", "down"),
            KeyCode::Left => glyphs.pick("\u{2190}", "left"),
            KeyCode::Right => glyphs.pick("\u{2192}", "right"),
            KeyCode::PageUp => "PgUp",
            KeyCode::PageDown => "PgDn",
            KeyCode::Char('<') => "<",
            KeyCode::Char('-') => "-",
            _ => return self.to_string().trim_matches(['<', '>']).to_owned(),
        };
        arrow.to_owned()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.ctrl, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            if held {
                out.write_str(name)?;
            }
        }
        let modified = self.ctrl || self.alt || self.shift;
        match (self.code, NAMES.iter().find(|(_, code)| *code == self.code)) {
            (_, Some((name, _))) if modified => out.write_str(name),
            (_, Some((name, _))) => write!(out, "<{name}>"),
            (KeyCode::Char(c), None) => write!(out, "{c}"),
            (KeyCode::F(number), None) => write!(out, "F{number}"),
            (_, None) => Ok(()),
        }
    }
}

fn upper(c: char) -> char {
    let mut all = c.to_uppercase();
    match (all.next(), all.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn code_of(name: &str) -> Option<KeyCode> {
    let bare = name.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(name);
    if let Some((_, code)) = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(bare)) {
        return Some(*code);
    }
    if let Some(number) = bare.strip_prefix(['F', 'f']).and_then(|digits| digits.parse::<u8>().ok()) {
        return (1..=24).contains(&number).then_some(KeyCode::F(number));
    }
    let mut graphemes = name.graphemes(true);
    let (one, none) = (graphemes.next()?, graphemes.next());
    let mut chars = one.chars();
    match (chars.next(), chars.next(), none) {
        (Some(c), None, None) if !c.is_control() => Some(KeyCode::Char(c)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(notation: &str) -> Key {
        Key::parse(notation).unwrap()
    }

    #[test]
    fn what_is_printed_reads_back_as_the_same_key() {
        let all = "j J ? < - <space> <lt> <minus> enter <esc> tab shift-tab ctrl-s ctrl-c alt-x F1 F12 home end \
                   pageup pagedown up down left right backspace delete ctrl-left ' / . : é";
        for notation in all.split_whitespace() {
            let once = key(notation);
            assert_eq!(key(&once.to_string()), once, "{notation} prints as {once}");
        }
    }

    #[test]
    fn altgr_is_the_character_it_types() {
        let altgr = Modifiers { ctrl: true, alt: true, shift: false };
        assert_eq!(Key::new(KeyCode::Char('@'), altgr), key("@"));
        assert_eq!(Key::new(KeyCode::Char('@'), altgr).typed(), Some('@'));
    }

    #[test]
    fn shift_is_in_the_character_and_ctrl_has_no_case() {
        let shift = Modifiers { shift: true, ..Modifiers::default() };
        assert_eq!(Key::new(KeyCode::Char('s'), shift), key("S"));
        assert_eq!(Key::new(KeyCode::Char('S'), shift), key("S"));
        let ctrl = Modifiers { ctrl: true, ..Modifiers::default() };
        assert_eq!(Key::new(KeyCode::Char('S'), ctrl), key("ctrl-s"));
        assert_eq!(Key::new(KeyCode::Tab, shift), key("shift-tab"));
    }

    #[test]
    fn a_word_that_is_no_key_is_refused_with_an_example() {
        for bad in ["", "jj", "F0", "F25", "ctrl-", "<nothing>", "hyper-x"] {
            let refused = Key::parse(bad).unwrap_err();
            assert!(refused.to_string().contains("ctrl-s"), "{bad}: {refused}");
        }
    }

    #[test]
    fn a_sequence_is_split_at_spaces() {
        assert_eq!(Key::parse_all("g g").unwrap(), [key("g"), key("g")]);
        assert_eq!(Key::parse_all("j j <space>").unwrap(), [key("j"), key("j"), key("space")]);
    }
}
