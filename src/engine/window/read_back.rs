//! What happened to containers while nobody looked, told by one look: restarts as the daemon counts them since the opening,
//! less what was counted already; of a container that was not seen then, by the daemon's own times.
//!
//! Not here: two looks (`remembered.rs`), where the knowledge comes from (`seen.rs`).

use chrono::{DateTime, Utc};

use super::remembered::{Before, Happened, Ours, crashed, signalled};
use crate::rules::observed::{Container, ContainerRunState};
use crate::session::event::ContainerSeen;

impl Before {
    /// What happened since the last look of whoever looked before.
    pub(super) fn happened(&self, at: DateTime<Utc>, containers: &[Container], ours: &Ours) -> Happened {
        let (mut since_opening, mut by_times) = (Happened::default(), Happened::default());
        for container in containers.iter().filter(|container| container.gone.is_none()) {
            match self.seen.iter().find(|seen| seen.id == container.id) {
                Some(seen) => since_opening.add(since_seen(seen, container, ours)),
                None => by_times.add(self.by_times(container, ours)),
            }
        }
        let is_there = |seen: &ContainerSeen| {
            // Replaced by one of the same name it is a restart, if anything.
            let same = |container: &&Container| {
                container.gone.is_none() && (container.id == seen.id || container.name.raw() == seen.name)
            };
            containers.iter().any(|container| same(&container))
        };
        if !ours.removed(at) {
            let removed = self.seen.iter().filter(|seen| !is_there(seen)).count();
            let exits = u32::try_from(removed).unwrap_or(u32::MAX);
            since_opening.add(Happened { exits, ..Happened::default() });
        }
        let mut happened = since_opening.without(self.counted);
        happened.add(by_times);
        happened
    }

    fn by_times(&self, container: &Container, ours: &Ours) -> Happened {
        let after = |time: Option<DateTime<Utc>>| time.is_some_and(|time| time > self.from);
        let (started, finished) = (after(container.started), after(container.finished));
        let oom = u32::from(container.oom_killed && finished);
        let time = if finished { container.finished } else { container.started };
        if ours.ordered(time, container.restart_count == 0 && signalled(container)) {
            return Happened { oom, ..Happened::default() };
        }
        let new = after(container.created);
        let replaces = self.seen.iter().any(|seen| seen.name == container.name.raw());
        let restarted = started && (!new || replaces);
        let by_daemon = started && finished && container.restart_count > 0;
        Happened {
            restarts: u32::from(restarted),
            exits: u32::from(finished && crashed(container) || by_daemon),
            oom,
        }
    }
}

fn since_seen(seen: &ContainerSeen, container: &Container, ours: &Ours) -> Happened {
    let counted = container.restart_count.saturating_sub(u32::try_from(seen.restarts).unwrap_or(0));
    let began = seen.started.as_deref().and_then(|time| DateTime::parse_from_rfc3339(time).ok());
    let anew = began.is_some() && container.started.is_some() && container.started != began.map(Into::into);
    let oom = u32::from(container.oom_killed);
    let time = if crashed(container) { container.finished } else { container.started };
    if ours.ordered(time, counted == 0 && signalled(container)) {
        return Happened { oom, ..Happened::default() };
    }
    // The daemon counts a restart when it begins; the end of one that does not run again is one more.
    let last = crashed(container) && container.state != ContainerRunState::Restarting;
    Happened {
        restarts: counted.max(u32::from(anew)),
        exits: (counted + u32::from(last)).max(u32::from(crashed(container))),
        oom,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::super::remembered::{Before, Happened, Ours};
    use crate::rules::observed::{Container, ContainerRunState};
    use crate::session::event::ContainerSeen;
    use crate::text::untrusted::Untrusted;

    fn time(seconds: i64) -> DateTime<Utc> {
        DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn web(restarts: u32, started: i64, finished: Option<i64>) -> Container {
        Container {
            id: "a".to_owned(),
            name: Untrusted::new("web"),
            state: ContainerRunState::Running,
            created: Some(time(-100)),
            restart_count: restarts,
            started: Some(time(started)),
            finished: finished.map(time),
            ..Container::default()
        }
    }

    fn happened(seen: &[Container], counted: (u32, u32, u32), now: &[Container]) -> (u32, u32, u32) {
        let (restarts, exits, oom) = counted;
        let seen = seen.iter().map(ContainerSeen::from).collect();
        let before = Before { from: time(100), seen, counted: Happened { restarts, exits, oom } };
        let Happened { restarts, exits, oom } = before.happened(time(200), now, &Ours::default());
        (restarts, exits, oom)
    }

    #[test]
    fn what_was_seen_at_the_opening_is_compared_and_what_was_counted_is_left_out() {
        let well = [web(2, 0, Some(-5))];
        assert_eq!(happened(&well, (0, 0, 0), &well), (0, 0, 0), "older restarts are no news");
        assert_eq!(happened(&well, (0, 0, 0), &[web(5, 150, Some(149))]), (3, 3, 0));
        assert_eq!(happened(&well, (2, 2, 0), &[web(5, 150, Some(149))]), (1, 1, 0));
        assert_eq!(happened(&well, (1, 1, 0), &[web(3, 50, Some(49))]), (0, 0, 0));
        assert_eq!(happened(&well, (0, 0, 0), &[web(2, 150, Some(149))]), (1, 0, 0), "by hand");
        assert_eq!(happened(&well, (0, 0, 0), &[]), (0, 1, 0), "removed");
        let down = Container {
            state: ContainerRunState::Exited,
            exit_code: Some(137),
            oom_killed: true,
            ..web(3, 50, Some(150))
        };
        assert_eq!(happened(&well, (0, 0, 0), std::slice::from_ref(&down)), (1, 2, 1));
        assert_eq!(happened(&well, (1, 2, 1), &[down]), (0, 0, 0));
    }

    #[test]
    fn what_was_not_seen_then_is_told_by_the_daemons_times() {
        assert_eq!(happened(&[], (0, 0, 0), &[web(4, 50, Some(49))]), (0, 0, 0), "before the gap");
        assert_eq!(happened(&[], (3, 3, 0), &[web(4, 150, Some(149))]), (1, 1, 0));
        assert_eq!(happened(&[], (0, 0, 0), &[web(0, 150, Some(149))]), (1, 0, 0), "by hand");
        let new = Container { created: Some(time(140)), ..web(0, 141, None) };
        assert_eq!(happened(&[], (0, 0, 0), std::slice::from_ref(&new)), (0, 0, 0), "one more");
        let old = Container { id: "b".to_owned(), ..web(0, 0, None) };
        assert_eq!(happened(&[old], (0, 0, 0), &[new]), (1, 0, 0), "replaced");
    }
}
