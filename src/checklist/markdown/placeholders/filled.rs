//! A script with its places filled: the place becomes `${GONOGO_X}`, quoted for where it stands; the value travels in the
//! environment and never in the text.
//!
//! Where nobody can quote, a person must do it by hand. Not here: which values a variable takes (`checklist/charset.rs`).

use std::collections::HashSet;
use std::fmt::Write as _;
use std::ops::Range;

use super::super::letters::slice;
use super::super::shell::argv::{commands, name_of as program};
use super::super::shell::scan::{PieceKind, Quoting, Scan};
use super::Placeholder;

/// A script whose places read variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The script.
    pub text: String,
    /// The variables it reads: the name, and its name in the environment, each once, in order.
    pub reads: Vec<(String, String)>,
    /// Variables that a second shell reads again (`ssh`, `eval`, `sh -c`): their values are never widened.
    pub read_twice: Vec<String>,
}

/// Why a script cannot be filled by a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FillByHand {
    /// The place.
    pub range: Range<usize>,
    /// How it is quoted.
    pub quoting: Quoting,
}

/// The name of a variable in the environment: `GONOGO_` and capital letters.
pub fn variable(name: &str) -> String {
    let mut whole = "GONOGO_".to_owned();
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() || letter == '_' {
            whole.push(letter.to_ascii_uppercase());
        } else {
            // A name in another script stays a name of its own.
            let _: std::fmt::Result = write!(whole, "U{:X}", u32::from(letter));
        }
    }
    whole
}

/// Fills the places of a script. Those in comments stay. Errors: the first place that nobody can quote: in a here-document
/// with a quoted mark, in arithmetic or braces, behind a quote that never closes, over the end of a quote.
pub fn filled(text: &str, places: &[Placeholder]) -> Result<Filled, FillByHand> {
    let scan = Scan::read(text);
    let twice = read_twice(text, &scan);
    let mut out =
        Filled { text: String::with_capacity(text.len()), reads: Vec::new(), read_twice: Vec::new() };
    let (mut at, mut read, mut again) = (0, HashSet::new(), HashSet::new());
    for place in places {
        let quoting = scan.quoting(place.range.start);
        let one_span = scan.quoting(place.range.end.saturating_sub(1)) == quoting;
        if place.range.start < at || place.range.is_empty() || quoting == Quoting::Comment {
            continue;
        }
        let name = variable(&place.name);
        let written = match quoting {
            Quoting::Bare => format!("\"${{{name}}}\""),
            Quoting::Double | Quoting::HereDocument => format!("${{{name}}}"),
            Quoting::Single => format!("'\"${{{name}}}\"'"),
            Quoting::Comment | Quoting::Verbatim | Quoting::Special | Quoting::Unknown => String::new(),
        };
        if written.is_empty() || !one_span {
            return Err(FillByHand { range: place.range.clone(), quoting });
        }
        out.text.push_str(slice(text, at..place.range.start));
        out.text.push_str(&written);
        at = place.range.end;
        let next = twice.partition_point(|range| range.end <= place.range.start);
        if twice.get(next).is_some_and(|range| range.contains(&place.range.start))
            && again.insert(&place.name)
        {
            out.read_twice.push(place.name.clone());
        }
        if read.insert(&place.name) {
            out.reads.push((place.name.clone(), name));
        }
    }
    out.text.push_str(slice(text, at..text.len()));
    Ok(out)
}

/// The lines, and their here-documents, that a second shell reads.
fn read_twice(text: &str, scan: &Scan) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for piece in &scan.pieces {
        match piece.kind {
            PieceKind::Command => {
                let again = commands(slice(text, piece.range.clone())).iter().any(|command| {
                    let shell = |name: &str| matches!(name, "sh" | "bash" | "zsh" | "dash" | "su");
                    let inner = command.inner();
                    let told = inner.iter().any(|word| word.text == "-c") || command.fed();
                    matches!(command.program(), "ssh" | "eval" | "xargs") || shell(program(inner)) && told
                });
                if again {
                    found.push(piece.range.clone());
                }
            }
            PieceKind::HereDocument => {
                if let Some(last) = found.last_mut().filter(|last| last.end == piece.range.start) {
                    last.end = piece.range.end;
                }
            }
            PieceKind::Blank | PieceKind::Comment => {}
        }
    }
    found
}
