//! Who stands in the way: a stopped holder is named, a killed one is gone at once, a child inherits no lock.

use std::process::{Command, Stdio};

use rustix::process::{Signal, kill_process};

use super::super::lock;
use super::children::{Task, Writing};
use super::*;

fn holding(place: &Place) -> Writing {
    let mut other = Writing::start(&place.paths, "ben@example.com", Task::Hold);
    other.hears("locked").unwrap();
    other
}

#[test]
fn a_stopped_holder_is_named_after_the_deadline_and_nothing_is_stolen() {
    let place = place();
    let other = holding(&place);
    kill_process(other.pid(), Signal::STOP).unwrap();
    let before = fs::read(place.paths.session()).unwrap();
    for (wait, least, most) in [(lock::WAIT_URGENT, 2.0, 3.5), (lock::WAIT, 5.0, 6.5)] {
        let request = Request { wait, ..Request::plain(1, vec![note("x")]) };
        let began = Instant::now();
        let (error, broken) = failure(&open(&place.paths).append(&mut VecDeque::from([request])));
        let took = began.elapsed().as_secs_f64();
        assert!((least..most).contains(&took), "{took}");
        let named = format!("pid {} on build1, ben@example.com", other.child.id());
        assert!(!broken && error.contains(&named) && error.contains("end that process"), "{error}");
    }
    assert_eq!(fs::read(place.paths.session()).unwrap(), before);
    kill_process(other.pid(), Signal::CONT).unwrap();
    drop(other);
    stored(&add(&mut open(&place.paths), "afterwards"));
}

#[test]
fn a_killed_holder_is_out_of_the_way_within_100_ms() {
    let place = place();
    let mut writer = open(&place.paths);
    for _ in 0..5 {
        let mut other = holding(&place);
        other.kill();
        let began = Instant::now();
        stored(&add(&mut writer, "next"));
        assert!(began.elapsed() < Duration::from_millis(100), "{:?}", began.elapsed());
    }
}

#[test]
fn a_process_started_under_the_lock_does_not_inherit_it() {
    let place = place();
    let held = lock::acquire(&place.paths, &holder(), lock::WAIT).unwrap();
    // A process that waits for its stdin: a deploy's step, as far as the lock can tell.
    let mut step = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    drop(held);
    let began = Instant::now();
    stored(&add(&mut open(&place.paths), "meanwhile"));
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    let handles = fs::read_dir(format!("/proc/{}/fd", step.id())).unwrap();
    let open: Vec<_> = handles.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok()).collect();
    assert!(open.iter().all(|path| !path.starts_with(place.paths.folder())), "{open:?}");
    step.kill().unwrap();
    step.wait().unwrap();
}
