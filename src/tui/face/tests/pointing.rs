//! The mouse: taken with `M`, it focuses, selects and moves, and acts on nothing.

use crate::tui::face::Pointing;
use crate::tui::pane::PaneId;
use crate::tui::world::World;

/// The cell of a text on the screen.
fn cell_of(world: &World, text: &str) -> (u16, u16) {
    let screen = world.screen();
    let found = screen.lines().enumerate().find_map(|(row, line)| {
        let (before, _) = line.split_once(text)?;
        Some((u16::try_from(before.chars().count()).unwrap(), u16::try_from(row).unwrap()))
    });
    found.unwrap_or_else(|| panic!("`{text}` is not on the screen:\n{screen}"))
}

fn point(world: &mut World, cell: (u16, u16), act: Pointing) {
    let (engine, at) = (&world.engine, world.at);
    world.face.mouse_at(engine, at, cell, act);
}

#[test]
fn a_click_focuses_the_pane_and_selects_the_row_and_the_wheel_moves() {
    let mut world = World::ready();
    let web = cell_of(&world, "web-1");
    point(&mut world, web, Pointing::Click);
    assert_eq!(world.face.state.focus(), PaneId::Checklist, "the mouse is the terminal's until M takes it");
    world.press("M");
    point(&mut world, web, Pointing::Click);
    assert_eq!(world.face.state.focus(), PaneId::Containers);
    world.expect("\u{25b8}2 Containers");
    world.expect(">\u{2713} web-1");
    point(&mut world, web, Pointing::WheelUp);
    world.expect(">\u{2713} api-1");
    assert!(world.commands.iter().all(|command| !format!("{command:?}").starts_with("Start")));
}

#[test]
fn under_a_dialog_the_mouse_does_nothing() {
    let mut world = World::ready();
    world.press("M");
    let web = cell_of(&world, "web-1");
    world.press("B");
    point(&mut world, web, Pointing::Click);
    assert_eq!(world.face.state.focus(), PaneId::Checklist);
}

#[test]
fn a_click_at_any_cell_of_any_size_fails_nowhere() {
    let mut world = World::ready();
    world.press("M");
    for (columns, rows) in [(160, 45), (120, 25), (80, 24), (60, 16), (20, 5)] {
        world.resize(columns, rows);
        for cell in (0..columns).step_by(7).flat_map(|x| (0..=rows).map(move |y| (x, y))) {
            point(&mut world, cell, Pointing::Click);
            point(&mut world, cell, Pointing::WheelDown);
        }
    }
}
