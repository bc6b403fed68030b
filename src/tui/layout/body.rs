//! The panes between header and hint line, in the three arrangements at each width.
//!
//! Rule of every arrangement: each of the seven panes has a place, alone or as a tab, so a number key always shows it.

use ratatui::layout::Rect;

use crate::tui::layout::{
    Arrangement, BOX_ROWS, Breakpoint, Form, Placed, Wanted, Zoom, split_columns, split_rows,
};
use crate::tui::pane::PaneId;
use crate::tui::pane::PaneId::{Checklist, Checks, Containers, Details, Logs, SignOffs, Timeline};

/// Rows of the bottom part: a third, at least what shows three lines, at most what shows a screenful of log.
const BOTTOM_ROWS: (u16, u16) = (5, 14);

/// Places the panes.
pub(super) fn panes(body: Rect, breakpoint: Breakpoint, rows: u16, wanted: Wanted<'_>) -> Vec<Placed> {
    if body.is_empty() {
        return Vec::new();
    }
    if wanted.zoom == Zoom::In {
        return vec![Placed { pane: wanted.focus(), area: body, form: Form::Full }];
    }
    let place = Place { wanted };
    match breakpoint {
        Breakpoint::Card => Vec::new(),
        Breakpoint::One => vec![place.group(body, &PaneId::ALL)],
        Breakpoint::Two | Breakpoint::Three | Breakpoint::Four => match wanted.arrangement {
            Arrangement::Release => place.release(body, breakpoint, rows),
            Arrangement::Run => place.run(body, breakpoint),
            Arrangement::Window => place.window(body, rows),
        },
    }
}

struct Place<'w> {
    wanted: Wanted<'w>,
}

impl Place<'_> {
    /// One box for several panes: alone it is a full one.
    fn group(&self, area: Rect, group: &[PaneId]) -> Placed {
        let form = if group.len() > 1 { Form::Tabs(group.to_vec()) } else { Form::Full };
        Placed { pane: self.wanted.open_of(group), area, form }
    }

    /// As `group`, but the first of them is open unless another one has the keys: what was used before does not count.
    fn led(&self, area: Rect, group: &[PaneId]) -> Placed {
        let focus = Some(self.wanted.focus()).filter(|focus| group.contains(focus));
        let pane = focus.or_else(|| group.first().copied()).unwrap_or(Checklist);
        Placed { pane, area, form: Form::Tabs(group.to_vec()) }
    }

    fn release(&self, body: Rect, breakpoint: Breakpoint, rows: u16) -> Vec<Placed> {
        match breakpoint {
            Breakpoint::Card | Breakpoint::One | Breakpoint::Two => self.two_columns(body),
            Breakpoint::Three => self.three_columns(body, rows),
            Breakpoint::Four => self.four_columns(body, rows),
        }
    }

    /// Left an accordion of panes 1 to 5, the one used last open; right Details over Logs.
    fn two_columns(&self, body: Rect) -> Vec<Placed> {
        let left = [Checklist, Containers, Checks, SignOffs, Timeline];
        let [column, right] = split_columns(body, share(body.width, 55));
        let mut placed = self.accordion(column, &left);
        let [upper, lower] = split_rows(right, right.height / 2);
        placed.extend([self.group(upper, &[Details]), self.group(lower, &[Logs])]);
        placed
    }

    fn accordion(&self, column: Rect, group: &[PaneId]) -> Vec<Placed> {
        let open = self.wanted.open_of(group);
        let folded = u16::try_from(group.len()).unwrap_or(u16::MAX).saturating_sub(1);
        let mut rest = column;
        let mut placed = Vec::new();
        for pane in group.iter().copied() {
            let (rows, form) = if pane == open {
                (column.height.saturating_sub(folded), Form::Full)
            } else {
                (1, Form::Folded)
            };
            let [area, below] = split_rows(rest, rows);
            rest = below;
            placed.push(Placed { pane, area, form });
        }
        placed
    }

    fn three_columns(&self, body: Rect, rows: u16) -> Vec<Placed> {
        let low = rows < BOX_ROWS;
        let [top, bottom] = split_rows(body, if low { body.height } else { body.height - bottom_rows(body) });
        let [first, rest] = split_columns(top, share(top.width, 39));
        let [second, third] = split_columns(rest, rest.width.div_ceil(2));
        let mut placed = vec![self.group(first, &[Checklist])];
        placed.extend(self.pair(second, &[Containers], &[Checks]));
        if low {
            placed.extend(self.pair(third, &[SignOffs], &[Timeline, Logs, Details]));
            return placed;
        }
        placed.extend(self.pair(third, &[SignOffs], &[Timeline]));
        let [logs, details] = split_columns(bottom, share(bottom.width, 64));
        placed.extend([self.group(logs, &[Logs]), self.group(details, &[Details])]);
        placed
    }

    fn four_columns(&self, body: Rect, rows: u16) -> Vec<Placed> {
        let low = rows < BOX_ROWS;
        let [top, bottom] = split_rows(body, if low { body.height } else { body.height - bottom_rows(body) });
        let [first, rest] = split_columns(top, share(top.width, 29));
        let [second, rest] = split_columns(rest, rest.width / 3);
        let [third, fourth] = split_columns(rest, rest.width / 2);
        let mut placed = vec![self.group(first, &[Checklist])];
        placed.extend(self.pair(second, &[Containers], &[Checks]));
        placed.extend(self.pair(third, &[SignOffs], &[Timeline]));
        if low {
            placed.push(self.group(fourth, &[Details, Logs]));
        } else {
            placed.extend([self.group(fourth, &[Details]), self.group(bottom, &[Logs])]);
        }
        placed
    }

    /// Steps over containers, and the output beside them.
    fn run(&self, body: Rect, breakpoint: Breakpoint) -> Vec<Placed> {
        let steps = if breakpoint == Breakpoint::Two { 35 } else { 29 };
        let [left, right] = split_columns(body, share(body.width, steps));
        let mut placed = Vec::new();
        if breakpoint == Breakpoint::Four {
            placed.extend(self.pair(left, &[Details], &[Containers]));
            let [output, others] = split_columns(right, share(right.width, 68));
            placed.push(self.group(output, &[Logs]));
            placed.extend(self.pair(others, &[Checks, Checklist], &[Timeline, SignOffs]));
        } else {
            let [above, below] = split_rows(left, left.height / 2);
            let others = [Containers, Checklist, Checks, SignOffs, Timeline];
            placed.extend([self.group(above, &[Details]), self.led(below, &others)]);
            placed.push(self.group(right, &[Logs]));
        }
        placed
    }

    /// Charts on top, indicators beside the record, logs below.
    fn window(&self, body: Rect, rows: u16) -> Vec<Placed> {
        let low = rows < FULL_WINDOW_ROWS;
        let [charts, rest] = split_rows(body, share(body.height, if low { 50 } else { 45 }));
        let [middle, logs] =
            split_rows(rest, if low { rest.height } else { rest.height.saturating_sub(bottom_rows(body)) });
        let [left, right] = split_columns(middle, middle.width / 2);
        let others: &[PaneId] = &[Timeline, Checklist, Containers, SignOffs];
        let with_logs: &[PaneId] = &[Timeline, Checklist, Containers, SignOffs, Logs];
        let mut placed = vec![self.group(charts, &[Details]), self.group(left, &[Checks])];
        if low {
            placed.push(self.group(right, with_logs));
        } else {
            placed.extend([self.group(right, others), self.group(logs, &[Logs])]);
        }
        placed
    }

    /// One over the other, the lower one larger by the odd row.
    fn pair(&self, column: Rect, upper: &[PaneId], lower: &[PaneId]) -> [Placed; 2] {
        let [above, below] = split_rows(column, column.height / 2);
        [self.group(above, upper), self.group(below, lower)]
    }
}

/// Rows from which a window has room for logs of its own.
const FULL_WINDOW_ROWS: u16 = 26;

fn bottom_rows(body: Rect) -> u16 {
    let (least, most) = BOTTOM_ROWS;
    (body.height / 4).clamp(least, most).min(body.height)
}

fn share(whole: u16, percent: u32) -> u16 {
    u16::try_from(u32::from(whole) * percent / 100).unwrap_or(whole)
}
