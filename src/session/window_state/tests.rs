//! The data of each kind as it stands on disk, and what a day's events add up to.

use chrono::{DateTime, TimeDelta, Utc};

use crate::checklist::id::{ActionId, EnvironmentName, WindowId};
use crate::checklist::window::TriggerAction;
use crate::session::decode::data_of;
use crate::session::event::Event;
use crate::session::reader::write_inline;
use crate::session::recorded::{Author, Proposed, Recorded};
use crate::session::state::Session;
use crate::session::status::{CloseWhy, GapWhy, ObjectiveOutcome, WindowVerdict};
use crate::session::window_event::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(seconds)
}

fn run() -> String {
    "01RUN".to_owned()
}

fn opened(ends: i64) -> WindowEvent {
    let seen = BaselineSeen {
        indicator: "api".to_owned(),
        samples: 720,
        bad: 4,
        shares: vec![BucketsSeen { facet: None, every_ms: 1_000, buckets: 72, bad: 3 }],
        times_us: vec![900, 1_100],
        ..BaselineSeen::default()
    };
    WindowEvent::WindowOpened(WindowOpened {
        run: run(),
        window: WindowId::from("first-day"),
        action: ActionId::from("deploy"),
        environment: Some(EnvironmentName::from("production")),
        version: Some("1.1.0".to_owned()),
        opened: at(0),
        ends: at(ends),
        baseline_ms: 3_600_000,
        baseline_version: None,
        baseline: vec![seen],
    })
}

fn fired() -> WindowEvent {
    WindowEvent::TriggerFired(TriggerFired {
        run: run(),
        trigger: "outage".to_owned(),
        words: "more bad buckets than before".to_owned(),
        evidence: "s = 7.93 of 6.91".to_owned(),
        value: Some(7_930),
        limit: Some(6_908),
        action: TriggerAction::Ask,
    })
}

fn summary(from: i64, bad: i64) -> WindowEvent {
    WindowEvent::CheckSummary(CheckSummary {
        run: run(),
        indicator: "api".to_owned(),
        from: at(from),
        to: at(from + 300),
        samples: 300,
        bad,
        no_data: 1,
        worst: 1_200_000,
        longest_gap_ms: 2_000,
        s: [("outage".to_owned(), 1_322)].into(),
    })
}

fn judged() -> WindowEvent {
    WindowEvent::WindowJudged(WindowJudged {
        run: run(),
        stage: 1,
        ended: at(300),
        verdict: WindowVerdict::Healthy,
        objectives: vec![ObjectiveSeen {
            that: "success(api) > 99 %".to_owned(),
            outcome: ObjectiveOutcome::Pass,
            n: 300,
            n_eff: 298,
            words: "100 % of 300".to_owned(),
        }],
        coverage: [("api".to_owned(), 1_000)].into(),
        reasons: Vec::new(),
    })
}

/// The same of triggers.
fn of_triggers() -> Vec<(WindowEvent, &'static str)> {
    let trigger = "outage".to_owned();
    let resolved = TriggerResolved { run: run(), trigger: trigger.clone(), reason: "good again".to_owned() };
    let known = TriggerAcknowledged { run: run(), trigger, reason: "a load test".to_owned() };
    vec![
        (
            fired(),
            r#"{ run = "01RUN", trigger = "outage", words = "more bad buckets than before", evidence = "s = 7.93 of 6.91", value = 7930, limit = 6908, action = "ask" }"#,
        ),
        (
            WindowEvent::TriggerResolved(resolved),
            r#"{ run = "01RUN", trigger = "outage", reason = "good again" }"#,
        ),
        (
            WindowEvent::TriggerAcknowledged(known),
            r#"{ run = "01RUN", trigger = "outage", reason = "a load test" }"#,
        ),
        (
            WindowEvent::VerdictChanged(VerdictChanged {
                run: run(),
                was: "HEALTHY".to_owned(),
                now: "REGRESSION".to_owned(),
                reason: "outage".to_owned(),
            }),
            r#"{ run = "01RUN", was = "HEALTHY", now = "REGRESSION", reason = "outage" }"#,
        ),
    ]
}

/// One of each kind, with its data as it stands on disk: a key never changes its meaning.
fn each() -> Vec<(WindowEvent, &'static str)> {
    vec![
        (
            opened(300),
            r#"{ run = "01RUN", window = "first-day", action = "deploy", environment = "production", version = "1.1.0", opened = "2024-10-04T00:00:00Z", ends = "2024-10-04T00:05:00Z", baseline_ms = 3600000, baseline = [{ indicator = "api", samples = 720, bad = 4, shares = [{ every_ms = 1000, buckets = 72, bad = 3 }], p50_us = 0, p95_us = 0, times_us = [900, 1100] }] }"#,
        ),
        (
            judged(),
            r#"{ run = "01RUN", stage = 1, ended = "2024-10-04T00:05:00Z", verdict = "healthy", objectives = [{ that = "success(api) > 99 %", outcome = "pass", n = 300, n_eff = 298, words = "100 % of 300" }], coverage = { api = 1000 } }"#,
        ),
        (
            WindowEvent::WindowGap(WindowGap { run: run(), from: at(10), to: at(70), why: GapWhy::Asleep }),
            r#"{ run = "01RUN", from = "2024-10-04T00:00:10Z", to = "2024-10-04T00:01:10Z", why = "asleep" }"#,
        ),
        (
            WindowEvent::WindowExtended(WindowExtended {
                run: run(),
                ends: at(900),
                reason: "slept".to_owned(),
            }),
            r#"{ run = "01RUN", ends = "2024-10-04T00:15:00Z", reason = "slept" }"#,
        ),
        (
            WindowEvent::WindowClosed(WindowClosed {
                run: run(),
                verdict: WindowVerdict::Inconclusive,
                why: CloseWhy::RolledBack,
                reason: Some("rolled back".to_owned()),
            }),
            r#"{ run = "01RUN", verdict = "inconclusive", why = "rolled-back", reason = "rolled back" }"#,
        ),
        (
            summary(0, 2),
            r#"{ run = "01RUN", indicator = "api", from = "2024-10-04T00:00:00Z", to = "2024-10-04T00:05:00Z", samples = 300, bad = 2, no_data = 1, worst = 1200000, longest_gap_ms = 2000, s = { outage = 1322 } }"#,
        ),
        (
            WindowEvent::HandoverWritten(HandoverWritten {
                summary: "calm".to_owned(),
                to: Some("cid".to_owned()),
            }),
            r#"{ summary = "calm", to = "cid" }"#,
        ),
        (
            WindowEvent::HandoverAccepted(HandoverAccepted { handover: "01EVENT".to_owned() }),
            r#"{ handover = "01EVENT" }"#,
        ),
    ]
}

#[test]
fn the_data_of_each_kind_is_this_and_reads_back_the_same() {
    for (event, expected) in each().into_iter().chain(of_triggers()) {
        let event = Event::Window(event);
        let data = data_of(&event).unwrap();
        let mut written = String::new();
        write_inline(&mut written, &data);
        assert_eq!(written, expected, "{}", event.kind());
        let back = Event::from_data(event.kind(), event.version(), (&data).into()).unwrap();
        assert_eq!(back, Some(event));
    }
}

/// A session to which these were written, one second apart.
fn folded(events: &[WindowEvent]) -> Session {
    let mut session = Session::default();
    for (number, event) in events.iter().enumerate() {
        let author = Author { by: "gonogo".to_owned(), on: "build1/1".to_owned() };
        let event = Event::Window(event.clone());
        let proposed = Proposed { at: at(i64::try_from(number).unwrap()), author, event };
        let up = session.heads.clone();
        session.apply(&Recorded::unwritten(format!("{number:026}"), proposed, up));
    }
    session
}

fn acknowledged() -> WindowEvent {
    let reason = "a load test".to_owned();
    WindowEvent::TriggerAcknowledged(TriggerAcknowledged { run: run(), trigger: "outage".to_owned(), reason })
}

fn resolved() -> WindowEvent {
    let reason = "good again".to_owned();
    WindowEvent::TriggerResolved(TriggerResolved { run: run(), trigger: "outage".to_owned(), reason })
}

#[test]
fn a_fired_trigger_stays_latched_when_it_resolves_and_until_a_person_acknowledges_it() {
    let session = folded(&[opened(300), fired(), resolved()]);
    let trigger = &session.window("01RUN").unwrap().triggers["outage"];
    assert!(trigger.proposes() && !trigger.is_firing());
    let session = folded(&[opened(300), fired(), resolved(), acknowledged()]);
    assert!(!session.window("01RUN").unwrap().triggers["outage"].proposes());
    let session = folded(&[opened(300), fired(), resolved(), acknowledged(), fired()]);
    let trigger = &session.window("01RUN").unwrap().triggers["outage"];
    assert!(trigger.proposes(), "a new firing is news");
    assert_eq!(trigger.times, 2);
}

#[test]
fn a_window_opens_once_closes_once_and_only_grows() {
    let longer = |ends| {
        WindowEvent::WindowExtended(WindowExtended { run: run(), ends: at(ends), reason: "x".to_owned() })
    };
    let closed = |verdict| {
        WindowEvent::WindowClosed(WindowClosed { run: run(), verdict, why: CloseWhy::End, reason: None })
    };
    let session = folded(&[
        opened(300),
        opened(9_999),
        longer(900),
        longer(600),
        summary(0, 0),
        summary(300, 3),
        closed(WindowVerdict::Regression),
        closed(WindowVerdict::Healthy),
    ]);
    assert_eq!(session.windows.len(), 1);
    let window = &session.windows[0];
    assert_eq!((window.ends, window.extended.len()), (at(900), 2));
    assert_eq!(window.summaries["api"].bad, 3);
    assert_eq!(window.watched_until(), Some(at(600)));
    assert_eq!(window.verdict(), Some(WindowVerdict::Regression), "the first end counts");
    assert_eq!(session.open_windows().count(), 0);
}

#[test]
fn a_handover_is_open_until_somebody_accepts_that_one() {
    let written = || WindowEvent::HandoverWritten(HandoverWritten { summary: "calm".to_owned(), to: None });
    let accepted =
        |event: usize| WindowEvent::HandoverAccepted(HandoverAccepted { handover: format!("{event:026}") });
    assert!(folded(&[written()]).handover_open().is_some());
    assert!(folded(&[written(), accepted(7)]).handover_open().is_some());
    assert!(folded(&[written(), accepted(0)]).handover_open().is_none());
    assert!(folded(&[written(), written(), accepted(0)]).handover_open().is_some(), "the last one counts");
}
