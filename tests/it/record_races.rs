//! Deploys that several people start in the same moment, as processes of the real program: one wins, the others are told.
//!
//! The same on the store alone, with its guard: `src/runtime/store/tests/many.rs`.

use std::sync::Barrier;
use std::thread;

use super::support::program::Outcome;
use super::support::scene::{Extra, Scene, WAITS, count_events};

/// Processes that start at once.
const RACING: usize = 100;

#[test]
fn of_a_hundred_deploys_at_once_one_runs_and_the_others_are_refused() {
    let scene = Scene::new(&Extra { first: WAITS, ..Extra::default() });
    scene.make_ready();
    let start = Barrier::new(RACING);
    let outcomes: Vec<Outcome> = thread::scope(|scope| {
        let all: Vec<_> = (0..RACING)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    scene.run(&["deploy", "--confirm", "production", "--detach"])
                })
            })
            .collect();
        all.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let won = outcomes.iter().filter(|outcome| outcome.code == 5).count();
    let refused = outcomes.iter().filter(|outcome| outcome.code == 1 && !outcome.stderr.is_empty()).count();
    let odd: Vec<&Outcome> = outcomes.iter().filter(|outcome| !matches!(outcome.code, 1 | 5)).collect();
    assert_eq!((won, refused), (1, RACING - 1), "{odd:#?}");
    scene.let_go_on();
    scene.run(&["attach"]).expect(0);
    let record = scene.place.read(&scene.session());
    assert_eq!((count_events(&record, "run.requested"), count_events(&record, "run.ended")), (1, 1));
}
