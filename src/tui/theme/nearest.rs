//! The nearest valid name, for messages about an unknown one.
//!
//! Optimal string alignment distance: insert, delete, replace, swap neighbours each cost one.

/// The candidate nearest to `name`, if one is near enough to be what was meant (a third of its letters, at least two).
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (name.chars().count() / 3).max(2);
    candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(far, _)| *far <= allowed)
        .min_by_key(|(far, _)| *far)
        .map(|(_, candidate)| candidate)
}

fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before_previous: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    let mut last_left = None;
    for (row, l) in left.chars().enumerate() {
        let mut current = vec![row + 1];
        let mut last_right = None;
        for (column, r) in right.iter().copied().enumerate() {
            let at = |line: &[usize], place: usize| line.get(place).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(&previous, column) + usize::from(l != r);
            let inserted = at(&current, column) + 1;
            let deleted = at(&previous, column + 1) + 1;
            let mut best = replaced.min(inserted).min(deleted);
            if last_left == Some(r) && last_right == Some(l) && column > 0 {
                best = best.min(at(&before_previous, column - 1) + 1);
            }
            current.push(best);
            last_right = Some(r);
        }
        before_previous = std::mem::replace(&mut previous, current);
        last_left = Some(l);
    }
    previous.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_the_name_and_a_stranger_finds_none() {
        let names = ["status.danger", "status.warning", "border"];
        assert_eq!(nearest("status.dnager", names), Some("status.danger"));
        assert_eq!(nearest("bordr", names), Some("border"));
        assert_eq!(nearest("zebra", names), None);
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
