//! `gonogo demo`: real processes with no Docker, and nothing left behind, whoever is killed.
//!
//! Not here: a release played to its end (`demo_release.rs`), the simulated daemon's API, what one service answers
//! (`src/demo/`).

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use rustix::process::{Pid, Signal, kill_process};

use super::support::left_behind::{GONE_BOUND, assert_gone, processes, words_of};
use super::support::program::Place;
use super::support::rehearsal::Rehearsal;
use super::support::until::until;

/// Sockets that these processes listen on, by `/proc`: all on 127.0.0.1.
#[track_caller]
fn assert_listens_on_loopback_only(all: &BTreeSet<i32>) {
    let inodes: BTreeSet<String> = all
        .iter()
        .filter_map(|pid| fs::read_dir(format!("/proc/{pid}/fd")).ok())
        .flatten()
        .filter_map(|entry| Some(fs::read_link(entry.ok()?.path()).ok()?.to_string_lossy().into_owned()))
        .filter_map(|link| Some(link.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let mut listening = 0;
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        for line in fs::read_to_string(table).unwrap_or_default().lines().skip(1) {
            let fields: Vec<&str> = line.split_ascii_whitespace().collect();
            // State 0A: it listens. Field 9 is the inode.
            if fields[3] == "0A" && inodes.contains(fields[9]) {
                assert!(fields[1].starts_with("0100007F:"), "it listens on {}", fields[1]);
                listening += 1;
            }
        }
    }
    assert_eq!(listening, 8, "one socket a service");
}

fn kill(pid: i32) {
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
}

#[test]
fn it_says_what_comes_next_and_leaving_removes_everything() {
    let mut rehearsal = Rehearsal::begin(&["--scenario", "good", "--speed", "8"]);
    rehearsal.screen.wait_for("space ticks this first item");
    rehearsal.screen.wait_for("4/4 ready");
    let all = processes(&rehearsal.folder);
    assert!(all.len() >= 10, "eight services, the world, the caretaker: {all:?}");
    assert_listens_on_loopback_only(&all);
    rehearsal.prepare();
    rehearsal.screen.wait_for("The header says GO");
    let state = rehearsal.ada.home().join(".local/state");
    rehearsal.leave();
    assert!(!state.exists(), "the person's own state was touched");
}

#[test]
fn a_record_that_is_kept_stands_alone_is_private_and_is_all_that_is_left() {
    let kept = tempfile::tempdir().unwrap();
    let words = ["--scenario", "good", "--speed", "8", "--keep", kept.path().to_str().unwrap()];
    let mut rehearsal = Rehearsal::begin(&words);
    rehearsal.prepare();
    let place = Place::new();
    let bob = place.person("bob");
    let record = rehearsal.leave();
    let all: Vec<_> = fs::read_dir(kept.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [session] = all.as_slice() else { panic!("the record alone: {all:?}") };
    let text = fs::read_to_string(session).unwrap();
    assert!(text.starts_with(&record), "what was recorded when she left");
    assert_eq!(fs::metadata(session).unwrap().permissions().mode() & 0o777, 0o600);
    // Whole, and nothing but this file vouches for its end.
    bob.gonogo(["verify", session.to_str().unwrap()]).run().expect(4);
}

#[test]
fn whoever_is_killed_in_the_middle_of_a_deploy_nothing_is_left() {
    for killed in [&["cockpit"] as &[&str], &["cockpit", "demo-world"], &["cockpit", "demo-caretaker"]] {
        let mut rehearsal = Rehearsal::begin(&["--scenario", "good"]);
        rehearsal.prepare();
        rehearsal.screen.wait_for("✓ GO");
        rehearsal.screen.keys("D");
        rehearsal.screen.wait_for("Deploy-stage to stage");
        rehearsal.screen.answer("y", "the deploy", |model| model.contents().contains("RUNNING"));
        rehearsal.wait_events("step.started", 1);
        let all = processes(&rehearsal.folder);
        let of = |word: &str| all.iter().copied().find(|pid| words_of(*pid).iter().any(|one| one == word));
        assert!(of("supervise").is_some(), "a deploy is under way");
        for who in killed {
            match of(who) {
                Some(pid) => kill(pid),
                None => rehearsal.screen.kill9(),
            }
        }
        until(&format!("nothing to be left after {killed:?}"), GONE_BOUND, || {
            all.iter().all(|pid| words_of(*pid).is_empty()).then_some(())
        });
        until("the folder to be swept", GONE_BOUND, || (!rehearsal.folder.exists()).then_some(()));
    }
}

#[test]
fn a_killed_world_takes_its_services_along_and_the_cockpit_can_be_left() {
    let mut rehearsal = Rehearsal::begin(&["--scenario", "good", "--speed", "8"]);
    rehearsal.screen.wait_for("4/4 ready");
    let all = processes(&rehearsal.folder);
    let with = |word: &str| -> Vec<i32> {
        all.iter().copied().filter(|pid| words_of(*pid).iter().any(|one| one == word)).collect()
    };
    let services = with("demo-service");
    assert_eq!(services.len(), 8);
    kill(with("demo-world")[0]);
    until("the services to end", GONE_BOUND, || {
        services.iter().all(|pid| words_of(*pid).is_empty()).then_some(())
    });
    rehearsal.screen.wait_for("2 STALE");
    rehearsal.screen.keys("q");
    assert_eq!(rehearsal.screen.wait_exit(GONE_BOUND), 0);
    assert_gone(&rehearsal.folder, &BTreeSet::new());
}
