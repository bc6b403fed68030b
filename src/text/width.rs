//! Width in terminal cells, by grapheme: measure, cut, pad. A grapheme is never split.
//!
//! Wrapping over several lines is in `text/wrap.rs`.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::safe::Safe;

/// The mark of cut text; one cell wide.
pub const ELLIPSIS: Safe = Safe::own("…");

/// On which side text stands in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Blanks after it: words.
    Left,
    /// Blanks before it: numbers.
    Right,
    /// Blanks on both sides: titles.
    Centre,
}

/// Cells that `text` takes, as the sum of its graphemes.
pub fn cells(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    graphemes(text).map(|(_, width)| width).sum()
}

/// The graphemes of `text`, each with its width in cells.
pub fn graphemes(text: &str) -> impl DoubleEndedIterator<Item = (&str, usize)> {
    text.graphemes(true).map(|grapheme| (grapheme, UnicodeWidthStr::width(grapheme)))
}

/// At most `cells` cells: the beginning and `…` when it does not fit.
pub fn truncate(text: &Safe, cells: usize) -> Safe {
    truncate_with(text, cells, &ELLIPSIS)
}

/// Like [`truncate`], with another mark (`..` where glyphs are ASCII). No mark where there is no room for it.
pub fn truncate_with(text: &Safe, cells: usize, mark: &Safe) -> Safe {
    match room(text, cells, mark) {
        Room::Fits => text.clone(),
        Room::Left(left) => Safe::proved(format!("{}{mark}", head(text.as_str(), left))),
        Room::NoMark => Safe::proved(head(text.as_str(), cells).to_owned()),
    }
}

/// At most `cells` cells: `…` and the end when it does not fit. For paths.
pub fn truncate_start(text: &Safe, cells: usize) -> Safe {
    match room(text, cells, &ELLIPSIS) {
        Room::Fits => text.clone(),
        Room::Left(left) => Safe::proved(format!("{ELLIPSIS}{}", tail(text.as_str(), left))),
        Room::NoMark => Safe::EMPTY,
    }
}

/// At most `cells` cells: beginning, `…` and end when it does not fit. For digests and image names.
pub fn truncate_middle(text: &Safe, cells: usize) -> Safe {
    match room(text, cells, &ELLIPSIS) {
        Room::Fits => text.clone(),
        Room::Left(left) => {
            let head = head(text.as_str(), left.div_ceil(2));
            let tail = tail(text.as_str(), left / 2);
            Safe::proved(format!("{head}{ELLIPSIS}{tail}"))
        }
        Room::NoMark => Safe::EMPTY,
    }
}

/// Exactly `cells` cells: cut when longer, blanks when shorter.
pub fn pad(text: &Safe, cells: usize, align: Align) -> Safe {
    let text = truncate(text, cells);
    let blanks = cells.saturating_sub(text.width());
    let before = match align {
        Align::Left => 0,
        Align::Right => blanks,
        Align::Centre => blanks / 2,
    };
    let after = blanks.saturating_sub(before);
    Safe::proved(format!("{}{text}{}", " ".repeat(before), " ".repeat(after)))
}

/// What there is room for.
enum Room {
    /// The whole text.
    Fits,
    /// A part of this many cells, and the mark.
    Left(usize),
    /// Not even the mark.
    NoMark,
}

fn room(text: &Safe, cells: usize, mark: &Safe) -> Room {
    if text.width() <= cells {
        return Room::Fits;
    }
    match cells.checked_sub(mark.width()) {
        Some(left) if cells > 0 => Room::Left(left),
        _ => Room::NoMark,
    }
}

/// The longest beginning of at most `cells` cells.
pub(super) fn head(text: &str, cells: usize) -> &str {
    let bytes = fitting(graphemes(text), cells);
    text.get(..bytes).unwrap_or_default()
}

/// The longest end of at most `cells` cells.
fn tail(text: &str, cells: usize) -> &str {
    let bytes = fitting(graphemes(text).rev(), cells);
    text.get(text.len().saturating_sub(bytes)..).unwrap_or_default()
}

/// Bytes of the graphemes that fit into `cells`.
fn fitting<'a>(graphemes: impl Iterator<Item = (&'a str, usize)>, cells: usize) -> usize {
    let mut left = cells;
    let mut bytes = 0;
    for (grapheme, width) in graphemes {
        match left.checked_sub(width) {
            Some(rest) => left = rest,
            None => break,
        }
        bytes += grapheme.len();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::super::safe::safe;
    use super::*;

    #[test]
    fn graphemes_are_measured_as_a_terminal_draws_them() {
        assert_eq!(cells("abc"), 3);
        assert_eq!(cells("日本"), 4);
        assert_eq!(cells("e\u{301}"), 1);
        assert_eq!(cells("👩\u{200d}🚀"), 2);
    }

    #[test]
    fn cutting_never_splits_a_grapheme_and_never_exceeds_the_width() {
        for text in [
            "日本語テキスト",
            "e\u{301}e\u{301}e\u{301}e\u{301}",
            "👩\u{200d}🚀👩\u{200d}🚀",
            "plain words",
            "",
        ] {
            let text = safe(text);
            for cells in 0..14 {
                for cut in
                    [truncate(&text, cells), truncate_start(&text, cells), truncate_middle(&text, cells)]
                {
                    assert!(cut.width() <= cells, "{cut} in {cells}");
                }
                for align in [Align::Left, Align::Right, Align::Centre] {
                    assert_eq!(pad(&text, cells, align).width(), cells, "{text} in {cells}");
                }
            }
        }
    }

    #[test]
    fn the_cut_stands_where_it_was_asked_for() {
        let text = safe("registry/checkout:4.12.0");
        assert_eq!(truncate(&text, 9), "registry…");
        assert_eq!(truncate_start(&text, 7), "…4.12.0");
        assert_eq!(truncate_middle(&text, 7), "reg….0".replace(".0", "2.0").as_str());
        assert_eq!(truncate_with(&text, 5, &Safe::own("..")), "reg..");
    }
}
