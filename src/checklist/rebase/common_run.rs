//! The longest common run of two lists, or a good one where that would take too long.
//!
//! Equal ends first; what is small by the full table; what is big is cut at tokens that stand once in both. Used for items
//! and for the lines of a normalised checklist.

use std::collections::HashMap;
use std::ops::Range;

/// Biggest table: a section of 500 items against 500.
const CELLS_MAX: usize = 250_000;
/// How often a stretch is cut again; what is left then counts as different.
const DEPTH_MAX: usize = 32;

/// Places of equal tokens in both lists, ascending in both.
pub fn common_run(old: &[u32], new: &[u32]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut open = vec![(0..old.len(), 0..new.len(), 0)];
    while let Some((left, right, depth)) = open.pop() {
        let (left, right) = equal_ends(old, new, left, right, &mut found);
        if left.is_empty() || right.is_empty() || depth >= DEPTH_MAX {
            continue;
        }
        if left.len().saturating_mul(right.len()) <= CELLS_MAX {
            table(old, new, &left, &right, &mut found);
            continue;
        }
        let mut from = (left.start, right.start);
        for (a, b) in anchors(old, new, &left, &right) {
            found.push((a, b));
            open.push((from.0..a, from.1..b, depth + 1));
            from = (a + 1, b + 1);
        }
        if from != (left.start, right.start) {
            open.push((from.0..left.end, from.1..right.end, depth + 1));
        }
    }
    found.sort_unstable();
    found
}

/// Takes what is equal at the start and at the end; what is left in between.
fn equal_ends(
    old: &[u32],
    new: &[u32],
    mut left: Range<usize>,
    mut right: Range<usize>,
    found: &mut Vec<(usize, usize)>,
) -> (Range<usize>, Range<usize>) {
    while !left.is_empty() && !right.is_empty() && old.get(left.start) == new.get(right.start) {
        found.push((left.start, right.start));
        left.start += 1;
        right.start += 1;
    }
    while !left.is_empty() && !right.is_empty() && old.get(left.end - 1) == new.get(right.end - 1) {
        left.end -= 1;
        right.end -= 1;
        found.push((left.end, right.end));
    }
    (left, right)
}

/// The longest run of a small stretch: the full table of lengths, from the end.
fn table(
    old: &[u32],
    new: &[u32],
    left: &Range<usize>,
    right: &Range<usize>,
    found: &mut Vec<(usize, usize)>,
) {
    let (a, b) = (old.get(left.clone()).unwrap_or_default(), new.get(right.clone()).unwrap_or_default());
    let width = b.len() + 1;
    let mut lengths = vec![0_u32; (a.len() + 1) * width];
    let at = |lengths: &[u32], i: usize, j: usize| lengths.get(i * width + j).copied().unwrap_or_default();
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            let length = if a.get(i) == b.get(j) {
                at(&lengths, i + 1, j + 1) + 1
            } else {
                at(&lengths, i + 1, j).max(at(&lengths, i, j + 1))
            };
            if let Some(cell) = lengths.get_mut(i * width + j) {
                *cell = length;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a.get(i) == b.get(j) {
            found.push((left.start + i, right.start + j));
            i += 1;
            j += 1;
        } else if at(&lengths, i + 1, j) >= at(&lengths, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
}

/// Tokens that stand once in both stretches, as many of them as keep their order.
fn anchors(old: &[u32], new: &[u32], left: &Range<usize>, right: &Range<usize>) -> Vec<(usize, usize)> {
    let once = |list: &[u32], range: &Range<usize>| {
        let mut seen: HashMap<u32, Option<usize>> = HashMap::new();
        for at in range.clone() {
            if let Some(token) = list.get(at) {
                seen.entry(*token).and_modify(|place| *place = None).or_insert(Some(at));
            }
        }
        seen
    };
    let there = once(new, right);
    let mut both: Vec<(usize, usize)> =
        once(old, left).into_iter().filter_map(|(token, at)| Some((at?, (*there.get(&token)?)?))).collect();
    both.sort_unstable();
    rising(&both)
}

/// The longest part of these pairs whose second places rise.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // The best end of a run of each length, and for each pair the one before it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    let second = |at: usize| pairs.get(at).map_or(usize::MAX, |(_, place)| *place);
    for (at, (_, place)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| second(*end) < *place);
        before.push(length.checked_sub(1).and_then(|shorter| ends.get(shorter).copied()));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut run = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(place) = at {
        run.extend(pairs.get(place));
        at = before.get(place).copied().flatten();
    }
    run.reverse();
    run
}
