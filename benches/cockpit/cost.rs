//! What a process has cost so far: time on a processor, wake-ups, memory. All of its threads.

use std::fs;
use std::time::Duration;

/// Read at one moment; two of them make a difference.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    /// Time on a processor, from the scheduler's statistics.
    pub(crate) cpu: Duration,
    /// How often its threads waited of their own will, and so were woken.
    pub(crate) wakeups: u64,
}

impl Cost {
    /// Until now.
    pub(crate) fn of(pid: u32) -> Self {
        let mut cost = Cost::default();
        for task in fs::read_dir(format!("/proc/{pid}/task")).expect("the program runs") {
            let Ok(task) = task else { continue };
            let text = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
            let nanos = text.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0);
            cost.cpu += Duration::from_nanos(nanos);
            let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
            cost.wakeups += field(&status, "voluntary_ctxt_switches:");
        }
        cost
    }

    /// Since an earlier moment. Threads that ended meanwhile take their part with them.
    pub(crate) fn since(self, before: Self) -> Self {
        Cost {
            cpu: self.cpu.saturating_sub(before.cpu),
            wakeups: self.wakeups.saturating_sub(before.wakeups),
        }
    }
}

/// Memory that is its own or its share of what is shared, in bytes.
pub(crate) fn memory(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    field(&text, "Pss:") * 1_024
}

/// The most memory it ever had, in bytes.
pub(crate) fn most_memory(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    field(&text, "VmHWM:") * 1_024
}

fn field(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
