//! Values as signs: braille dots (two by four in a cell), blocks, or ASCII.

use std::collections::BTreeMap;
use std::ops::Range;

use ratatui::layout::Rect;

use super::Chart;
use super::scale::{Scale, to_cells};
use crate::tui::theme::Charts;

/// Signs by cell: column and row from the upper left of the plot.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dots {
    signs: BTreeMap<(u16, u16), char>,
}

/// The bit of each dot in a braille cell, by column and row.
const BRAILLE: [[u32; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
const BRAILLE_EMPTY: u32 = 0x2800;
const BLOCKS: [char; 8] =
    ['\u{2581}', '\u{2582}', '\u{2583}', '\u{2584}', '\u{2585}', '\u{2586}', '\u{2587}', '\u{2588}'];

impl Dots {
    /// The values of a chart over its plot.
    pub(super) fn of(chart: &Chart, scale: &Scale, plot: Rect, made_of: Charts) -> Self {
        match made_of {
            Charts::Braille => braille(chart, scale, plot),
            Charts::Block => blocks(chart, scale, plot),
            Charts::Ascii => ascii(chart, scale, plot),
        }
    }
    /// Each sign with its column and row.
    pub(super) fn signs(&self) -> impl Iterator<Item = (u16, u16, char)> {
        self.signs.iter().map(|((x, y), sign)| (*x, *y, *sign))
    }
}

/// The values that fall into one of `columns`; none: there are no values.
pub(super) fn range(column: u16, columns: u16, values: usize) -> Option<Range<usize>> {
    let (column, columns) = (usize::from(column), usize::from(columns.max(1)));
    if values == 0 {
        return None;
    }
    let begin = column * values / columns;
    let end = ((column + 1) * values / columns).max(begin + 1).min(values);
    (begin < end).then_some(begin..end)
}

/// The worst of the values in each column, as a share of the scale: a spike is never averaged away.
fn shares(chart: &Chart, scale: &Scale, columns: u16) -> Vec<Option<f64>> {
    let worst = |range: Range<usize>| {
        let values = chart.values.get(range).unwrap_or_default().iter().flatten();
        values
            .filter_map(|value| scale.share(*value))
            .fold(None, |worst: Option<f64>, share| Some(worst.map_or(share, |worst| worst.max(share))))
    };
    (0..columns).map(|column| range(column, columns, chart.values.len()).and_then(worst)).collect()
}

fn braille(chart: &Chart, scale: &Scale, plot: Rect) -> Dots {
    let (wide, high) = (plot.width.saturating_mul(2), plot.height.saturating_mul(4));
    let last = high.saturating_sub(1);
    let mut cells: BTreeMap<(u16, u16), u32> = BTreeMap::new();
    let mut before: Option<u16> = None;
    for (x, share) in (0_u16..).zip(shares(chart, scale, wide)) {
        let y = share.map(|share| last - to_cells(share * f64::from(last)).min(last));
        if let Some(y) = y {
            // A jump is a line: from the value before to this one.
            let from = before.unwrap_or(y);
            for dot in from.min(y)..=from.max(y) {
                let bit = BRAILLE.get(usize::from(x % 2)).and_then(|column| column.get(usize::from(dot % 4)));
                *cells.entry((x / 2, dot / 4)).or_default() |= bit.copied().unwrap_or_default();
            }
        }
        before = y;
    }
    let sign = |(place, bits)| char::from_u32(BRAILLE_EMPTY + bits).map(|sign| (place, sign));
    Dots { signs: cells.into_iter().filter_map(sign).collect() }
}

fn blocks(chart: &Chart, scale: &Scale, plot: Rect) -> Dots {
    let mut signs = BTreeMap::new();
    for (x, share) in (0_u16..).zip(shares(chart, scale, plot.width)) {
        let Some(share) = share else { continue };
        let eighths = to_cells(share * f64::from(plot.height) * 8.0).max(1);
        for row in 0..plot.height {
            let left = eighths.saturating_sub(row * 8).min(8);
            let sign = left.checked_sub(1).and_then(|place| BLOCKS.get(usize::from(place)));
            signs.extend(sign.map(|sign| ((x, plot.height - 1 - row), *sign)));
        }
    }
    Dots { signs }
}

fn ascii(chart: &Chart, scale: &Scale, plot: Rect) -> Dots {
    let last = plot.height.saturating_sub(1);
    let row = |share: f64| last - to_cells(share * f64::from(last)).min(last);
    let shares = shares(chart, scale, plot.width);
    let signs = (0_u16..).zip(shares).filter_map(|(x, share)| Some(((x, row(share?)), '*')));
    Dots { signs: signs.collect() }
}

#[cfg(test)]
mod tests {
    use super::range;

    #[test]
    fn every_value_falls_into_a_column_and_few_values_fill_all_columns() {
        for (columns, values) in [(10_u16, 100_usize), (10, 7), (3, 10), (1, 1)] {
            let mut seen = vec![false; values];
            for column in 0..columns {
                for at in range(column, columns, values).unwrap() {
                    seen[at] = true;
                }
            }
            assert!(seen.iter().all(|seen| *seen), "{columns} {values}");
        }
        assert_eq!(range(0, 10, 0), None);
    }
}
