//! Pane 2: containers with health, version, restarts, CPU, memory, and how fresh all that is.
//!
//! A daemon that is not heard keeps its rows, muted, with their age. Not here: watching (`runtime/docker`).

use super::PaneModel;
use super::container_table::{Columns, cell, columns, head, restarts};
use crate::rules::observed::{Container, ContainerRunState, Freshness, Health, Source};
use crate::safe_format;
use crate::text::width::Align;
use crate::text::{Safe, clock_face, safe};
use crate::tui::canvas::Piece;
use crate::tui::glyph::StatusWord;
use crate::tui::row::{Row, RowId, RowKind, RowLine};
use crate::tui::view::{NOW, View, is_fresh};

/// Whose rows say something at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// All of them: somebody looks for a word in them.
    All,
    /// None: they have their height, and `write` fills in those in sight.
    Later,
}

/// What it takes to write a row later.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: Columns,
    fresh: bool,
}

/// Fills in rows that are in sight.
pub(crate) fn write(view: &View<'_>, table: &Table, rows: &mut [Row]) {
    let Some(source) = view.source() else { return };
    for row in rows {
        let RowId::Container(id) = &row.id else { continue };
        if let Some(container) = source.containers.iter().find(|container| container.id == *id) {
            row.lines = lines(view, container, table);
        }
    }
}

/// The pane.
pub(crate) fn model(view: &View<'_>, width: u16, written: Written) -> PaneModel {
    let Some(source) = view.source() else {
        return PaneModel { empty: nothing_asked(view), ..PaneModel::default() };
    };
    let here: Vec<&Container> = source.containers.iter().filter(|container| !container.oneoff).collect();
    let fresh = is_fresh(Some(source));
    let table = Table { columns: columns(view, &here, width), fresh };
    let ready = here.iter().filter(|container| is_ready(container)).count();
    let rows: Vec<Row> = here.iter().map(|container| row(view, container, &table, written)).collect();
    let counts = safe_format!("{}/{} ready", ready, here.len());
    let right = if fresh {
        vec![view.plain(safe_format!("{} {} live", counts, view.dot()))]
    } else {
        vec![view.muted(safe_format!("{} {} ", counts, view.dot())), freshness(view, source)]
    };
    let glyph = if fresh { worst(&here) } else { StatusWord::Stale };
    let foot = source.warning.as_ref().map(|warning| {
        RowLine::of(vec![view.glyph(StatusWord::Watch), view.muted(safe_format!(" {}", warning))])
    });
    PaneModel {
        title: vec![view.muted(view.environment.as_ref().map_or(Safe::EMPTY, |name| safe(name.as_str())))],
        right,
        head: if rows.is_empty() { Vec::new() } else { vec![head(view, &table.columns)] },
        rows,
        foot: foot.into_iter().collect(),
        empty: empty(view, source),
        glyph: Some(glyph),
        table: (written == Written::Later).then_some(table),
    }
}

fn nothing_asked(view: &View<'_>) -> Safe {
    if view.engine.trust().is_trusted() {
        Safe::own("No Docker daemon is asked by this checklist")
    } else {
        Safe::own("This checklist is not trusted yet, so Docker is not asked. R shows what to trust")
    }
}

fn empty(view: &View<'_>, source: &Source) -> Safe {
    match &source.freshness {
        Freshness::NotAsked => nothing_asked(view),
        Freshness::Connecting { since } if view.at - *since < chrono::TimeDelta::seconds(5) => {
            view.changes_at(*since + chrono::TimeDelta::seconds(5));
            Safe::own("Docker has not answered yet. R tries again")
        }
        Freshness::Connecting { since } => {
            safe_format!("Docker has not answered for {}. R tries again", view.age(*since))
        }
        Freshness::Live => Safe::own("Docker answers, and has no container of this release"),
        Freshness::Stale { since, reason, .. } => match view.age(*since) {
            age if age == *NOW => safe_format!("Docker does not answer: {}. R tries again", reason),
            age => safe_format!("Docker has not answered for {}: {}. R tries again", age, reason),
        },
    }
}

/// How far the source may be believed, as the title says it.
pub(crate) fn freshness(view: &View<'_>, source: &Source) -> Piece {
    use crate::tui::theme::Token;
    let (text, token) = match &source.freshness {
        Freshness::NotAsked => (Safe::own("not asked"), Token::StatusPending),
        Freshness::Connecting { .. } => (Safe::own("connecting"), Token::StatusInfo),
        Freshness::Live => (Safe::own("live"), Token::StatusSuccess),
        // Not the number of the try: it would redraw an idle screen every second and a half.
        Freshness::Stale { since, attempt, .. } => {
            let age = Some(view.age(*since)).filter(|age| *age != *NOW);
            let age = age.map(|age| safe_format!(" {}", age)).unwrap_or_default();
            let again = if *attempt > 1 { ", reconnecting" } else { "" };
            (safe_format!("stale{}{}", age, Safe::own(again)), Token::StatusWarning)
        }
    };
    view.piece(text, token)
}

/// The worst of them in one word: a container that starts has not failed.
fn worst(containers: &[&Container]) -> StatusWord {
    let order = [StatusWord::Fail, StatusWord::Watch, StatusWord::Running, StatusWord::Open];
    let is = |word: &StatusWord| containers.iter().any(|container| word_of(container) == *word);
    order.into_iter().find(is).unwrap_or(StatusWord::Pass)
}

/// Running, and healthy if it says anything about its health.
pub(crate) fn is_ready(container: &Container) -> bool {
    container.gone.is_none()
        && container.state == ContainerRunState::Running
        && matches!(container.health, Health::Healthy | Health::None)
}

/// What the row says about a container.
fn word_of(container: &Container) -> StatusWord {
    if container.gone.is_some() {
        return StatusWord::Fail;
    }
    match (container.state, container.health) {
        (ContainerRunState::Running, Health::Healthy) => StatusWord::Pass,
        (ContainerRunState::Running, Health::Starting) => StatusWord::Running,
        (ContainerRunState::Running, Health::None) | (ContainerRunState::Created, _) => StatusWord::Open,
        (ContainerRunState::Running, Health::Unhealthy)
        | (ContainerRunState::Exited | ContainerRunState::Dead, _) => StatusWord::Fail,
        (ContainerRunState::Paused | ContainerRunState::Restarting | ContainerRunState::Removing, _) => {
            StatusWord::Watch
        }
    }
}

/// What the row says about a container, and the words for it.
pub(crate) fn state(container: &Container) -> (StatusWord, Safe) {
    let words = if container.gone.is_some() {
        Safe::own("gone")
    } else {
        match (container.state, container.health) {
            (ContainerRunState::Running, Health::Healthy) => Safe::own("healthy"),
            (ContainerRunState::Running, Health::Starting) => Safe::own("starting"),
            (ContainerRunState::Running, Health::Unhealthy) => Safe::own("unhealthy"),
            (ContainerRunState::Running, Health::None) => Safe::own("running, no health check"),
            (ContainerRunState::Created, _) => Safe::own("created"),
            (ContainerRunState::Paused, _) => Safe::own("paused"),
            (ContainerRunState::Restarting, _) => Safe::own("restarting"),
            (ContainerRunState::Exited, _) => ended(container),
            (ContainerRunState::Removing, _) => Safe::own("being removed"),
            (ContainerRunState::Dead, _) => Safe::own("dead"),
        }
    };
    (word_of(container), words)
}

fn ended(container: &Container) -> Safe {
    match (container.oom_killed, container.exit_code) {
        (true, _) => Safe::own("exited: out of memory"),
        (false, Some(137)) => Safe::own("exited: killed (137)"),
        (false, Some(code)) => safe_format!("exited with {}", code),
        (false, None) => Safe::own("exited"),
    }
}

fn row(view: &View<'_>, container: &Container, table: &Table, written: Written) -> Row {
    let word = word_of(container);
    let bad = matches!(word, StatusWord::Fail | StatusWord::Watch);
    let kind = if bad || !table.fresh { RowKind::Problem } else { RowKind::Plain };
    let lines = match written {
        Written::All => lines(view, container, table),
        Written::Later => vec![RowLine::default(); if word == StatusWord::Pass { 1 } else { 2 }],
    };
    Row { id: RowId::Container(container.id.clone()), kind, lines }
}

/// The name with its columns, and under it what is not well.
fn lines(view: &View<'_>, container: &Container, table: &Table) -> Vec<RowLine> {
    let (word, words) = state(container);
    let Table { columns, fresh } = table;
    let fresh = *fresh;
    let shown = if fresh { word } else { StatusWord::Stale };
    let bad = matches!(word, StatusWord::Fail | StatusWord::Watch);
    let name = container.called().safe();
    let mut left = vec![view.glyph(shown), view.plain(Safe::own(" "))];
    left.push(if fresh { view.plain(name) } else { view.muted(name) });
    let mut right = Vec::new();
    for (column, cells) in columns {
        // The gap is not the text's: a version that is cut still stands apart.
        let text = view.cut(&cell(view, container, *column), cells.saturating_sub(column.gap()));
        let text = view.column(&text, *cells, Align::Right);
        right.push(if fresh { view.plain(text) } else { view.muted(text) });
    }
    let mut lines = vec![RowLine { left, right }];
    if word != StatusWord::Pass {
        let probed = matches!(container.health, Health::Unhealthy | Health::Starting);
        let probe = container.probe_output.as_ref().filter(|_| probed);
        let said = probe
            .map_or_else(|| safe_format!("  {}", words), |output| safe_format!("  {}: {}", words, output));
        let glyph_cells = usize::from(view.theme.glyphs().status_cells());
        lines.push(RowLine::of(vec![
            view.plain(Safe::own(" ").repeat(glyph_cells)),
            if bad && fresh { view.piece(said, word.token()) } else { view.muted(said) },
        ]));
    }
    lines
}

/// What Details says about a container.
pub(crate) fn details(view: &View<'_>, container: &Container) -> Vec<(Safe, Safe)> {
    let (_, words) = state(container);
    let mut facts = vec![
        (Safe::own("name"), container.name.safe()),
        (Safe::own("state"), words),
        (Safe::own("image"), container.image.safe()),
        (Safe::own("id"), crate::tui::view::short_hash(&container.id, view.theme)),
    ];
    let service = container.service.as_ref().map(|service| match &container.project {
        Some(project) => safe_format!("{} of project {}", service, project),
        None => service.safe(),
    });
    facts.extend(service.map(|service| (Safe::own("service"), service)));
    if let Some(version) = &container.image_version {
        facts.push((Safe::own("version"), version.safe()));
    }
    if let Some(usage) = &container.usage {
        if let Some(milli) = usage.cpu_milli {
            let cores = usage.cpu_limit_milli / 1000;
            let percent = u64::from(milli) * 100 / u64::from(usage.cpu_limit_milli.max(1));
            facts.push((Safe::own("cpu"), safe_format!("{} % of {} CPUs", percent, cores)));
        }
        let used = clock_face::bytes(usage.memory_bytes);
        let limit = clock_face::bytes(usage.memory_limit_bytes);
        facts.push((Safe::own("memory"), safe_format!("{} of {}", used, limit)));
    }
    facts.push((Safe::own("restarts"), restarts(view, container)));
    if let Some(started) = container.started {
        facts.push((Safe::own("started"), clock_face::day_and_time(&started)));
    }
    if let Some(output) = &container.probe_output {
        facts.push((Safe::own("probe"), output.safe()));
    }
    if container.failing_streak > 0 {
        facts.push((Safe::own("failing"), safe_format!("{} probes in a row", container.failing_streak)));
    }
    facts
}
