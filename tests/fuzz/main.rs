//! Seeded mutations over a corpus, against everything that reads a record: lines, files, unions; and
//! generated Markdown against GitHub's own parser. No nightly, no service.
//!
//! 10,000 seeds of each run with the other tests; `GONOGO_FUZZ_SEEDS=N` runs more, `GONOGO_FUZZ_FIRST=N` begins at another seed, so
//! that a failure is repeated with the seed it names. Not here: named cases, which stand beside the code they are about.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::panic, reason = "that is how a test fails")]
#![expect(clippy::indexing_slicing, reason = "a wrong index fails the test, as it should")]
#![expect(clippy::disallowed_methods, reason = "tests read the environment")]

mod corpus;
mod files;
mod github;
mod lines;
mod mutate;
mod shell_text;
mod unions;

/// How many seeds each target gets where nobody says otherwise.
const SEEDS: u64 = 10_000;

/// Runs a target once for each seed; a failure names the seed.
fn each_seed(target: impl Fn(&mut mutate::Dice) + std::panic::RefUnwindSafe) {
    seeds(SEEDS, target);
}

/// The same with another number of seeds where nobody says otherwise.
fn seeds(usual: u64, target: impl Fn(&mut mutate::Dice) + std::panic::RefUnwindSafe) {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    let first = number("GONOGO_FUZZ_FIRST").unwrap_or(1);
    for seed in first..first + number("GONOGO_FUZZ_SEEDS").unwrap_or(usual) {
        let target = &target;
        let run = std::panic::catch_unwind(|| target(&mut mutate::Dice::new(seed)));
        assert!(run.is_ok(), "seed {seed}: repeat it with GONOGO_FUZZ_FIRST={seed} GONOGO_FUZZ_SEEDS=1");
    }
}
