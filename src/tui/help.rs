//! Help page, hint line and the menu after a prefix, all made from the one key table.
//!
//! Blocked actions stay and say why. Not here: which action is blocked (the engine's answer, brought by the caller).

use ratatui::layout::Rect;

use crate::safe_format;
use crate::text::{Safe, safe};
use crate::tui::canvas::{Canvas, Piece, cut};
use crate::tui::glyph::GlyphSet;
use crate::tui::key::Key;
use crate::tui::keymap::{Action, Binding, Group, KeyMode, Keymap};
use crate::tui::layout::Arrangement;
use crate::tui::list::Filter;
use crate::tui::pane::PaneId;
use crate::tui::theme::{Theme, Token};

/// Why an action cannot happen now; `None` if it can.
pub type Blocked<'b> = &'b dyn Fn(Action) -> Option<Safe>;

/// One key and what it does, short or long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The keys as shown.
    pub keys: Safe,
    /// What they do.
    pub label: Safe,
    /// Why not now.
    pub blocked: Option<Safe>,
}

/// One line of the help page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HelpLine {
    /// The title of a group.
    Title(Safe),
    /// A key. Enter on it does what the key does.
    Key(Action, Hint),
}

/// The groups in the order of the page.
const GROUPS: [(Group, Safe); 6] = [
    (Group::Pane, Safe::own("THIS PANE")),
    (Group::Release, Safe::own("RELEASE (each one asks)")),
    (Group::Move, Safe::own("MOVE")),
    (Group::Find, Safe::own("FIND")),
    (Group::Go, Safe::own("GO TO")),
    (Group::App, Safe::own("APP")),
];

/// Cells of the key column of the help page.
const KEY_CELLS: u16 = 14;
/// Columns from which more than help and quit stand in the status line.
const MERGED_WIDE: u16 = 80;
/// Columns from which the help page has two columns of its own.
const TWO_COLUMNS: u16 = 92;

/// The hints of a place, most wanted first. The first two are help and quit and are never cut off.
pub fn hints(
    keymap: &Keymap,
    (mode, pane, arrangement): (KeyMode, PaneId, Arrangement),
    glyphs: GlyphSet,
    blocked: Blocked<'_>,
) -> Vec<Hint> {
    let reachable: Vec<&Binding> = keymap.reachable(mode, pane).collect();
    let own = reachable.iter().filter(|row| row.group == Group::Pane).map(|row| row.action);
    let acts: &[Action] = match arrangement {
        Arrangement::Release => &[Action::SignOff, Action::Deploy, Action::RollBack, Action::Filter],
        Arrangement::Run => &[Action::Pause, Action::Abort, Action::RollBack, Action::Filter],
        Arrangement::Window => &[Action::RollBack, Action::EndWindow, Action::Filter],
    };
    let first = [Action::Help, Action::Leave].into_iter();
    // In a run what stops it comes first: a narrow line cuts the end off. After it there is nothing to stop, and no
    // window to close.
    let acts = acts.iter().copied().filter(|action| {
        !matches!(action, Action::Pause | Action::Abort | Action::EndWindow) || blocked(*action).is_none()
    });
    // A command to run is named where there is one.
    let own = own.filter(|action| *action != Action::RunOffered || blocked(*action).is_none());
    // What belongs to an open window is named while there is one.
    let of_window =
        |action: &Action| matches!(action, Action::LongerRange | Action::ShorterRange | Action::ShowBase);
    let own = own.filter(|action| !of_window(action) || arrangement == Arrangement::Window);
    let wanted: Vec<Action> = match arrangement {
        Arrangement::Run | Arrangement::Window => first.chain(acts).chain(own).collect(),
        Arrangement::Release => first.chain(own).chain(acts).collect(),
    };
    let shown = wanted.into_iter().filter_map(|action| reachable.iter().find(|row| row.action == action));
    let mut all: Vec<Hint> = shown.map(|row| short_hint(keymap, row, glyphs, blocked)).collect();
    if mode == KeyMode::Screen {
        let plain = |keys, label| Hint { keys: Safe::own(keys), label: Safe::own(label), blocked: None };
        all.extend([plain("1-7", "pane"), plain("g", "go"), plain("z", "zoom")]);
    }
    all
}

/// Draws hints into one row: the first two always, of the others what fits whole.
pub fn draw_hints(canvas: &mut Canvas<'_>, row: Rect, hints: &[Hint], theme: &Theme) {
    let mut row = canvas.within(Rect { height: row.height.min(1), ..row });
    let area = row.area();
    row.fill(area, theme.ground(Token::Bg));
    let mut x = area.x.saturating_add(1);
    for (place, hint) in hints.iter().enumerate() {
        let pieces = hint_pieces(hint, theme);
        let end = x.saturating_add(Piece::width(&pieces));
        if place >= 2 && end > area.right() {
            return;
        }
        x = row.put_all(x, area.y, &pieces).saturating_add(2);
    }
}

/// The lines of the help page of a place that pass a filter. A group without lines has no title.
pub fn help_lines(
    keymap: &Keymap,
    pane: PaneId,
    glyphs: GlyphSet,
    filter: &Filter,
    blocked: Blocked<'_>,
) -> Vec<HelpLine> {
    let mut lines = Vec::new();
    for (group, title) in GROUPS {
        let rows = keymap.reachable(KeyMode::Screen, pane).filter(|row| row.group == group);
        let keys: Vec<HelpLine> = rows
            .map(|row| (row.action, long_hint(keymap, row, glyphs, blocked)))
            .filter(|(_, hint)| filter.passes(safe_format!("{} {}", hint.keys, hint.label).as_str()))
            .map(|(action, hint)| HelpLine::Key(action, hint))
            .collect();
        if !keys.is_empty() {
            let pane_title = safe_format!("{}: {} {}", title, pane.number(), pane.name());
            lines.push(HelpLine::Title(if group == Group::Pane { pane_title } else { title }));
            lines.extend(keys);
        }
    }
    lines
}

/// Draws the help page from its line `top` on, in two columns where there is room. Returns how many lines fit.
pub fn draw_help(
    canvas: &mut Canvas<'_>,
    area: Rect,
    lines: &[HelpLine],
    (top, selected): (usize, Option<Action>),
    theme: &Theme,
) -> usize {
    let area = canvas.area().intersection(area);
    let columns = if area.width >= TWO_COLUMNS { 2 } else { 1 };
    let width = area.width / columns;
    let rows = usize::from(area.height);
    for (column, chunk) in (0..columns).zip(lines.get(top..).unwrap_or_default().chunks(rows.max(1))) {
        let x = area.x.saturating_add(column.saturating_mul(width));
        for (y, line) in (area.top()..area.bottom()).zip(chunk) {
            draw_line(canvas, Rect { x, y, width, height: 1 }, line, selected, theme);
        }
    }
    rows * usize::from(columns)
}

/// What may follow a prefix, for the menu that opens when one waits.
pub fn after_prefix(keymap: &Keymap, prefix: Key, glyphs: GlyphSet) -> Vec<Hint> {
    let rows = keymap.after(prefix, glyphs).into_iter();
    rows.map(|(key, row)| Hint { keys: safe(&key), label: Safe::own(row.short), blocked: None }).collect()
}

fn draw_line(canvas: &mut Canvas<'_>, row: Rect, line: &HelpLine, selected: Option<Action>, theme: &Theme) {
    let mut canvas = canvas.within(row);
    let x = row.x.saturating_add(1);
    match line {
        HelpLine::Title(title) => {
            canvas.put(x, row.y, title, theme.style(Token::FgStrong));
        }
        HelpLine::Key(action, hint) => {
            let keys = cut(&hint.keys, KEY_CELLS, theme.glyphs());
            canvas.put(x, row.y, &keys, theme.style(Token::Accent));
            let text = x.saturating_add(KEY_CELLS).saturating_add(1);
            let rest = Rect { x: text, width: row.right().saturating_sub(text).saturating_sub(1), ..row };
            let (label, style) = match &hint.blocked {
                Some(why) => (safe_format!("{} (blocked: {})", hint.label, why), theme.style(Token::FgMuted)),
                None => (hint.label.clone(), theme.style(Token::Fg)),
            };
            canvas.put_in(rest, &label, style, theme.glyphs());
            if selected == Some(*action) {
                canvas.select_row(row, theme);
            }
        }
    }
}

/// The first hints at the end of a status line, where they have no line of their own.
pub(crate) fn merged_hints(hints: &[Hint], width: u16, theme: &Theme) -> Vec<Piece> {
    let most = if width < MERGED_WIDE { 2 } else { 4 };
    let gap = || Piece::new(Safe::own("  "), theme.style(Token::FgMuted));
    hints.iter().take(most).flat_map(|hint| std::iter::once(gap()).chain(hint_pieces(hint, theme))).collect()
}

fn hint_pieces(hint: &Hint, theme: &Theme) -> Vec<Piece> {
    let muted = theme.style(Token::FgMuted);
    let mut pieces = vec![
        Piece::new(hint.keys.clone(), theme.style(Token::Accent)),
        Piece::new(safe_format!(" {}", hint.label), muted),
    ];
    if let Some(why) = &hint.blocked {
        pieces.push(Piece::new(safe_format!(" (blocked: {})", why), muted));
    }
    pieces
}

fn short_hint(keymap: &Keymap, row: &Binding, glyphs: GlyphSet, blocked: Blocked<'_>) -> Hint {
    let first = keymap.labels(row.action, glyphs).into_iter().next().unwrap_or_default();
    Hint { keys: safe(&first), label: Safe::own(row.short), blocked: blocked(row.action) }
}

fn long_hint(keymap: &Keymap, row: &Binding, glyphs: GlyphSet, blocked: Blocked<'_>) -> Hint {
    let keys = keymap.labels(row.action, glyphs).join("  ");
    Hint { keys: safe(&keys), label: Safe::own(row.help), blocked: blocked(row.action) }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::tui::keymap::TABLE;
    use crate::tui::snapshot;

    fn free(_: Action) -> Option<Safe> {
        None
    }

    fn no_go(action: Action) -> Option<Safe> {
        match action {
            Action::Deploy => Some(Safe::own("NO-GO")),
            Action::RunOffered => Some(Safe::own("no command here")),
            _ => None,
        }
    }

    fn hint_row(width: u16) -> String {
        let map = Keymap::built_in();
        let here = (KeyMode::Screen, PaneId::Checklist, Arrangement::Release);
        let all = hints(&map, here, GlyphSet::Unicode, &no_go);
        let area = Rect { x: 0, y: 0, width, height: 1 };
        let mut buf = Buffer::empty(area);
        draw_hints(&mut Canvas::new(&mut buf), area, &all, &Theme::built_in("dark"));
        snapshot::symbols(&buf).trim_end().to_owned()
    }

    #[test]
    fn the_hint_line_begins_with_help_and_quit_and_a_blocked_key_says_why() {
        assert_eq!(
            hint_row(170),
            " ? help  q quit  space tick  enter open  r measure  w waive  i note  u undo  S sign off  \
             D deploy (blocked: NO-GO)  B roll back  / filter  1-7 pane  g go  z zoom"
        );
        assert_eq!(hint_row(42), " ? help  q quit  space tick  enter open");
        assert_eq!(hint_row(12), " ? help  q q");
    }

    #[test]
    fn in_a_run_what_stops_it_stands_before_the_keys_of_the_pane_and_after_it_nothing_to_stop_is_named() {
        let map = Keymap::built_in();
        let here = (KeyMode::Screen, PaneId::Checklist, Arrangement::Run);
        let labels = |blocked: Blocked<'_>| -> Vec<String> {
            let all = hints(&map, here, GlyphSet::Unicode, blocked);
            all.iter().take(5).map(|hint| hint.keys.as_str().to_owned()).collect()
        };
        assert_eq!(labels(&free), ["?", "q", "P", "X", "B"]);
        let over = |action| matches!(action, Action::Pause | Action::Abort).then(|| Safe::own("no run"));
        assert_eq!(labels(&over)[..3], ["?", "q", "B"]);
    }

    #[test]
    fn every_action_is_in_help_somewhere() {
        let map = Keymap::built_in();
        for row in TABLE {
            let found = PaneId::ALL.into_iter().any(|pane| {
                let lines = help_lines(&map, pane, GlyphSet::Unicode, &Filter::default(), &free);
                lines.iter().any(|line| matches!(line, HelpLine::Key(action, _) if *action == row.action))
            });
            assert!(found, "{:?}", row.action);
        }
    }

    #[test]
    fn help_is_filtered_and_drawn_in_two_columns_where_there_is_room() {
        let map = Keymap::built_in();
        let filter = Filter::new("roll");
        let lines = help_lines(&map, PaneId::Checklist, GlyphSet::Unicode, &filter, &free);
        assert_eq!(lines.len(), 2, "{lines:?}");
        let all = help_lines(&map, PaneId::Checklist, GlyphSet::Unicode, &Filter::default(), &no_go);
        for (width, fit) in [(100, 46), (60, 23)] {
            let area = Rect { x: 0, y: 0, width, height: 23 };
            let mut buf = Buffer::empty(area);
            let theme = Theme::built_in("dark");
            let shown = draw_help(&mut Canvas::new(&mut buf), area, &all, (0, Some(Action::Tick)), &theme);
            assert_eq!(shown, fit);
            let text = snapshot::symbols(&buf);
            assert!(text.contains("THIS PANE: 1 Checklist") && text.contains("(blocked: NO-GO)"), "{text}");
            assert!(text.contains(">space"), "{text}");
        }
    }

    #[test]
    fn the_menu_after_g_lists_where_one_can_go() {
        let all = after_prefix(&Keymap::built_in(), Key::parse("g").unwrap(), GlyphSet::Unicode);
        assert!(all.iter().any(|hint| hint.keys == *"t" && hint.label == *"record"), "{all:?}");
    }
}
