//! `compare` and `burn` at work, and the baseline they and the default trigger rest on: when each fires, and when not.
//!
//! Not here: how often the default trigger fires by chance (`acceptance.rs`).

use chrono::{DateTime, TimeDelta, Utc};

use super::played::{Played, answer, at, opened, play, window};
use crate::checklist::window::Window;
use crate::rules::window::baseline::{Baseline, Collecting, TIMES_MAX};
use crate::rules::window::sample::Sample;
use crate::rules::window::watch::OpenWindow;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// One HTTP indicator, this plan, this trigger.
fn one(stages: &str, trigger: &str) -> Window {
    window(&format!(
        "[windows.w]\nstages = [{stages}]\nbaseline = \"1h\"\n\
         [windows.w.indicators.api]\ncheck = {{ http = {{ url = \"http://x/\" }} }}\nslow = \"200ms\"\n\
         [[windows.w.objectives]]\nthat = \"success(api) > 50 %\"\ndecision = \"point\"\n\
         [windows.w.triggers.alarm]\n{trigger}\n"
    ))
}

fn began() -> DateTime<Utc> {
    opened() - TimeDelta::hours(1)
}

/// An hour before the deploy as this service answers, by milliseconds since its begin.
fn collected(window: &Window, service: &dyn Fn(i64, DateTime<Utc>) -> Sample) -> Baseline {
    let mut collecting = Collecting::new(window, began()).unwrap();
    let mut after = began() - TimeDelta::milliseconds(1);
    while let Some(due) = collecting.next_due("api", after) {
        collecting.take("api", &service((due - began()).num_milliseconds(), due));
        after = due;
    }
    collecting.finish(opened())
}

/// A server that answers, or says 503.
fn fails(bad: impl Fn(i64) -> bool) -> impl Fn(i64, DateTime<Utc>) -> Sample {
    move |ms, time| answer(time, bad(ms))
}

/// A server that takes so long.
fn takes(took_us: u64) -> impl Fn(i64, DateTime<Utc>) -> Sample {
    move |_, time| Sample { took_us, ..answer(time, false) }
}

fn played(
    window: &Window,
    before: Option<Baseline>,
    service: impl Fn(i64, DateTime<Utc>) -> Sample,
) -> Played {
    let mut open = OpenWindow::new(window, opened(), before);
    let end = (open.ends() - opened()).num_milliseconds();
    play(&mut open, (0, end), &mut |_, ms| Some(service(ms, at(ms))), &|_| false)
}

/// Between whole minutes, when the alarm fired and was resolved.
fn minutes(list: &[(i64, String)]) -> Vec<i64> {
    list.iter().map(|(ms, _)| ms / MINUTE).collect()
}

const FIRST_HOUR: &str = "{ for = \"5m\", every = \"1s\" }, { for = \"2h\", every = \"5s\" }";

#[test]
fn a_baseline_counts_what_it_saw_by_the_windows_own_plan() {
    let window = one(FIRST_HOUR, "compare = \"api\"");
    // A minute of failures after half an hour: six buckets of the five-second grid.
    let seen = collected(&window, &fails(|ms| (30 * MINUTE..31 * MINUTE).contains(&ms)));
    let api = seen.of("api").unwrap();
    assert_eq!((seen.length_ms, api.samples, api.bad), (HOUR, 300 + 660, 12));
    let shares: Vec<_> =
        api.shares.iter().map(|share| (share.every_ms, share.buckets, share.bad_buckets)).collect();
    assert_eq!(shares, [(1_000, 30, 0), (5_000, 360, 6)]);
    assert_eq!((api.p50_us, api.p95_us, api.times_us.len()), (20_000, 20_000, TIMES_MAX));
    assert_eq!(api.mean_value, None);
}

#[test]
fn a_baseline_that_was_cut_short_or_saw_nothing_says_so() {
    let window = one(FIRST_HOUR, "compare = \"api\"");
    let mut collecting = Collecting::new(&window, began()).unwrap();
    for second in 0..60 {
        let due = collecting.next_due("api", began() + TimeDelta::milliseconds(second * SECOND - 1)).unwrap();
        let sample = if second < 30 { Sample::no_data(due) } else { answer(due, false) };
        collecting.take("api", &sample);
        collecting.take("nobody", &sample);
    }
    assert_eq!(collecting.next_due("nobody", began()), None);
    assert_eq!(collecting.next_due("api", opened()), None, "an hour is enough");
    let short = collecting.finish(began() + TimeDelta::minutes(1));
    let api = short.of("api").unwrap();
    assert_eq!((short.length_ms, api.samples, api.bad), (MINUTE, 30, 0), "no data is no sample");
    assert_eq!(api.shares[0].buckets, 3);
    let unasked = Window { baseline: None, ..window };
    assert!(Collecting::new(&unasked, began()).is_none());
}

#[test]
fn worse_than_before_fires_in_the_first_hour_and_only_against_a_baseline() {
    let window = one(FIRST_HOUR, "compare = \"api\"");
    let good = || Some(collected(&window, &fails(|_| false)));
    // Every seventh second: a failure in each ten of them.
    let failing = |from: i64| fails(move |ms| ms >= from && ms / SECOND % 7 == 0);
    let at_once = played(&window, good(), failing(0));
    let fired = at_once.fired.first().map(|(ms, _)| *ms);
    assert!(matches!(fired, Some(ms) if (60 * SECOND..=90 * SECOND).contains(&ms)), "{fired:?}");
    assert_eq!(played(&window, good(), fails(|_| false)).fired, []);
    assert_eq!(played(&window, None, failing(0)).fired, [], "nothing to compare with");
    // It was like that before.
    let before = Some(collected(&window, &failing(0)));
    assert_eq!(played(&window, before, failing(0)).fired, []);
    // Another hour's traffic is no control group.
    assert_eq!(played(&window, good(), failing(HOUR)).fired, []);
    let whole = one(FIRST_HOUR, "compare = \"api\"\nwithin = \"2h\"");
    let late = played(&whole, Some(collected(&whole, &fails(|_| false))), fails(|ms| ms >= 90 * MINUTE));
    assert_eq!(minutes(&late.fired), [91], "five bad buckets and three looks");
}

#[test]
fn slower_than_before_fires_from_half_as_slow_again_on() {
    let window = one(FIRST_HOUR, "compare = \"api.slow\"");
    let before = || Some(collected(&window, &takes(20_000)));
    let alarm = |took_us: u64| minutes(&played(&window, before(), takes(took_us)).fired);
    assert_eq!(alarm(20_000), [0; 0]);
    assert_eq!(alarm(29_000), [0; 0], "clearly slower, and nobody cares");
    assert_eq!(alarm(31_000), [0], "within the first minute");
    assert_eq!(minutes(&played(&window, None, takes(90_000)).fired), [0; 0]);
}

#[test]
fn a_budget_burns_when_both_look_backs_do_and_have_been_filled() {
    let window = one(
        "{ for = \"4h\", every = \"5s\" }",
        "burn = \"api\"\nobjective = \"99 %\"\npairs = [[\"1h\", \"5m\", 14.4]]",
    );
    // 14.4 % of an hour are 8 minutes and 38 seconds of an outage; it is resolved when the five minutes are good again.
    let outage = |from: i64, to: i64| fails(move |ms| (from * MINUTE..to * MINUTE).contains(&ms));
    let long = played(&window, None, outage(100, 115));
    assert_eq!((minutes(&long.fired), minutes(&long.resolved)), (vec![108], vec![119]));
    assert_eq!(played(&window, None, outage(100, 108)).fired, [], "too short to burn it");
    assert_eq!(played(&window, None, outage(10, 40)).fired, [], "nobody knows the hour before");
    let begun = played(&window, None, outage(40, 70));
    assert_eq!(minutes(&begun.fired), [60], "once the hour is known");
    // Bursts all the time: a tenth never burns it, a fifth does as soon as the hour is known.
    let tenths = |bad: i64| fails(move |ms| ms / (5 * SECOND) % 100 < 10 * bad);
    assert_eq!(played(&window, None, tenths(1)).fired, []);
    let first = minutes(&played(&window, None, tenths(2)).fired).first().copied();
    assert!(matches!(first, Some(60..=69)), "{first:?}");
}
