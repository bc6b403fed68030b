//! Bytes of a file to text, with the way back: encodings, line numbers, and the repair of what the screen shows.
//!
//! `source/decode.rs` finds the encoding, `source/offsets.rs` leads each range of the text back to bytes of the file,
//! `source/repair.rs` undoes UTF-8 that was encoded twice, for the screen only. Line ends stay as they are in the file.
//! Not here: what the text means (`tree.rs`).

mod decode;
mod offsets;
mod repair;

use std::ops::Range;

use serde::Serialize;
use thiserror::Error;

use self::offsets::Offsets;
pub use self::repair::{Page, Repairs};

/// The longest document in bytes: what the header of a session may hold, because a session embeds its checklist.
pub const DOCUMENT_MAX_BYTES: usize = 1024 * 1024;

/// Why bytes are no document.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SourceFault {
    /// Nothing but white space.
    #[error("the document is empty")]
    Empty,
    /// A NUL where text has none, and no mark of UTF-16.
    #[error("this is not text: there is a NUL byte at offset {at}")]
    NotText {
        /// Where the NUL is, in bytes of the file.
        at: usize,
    },
    /// Longer than a session can embed.
    #[error("the document has {bytes} bytes; at most {DOCUMENT_MAX_BYTES} can be read")]
    TooLong {
        /// The length in bytes.
        bytes: usize,
    },
}

/// How the bytes of a file were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// All of it is valid.
    Utf8,
    /// All of it is valid after the mark at its start.
    Utf8WithMark,
    /// Low byte first, with the mark.
    Utf16Le,
    /// High byte first, with the mark.
    Utf16Be,
    /// More good sequences than bad bytes; the bad ones show as U+FFFD.
    DamagedUtf8,
    /// What the web calls Latin-1.
    Windows1252,
}

impl Encoding {
    /// Its usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8WithMark => "UTF-8 with BOM",
            Self::Utf16Le => "UTF-16 LE",
            Self::Utf16Be => "UTF-16 BE",
            Self::DamagedUtf8 => "damaged UTF-8",
            Self::Windows1252 => "Windows-1252",
        }
    }
}

/// A document's text and the way back to its bytes.
#[derive(Clone, Debug)]
pub struct Source {
    text: String,
    offsets: Offsets,
    encoding: Encoding,
    repairs: Repairs,
    /// Where each line starts in the text.
    starts: Vec<usize>,
}

impl Source {
    /// Decodes a file. Errors: empty, not text, too long.
    pub fn read(bytes: &[u8]) -> Result<Self, SourceFault> {
        if bytes.len() > DOCUMENT_MAX_BYTES {
            return Err(SourceFault::TooLong { bytes: bytes.len() });
        }
        let (text, encoding, offsets) = decode::decode(bytes)?;
        if text.trim().is_empty() {
            return Err(SourceFault::Empty);
        }
        let repairs = repair::survey(&text);
        let starts = line_starts(&text);
        Ok(Self { text, offsets, encoding, repairs, starts })
    }

    /// The text with the file's own line ends, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// A piece of the text as written; empty where the range is none of it.
    pub fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }

    /// The bytes of the file a range of the text came from.
    pub fn bytes_of(&self, range: Range<usize>) -> Range<usize> {
        let start = self.offsets.to_file(range.start);
        start..self.offsets.to_file(range.end).max(start)
    }

    /// The line an offset of the text is on, from 1, as an editor counts: LF, CRLF and a lone CR end a line.
    pub fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).max(1)
    }

    /// The column of an offset of the text, in characters, from 1.
    pub fn column(&self, at: usize) -> usize {
        let start = self.starts.get(self.line(at) - 1).copied().unwrap_or_default();
        self.text.get(start..at).map_or(1, |before| before.chars().count() + 1)
    }

    /// How many lines the file has; a last one without a line end counts.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The range of a line of the text without its line end; `line` counts from 1.
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let Some(start) = line.checked_sub(1).and_then(|index| self.starts.get(index)).copied() else {
            return self.text.len()..self.text.len();
        };
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        let text = self.slice(start..end);
        start..start + text.trim_end_matches(['\n', '\r']).len()
    }

    /// A piece of the text for the screen, for search and for ids: repaired, where the document was encoded twice.
    pub fn shown(&self, range: Range<usize>) -> String {
        self.mended(self.slice(range))
    }

    /// Text of this document for the screen, as [`Self::shown`], where it was put together from several pieces.
    pub fn mended(&self, text: &str) -> String {
        self.repairs.mend(text)
    }

    /// How the bytes were read.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// What the repair for the screen found in the whole document.
    pub fn repairs(&self) -> Repairs {
        self.repairs
    }
}

/// Where lines start: after LF, after CRLF, after a CR alone. Nothing starts behind the last line end.
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for (at, byte) in bytes.iter().enumerate() {
        let next = bytes.get(at + 1);
        let ends = *byte == b'\n' || (*byte == b'\r' && next != Some(&b'\n'));
        if ends && next.is_some() {
            starts.push(at + 1);
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::{DOCUMENT_MAX_BYTES, Encoding, Page, Source, SourceFault};

    #[test]
    fn lines_end_with_lf_crlf_and_cr() {
        let source = Source::read(b"a\nb\r\nc\rd\r\r\n").unwrap();
        assert_eq!(source.lines(), 5);
        assert_eq!([0, 2, 5, 7, 9].map(|at| source.line(at)), [1, 2, 3, 4, 5]);
        assert_eq!(source.slice(source.line_range(2)), "b");
        assert_eq!(source.slice(source.line_range(9)), "");
    }

    #[test]
    fn a_range_leads_back_to_the_bytes_of_every_encoding() {
        let utf16 = |order: fn(u16) -> [u8; 2], mark: [u8; 2]| {
            let units = "é😀 [x] z".encode_utf16().flat_map(order);
            mark.into_iter().chain(units).collect::<Vec<u8>>()
        };
        let cases: [(Vec<u8>, Encoding, std::ops::Range<usize>); 6] = [
            ("é😀 [x] z".into(), Encoding::Utf8, 7..10),
            ("\u{feff}é😀 [x] z".into(), Encoding::Utf8WithMark, 10..13),
            (utf16(u16::to_le_bytes, [0xff, 0xfe]), Encoding::Utf16Le, 10..16),
            (utf16(u16::to_be_bytes, [0xfe, 0xff]), Encoding::Utf16Be, 10..16),
            (b"\xe9 [x] z".to_vec(), Encoding::Windows1252, 2..5),
            (b"\xc3\xa9\xc3\xa9\xff [x] z".to_vec(), Encoding::DamagedUtf8, 6..9),
        ];
        for (bytes, encoding, expected) in cases {
            let source = Source::read(&bytes).unwrap();
            assert_eq!(source.encoding(), encoding);
            let at = source.text().find("[x]").unwrap();
            assert_eq!(source.bytes_of(at..at + 3), expected, "{encoding:?}");
            assert_eq!(source.bytes_of(0..source.text().len()).end, bytes.len());
        }
    }

    #[test]
    fn what_is_no_text_is_refused_with_the_reason() {
        assert_eq!(Source::read(b"").unwrap_err(), SourceFault::Empty);
        assert_eq!(Source::read(b"\xef\xbb\xbf \n").unwrap_err(), SourceFault::Empty);
        assert_eq!(Source::read(b"ab\0c").unwrap_err(), SourceFault::NotText { at: 2 });
        let long = vec![b'a'; DOCUMENT_MAX_BYTES + 1];
        assert_eq!(Source::read(&long).unwrap_err(), SourceFault::TooLong { bytes: long.len() });
    }

    #[test]
    fn the_examples_are_repaired_as_counted() {
        let first = Source::read(include_bytes!("../../../tests/fixtures/documents/000.md")).unwrap();
        let said = first.repairs();
        assert_eq!((said.page, said.repaired, said.torn), (Some(Page::Windows1252), 21, 1));
        assert_eq!(first.shown(first.line_range(300)), "## Risk Mitigation 🛡");
        let last = Source::read(include_bytes!("../../../tests/fixtures/documents/004.md")).unwrap();
        let said = last.repairs();
        assert_eq!((said.page, said.repaired, said.torn), (Some(Page::Windows1254), 20, 6));
        assert_eq!(last.shown(last.line_range(188)), "## 🆘 Rollback Plan");
        assert_eq!(last.shown(last.line_range(51)), "### 7. Frontend \u{fffd}");
    }

    #[test]
    fn columns_count_characters() {
        let source = Source::read("ä [x]\n- é".as_bytes()).unwrap();
        assert_eq!(source.column(source.text().find('[').unwrap()), 3);
        assert_eq!(source.column(source.text().find('é').unwrap()), 3);
    }
}
