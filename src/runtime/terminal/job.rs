//! Which job and login session a process belongs to, as the kernel tells it in `/proc/PID/stat`.
//!
//! Not asked by `getsid` and `getpgid`: a leader outside our namespace of process ids (a container, `unshare --pid`) is 0
//! there, which `rustix::process::Pid` cannot hold. In the file it is 0 as well, and 0 may be compared.

/// Where a process stands among the jobs of its terminal. Ids are 0 where the process they name is out of our sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    /// The process that started it.
    pub parent: i32,
    /// Its process group: the job.
    pub group: i32,
    /// Its login session.
    pub session: i32,
}

impl Job {
    /// Of this process; none: the system does not tell (no `/proc`).
    pub fn own() -> Option<Self> {
        Self::read("self")
    }

    /// Of another process.
    pub fn of(pid: i32) -> Option<Self> {
        Self::read(&pid.to_string())
    }

    fn read(name: &str) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(format!("/proc/{name}/stat")).ok()?)
    }

    /// The fourth to the sixth field. The second, the name in brackets, may itself hold spaces and brackets.
    fn parse(stat: &str) -> Option<Self> {
        let (_, after_name) = stat.rsplit_once(')')?;
        let mut ids = after_name.split_whitespace().skip(1).map(str::parse::<i32>);
        let mut next = || ids.next()?.ok();
        Some(Self { parent: next()?, group: next()?, session: next()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_are_read_behind_a_name_with_brackets_and_spaces() {
        let job = Job::parse("42 (a) b (c) S 7 42 41 34816 42 0").unwrap();
        assert_eq!(job, Job { parent: 7, group: 42, session: 41 });
        assert_eq!(Job::parse("42 (a) S 7"), None);
        assert_eq!(Job::parse("42 (a) S 7 x 1"), None);
    }

    #[test]
    fn this_process_is_found_under_both_names() {
        let pid = i32::try_from(std::process::id()).unwrap();
        assert!(Job::own().is_some());
        assert_eq!(Job::own(), Job::of(pid));
    }
}
