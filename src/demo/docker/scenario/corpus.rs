//! Log lines that are hard to bear: escapes, broken UTF-8, lines in parts, equal times, times that go back.

use chrono::{DateTime, TimeDelta, Utc};

use super::model::Corpus;
use crate::demo::docker::kept_log::{Message, PART_BYTES};
use crate::engine::log_line::LogStream;

/// What would move the cursor, change the title, fill the clipboard, hide the text, turn the line, ring the bell.
const ESCAPES: [&str; 10] = [
    "\u{1b}[2J\u{1b}[Hgone",
    "\u{1b}]0;owned\u{7}title",
    "\u{1b}]52;c;aGFja2Vk\u{7}clipboard",
    "\u{1b}[8mhidden\u{1b}[0m",
    "\u{1b}[31mred\u{1b}[0m and plain",
    "progress 10 %\rprogress 99 %",
    "\u{202e}txet denrut",
    "bell\u{7} and \u{9b}31m an eight-bit one",
    "\u{1b}P+q544e\u{1b}\\device",
    "tab\there, wide \u{6f22}\u{5b57}, combined e\u{301}\u{301}\u{301}, joined \u{1f468}\u{200d}\u{1f469}",
];
/// A lone continuation, an overlong slash, a cut letter, a surrogate, a NUL, bytes no text has.
const BYTES: [&[u8]; 6] = [
    b"\x80 alone",
    b"\xc0\xaf overlong",
    b"cut \xe2\x82",
    b"\xed\xa0\x80 half",
    b"nul \0 inside",
    b"\xff\xfe no text",
];
/// How many messages the longest line of the corpus is.
const PARTS: u64 = 3;
/// So many lines have one time.
const EQUAL: u64 = 3;

/// The lines of one turn; `number` counts the turns.
pub(super) fn lines(kind: Corpus, number: u64, at: DateTime<Utc>) -> Vec<Message> {
    let turn = |length: usize| usize::try_from(number).unwrap_or(0) % length.max(1);
    let whole = |bytes: &[u8]| Message { at, stream: LogStream::Output, bytes: [bytes, b"\n"].concat() };
    match kind {
        Corpus::Escapes => {
            let text = ESCAPES.get(turn(ESCAPES.len())).copied().unwrap_or_default();
            vec![whole(format!("{number:06} {text}").as_bytes())]
        }
        Corpus::Bytes => {
            let bytes = BYTES.get(turn(BYTES.len())).copied().unwrap_or_default();
            vec![whole(&[format!("{number:06} ").as_bytes(), bytes].concat())]
        }
        Corpus::Parts => {
            let head = format!("{number:06} ");
            let mut parts: Vec<Message> = (1..PARTS)
                .map(|_| Message { at, stream: LogStream::Output, bytes: vec![b'x'; PART_BYTES] })
                .collect();
            if let Some(first) = parts.first_mut() {
                first.bytes.splice(..head.len(), head.bytes());
            }
            parts.push(whole(b"end"));
            parts
        }
        Corpus::Equal => {
            (0..EQUAL).map(|part| whole(format!("{:06} equal", number * EQUAL + part).as_bytes())).collect()
        }
        Corpus::Disorder => {
            let back = if number % 3 == 2 { TimeDelta::milliseconds(1_500) } else { TimeDelta::zero() };
            let line = whole(format!("{number:06} disordered\r").as_bytes());
            vec![Message { at: at - back, ..line }]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_hard_in_its_own_way() {
        let at = DateTime::UNIX_EPOCH;
        let all = |kind| (0..12).flat_map(|number| lines(kind, number, at)).collect::<Vec<_>>();
        assert!(all(Corpus::Escapes).iter().any(|line| line.bytes.contains(&0x1b)));
        assert!(all(Corpus::Bytes).iter().any(|line| std::str::from_utf8(&line.bytes).is_err()));
        let parts = lines(Corpus::Parts, 7, at);
        assert!(parts[0].bytes.starts_with(b"000007 x") && parts[0].bytes.len() == PART_BYTES);
        assert_eq!(parts.iter().filter(|part| part.bytes.ends_with(b"\n")).count(), 1);
        assert!(all(Corpus::Equal).iter().all(|line| line.at == at));
        let times: Vec<_> = all(Corpus::Disorder).iter().map(|line| line.at).collect();
        assert!(!times.is_sorted());
    }
}
