//! Words of items: verbs, states, what verifies, what waits. English only, because other languages build theirs otherwise.
//!
//! Where it is not sure that something is missing, nothing is said. Not here: which items there are (`items.rs`).

mod lists;

use self::lists::{ENGLISH, NO_PARTICIPLES, OTHER, SPOKEN_TIMES, STATES, TIME_UNITS, VERBS};

/// Endings of words that say a deed or a state: "merged", "passing".
const ENDINGS: [&str; 2] = ["ed", "ing"];

/// Is a text English, as far as its small words say?
pub(super) fn is_english(text: &str) -> bool {
    let (mut english, mut other) = (0_usize, 0_usize);
    for word in text.split(|c: char| !c.is_alphabetic() && c != '\'') {
        let word = word.to_lowercase();
        english += usize::from(listed(ENGLISH, &word));
        other += usize::from(listed(OTHER, &word) || !word.is_ascii());
    }
    english > 2 * other
}

/// Is it one of these words, parted by bars?
fn listed(words: &str, word: &str) -> bool {
    words.split('|').any(|one| one == word)
}

/// The words of an item in small letters, code, links and marks left out.
fn words(text: &str) -> Vec<String> {
    let mut plain = String::new();
    for (at, piece) in text.split('`').enumerate() {
        plain.push_str(if at % 2 == 0 { piece } else { " " });
    }
    let words = plain.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '-');
    words.map(|word| word.trim_matches(['\'', '-']).to_lowercase()).filter(|word| !word.is_empty()).collect()
}

/// Does an item say what to do or what must hold?
pub(super) fn says_something(text: &str) -> bool {
    if text.contains(['<', '>', '\u{2265}', '\u{2264}', '=', '?', '%'])
        || text.chars().any(|c| !c.is_ascii() && c.is_alphabetic())
    {
        return true;
    }
    // A file's name or an address says for itself what it is.
    if text.split_whitespace().any(|word| word.trim_end_matches(['.', ':', ',']).contains(['.', '/'])) {
        return true;
    }
    let words = words(text);
    // One word is a name of something: nobody can tell.
    if words.len() < 2 {
        return true;
    }
    // "Option A: use …", "PR #14 merged": the verb may stand behind a label.
    let state = |word: &String| {
        listed(STATES, word)
            || ENDINGS.iter().any(|end| word.len() > end.len() + 2 && word.ends_with(end))
                && !listed(NO_PARTICIPLES, word)
    };
    // "Coverage meets the threshold", "Webhooks accept events": at the end of a line a noun would look the same.
    let third = |word: &str| {
        let stem = word.strip_suffix('s').filter(|stem| !stem.ends_with('s'));
        stem.is_some_and(|stem| verb(stem) || verb(stem.strip_suffix('e').unwrap_or(stem)))
    };
    let acts = words.windows(3).any(|three| match three {
        [first, second, _] => {
            third(second)
                || verb(second)
                    && (first.ends_with('s') || ["they", "we", "people"].contains(&first.as_str()))
        }
        _ => false,
    });
    let whole =
        ["the", "a", "an", "each", "every", "somebody"].contains(&words.first().map_or("", String::as_str));
    let ends = whole && words.last().is_some_and(|last| third(last));
    let label = text.split_once([':', '\u{2014}']).map(|(_, rest)| rest);
    let begins = |text: &str| self::words(text).first().is_some_and(|word| verb(word));
    begins(text) || label.is_some_and(begins) || words.iter().any(state) || acts || ends || after_and(&words)
}

/// "Unit and run tests": a verb behind "and", "then", "to", "please".
fn after_and(words: &[String]) -> bool {
    words.windows(2).any(|two| {
        matches!(two, [first, second] if ["and", "then", "to", "please", "must", "should", "can", "will", "do", "don't", "not"].contains(&first.as_str()) && verb(second))
    })
}

fn verb(word: &str) -> bool {
    let bare = word.strip_prefix("re-").or_else(|| word.strip_prefix("double-")).unwrap_or(word);
    listed(VERBS, bare) || listed(VERBS, bare.strip_prefix("re").unwrap_or(bare))
}

/// Does a text begin with a deed, or end with a colon behind one: "Add to GitHub:"?
pub(super) fn leads(text: &str) -> bool {
    words(text).first().is_some_and(|word| verb(word))
}

/// Does an item ask to verify something without a word about how?
pub(super) fn verifies_blindly(text: &str) -> bool {
    let plain = text.replace(['*', '_'], "");
    let lower = plain.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let leads = ["verify ", "check ", "confirm ", "ensure ", "validate ", "make sure ", "double-check "];
    if !leads.iter().any(|lead| lower.starts_with(lead)) {
        return false;
    }
    let how = [
        " in ",
        " on ",
        " at ",
        " via ",
        " with ",
        " using ",
        " against ",
        " by ",
        " from ",
        " through ",
        "manual",
        "://",
        "`",
        "/",
        "(",
        "____",
        " page",
        " dashboard",
        " report",
    ];
    let measured = lower.chars().any(|c| c.is_ascii_digit() || "<>=%".contains(c));
    let domain = lower.split_whitespace().any(|word| word.trim_end_matches('.').contains('.'));
    !measured && !domain && !how.iter().any(|word| lower.contains(word))
}

/// Does an item wait without saying how long at most?
pub(super) fn waits_forever(text: &str) -> bool {
    let words = words(text);
    let waits = words.windows(2).any(|two| {
        matches!(two, [first, second] if first == "wait" && ["for", "until", "till"].contains(&second.as_str()))
    });
    let limits = [
        "max", "maximum", "most", "within", "timeout", "limit", "minute", "minutes", "min", "hour", "hours",
        "second", "seconds", "sec", "day", "days", "h", "s", "m", "until", "deadline",
    ];
    // "Wait until 9:00" names its end.
    let digits = text.chars().any(|c| c.is_ascii_digit());
    waits && !(digits && words.iter().any(|word| limits.contains(&word.as_str())))
}

/// A length of time in a line: "24 hours", "30 min", "1h".
pub(super) fn names_a_time(line: &str) -> bool {
    let lower = line.to_lowercase();
    if SPOKEN_TIMES.split('|').any(|words| lower.contains(words)) {
        return true;
    }
    let pieces = lower.split(|c: char| c.is_whitespace() || "()[],;/-\u{2013}".contains(c));
    let mut pieces = pieces.filter(|piece| !piece.is_empty()).peekable();
    while let Some(piece) = pieces.next() {
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() == piece.len() {
            continue;
        }
        let unit = if rest.is_empty() { pieces.peek().copied().unwrap_or_default() } else { rest };
        if listed(TIME_UNITS, unit.trim_end_matches(['.', ':', '*', '!'])) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{is_english, names_a_time, says_something, verifies_blindly, waits_forever};

    #[test]
    fn a_deed_or_a_state_is_told_from_a_name() {
        for text in [
            "Rotate the keys",
            "Keys are rotated",
            "All tests passing",
            "PR #14 merged (type errors)",
            "No critical bugs",
            "Option A: Use existing PostgreSQL",
            "Frontend initial load < 3s",
            "API documentation up to date",
            "`docker compose up -d` succeeds",
            "CI green",
            "Code coverage meets threshold",
            "Webhooks accept events",
            "Foreign keys hold",
            "CICD_AUDIT.md",
            "Approve the release",
            "Re-run the migrations",
            "Backups",
            "Datenbank gesichert für alle",
        ] {
            assert!(says_something(text), "{text}");
        }
        for text in
            ["GDPR compliance audit", "Minimum specs", "The merge commit", "The database", "Code quality"]
        {
            assert!(!says_something(text), "{text}");
        }
    }

    #[test]
    fn what_is_verified_by_nothing_is_noticed() {
        for text in ["Verify the release", "Make sure everything works", "**Check** error rates"] {
            assert!(verifies_blindly(text), "{text}");
        }
        for text in [
            "Verify new metrics in dbt",
            "Check `docker ps`",
            "Verify /health answers",
            "Check that memory is < 80 %",
            "Rotate keys",
            "Verify images on ghcr.io",
        ] {
            assert!(!verifies_blindly(text), "{text}");
        }
    }

    #[test]
    fn a_wait_has_an_end_or_none() {
        for text in ["Wait for the build", "Redis: wait until it is healthy"] {
            assert!(waits_forever(text), "{text}");
        }
        for text in
            ["Wait for the build (at most 10 minutes)", "Wait for 5 min", "Nobody waits", "Wait 10 minutes"]
        {
            assert!(!waits_forever(text), "{text}");
        }
    }

    #[test]
    fn times_and_languages_are_known() {
        for text in [
            "Monitor for 24 hours",
            "(first hour)",
            "Überwachung 30 Minuten",
            "watch 1h",
            "soak: 2-3 days",
            "24-hour period",
        ] {
            assert!(names_a_time(text), "{text}");
        }
        for text in ["Monitor for issues", "port 8000", "3 items", "v1.2 h2"] {
            assert!(!names_a_time(text), "{text}");
        }
        assert!(is_english("All tests are green and the release is ready"));
        assert!(!is_english("Alle Tests sind grün und der Stand ist bereit") && !is_english(""));
    }
}
