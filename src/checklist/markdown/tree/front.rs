//! Front matter: a block of `key: value` lines between rules at the very start of a file.
//!
//! We cut it ourselves: the parser's own option swallows boxes between two rules anywhere.

use std::ops::Range;

/// Front matter ends within so many lines; a longer one is a document that begins with a rule.
const FRONT_MAX_LINES: usize = 200;

/// What stands before the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Front {
    /// Its range of the text, both rules and the last line end included.
    pub range: Range<usize>,
    /// What it says the title is.
    pub title: Option<String>,
}

/// The front matter of a text whose lines end in LF or CRLF, if it has one.
pub(super) fn front(text: &str) -> Option<Front> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next()?;
    if first.trim_end() != "---" {
        return None;
    }
    let (mut at, mut keys, mut title) = (first.len(), false, None);
    for line in lines.take(FRONT_MAX_LINES) {
        at += line.len();
        let bare = line.trim_end();
        if bare == "---" || bare == "..." {
            return keys.then_some(Front { range: 0..at, title });
        }
        if holds_box(bare) {
            return None;
        }
        if let Some((key, value)) = bare.split_once(':')
            && is_key(key)
            && (value.is_empty() || value.starts_with(' '))
        {
            keys = true;
            let value = value.trim().trim_matches(['"', '\'']).trim();
            if key == "title" && !value.is_empty() {
                title = Some(value.to_owned());
            }
        }
    }
    None
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|letter| letter.is_alphanumeric() || "_-".contains(letter))
}

fn holds_box(line: &str) -> bool {
    ["[ ]", "[x]", "[X]"].iter().any(|form| line.contains(form))
}
