//! Every size, every theme, hostile text: what must hold of any frame.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use crate::checklist::id::ItemId;
use crate::engine::command::Command;
use crate::session::event::{Event, NoteAdded, SignoffRecorded};
use crate::session::status::{CheckStatus, Decision, StepOutcome};
use crate::text::Untrusted;
use crate::tui::face::Program;
use crate::tui::glyph::GlyphSet;
use crate::tui::lines::Access;
use crate::tui::theme::contrast::{LINE_RATIO, contrast};
use crate::tui::theme::{Paint, Rgb, Theme};
use crate::tui::world::{World, container};

/// The states every size and theme is drawn in.
pub(super) fn states() -> Vec<(&'static str, World)> {
    let mut failing = World::shop();
    failing.containers(vec![container("api-1"), container("web-1")]);
    failing.measured("smoke", CheckStatus::Fail, "expected 200, got 504");
    let mut lost = World::ready();
    lost.daemon_lost();
    lost.wait(120_000);
    let mut failed = World::deploying();
    failed.step("migrate", StepOutcome::Failed, Some("exit code 1"));
    let with = |mut world: World, keys: &str| {
        world.press(keys);
        world
    };
    let answered = |mut world: World, keys: &str| {
        world.answer(keys);
        world
    };
    let mut untrusted = World::of(crate::tui::world::SHOP);
    untrusted.distrust();
    vec![
        ("failing", failing),
        ("lost", lost),
        ("running", World::deploying()),
        ("failed", failed),
        ("deploy", with(World::ready(), "D")),
        ("rollback", with(World::ready(), "B")),
        ("sign-off", with(World::shop(), "S")),
        ("help", with(World::shop(), "?")),
        ("go", with(World::shop(), "g")),
        ("zoom", with(World::ready(), "5 z")),
        ("window", World::watched()),
        ("window-unseen", with(World::ready(), "g w")),
        ("alarm", World::alarmed()),
        ("alarm-left", answered(World::alarmed(), "<esc>")),
        ("slept", World::slept()),
        ("end-window", with(World::watched(), "C")),
        ("hand-over", with(World::watched(), "g h")),
        ("take-over", World::handed_over()),
        ("untrusted", untrusted),
        ("conflict", World::merged()),
        ("conflict-timeline", with(World::merged(), "5 z")),
    ]
}

/// Which sizes are drawn.
#[derive(Clone, Copy)]
enum Sizes {
    /// Those at the edges of the layouts, and a net over the rest.
    Net,
    /// All 12,261.
    Every,
}

fn sizes(which: Sizes) -> Vec<(u16, u16)> {
    let step = match which {
        Sizes::Net => 17,
        Sizes::Every => 1,
    };
    let near = |edges: &[u16], value: u16| edges.iter().any(|edge| value == *edge || value + 1 == *edge);
    let mut all = Vec::new();
    for columns in 0..=200 {
        for rows in 0..=60 {
            let edge =
                near(&[0, 20, 39, 60, 100, 140, 199], columns) && near(&[0, 3, 10, 16, 24, 32, 59], rows);
            if edge || (columns % step == 0 && rows % step == 0) {
                all.push((columns, rows));
            }
        }
    }
    all
}

#[test]
fn law_12_drawing_changes_no_state_and_never_fails_at_any_size() {
    for (name, mut world) in states() {
        for (columns, rows) in sizes(Sizes::Net) {
            drawn(name, &mut world, columns, rows);
            let before = world.engine.session().clone();
            let buf = world.buffer().0;
            assert_eq!(world.buffer().0, buf, "{name} at {columns}x{rows}: drawing twice shows the same");
            assert_eq!(*world.engine.session(), before);
        }
    }
}

/// Minutes without optimisation, so only where it is asked for: `GONOGO_TEST_SIZES=every`, as in CI.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test of minutes runs where it is asked for")]
fn every_screen_is_drawn_at_every_size_from_nothing_to_200_by_60() {
    if std::env::var("GONOGO_TEST_SIZES").as_deref() != Ok("every") {
        eprintln!(
            "SKIPPED: every size is drawn with GONOGO_TEST_SIZES=every; the net of law 12 is drawn always"
        );
        return;
    }
    let halves = [0_usize, 1].map(|half| {
        std::thread::spawn(move || {
            for (_, (name, mut world)) in states().into_iter().enumerate().filter(|(at, _)| at % 2 == half) {
                let all = sizes(Sizes::Every);
                assert_eq!(all.len(), 201 * 61);
                // An open window is charted anew for each frame, which costs ten times the others: of its sizes every 13th.
                let step = if world.engine.session().open_windows().next().is_some() { 13 } else { 1 };
                for (columns, rows) in all.into_iter().step_by(step) {
                    drawn(name, &mut world, columns, rows);
                }
            }
        })
    });
    for half in halves {
        half.join().unwrap();
    }
}

/// The screen fills its area and holds the cursor and the badge.
fn drawn(name: &str, world: &mut World, columns: u16, rows: u16) {
    world.resize(columns, rows);
    let (buf, cursor) = world.buffer();
    assert_eq!(buf.area, Rect { x: 0, y: 0, width: columns, height: rows });
    if let Some(place) = cursor {
        assert!(buf.area.contains(place), "{name} at {columns}x{rows}: cursor {place:?}");
    }
    // The one row there is may hold a question; anywhere else the badge stands.
    let asks = world.face.state.dialog().is_some() && rows < 2;
    if columns >= 12 && rows >= 1 && !asks {
        let y = world.face.layout.badge.y;
        let badge: String = (0..columns).filter_map(|x| Some(buf.cell((x, y))?.symbol())).collect();
        assert!(
            ["[ ✓", "[ ✗", "[ »", "[ ?", "[ !"].iter().any(|sign| badge.contains(sign)),
            "{name} at {columns}x{rows}:\n{}",
            world.screen()
        );
    }
}

#[test]
fn rollback_and_abort_are_one_key_away_at_every_size_and_in_every_state() {
    for (key, name) in [("B", "RollBack"), ("X", "Abort")] {
        for before in ["", "?", "z", "g r", "g t", "5", "/ x <enter>"] {
            for (columns, rows) in [(160, 45), (80, 24), (48, 10), (30, 5), (20, 1), (0, 0)] {
                let mut world = World::deploying();
                world.resize(columns, rows);
                world.press(before);
                world.wait(400);
                world.press(key);
                world.answer("y");
                assert!(world.asked(name).is_some(), "{key} after `{before}` at {columns}x{rows}");
            }
        }
    }
    let mut world = World::ready();
    world.resize(40, 9);
    world.press("B");
    world.wait(400);
    world.expect("Roll back production to 4.11.3? y / esc");
}

#[test]
fn from_inside_a_field_esc_comes_first_and_then_the_rollback() {
    let mut world = World::ready();
    world.press("i");
    world.answer("B");
    assert!(world.asked("RollBack").is_none());
    world.press("<esc> B");
    world.expect("Roll back production to 4.11.3");
    assert!(matches!(world.asked("KeepDraft"), Some(Command::KeepDraft { text, .. }) if text == "B"));
}

fn exact(color: Color) -> Option<Rgb> {
    match color {
        Color::Rgb(r, g, b) => Some(Rgb::new(r, g, b)),
        Color::Indexed(index) => Paint::Indexed(index).rgb(),
        _ => None,
    }
}

#[test]
fn every_drawn_cell_keeps_its_contrast_in_every_theme() {
    for theme in ["dark", "light", "high-contrast", "colour-blind"] {
        let least = if theme == "high-contrast" { 7.0 } else { 4.5 };
        for (name, world) in states() {
            let mut world = with_theme(world, theme);
            for (columns, rows) in [(160, 45), (80, 24), (48, 10)] {
                world.resize(columns, rows);
                let (buf, _) = world.buffer();
                check_contrast(&buf, least, &format!("{theme}, {name} at {columns}x{rows}"));
            }
        }
    }
}

/// The same moment with another theme: what is open stays open.
fn with_theme(mut world: World, theme: &str) -> World {
    world.face.themes = vec![Theme::built_in(theme)];
    world.face.theme = Theme::built_in(theme);
    world
}

fn check_contrast(buf: &Buffer, least: f64, what: &str) {
    for (place, cell) in buf.content.iter().enumerate() {
        let symbol = cell.symbol();
        if symbol.trim().is_empty() {
            continue;
        }
        let (fg, bg) =
            if cell.modifier.contains(Modifier::REVERSED) { (cell.bg, cell.fg) } else { (cell.fg, cell.bg) };
        let (Some(fg), Some(bg)) = (exact(fg), exact(bg)) else {
            panic!("{what}: a cell without colour: {cell:?}")
        };
        // Lines, bars and charts are seen, not read.
        let drawn = symbol.chars().all(|c| ('\u{2500}'..='\u{259f}').contains(&c));
        let least = if drawn { LINE_RATIO } else { least };
        let ratio = contrast(fg, bg);
        let (x, y) = (place % usize::from(buf.area.width), place / usize::from(buf.area.width));
        assert!(ratio >= least || symbol == "░", "{what}: `{symbol}` at {x},{y}: {ratio:.2}");
    }
}

#[test]
fn without_colour_the_text_is_the_same_and_nothing_is_coloured() {
    for (name, world) in states() {
        let coloured = world.screen();
        let world = with_theme(world, "mono");
        assert_eq!(world.screen(), coloured, "{name}");
        for cell in &world.buffer().0.content {
            assert!(matches!((cell.fg, cell.bg), (Color::Reset, Color::Reset)), "{name}: {cell:?}");
        }
    }
}

#[test]
fn the_ascii_glyphs_leave_no_other_sign_on_the_screen() {
    for keys in ["", "?", "B", "S", "D"] {
        let mut world = World::ready().with_face("dark", GlyphSet::Ascii, Access::ReadWrite);
        world.press(keys);
        let screen = world.screen();
        let strange: String = screen.chars().filter(|c| !c.is_ascii()).collect();
        assert_eq!(strange, "", "{keys}:\n{screen}");
    }
}

const HOSTILE: &str =
    "\u{1b}[2J\u{1b}]52;c;aGk=\u{7}\u{9b}31m\r\u{202e}evil\u{200b}e\u{301}\u{301} 日本語 \t\u{0}end";

#[test]
fn hostile_text_changes_nothing_outside_its_own_cells() {
    let long = HOSTILE.repeat(200);
    let toml = crate::tui::world::SHOP
        .replace("Freeze announced", "Fr\\u001b[2Jeeze \\u202e 日本")
        .replace("Team lead", "Te\\u009bam");
    let mut world = World::of(&toml);
    world.trust();
    let mut bad = container("api-1");
    bad.name = Untrusted::new(long.clone());
    bad.image_version = Some(Untrusted::new(HOSTILE));
    bad.probe_output = Some(Untrusted::new(long.clone()));
    bad.health = crate::rules::observed::Health::Unhealthy;
    let id = bad.id.clone();
    world.containers(vec![bad]);
    world.measured("smoke", CheckStatus::Fail, &long);
    world.arrives(
        "e\u{1b}[8mvil@x",
        Event::NoteAdded(NoteAdded { item: Some(ItemId::from("freeze")), text: long.clone() }),
    );
    world.arrives(
        "mal\u{202e}lory",
        Event::SignoffRecorded(SignoffRecorded {
            item: ItemId::from("approve"),
            role: crate::checklist::id::RoleId::from("lead"),
            decision: Decision::Reject,
            comment: Some(long.clone()),
            fingerprint: long.clone(),
            version: None,
        }),
    );
    for _ in 0..60 {
        world.log_line(&id, long.as_bytes());
    }
    for keys in ["", "2", "3", "4", "5", "6", "w", "7", "g t", "<esc>", "g m"] {
        world.answer(keys);
        for (columns, rows) in [(160, 45), (80, 24), (61, 17), (40, 12)] {
            world.resize(columns, rows);
            let (buf, _) = world.buffer();
            for cell in &buf.content {
                let bad =
                    |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c) || c == '\u{200b}';
                assert!(!cell.symbol().chars().any(bad), "{keys}: {:?}", cell.symbol());
            }
        }
        world.resize(160, 45);
    }
}

#[test]
fn hostile_text_in_a_field_is_cleaned() {
    let mut world = World::shop();
    world.press("i");
    world.wait(400);
    let _reaction = world.face.paste(&world.engine, world.at, HOSTILE);
    let typed = world.face.state.dialog().map(crate::tui::dialogs::Dialog::text).unwrap_or_default();
    assert!(typed.contains("evil") && !typed.contains('\u{1b}') && !typed.contains('\u{202e}'), "{typed:?}");
}

#[test]
fn ctrl_c_says_how_to_leave_and_leaves_when_pressed_twice() {
    let mut world = World::deploying();
    world.press("ctrl-c");
    world.expect("press q to leave");
    assert_eq!(world.program, None);
    world.wait(3_000);
    world.press("ctrl-c");
    assert_eq!(world.program, None);
    world.press("ctrl-c");
    assert_eq!(world.program, Some(Program::Quit));
}
