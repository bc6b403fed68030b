//! Which encoding the bytes have, and their text.
//!
//! UTF-8 if all of it is valid, UTF-16 with its mark; what is neither is damaged UTF-8 or Windows-1252, whichever leaves fewer
//! bytes unexplained. Not here: text that was encoded twice (`repair.rs`).

use super::offsets::Offsets;
use super::repair::Page;
use super::{Encoding, SourceFault};

/// How far a NUL is looked for: a binary file has one early, and a text that has one later is still a text.
const NUL_WITHIN_BYTES: usize = 8 * 1024;

/// The text of a file, how it was read, and the way back. Errors: a NUL where text has none.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, Encoding, Offsets), SourceFault> {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        let (text, offsets) = utf16(rest, u16::from_le_bytes);
        return Ok((text, Encoding::Utf16Le, offsets));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        let (text, offsets) = utf16(rest, u16::from_be_bytes);
        return Ok((text, Encoding::Utf16Be, offsets));
    }
    if let Some(at) = bytes.iter().take(NUL_WITHIN_BYTES).position(|byte| *byte == 0) {
        return Err(SourceFault::NotText { at });
    }
    let (mark, rest) = bytes.strip_prefix(b"\xef\xbb\xbf").map_or((0, bytes), |rest| (3, rest));
    if let Ok(text) = std::str::from_utf8(rest) {
        let encoding = if mark == 0 { Encoding::Utf8 } else { Encoding::Utf8WithMark };
        return Ok((text.to_owned(), encoding, Offsets::shifted(mark, text.len())));
    }
    if mark > 0 || mostly_utf8(rest) {
        let (text, offsets) = damaged(rest, mark);
        return Ok((text, Encoding::DamagedUtf8, offsets));
    }
    let (text, offsets) = windows_1252(rest);
    Ok((text, Encoding::Windows1252, offsets))
}

/// Are there more good sequences of several bytes than bad bytes?
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        bad += chunk.invalid().len();
    }
    good > bad
}

fn damaged(bytes: &[u8], mark: usize) -> (String, Offsets) {
    let mut text = String::with_capacity(bytes.len());
    let mut offsets = Offsets::starting_at(mark);
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            text.push(letter);
            offsets.push(letter.len_utf8(), letter.len_utf8());
        }
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
            offsets.push(char::REPLACEMENT_CHARACTER.len_utf8(), chunk.invalid().len());
        }
    }
    (text, offsets)
}

fn windows_1252(bytes: &[u8]) -> (String, Offsets) {
    let mut text = String::with_capacity(bytes.len());
    let mut offsets = Offsets::starting_at(0);
    for byte in bytes {
        let letter = Page::Windows1252.letter(*byte);
        text.push(letter);
        offsets.push(letter.len_utf8(), 1);
    }
    (text, offsets)
}

fn utf16(bytes: &[u8], order: fn([u8; 2]) -> u16) -> (String, Offsets) {
    /// Bytes of the mark.
    const MARK: usize = 2;
    let mut text = String::with_capacity(bytes.len());
    let mut offsets = Offsets::starting_at(MARK);
    let (pairs, odd) = bytes.as_chunks::<2>();
    for found in char::decode_utf16(pairs.iter().map(|pair| order(*pair))) {
        // A surrogate without its other half took one unit.
        let (letter, units) =
            found.map_or((char::REPLACEMENT_CHARACTER, 1), |letter| (letter, letter.len_utf16()));
        text.push(letter);
        offsets.push(letter.len_utf8(), units * 2);
    }
    if !odd.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
        offsets.push(char::REPLACEMENT_CHARACTER.len_utf8(), odd.len());
    }
    (text, offsets)
}
