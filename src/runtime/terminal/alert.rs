//! A person who looks elsewhere: the bell, and a desktop notification where the terminal can show one.
//!
//! OSC 9, in kitty 99, in foot and urxvt 777, wrapped for tmux; the words are ours or safe, and clipped. Not here: what is worth
//! an alert (`engine`), whether the terminal is ours (`screen_writer.rs`).

use crate::text::Safe;
use crate::text::width::truncate;

/// The bell.
pub const BELL: &[u8] = b"\x07";
/// Longer words are cut, in cells: desktops show two lines.
const WORDS_CELLS_MAX: usize = 160;

/// How the terminal shows a desktop notification, as far as the environment tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Popups {
    form: Form,
    wrapped: Wrapped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// OSC 9, ignored where it is unknown.
    Nine,
    /// OSC 99, kitty's.
    NinetyNine,
    /// OSC 777.
    Notify,
    /// None: it would be printed.
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrapped {
    ForTmux,
    Not,
}

impl Popups {
    /// By the variables the program was started with.
    pub fn of(variables: &[(String, String)]) -> Self {
        let value =
            |name: &str| variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let term = value("TERM").unwrap_or_default();
        // Inside tmux TERM names tmux; these tell of the terminal around it.
        let program = value("TERM_PROGRAM").unwrap_or_default();
        let form = if value("KITTY_WINDOW_ID").is_some() || term.starts_with("xterm-kitty") {
            Form::NinetyNine
        } else if term.starts_with("foot") || term.starts_with("rxvt") || program == "foot" {
            Form::Notify
        } else if matches!(term, "" | "dumb" | "linux")
            || term.starts_with("screen") && value("TMUX").is_none()
        {
            Form::None
        } else {
            Form::Nine
        };
        Self { form, wrapped: if value("TMUX").is_some() { Wrapped::ForTmux } else { Wrapped::Not } }
    }
    /// The bytes of a notification; empty where the terminal shows none.
    pub fn bytes(self, words: &Safe) -> Vec<u8> {
        let words = truncate(words, WORDS_CELLS_MAX);
        let plain = match self.form {
            // It begins with our name, so that no word of a file becomes a sub-command (`9;4` is progress).
            Form::Nine => format!("\x1b]9;gonogo: {words}\x1b\\"),
            Form::NinetyNine => format!("\x1b]99;;gonogo: {words}\x1b\\"),
            Form::Notify => format!("\x1b]777;notify;gonogo;{words}\x1b\\"),
            Form::None => String::new(),
        };
        match self.wrapped {
            Wrapped::ForTmux if !plain.is_empty() => {
                format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")).into_bytes()
            }
            Wrapped::ForTmux | Wrapped::Not => plain.into_bytes(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Popups;
    use crate::text::safe;

    fn bytes(variables: &[(&str, &str)], words: &str) -> String {
        let variables: Vec<_> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        String::from_utf8(Popups::of(&variables).bytes(&safe(words))).unwrap()
    }

    #[test]
    fn each_terminal_gets_the_form_it_knows() {
        let nine = "\x1b]9;gonogo: done\x1b\\";
        assert_eq!(bytes(&[("TERM", "xterm-256color")], "done"), nine);
        assert_eq!(bytes(&[("TERM", "xterm-kitty")], "done"), "\x1b]99;;gonogo: done\x1b\\");
        for term in ["foot", "foot-extra", "rxvt-unicode-256color"] {
            assert_eq!(bytes(&[("TERM", term)], "done"), "\x1b]777;notify;gonogo;done\x1b\\");
        }
        for term in ["dumb", "linux", "screen-256color"] {
            assert_eq!(bytes(&[("TERM", term)], "done"), "");
        }
        let in_tmux = bytes(&[("TERM", "screen-256color"), ("TMUX", "/tmp/tmux-0/default,1,0")], "done");
        assert_eq!(in_tmux, "\x1bPtmux;\x1b\x1b]9;gonogo: done\x1b\x1b\\\x1b\\");
    }

    #[test]
    fn words_from_outside_end_no_sequence_and_are_clipped() {
        let sent = bytes(&[("TERM", "xterm")], "4;1;50\x07\x1b]0;title\x1b\\ x");
        assert_eq!(sent.matches(['\x07', '\x1b']).count(), 2, "{sent:?}");
        assert!(bytes(&[("TERM", "xterm")], &"x".repeat(9_000)).len() < 300);
    }
}
