//! The scale of a chart: from 0 to a round number above everything that is drawn, and its labels.

use super::Chart;

/// Cells of the labels at most.
pub(super) const LABEL_CELLS_MAX: u16 = 6;
/// Rows between two labels, at least.
const LABEL_ROWS: u16 = 2;

/// From 0 at the lower edge to `most` at the upper.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    most: f64,
    step: f64,
    rows: u16,
}

impl Scale {
    /// A scale for everything the chart draws, over so many rows.
    pub(super) fn of(chart: &Chart, rows: u16) -> Self {
        let drawn = chart.values.iter().flatten().copied().chain(chart.limit).chain(chart.base);
        let highest = drawn.filter(|value| value.is_finite()).fold(0.0_f64, f64::max).min(HIGHEST);
        // Of a share a hundredth is seen at least: nothing looks like much.
        let highest = (highest * HEADROOM).max(if chart.most.is_some() { 1.0 } else { 0.0 });
        let labels = f64::from((rows / LABEL_ROWS).max(1));
        let step = round_above(highest / labels);
        let most = (highest / step).ceil().max(1.0) * step;
        Self { most: chart.most.map_or(most, |bound| most.min(bound)), step, rows }
    }
    /// Where a value stands, from 0 at the lower edge to 1 at the upper; none: it is no number.
    pub(super) fn share(&self, value: f64) -> Option<f64> {
        value.is_finite().then(|| (value / self.most).clamp(0.0, 1.0))
    }
    /// The row of a value, from the top.
    pub(super) fn row(&self, value: f64) -> Option<u16> {
        let share = self.share(value)?;
        let last = self.rows.saturating_sub(1);
        Some(last - to_cells(share * f64::from(last)).min(last))
    }
    /// The label of a row, where a round number falls on it.
    pub(super) fn label(&self, row: u16) -> Option<String> {
        let steps = to_cells((self.most / self.step).round());
        let number = (0..=steps).find(|number| self.row(f64::from(*number) * self.step) == Some(row))?;
        Some(self.text(f64::from(number) * self.step))
    }
    /// Cells of its widest label.
    pub(super) fn label_cells(&self) -> u16 {
        let wide = self.text(self.most).len().max(self.text(self.step).len());
        u16::try_from(wide).unwrap_or(LABEL_CELLS_MAX).min(LABEL_CELLS_MAX)
    }
    fn text(&self, value: f64) -> String {
        let digits = if self.step >= 1.0 {
            0
        } else if self.step >= 0.1 {
            1
        } else {
            2
        };
        match value {
            value if value >= 1e9 => format!("{:.0}G", value / 1e9),
            value if value >= 1e6 => format!("{:.0}M", value / 1e6),
            value if value >= 1e5 => format!("{:.0}k", value / 1e3),
            value => format!("{value:.digits$}"),
        }
    }
}

/// A little above what is drawn, so that a limit is no edge.
const HEADROOM: f64 = 1.05;
/// Values beyond it are drawn at the upper edge: no label would fit.
const HIGHEST: f64 = 1e12;

/// The next of 1, 2, 5 times a power of ten.
fn round_above(value: f64) -> f64 {
    if value.is_nan() || value <= 0.01 {
        return 0.01;
    }
    let power = 10_f64.powf(value.log10().floor());
    let round = [1.0, 2.0, 5.0].into_iter().map(|times| times * power).find(|step| *step >= value);
    round.unwrap_or(power * 10.0)
}

/// A number of cells; what does not fit is the greatest.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
pub(super) fn to_cells(value: f64) -> u16 {
    value.clamp(0.0, f64::from(u16::MAX)).round() as u16
}

#[cfg(test)]
mod tests {
    use super::{Scale, round_above};
    use crate::tui::chart::Chart;

    #[test]
    fn steps_are_round_and_the_top_is_above_everything() {
        for (value, round) in
            [(0.0, 0.01), (0.03, 0.05), (1.0, 1.0), (43.0, 50.0), (120.0, 200.0), (7e5, 1e6)]
        {
            assert!((round_above(value) - round).abs() < 1e-9 * round, "{value}");
        }
        let chart = Chart { values: vec![Some(287.0)], limit: Some(300.0), ..Chart::default() };
        let scale = Scale::of(&chart, 10);
        assert_eq!(scale.label(0).as_deref(), Some("400"));
        assert_eq!(scale.label(9).as_deref(), Some("0"));
        assert_eq!(scale.row(300.0), Some(2));
        assert_eq!(scale.row(f64::NAN), None);
        let share = Chart { values: vec![Some(99.0)], most: Some(100.0), ..Chart::default() };
        assert_eq!(Scale::of(&share, 10).label(0).as_deref(), Some("100"), "no more than all of them");
    }
}
