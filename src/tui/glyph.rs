//! The words and glyphs of a status, and the other signs of the screen, in Unicode and in ASCII.
//!
//! The word carries the meaning; glyph and colour repeat it. Every Unicode glyph is one cell wide and has no emoji
//! form. Not here: colours (`theme/`), drawing (`canvas.rs`).

use crate::tui::theme::Token;

/// What a row can say about its state. The words are those of the record and of every report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StatusWord {
    /// A check passed.
    Pass,
    /// A person ticked an item.
    Ticked,
    /// A role approved.
    Approved,
    /// A run or step ended well.
    Succeeded,
    /// A check failed.
    Fail,
    /// A role rejected.
    Rejected,
    /// A run or step ended badly.
    Failed,
    /// A trigger fired.
    Fired,
    /// An indicator is near its objective.
    Watch,
    /// A run was aborted.
    Aborted,
    /// Being measured, or being carried out.
    Running,
    /// An item or sign-off nobody has decided.
    Open,
    /// A step or a queue entry whose turn has not come.
    Waiting,
    /// Set aside with a reason.
    Waived,
    /// Left out with a reason, or does not apply.
    Skipped,
    /// Older than its `valid_for`, or its source is away.
    Stale,
    /// Could not be measured.
    Error,
    /// Measured, but it does not say.
    Inconclusive,
    /// A person holds the release.
    Hold,
    /// Decided, and not yet on disk.
    Saving,
}

/// How a word stands out where colour does not say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emphasis {
    /// As any other text.
    Plain,
    /// Bold.
    Bold,
    /// Italic.
    Italic,
}

impl StatusWord {
    /// Every word, in the order of the legend.
    pub const ALL: [StatusWord; 20] = [
        StatusWord::Pass,
        StatusWord::Ticked,
        StatusWord::Approved,
        StatusWord::Succeeded,
        StatusWord::Fail,
        StatusWord::Rejected,
        StatusWord::Failed,
        StatusWord::Fired,
        StatusWord::Watch,
        StatusWord::Aborted,
        StatusWord::Running,
        StatusWord::Open,
        StatusWord::Waiting,
        StatusWord::Waived,
        StatusWord::Skipped,
        StatusWord::Stale,
        StatusWord::Error,
        StatusWord::Inconclusive,
        StatusWord::Hold,
        StatusWord::Saving,
    ];

    /// The word in full.
    pub const fn word(self) -> &'static str {
        match self {
            StatusWord::Pass => "PASS",
            StatusWord::Ticked => "TICKED",
            StatusWord::Approved => "APPROVED",
            StatusWord::Succeeded => "SUCCEEDED",
            StatusWord::Fail => "FAIL",
            StatusWord::Rejected => "REJECTED",
            StatusWord::Failed => "FAILED",
            StatusWord::Fired => "FIRED",
            StatusWord::Watch => "WATCH",
            StatusWord::Aborted => "ABORTED",
            StatusWord::Running => "RUNNING",
            StatusWord::Open => "OPEN",
            StatusWord::Waiting => "WAITING",
            StatusWord::Waived => "WAIVED",
            StatusWord::Skipped => "SKIPPED",
            StatusWord::Stale => "STALE",
            StatusWord::Error => "ERROR",
            StatusWord::Inconclusive => "INCONCLUSIVE",
            StatusWord::Hold => "HOLD",
            StatusWord::Saving => "saving",
        }
    }

    /// The word as it stands in a word column, at most [`WORD_CELLS`] cells.
    pub const fn column_word(self) -> &'static str {
        match self {
            StatusWord::Succeeded => "SUCCESS",
            StatusWord::Inconclusive => "INCONCL",
            other => other.word(),
        }
    }

    /// The colour role.
    pub const fn token(self) -> Token {
        match self {
            StatusWord::Pass | StatusWord::Ticked | StatusWord::Approved | StatusWord::Succeeded => {
                Token::StatusSuccess
            }
            StatusWord::Fail | StatusWord::Rejected | StatusWord::Failed | StatusWord::Fired => {
                Token::StatusDanger
            }
            StatusWord::Watch
            | StatusWord::Aborted
            | StatusWord::Stale
            | StatusWord::Error
            | StatusWord::Inconclusive
            | StatusWord::Hold => Token::StatusWarning,
            StatusWord::Running => Token::StatusInfo,
            StatusWord::Open | StatusWord::Waiting | StatusWord::Skipped | StatusWord::Saving => {
                Token::StatusPending
            }
            StatusWord::Waived => Token::StatusWaived,
        }
    }

    /// How the word stands out in a theme that does not colour words.
    pub const fn emphasis(self) -> Emphasis {
        match self {
            StatusWord::Fail
            | StatusWord::Rejected
            | StatusWord::Failed
            | StatusWord::Fired
            | StatusWord::Watch
            | StatusWord::Aborted
            | StatusWord::Hold => Emphasis::Bold,
            StatusWord::Waived => Emphasis::Italic,
            StatusWord::Pass
            | StatusWord::Ticked
            | StatusWord::Approved
            | StatusWord::Succeeded
            | StatusWord::Running
            | StatusWord::Open
            | StatusWord::Waiting
            | StatusWord::Skipped
            | StatusWord::Stale
            | StatusWord::Error
            | StatusWord::Inconclusive
            | StatusWord::Saving => Emphasis::Plain,
        }
    }
}

/// Width of a word column, in cells.
pub const WORD_CELLS: u16 = 8;

/// Which signs the terminal is trusted with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GlyphSet {
    /// One-cell Unicode signs.
    #[default]
    Unicode,
    /// Three-cell ASCII signs, and no sign outside ASCII anywhere.
    Ascii,
}

impl GlyphSet {
    /// Width of every status glyph of this set, in cells.
    pub const fn status_cells(self) -> u16 {
        match self {
            GlyphSet::Unicode => 1,
            GlyphSet::Ascii => 3,
        }
    }

    /// The glyph of a status.
    pub const fn status(self, word: StatusWord) -> &'static str {
        let (unicode, ascii) = match word {
            StatusWord::Pass | StatusWord::Ticked | StatusWord::Approved | StatusWord::Succeeded => {
                ("\u{2713}", "[x]")
            }
            StatusWord::Fail | StatusWord::Rejected | StatusWord::Failed | StatusWord::Fired => {
                ("\u{2717}", "[!]")
            }
            StatusWord::Watch | StatusWord::Aborted => ("!", "[w]"),
            StatusWord::Running => ("\u{bb}", "[>]"),
            StatusWord::Open | StatusWord::Waiting | StatusWord::Saving => ("\u{b7}", "[ ]"),
            StatusWord::Waived => ("~", "[~]"),
            StatusWord::Skipped => ("\u{2298}", "[-]"),
            StatusWord::Stale | StatusWord::Error | StatusWord::Inconclusive => ("?", "[?]"),
            StatusWord::Hold => ("=", "[=]"),
        };
        self.pick(unicode, ascii)
    }

    /// `→`: from one version or state to the next.
    pub const fn arrow(self) -> &'static str {
        self.pick("\u{2192}", "->")
    }

    /// `…`: something was cut here.
    pub const fn ellipsis(self) -> &'static str {
        self.pick("\u{2026}", "..")
    }

    /// `▸`: the focused pane, the next phase.
    pub const fn pointer(self) -> &'static str {
        self.pick("\u{25b8}", ">")
    }

    /// `·`: between two facts of one line.
    pub const fn dot(self) -> &'static str {
        self.pick("\u{b7}", "-")
    }

    /// `│`: between two fields of the status line.
    pub const fn bar(self) -> &'static str {
        self.pick("\u{2502}", "|")
    }

    /// `║`: beside the environment badge.
    pub const fn double_bar(self) -> &'static str {
        self.pick("\u{2551}", "|")
    }

    /// `█` and `░`: the done and the open part of a progress bar.
    pub const fn progress(self) -> (&'static str, &'static str) {
        match self {
            GlyphSet::Unicode => ("\u{2588}", "\u{2591}"),
            GlyphSet::Ascii => ("#", "."),
        }
    }

    /// The eight heights of a sparkline, lowest first.
    pub const fn spark(self) -> [&'static str; 8] {
        match self {
            GlyphSet::Unicode => [
                "\u{2581}", "\u{2582}", "\u{2583}", "\u{2584}", "\u{2585}", "\u{2586}", "\u{2587}",
                "\u{2588}",
            ],
            GlyphSet::Ascii => ["_", "_", ".", "-", "-", "=", "*", "#"],
        }
    }

    /// One of two spellings.
    pub const fn pick(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self {
            GlyphSet::Unicode => unicode,
            GlyphSet::Ascii => ascii,
        }
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;

    #[test]
    fn every_status_glyph_has_the_width_its_set_tells() {
        for set in [GlyphSet::Unicode, GlyphSet::Ascii] {
            for word in StatusWord::ALL {
                assert_eq!(set.status(word).width(), usize::from(set.status_cells()), "{word:?} in {set:?}");
            }
        }
    }

    #[test]
    fn every_word_fits_its_column() {
        for word in StatusWord::ALL {
            assert!(word.column_word().width() <= usize::from(WORD_CELLS), "{word:?}");
        }
    }

    #[test]
    fn no_glyph_has_an_emoji_form() {
        let two_cells_in_places = ['\u{2714}', '\u{2716}', '\u{26a0}', '\u{25b6}', '\u{23f8}'];
        for word in StatusWord::ALL {
            assert!(!GlyphSet::Unicode.status(word).contains(two_cells_in_places), "{word:?}");
        }
    }

    #[test]
    fn the_ascii_set_is_ascii() {
        let set = GlyphSet::Ascii;
        let signs = [set.arrow(), set.ellipsis(), set.pointer(), set.dot(), set.bar(), set.double_bar()];
        let all = signs.into_iter().chain(set.spark()).chain([set.progress().0, set.progress().1]);
        for sign in all.chain(StatusWord::ALL.map(|word| set.status(word))) {
            assert!(sign.is_ascii(), "{sign:?}");
        }
    }
}
