//! Law 1 over brain, store and hands: whatever fails, and wherever it all ends, no process is made whose request is not flushed.
//!
//! The disk loses power and fails (`simulated_disk.rs`), the spawner makes nothing and looks at the disk. Not here: the guards.

use std::io;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex};

use tokio::process::Child;
use tokio::sync::{mpsc, oneshot};

use super::super::session_store::{append_request, inputs};
use super::simulated_disk::{Call, Dice, Fault, SimulatedClock, SimulatedDisk};
use super::*;
use crate::engine::effect::Effect;
use crate::engine::input::{Input, RunReport};
use crate::engine::run_plan::{Place as RunPlace, RunPlan};
use crate::engine::tests::world::{World, person};
use crate::runtime::supervise::run_folder::RunFolder;
use crate::runtime::supervise::runs::Runs;
use crate::runtime::supervise::spawner::Spawner;
use crate::session::recorded::{Author, Proposed, What};
use crate::session::state::Session;

/// More calls than an append makes.
const CALLS: u64 = 30;

/// Makes no process: notes which runs one was wanted for, and whether a crash at that moment would have kept their request.
#[derive(Clone)]
struct Looks {
    disk: SimulatedDisk,
    wanted: Arc<Mutex<Vec<(String, bool)>>>,
}

impl Spawner for Looks {
    fn spawn(&self, folder: &RunFolder, _log: fs::File) -> io::Result<Child> {
        let run = folder.path().file_name().unwrap().to_string_lossy().into_owned();
        let flushed = requested(&self.disk.flushed(), &run);
        self.wanted.lock().unwrap().push((run, flushed));
        Err(ErrorKind::Unsupported.into())
    }
    fn name(&self) -> String {
        "nothing".to_owned()
    }
}

fn requested(bytes: &[u8], run: &str) -> bool {
    let (_, _, batch) = scan_file(bytes).unwrap();
    let of_run = |line: &Line| line.kind == "run.requested" && line.data.text("run") == Some(run);
    batch.lines.iter().any(|found| of_run(&found.line))
}

/// A cockpit whose record holds all of a release up to its deploy.
struct Cockpit {
    world: World,
    disk: SimulatedDisk,
    writer: Writer<Session>,
}

impl Cockpit {
    fn approved() -> Self {
        let world = World::approved();
        let header = write_header(&release(), "[checklist]\ntitle = \"Shop\"\n").unwrap();
        let disk = SimulatedDisk::with_record(header.as_bytes());
        let paths = SessionPaths::at(Path::new("shop.session.toml")).unwrap();
        let clock = Box::new(SimulatedClock::new(1));
        let (mut writer, _) =
            Writer::open_on(Box::new(disk.clone()), clock, paths, holder(), Session::default()).unwrap();
        let proposal = |recorded: &crate::session::recorded::Recorded| {
            let What::Known(event) = &recorded.what else { panic!("a known event") };
            let author = Author { by: recorded.by.clone(), on: recorded.on.clone() };
            Proposal::try_from(Proposed { at: recorded.at, author, event: (**event).clone() }).unwrap()
        };
        let events = world.disk.iter().map(proposal).collect();
        let answers = writer.append(&mut VecDeque::from([Request::plain(1, events)]));
        assert!(matches!(answers.as_slice(), [Answer::Stored { .. }]), "{answers:?}");
        Self { world, disk, writer }
    }

    /// Asks for the deploy and carries its effects out until nothing is to be stored: the runs to be started.
    fn deploy(&mut self) -> Vec<RunPlan> {
        let command = self.world.deploy_command();
        let mut todo = self.world.give_raw(0, Input::Command { author: person("ann"), command });
        let mut starts = Vec::new();
        while let Some(effect) = todo.pop() {
            match effect {
                Effect::Append { id, events, guard, urgency } => {
                    let request = append_request(id, events, guard, urgency).unwrap();
                    let answers = self.writer.append(&mut VecDeque::from([request]));
                    let now = self.world.now;
                    for input in answers.into_iter().flat_map(|answer| inputs(answer, now)) {
                        todo.extend(self.world.give_raw(0, input));
                    }
                }
                Effect::StartRun(plan) => starts.push(*plan),
                _ => {}
            }
        }
        starts
    }
}

/// Gives the runs to the hands; for which of them a process was wanted.
async fn start(disk: &SimulatedDisk, plans: Vec<RunPlan>) -> Vec<(String, bool)> {
    let folder = tempfile::tempdir().unwrap();
    let looks = Looks { disk: disk.clone(), wanted: Arc::default() };
    let (sender, mut reports) = mpsc::channel(16);
    let runs = Runs::new("gonogo".into(), folder.path().join("side").join("runs"), sender);
    let mut runs = runs.spawned_by(Arc::new(looks.clone()));
    for plan in plans {
        let (tell, told) = oneshot::channel();
        tell.send(Ok(())).unwrap();
        // The shop's secrets are nobody's on this machine.
        runs.start_when(RunPlan { place: RunPlace::default(), ..plan }, told);
        let heard = tokio::time::timeout(Duration::from_secs(30), reports.recv()).await;
        let heard = heard.expect("it is bounded").expect("it answers");
        assert!(
            matches!(&heard, Input::RunReported { report: RunReport::NotStarted { .. }, .. }),
            "{heard:?}"
        );
    }
    let wanted = looks.wanted.lock().unwrap();
    wanted.clone()
}

#[tokio::test]
async fn law_1_no_record_no_action_over_brain_store_and_hands() {
    let mut healthy = Cockpit::approved();
    let plans = healthy.deploy();
    let wanted = start(&healthy.disk, plans).await;
    assert!(matches!(wanted.as_slice(), [(_, true)]), "a healthy disk starts one run: {wanted:?}");

    let mut dice = Dice(1);
    for calls in 0..CALLS {
        let mut cockpit = Cockpit::approved();
        cockpit.disk.dies_in(calls);
        let plans = cockpit.deploy();
        check(&cockpit, plans, &mut dice).await;
    }
    for call in [Call::Write, Call::Sync, Call::SetLen, Call::Read, Call::Open] {
        for (after, taken) in [(0, 0), (0, 100), (1, 0)] {
            let mut cockpit = Cockpit::approved();
            cockpit.disk.fails(Fault { call, kind: ErrorKind::Other, after, taken, forever: true });
            let plans = cockpit.deploy();
            check(&cockpit, plans, &mut dice).await;
        }
    }
}

/// A process is wanted only for what any crash keeps; then the power goes.
async fn check(cockpit: &Cockpit, plans: Vec<RunPlan>, dice: &mut Dice) {
    let wanted = start(&cockpit.disk, plans).await;
    cockpit.disk.crash(dice);
    for (run, flushed) in wanted {
        assert!(flushed, "{run} was started, and its request was not flushed");
        assert!(requested(&cockpit.disk.record(), &run), "{run} was started, and its request is gone");
    }
}
