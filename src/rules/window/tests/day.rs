//! Days that are played: good, with an outage, asleep, with the clock set back.

use super::played::{Played, answer, at, first_day, opened, play, window};
use crate::checklist::window_facet::Facet;
use crate::rules::window::objective::Outcome;
use crate::rules::window::sample::{Facets, Reading, Sample};
use crate::rules::window::standing::StandingWord;
use crate::rules::window::trigger::TriggerState;
use crate::rules::window::watch::{Noted, OpenWindow};
use crate::session::status::{GapWhy, WindowVerdict};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A whole healthy fleet: every indicator of the sketch, `bad(ms)` for the API.
fn fleet(bad: impl Fn(i64) -> bool) -> impl FnMut(&str, i64) -> Option<Sample> {
    move |name, ms| {
        let sample = answer(at(ms), name == "api" && bad(ms));
        Some(match name {
            "cpu" | "memory" => Sample { value: Some(440), took_us: 0, ..sample },
            "errors" | "db-log" => Sample { value: Some(0), took_us: 0, ..sample },
            _ => sample,
        })
    }
}

fn day(bad: impl Fn(i64) -> bool) -> (OpenWindow, Played) {
    let mut window = OpenWindow::new(&first_day(), opened(), None);
    let played = play(&mut window, (0, DAY), &mut fleet(bad), &|_| false);
    (window, played)
}

#[test]
fn a_good_day_is_healthy_to_its_end() {
    let (window, played) = day(|_| false);
    assert!(played.fired.is_empty());
    let verdicts: Vec<_> = played.stages.iter().map(|stage| stage.verdict).collect();
    assert_eq!(verdicts, [Outcome::Pass; 3], "{:#?}", played.stages);
    assert_eq!(window.standing(at(DAY)).word, StandingWord::Healthy);
    assert_eq!(window.closing(at(DAY)).verdict, WindowVerdict::Healthy);
    assert_eq!(window.closing(at(DAY - 1)).verdict, WindowVerdict::Inconclusive, "closed before its end");
    let day = played.stages[2].objectives.iter().find(|one| one.text == "success(api) > 99 %").unwrap();
    assert_eq!((day.n, day.n_eff), (2_880, 2_880));
    assert!(day.bound.starts_with("proven"), "{}", day.bound);
}

#[test]
fn an_outage_fires_once_is_latched_and_resolved() {
    let (mut window, played) = day(|ms| (30 * MINUTE..40 * MINUTE).contains(&ms));
    let of = |list: &[(i64, String)], name: &str| -> Vec<i64> {
        list.iter().filter(|(_, fired)| fired == name).map(|(ms, _)| *ms).collect()
    };
    let fired = of(&played.fired, "outage");
    assert_eq!(fired.len(), 1);
    assert!(fired[0] <= 30 * MINUTE + 70_000, "{fired:?}");
    let resolved = of(&played.resolved, "outage");
    assert!(resolved.len() == 1 && resolved[0] > 40 * MINUTE && resolved[0] < 50 * MINUTE, "{resolved:?}");
    // Half of the last minute were bad for the first time half a minute in; it held for five minutes then.
    let five = of(&played.fired, "five-xx");
    assert_eq!(five.len(), 1);
    assert!((35 * MINUTE + 30_000..=36 * MINUTE).contains(&five[0]), "{five:?}");
    assert_eq!(window.trigger("outage"), Some((TriggerState::Resolved, true)));
    assert_eq!(window.standing(at(DAY)).word, StandingWord::Regression);
    assert_eq!(window.closing(at(DAY)).verdict, WindowVerdict::Regression);
    for trigger in ["outage", "five-xx", "budget", "worse"] {
        window.acknowledge(trigger);
    }
    assert_eq!(window.trigger("outage"), Some((TriggerState::Inactive, false)));
}

#[test]
fn a_laptop_asleep_for_half_of_the_hour_is_inconclusive_and_fires_nothing() {
    let asleep = |ms: i64| (20 * MINUTE..50 * MINUTE).contains(&ms);
    let mut window = OpenWindow::new(&first_day(), opened(), None);
    // The last samples before the lid closed were bad, and the first ones after it.
    let bad = |ms: i64| (20 * MINUTE - 5_000..50 * MINUTE + 5_001).contains(&ms);
    let mut fleet = fleet(bad);
    let mut played = play(&mut window, (0, 50 * MINUTE - 1), &mut fleet, &asleep);
    window.gap(at(20 * MINUTE), at(50 * MINUTE), GapWhy::Asleep);
    played.fired.extend(play(&mut window, (50 * MINUTE, HOUR), &mut fleet, &asleep).fired);
    assert!(played.fired.is_empty(), "{:?}", played.fired);
    let hour = window.judge(1, at(HOUR));
    assert_eq!(hour.verdict, Outcome::Inconclusive, "{hour:#?}");
    let api = &hour.coverage[0];
    assert!(api.per_mille < 800 && !api.enough, "{api:?}");
    assert!(api.words.contains("asleep 00:20–00:50 UTC"), "{}", api.words);
    window.note_judged(1, hour.verdict, hour.reasons);
    assert_eq!(window.standing(at(HOUR)).word, StandingWord::Watch);
}

#[test]
fn nobody_looked_is_never_healthy() {
    let window = OpenWindow::new(&first_day(), opened(), None);
    assert_eq!(window.standing(at(0)).word, StandingWord::Watch, "nothing measured yet");
    assert_eq!(window.judge(2, at(DAY)).verdict, Outcome::Inconclusive);
    // Good until an hour before the end, then nothing: enough samples, but not to the end.
    let mut window = OpenWindow::new(&first_day(), opened(), None);
    let played = play(&mut window, (0, DAY), &mut fleet(|_| false), &|ms| ms > DAY - HOUR);
    assert!(played.fired.is_empty());
    let judged = window.judge(2, at(DAY));
    assert_eq!(judged.verdict, Outcome::Inconclusive);
    assert!(judged.reasons.iter().any(|reason| reason.contains("no sample near the end")), "{judged:#?}");
    assert_eq!(window.standing(at(DAY - 1)).word, StandingWord::Watch);
}

#[test]
fn the_clock_set_back_neither_fires_nor_covers_twice_nor_hides_an_outage() {
    let mut window = OpenWindow::new(&first_day(), opened(), None);
    play(&mut window, (0, 3 * HOUR), &mut fleet(|_| false), &|_| false);
    let before = window.judge(2, at(3 * HOUR)).coverage[0].received;
    // One hour back: the same hour of wall time again, and halfway through it an outage of five minutes.
    let outage = |ms: i64| (150 * MINUTE..155 * MINUTE).contains(&ms);
    window.evaluate(at(2 * HOUR));
    let played = play(&mut window, (2 * HOUR, 3 * HOUR), &mut fleet(outage), &|_| false);
    assert_eq!(window.judge(2, at(3 * HOUR)).coverage[0].received, before);
    let first = played.fired.first().map(|(ms, name)| (*ms, name.as_str()));
    assert!(
        matches!(first, Some((ms, "outage")) if (150 * MINUTE..155 * MINUTE).contains(&ms)),
        "{:?}",
        played.fired
    );
    let mut quiet = OpenWindow::new(&first_day(), opened(), None);
    play(&mut quiet, (0, 3 * HOUR), &mut fleet(|_| false), &|_| false);
    quiet.evaluate(at(2 * HOUR));
    let played = play(&mut quiet, (2 * HOUR, DAY), &mut fleet(|_| false), &|_| false);
    assert!(played.fired.is_empty());
    assert_eq!(quiet.judge(2, at(DAY)).verdict, Outcome::Pass);
}

#[test]
fn a_gap_adds_nothing_to_the_sum_and_three_fresh_samples_are_needed_after_it() {
    let mut window = OpenWindow::new(&first_day(), opened(), None);
    play(&mut window, (0, 10 * MINUTE), &mut fleet(|ms| ms > 10 * MINUTE - 30_000), &|_| false);
    let sum = window.sum_milli_nats("outage").unwrap();
    assert!(sum > 2_000);
    window.gap(at(10 * MINUTE), at(2 * HOUR), GapWhy::Asleep);
    window.evaluate(at(2 * HOUR));
    assert_eq!(window.sum_milli_nats("outage"), Some(sum));
    // A value over its limit right after the gap: pending needs its three samples first.
    let mut high = |name: &str, ms: i64| {
        (name == "db").then(|| Sample { reading: Reading::Bad, ..answer(at(ms), true) })
    };
    let played = play(&mut window, (2 * HOUR + 1, 2 * HOUR + 61_000), &mut high, &|_| false);
    assert!(played.fired.is_empty(), "two samples: {:?}", played.fired);
    let played = play(&mut window, (2 * HOUR + 61_001, 2 * HOUR + 100_000), &mut high, &|_| false);
    assert_eq!(played.fired.len(), 1, "three: {:?}", played.fired);
}

#[test]
fn events_of_containers_and_logs_count_wherever_they_lie_on_the_grid() {
    let mut window = OpenWindow::new(&first_day(), opened(), None);
    let mut healthy = fleet(|_| false);
    let mut once = false;
    let mut sample = |name: &str, ms: i64| {
        let sample = healthy(name, ms)?;
        // A moment of the fine grid that no longer stage judges.
        let oom = name == "app" && ms > 7_000 && !std::mem::replace(&mut once, ms > 7_000 && name == "app");
        let facets = Facets::NONE.with(Facet::Oom).with_count(Facet::Exits, 2);
        Some(if oom { Sample { facets, reading: Reading::Bad, ..sample } } else { sample })
    };
    let played = play(&mut window, (0, HOUR), &mut sample, &|_| false);
    assert_eq!(played.fired.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(), ["memory"]);
    for stage in &played.stages {
        assert_eq!(stage.verdict, Outcome::Fail);
        let of = |text: &str| stage.objectives.iter().find(|one| one.text == text).unwrap();
        assert_eq!(of("count(app.exits) == 0").value.map(|value| value.amount), Some(2));
        assert_eq!(of("count(app.oom) == 0").outcome, Outcome::Fail);
        assert_eq!(of("delta(app.restarts) == 0").outcome, Outcome::Pass);
    }
    assert_eq!(window.closing(at(HOUR)).verdict, WindowVerdict::Regression);
}

#[test]
fn samples_may_come_late_and_in_any_order_and_count_once() {
    let mut window = OpenWindow::new(&first_day(), opened(), None);
    let due = |window: &OpenWindow, ms| window.next_due("api", at(ms)).unwrap();
    let (first, second) = (due(&window, -1), due(&window, 1_000));
    assert_eq!(window.take("api", answer(second, false)), Noted::Counted);
    assert_eq!(window.take("api", answer(first, true)), Noted::Counted);
    assert_eq!(window.take("api", answer(first, true)), Noted::Double);
    assert_eq!(window.take("nothing", answer(first, true)), Noted::Foreign);
    assert_eq!(window.take("api", answer(at(-5), true)), Noted::Foreign);
    assert!(matches!(window.take("api", answer(due(&window, 60_000), true)), Noted::AfterGap { .. }));
}

#[test]
fn an_inconclusive_window_that_is_extended_is_judged_at_its_new_end() {
    let tables = r#"
[windows.w]
stages = [{ for = "1m", every = "1s" }, { for = "1h", every = "5s" }]
indicators = { api = { check = { http = { url = "http://x" } } } }
objectives = [{ that = "success(api) > 99 %" }]
"#;
    let mut watched = OpenWindow::new(&window(tables), opened(), None);
    let bad = |ms: i64| ms > 30 * MINUTE && ms % (4 * MINUTE) < 5_000;
    play(&mut watched, (0, HOUR), &mut fleet(bad), &|_| false);
    let closing = watched.closing(at(HOUR));
    assert_eq!(closing.verdict, WindowVerdict::Inconclusive, "{closing:?}");
    watched.extend(at(4 * HOUR));
    assert_eq!(watched.ends(), at(4 * HOUR));
    play(&mut watched, (HOUR, 4 * HOUR), &mut fleet(|_| false), &|_| false);
    let closing = watched.closing(at(4 * HOUR));
    assert_eq!(closing.verdict, WindowVerdict::Healthy, "{closing:?}");
}
