//! What happened to containers between two looks: restarts, crashes, processes killed for want of memory.
//!
//! What a run of ours stopped did not crash; a process killed for want of memory always counts. Not
//! here: which containers are looked at, what becomes of the numbers (`containers.rs`).

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::checklist::action::ActionKind;
use crate::rules::observed::{Container, ContainerRunState};
use crate::session::event::ContainerSeen;

/// A container that a run of ours removed may be missed this long after the run: a look waits a second for the one
/// before, and a daemon under load some more.
const MISSED_LATE: TimeDelta = TimeDelta::seconds(5);

/// The runs of ours that change what runs there.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ours {
    /// Each from its start to its end; one that still runs until now.
    pub(super) runs: Vec<OurRun>,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct OurRun {
    pub(super) kind: ActionKind,
    pub(super) from: DateTime<Utc>,
    pub(super) to: DateTime<Utc>,
}

impl Ours {
    /// Was it ordered that this container ended or started at that time? A deploy or rollback replaces what runs; a change
    /// (a flag, a restart) may also break it, so only an end by a signal from outside is its order.
    pub(super) fn ordered(&self, time: Option<DateTime<Utc>>, by_signal: bool) -> bool {
        let within = |run: &&OurRun| time.is_some_and(|time| run.from <= time && time <= run.to);
        self.runs.iter().filter(within).any(|run| match run.kind {
            ActionKind::Deploy | ActionKind::Rollback => true,
            ActionKind::Change => by_signal,
        })
    }
    /// A crash removes nothing; somebody ordered it.
    pub(super) fn removed(&self, at: DateTime<Utc>) -> bool {
        self.runs.iter().any(|run| run.from <= at && at <= run.to + MISSED_LATE)
    }
}

/// What containers were like at the last look, and what happened since.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Remembered {
    containers: BTreeMap<String, Was>,
    happened: Happened,
    /// There was a look before.
    looked: bool,
}

#[expect(clippy::struct_excessive_bools, reason = "each is one thing that a look saw")]
#[derive(Clone, Debug, PartialEq)]
struct Was {
    place: (Option<String>, Option<u32>),
    restarts: u32,
    started: Option<DateTime<Utc>>,
    finished: Option<DateTime<Utc>>,
    oom: bool,
    oom_events: u32,
    /// The daemon told of a kill for want of memory since the last end: that end is the same one.
    oom_told: bool,
    ended: bool,
    gone: bool,
}

/// What is known of the time before the first look (`seen.rs`).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Before {
    /// Nobody has looked since.
    pub(super) from: DateTime<Utc>,
    /// What ran at the opening.
    pub(super) seen: Vec<ContainerSeen>,
    /// What was counted since the opening.
    pub(super) counted: Happened,
}

/// How often something happened.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Happened {
    pub(super) restarts: u32,
    pub(super) exits: u32,
    pub(super) oom: u32,
}

impl Remembered {
    /// Looks at the containers: adds what happened since the last look. The first look only remembers.
    pub(super) fn look<'a>(
        &mut self,
        at: DateTime<Utc>,
        containers: impl Iterator<Item = &'a Container>,
        ours: &Ours,
    ) {
        let before = std::mem::take(&mut self.containers);
        for container in containers {
            let mut now = Was::of(container);
            match before.get(&container.id) {
                Some(was) => {
                    self.happened.add(was.until(at, &now, container, ours));
                    now.oom_told = now.oom_told_since(was);
                }
                None if self.looked => {
                    let replaces = before.values().any(|was| was.place == now.place && now.place.0.is_some());
                    let by_us = ours.ordered(now.started.or(container.created), true);
                    self.happened.restarts += u32::from(replaces && !by_us);
                    self.happened.oom += now.oom_events.max(u32::from(now.oom));
                    let by_us = ours.ordered(now.finished, signalled(container));
                    self.happened.exits += u32::from(now.ended && crashed(container) && !by_us);
                }
                None => {}
            }
            self.containers.insert(container.id.clone(), now);
        }
        if self.looked && !ours.removed(at) {
            // The list has it no more: it was removed.
            let gone = before.iter().filter(|(id, was)| {
                let here = self.containers.contains_key(*id);
                let replaced =
                    self.containers.values().any(|now| now.place == was.place && was.place.0.is_some());
                !here && !was.gone && !was.ended && !replaced
            });
            self.happened.exits += u32::try_from(gone.count()).unwrap_or(u32::MAX);
        }
        self.looked = true;
    }

    /// Adds what was read back of a time nobody looked.
    pub(super) fn add(&mut self, happened: Happened) {
        self.happened.add(happened);
    }

    /// What happened since it was taken last.
    pub(super) fn take(&mut self) -> Happened {
        std::mem::take(&mut self.happened)
    }
}

impl Was {
    fn of(container: &Container) -> Self {
        Self {
            place: (container.service.as_ref().map(|service| service.raw().to_owned()), container.number),
            restarts: container.restart_count,
            started: container.started,
            finished: container.finished,
            oom: container.oom_killed,
            oom_events: container.oom_events,
            oom_told: false,
            ended: has_ended(container),
            gone: container.gone.is_some(),
        }
    }

    /// What happened to it since, as far as two looks tell.
    fn until(&self, at: DateTime<Utc>, now: &Self, container: &Container, ours: &Ours) -> Happened {
        let counted = now.restarts.saturating_sub(self.restarts);
        let anew = now.started.is_some() && now.started != self.started;
        let finished = now.finished != self.finished && now.finished.is_some();
        let told = now.oom_events.saturating_sub(self.oom_events);
        let oom = told.max(u32::from(now.is_killed_since(self) && !self.oom_told));
        let time = if finished { now.finished } else { now.started.filter(|_| anew) };
        if ours.ordered(time, counted == 0 && signalled(container)) {
            return Happened { oom, ..Happened::default() };
        }
        // One end may be seen before its restart is counted: it is one end.
        let ends =
            if finished { counted.max(u32::from(crashed(container))) } else { counted.saturating_sub(1) };
        let removed = now.gone && !self.gone && !self.ended && !ours.removed(at);
        Happened {
            restarts: counted.max(u32::from(anew && self.started.is_some())),
            exits: ends + u32::from(removed && ends == 0),
            oom,
        }
    }

    /// Its own process was killed for want of memory since that look.
    fn is_killed_since(&self, was: &Self) -> bool {
        self.oom && (!was.oom || self.finished.is_some() && self.finished != was.finished)
    }

    fn oom_told_since(&self, was: &Self) -> bool {
        !self.is_killed_since(was) && (was.oom_told || self.oom_events > was.oom_events)
    }
}

impl Happened {
    pub(super) fn add(&mut self, other: Self) {
        self.restarts = self.restarts.saturating_add(other.restarts);
        self.exits = self.exits.saturating_add(other.exits);
        self.oom = self.oom.saturating_add(other.oom);
    }
    /// Less what is known already.
    pub(super) fn without(self, other: Self) -> Self {
        Self {
            restarts: self.restarts.saturating_sub(other.restarts),
            exits: self.exits.saturating_sub(other.exits),
            oom: self.oom.saturating_sub(other.oom),
        }
    }
}

fn has_ended(container: &Container) -> bool {
    match container.state {
        ContainerRunState::Exited | ContainerRunState::Dead | ContainerRunState::Restarting => true,
        ContainerRunState::Created
        | ContainerRunState::Running
        | ContainerRunState::Paused
        | ContainerRunState::Removing => false,
    }
}

/// Ended with a code that is no success. A one-shot that did its work is no crash.
pub(super) fn crashed(container: &Container) -> bool {
    has_ended(container) && container.exit_code.is_some_and(|code| code != 0)
}

/// It runs again, or ended well or by TERM or KILL, as an order ends it.
pub(super) fn signalled(container: &Container) -> bool {
    !crashed(container) || !container.oom_killed && matches!(container.exit_code, Some(137 | 143))
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use chrono::{DateTime, TimeDelta, Utc};

    use super::{Happened, OurRun, Ours, Remembered};
    use crate::checklist::action::ActionKind;
    use crate::rules::observed::{Container, ContainerRunState};
    use crate::text::untrusted::Untrusted;

    fn time(seconds: i64) -> DateTime<Utc> {
        DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn running(restarts: u32, started: i64, finished: Option<i64>) -> Container {
        Container {
            id: "a".to_owned(),
            service: Some(Untrusted::new("web")),
            number: Some(1),
            state: ContainerRunState::Running,
            restart_count: restarts,
            started: Some(time(started)),
            finished: finished.map(time),
            exit_code: Some(0),
            ..Container::default()
        }
    }

    fn ended(code: i64, finished: i64, restarts: u32) -> Container {
        let state = ContainerRunState::Exited;
        Container { state, exit_code: Some(code), ..running(restarts, 0, Some(finished)) }
    }

    fn happened_while(ours: &Ours, looks: &[&[Container]]) -> (u32, u32, u32) {
        let mut remembered = Remembered::default();
        for look in looks {
            remembered.look(time(10), look.iter(), ours);
        }
        let Happened { restarts, exits, oom } = remembered.take();
        (restarts, exits, oom)
    }

    fn happened(looks: &[&[Container]]) -> (u32, u32, u32) {
        happened_while(&Ours::default(), looks)
    }

    fn ours(kind: ActionKind) -> Ours {
        Ours { runs: vec![OurRun { kind, from: time(5), to: time(20) }] }
    }

    #[test]
    fn a_restart_that_a_change_ordered_is_ours_and_what_it_broke_is_not() {
        let ours = ours(ActionKind::Change);
        let well = running(0, 0, None);
        let after = |look: Container| happened_while(&ours, &[from_ref(&well), &[look]]);
        assert_eq!(after(running(0, 12, Some(11))), (0, 0, 0));
        assert_eq!(after(ended(143, 11, 0)), (0, 0, 0));
        assert_eq!(after(ended(1, 11, 0)), (0, 1, 0));
        assert_eq!(after(running(1, 12, Some(11))), (1, 1, 0), "the daemon restarted it");
        assert_eq!(after(Container { oom_killed: true, ..ended(137, 11, 0) }), (0, 1, 1));
    }

    #[test]
    fn the_first_look_only_remembers_and_quiet_is_quiet() {
        let old = Container { oom_events: 3, ..running(7, 0, Some(-5)) };
        assert_eq!(happened(&[from_ref(&old)]), (0, 0, 0));
        assert_eq!(happened(&[from_ref(&old), from_ref(&old)]), (0, 0, 0));
    }

    #[test]
    fn a_crash_is_one_exit_and_one_restart_however_it_is_seen() {
        let restarting = Container { state: ContainerRunState::Restarting, ..ended(137, 10, 0) };
        let again = running(1, 11, Some(10));
        let well = running(0, 0, None);
        assert_eq!(happened(&[from_ref(&well), from_ref(&restarting), from_ref(&again)]), (1, 1, 0));
        assert_eq!(happened(&[&[running(0, 0, None)], &[again]]), (1, 1, 0), "between two looks");
        assert_eq!(happened(&[&[running(0, 0, None)], &[running(3, 30, Some(29))]]), (3, 3, 0));
    }

    #[test]
    fn a_kill_is_an_exit_a_success_is_none_and_a_restart_by_hand_is_no_crash() {
        assert_eq!(happened(&[&[running(0, 0, None)], &[ended(137, 9, 0)]]), (0, 1, 0));
        assert_eq!(happened(&[&[running(0, 0, None)], &[ended(0, 9, 0)]]), (0, 0, 0));
        assert_eq!(happened(&[&[running(0, 0, None)], &[running(0, 12, Some(11))]]), (1, 0, 0));
        assert_eq!(happened(&[&[running(0, 0, None)], &[]]), (0, 1, 0), "removed");
    }

    #[test]
    fn memory_and_replacement_are_counted_once() {
        let killed = Container { oom_killed: true, ..ended(137, 9, 0) };
        let well = running(0, 0, None);
        assert_eq!(happened(&[from_ref(&well), from_ref(&killed), from_ref(&killed)]), (0, 1, 1));
        let other = Container { id: "b".to_owned(), ..running(0, 20, None) };
        assert_eq!(happened(&[&[running(0, 0, None)], &[other]]), (1, 0, 0));
    }

    #[test]
    fn a_process_killed_for_want_of_memory_counts_though_its_container_lives_on() {
        let well = running(0, 0, None);
        let child = Container { oom_events: 1, ..well.clone() };
        let two = Container { oom_events: 3, ..well.clone() };
        assert_eq!(happened(&[from_ref(&well), from_ref(&child), from_ref(&child)]), (0, 0, 1));
        assert_eq!(happened(&[from_ref(&well), from_ref(&child), from_ref(&two)]), (0, 0, 3));
        let reconnected = [from_ref(&two), from_ref(&well), from_ref(&child)];
        assert_eq!(happened(&reconnected), (0, 0, 1), "a new connection counts from nothing");
    }

    #[test]
    fn an_event_and_the_end_it_tells_of_are_one_kill() {
        let well = running(0, 0, None);
        let told = Container { oom_events: 1, ..well.clone() };
        let killed = Container { oom_killed: true, oom_events: 1, ..ended(137, 9, 0) };
        assert_eq!(happened(&[from_ref(&well), from_ref(&killed)]), (0, 1, 1), "in one look");
        assert_eq!(happened(&[from_ref(&well), from_ref(&told), from_ref(&killed)]), (0, 1, 1), "in two");
        let again = Container { oom_killed: true, oom_events: 2, ..ended(137, 30, 1) };
        let looks = [from_ref(&well), from_ref(&told), from_ref(&killed), from_ref(&again)];
        assert_eq!(happened(&looks), (1, 2, 2), "the next is another one");
        let unheard = Container { oom_killed: true, oom_events: 1, ..ended(137, 30, 1) };
        let looks = [from_ref(&well), from_ref(&told), from_ref(&killed), from_ref(&unheard)];
        assert_eq!(happened(&looks), (1, 2, 2), "also when only the flag tells");
    }

    #[test]
    fn what_a_run_of_ours_stopped_did_not_crash_but_memory_counts() {
        let ours = ours(ActionKind::Deploy);
        let well = running(0, 0, None);
        let stopped = ended(137, 9, 0);
        assert_eq!(happened_while(&ours, &[from_ref(&well), from_ref(&stopped)]), (0, 0, 0));
        assert_eq!(happened_while(&ours, &[from_ref(&well), &[running(0, 12, Some(11))]]), (0, 0, 0));
        assert_eq!(happened_while(&ours, &[from_ref(&well), &[]]), (0, 0, 0), "it removed it");
        let other = Container { id: "b".to_owned(), ..running(0, 19, None) };
        assert_eq!(happened_while(&ours, &[from_ref(&well), from_ref(&other)]), (0, 0, 0), "and another");
        let killed = Container { oom_killed: true, ..stopped.clone() };
        assert_eq!(happened_while(&ours, &[from_ref(&well), from_ref(&killed)]), (0, 0, 1));
        // Before it and after it, by the time of the end, whenever it is seen.
        assert_eq!(happened_while(&ours, &[from_ref(&well), &[ended(137, 4, 0)]]), (0, 1, 0));
        assert_eq!(happened_while(&ours, &[from_ref(&stopped), &[ended(1, 21, 0)]]), (0, 1, 0));
    }
}
