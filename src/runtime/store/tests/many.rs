//! Many writers at once, and writers killed at any moment: what they were told is stored is there, and all see one state.
//!
//! Kills test crashes of processes only: the page cache survives them. `GONOGO_TEST_KILLS` asks for a longer loop.

use std::collections::BTreeSet;

use super::super::session_store::append_request;
use super::children::{Task, Writing, digest, open_session};
use super::*;
use crate::checklist::action::ActionKind;
use crate::engine::effect::{AppendId, Urgency};
use crate::rules::guard::Guard as Holds;
use crate::session::event::Event;
use crate::session::recorded::{Author, Proposed};
use crate::session::run_payload::RunRequested;

/// Kills of the loop where nobody asks for more; a thousand take under a minute.
const KILLS: usize = 120;
/// So long a writer of the loop lives at most.
const LIFE_MAX_MICROS: u64 = 50_000;

/// A small generator, so that a run can be repeated: its seed is in the message of a failure.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().map_or(usual, |text| text.parse().unwrap())
}

/// All of these are on disk once, in the order each writer was told; nothing else is, but what nobody was told.
#[track_caller]
fn nothing_acknowledged_is_missing(paths: &SessionPaths, told: &[Vec<String>]) -> usize {
    let texts = on_disk(paths);
    let places: std::collections::HashMap<&str, usize> =
        texts.iter().enumerate().map(|(place, text)| (text.as_str(), place)).collect();
    for own in told {
        let found: Vec<usize> = own
            .iter()
            .map(|text| {
                *places.get(text.as_str()).unwrap_or_else(|| panic!("{text} was acknowledged and is gone"))
            })
            .collect();
        assert!(found.is_sorted(), "in the order they were stored");
    }
    // A kill in the middle of a write is repaired by the next writer, which says so.
    let own: Vec<&String> = texts.iter().filter(|text| *text != "log.repaired").collect();
    assert_eq!(own.iter().collect::<BTreeSet<_>>().len(), own.len(), "nothing twice");
    texts.len()
}

/// The state that a process says it ends with.
#[track_caller]
fn ends_with(process: &mut Writing, events: usize) -> String {
    process.tell(&events.to_string());
    process.hears("digest").expect("it says its state")
}

#[test]
fn two_writers_of_a_thousand_events_lose_none_and_end_in_one_state() {
    let place = place();
    let mut writers: Vec<Writing> =
        ["ada", "ben"].map(|name| Writing::start(&place.paths, name, Task::Count(0, 1_000))).into();
    let told: Vec<Vec<String>> = std::thread::scope(|scope| {
        let all = writers.iter_mut().map(|writer| {
            scope.spawn(move || (0..1_000).map(|_| writer.hears("stored").unwrap()).collect::<Vec<_>>())
        });
        all.collect::<Vec<_>>().into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(nothing_acknowledged_is_missing(&place.paths, &told), 2_000);
    let bytes = fs::read(place.paths.session()).unwrap();
    let (_, scanner, batch) = scan_file(&bytes).unwrap();
    assert_eq!(scanner.findings(), []);
    // Without a lock two lines would name one parent, and a guard would have looked at an old state.
    assert!(batch.lines.iter().all(|found| found.line.up.len() == 1), "one chain, no join after a fork");
    assert_eq!(verify(&bytes, &Witness::default(), Anchor::Required).outcome, Outcome::Unanchored);
    let anew = digest(open_session(&place.paths).state());
    for writer in &mut writers {
        assert_eq!(ends_with(writer, 2_000), anew, "what it folded live is what a reader folds");
    }
}

#[test]
fn four_writers_killed_at_random_lose_nothing_acknowledged_and_end_in_one_state() {
    const EACH: usize = 500;
    const SEED: u64 = 0x5eed_0f4a_11ed;
    let place = place();
    let mut witness = open_session(&place.paths);
    let paths = &place.paths;
    let told: Vec<Vec<String>> = std::thread::scope(|scope| {
        let all = (0..4_u64).map(|who| scope.spawn(move || until_it_has_said(paths, who, EACH, SEED + who)));
        all.collect::<Vec<_>>().into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(told.iter().all(|own| own.len() == EACH));
    // The last kill may have left a torn end: the next append puts it aside.
    witness.append(&mut VecDeque::from([Request::plain(1, vec![note("the end")])]));
    let events = nothing_acknowledged_is_missing(paths, &told);
    assert!(events > 4 * EACH, "{events}");
    let mut readers: Vec<Writing> = (0..2).map(|_| Writing::start(paths, "reader", Task::Digest)).collect();
    let states: BTreeSet<String> =
        readers.iter_mut().map(|reader| ends_with(reader, events)).chain([digest(witness.state())]).collect();
    assert_eq!(states.len(), 1, "the one that watched all along, and those who read anew: {states:?}");
}

/// Starts a writer again each time it was killed, until it was told of so many events.
fn until_it_has_said(paths: &SessionPaths, who: u64, events: usize, seed: u64) -> Vec<String> {
    let (mut dice, mut told, mut life) = (Dice(seed), Vec::new(), 0);
    while told.len() < events {
        life += 1;
        let mut writer = Writing::start(paths, &format!("{who}-{life}"), Task::Count(0, events - told.len()));
        let enough = 20 + dice.below(120);
        for _ in 0..enough {
            match writer.hears("stored") {
                Some(text) => told.push(text),
                None => break,
            }
            if told.len() == events {
                break;
            }
        }
        writer.kill();
        // It may have gone on before the signal came; that is acknowledged too.
        while told.len() < events
            && let Some(text) = writer.hears("stored")
        {
            told.push(text);
        }
    }
    told
}

#[test]
fn a_writer_killed_at_any_moment_loses_nothing_it_was_told() {
    let place = place();
    let kills = number("GONOGO_TEST_KILLS", KILLS);
    let (mut dice, mut told, mut lives) = (Dice(0xdead_beef_cafe), Vec::new(), 0);
    for life in 0..kills {
        let mut writer = Writing::start(&place.paths, &format!("life{life}"), Task::Count(0, usize::MAX));
        // The clock of its death starts with its first word: what comes before is the test harness.
        let Some(first) = writer.hears("stored") else { panic!("it stores something") };
        let (stop, wait) = sync_channel::<()>(1);
        assert!(wait.recv_timeout(Duration::from_micros(dice.below(LIFE_MAX_MICROS))).is_err());
        drop(stop);
        writer.kill();
        told.push(first);
        told.extend(std::iter::from_fn(|| writer.hears("stored")));
        lives += 1;
    }
    assert_eq!(lives, kills);
    let started = Instant::now();
    stored_alone(&place.paths);
    assert!(started.elapsed() < Duration::from_secs(1), "the lock of a killed process is free");
    nothing_acknowledged_is_missing(&place.paths, &[told]);
}

fn stored_alone(paths: &SessionPaths) {
    let answers = add(&mut open(paths), "the end");
    assert!(answers.iter().any(|answer| matches!(answer, Answer::Stored { .. })), "{answers:?}");
}

/// Deploys that begin in the same moment.
const RACING: usize = 100;
/// A hundred writers stand in one line here; each takes some milliseconds.
const PATIENCE: Duration = Duration::from_mins(1);

/// What a deploy asks for, with the guard of the engine that does not depend on its clock.
fn deploy(number: usize) -> Request<crate::session::state::Session> {
    let requested = RunRequested {
        run: fresh_ulid().to_string(),
        action: "deploy".into(),
        kind: ActionKind::Deploy,
        item: None,
        environment: Some("production".into()),
        version: Some("2.4.0".into()),
        fingerprint: "f".into(),
        verdict: "GO".into(),
        trusted: None,
        steps: Vec::new(),
    };
    let author = Author { by: format!("person-{number}@example.com"), on: "build1/1".into() };
    let event = Proposed { at: DateTime::UNIX_EPOCH, author, event: Event::RunRequested(requested) };
    let guard = Holds::All(vec![Holds::Open, Holds::NoActiveRun { environment: Some("production".into()) }]);
    let id = AppendId(u64::try_from(number).unwrap());
    let request = append_request(id, vec![event], guard, Urgency::Normal).unwrap();
    Request { wait: PATIENCE, ..request }
}

#[test]
fn of_a_hundred_deploys_at_once_exactly_one_wins_and_the_others_hear_of_whom() {
    let place = place();
    let (start, paths) = (std::sync::Barrier::new(RACING), &place.paths);
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..RACING)
            .map(|number| {
                let start = &start;
                scope.spawn(move || {
                    let mut writer = open_session(paths);
                    start.wait();
                    writer.append(&mut VecDeque::from([deploy(number)]))
                })
            })
            .collect();
        all.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let won = answers.iter().filter(|answer| matches!(answer, Answer::Stored { .. })).count();
    let named = |reason: &str| reason.contains("was started by person-");
    let refused =
        answers.iter().filter(|answer| matches!(answer, Answer::Refused { reason, .. } if named(reason)));
    assert_eq!((won, refused.count()), (1, RACING - 1), "{answers:?}");
    assert_eq!(on_disk(paths), ["run.requested"]);
}
