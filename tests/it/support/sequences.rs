//! Everything a program writes to its terminal, taken apart: each control sequence, and each text between them.
//!
//! A small parser of ECMA-48 as terminals read it, 8-bit controls included, and the closed set of what `gonogo` itself
//! writes. Not here: what a sequence does to the screen (vt100 in `pty.rs`).

use std::ops::RangeInclusive;

/// A part of what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Printable text between two controls, as bytes.
    Text(Vec<u8>),
    /// One control: a whole sequence with its introducer and end, or a single control character.
    Control(Vec<u8>),
}

impl Part {
    /// What was written.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        match self {
            Part::Text(bytes) | Part::Control(bytes) => bytes,
        }
    }
}

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;
/// What may stand between `ESC [` and its final byte.
const CSI_INSIDE: RangeInclusive<u8> = 0x20..=0x3f;
const CSI_FINAL: RangeInclusive<u8> = 0x40..=0x7e;
/// Between ESC and the final byte of a two- or three-byte sequence.
const ESC_INSIDE: RangeInclusive<u8> = 0x20..=0x2f;

/// Takes the bytes apart; nothing is lost: the parts together are the bytes.
pub(crate) fn parts(bytes: &[u8]) -> Vec<Part> {
    let (mut parts, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let length = control_length(&bytes[at..]);
        if length > 0 {
            parts.push(Part::Control(bytes[at..at + length].to_vec()));
            at += length;
            continue;
        }
        let width = glyph_length(&bytes[at..]);
        let glyph = &bytes[at..at + width];
        match parts.last_mut() {
            Some(Part::Text(text)) => text.extend_from_slice(glyph),
            _ => parts.push(Part::Text(glyph.to_vec())),
        }
        at += width;
    }
    parts
}

/// The length of the control that stands first; 0 where a printable character does.
fn control_length(bytes: &[u8]) -> usize {
    match bytes {
        [ESC, b'[', rest @ ..] => 2 + csi_length(rest),
        [ESC, b']' | b'P' | b'X' | b'^' | b'_', rest @ ..] => 2 + string_length(rest),
        [ESC, rest @ ..] => {
            let inside = rest.iter().take_while(|byte| ESC_INSIDE.contains(byte)).count();
            1 + (inside + 1).min(rest.len())
        }
        // U+0080 to U+009F: the 8-bit forms of the above.
        [0xc2, 0x9b, rest @ ..] => 2 + csi_length(rest),
        [0xc2, 0x9d | 0x90 | 0x98 | 0x9e | 0x9f, rest @ ..] => 2 + string_length(rest),
        [b'\r', b'\n', ..] | [0xc2, 0x80..=0x9f, ..] => 2,
        // A byte that begins no character: some terminals take it for an 8-bit control.
        [0x00..=0x1f | 0x7f | 0x80..=0xc1 | 0xf5..=0xff, ..] => 1,
        _ => 0,
    }
}

fn csi_length(rest: &[u8]) -> usize {
    let inside = rest.iter().take_while(|byte| CSI_INSIDE.contains(byte)).count();
    let closed = rest.get(inside).is_some_and(|byte| CSI_FINAL.contains(byte));
    inside + usize::from(closed)
}

fn string_length(rest: &[u8]) -> usize {
    for at in 0..rest.len() {
        match &rest[at..] {
            [BEL, ..] => return at + 1,
            [ESC, b'\\', ..] | [0xc2, 0x9c, ..] => return at + 2,
            // Anything else after ESC ends the string and begins something new.
            [ESC, ..] => return at,
            _ => {}
        }
    }
    rest.len()
}

fn glyph_length(bytes: &[u8]) -> usize {
    let follow = bytes[1..].iter().take_while(|byte| (0x80..=0xbf).contains(*byte)).count();
    let wanted = match bytes[0] {
        0x00..=0x7f => 0,
        0x80..=0xdf => 1,
        0xe0..=0xef => 2,
        0xf0..=0xff => 3,
    };
    1 + wanted.min(follow)
}

/// The sequences `gonogo` writes with nothing variable in them: taking over, giving back, a frame's marks, clearing, the bell;
/// and the line ends of what is said after the screen was given back. No lone carriage return, no question.
const OWN_FIXED: [&str; 27] = [
    "\x1b[22;2t",
    "\x1b[23;2t",
    "\x1b[?1049h",
    "\x1b[?1049l",
    "\x1b[2J",
    "\x1b[H",
    "\x1b[J",
    "\x1b[?1004h",
    "\x1b[?1004l",
    "\x1b[?2004h",
    "\x1b[?2004l",
    "\x1b[?25h",
    "\x1b[?25l",
    "\x1b[?2026h",
    "\x1b[?2026l",
    "\x1b[0 q",
    "\x1b[K",
    "\x1b[?1000h",
    "\x1b[?1000l",
    "\x1b[?1002h",
    "\x1b[?1002l",
    "\x1b[?1003l",
    "\x1b[?1006h",
    "\x1b[?1006l",
    "\x1b[?1015l",
    "\x07",
    "\r\n",
];

/// Is it one of the sequences the program itself uses: fixed ones, a cell's place, colour and style, its own title?
pub(crate) fn is_own(control: &[u8]) -> bool {
    let Ok(control) = std::str::from_utf8(control) else { return false };
    if OWN_FIXED.contains(&control) {
        return true;
    }
    if let Some(title) = control.strip_prefix("\x1b]2;").and_then(|rest| rest.strip_suffix("\x1b\\")) {
        return title.starts_with("gonogo") && !title.chars().any(char::is_control);
    }
    // A desktop notification, in our own words.
    if let Some(told) = control.strip_prefix("\x1b]9;").and_then(|rest| rest.strip_suffix("\x1b\\")) {
        return told.starts_with("gonogo: ") && !told.chars().any(char::is_control);
    }
    let Some(inside) = control.strip_prefix("\x1b[") else { return false };
    let Some((last, numbers)) = inside.as_bytes().split_last() else { return false };
    let digits = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b';' | b':');
    numbers.iter().all(digits)
        && match last {
            b'm' => true,
            b'H' => numbers.split(|byte| *byte == b';').count() == 2,
            _ => false,
        }
}

/// Every control that is not the program's own, and every character that turns the direction of text, for messages.
pub(crate) fn foreign(bytes: &[u8]) -> Vec<String> {
    let parts = parts(bytes);
    let told = parts.iter().filter_map(|part| match part {
        Part::Control(control) if is_own(control) => None,
        Part::Control(control) => Some(String::from_utf8_lossy(control).escape_debug().to_string()),
        // The sign that stands for bytes that were no text is one of ours; the bytes themselves are not.
        Part::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => text.contains(turns_text).then(|| text.escape_unicode().to_string()),
            Err(_) => Some(text.escape_ascii().to_string()),
        },
    });
    told.collect()
}

/// Bidi controls, invisible tags and spaces. A joiner inside one emoji stays: it turns nothing.
fn turns_text(letter: char) -> bool {
    matches!(letter,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}
