//! Where everything is: a pure function of the terminal's size, the arrangement and what was used last.
//!
//! Decided when the size changes and stored; drawing only reads it. Which panes exist is in `pane.rs`, the three
//! arrangements in `layout/body.rs`.

use ratatui::layout::Rect;

use crate::tui::pane::PaneId;

mod body;

/// Which of the three maps of the same panes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arrangement {
    /// Before the deploy: the checklist leads.
    #[default]
    Release,
    /// A run is active: its steps and output lead.
    Run,
    /// The monitoring window: charts and indicators lead.
    Window,
}

/// How wide the terminal is, in steps. Stored, because a step is left 2 columns later than it is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breakpoint {
    /// Under 60 columns or 16 rows: the verdict card.
    Card,
    /// 60 to 99: one pane, tabs in its border.
    One,
    /// 100 to 139: two columns.
    Two,
    /// 140 to 199: three columns.
    Three,
    /// 200 and more: four columns.
    Four,
}

/// Columns by which a step is left later than it is entered, so that a window manager's wobble does not flap.
const HYSTERESIS_COLUMNS: u16 = 2;
/// Rows under which there are no panes.
const PANE_ROWS_MIN: u16 = 16;
/// Rows from which the header has a phase line and the hint line stands alone.
const FULL_HEADER_ROWS: u16 = 24;
/// Rows and columns from which the header has a box.
const BOX_ROWS: u16 = 32;
const BOX_COLUMNS: u16 = 140;

impl Breakpoint {
    /// Columns from which a step is entered.
    const fn columns(self) -> u16 {
        match self {
            Breakpoint::Card => 0,
            Breakpoint::One => 60,
            Breakpoint::Two => 100,
            Breakpoint::Three => 140,
            Breakpoint::Four => 200,
        }
    }

    /// The step of this size, coming from `previous`.
    pub fn of(area: Rect, previous: Option<Breakpoint>) -> Breakpoint {
        if area.height < PANE_ROWS_MIN {
            return Breakpoint::Card;
        }
        let widest_first = [Breakpoint::Four, Breakpoint::Three, Breakpoint::Two, Breakpoint::One];
        let entered = |step: Breakpoint| {
            let stays = previous.is_some_and(|previous| previous >= step);
            let slack = if stays { HYSTERESIS_COLUMNS } else { 0 };
            area.width >= step.columns().saturating_sub(slack)
        };
        widest_first.into_iter().find(|step| entered(*step)).unwrap_or(Breakpoint::Card)
    }
}

/// How much of the header there is room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderForm {
    /// Four rows in a box whose border is part of the verdict.
    Boxed,
    /// Environment; badge; phases and counters.
    ThreeRows,
    /// Environment; badge.
    TwoRows,
    /// The verdict card: the whole area is header.
    Card,
}

/// How a pane stands in its area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A box of its own.
    Full,
    /// A box shared with others, their titles as tabs in its border. Holds all of them, this one included.
    Tabs(Vec<PaneId>),
    /// One row: the title of a closed accordion pane.
    Folded,
}

/// One pane in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which pane.
    pub pane: PaneId,
    /// Where, border included.
    pub area: Rect,
    /// How.
    pub form: Form,
}

/// Where everything is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The whole screen.
    pub area: Rect,
    /// The width step, to be handed back at the next size.
    pub breakpoint: Breakpoint,
    /// The header, border included.
    pub header: Rect,
    /// What the header has room for.
    pub header_form: HeaderForm,
    /// The row of the verdict badge. Empty only if the screen is.
    pub badge: Rect,
    /// The hint line; empty where it is merged into the status line.
    pub hint: Rect,
    /// The status line; empty where there is no room.
    pub status: Rect,
    /// The panes, none over another. Empty on the card.
    pub panes: Vec<Placed>,
}

impl Layout {
    /// Whether this is the verdict card.
    pub fn is_card(&self) -> bool {
        self.header_form == HeaderForm::Card
    }

    /// The place of a pane, if it is open.
    pub fn place_of(&self, pane: PaneId) -> Option<&Placed> {
        self.panes.iter().find(|placed| placed.pane == pane && placed.form != Form::Folded)
    }

    /// What is between header and hint line: where dialogs stand.
    pub fn body(&self) -> Rect {
        let top = if self.is_card() { self.area.top() } else { self.header.bottom() };
        let end = if self.hint.is_empty() { self.status.top().max(top) } else { self.hint.top() };
        let end = if self.status.is_empty() { self.area.bottom() } else { end };
        Rect { x: self.area.x, y: top, width: self.area.width, height: end.saturating_sub(top) }
    }
}

/// Whether the focused pane takes the whole body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zoom {
    /// The arrangement.
    #[default]
    Out,
    /// The focused pane alone.
    In,
}

/// What decides the layout beside the size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted<'w> {
    /// Which map.
    pub arrangement: Arrangement,
    /// Whether the focused pane has it all.
    pub zoom: Zoom,
    /// Panes by last use: the first has the focus, and of panes that share a place the first used last is open.
    pub recent: &'w [PaneId],
}

impl Wanted<'_> {
    fn focus(&self) -> PaneId {
        self.recent.first().copied().unwrap_or(PaneId::Checklist)
    }

    /// Of panes that share a place, the one used last; else the first.
    fn open_of(&self, group: &[PaneId]) -> PaneId {
        let used = self.recent.iter().find(|pane| group.contains(pane));
        used.or_else(|| group.first()).copied().unwrap_or(PaneId::Checklist)
    }
}

/// Lays the screen out. Every size from nothing up gives a layout.
pub fn arrange(area: Rect, previous: Option<Breakpoint>, wanted: Wanted<'_>) -> Layout {
    let area = Rect::new(area.x, area.y, area.width, area.height);
    let breakpoint = Breakpoint::of(area, previous);
    if breakpoint == Breakpoint::Card {
        return card(area);
    }
    let header_form = match (area.height >= FULL_HEADER_ROWS, area.height >= BOX_ROWS) {
        (_, true) if area.width >= BOX_COLUMNS => HeaderForm::Boxed,
        (true, _) => HeaderForm::ThreeRows,
        (false, _) => HeaderForm::TwoRows,
    };
    let header_rows = match header_form {
        HeaderForm::Boxed => 4,
        HeaderForm::ThreeRows => 3,
        HeaderForm::TwoRows | HeaderForm::Card => 2,
    };
    let hint_rows = u16::from(header_form != HeaderForm::TwoRows);
    let [header, rest] = split_rows(area, header_rows);
    let [rest, status] = split_rows(rest, rest.height.saturating_sub(1));
    let [body, hint] = split_rows(rest, rest.height.saturating_sub(hint_rows));
    let badge = Rect { y: header.y.saturating_add(1), height: 1, ..header };
    let badge = if header_form == HeaderForm::Boxed {
        Rect { x: badge.x.saturating_add(1), width: badge.width.saturating_sub(2), ..badge }
    } else {
        badge
    };
    let panes = body::panes(body, breakpoint, area.height, wanted);
    Layout { area, breakpoint, header, header_form, badge, hint, status, panes }
}

/// Environment, badge, reasons, age, keys: what fits, the badge first.
fn card(area: Rect) -> Layout {
    let badge_row = u16::from(area.height > 1);
    let badge = Rect { y: area.y.saturating_add(badge_row), height: area.height.min(1), ..area };
    // A status line only where badge, environment and a reason have their rows already.
    let [header, status] = split_rows(area, area.height.saturating_sub(u16::from(area.height > 3)));
    Layout {
        area,
        breakpoint: Breakpoint::Card,
        header,
        header_form: HeaderForm::Card,
        badge,
        hint: Rect { height: 0, ..status },
        status,
        panes: Vec::new(),
    }
}

/// The first `rows` rows, and the rest.
fn split_rows(area: Rect, rows: u16) -> [Rect; 2] {
    let rows = rows.min(area.height);
    let rest = area.height.saturating_sub(rows);
    [Rect { height: rows, ..area }, Rect { y: area.y.saturating_add(rows), height: rest, ..area }]
}

/// The first `columns` columns, and the rest.
fn split_columns(area: Rect, columns: u16) -> [Rect; 2] {
    let columns = columns.min(area.width);
    let rest = area.width.saturating_sub(columns);
    [Rect { width: columns, ..area }, Rect { x: area.x.saturating_add(columns), width: rest, ..area }]
}

#[cfg(test)]
mod tests;
