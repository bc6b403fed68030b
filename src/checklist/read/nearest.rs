//! The nearest valid name to what somebody wrote.

/// The nearest of some names, if one is near: at most a third of its letters wrong.
pub(super) fn nearest<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let scored = names.into_iter().map(|name| (distance(&wrong.to_lowercase(), &name.to_lowercase()), name));
    let (score, name) = scored.min_by_key(|(score, _)| *score)?;
    (score <= name.chars().count().max(wrong.chars().count()).div_ceil(3)).then(|| name.to_owned())
}

/// Edit distance (Levenshtein), with a swap of neighbours as one edit.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    let mut last = None;
    for (line, a) in left.chars().enumerate() {
        let mut next = vec![line + 1];
        for (column, b) in right.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&row, column) + usize::from(a != *b))
                .min(at(&row, column + 1) + 1)
                .min(at(&next, column) + 1);
            let swapped = column > 0 && last == Some(*b) && right.get(column - 1) == Some(&a);
            if swapped && line > 0 {
                best = best.min(at(&before, column - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(a);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_offered_and_a_stranger_is_not() {
        assert_eq!(nearest("tilte", ["id", "title", "note"]).as_deref(), Some("title"));
        assert_eq!(nearest("stauts", ["status", "latency"]).as_deref(), Some("status"));
        assert_eq!(nearest("zebra", ["id", "title"]), None);
    }
}
