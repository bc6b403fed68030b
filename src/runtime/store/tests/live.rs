//! Live reload: what another process writes is here at once, by file events, and by the clock where there are none.

use std::sync::mpsc::Receiver;

use super::super::thread::Looks;
use super::children::{Task, Writing, nanos};
use super::*;

/// The bound of the design for an event of another process: the slowest of a hundred but one.
const SHOWN_WITHIN: Duration = Duration::from_millis(300);
/// Far beyond every wait here.
const BOUND: Duration = Duration::from_secs(20);

type Shown = Receiver<(u128, Answer)>;

fn watching(paths: &SessionPaths, looks: Looks) -> (StoreThread<Kinds>, Shown) {
    let (sender, answers) = sync_channel(1024);
    let tell = move |answer| sender.send((nanos(), answer)).unwrap_or_default();
    (StoreThread::start_with(looks, open(paths), None, tell).unwrap(), answers)
}

/// When this text was shown.
#[track_caller]
fn shown(answers: &Shown, text: &str) -> u128 {
    loop {
        let (at, answer) = answers.recv_timeout(BOUND).expect("it is shown");
        if let Answer::Arrived { lines, .. } = &answer
            && texts(lines).iter().any(|known| known == text)
        {
            return at;
        }
    }
}

/// How long after "stored" in another process each event was shown here, sorted.
fn delays(looks: Looks, events: usize) -> Vec<Duration> {
    let place = place();
    let (thread, answers) = watching(&place.paths, looks);
    let mut other = Writing::start(&place.paths, "ben", Task::EachLine);
    let mut delays: Vec<Duration> = (0..events)
        .map(|number| {
            other.tell(&format!("event-{number}"));
            let said = other.hears("stored").unwrap();
            let stored: u128 = said.split(' ').next_back().unwrap().parse().unwrap();
            let late = shown(&answers, &format!("event-{number}")).saturating_sub(stored);
            Duration::from_nanos(u64::try_from(late).unwrap())
        })
        .collect();
    thread.close().unwrap();
    delays.sort();
    delays
}

#[test]
fn an_event_of_another_process_is_shown_within_300_ms_by_file_events() {
    let delays = delays(Looks::Hinted, 100);
    assert!(delays[98] < SHOWN_WITHIN, "{delays:?}");
    // The net of the clock alone would need 5 s in the middle.
    println!("median {:?}, slowest {:?}", delays[50], delays[99]);
}

#[test]
fn without_file_events_it_is_shown_by_the_clock() {
    let delays = delays(Looks::ByTheClock, 10);
    assert!(delays[9] < Duration::from_secs(2), "{delays:?}");
    println!("median {:?}, slowest {:?}", delays[5], delays[9]);
}

#[test]
fn a_file_replaced_by_an_editor_is_read_and_watched_on() {
    let place = place();
    let (thread, answers) = watching(&place.paths, Looks::Hinted);
    let mut ben = open(&place.paths);
    for round in 0..5 {
        let copy = place.paths.folder().join("4913");
        fs::copy(place.paths.session(), &copy).unwrap();
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o600)).unwrap();
        fs::rename(&copy, place.paths.session()).unwrap();
        add(&mut ben, &format!("round-{round}"));
        shown(&answers, &format!("round-{round}"));
    }
    thread.close().unwrap();
}

#[test]
fn a_folder_that_is_replaced_is_looked_at_by_the_clock() {
    let place = place();
    let (thread, answers) = watching(&place.paths, Looks::Hinted);
    let folder = place.paths.folder();
    let aside = place.folder.path().join("aside");
    fs::rename(folder, &aside).unwrap();
    fs::create_dir(folder).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    for entry in fs::read_dir(&aside).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    add(&mut open(&place.paths), "after the move");
    let began = Instant::now();
    shown(&answers, "after the move");
    assert!(began.elapsed() < Duration::from_secs(2), "not only by the net of ten seconds");
    thread.close().unwrap();
}

#[test]
fn leaving_ends_the_watch_at_once() {
    let place = place();
    let (thread, answers) = watching(&place.paths, Looks::Hinted);
    let began = Instant::now();
    thread.close().unwrap();
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(answers.try_iter().count(), 0);
}
