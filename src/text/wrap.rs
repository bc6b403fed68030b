//! Wrapping by word and grapheme. Ours, because ratatui's `Paragraph::wrap` panics on wide glyphs (ratatui#2679).
//!
//! Every line fits its width and no grapheme is split. Measuring and cutting are in `text/width.rs`.

use unicode_segmentation::UnicodeSegmentation;

use super::safe::Safe;
use super::width;

/// Stands for a glyph that is wider than the whole column.
const TOO_WIDE: &str = "…";

/// Lines of at most `cells` cells. Breaks at blanks, inside a word only when the word is wider than a line. Blanks at
/// the beginning stay, those at a break are dropped. Empty text is one empty line; no cells, no lines.
pub fn wrap(text: &Safe, cells: usize) -> Vec<Safe> {
    if cells == 0 {
        return Vec::new();
    }
    if text.width() <= cells {
        return vec![text.clone()];
    }
    let mut lines = Lines { cells, done: Vec::new(), line: String::new(), used: 0 };
    for piece in text.as_str().split_word_bounds() {
        lines.take(piece);
    }
    lines.finish()
}

/// Wraps several lines, one after the other.
pub fn wrap_all<'a>(lines: impl IntoIterator<Item = &'a Safe>, cells: usize) -> Vec<Safe> {
    lines.into_iter().flat_map(|line| wrap(line, cells)).collect()
}

struct Lines {
    cells: usize,
    done: Vec<Safe>,
    line: String,
    used: usize,
}

impl Lines {
    /// Takes a word, a blank or a punctuation mark.
    fn take(&mut self, piece: &str) {
        let width = width::cells(piece);
        if self.used + width <= self.cells {
            self.append(piece, width);
            return;
        }
        if piece.chars().all(char::is_whitespace) {
            // The break swallows the blanks; what follows begins the next line.
            self.end_line();
            return;
        }
        if width <= self.cells {
            self.break_before(piece);
        }
        for (grapheme, width) in width::graphemes(piece) {
            let (grapheme, width) = if width > self.cells { (TOO_WIDE, 1) } else { (grapheme, width) };
            if self.used + width > self.cells {
                self.end_line();
            }
            self.append(grapheme, width);
        }
    }

    /// Ends the line before a word that fits on the next one, and takes along what is glued to it (`(`, `"`, `-`).
    fn break_before(&mut self, word: &str) {
        let glued = self.line.rfind(char::is_whitespace).and_then(|blank| {
            let tail = self.line.get(blank..)?.trim_start();
            let fits = width::cells(tail) + width::cells(word) <= self.cells;
            fits.then(|| tail.to_owned())
        });
        if let Some(tail) = &glued {
            self.line.truncate(self.line.len() - tail.len());
        }
        self.end_line();
        if let Some(tail) = glued {
            let width = width::cells(&tail);
            self.append(&tail, width);
        }
    }

    fn append(&mut self, text: &str, width: usize) {
        self.line.push_str(text);
        self.used += width;
    }

    fn end_line(&mut self) {
        if self.line.is_empty() {
            return;
        }
        let kept = self.line.trim_end();
        self.done.push(Safe::proved(kept.to_owned()));
        self.line.clear();
        self.used = 0;
    }

    fn finish(mut self) -> Vec<Safe> {
        self.end_line();
        if self.done.is_empty() {
            self.done.push(Safe::EMPTY);
        }
        self.done
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::safe::safe;
    use super::*;

    fn wrapped(text: &str, cells: usize) -> Vec<String> {
        wrap(&safe(text), cells).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn lines_break_at_words() {
        assert_eq!(wrapped("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(wrapped("retry (or abort) now", 9), ["retry (or", "abort)", "now"]);
        assert_eq!(wrapped("exit code (137)", 13), ["exit code", "(137)"]);
    }

    #[test]
    fn a_word_wider_than_the_line_is_cut_between_graphemes() {
        assert_eq!(wrapped("sha256:0123456789", 8), ["sha256:0", "12345678", "9"]);
        assert_eq!(wrapped("日本語", 3), ["日", "本", "語"]);
    }

    #[test]
    fn a_glyph_wider_than_the_column_is_replaced() {
        assert_eq!(wrapped("日本", 1), ["…", "…"]);
        assert_eq!(wrapped("abc", 0), Vec::<String>::new());
        assert_eq!(wrapped("", 5), [""]);
    }

    proptest! {
        #[test]
        fn every_line_fits_and_no_word_is_lost(text in "[a-c 日👩\u{200d}🚀é\u{301}()-]{0,60}", cells in 2_usize..20) {
            let text = safe(&text);
            let lines = wrap(&text, cells);
            prop_assert!(lines.iter().all(|line| line.width() <= cells));
            let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let joined: String = lines.iter().map(Safe::as_str).collect();
            prop_assert_eq!(squeeze(&joined), squeeze(text.as_str()));
        }
    }
}
