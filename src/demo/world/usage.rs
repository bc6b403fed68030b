//! What a service's process really uses, from `/proc`; on systems without it a container tells no usage.

use std::time::Duration;

use crate::demo::docker::container::SimUsage;
use crate::demo::docker::fleet::Fleet;
use crate::runtime::clock::Stopwatch;

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Ticks of processor time in a second; Linux has told programs 100 for decades.
const TICKS_PER_S: u64 = 100;

/// Tells the fleet until it is dropped, or the process is gone.
pub async fn tell_usage(fleet: Fleet, id: String, pid: u32) {
    let mut before: Option<(u64, Stopwatch)> = None;
    while let Some((ticks, memory)) = look(pid) {
        let watch = Stopwatch::start();
        let cpu_milli = before.map_or(0, |(was, since)| {
            let ms = since.elapsed_ms().max(1);
            ticks.saturating_sub(was).saturating_mul(1_000_000 / TICKS_PER_S) / ms
        });
        let usage = SimUsage { cpu_milli, memory, ..SimUsage::default() };
        // A container that was removed meanwhile uses nothing.
        fleet.set_usage(&id, usage).unwrap_or_default();
        before = Some((ticks, watch));
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Processor ticks so far, and bytes of its own memory. None: it is gone, or nobody tells.
fn look(pid: u32) -> Option<(u64, u64)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in field 2 may hold anything, so fields count from its `)`.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let own = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kib: u64 = own.split_ascii_whitespace().next()?.parse().ok()?;
    Some((user + system, kib * 1_024))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::look;

    #[test]
    fn a_living_process_tells_what_it_uses() {
        let (_, memory) = look(std::process::id()).unwrap();
        assert!(memory > 0);
        assert_eq!(look(u32::MAX), None);
    }
}
