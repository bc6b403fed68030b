//! Bars and small charts in text rows: progress of a run, the last values of a check.
//!
//! The number they show always stands beside them as text. Large charts of a window are not here.

use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::text::Safe;
use crate::tui::canvas::Canvas;
use crate::tui::theme::{Theme, Token};

/// A bar of steps over the first row of `area`: `done` of `all`. Nothing to do counts as nothing done.
pub fn progress(canvas: &mut Canvas<'_>, area: Rect, done: u64, all: u64, theme: &Theme) {
    let area = canvas.area().intersection(area);
    if area.is_empty() {
        return;
    }
    let wide = u64::from(area.width);
    let filled = done.min(all).saturating_mul(wide).checked_div(all).unwrap_or(0);
    let filled = usize::try_from(filled).unwrap_or(0);
    let (full, empty) = theme.glyphs().progress();
    let open = usize::from(area.width).saturating_sub(filled);
    let after = canvas.put(area.x, area.y, &Safe::own(full).repeat(filled), theme.style(Token::StatusInfo));
    canvas.put(after, area.y, &Safe::own(empty).repeat(open), theme.style(Token::Border));
}

/// The last values, newest right, one cell each, over the first row of `area`. Scaled from the least to the greatest
/// value shown; a gap where there was no value.
pub fn spark(canvas: &mut Canvas<'_>, area: Rect, values: &[Option<f64>], style: Style, theme: &Theme) {
    let shown = values.get(values.len().saturating_sub(usize::from(area.width))..).unwrap_or_default();
    let finite = || shown.iter().flatten().copied().filter(|value| value.is_finite());
    let (least, greatest) = (finite().fold(f64::MAX, f64::min), finite().fold(f64::MIN, f64::max));
    let heights = theme.glyphs().spark();
    let mut row = canvas.within(Rect { height: area.height.min(1), ..area });
    for (place, value) in shown.iter().enumerate() {
        let Some(value) = value.filter(|value| value.is_finite()) else { continue };
        let share = if greatest > least { (value - least) / (greatest - least) } else { 0.0 };
        let height = heights.iter().rev().zip(0_u8..).find(|(_, below)| share >= f64::from(7 - below) / 8.0);
        let sign = height.map_or(" ", |(sign, _)| *sign);
        let x = area.x.saturating_add(u16::try_from(place).unwrap_or(u16::MAX));
        row.put(x, area.y, &Safe::own(sign), style);
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::tui::snapshot;

    const ROW: Rect = Rect { x: 0, y: 0, width: 8, height: 1 };

    fn row(draw: impl FnOnce(&mut Canvas<'_>, &Theme)) -> String {
        let mut buf = Buffer::empty(ROW);
        draw(&mut Canvas::new(&mut buf), &Theme::built_in("dark"));
        snapshot::symbols(&buf).trim_end_matches('\n').to_owned()
    }

    #[test]
    fn the_bar_counts_steps_and_is_full_only_at_the_end() {
        assert_eq!(row(|canvas, theme| progress(canvas, ROW, 4, 9, theme)), "███░░░░░");
        assert_eq!(row(|canvas, theme| progress(canvas, ROW, 8, 9, theme)), "███████░");
        assert_eq!(row(|canvas, theme| progress(canvas, ROW, 9, 9, theme)), "████████");
        assert_eq!(row(|canvas, theme| progress(canvas, ROW, 0, 0, theme)), "░░░░░░░░");
    }

    #[test]
    fn a_sparkline_shows_the_newest_values_and_its_gaps() {
        let values = [99.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0, 7.0, 8.0].map(Some);
        assert_eq!(row(|canvas, theme| spark(canvas, ROW, &values, Style::new(), theme)), "▁▁▂▁▁▁▇█");
        let gap = [Some(1.0), None, Some(1.0)];
        assert_eq!(row(|canvas, theme| spark(canvas, ROW, &gap, Style::new(), theme)).trim_end(), "▁ ▁");
    }
}
