//! The table of pane 2: its columns, how wide each is, which give way, and what stands in them.
//!
//! Not here: rows and their states (`containers.rs`).

use crate::rules::observed::{Container, ContainerRunState};
use crate::safe_format;
use crate::text::width::Align;
use crate::text::{Safe, safe};
use crate::tui::panes::containers::is_ready;
use crate::tui::row::RowLine;
use crate::tui::view::View;

/// Columns to the right of the name, in their order.
const COLUMNS: [Column; 6] =
    [Column::Version, Column::Ready, Column::Cpu, Column::Memory, Column::Restarts, Column::Up];
/// The same in the order in which they give way; Details still has what they say.
const GIVING_WAY: [Column; 6] =
    [Column::Up, Column::Memory, Column::Restarts, Column::Cpu, Column::Ready, Column::Version];
/// Cells of a column at least, so that it does not move with each number; a version may take more.
const COLUMN_CELLS_MIN: u16 = 3;
/// Cells of a column at most.
const COLUMN_CELLS_MAX: u16 = 14;
/// Cells between two columns.
const GAP_CELLS: u16 = 2;
/// Cells a name gets at most before columns give way to it.
const NAME_CELLS_MAX: u16 = 24;
/// So many containers say how wide columns are: a host may have ten thousand, and a frame has milliseconds.
const MEASURED_MAX: usize = 256;

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Version,
    Ready,
    Cpu,
    Memory,
    Restarts,
    Up,
}

impl Column {
    /// Cells before it: a row itself keeps one before the first.
    pub(super) const fn gap(self) -> u16 {
        match self {
            Column::Version => GAP_CELLS - 1,
            Column::Ready | Column::Cpu | Column::Memory | Column::Restarts | Column::Up => GAP_CELLS,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Column::Version => "VER",
            Column::Ready => "RDY",
            Column::Cpu => "CPU",
            Column::Memory => "MEM",
            Column::Restarts => "RST",
            Column::Up => "UP",
        }
    }
}

/// The columns there is room for, each with its cells, the gap before it included.
pub(super) type Columns = Vec<(Column, u16)>;

/// As many columns as fit beside the names, each as wide as what it says for the first containers.
pub(super) fn columns(view: &View<'_>, containers: &[&Container], width: u16) -> Columns {
    let containers = containers.get(..containers.len().min(MEASURED_MAX)).unwrap_or_default();
    let cells_of = |text: &Safe| u16::try_from(text.width()).unwrap_or(u16::MAX);
    let names = containers.iter().map(|container| cells_of(&container.called().safe())).max();
    let glyph = view.theme.glyphs().status_cells() + 1;
    let name = (names.unwrap_or(0).min(NAME_CELLS_MAX) + glyph).max(cells_of(&Safe::own(CONTAINER)));
    let wide = |column: &Column| {
        let cells = containers.iter().map(|container| cells_of(&cell(view, container, *column))).max();
        cells.unwrap_or(0).clamp(COLUMN_CELLS_MIN, COLUMN_CELLS_MAX) + column.gap()
    };
    let mut kept: Columns = COLUMNS.iter().map(|column| (*column, wide(column))).collect();
    for column in GIVING_WAY {
        let used: u16 = kept.iter().map(|(_, cells)| cells).sum();
        // Two edges, and the blank that a row keeps after its left part.
        if used.saturating_add(name).saturating_add(3) <= width {
            break;
        }
        kept.retain(|(other, _)| *other != column);
    }
    kept
}

/// The title over the names.
const CONTAINER: &str = "CONTAINER";

/// The names of the columns.
pub(super) fn head(view: &View<'_>, columns: &Columns) -> RowLine {
    let right = columns
        .iter()
        .map(|(column, cells)| view.muted(view.column(&Safe::own(column.title()), *cells, Align::Right)));
    RowLine { left: vec![view.muted(Safe::own(CONTAINER))], right: right.collect() }
}

pub(super) fn cell(view: &View<'_>, container: &Container, column: Column) -> Safe {
    let none = || Safe::own("-");
    match column {
        Column::Version => {
            container.image_version.as_ref().map_or_else(|| tag(container), crate::text::Untrusted::safe)
        }
        Column::Ready if container.gone.is_some() => none(),
        Column::Ready => Safe::own(if is_ready(container) { "1/1" } else { "0/1" }),
        Column::Cpu => cpu(container).unwrap_or_else(none),
        Column::Memory => memory(container).unwrap_or_else(none),
        Column::Restarts => restarts(view, container),
        Column::Up => container
            .started
            .filter(|_| container.state == ContainerRunState::Running)
            .map_or_else(none, |started| up(view, started)),
    }
}

/// The tag of the image as written, where the image does not say its version.
fn tag(container: &Container) -> Safe {
    let image = container.image.raw();
    let last = image.rsplit('/').next().unwrap_or(image);
    match last.split_once(':') {
        Some((_, tag)) => safe(tag.split('@').next().unwrap_or(tag)),
        None => Safe::own("-"),
    }
}

/// How long it runs, in its first unit: `15s`, `5m`, `2h`, `9d`.
fn up(view: &View<'_>, started: chrono::DateTime<chrono::Utc>) -> Safe {
    let text = view.age(started);
    let text = text.as_str();
    let hours = text.split_once("h ").map(|(hours, _)| format!("{hours}h"));
    safe(&hours.unwrap_or_else(|| text.replace(' ', "")))
}

/// CPU in percent of what it may use.
fn cpu(container: &Container) -> Option<Safe> {
    let usage = container.usage.as_ref()?;
    let used = usage.cpu_milli?;
    let percent = u64::from(used) * 100 / u64::from(usage.cpu_limit_milli.max(1));
    Some(safe_format!("{}%", percent))
}

/// Memory in percent of its limit.
fn memory(container: &Container) -> Option<Safe> {
    let usage = container.usage.as_ref()?;
    let percent = usage.memory_bytes.saturating_mul(100).checked_div(usage.memory_limit_bytes)?;
    Some(safe_format!("{}%", percent))
}

/// Restarts since the session began, where the record has a baseline.
pub(super) fn restarts(view: &View<'_>, container: &Container) -> Safe {
    if !container.inspected {
        return Safe::own("-");
    }
    let baselines = view.engine.session().baselines.values();
    let first = baselines
        .filter_map(|baseline| baseline.first.as_ref())
        .flat_map(|seen| &seen.containers)
        .find(|seen| seen.id == container.id);
    match first {
        Some(seen) => {
            let since = i64::from(container.restart_count).saturating_sub(seen.restarts);
            if since > 0 { safe_format!("+{}", since) } else { Safe::own("0") }
        }
        None => Safe::from(container.restart_count),
    }
}
