//! Ids of entries: made from where they stand and what they say, so that the next reading of the file finds them again.
//!
//! `phase/section/label/parent/text`; numbers in front go and versions become `v`, so renumbering or the next release keeps an id. The same
//! id again gets `-2`, `-3` in file order. A person fixes one with `<!-- id: x -->` or a final `^x`. Not here: matching two readings.

use std::collections::{HashMap, HashSet};

/// The longest part of an id in characters: long enough to tell two sentences apart, short enough to read.
pub const PART_MAX_CHARS: usize = 48;

/// Words that stand before a number which only counts.
const COUNTED: &[&str] = &[
    "step", "phase", "stage", "part", "section", "schritt", "teil", "étape", "etape", "paso", "fase",
    "passo", "stap", "krok", "шаг", "этап",
];

/// The ids given so far in one document.
#[derive(Clone, Debug, Default)]
pub struct Identities {
    given: HashSet<String>,
    /// How often an id was asked for.
    asked: HashMap<String, usize>,
}

impl Identities {
    /// The id of the next entry in file order: the fixed one, or one made of its parts.
    pub fn take(&mut self, fixed: Option<&str>, parts: &[Option<&str>]) -> String {
        let made = fixed.map_or_else(|| path(parts), str::to_owned);
        let times = self.asked.entry(made.clone()).or_insert(0);
        let mut id = made.clone();
        loop {
            *times += 1;
            if *times > 1 {
                id = format!("{made}-{times}");
            }
            if self.given.insert(id.clone()) {
                return id;
            }
        }
    }
}

fn path(parts: &[Option<&str>]) -> String {
    let named: Vec<String> =
        parts.iter().flatten().map(|part| slug(part)).filter(|part| !part.is_empty()).collect();
    if named.is_empty() { "item".to_owned() } else { named.join("/") }
}

/// One part of an id: lower case, letters and digits of any script, hyphens between words.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    let mut length = 0;
    for word in uncounted(text).split_whitespace() {
        let version = is_version(word);
        let word = if version { "v" } else { word };
        let pieces = word.split(|letter: char| !letter.is_alphanumeric()).filter(|piece| !piece.is_empty());
        for piece in pieces {
            if length > 0 && length < PART_MAX_CHARS {
                slug.push('-');
                length += 1;
            }
            let lower = piece.chars().flat_map(char::to_lowercase);
            for letter in lower.take(PART_MAX_CHARS - length) {
                slug.push(letter);
                length += 1;
            }
        }
        if length >= PART_MAX_CHARS {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// A text without the number in front that only counts: "Step 3: ", "2.1 ", "4) ". All of it where nothing else is left.
pub(crate) fn uncounted(text: &str) -> &str {
    let trimmed = text.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let word = trimmed.split(|letter: char| !letter.is_alphabetic()).next().unwrap_or_default();
    let counts = COUNTED.contains(&word.to_lowercase().as_str());
    let number = if counts { trimmed.strip_prefix(word).unwrap_or(trimmed).trim_start() } else { trimmed };
    let rest = number.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let digits = number.strip_suffix(rest).unwrap_or_default();
    if !digits.starts_with(|letter: char| letter.is_ascii_digit()) {
        return trimmed;
    }
    // "24 hours" is no count, "1. Code" and "2.1 Database" are.
    let ends = digits.contains('.') || rest.starts_with([')', ':', '-', '–', '—']);
    let left = rest.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let apart = !rest.starts_with(char::is_alphanumeric);
    if (counts || ends) && apart && !left.is_empty() { left } else { trimmed }
}

/// Is a word a version: `2.4.0`, `v1.2`, `1.0.0-rc.1`?
fn is_version(word: &str) -> bool {
    let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
    let bare = word.strip_prefix(['v', 'V']).unwrap_or(word);
    let mut parts = bare.split('.');
    let digits = |part: Option<&str>| {
        part.is_some_and(|part| part.starts_with(|letter: char| letter.is_ascii_digit()))
    };
    digits(parts.next())
        && digits(parts.next())
        && bare.chars().all(|c| c.is_ascii_alphanumeric() || ".+-".contains(c))
}

/// The id a person fixed in the words of an entry, as written.
pub fn fixed(written: &str) -> Option<&str> {
    if let Some((_, rest)) = written.split_once("<!--")
        && let Some((inside, _)) = rest.split_once("-->")
        && let Some(id) = inside.trim().strip_prefix("id:")
    {
        return Some(id.trim()).filter(|id| is_id(id));
    }
    let (_, id) = written.trim_end().rsplit_once(" ^")?;
    Some(id).filter(|id| is_id(id))
}

fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.chars().count() <= PART_MAX_CHARS
        && id.chars().all(|letter| letter.is_alphanumeric() || "-_./".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::{Identities, fixed, slug};

    #[test]
    fn numbers_in_front_and_versions_do_not_change_an_id() {
        assert_eq!(slug("Step 3: Tag v1.2.0"), slug("Step 4: Tag v1.3.0-rc.1"));
        assert_eq!(slug("### 1. Code Quality ✓"), "code-quality");
        assert_eq!(slug("24 hours of soak"), "24-hours-of-soak");
        assert_eq!(slug("2.1 Database"), "database");
        assert_eq!(slug("Phase 2"), "phase-2");
        assert_eq!(slug("发布 Größe"), "发布-größe");
        assert!(slug(&"word ".repeat(50)).chars().count() <= super::PART_MAX_CHARS);
    }

    #[test]
    fn the_same_id_again_is_counted_and_never_taken() {
        let mut ids = Identities::default();
        let mut take = |text| ids.take(None, &[Some("a"), None, Some(text)]);
        assert_eq!([take("x-2"), take("x"), take("x"), take("x")], ["a/x-2", "a/x", "a/x-3", "a/x-4"]);
        assert_eq!(ids.take(None, &[Some("—")]), "item");
    }

    #[test]
    fn a_person_can_fix_an_id() {
        assert_eq!(fixed("- [ ] Tag it <!-- id: tag -->"), Some("tag"));
        assert_eq!(fixed("- [ ] Tag it ^tag-it\n"), Some("tag-it"));
        assert_eq!(fixed("- [ ] a ^ b"), None);
        assert_eq!(fixed("- [ ] <!-- note -->"), None);
    }
}
