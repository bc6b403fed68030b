//! What holds whatever happens: random days of two cockpits on one store, with failing disks and late reports.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::plays::{
    container, end, measures, roll_back_typed, starts, step_ended, step_started, tick, untick,
};
use super::world::{Mood, SHOP, World, item, person};
use crate::engine::command::Command;
use crate::engine::effect::{Effect, SupervisorRequest, Timer};
use crate::engine::input::{Input, RecordState, RunReport};
use crate::engine::presence::Presence;
use crate::engine::trust::TrustState;
use crate::rules::observed::{ContainerRunState, Freshness};
use crate::rules::standing::{ItemState, standing};
use crate::rules::verdict::VerdictWord;
use crate::session::status::{AbortRung, CheckStatus, Decision, RunOutcome, StepOutcome, WaiverForm};

/// Something that happens to one of two cockpits.
#[derive(Clone, Debug)]
enum Move {
    Tick(usize),
    Untick(usize),
    Waive(usize, bool),
    Undo,
    Decide(usize, Decision),
    Hold,
    Lift,
    Deploy,
    RollBack,
    Abort(Option<AbortRung>),
    Report(usize),
    Answer(CheckStatus),
    Container(ContainerRunState),
    Lost,
    Found,
    Trust(bool),
    Mood(Mood),
    Record(bool),
    Hear,
    Review,
    Pass(i64),
    Close,
}

const ITEMS: [&str; 8] = ["notes", "tried", "nice", "hurry", "ready", "watch", "looked", "ready-again"];
/// No more runs than this can be in the way of one rollback: two cockpits, and what each left unfinished.
const ABORTED_MAX: usize = 8;
const PEOPLE: [(&str, &str); 3] = [("bob", "lead"), ("cid", "qa"), ("ann", "lead")];

fn moves() -> impl Strategy<Value = Move> {
    let statuses = prop_oneof![
        4 => Just(CheckStatus::Pass),
        1 => Just(CheckStatus::Fail),
        1 => Just(CheckStatus::Error),
        1 => Just(CheckStatus::Inconclusive)
    ];
    let decisions = prop_oneof![
        4 => Just(Decision::Approve),
        1 => Just(Decision::Reject),
        1 => Just(Decision::Withdraw)
    ];
    let rungs = prop_oneof![Just(None), Just(Some(AbortRung::Terminate)), Just(Some(AbortRung::Kill))];
    let moods = prop_oneof![6 => Just(Mood::Works), 1 => Just(Mood::Busy)];
    let states = prop_oneof![4 => Just(ContainerRunState::Running), 1 => Just(ContainerRunState::Exited)];
    prop_oneof![
        8 => (0..ITEMS.len()).prop_map(Move::Tick),
        1 => (0..ITEMS.len()).prop_map(Move::Untick),
        1 => (0..ITEMS.len(), any::<bool>()).prop_map(|(at, reason)| Move::Waive(at, reason)),
        1 => Just(Move::Undo),
        6 => (0..PEOPLE.len(), decisions).prop_map(|(who, what)| Move::Decide(who, what)),
        1 => Just(Move::Hold),
        1 => Just(Move::Lift),
        6 => Just(Move::Deploy),
        2 => Just(Move::RollBack),
        2 => rungs.prop_map(Move::Abort),
        6 => (0..8_usize).prop_map(Move::Report),
        5 => statuses.prop_map(Move::Answer),
        3 => states.prop_map(Move::Container),
        1 => Just(Move::Lost),
        2 => Just(Move::Found),
        2 => prop_oneof![5 => Just(true), 1 => Just(false)].prop_map(Move::Trust),
        2 => moods.prop_map(Move::Mood),
        1 => prop_oneof![4 => Just(true), 1 => Just(false)].prop_map(Move::Record),
        3 => Just(Move::Hear),
        1 => Just(Move::Review),
        2 => prop_oneof![5 => 1..90_i64, 1 => Just(1_000_i64)].prop_map(Move::Pass),
        1 => Just(Move::Close)
    ]
}

/// Two cockpits, and what was asked of the hands.
struct Day {
    world: World,
    asked: Vec<Effect>,
}

impl Day {
    fn begin() -> Self {
        let mut world = World::approved();
        world.sit(SHOP, "bob", Presence::Screen);
        let known = TrustState::Trusted { digest: "sha256:trust".to_owned() };
        world.give(1, Input::TrustKnown(known));
        Self { world, asked: Vec::new() }
    }

    fn input(&self, seat: usize, what: &Move) -> Option<Input> {
        let who = if seat == 0 { "ann" } else { "bob" };
        let by = |who: &str, command| Some(Input::Command { author: person(who), command });
        match what {
            Move::Tick(at) => by(who, tick(ITEMS[*at])),
            Move::Untick(at) => by(who, untick(ITEMS[*at])),
            Move::Waive(at, reason) => {
                let reason = if *reason { "because".to_owned() } else { String::new() };
                by(who, Command::Waive { item: item(ITEMS[*at]), reason, form: WaiverForm::Waived })
            }
            Move::Undo => by(who, Command::Undo),
            Move::Decide(at, decision) => {
                let (who, role) = PEOPLE[*at];
                let engine = &self.world.seats[seat].engine;
                let seen = engine.signoff_fingerprint(self.world.now, &item("approve"))?;
                by(
                    who,
                    Command::SignOff {
                        item: item("approve"),
                        role: role.into(),
                        decision: *decision,
                        comment: Some("because".to_owned()),
                        fingerprint: seen.hash,
                    },
                )
            }
            Move::Hold => by(who, Command::Hold { reason: "wait".to_owned() }),
            Move::Lift => by(who, Command::LiftHold { reason: None }),
            Move::Deploy => by(who, self.world.deploy_command()),
            Move::RollBack => by(who, roll_back_typed()),
            Move::Abort(rung) => {
                let run = self.world.seats[seat].engine.session().active_run()?.id().to_owned();
                by(who, Command::Abort { run, rung: *rung })
            }
            Move::Close => by(who, Command::Close { reason: None }),
            Move::Report(at) => {
                let run = self.world.seats[seat].engine.session().runs.last()?.id().to_owned();
                Some(Input::RunReported { run, report: self.reports(*at) })
            }
            Move::Trust(yes) => Some(Input::TrustKnown(if *yes {
                TrustState::Trusted { digest: "d".to_owned() }
            } else {
                TrustState::Unknown
            })),
            Move::Record(good) => Some(Input::RecordState(if *good {
                RecordState::Writable
            } else {
                RecordState::Broken { reason: "the disk is full".to_owned() }
            })),
            Move::Review => Some(Input::TimerFired(Timer::Review)),
            Move::Answer(_)
            | Move::Container(_)
            | Move::Lost
            | Move::Found
            | Move::Mood(_)
            | Move::Hear
            | Move::Pass(_) => None,
        }
    }

    fn reports(&self, at: usize) -> RunReport {
        match at {
            0 => RunReport::Started { pid: 7, host: "here".to_owned() },
            1 => step_started(&self.world, "migrate", 1),
            2 => step_ended("migrate", 1, StepOutcome::Passed),
            3 => step_ended("migrate", 1, StepOutcome::Failed),
            4 => RunReport::Lost { reason: "no process".into() },
            5 => end(RunOutcome::Failed),
            6 => end(RunOutcome::Aborted),
            _ => end(RunOutcome::Succeeded),
        }
    }

    fn happen(&mut self, seat: usize, what: &Move) {
        if let Some(input) = self.input(seat, what) {
            self.asked = self.world.give(seat, input);
            return;
        }
        self.asked = match what {
            Move::Answer(status) if seat == 0 => self.world.measure("ready", *status),
            Move::Container(state) => self.world.docker(1, vec![container("a", *state)]),
            Move::Lost => self.world.docker_lost(1),
            Move::Found => self.world.docker(1, vec![container("a", ContainerRunState::Running)]),
            Move::Mood(mood) => {
                self.world.mood = *mood;
                Vec::new()
            }
            Move::Pass(seconds) => {
                self.world.pass(*seconds);
                Vec::new()
            }
            Move::Hear => self.world.hear(seat),
            _ => Vec::new(),
        };
    }

    /// Everything that must hold after each move.
    fn holds(&self) {
        self.starts_are_on_disk();
        self.green_is_known();
        for run in &self.world.folded().runs {
            let ends = self.ends(run.id());
            assert!(ends <= 1, "{ends} ends of {}", run.id());
        }
    }

    fn ends(&self, run: &str) -> usize {
        let end = |recorded: &&crate::session::recorded::Recorded| match &recorded.what {
            crate::session::recorded::What::Known(event) => {
                matches!(event.as_ref(), crate::session::event::Event::RunEnded(ended) if ended.run == run)
            }
            crate::session::recorded::What::Redacted { .. }
            | crate::session::recorded::What::Newer { .. } => false,
        };
        self.world.disk.iter().filter(end).count()
    }

    fn starts_are_on_disk(&self) {
        let mut known = self.world.folded();
        self.world.journal.iter().for_each(|recorded| known.apply(recorded));
        for run in starts(&self.asked) {
            assert!(known.run(&run).is_some(), "{run} was started and is not on disk");
        }
    }

    /// GO: every required item before the deploy is done, fresh, and nothing stands against it.
    fn green_is_known(&self) {
        for seat in &self.world.seats {
            let engine = &seat.engine;
            if engine.verdict(self.world.now).word != VerdictWord::Go {
                continue;
            }
            assert!(engine.trust().is_trusted() && *engine.record() == RecordState::Writable);
            assert!(engine.session().hold.is_none());
            let facts = engine.facts(self.world.now);
            for name in ["notes", "tried", "up", "ready", "approve"] {
                let standing = standing(&facts, &facts.item(&item(name)).expect("it"));
                assert!(standing.state.is_done(), "{name}: {standing:?}");
                let kept = standing.result.as_ref().is_some_and(|result| result.kept_since.is_some());
                if standing.state == ItemState::Pass {
                    let result = standing.result.expect("a result");
                    assert_eq!((result.status, result.stale), (CheckStatus::Pass, None));
                }
                if name == "up" && standing.state == ItemState::Pass && !kept {
                    let source = facts.source(Some(&super::world::production())).expect("a source");
                    assert_eq!(source.freshness, Freshness::Live);
                }
            }
        }
    }
}

fn aborts(effects: &[Effect]) -> VecDeque<String> {
    let abort = |effect: &Effect| match effect {
        Effect::AskSupervisor { run, request: SupervisorRequest::Abort(_) } => Some(run.clone()),
        _ => None,
    };
    effects.iter().filter_map(abort).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_starts_are_on_disk_ends_are_single_and_green_is_known(
        happened in prop::collection::vec((0..2_usize, moves()), 1..60)
    ) {
        let mut day = Day::begin();
        for (seat, what) in &happened {
            day.happen(*seat, what);
            day.holds();
        }
    }

    #[test]
    fn replay_is_live_the_fold_of_the_disk_is_the_state_of_every_cockpit(
        happened in prop::collection::vec((0..2_usize, moves()), 1..60)
    ) {
        let mut day = Day::begin();
        for (seat, what) in &happened {
            if !matches!(what, Move::Record(false) | Move::Close) {
                day.happen(*seat, what);
            }
        }
        // What one writes on hearing of an end, the other hears next.
        for _ in 0..4 {
            day.world.hear(0);
            day.world.hear(1);
        }
        let folded = day.world.folded();
        // A rollback whose record was not to be had is in the journal until it is taken over.
        prop_assume!(day.world.journal.is_empty());
        for seat in &day.world.seats {
            prop_assert_eq!(seat.engine.session(), &folded);
        }
    }

    #[test]
    fn a_rollback_is_refused_by_no_state_whatever(
        happened in prop::collection::vec((0..2_usize, moves()), 1..40)
    ) {
        let mut day = Day::begin();
        for (seat, what) in &happened {
            day.happen(*seat, what);
        }
        day.world.mood = Mood::Works;
        let effects = day.world.ask(roll_back_typed());
        prop_assert_eq!(day.world.engine().refusal(), None);
        // One run after the other is aborted; then it starts.
        let mut started = starts(&effects);
        let mut aborted = aborts(&effects);
        for _ in 0..ABORTED_MAX {
            let (true, Some(run)) = (started.is_empty(), aborted.pop_front()) else { break };
            let effects = day.world.report(&run, end(RunOutcome::Aborted));
            started.extend(starts(&effects));
            aborted.extend(aborts(&effects));
        }
        prop_assert_eq!(started.len(), 1);
    }

    #[test]
    fn an_abort_never_falls(rungs in prop::collection::vec(prop::option::of(any::<bool>()), 1..12)) {
        let (mut world, run) = World::deploying();
        let mut highest = AbortRung::Terminate;
        for rung in rungs {
            let rung = rung.map(|kill| if kill { AbortRung::Kill } else { AbortRung::Terminate });
            let command = Command::Abort { run: run.clone(), rung };
            for effect in world.ask(command) {
                if let Effect::AskSupervisor { request: SupervisorRequest::Abort(asked), .. } = effect {
                    prop_assert!(asked >= highest);
                    highest = asked;
                }
            }
        }
        prop_assert_eq!(world.session().run(&run).and_then(|run| run.abort.as_ref()).map(|(_, rung)| *rung), Some(highest));
        prop_assert!(measures(&world.ask(Command::MeasureAll)).len() <= 1);
    }
}
