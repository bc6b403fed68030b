//! Processes killed in the middle of appending: everything they were told is stored is there.
//!
//! The child is this very test binary. This tests crashes of processes only: the page cache survives them.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::*;

const RECORD: &str = "GONOGO_TEST_RECORD";
const NAME: &str = "GONOGO_TEST_NAME";
/// How many times all writers are killed.
const ROUNDS: usize = 8;
const WRITERS: usize = 2;

/// Appends for ever and prints what is stored; does nothing when run as a test.
#[test]
fn a_child_that_appends_until_it_is_killed() {
    let (Ok(record), Ok(name)) = (std::env::var(RECORD), std::env::var(NAME)) else { return };
    let paths = SessionPaths::at(Path::new(&record)).unwrap();
    let mut writer = open(&paths);
    for n in 0.. {
        let text = format!("{name}-{n}");
        let answers = add(&mut writer, &text);
        assert!(answers.iter().any(|answer| matches!(answer, Answer::Stored { .. })), "{answers:?}");
        println!("\nstored {text}");
    }
}

fn child(paths: &SessionPaths, name: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "--nocapture",
            "runtime::store::tests::kill::a_child_that_appends_until_it_is_killed",
        ])
        .env(RECORD, paths.session())
        .env(NAME, name)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn what_a_killed_writer_was_told_is_stored_is_there() {
    let place = place();
    let mut told = Vec::new();
    for round in 0..ROUNDS {
        let children: Vec<Child> =
            (0..WRITERS).map(|who| child(&place.paths, &format!("{round}-{who}"))).collect();
        let readers: Vec<_> = children
            .into_iter()
            .enumerate()
            .map(|(who, mut child)| {
                std::thread::spawn(move || {
                    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
                    let mut stored = Vec::new();
                    // A different number each time, so that the kill falls into different steps.
                    let enough = 1 + (round * 7 + who * 3) % 12;
                    for line in lines.map_while(Result::ok) {
                        stored.extend(line.strip_prefix("stored ").map(str::to_owned));
                        if stored.len() == enough {
                            child.kill().unwrap();
                        }
                    }
                    child.wait().unwrap();
                    stored
                })
            })
            .collect();
        for reader in readers {
            let stored = reader.join().unwrap();
            assert!(!stored.is_empty(), "the child wrote something");
            told.extend(stored);
        }
    }
    stored_after_all(&place, &told);
}

fn stored_after_all(place: &Place, told: &[String]) {
    let started = Instant::now();
    let answers = add(&mut open(&place.paths), "the end");
    assert!(started.elapsed() < Duration::from_secs(2), "the lock of a killed process is free");
    assert!(answers.iter().any(|answer| matches!(answer, Answer::Stored { .. })), "{answers:?}");
    let texts = on_disk(&place.paths);
    for text in told {
        assert!(texts.contains(text), "{text} was acknowledged and is gone");
    }
}
