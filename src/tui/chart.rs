//! A line over time in cells: values, the limit and the baseline they are held against, gaps hatched, time below.
//!
//! Drawn from plain numbers, anew at every size. Limit and baseline are drawn before the values, which would otherwise be
//! hidden where they cross; all three stand as text in the title too. Not here: which charts (`panes/charts.rs`), small
//! charts in a row (`gauge.rs`).

use chrono::{DateTime, TimeDelta, Utc};
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::text::width::{Align, pad};
use crate::text::{Safe, clock_face, safe};
use crate::tui::canvas::{Canvas, cells};
use crate::tui::glyph::GlyphSet;
use crate::tui::theme::{Charts, Theme, Token};

mod dots;
mod scale;

use dots::Dots;
use scale::Scale;

/// Rows under which a chart is not worth its place: an axis, its labels and four rows of values.
pub(crate) const ROWS_MIN: u16 = 6;
/// Columns under which a chart shows nothing: labels of the axis and some minutes.
pub(crate) const COLUMNS_MIN: u16 = 24;

/// One line over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Chart {
    /// Values at equal distances, oldest first; none: nothing was measured there.
    pub(crate) values: Vec<Option<f64>>,
    /// Where nobody looked: as many as values.
    pub(crate) unseen: Vec<bool>,
    /// What the values must keep to.
    pub(crate) limit: Option<f64>,
    /// What they were before.
    pub(crate) base: Option<f64>,
    /// No value can be above: 100 for per cent.
    pub(crate) most: Option<f64>,
    /// When the first value was.
    pub(crate) from: DateTime<Utc>,
    /// When the last one was.
    pub(crate) to: DateTime<Utc>,
}

/// How many values a chart of this area shows: more are drawn over each other.
pub(crate) fn values_shown(area: Rect, charts: Charts) -> usize {
    let plot = usize::from(area.width.saturating_sub(scale::LABEL_CELLS_MAX + 1));
    match charts {
        Charts::Braille => plot * 2,
        Charts::Block | Charts::Ascii => plot,
    }
}

/// Draws it into an area; in one that is too small nothing.
pub(crate) fn draw(canvas: &mut Canvas<'_>, area: Rect, chart: &Chart, theme: &Theme) {
    if area.height < ROWS_MIN || area.width < COLUMNS_MIN {
        return;
    }
    let rows = area.height - 2;
    let scale = Scale::of(chart, rows);
    let labels = scale.label_cells();
    let plot = Rect {
        x: area.x + labels + 1,
        y: area.y,
        width: area.width.saturating_sub(labels + 1),
        height: rows,
    };
    let mut canvas = canvas.within(area);
    let quiet = theme.style(Token::Border);
    let glyphs = theme.glyphs();
    for row in 0..rows {
        let label = scale.label(row).unwrap_or_default();
        let label = pad(&safe(&label), usize::from(labels), Align::Right);
        canvas.put(area.x, area.y + row, &label, theme.style(Token::FgMuted));
        canvas.put(area.x + labels, area.y + row, &Safe::own(glyphs.bar()), quiet);
    }
    hatch(&mut canvas, plot, chart, theme.style(Token::FgMuted));
    for (value, every, token) in
        [(chart.base, ". ", Token::FgMuted), (chart.limit, "- ", Token::StatusWarning)]
    {
        if let Some(row) = value.and_then(|value| scale.row(value)) {
            let line = Safe::own(every).repeat(usize::from(plot.width / 2));
            canvas.put(plot.x, plot.y + row, &line, theme.style(token));
        }
    }
    let dots = Dots::of(chart, &scale, plot, theme.charts());
    for (x, y, sign) in dots.signs() {
        let sign = safe(sign.encode_utf8(&mut [0; 4]));
        canvas.put(plot.x + x, plot.y + y, &sign, theme.style(Token::Chart1));
    }
    time_axis(&mut canvas, plot, chart, theme);
}

/// What nobody saw is not empty: it is hatched.
fn hatch(canvas: &mut Canvas<'_>, plot: Rect, chart: &Chart, style: Style) {
    for column in 0..plot.width {
        let unseen = |at: usize| chart.unseen.get(at).copied().unwrap_or(false);
        if !dots::range(column, plot.width, chart.unseen.len()).is_some_and(|mut range| range.all(unseen)) {
            continue;
        }
        for row in (0..plot.height).filter(|row| (row + column) % 2 == 0) {
            canvas.put(plot.x + column, plot.y + row, &Safe::own("/"), style);
        }
    }
}

/// Columns between two times.
const TIME_CELLS: u16 = 16;
/// Stretches shorter than this show seconds.
const SECONDS_BELOW: TimeDelta = TimeDelta::minutes(10);

fn time_axis(canvas: &mut Canvas<'_>, plot: Rect, chart: &Chart, theme: &Theme) {
    let glyphs = theme.glyphs();
    let (corner, tick, line) = match glyphs {
        GlyphSet::Unicode => ("\u{2514}", "\u{252c}", "\u{2500}"),
        GlyphSet::Ascii => ("+", "+", "-"),
    };
    let y = plot.bottom();
    let quiet = theme.style(Token::Border);
    canvas.put(plot.x - 1, y, &Safe::own(corner), quiet);
    canvas.put(plot.x, y, &Safe::own(line).repeat(usize::from(plot.width)), quiet);
    let whole = chart.to - chart.from;
    let mut column = 0;
    while column + 8 <= plot.width {
        canvas.put(plot.x + column, y, &Safe::own(tick), quiet);
        let past = whole * i32::from(column) / i32::from(plot.width.max(1));
        let at = chart.from + past;
        let words = if whole < SECONDS_BELOW {
            clock_face::second_of_day(&at)
        } else {
            clock_face::minute_of_day(&at)
        };
        let fits = Rect { x: plot.x + column, y: y + 1, width: plot.width - column, height: 1 };
        if cells(&words) <= fits.width {
            canvas.put(fits.x, fits.y, &words, theme.style(Token::FgMuted));
        }
        column += TIME_CELLS;
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::tui::snapshot;

    fn drawn(width: u16, height: u16, chart: &Chart, theme: &Theme) -> String {
        let area = Rect { x: 0, y: 0, width, height };
        let mut buf = Buffer::empty(area);
        draw(&mut Canvas::new(&mut buf), area, chart, theme);
        snapshot::symbols(&buf)
    }

    fn latency() -> Chart {
        let values: Vec<Option<f64>> = (0..60)
            .map(|at| if (30..36).contains(&at) { None } else { Some(210.0 + f64::from(at % 7) * 12.0) })
            .collect();
        let unseen = values.iter().map(Option::is_none).collect();
        let from = DateTime::<Utc>::UNIX_EPOCH;
        Chart {
            values,
            unseen,
            limit: Some(300.0),
            base: Some(212.0),
            most: None,
            from,
            to: from + TimeDelta::hours(1),
        }
    }

    #[test]
    fn a_chart_shows_its_scale_its_limit_its_values_and_what_nobody_saw() {
        let text = drawn(60, 12, &latency(), &Theme::built_in("dark"));
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(rows.len(), 12, "{text}");
        assert!(rows[0].starts_with("400") && rows[2].contains("300"), "{text}");
        assert!(text.contains("- - - -"), "the limit\n{text}");
        assert!(text.contains(". ."), "the base\n{text}");
        assert!(text.contains('/'), "the gap\n{text}");
        assert!(text.chars().any(|sign| ('\u{2801}'..='\u{28ff}').contains(&sign)), "the values\n{text}");
        assert!(rows[11].contains("00:00") && rows[11].contains("00:1"), "the time\n{text}");
    }

    #[test]
    fn every_way_to_draw_shows_the_same_shape_and_ascii_is_ascii() {
        let ascii = drawn(60, 12, &latency(), &Theme::built_in("dark").with_glyphs(GlyphSet::Ascii));
        assert!(ascii.is_ascii(), "{ascii}");
        assert!(ascii.contains('*'), "{ascii}");
    }

    #[test]
    fn no_size_and_no_numbers_make_it_panic_or_leave_its_area() {
        let hostile = [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300, f64::MIN_POSITIVE];
        for width in 0..70 {
            for height in 0..14 {
                let empty = Chart::default();
                let _blank = drawn(width, height, &empty, &Theme::built_in("dark"));
                let chart = Chart {
                    values: hostile.iter().map(|value| Some(*value)).collect(),
                    limit: Some(f64::NAN),
                    base: Some(-3.0),
                    ..Chart::default()
                };
                let _drawn = drawn(width, height, &chart, &Theme::built_in("mono"));
            }
        }
    }
}
