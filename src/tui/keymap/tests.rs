//! The rules of the key table.

use std::collections::HashSet;

use super::*;

const MODES: [KeyMode; 5] = [KeyMode::Screen, KeyMode::Help, KeyMode::Card, KeyMode::Dialog, KeyMode::Field];

/// What starts or stops a run, signs, or holds.
const DANGEROUS: [Action; 7] = [
    Action::SignOff,
    Action::Withdraw,
    Action::Hold,
    Action::Deploy,
    Action::Pause,
    Action::RollBack,
    Action::Abort,
];

fn key(notation: &str) -> Key {
    Key::parse(notation).unwrap()
}

fn press(mode: KeyMode, pane: PaneId, notation: &str) -> Found {
    let map = Keymap::built_in();
    let keys = Key::parse_all(notation).unwrap();
    match keys.as_slice() {
        [one] => map.look_up(mode, pane, None, *one),
        [one, two] => {
            assert_eq!(map.look_up(mode, pane, None, *one), Found::Prefix);
            map.look_up(mode, pane, Some(*one), *two)
        }
        _ => panic!("{notation}"),
    }
}

#[test]
fn every_key_of_the_table_is_a_key_and_every_action_has_one_row() {
    let mut seen = HashSet::new();
    for binding in TABLE {
        assert!(seen.insert(binding.action), "two rows for {:?}", binding.action);
        assert!(!binding.keys.is_empty() && !binding.help.is_empty() && !binding.short.is_empty());
        for keys in binding.keys {
            let read = Key::parse_all(keys).unwrap();
            assert!((1..=2).contains(&read.len()), "{keys}");
        }
    }
}

#[test]
fn no_key_has_two_meanings_in_one_place() {
    for mode in MODES {
        for pane in PaneId::ALL {
            for own in [true, false] {
                let mut seen: Vec<(Vec<Key>, Action)> = Vec::new();
                let rows = TABLE.iter().filter(|row| row.scope.is_of_a_pane() == own);
                for row in rows.filter(|row| row.scope.reaches(mode, pane)) {
                    for keys in row.keys.iter().map(|keys| Key::parse_all(keys).unwrap()) {
                        let clash = seen
                            .iter()
                            .find(|(other, _)| other.starts_with(&keys) || keys.starts_with(other));
                        assert!(clash.is_none(), "{keys:?} is {:?} and {clash:?}", row.action);
                        seen.push((keys, row.action));
                    }
                }
            }
        }
    }
}

#[test]
fn no_lower_case_key_starts_or_stops_a_run_signs_or_holds() {
    for row in TABLE.iter().filter(|row| DANGEROUS.contains(&row.action)) {
        for keys in row.keys {
            let read = Key::parse_all(keys).unwrap();
            let capital = |key: &Key| key.typed().is_some_and(char::is_uppercase);
            assert!(read.len() == 1 && read.iter().all(capital), "{keys} for {:?}", row.action);
        }
    }
}

#[test]
fn every_dangerous_key_asks_except_pause_which_only_waits() {
    for row in TABLE.iter().filter(|row| DANGEROUS.contains(&row.action)) {
        assert_eq!(row.asks == Asks::Nothing, row.action == Action::Pause, "{:?}", row.action);
        assert_eq!(row.group, Group::Release, "{:?}", row.action);
        assert!(row.twin.is_some(), "{:?}", row.action);
    }
}

#[test]
fn rollback_and_abort_are_one_key_away_everywhere_but_in_a_field() {
    for pane in PaneId::ALL {
        for mode in [KeyMode::Screen, KeyMode::Help, KeyMode::Card, KeyMode::Dialog] {
            assert_eq!(press(mode, pane, "B"), Found::Action(Action::RollBack), "{mode:?} {pane:?}");
            assert_eq!(press(mode, pane, "X"), Found::Action(Action::Abort), "{mode:?} {pane:?}");
        }
        assert_eq!(press(KeyMode::Field, pane, "B"), Found::Nothing);
    }
}

#[test]
fn in_a_field_every_key_that_types_is_text() {
    let map = Keymap::built_in();
    for typed in (' '..='~').chain(['é', '日']) {
        let key = Key::plain(crate::tui::key::KeyCode::Char(typed));
        assert_eq!(map.look_up(KeyMode::Field, PaneId::Checklist, None, key), Found::Nothing, "{typed}");
    }
    assert_eq!(press(KeyMode::Field, PaneId::Logs, "F1"), Found::Action(Action::Help));
    assert_eq!(press(KeyMode::Field, PaneId::Logs, "ctrl-c"), Found::Action(Action::Interrupt));
}

#[test]
fn a_pane_has_its_own_meaning_of_a_key() {
    assert_eq!(press(KeyMode::Screen, PaneId::Checklist, "w"), Found::Action(Action::Waive));
    assert_eq!(press(KeyMode::Screen, PaneId::Logs, "w"), Found::Action(Action::WrapLines));
    assert_eq!(press(KeyMode::Screen, PaneId::Containers, "L"), Found::Action(Action::LogsOfContainer));
    assert_eq!(press(KeyMode::Screen, PaneId::Logs, "L"), Found::Action(Action::LogLevel));
    assert_eq!(press(KeyMode::Screen, PaneId::SignOffs, "w"), Found::Nothing);
}

#[test]
fn two_keys_go_where_the_menu_says() {
    for (keys, action) in [
        ("g g", Action::Top),
        ("g r", Action::GoRelease),
        ("g d", Action::GoRun),
        ("g w", Action::GoWindow),
        ("g t", Action::GoRecord),
        ("g l", Action::GoLogs),
        ("g e", Action::GoEnvironment),
        ("g m", Action::GoMessages),
        ("g h", Action::HandOver),
        ("g i", Action::GoDocument),
        ("g p", Action::PutBack),
        ("g !", Action::NextProblem),
    ] {
        assert_eq!(press(KeyMode::Screen, PaneId::Checks, keys), Found::Action(action), "{keys}");
    }
    assert_eq!(press(KeyMode::Screen, PaneId::Checks, "g x"), Found::Nothing);
    assert_eq!(Keymap::built_in().after(key("g"), GlyphSet::Unicode).len(), 12);
}

#[test]
fn what_sits_on_ctrl_or_a_function_key_has_another_way() {
    // Redraw, suspend and interrupt are what every terminal program has there; the palette will list them.
    let known =
        [Action::Redraw, Action::Suspend, Action::Interrupt, Action::HalfPageDown, Action::HalfPageUp];
    for row in TABLE.iter().filter(|row| !known.contains(&row.action)) {
        let easy = |keys: &&str| {
            let read = Key::parse_all(keys).unwrap();
            read.iter()
                .all(|key| !key.ctrl && !key.alt && !matches!(key.code, crate::tui::key::KeyCode::F(_)))
                && !keys.contains(['[', ']', '{', '}', '\\', '|'])
        };
        assert!(row.keys.iter().any(easy), "{:?}", row.action);
    }
}

#[test]
fn arrows_are_shown_as_arrows_where_they_can_be() {
    let map = Keymap::built_in();
    assert_eq!(map.labels(Action::MoveDown, GlyphSet::Unicode), ["j", "↓"]);
    assert_eq!(map.labels(Action::MoveDown, GlyphSet::Ascii), ["j", "down"]);
    assert_eq!(map.labels(Action::Top, GlyphSet::Ascii), ["g g", "home"]);
    assert_eq!(map.labels(Action::Tick, GlyphSet::Ascii), ["space"]);
}
