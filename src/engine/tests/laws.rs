//! The laws of the house, one test or more for each that can be shown without hands.

use super::plays::{container, end, measures, roll_back, starts, tick};
use super::world::{Mood, SHOP, World, item, person, production};
use crate::checklist::id::RoleId;
use crate::engine::command::Command;
use crate::engine::effect::{Effect, SupervisorRequest};
use crate::engine::input::RunReport;
use crate::engine::input::{Input, RecordState};
use crate::engine::log_source::LogSource;
use crate::engine::logs::log::LOG_BYTES_MAX;
use crate::engine::presence::Presence;
use crate::engine::trust::TrustState;
use crate::rules::observed::ContainerRunState;
use crate::rules::verdict::VerdictWord;
use crate::session::event::Event;
use crate::session::recorded::What;
use crate::session::status::{AbortRung, CheckStatus, Decision, RunOutcome, TickHow};
use crate::text::untrusted::Untrusted;

#[test]
fn law_1_no_record_no_action_a_run_starts_only_when_its_request_is_on_disk() {
    let mut world = World::approved();
    let command = world.deploy_command();
    let effects = world.give_raw(0, Input::Command { author: person("ann"), command });
    assert_eq!(starts(&effects), [""; 0], "asked, and nothing runs");
    let [append @ Effect::Append { .. }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(world.session().runs, [], "and nothing is claimed");
    let after = world.store(0, append.clone());
    assert_eq!(world.kinds().last(), Some(&"run.requested"));
    assert_eq!(starts(&after).len(), 1);
}

#[test]
fn law_1_no_record_no_action_a_request_that_is_not_stored_starts_nothing() {
    for mood in [Mood::Busy, Mood::Broken] {
        let mut world = World::approved();
        world.mood = mood;
        let deploy = world.deploy_command();
        let effects = world.ask(deploy);
        assert_eq!(starts(&effects), [""; 0]);
        assert!(world.engine().refusal().is_some_and(|no| no.text.contains("the disk is full")));
        assert!(world.session().runs.is_empty() && world.engine().pending().is_empty());
    }
}

#[test]
fn law_1_no_record_no_action_while_the_record_is_broken_nothing_goes_forward() {
    for state in [
        RecordState::Broken { reason: "the disk is full".to_owned() },
        RecordState::ReadOnly { reason: "damaged".to_owned() },
    ] {
        let mut world = World::approved();
        world.give(0, Input::RecordState(state));
        assert_eq!(world.word(), VerdictWord::Unknown);
        let deploy = world.deploy_command();
        for forward in [deploy, tick("nice"), Command::Hold { reason: "x".to_owned() }] {
            world.refused(forward);
        }
    }
}

#[test]
fn law_1_exactly_one_end_follows_each_request() {
    let (mut world, run) = World::deploying();
    for outcome in [RunOutcome::Failed, RunOutcome::Succeeded, RunOutcome::Failed] {
        world.report(&run, end(outcome));
    }
    assert_eq!((world.count("run.requested"), world.count("run.ended")), (1, 1));
    let (_, ended) = world.session().runs[0].ended.clone().expect("an end");
    assert_eq!(ended.outcome, RunOutcome::Failed, "the first one counts");
}

#[test]
fn law_2_unknown_is_never_green_until_everything_is_known() {
    let world = World::of(SHOP, Presence::Screen);
    assert_eq!(world.word(), VerdictWord::NoGo, "open items first");
    let world = World::approved();
    assert_eq!((world.word(), world.verdict().reasons), (VerdictWord::Go, Vec::new()));
}

#[test]
fn law_2_unknown_is_never_green_old_results_lost_daemons_and_broken_means() {
    let mut old = World::approved();
    old.pass(15 * 60 + 1);
    let mut lost = World::approved();
    lost.docker_lost(1);
    let mut broken = World::approved();
    broken.measure("ready", CheckStatus::Error);
    let mut untrusted = World::approved();
    untrusted.give(0, Input::TrustKnown(TrustState::Unknown));
    for (world, why) in [(old, "older than"), (lost, "not heard"), (broken, "error"), (untrusted, "trusted")]
    {
        let verdict = world.verdict();
        assert_eq!(verdict.word, VerdictWord::Unknown, "{why}");
        assert!(verdict.reasons[0].text.raw().contains(why), "{:?}", verdict.reasons);
    }
}

#[test]
fn law_2_unknown_is_never_green_a_condition_nobody_can_tell_is_not_skipped() {
    let source =
        SHOP.replace("when = \"urgent == 'yes'\"", "when = \"other == 'abc'\"") + "[variables.other]\n";
    let mut world = World::of(&source, Presence::Screen);
    world.trust();
    assert_eq!(world.standing("hurry").state, crate::rules::standing::ItemState::Error);
    let reasons = world.verdict().reasons;
    assert!(reasons.iter().any(|reason| reason.text.raw().contains("`other`")), "{reasons:?}");
}

#[test]
fn law_2_a_wrong_answer_is_no_go_and_a_gone_container_is_a_wrong_answer() {
    let mut world = World::approved();
    world.measure("ready", CheckStatus::Fail);
    assert_eq!(world.word(), VerdictWord::NoGo);
    let mut world = World::approved();
    let gone = Input::ContainerGone { environment: production(), generation: 1, id: "a".to_owned() };
    world.give(0, gone);
    assert_eq!(world.word(), VerdictWord::NoGo);
}

#[test]
fn law_3_forward_needs_gates_and_every_one_of_them_is_told() {
    let mut world = World::shop();
    let deploy = world.deploy_command();
    world.refused(deploy);
    let blockers = &world.engine().refusal().expect("refused").blockers;
    let items: Vec<_> =
        blockers.iter().filter_map(|blocker| blocker.item.as_ref()).map(ToString::to_string).collect();
    for wanted in ["notes", "tried", "up", "ready", "approve"] {
        assert!(items.iter().any(|item| item == wanted), "{wanted} in {items:?}");
    }
}

#[test]
fn law_3_backward_needs_none_with_nothing_ticked_measured_approved_or_trusted() {
    let mut world = World::of(SHOP, Presence::Screen);
    assert_eq!(starts(&world.granted(roll_back())).len(), 1);
}

#[test]
fn law_4_every_tick_has_evidence() {
    let mut world = World::prepared();
    world.granted(Command::Tick { item: item("ready"), evidence: None });
    let last = world.disk.last().expect("a line").clone();
    assert_eq!((last.by.as_str(), last.on.as_str(), last.at), ("ann@shop.example", "ann/1", world.now));
    let What::Known(event) = last.what else { panic!("newer") };
    let Event::ItemTicked(ticked) = *event else { panic!("{event:?}") };
    assert_eq!((ticked.how, ticked.result), (TickHow::Check, Some(CheckStatus::Pass)));
    assert_eq!(ticked.version.as_deref(), Some("1.1.0"));
    assert_eq!(ticked.environment, Some(production()));
    world.granted(tick("nice"));
    let mark = world.session().mark(&item("nice")).expect("a mark").clone();
    let crate::session::state::MarkKind::Ticked { how, evidence, .. } = mark.kind else { panic!("{mark:?}") };
    assert_eq!((how, evidence.as_deref()), (TickHow::Hand, Some("it was")));
}

#[test]
fn law_5_a_sign_off_binds_to_a_fingerprint_and_executes_nothing() {
    let mut world = World::prepared();
    let seen = world.engine().signoff_fingerprint(world.now, &item("approve")).expect("one").hash;
    let effects = world.decide("bob", "lead", Decision::Approve);
    assert_eq!(effects, [], "no effect but the line on disk");
    assert_eq!(world.session().signoffs[0].fingerprint, seen);
    let other = Command::SignOff {
        item: item("approve"),
        role: RoleId::from("qa"),
        decision: Decision::Approve,
        comment: None,
        fingerprint: "another".to_owned(),
    };
    let lines = world.disk.len();
    world.ask_as(0, "cid", other);
    assert_eq!(world.disk.len(), lines, "nobody approves what they were not shown");
}

#[test]
fn law_5_a_sign_off_counts_distinct_people() {
    let mut world = World::prepared();
    world.decide("ann", "lead", Decision::Approve);
    world.decide("ann", "qa", Decision::Approve);
    assert_eq!(world.standing("approve").state, crate::rules::standing::ItemState::Open);
    assert!(world.standing("approve").reason.raw().contains("1 of 2 different people"));
    world.decide("bob", "lead", Decision::Approve);
    assert_eq!(world.word(), VerdictWord::Go);
}

#[test]
fn law_6_nothing_from_a_file_runs_until_it_is_trusted() {
    for state in [
        None,
        Some(TrustState::Untrusted { digest: "d".to_owned(), changed: Vec::new(), not_pinned: Vec::new() }),
    ] {
        let mut world = World::of(SHOP, Presence::Screen);
        let now = world.now;
        let mut effects = world.seats[0].engine.open(now);
        effects.extend(state.map(|state| world.give(0, Input::TrustKnown(state))).unwrap_or_default());
        world.pass(3_600);
        for timer in ["ready", "up"] {
            let timer = crate::engine::effect::Timer::Measure(item(timer));
            effects.extend(world.give(0, Input::TimerFired(timer)));
        }
        for forward in [Command::MeasureAll, Command::Measure { items: vec![item("ready")] }] {
            world.refused(forward);
        }
        let start = Command::Start {
            action: "restart".into(),
            environment: None,
            fingerprint: String::new(),
            typed: None,
        };
        world.refused(start);
        effects.extend(world.ask(Command::Reconnect));
        assert_eq!(effects, [], "nothing is run, measured, fetched or watched");
        let lines = world.disk.len();
        world.decide("bob", "lead", Decision::Approve);
        assert_eq!(world.disk.len(), lines, "an approval covers commands nobody has looked at");
        world.decide("bob", "lead", Decision::Reject);
        assert_eq!(world.disk.len(), lines + 1, "a rejection does not");
        world.granted(tick("notes"));
    }
}

#[test]
fn law_6_a_rollback_trusts_what_its_one_dialog_showed() {
    let mut world = World::of(SHOP, Presence::Screen);
    let state = TrustState::Untrusted { digest: "d".to_owned(), changed: Vec::new(), not_pinned: Vec::new() };
    world.give(0, Input::TrustKnown(state));
    let effects = world.granted(roll_back());
    assert!(effects.contains(&Effect::StoreTrust { digest: "d".to_owned() }));
    assert_eq!(starts(&effects).len(), 1);
    assert_eq!(world.session().runs[0].requested.trusted.as_deref(), Some("d"), "and the record says so");
}

#[test]
fn law_9_a_deploy_outlives_the_terminal_and_is_picked_up_by_the_next_cockpit() {
    let (mut world, run) = World::deploying();
    let next = world.sit(SHOP, "ann", Presence::Screen);
    let now = world.now;
    assert_eq!(world.seats[next].engine.open(now), [Effect::AdoptRun { run: run.clone() }]);
    world.report_to(next, &run, RunReport::Started { pid: 7, host: "here".to_owned() });
    world.report_to(next, &run, end(RunOutcome::Succeeded));
    assert_eq!((world.count("run.started"), world.count("run.ended")), (1, 1));
}

#[test]
fn law_9_when_the_supervisor_died_the_outcome_is_unknown_and_a_person_decides() {
    let (mut world, run) = World::deploying();
    let settle = Command::SettleRun {
        run: run.clone(),
        outcome: RunOutcome::Succeeded,
        reason: "I looked: 1.1.0 answers".to_owned(),
    };
    assert!(world.refused(settle.clone()).contains("still followed"));
    world.report(&run, RunReport::Lost { reason: Untrusted::new("no process") });
    assert_eq!(world.count("run.ended"), 0, "nobody guesses");
    world.granted(settle);
    assert_eq!(world.count("run.ended"), 1);
    assert_eq!(world.session().runs[0].ended.as_ref().expect("ended").0.by, "ann@shop.example");
}

#[test]
fn law_10_every_queue_has_a_bound_and_says_what_it_dropped() {
    let (mut world, run) = World::deploying();
    for _ in 0..80 {
        let bytes = b"0123456789abcdef\n".repeat(8 * 1024);
        world.report(&run, RunReport::Output { bytes, dropped: 3 });
    }
    let log = world.engine().log(&LogSource::Run { run }).expect("a log");
    let kept: usize =
        (log.first()..log.end_number()).filter_map(|at| log.row(at)).map(|row| row.text.len_bytes()).sum();
    assert!(kept <= LOG_BYTES_MAX && log.dropped() > 80 * 3, "{kept} bytes, {} dropped", log.dropped());
    assert!(log.first() > 0, "the oldest are gone");
    for _ in 0..2 * crate::engine::brain::NOTICES_MAX {
        world.refused(Command::LiftHold { reason: None });
        if world.engine().notices().count() >= crate::engine::brain::NOTICES_MAX {
            break;
        }
    }
    world.refused(Command::LiftHold { reason: None });
    assert_eq!(world.engine().notices().count(), crate::engine::brain::NOTICES_MAX);
    let too_much = "x".repeat(crate::engine::items::TEXT_BYTES_MAX + 1);
    assert!(world.refused(Command::Note { item: None, text: too_much }).contains("longer than"));
}

#[test]
fn law_3_an_abort_is_refused_by_nothing_and_only_rises() {
    let (mut world, run) = World::deploying();
    world.give(0, Input::RecordState(RecordState::Broken { reason: "the disk is full".to_owned() }));
    let rung = |effects: &[Effect]| match effects {
        [Effect::AskSupervisor { request: SupervisorRequest::Abort(rung), .. }] => *rung,
        other => panic!("{other:?}"),
    };
    let abort = |rung| Command::Abort { run: run.clone(), rung };
    let mut asked = Vec::new();
    for wanted in [None, Some(AbortRung::Terminate), None, Some(AbortRung::Terminate), None] {
        let effects = world.granted(abort(wanted));
        asked.push(rung(&effects));
    }
    let (soft, hard) = (AbortRung::Terminate, AbortRung::Kill);
    assert_eq!(asked, [soft, soft, hard, hard, hard]);
    assert!(super::world::kinds(&world.journal).contains(&"run.abort_requested"));
}

#[test]
fn law_2_the_screen_keeps_what_a_lost_daemon_said() {
    let mut world = World::approved();
    world.docker_lost(1);
    let kept = &world.engine().observed().sources[&production()].containers;
    assert_eq!(kept.len(), 1, "nothing vanishes");
    world.docker(2, vec![container("a", ContainerRunState::Running)]);
    assert_eq!(world.word(), VerdictWord::Go);
    assert!(measures(&world.ask(Command::MeasureAll)).iter().all(|(_, name)| name == "ready"));
}
