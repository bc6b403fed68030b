//! How many colours, and light or dark: decided once, from flags and a few environment values.
//!
//! Pure, the facts arrive as arguments, but for `ColourFacts::read` and `allow_colour_output`. What a theme does with the
//! answer is `tui`'s matter. Asking the terminal itself (OSC 11) is not here yet: without COLORFGBG the answer is dark.

/// How many colours the screen may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColourDepth {
    /// No colour at all: bold, reverse, words and glyphs only.
    None,
    /// The sixteen whose looks the user's terminal decides.
    Ansi16,
    /// The table of 256.
    Indexed256,
    /// 24 bits.
    TrueColour,
}

/// `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColourChoice {
    /// Whatever the environment says.
    #[default]
    Auto,
    /// Colour, even with `NO_COLOR` set or when writing to a pipe.
    Always,
    /// No colour.
    Never,
}

/// What a theme is drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ground {
    /// Light text on dark.
    #[default]
    Dark,
    /// Dark text on light.
    Light,
}

/// The environment values the decision rests on, read once by the caller. `None` means not set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColourFacts {
    /// `NO_COLOR`: any value but an empty one switches colour off.
    pub no_color: Option<String>,
    /// `CLICOLOR_FORCE`: any value but empty or `0` switches it on where it would be off.
    pub clicolor_force: Option<String>,
    /// `COLORTERM`: `truecolor` or `24bit`.
    pub colorterm: Option<String>,
    /// `TERM`.
    pub term: Option<String>,
    /// `COLORFGBG`: "foreground;background" in ANSI numbers, of rxvt, Konsole and others.
    pub colorfgbg: Option<String>,
}

impl ColourFacts {
    /// Reads the environment of this process.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads these variables")]
    pub fn read() -> Self {
        let value = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        Self {
            no_color: value("NO_COLOR"),
            clicolor_force: value("CLICOLOR_FORCE"),
            colorterm: value("COLORTERM"),
            term: value("TERM"),
            colorfgbg: value("COLORFGBG"),
        }
    }

    /// Whether the terminal takes plain lines only: TERM is `dumb`, empty or not set. Then there is no full screen.
    pub fn is_dumb(&self) -> bool {
        matches!(self.term.as_deref(), None | Some("" | "dumb"))
    }

    /// How many colours to use. The flag wins, then `NO_COLOR`, then what the terminal can do.
    pub fn depth(&self, choice: ColourChoice) -> ColourDepth {
        let can = self.terminal_depth();
        match choice {
            ColourChoice::Never => ColourDepth::None,
            ColourChoice::Always => can.max(ColourDepth::Ansi16),
            ColourChoice::Auto if is_set(self.no_color.as_deref()) => ColourDepth::None,
            ColourChoice::Auto if self.is_forced() => can.max(ColourDepth::Ansi16),
            ColourChoice::Auto => can,
        }
    }

    /// Light or dark, where `--theme` did not say: `COLORFGBG`, else dark.
    pub fn ground(&self) -> Ground {
        let background = self.colorfgbg.as_deref().and_then(|pair| pair.rsplit(';').next());
        match background.and_then(|number| number.trim().parse::<u8>().ok()) {
            Some(7 | 9..=15) => Ground::Light,
            Some(_) | None => Ground::Dark,
        }
    }

    fn is_forced(&self) -> bool {
        is_set(self.clicolor_force.as_deref()) && self.clicolor_force.as_deref() != Some("0")
    }

    fn terminal_depth(&self) -> ColourDepth {
        if self.is_dumb() {
            return ColourDepth::None;
        }
        let term = self.term.as_deref().unwrap_or_default();
        let colorterm = self.colorterm.as_deref().unwrap_or_default().to_ascii_lowercase();
        // SSH and tmux drop COLORTERM; a TERM that ends in -direct, or of a terminal known for it, says the same.
        let says_true = matches!(colorterm.as_str(), "truecolor" | "24bit")
            || term.ends_with("-direct")
            || TRUE_COLOUR_TERMS.iter().any(|known| term.starts_with(known));
        // GNU screen up to 4 garbles 24-bit colour whatever COLORTERM, inherited from outside, says.
        let is_screen = term == "screen" || term.starts_with("screen.") || term.starts_with("screen-");
        if says_true && !is_screen {
            ColourDepth::TrueColour
        } else if term.contains("256color") || says_true {
            ColourDepth::Indexed256
        } else {
            ColourDepth::Ansi16
        }
    }
}

/// The TERM of terminals that have had 24-bit colour for as long as they have had the name.
const TRUE_COLOUR_TERMS: [&str; 5] = ["xterm-kitty", "alacritty", "foot", "wezterm", "xterm-ghostty"];

fn is_set(value: Option<&str>) -> bool {
    value.is_some_and(|value| !value.is_empty())
}

/// Has crossterm write the styles it is given. It reads `NO_COLOR` by itself and then sends a reset in place of every
/// colour, which wipes bold and reverse too: selection and focus vanish. We read the variable and load `mono` instead.
pub fn allow_colour_output() {
    crossterm::style::force_color_output(true);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(pairs: &[(&str, &str)]) -> ColourFacts {
        let value = |name: &str| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned());
        ColourFacts {
            no_color: value("NO_COLOR"),
            clicolor_force: value("CLICOLOR_FORCE"),
            colorterm: value("COLORTERM"),
            term: value("TERM"),
            colorfgbg: value("COLORFGBG"),
        }
    }

    #[test]
    fn the_terminal_says_how_many_colours_it_has() {
        for (pairs, depth) in [
            (vec![("TERM", "xterm")], ColourDepth::Ansi16),
            (vec![("TERM", "xterm-256color")], ColourDepth::Indexed256),
            (vec![("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], ColourDepth::TrueColour),
            (vec![("TERM", "xterm"), ("COLORTERM", "24bit")], ColourDepth::TrueColour),
            (vec![("TERM", "xterm-direct")], ColourDepth::TrueColour),
            (vec![("TERM", "xterm-kitty")], ColourDepth::TrueColour),
            (vec![("TERM", "screen-256color"), ("COLORTERM", "truecolor")], ColourDepth::Indexed256),
            (vec![("TERM", "dumb"), ("COLORTERM", "truecolor")], ColourDepth::None),
            (vec![], ColourDepth::None),
        ] {
            assert_eq!(facts(&pairs).depth(ColourChoice::Auto), depth, "{pairs:?}");
        }
    }

    #[test]
    fn no_color_counts_when_it_is_not_empty_and_the_flag_wins_over_it() {
        let off = facts(&[("TERM", "xterm-256color"), ("NO_COLOR", "0"), ("CLICOLOR_FORCE", "1")]);
        assert_eq!(off.depth(ColourChoice::Auto), ColourDepth::None);
        assert_eq!(off.depth(ColourChoice::Always), ColourDepth::Indexed256);
        let empty = facts(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]);
        assert_eq!(empty.depth(ColourChoice::Auto), ColourDepth::Indexed256);
        assert_eq!(empty.depth(ColourChoice::Never), ColourDepth::None);
    }

    #[test]
    fn forcing_gives_sixteen_colours_to_a_dumb_terminal() {
        assert_eq!(
            facts(&[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")]).depth(ColourChoice::Auto),
            ColourDepth::Ansi16
        );
        assert_eq!(
            facts(&[("TERM", "dumb"), ("CLICOLOR_FORCE", "0")]).depth(ColourChoice::Auto),
            ColourDepth::None
        );
        assert_eq!(facts(&[]).depth(ColourChoice::Always), ColourDepth::Ansi16);
    }

    #[test]
    fn a_light_background_is_seen_and_anything_unclear_is_dark() {
        for (value, ground) in [
            ("0;15", Ground::Light),
            ("0;default;15", Ground::Light),
            ("0;7", Ground::Light),
            ("15;0", Ground::Dark),
            ("7;8", Ground::Dark),
            ("0;default", Ground::Dark),
            ("", Ground::Dark),
            ("9999;;;", Ground::Dark),
        ] {
            assert_eq!(facts(&[("COLORFGBG", value)]).ground(), ground, "{value:?}");
        }
    }
}
