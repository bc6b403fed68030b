//! Places a person must fill: `<name>`, `{{x}}`, `YOUR_X`, `X.Y.Z` and the like; strong ones block a run, weak ones warn.
//!
//! One name is one variable. Not here: putting values in (`placeholders/filled.rs`), versions that stand there already
//! (`versions.rs`), which shell variables nobody sets (`placeholders/unset.rs`).

use std::collections::HashSet;
use std::ops::Range;

use super::angle;
use super::letters::{alone, before, byte, from, in_name, letter, places, run, run_most, slice};

pub mod filled;
pub mod unset;

/// How sure it is that a place must be filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Offered, with a warning.
    Weak,
    /// Nothing runs while it is empty.
    Strong,
}

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A shell's text.
    Script,
    /// Anything else: `<b>` is a tag, `[NAME](…)` a link.
    Prose,
}

/// A place to fill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder {
    /// Its bytes.
    pub range: Range<usize>,
    /// The variable's name: small letters, digits and low lines.
    pub name: String,
    /// How sure it is.
    pub strength: Strength,
}

/// More places than a document ever had; what comes behind is left as it is.
pub const MOST: usize = 10_000;
/// No name of a place is longer, in bytes.
const NAME_BYTES: usize = 60;

/// Tags that prose may hold.
const TAGS: [&str; 70] = [
    "a",
    "abbr",
    "article",
    "aside",
    "audio",
    "b",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "li",
    "main",
    "mark",
    "nav",
    "ol",
    "p",
    "picture",
    "pre",
    "s",
    "samp",
    "section",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "textarea",
];
/// The rest of them.
const MORE_TAGS: [&str; 8] = ["tfoot", "th", "thead", "tr", "tt", "u", "ul", "video"];
/// What stands in `{{ }}` of a template that somebody else fills.
const TEMPLATE_WORDS: [&str; 9] =
    ["range", "end", "if", "else", "with", "json", "define", "template", "block"];

/// The places to fill in a text, in order, none inside another.
pub fn placeholders(text: &str, place: Place) -> Vec<Placeholder> {
    let mut found = Vec::new();
    angles(text, place, &mut found);
    braces(text, &mut found);
    brackets(text, place, &mut found);
    yours(text, &mut found);
    versions(text, &mut found);
    words(text, &mut found);
    weak(text, &mut found);
    // Of two in one place the one that begins first, then the longer one, then the stronger one.
    found.sort_by_key(|one| (one.range.start, usize::MAX - one.range.end, std::cmp::Reverse(one.strength)));
    let mut end = 0;
    found.retain(|one| {
        let free = one.range.start >= end;
        end = if free { one.range.end } else { end };
        free
    });
    found.truncate(MOST);
    found
}

/// The variable of a name as written: `<THIS_PR_NUMBER>` is `this_pr_number`, `your-app` is `app`.
pub fn name_of(written: &str) -> String {
    let mut name = String::new();
    for letter in written.to_lowercase().chars() {
        if letter.is_alphanumeric() {
            name.push(letter);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    let name = ["your_", "my_", "the_", "insert_", "enter_"]
        .iter()
        .find_map(|lead| name.strip_prefix(lead))
        .unwrap_or(name);
    match name {
        "" => "value".to_owned(),
        "x_y_z" | "vx_y_z" | "version_number" | "new_version" | "release_version" | "v" | "ver" => {
            "version".to_owned()
        }
        name => name.to_owned(),
    }
}

fn push(found: &mut Vec<Placeholder>, range: Range<usize>, name: String, strength: Strength) {
    found.push(Placeholder { range, name, strength });
}

fn angles(text: &str, place: Place, found: &mut Vec<Placeholder>) {
    let closing: HashSet<&str> = places(text, "</")
        .filter_map(|at| {
            let end = run_most(text, at + 2, NAME_BYTES, |letter| letter != '>');
            (byte(text, end) == b'>').then(|| slice(text, at + 2..end))
        })
        .collect();
    for at in places(text, "<") {
        let Some(end) = angle::end(text, at) else { continue };
        let inner = slice(text, at + 1..end - 1);
        let word = inner.split([' ', '/']).next().unwrap_or_default().to_ascii_lowercase();
        let closed = closing.contains(inner);
        let tag = TAGS.contains(&word.as_str()) || MORE_TAGS.contains(&word.as_str());
        let mail = inner.contains('@') && inner.contains('.');
        // `Vec<String>`: a type with its argument.
        let generic = place == Place::Prose
            && before(text, at).is_some_and(char::is_alphanumeric)
            && inner.chars().next().is_some_and(char::is_uppercase)
            && inner.chars().any(char::is_lowercase);
        let plain_tag = tag && (place == Place::Prose || closed);
        if !plain_tag && !closed && !mail && !generic {
            push(found, at..end, name_of(inner), Strength::Strong);
        }
    }
}

fn braces(text: &str, found: &mut Vec<Placeholder>) {
    for at in places(text, "{{") {
        let end = run(text, at + 2, |letter| !"{}\n".contains(letter));
        let inner = slice(text, at + 2..end).trim();
        let first = inner.split(' ').next().unwrap_or_default();
        let plain = inner.chars().all(|letter| in_name(letter) || " -.".contains(letter));
        let named = inner.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_');
        let template = TEMPLATE_WORDS.contains(&first) || inner.contains(" .") || inner.len() > NAME_BYTES;
        let outside = matches!(before(text, at), Some('$' | '{' | '\\'));
        if byte(text, end) == b'}' && byte(text, end + 1) == b'}' && plain && named && !template && !outside {
            push(found, at..end + 2, name_of(inner), Strength::Strong);
        }
    }
}

fn brackets(text: &str, place: Place, found: &mut Vec<Placeholder>) {
    for at in places(text, "[") {
        let end = run(text, at + 1, |letter| {
            letter.is_uppercase() || letter.is_ascii_digit() || "_- ".contains(letter)
        });
        let inner = slice(text, at + 1..end);
        let long =
            inner.chars().filter(|letter| letter.is_uppercase()).count() >= 2 && inner.len() <= NAME_BYTES;
        let first = inner.chars().next().is_some_and(char::is_uppercase) && !inner.ends_with(' ');
        let link = place == Place::Prose && matches!(byte(text, end + 1), b'(' | b'[' | b':');
        // `x[ABC]*` is a pattern, `a[KEY]` a place in a list.
        let glued =
            before(text, at).is_some_and(|letter| letter.is_alphanumeric() || "$]*\\[!#".contains(letter));
        let range = inner.len() == 3 && byte(inner, 1) == b'-';
        if byte(text, end) == b']'
            && byte(text, end + 1) != b']'
            && long
            && first
            && !link
            && !glued
            && !range
        {
            push(found, at..end + 1, name_of(inner), Strength::Strong);
        }
    }
}

fn yours(text: &str, found: &mut Vec<Placeholder>) {
    for lead in ["your-", "your_", "YOUR_", "YOUR-"] {
        for at in places(text, lead) {
            let end = run_most(text, at + lead.len(), NAME_BYTES, |letter| in_name(letter) || letter == '-');
            let end = at + slice(text, at..end).trim_end_matches(['-', '_']).len();
            let glued =
                before(text, at).is_some_and(|letter| in_name(letter) || letter == '$' || letter == '{');
            if end > at + lead.len() && !glued {
                push(found, at..end, name_of(slice(text, at..end)), Strength::Strong);
            }
        }
    }
}

/// `X.Y.Z`, `vX.Y`, `1.2.x`.
fn versions(text: &str, found: &mut Vec<Placeholder>) {
    for at in places(text, ".") {
        // The first point of a run decides for the whole.
        let start = slice(text, 0..at)
            .rfind(|letter: char| !letter.is_ascii_alphanumeric())
            .map_or(0, |place| place + letter(text, place).map_or(1, char::len_utf8));
        if before(text, start) == Some('.') || at - start > 4 {
            continue;
        }
        let end = run(text, at, |letter| letter.is_ascii_alphanumeric() || letter == '.');
        let whole = slice(text, start..end).trim_end_matches('.');
        let bare = whole.strip_prefix(['v', 'V']).unwrap_or(whole);
        let parts: Vec<&str> = bare.split('.').collect();
        let part = |part: &&str| {
            matches!(*part, "X" | "Y" | "Z" | "N" | "x" | "y" | "z")
                || part.len() <= 3 && !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let letters = parts.iter().filter(|part| part.bytes().any(|byte| byte.is_ascii_alphabetic())).count();
        let lettered =
            parts.first().is_some_and(|first| first.bytes().all(|byte| byte.is_ascii_alphabetic()));
        let enough = parts.len() == 3 || parts.len() == 2 && lettered && bare.len() < whole.len();
        let around = before(text, start).is_some_and(in_name)
            || letter(text, start + whole.len()).is_some_and(|next| in_name(next) || next == '(');
        if enough && letters > 0 && parts.iter().all(part) && !around {
            push(
                found,
                start + whole.len() - bare.len()..start + whole.len(),
                "version".to_owned(),
                Strength::Strong,
            );
        }
    }
}

/// `CHANGE_ME`, `TBD`, `____`.
fn words(text: &str, found: &mut Vec<Placeholder>) {
    for word in ["CHANGE_ME", "CHANGEME", "CHANGE-ME", "TBD", "REPLACE_ME", "FIXME"] {
        for at in places(text, word) {
            let range = at..at + word.len();
            if alone(text, &range) && before(text, at) != Some('$') {
                push(found, range, label(text, at), Strength::Strong);
            }
        }
    }
    let mut from_at = 0;
    while let Some(at) = from(text, from_at).find("____").map(|bytes| from_at + bytes) {
        let end = run(text, at, |letter| letter == '_');
        if alone(text, &(at..end)) {
            push(found, at..end, label(text, at), Strength::Strong);
        }
        from_at = end;
    }
}

/// The name a blank gets from what stands before it on its line: `Version: ____`, `KEY=TBD`.
fn label(text: &str, at: usize) -> String {
    let line = slice(text, 0..at).trim_end_matches([' ', ':', '=', '"', '\'', '*', '`', '(']);
    let word = line.rsplit(|letter: char| !in_name(letter) && letter != '-').next().unwrap_or_default();
    if word.is_empty() { "value".to_owned() } else { name_of(word) }
}

fn weak(text: &str, found: &mut Vec<Placeholder>) {
    for at in places(text, "{") {
        let end = run(text, at + 1, |letter| in_name(letter) || letter == '-');
        let inner = slice(text, at + 1..end);
        let named = inner.chars().next().is_some_and(char::is_alphabetic);
        let outside = matches!(before(text, at), Some('$' | '{' | '@' | '^' | '#' | '%' | '\\'));
        let awk = matches!(inner, "print" | "next" | "exit" | "getline") || inner.starts_with("http_code");
        if byte(text, end) == b'}' && byte(text, end + 1) != b'}' && named && !outside && !awk {
            push(found, at..end + 1, name_of(inner), Strength::Weak);
        }
    }
    for at in places(text, "%") {
        let end = run(text, at + 1, |letter| {
            letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_'
        });
        let long = end - at > 3 && byte(text, at + 1).is_ascii_uppercase();
        let outside = before(text, at).is_some_and(|letter| in_name(letter) || letter == '%');
        if byte(text, end) == b'%' && long && !outside && !letter(text, end + 1).is_some_and(in_name) {
            push(found, at..end + 1, name_of(slice(text, at + 1..end)), Strength::Weak);
        }
    }
    for (word, name) in [
        ("YYYY-MM-DD", "date"),
        ("YYYYMMDD", "date"),
        ("YYYY-MM", "month"),
        ("example.com", "domain"),
        ("example.org", "domain"),
    ] {
        for at in places(text, word) {
            let range = at..at + word.len();
            if alone(text, &range) && before(text, at) != Some('%') {
                push(found, range, name.to_owned(), Strength::Weak);
            }
        }
    }
}

#[cfg(test)]
mod tests;
