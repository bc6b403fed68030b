//! Undoes UTF-8 that was read as Windows-1252 or 1254 and saved again: `âœ…` was a tick once.
//!
//! For the screen, for search, heading words, marks and ids. Commands are never repaired: they run as written. In each run of
//! characters beyond ASCII every character is mapped back to its byte; what forms valid UTF-8 shows as what it meant, the rest stays.

use serde::Serialize;

/// With so many repairs in a document, a sequence that lost a byte is taken for a torn one, not for letters.
const SURE_AFTER: usize = 3;
/// Text that was encoded three times needs two passes; nobody has shown more.
const PASSES_MAX: usize = 2;

/// 0x80 to 0x9F in Windows-1252 and 1254; what they leave out is the control character of the same number.
const HIGH: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}',
    '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}',
    '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}',
    '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];
/// Where 1254 differs from 1252 above 0xA0.
const TURKISH: [(u8, char); 6] =
    [(0xd0, 'Ğ'), (0xdd, 'İ'), (0xde, 'Ş'), (0xf0, 'ğ'), (0xfd, 'ı'), (0xfe, 'ş')];

/// A code page UTF-8 was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Page {
    /// Western European.
    Windows1252,
    /// Turkish.
    Windows1254,
}

impl Page {
    /// What a byte is in this page.
    pub(super) fn letter(self, byte: u8) -> char {
        let turkish = match self {
            Self::Windows1252 => None,
            Self::Windows1254 => TURKISH.iter().find(|(of, _)| *of == byte).map(|(_, letter)| *letter),
        };
        let high = byte.checked_sub(0x80).and_then(|index| HIGH.get(usize::from(index)).copied());
        turkish.or(high).unwrap_or(char::from(byte))
    }

    /// The byte a character beyond ASCII came from, if this page has it.
    fn byte(self, letter: char) -> Option<u8> {
        if self == Self::Windows1254 {
            if let Some((byte, _)) = TURKISH.iter().find(|(_, of)| *of == letter) {
                return Some(*byte);
            }
            if TURKISH.iter().any(|(byte, _)| char::from(*byte) == letter) {
                return None;
            }
        }
        let direct = u8::try_from(u32::from(letter)).ok().filter(|byte| *byte >= 0xa0);
        direct.or_else(|| {
            let index = HIGH.iter().position(|of| *of == letter)?;
            u8::try_from(index).ok().map(|index| index + 0x80)
        })
    }
}

/// What the repair found in a whole document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Repairs {
    /// The page that repairs more; none where nothing was encoded twice.
    pub page: Option<Page>,
    /// Sequences that show as what they meant.
    pub repaired: usize,
    /// Sequences that lost a byte.
    pub torn: usize,
}

impl Repairs {
    /// Text of that document for the screen.
    pub(super) fn mend(self, text: &str) -> String {
        let Some(page) = self.page.filter(|_| !text.is_ascii()) else { return text.to_owned() };
        let mut now = text.to_owned();
        for _ in 0..PASSES_MAX {
            let (next, found) = pass(&now, page, self.torn > 0);
            now = next;
            if found.repaired == 0 {
                break;
            }
        }
        now
    }
}

/// Looks through a whole text: which page repairs more, and how often.
pub(super) fn survey(text: &str) -> Repairs {
    if text.is_ascii() {
        return Repairs::default();
    }
    let western = count(text, Page::Windows1252);
    let turkish = count(text, Page::Windows1254);
    let mut best = if turkish.repaired > western.repaired { turkish } else { western };
    if best.repaired == 0 {
        return Repairs::default();
    }
    if best.repaired < SURE_AFTER {
        best.torn = 0;
    }
    best
}

/// What all passes of a page repair; what is torn after the last one.
fn count(text: &str, page: Page) -> Repairs {
    let (mut now, mut found) = pass(text, page, false);
    for _ in 1..PASSES_MAX {
        if found.repaired == 0 {
            break;
        }
        let (next, more) = pass(&now, page, false);
        now = next;
        found = Repairs { repaired: found.repaired + more.repaired, ..more };
    }
    found
}

/// One pass over a text; `torn` says whether sequences that lost a byte are shown as such.
fn pass(text: &str, page: Page, torn: bool) -> (String, Repairs) {
    let mut out = String::with_capacity(text.len());
    let mut found = Repairs { page: Some(page), repaired: 0, torn: 0 };
    let mut run: Vec<(char, Option<u8>)> = Vec::new();
    for letter in text.chars() {
        if letter.is_ascii() {
            mend_run(&run, torn, &mut out, &mut found);
            run.clear();
            out.push(letter);
        } else {
            run.push((letter, page.byte(letter)));
        }
    }
    mend_run(&run, torn, &mut out, &mut found);
    (out, found)
}

fn mend_run(run: &[(char, Option<u8>)], torn: bool, out: &mut String, found: &mut Repairs) {
    let mut rest = run;
    while let Some(((letter, _), after)) = rest.split_first() {
        match sequence(rest) {
            Sequence::Whole(meant, len) => {
                out.push(meant);
                found.repaired += 1;
                rest = rest.get(len..).unwrap_or_default();
            }
            Sequence::Torn { len, mark } => {
                found.torn += 1;
                let lost = rest.get(..len).unwrap_or_default();
                if !torn {
                    out.extend(lost.iter().map(|(letter, _)| *letter));
                } else if !mark {
                    out.push(char::REPLACEMENT_CHARACTER);
                }
                rest = rest.get(len..).unwrap_or_default();
            }
            Sequence::None => {
                out.push(*letter);
                rest = after;
            }
        }
    }
}

/// What the bytes at the start of a run are.
enum Sequence {
    /// A character and how many bytes it took.
    Whole(char, usize),
    /// The start of one; `mark` where it was a variation selector, which nobody sees.
    Torn {
        len: usize,
        mark: bool,
    },
    None,
}

fn sequence(run: &[(char, Option<u8>)]) -> Sequence {
    let need = match run.first().and_then(|(_, byte)| *byte) {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        _ => return Sequence::None,
    };
    let mut bytes = [0_u8; 4];
    let mut len = 0;
    for (place, (_, byte)) in bytes.iter_mut().zip(run).take(need) {
        match byte {
            Some(byte) if len == 0 || (0x80..=0xbf).contains(byte) => *place = *byte,
            _ => break,
        }
        len += 1;
    }
    let taken = bytes.get(..len).unwrap_or_default();
    match std::str::from_utf8(taken) {
        Ok(text) => text.chars().next().map_or(Sequence::None, |meant| Sequence::Whole(meant, len)),
        // A lead alone is a letter with an accent.
        Err(fault) if len > 1 && fault.error_len().is_none() => {
            Sequence::Torn { len, mark: taken == [0xef, 0xb8] }
        }
        Err(_) => Sequence::None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, Repairs, pass, survey};

    /// What a program does that takes UTF-8 for a code page.
    fn misread(text: &str, page: Page) -> String {
        text.bytes().map(|byte| page.letter(byte)).collect()
    }

    #[test]
    fn what_was_encoded_twice_or_three_times_is_undone() {
        let meant = "déjà vu → ✅ 🚀 Größe ğ";
        for page in [Page::Windows1252, Page::Windows1254] {
            let twice = misread(meant, page);
            assert_eq!(survey(&twice).mend(&twice), meant);
            let thrice = misread(&twice, page);
            assert_eq!(survey(&thrice).mend(&thrice), meant);
        }
    }

    #[test]
    fn what_is_right_stays() {
        for text in [
            "Größe, Straße, naïve, Ærø, São Paulo, Łódź, İstanbul, žluťoučký, «côté»",
            "发布清单 ✅ リリース 릴리스 выпуск ☐ “quoted” – it’s…",
            "Ã alone, â alone, ð alone",
        ] {
            assert_eq!(survey(text), Repairs::default(), "{text}");
            assert_eq!(survey(text).mend(text), text);
        }
    }

    #[test]
    fn the_repair_changes_no_ascii() {
        let ascii: String = (0_u8..128).map(char::from).collect();
        let mixed = format!("{ascii}âœ…{ascii}");
        let mended = pass(&mixed, Page::Windows1252, true).0;
        assert_eq!(mended, format!("{ascii}✅{ascii}"));
    }

    #[test]
    fn a_torn_sequence_shows_as_such_only_when_the_page_is_sure() {
        let few = "âœ… ðŸ";
        assert_eq!(survey(few).mend(few), "✅ ðŸ");
        let many = "âœ… âœ… âœ… ðŸ â˜ï¸";
        assert_eq!(survey(many).mend(many), "✅ ✅ ✅ \u{fffd} \u{fffd}");
    }
}
