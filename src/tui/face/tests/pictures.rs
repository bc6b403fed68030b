//! Golden pictures with styles: every pane, dialog and arrangement.

use super::everywhere::states;
use crate::tui::glyph::GlyphSet;
use crate::tui::lines::Access;
use crate::tui::snapshot;
use crate::tui::world::World;

fn picture(name: &str, world: &World) {
    let styled = snapshot::styled(&world.buffer().0, &world.face.theme);
    insta::with_settings!({ snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, styled);
    });
}

#[test]
fn every_state_looks_as_it_did_wide_and_narrow() {
    for (name, mut world) in states() {
        for (columns, rows) in [(160, 45), (80, 24)] {
            world.resize(columns, rows);
            picture(&format!("{name}_{columns}x{rows}"), &world);
        }
    }
}

#[test]
fn the_other_arrangements_and_the_card_look_as_they_did() {
    for (columns, rows) in [(200, 60), (120, 30), (100, 25), (60, 16), (48, 10), (20, 3)] {
        let mut world = World::ready();
        world.resize(columns, rows);
        picture(&format!("go_{columns}x{rows}"), &world);
    }
}

#[test]
fn every_pane_alone_looks_as_it_did() {
    for (number, name) in
        (1..).zip(["checklist", "containers", "checks", "sign_offs", "timeline", "logs", "details"])
    {
        let mut world = World::ready();
        world.resize(80, 24);
        world.press(&format!("{number} z"));
        picture(&format!("pane_{name}"), &world);
    }
}

#[test]
fn ascii_and_mono_look_as_they_did() {
    let world = World::ready().with_face("mono", GlyphSet::Ascii, Access::ReadOnly);
    picture("ascii_mono", &world);
}
