//! What each character is: printable, a mark on the one before, or something that must be made visible.
//!
//! Pure tables, no state. The counting of marks and joiners is in `line.rs`.

use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// What the line does with a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Stands for itself.
    Plain,
    /// Takes no cell and sits on the character before it.
    Mark,
    /// Chooses a variant of the character before it.
    Selector,
    /// Skin tone: part of an emoji, otherwise stands for itself.
    Tone,
    /// U+200D, allowed between two emoji only.
    Joiner,
    /// TAB.
    Tab,
    /// C0 and DEL: shown as its picture.
    Control,
    /// Invisible or turning the text around: shown by its number.
    Number,
}

/// Judges one character.
pub(super) fn class(character: char) -> Class {
    match character {
        '\t' => Class::Tab,
        '\0'..='\u{1f}' | '\u{7f}' => Class::Control,
        ' '..='~' => Class::Plain,
        '\u{200d}' => Class::Joiner,
        '\u{1f3fb}'..='\u{1f3ff}' => Class::Tone,
        '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            Class::Selector
        }
        _ if is_invisible(character) => Class::Number,
        _ if character.width() == Some(0) => Class::Mark,
        _ => Class::Plain,
    }
}

/// C1, bidi controls, zero width, BOM, tags, fillers, separators, annotations and non-characters.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(character) & 0xfffe == 0xfffe
}

/// Whether an emoji can be joined to this one. The tables are those of the segmentation: two pictographs with a
/// joiner between them are one grapheme.
pub(super) fn is_pictograph(character: char) -> bool {
    if character < '\u{a9}' {
        return false;
    }
    let is_one = |text: String| text.graphemes(true).nth(1).is_none();
    is_one(format!("\u{a9}\u{200d}{character}")) && !is_one(format!("a{character}"))
}

/// The picture of a C0 control or DEL: U+2400 onwards, `␡`.
pub(super) fn picture(control: char) -> char {
    if control == '\u{7f}' {
        return '␡';
    }
    char::from_u32(0x2400 + u32::from(control)).unwrap_or('\u{fffd}')
}

/// Appends `‹U+202E›`.
pub(super) fn number(character: char, into: &mut String) {
    // Writing to a String cannot fail.
    let _infallible = write!(into, "‹U+{:04X}›", u32::from(character));
}

/// Appends a control as something visible, everything else as it is: for text that must be shown whole.
pub(in crate::text) fn show_control(character: char, into: &mut String) {
    match character {
        '\0'..='\u{1f}' | '\u{7f}' => into.push(picture(character)),
        '\u{80}'..='\u{9f}' => number(character, into),
        _ => into.push(character),
    }
}
