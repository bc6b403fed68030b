//! Versions that stand in a text already: this release's, the one before, or none of ours.
//!
//! Beside tag, checkout, push, image or a title a version is offered as `version`; in a rollback or beside "previous" as
//! `previous_version`; beside "next" it is left alone. Not here: `X.Y.Z` (`placeholders.rs`).

use std::ops::Range;

use super::letters::{before, in_name, letter, run, run_most, slice};

/// Whose version it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// The one being made: `version`.
    This,
    /// The one to go back to: `previous_version`.
    Previous,
}

impl Release {
    /// The variable's name.
    pub fn variable(self) -> &'static str {
        match self {
            Self::This => "version",
            Self::Previous => "previous_version",
        }
    }
}

/// A version that stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HardCoded {
    /// Its bytes, without a leading `v`.
    pub range: Range<usize>,
    /// Whose it is.
    pub release: Release,
}

/// Where the text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    /// The title of the document.
    Title,
    /// A text of the way forward.
    Forward,
    /// A text of a rollback.
    Rollback,
}

/// No version is longer, in bytes.
const LONGEST: usize = 64;
/// What a version stands beside when it is a release's. Small letters.
const BESIDE: [&str; 12] = [
    "tag",
    "checkout",
    "push",
    "image",
    "release",
    "version",
    "deploy",
    "rollback",
    "pull",
    "publish",
    "ghcr.io",
    "docker.io",
];

/// The versions of a line that belong to a release.
pub fn versions(line: &str, around: Around) -> Vec<HardCoded> {
    let lower = line.to_lowercase();
    // A letter that changes its length in small ones would move the places.
    let lower = if lower.len() == line.len() { lower } else { line.to_owned() };
    let beside = around == Around::Title || BESIDE.iter().any(|word| lower.contains(word));
    let previous = around == Around::Rollback
        || ["previous", "last stable", "vorherige", "précédent", "anterior"]
            .iter()
            .any(|word| lower.contains(word));
    let next = ["next ", "upcoming", "nächste", "prochain", "próxim"].iter().any(|word| lower.contains(word));
    if !beside && !previous || next {
        return Vec::new();
    }
    let release = if previous { Release::Previous } else { Release::This };
    found(line).into_iter().map(|range| HardCoded { range, release }).collect()
}

/// `1.2.3`, `1.2.3-rc.1`, and `1.2` behind a `v`.
fn found(line: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut at = 0;
    while at < line.len() {
        let start = run(line, at, |letter| !letter.is_ascii_digit());
        let core = run_most(line, start, LONGEST, |letter| letter.is_ascii_digit() || letter == '.');
        let end = start + slice(line, start..core).trim_end_matches('.').len();
        let parts = slice(line, start..end).split('.').filter(|part| (1..=5).contains(&part.len())).count();
        let points = slice(line, start..end).matches('.').count();
        let first = before(line, start);
        let named =
            matches!(first, Some('v' | 'V')) && !before(line, start.saturating_sub(1)).is_some_and(in_name);
        let free = named || !first.is_some_and(|letter| in_name(letter) || letter == '.' || letter == '-');
        let suffix = if letter(line, end) == Some('-') {
            run_most(line, end + 1, LONGEST, |letter| letter.is_ascii_alphanumeric() || letter == '.')
        } else {
            end
        };
        let suffix = suffix - slice(line, end..suffix).len()
            + slice(line, end..suffix).trim_end_matches(['.', '-']).len();
        let stage = ["-rc", "-alpha", "-beta", "-pre", "-dev"]
            .iter()
            .any(|lead| slice(line, end..suffix).starts_with(lead));
        let stop = if stage { suffix } else { end };
        let open = letter(line, stop).is_some_and(in_name);
        if end > start && parts == points + 1 && (points == 2 || points == 1 && named) && free && !open {
            all.push(start..stop);
        }
        at = core.max(start + 1);
        while at < line.len() && !line.is_char_boundary(at) {
            at += 1;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(line: &str, around: Around) -> Vec<(&str, &'static str)> {
        versions(line, around)
            .into_iter()
            .map(|one| (slice(line, one.range), one.release.variable()))
            .collect()
    }

    #[test]
    fn a_version_beside_a_release_is_offered() {
        let forward = |line| of(line, Around::Forward);
        assert_eq!(forward("git tag -a v0.5.0 -m x"), [("0.5.0", "version")]);
        assert_eq!(forward("git push origin v0.0.1-test"), [("0.0.1", "version")]);
        assert_eq!(forward("git tag 1.2.3-rc.1"), [("1.2.3-rc.1", "version")]);
        assert_eq!(of("First Release Checklist (v0.0.1)", Around::Title), [("0.0.1", "version")]);
        assert_eq!(
            forward("git checkout v0.9.0  # previous stable version"),
            [("0.9.0", "previous_version")]
        );
        assert_eq!(of("git checkout v0.9.0", Around::Rollback), [("0.9.0", "previous_version")]);
        assert_eq!(forward("docker pull x/y:v1.2"), [("1.2", "version")]);
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for line in [
            "Plan next release (v0.6.0)",
            "ping 10.0.0.1 tag",
            "Docker 20.10 image",
            "lint 1.2.3",
            "tag a1.2.3",
            "push x.1.2.3.4",
            "tag 2025-12-30",
        ] {
            assert_eq!(of(line, Around::Forward), [], "{line}");
        }
    }

    proptest! {
        #[test]
        fn no_text_stops_it(line in "(tag |v|[0-9.é-]|previous|\\PC){0,40}") {
            for one in versions(&line, Around::Title) {
                prop_assert!(slice(&line, one.range).starts_with(|letter: char| letter.is_ascii_digit()));
            }
        }
    }
}
