//! Names in the letters of a checklist file, each given once.
//!
//! Not here: ids of entries, which are made of where they stand and what they say (`identity.rs`).

use std::collections::{HashMap, HashSet};

use crate::checklist::markdown::identity::slug;
use crate::checklist::markdown::secrets::masked;

/// The longest name a checklist file takes.
const NAME_MAX: usize = 64;
/// A hyphen and 12 hexadecimal digits: among 20,000 items two alike are less likely than one in a million.
const NUMBER_LEN: usize = 13;
/// Bits of the number that are left out.
const NUMBER_CUT: u32 = 16;
/// FNV-1a with 64 bits: the same everywhere and for ever, which ids must be.
const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// The names given so far among things of one kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    given: HashSet<String>,
    /// How often a name was asked for.
    asked: HashMap<String, usize>,
}

impl Names {
    /// A name nobody has yet: the wanted one, or the same with `-2`, `-3`.
    pub(super) fn take(&mut self, wanted: &str) -> String {
        let wanted = name_of(wanted);
        let times = self.asked.entry(wanted.clone()).or_insert(0);
        loop {
            *times += 1;
            let mut name = wanted.clone();
            if *times > 1 {
                let suffix = format!("-{times}");
                name.truncate(NAME_MAX - suffix.len());
                name.push_str(&suffix);
            }
            if self.given.insert(name.clone()) {
                return name;
            }
        }
    }

    /// A name made of a title; `nameless` where the title has no letter.
    pub(super) fn of_title(&mut self, title: &str, nameless: &str) -> String {
        let made = slug_of(title);
        self.take(if made.is_empty() { nameless } else { &made })
    }
}

/// A title as a part of a name; no secret stands in it.
pub(super) fn slug_of(title: &str) -> String {
    slug(&masked(title))
}

/// An id in the letters of a checklist file. A long one, or one of another script, keeps its last part, which says what it is, and
/// the rest as a number made of all of it: the same on every reading, and whatever stands before or behind it.
pub(super) fn name_of(id: &str) -> String {
    let plain = id.replace('/', ".");
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    let starts = plain.starts_with(|c: char| c.is_ascii_alphanumeric());
    if starts && plain.len() <= NAME_MAX && plain.chars().all(allowed) {
        return plain;
    }
    let number = id.bytes().fold(FNV_START, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME));
    let last = id.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
    let kept: String = last.chars().filter(|c| allowed(*c)).take(NAME_MAX - NUMBER_LEN).collect();
    let kept = kept.trim_matches(['.', '-']);
    let kept = if kept.is_empty() { "x" } else { kept };
    format!("{kept}-{:012x}", number >> NUMBER_CUT)
}

#[cfg(test)]
mod tests {
    use super::{NAME_MAX, Names, name_of};

    #[test]
    fn a_name_is_short_spelled_and_the_same_every_time() {
        assert_eq!(name_of("ship/tag-it"), "ship.tag-it");
        let long = name_of(&format!("{}/tag-it", "before-the-release".repeat(4)));
        assert!(long.starts_with("tag-it-") && long.len() == "tag-it-".len() + 12, "{long}");
        for id in ["发布/标记", "-x", ".x", "_x", "", &"a/".repeat(100)] {
            let name = name_of(id);
            assert!(
                name.len() <= NAME_MAX && name.starts_with(|c: char| c.is_ascii_alphanumeric()),
                "{id}: {name}"
            );
            assert_eq!(name, name_of(id));
        }
    }

    #[test]
    fn a_name_is_given_once() {
        let mut names = Names::default();
        let long = "a".repeat(NAME_MAX);
        let given =
            [names.take("a/b"), names.take("a.b"), names.take("a/b"), names.take(&long), names.take(&long)];
        assert_eq!(given[..3], ["a.b", "a.b-2", "a.b-3"]);
        assert!(given[4].len() <= NAME_MAX && given[4].ends_with("-2"));
    }
}
