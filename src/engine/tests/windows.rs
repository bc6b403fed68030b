//! Windows played with fed inputs: good ones, regressions, sleep, killed watchers, two cockpits, the automatic rollback.

use chrono::{DateTime, TimeDelta, Utc};

use super::night::{Night, WATCHED};
use super::plays::end;
use super::world::{Mood, production};
use crate::engine::command::Command;
use crate::engine::input::{Input, RunReport};
use crate::engine::presence::Presence;
use crate::engine::window::views::Automatic;
use crate::rules::observed::Answer;
use crate::rules::verdict::VerdictWord;
use crate::session::recorded::PROGRAM;
use crate::session::status::{CloseWhy, GapWhy, RunOutcome, WindowVerdict};
use crate::text::untrusted::Untrusted;

pub(super) const MINUTE: i64 = 60;
pub(super) const HOUR: i64 = 3_600;

pub(super) fn fails_from(at: DateTime<Utc>) -> impl Fn(DateTime<Utc>) -> Answer {
    move |now| if now >= at { Answer::Status(503) } else { Answer::Status(200) }
}

/// Collected for ten minutes, deployed, and the window is open.
pub(super) fn opened(source: &str) -> (Night, String) {
    let mut night = Night::new(source);
    night.pass(11 * MINUTE);
    let run = night.deploy();
    (night, run)
}

/// And failing from five minutes on: the trigger has fired.
pub(super) fn failing(source: &str) -> (Night, String) {
    let (mut night, run) = opened(source);
    night.service = Box::new(fails_from(night.now() + TimeDelta::minutes(5)));
    night.pass(8 * MINUTE);
    (night, run)
}

pub(super) fn word(night: &Night, seat: usize) -> VerdictWord {
    night.engine(seat).verdict(night.now()).word
}

pub(super) fn automatic() -> String {
    WATCHED.replace("action = \"ask\"", "action = \"rollback\"")
}

#[test]
fn a_good_hour_is_healthy_and_the_record_proves_that_it_was_watched() {
    let mut night = Night::new(WATCHED);
    night.pass(4 * MINUTE);
    let progress = night.engine(0).baseline_progress(night.now()).expect("a deploy lies ahead");
    assert_eq!((progress.collected.num_minutes(), progress.wanted.num_minutes()), (4, 10));
    night.pass(7 * MINUTE);
    let run = night.deploy();
    let window = night.window(0);
    assert_eq!((window.run(), window.opened.window.as_str()), (run.as_str(), "first-hour"));
    assert_eq!(window.ends - window.opened.opened, TimeDelta::hours(1));
    assert!(window.opened.baseline_ms > 9 * 60_000, "{}", window.opened.baseline_ms);
    assert!(window.opened.baseline[0].samples > 300);
    night.pass(2 * MINUTE);
    assert_eq!(word(&night, 0), VerdictWord::Healthy);
    night.pass(HOUR);
    let window = night.window(0);
    let verdicts: Vec<WindowVerdict> = window.judged.iter().map(|judged| judged.verdict).collect();
    assert_eq!(verdicts, [WindowVerdict::Healthy; 2], "{:?}", window.judged);
    assert_eq!(window.verdict(), Some(WindowVerdict::Healthy));
    assert!(night.world.count("check.summary") >= 12);
    assert_eq!((night.world.count("window.gap"), night.world.count("trigger.fired")), (0, 0));
    assert_eq!(word(&night, 0), VerdictWord::Healthy);
    assert!(night.engine(0).windows_settled());
    let kinds = night.world.kinds();
    assert!(kinds.len() < 40, "transitions, not polls: {kinds:?}");
}

#[test]
fn a_regression_fires_asks_for_ever_and_is_healed_by_a_persons_rollback() {
    let (mut night, run) = failing(WATCHED);
    assert_eq!(word(&night, 0), VerdictWord::Regression);
    let prepared = night.engine(0).prepared_rollback(night.now()).expect("a prepared rollback");
    assert_eq!((prepared.run.as_str(), prepared.offers[0].action.as_str()), (run.as_str(), "rollback"));
    assert!(prepared.evidence[0].firing && !prepared.evidence[0].evidence.is_empty());
    assert_eq!((prepared.automatic, prepared.proven), (Automatic::Off, true));
    night.pass(20 * MINUTE);
    assert!(night.started.is_empty(), "no countdown executes anything");
    assert_eq!(night.world.count("trigger.fired"), 1, "edges only");
    night.service = Box::new(|_| Answer::Status(200));
    night.roll_back(0);
    assert_eq!(night.engine(0).prepared_rollback(night.now()), None);
    let window = night.window(0);
    let closed = &window.closed.as_ref().expect("closed by the rollback").1;
    assert_eq!((closed.verdict, closed.why), (WindowVerdict::Regression, CloseWhy::RolledBack));
    assert_eq!(night.window(1).opened.window.as_str(), "after-rollback");
    assert_ne!(word(&night, 0), VerdictWord::Go);
    night.pass(11 * MINUTE);
    assert_eq!(night.window(1).verdict(), Some(WindowVerdict::Healthy), "{:?}", night.window(1));
    assert_eq!(word(&night, 0), VerdictWord::Healthy, "after a rollback never GO");
}

#[test]
fn a_rolled_back_window_without_an_alarm_is_inconclusive() {
    let (mut night, _run) = opened(WATCHED);
    night.pass(3 * MINUTE);
    night.roll_back(0);
    assert_eq!(night.window(0).verdict(), Some(WindowVerdict::Inconclusive));
}

#[test]
fn asleep_for_half_of_the_hour_nobody_can_say_and_no_rollback_is_proposed() {
    let (mut night, _run) = opened(WATCHED);
    night.pass(10 * MINUTE);
    night.sleep(31 * MINUTE);
    night.pass(30 * MINUTE);
    let window = night.window(0);
    assert_eq!(window.verdict(), Some(WindowVerdict::Inconclusive), "{:?}", window.judged);
    assert_eq!(window.gaps.len(), 1);
    assert_eq!(window.gaps[0].why, GapWhy::Asleep);
    let hour = window.judged.iter().find(|judged| judged.stage == 2).expect("the hour is judged");
    assert!(hour.coverage["api"] < 800, "{:?}", hour.coverage);
    assert_eq!(night.world.count("trigger.fired"), 0);
    assert_eq!(night.engine(0).prepared_rollback(night.now()), None);
    assert_eq!(word(&night, 0), VerdictWord::Inconclusive);
}

#[test]
fn an_inconclusive_window_may_be_extended_and_is_judged_at_the_new_end() {
    let (mut night, _run) = opened(WATCHED);
    night.pass(10 * MINUTE);
    night.sleep(31 * MINUTE);
    night.pass(30 * MINUTE);
    let reason = "it slept".to_owned();
    night.ask(0, Command::ExtendWindow { window: None, by_ms: 4 * HOUR * 1_000, reason });
    assert_eq!(night.engine(0).refusal(), None);
    assert!(night.window(0).is_open());
    night.pass(4 * HOUR + MINUTE);
    let window = night.window(0);
    assert_eq!(window.verdict(), Some(WindowVerdict::Healthy), "{:?}", window.closed);
}

/// The verdict of a failing window with this many watchers, each killed an hour after the one before, or none.
fn watched_by(killed: bool) -> (Option<WindowVerdict>, usize, usize) {
    let (mut night, _run) = opened(WATCHED);
    let start = night.now();
    night.service = Box::new(move |now| {
        // One in a hundred seconds is bad, evenly: no alarm, and no proof of 99 %.
        if (now - start).num_seconds() % 40 == 0 { Answer::Timeout } else { Answer::Status(200) }
    });
    for hour in 0..4 {
        night.pass(16 * MINUTE);
        if killed && hour < 3 {
            let before = night.holder.expect("somebody samples");
            let next = night.sit(WATCHED, "cid", Presence::Sampling);
            assert_eq!(night.holder, Some(before), "one samples");
            night.kill(before);
            assert_eq!(night.holder, Some(next));
        }
    }
    let window = night.window(0);
    (window.verdict(), night.world.count("window.judged"), night.world.count("trigger.fired"))
}

#[test]
fn a_watcher_killed_again_and_again_comes_to_the_same_verdict() {
    let (whole, broken) = (watched_by(false), watched_by(true));
    assert_eq!(whole, broken);
    assert!(whole.0.is_some());
}

#[test]
fn of_two_cockpits_one_samples_and_the_other_takes_over() {
    let (mut night, _run) = opened(WATCHED);
    let second = night.sit(WATCHED, "bob", Presence::Screen);
    night.pass(2 * MINUTE);
    assert_eq!(night.holder, Some(0));
    let before = night.kept.values().map(Vec::len).sum::<usize>();
    night.pass(MINUTE);
    let in_a_minute = night.kept.values().map(Vec::len).sum::<usize>() - before;
    assert_eq!(in_a_minute, 60, "one a second, not two");
    assert_eq!(word(&night, second), VerdictWord::Healthy, "the other one sees it all the same");
    let views = night.engine(second).windows(night.now());
    assert!(!views[0].sampled_here && views[0].indicators[0].newest.is_some());
    night.kill(0);
    night.pass(MINUTE);
    assert!(night.engine(second).windows(night.now())[0].sampled_here);
    assert_eq!(night.world.count("window.opened"), 1);
}

#[test]
fn a_trigger_that_fires_where_the_other_one_samples_rings_at_every_screen() {
    let (mut night, _run) = opened(WATCHED);
    night.sit(WATCHED, "bob", Presence::Screen);
    night.pass(MINUTE);
    night.rings.clear();
    let from = night.now();
    night.service = Box::new(move |now| if now >= from { Answer::Status(500) } else { Answer::Status(200) });
    night.pass(2 * MINUTE);
    night.rings.sort_unstable();
    assert_eq!(night.rings, [0, 1]);
}

#[test]
fn a_time_nobody_watched_is_a_gap_and_never_counts() {
    let (mut night, run) = opened(WATCHED);
    let window = night.window(0).clone();
    night.kill(0);
    night.world.now += TimeDelta::minutes(20);
    night.sit(WATCHED, "cid", Presence::Sampling);
    night.pass(MINUTE);
    let now = night.window(0);
    assert_eq!((now.run(), now.opened.opened), (run.as_str(), window.opened.opened));
    let gap = &now.gaps[0];
    assert_eq!((gap.why, (gap.to - gap.from).num_minutes()), (GapWhy::Unwatched, 20));
    night.pass(HOUR);
    assert_eq!(night.window(0).verdict(), Some(WindowVerdict::Inconclusive));
}

#[test]
fn a_run_that_ended_while_nobody_looked_opened_its_window_then() {
    let mut night = Night::new(WATCHED);
    night.pass(MINUTE);
    let offer = night.engine(0).deploy_offer(night.now()).expect("a deploy");
    let (action, environment, fingerprint) = (offer.action, offer.environment, offer.fingerprint.hash);
    night.ask(0, Command::Start { action, environment, fingerprint, typed: None });
    let (_, run) = night.started.pop().expect("started");
    let began = night.now();
    let started = RunReport::Started { pid: 7, host: "here".to_owned() };
    night.give(0, Input::RunReported { run: run.clone(), report: started });
    night.world.now += TimeDelta::minutes(20);
    night.give(0, Input::RunReported { run, report: end(RunOutcome::Succeeded) });
    let window = night.window(0);
    assert_eq!(window.opened.opened - began, TimeDelta::seconds(4), "as long as the run took");
    assert_eq!(window.gaps.len(), 1, "{:?}", window.gaps);
}

#[test]
fn a_lost_file_of_samples_goes_on_from_the_last_summary() {
    let (mut night, _run) = opened(WATCHED);
    night.pass(12 * MINUTE);
    night.kill(0);
    night.kept.clear();
    night.sit(WATCHED, "cid", Presence::Sampling);
    night.pass(MINUTE);
    let window = night.window(0);
    assert_eq!(window.gaps.last().map(|gap| gap.why), Some(GapWhy::Lost), "{:?}", window.gaps);
    assert!(window.is_open());
}

#[test]
fn a_false_alarm_needs_a_reason_and_stands_among_the_deviations() {
    let (mut night, _run) = failing(WATCHED);
    let known = |reason: &str| Command::Acknowledge {
        window: None,
        trigger: "outage".to_owned(),
        reason: reason.to_owned(),
    };
    night.ask(0, known("  "));
    assert!(night.engine(0).refusal().is_some());
    night.service = Box::new(|_| Answer::Status(200));
    night.ask(0, known("a load test"));
    assert_eq!(night.engine(0).refusal(), None);
    assert_eq!(night.engine(0).prepared_rollback(night.now()), None);
    assert_ne!(word(&night, 0), VerdictWord::Regression);
    let summary = crate::engine::window::summary(night.engine(0), night.now());
    assert!(summary.contains("alarm outage called false by ann@shop.example: a load test"), "{summary}");
}

#[test]
fn a_window_closed_early_is_never_healthy() {
    let (mut night, _run) = opened(WATCHED);
    night.pass(20 * MINUTE);
    night.ask(0, Command::CloseWindow { window: None, reason: "enough".to_owned() });
    let window = night.window(0);
    assert_eq!(window.verdict(), Some(WindowVerdict::Inconclusive));
    assert_eq!(window.closed.as_ref().map(|(_, closed)| closed.why), Some(CloseWhy::Early));
}

#[test]
fn a_handover_waits_for_somebody_else_who_accepts_it() {
    let (mut night, _run) = failing(WATCHED);
    let bob = night.sit(WATCHED, "bob", Presence::Screen);
    night.ask(0, Command::HandOver { to: Some("bob".to_owned()) });
    night.pass(MINUTE);
    assert!(night.engine(0).handover_waiting().is_none(), "not for who wrote it");
    night.ask(0, Command::AcceptHandover { handover: None });
    assert!(night.engine(0).refusal().is_some(), "nobody takes over from oneself");
    let cid = night.sit(WATCHED, "cid", Presence::Screen);
    assert!(night.engine(cid).handover_waiting().is_none(), "it names bob");
    let waiting = night.engine(bob).handover_waiting().expect("for the next person");
    for part in
        ["REGRESSION", "deploy 1.1.0 in production: succeeded", "first-hour in production", "outage: fires"]
    {
        assert!(waiting.written.summary.contains(part), "{part}: {}", waiting.written.summary);
    }
    night.ask(bob, Command::AcceptHandover { handover: None });
    assert!(night.engine(bob).handover_waiting().is_none());
    night.ask(bob, Command::AcceptHandover { handover: None });
    assert!(night.engine(bob).refusal().is_some(), "once");
}

#[test]
fn with_all_guards_held_it_rolls_back_by_itself_once_and_that_window_is_watched_too() {
    let (mut night, _run) = opened(&automatic());
    night.service = Box::new(fails_from(night.now() + TimeDelta::minutes(5)));
    while night.started.is_empty() && night.window(0).closed.is_none() {
        night.pass(5);
        if let Some(prepared) = night.engine(0).prepared_rollback(night.now()) {
            assert!(matches!(prepared.automatic, Automatic::At(_)), "{:?}", prepared.automatic);
        }
        assert!(night.world.disk.len() < 200, "it never happens");
    }
    let fired = night.window(0).triggers["outage"].fired.0.at;
    assert!(night.now() - fired >= TimeDelta::seconds(30), "anybody may hold it for 30 s");
    let (seat, back) = night.started[0].clone();
    assert_eq!(night.engine(0).session().run(&back).map(|run| run.stamp.by.as_str()), Some(PROGRAM));
    night.ends(seat, &back);
    night.pass(30 * MINUTE);
    assert_eq!(night.started.len(), 1, "never a rollback of a rollback");
    assert_eq!(night.window(0).verdict(), Some(WindowVerdict::Regression));
}

/// The automatic rollback after one thing was changed: it must not happen, and must say why; a person's starts.
#[track_caller]
fn guarded(why: &str, source: &str, change: impl Fn(&mut Night)) {
    let (mut night, _run) = opened(source);
    night.service = Box::new(fails_from(night.now() + TimeDelta::minutes(5)));
    change(&mut night);
    night.pass(9 * MINUTE);
    assert!(night.started.is_empty(), "{why}");
    let prepared = night.engine(0).prepared_rollback(night.now()).expect("it stays a question");
    match prepared.automatic {
        Automatic::Stayed(said) => assert!(said.contains(why), "{said}"),
        other => panic!("{why}: {other:?}"),
    }
    night.world.mood = Mood::Works;
    night.roll_back(0);
}

#[test]
fn each_guard_alone_stops_the_automatic_rollback_and_none_stops_a_persons() {
    let source = automatic();
    guarded("auto_rollback", &source.replace("auto_rollback = true", "auto_rollback = false"), |_| {});
    guarded(
        "irreversible",
        &source.replace(
            "run = [\"shop\", \"start\", \"{version}\"]",
            "run = [\"shop\", \"start\", \"{version}\"]\n  irreversible = \"the column stays\"",
        ),
        |_| {},
    );
    guarded("ann@shop.example holds the release", &source, |night| {
        night.ask(0, Command::Hold { reason: "a demo for a customer".to_owned() });
    });
    guarded("other images run there", &source, |night| {
        night.image = "sha256:another";
        for input in night.containers_of(&production()).into_iter().rev() {
            night.give(0, input);
        }
    });
    guarded("nobody can tell whether what was deployed", &source, |night| {
        let reason = Untrusted::new("refused");
        let lost = Input::SourceLost { environment: production(), generation: 1, reason, attempt: 1 };
        night.give(0, lost);
    });
    guarded("the image of 1.0.0 is there no longer", &source, |night| night.images = vec![Some(false)]);
    guarded("whether the image of 1.0.0 is still there", &source, |night| night.images = vec![None]);
    guarded("whether the image of 1.0.0 is still there", &source, |night| night.images.clear());
    guarded("names no rollback", &source.replace("rollback = [\"rollback\"]\n", ""), |_| {});
}

#[test]
fn an_unproven_target_a_held_countdown_and_a_recovery_stop_it_too() {
    let mut night = Night::new(&automatic());
    night.proven.clear();
    night.pass(11 * MINUTE);
    night.deploy();
    night.service = Box::new(fails_from(night.now() + TimeDelta::minutes(5)));
    night.pass(9 * MINUTE);
    let prepared = night.engine(0).prepared_rollback(night.now()).expect("a question");
    assert!(!prepared.proven && night.started.is_empty());
    assert!(matches!(prepared.automatic, Automatic::Stayed(why) if why.contains("unproven")));

    let (mut night, _run) = opened(&automatic());
    night.service = Box::new(fails_from(night.now() + TimeDelta::minutes(5)));
    while night.engine(0).prepared_rollback(night.now()).is_none() {
        night.pass(5);
    }
    night.ask(0, Command::HoldRollback);
    assert_eq!(night.engine(0).refusal(), None);
    night.pass(2 * MINUTE);
    assert!(night.started.is_empty());
    let prepared = night.engine(0).prepared_rollback(night.now()).expect("a question");
    assert!(matches!(prepared.automatic, Automatic::Stayed(why) if why.contains("held by ann")));
}

#[test]
fn when_hosts_that_have_nothing_in_common_are_gone_at_once_it_is_us_and_nothing_fires() {
    let mut night = of_three_hosts(["api.shop.test", "docs.books.test", "mail.post.test"], Answer::Timeout);
    night.pass(15 * MINUTE);
    assert_eq!(night.world.count("trigger.fired"), 0);
    assert_eq!(word(&night, 0), VerdictWord::Watch, "not known is never healthy");
    assert!(night.engine(0).prepared_rollback(night.now()).is_none());
    night.service = Box::new(|_| Answer::Status(200));
    night.pass(5 * MINUTE);
    let gaps = &night.window(0).gaps;
    assert_eq!(gaps.iter().map(|gap| gap.why).collect::<Vec<_>>(), [GapWhy::Offline]);
    assert!((9..=11).contains(&(gaps[0].to - gaps[0].from).num_minutes()), "{gaps:?}");
}

#[test]
fn three_services_of_one_domain_that_are_gone_or_hosts_that_refuse_are_an_outage() {
    let one_domain = ["api.shop.test", "docs.shop.test", "mail.shop.test"];
    let apart = ["api.shop.test", "docs.books.test", "mail.post.test"];
    for (hosts, answer) in [(one_domain, Answer::Timeout), (apart, Answer::Refused)] {
        let mut night = of_three_hosts(hosts, answer);
        night.pass(15 * MINUTE);
        assert_eq!(night.world.count("trigger.fired"), 1, "{hosts:?}");
        assert_eq!(word(&night, 0), VerdictWord::Regression);
    }
}

/// An open window over three hosts that answer so from its fifth minute on.
fn of_three_hosts(hosts: [&str; 3], answer: Answer) -> Night {
    let indicators = ["api", "docs", "mail"].into_iter().zip(hosts).map(|(name, host)| {
        format!("[windows.first-hour.indicators.{name}]\n  check = {{ http = {{ url = \"http://{host}/\" }} }}\n  ")
    });
    let source = WATCHED.replacen(
        "[windows.first-hour.indicators.api]\n  check = { http = { url = \"{base_url}/healthz\", timeout = \"2s\" } }\n  ",
        &indicators.collect::<String>(),
        1,
    );
    assert!(hosts.iter().all(|host| source.contains(host)), "{source}");
    let (mut night, _run) = opened(&source);
    let from = night.now() + TimeDelta::minutes(5);
    night.service = Box::new(move |now| if now >= from { answer } else { Answer::Status(200) });
    night
}

#[test]
fn a_day_takes_no_time() {
    let source = WATCHED.replace(
        "{ for = \"1h\", every = \"5s\" }]",
        "{ for = \"1h\", every = \"5s\" }, { for = \"24h\", every = \"30s\" }]",
    );
    let (mut night, _run) = opened(&source);
    night.pass(25 * HOUR);
    assert_eq!(night.window(0).verdict(), Some(WindowVerdict::Healthy), "{:?}", night.window(0).closed);
    let of_window =
        night.kept.iter().find(|(of, _)| of.file_name().starts_with("01")).map(|(_, kept)| kept.len());
    assert_eq!(of_window, Some(3_720));
}
