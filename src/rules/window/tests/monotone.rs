//! Properties: a status never improves when a sample turns bad; a detector's sum is never below nothing and no gap
//! changes it; sums kept up sample by sample are those of a scan.

use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, proptest};

use super::played::{answer, at, opened, told_figures, window};
use crate::checklist::window::Window;
use crate::rules::window::buckets::LATE_MS;
use crate::rules::window::objective::Outcome;
use crate::rules::window::sample::Sample;
use crate::rules::window::watch::OpenWindow;
use crate::session::status::GapWhy;

const LENGTH: i64 = 120;

fn short() -> Window {
    window(
        r#"
[windows.w]
stages = [{ for = "1m", every = "1s" }, { for = "2m", every = "2s" }]
indicators = { api = { check = { http = { url = "http://x" } } } }
[[windows.w.objectives]]
that = ["success(api) > 90 %", "error_rate(api) < 30 % over 30s", "p95(api) < 25ms", "streak(api) < 8"]
[[windows.w.objectives]]
that = "success(api) > 95 %"
decision = "confident"
[windows.w.triggers]
detected = { detect = "api" }
many = { when = "error_rate(api) > 40 % over 20s for 5s", min_samples = 5 }
row = { when = "streak(api.bad) >= 5", min_samples = 1 }
"#,
    )
}

/// What a window says after these samples: outcomes of objectives, whether each trigger fired, the sum.
fn told(samples: &[Option<bool>]) -> (Vec<Outcome>, Vec<bool>, i64) {
    let mut window = OpenWindow::new(&short(), opened(), None);
    let mut due = window.next_due("api", at(-1));
    let mut fired = [false; 3];
    let names = ["detected", "many", "row"];
    for (second, sample) in samples.iter().enumerate() {
        let now = at(i64::try_from(second).unwrap() * 1_000 + 999);
        while let Some(scheduled) = due.filter(|due| *due <= now) {
            if let Some(bad) = sample {
                window.take("api", answer(scheduled, *bad));
            }
            due = window.next_due("api", scheduled);
        }
        window.evaluate(now);
        for (fired, name) in fired.iter_mut().zip(names) {
            *fired |= window.trigger(name).is_some_and(|(_, latched)| latched);
        }
    }
    let end = at(LENGTH * 1_000);
    // A bucket that is bad is decided early, a good one when late samples had their time: only then is the sum the same
    // look at all buckets.
    window.evaluate(at(LENGTH * 1_000 + LATE_MS));
    let judged = [0, 1].map(|stage| window.judge(stage, end)).into_iter();
    let outcomes = judged.flat_map(|stage| stage.objectives.into_iter().map(|one| one.outcome)).collect();
    (outcomes, fired.to_vec(), window.sum_milli_nats("detected").unwrap())
}

fn minutes() -> impl Strategy<Value = Vec<Option<bool>>> {
    let second = prop::option::weighted(0.95, prop::bool::weighted(0.1));
    prop::collection::vec(second, usize::try_from(LENGTH).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_improves_when_a_sample_turns_bad(samples in minutes(), turned in 0..120_usize) {
        let before = told(&samples);
        let mut worse = samples.clone();
        if worse[turned].is_some() {
            worse[turned] = Some(true);
        }
        let after = told(&worse);
        prop_assert!(after.2 >= before.2 && before.2 >= 0);
        for (was, is) in before.1.iter().zip(&after.1) {
            prop_assert!(is >= was, "a trigger that fired must fire still");
        }
        for (at, (was, is)) in before.0.iter().zip(&after.0).enumerate() {
            // A confident fail may turn inconclusive: one more failure in a burst makes the samples worth fewer.
            let pointed = at % 5 != 4;
            let improved = if pointed { is < was } else { *is == Outcome::Pass && *was != Outcome::Pass };
            prop_assert!(!improved, "objective {at}: {was:?} became {is:?}");
        }
    }

    #[test]
    fn a_gap_changes_no_sum(samples in minutes(), length in 1_000_i64..50_000) {
        let mut window = OpenWindow::new(&short(), opened(), None);
        for (second, sample) in samples.iter().take(60).enumerate() {
            let now = at(i64::try_from(second).unwrap() * 1_000 + 500);
            window.take("api", answer(now, *sample == Some(true)));
        }
        window.evaluate(at(60_000));
        let sum = window.sum_milli_nats("detected");
        window.gap(at(60_000), at(60_000 + length), GapWhy::Asleep);
        let changes = window.evaluate(at(60_000 + length));
        prop_assert_eq!(window.sum_milli_nats("detected"), sum);
        prop_assert!(changes.is_empty(), "{:?}", changes);
    }

    #[test]
    fn kept_up_sums_are_those_of_a_scan(
        samples in prop::collection::vec((0_i64..90, any::<bool>(), 0_u64..60_000), 1..120),
        over in 5_i64..60,
    ) {
        let tables = format!(
            "[windows.w]\nstages = [{{ for = \"2m\", every = \"1s\" }}]\n\
             indicators = {{ api = {{ check = {{ http = {{ url = \"http://x\" }} }} }} }}\n\
             triggers.t = {{ any = [\"error_rate(api) > 20 % over {over}s\", \"p95(api) > 30ms over {over}s\", \
             \"avg(api) > 30ms over {over}s\"], min_samples = 1 }}"
        );
        let mut window = OpenWindow::new(&window(&tables), opened(), None);
        let mut taken: Vec<(i64, Sample)> = Vec::new();
        for (at_index, (second, bad, took_us)) in samples.iter().enumerate() {
            let sample = Sample { took_us: *took_us, ..answer(at(second * 1_000), *bad) };
            if window.take("api", sample) != crate::rules::window::watch::Noted::Double {
                taken.push((*second, sample));
            }
            // Evaluations in between expire samples, also before late ones come.
            if at_index % 7 == 0 {
                window.evaluate(at(60_000 + i64::try_from(at_index).unwrap() * 200));
            }
        }
        let now = 95;
        window.evaluate(at(now * 1_000));
        let inside: Vec<Sample> = taken.iter().filter(|(second, _)| *second > now - over).map(|(_, one)| *one).collect();
        let figures = told_figures(&window);
        if inside.is_empty() {
            return Ok(());
        }
        let count = u32::try_from(inside.len()).unwrap();
        let bad = u32::try_from(inside.iter().filter(|one| one.has(None)).count()).unwrap();
        prop_assert_eq!(figures.0, count);
        prop_assert_eq!(figures.1, bad);
        let mut times: Vec<u64> = inside.iter().map(|one| one.took_us).collect();
        times.sort_unstable();
        let rank = usize::try_from(crate::rules::window::question::nearest_rank(0.95, count)).unwrap();
        prop_assert_eq!(figures.2, times[rank - 1] > 30_000);
        prop_assert_eq!(figures.3, times.iter().sum::<u64>() > 30_000 * u64::from(count));
    }
}
