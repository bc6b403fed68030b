//! Which process it is: number, start time and boot. All three must match before a process is taken for an old one.
//!
//! Not here: what is done with it (`supervise/adopt.rs`).

use serde::{Deserialize, Serialize};

/// Which process it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessIdentity {
    /// Its number.
    pub pid: u32,
    /// When it started, in the kernel's own unit.
    pub started: String,
    /// Which boot of the machine.
    pub boot: String,
}

impl ProcessIdentity {
    /// This process. `None`: the kernel does not say.
    pub fn own() -> Option<Self> {
        Self::of(std::process::id())
    }
    /// The living process with this number. `None`: there is none, or only its zombie.
    pub fn of(pid: u32) -> Option<Self> {
        Some(Self { pid, started: start_time(pid)?, boot: boot_id()? })
    }
    /// Does exactly this process still live?
    pub fn is_alive(&self) -> bool {
        Self::of(self.pid).as_ref() == Some(self)
    }
}

/// Field 22 of `/proc/PID/stat`: ticks since boot. The name in field 2 may hold anything, so fields count from its `)`.
#[cfg(target_os = "linux")]
fn start_time(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

#[cfg(target_os = "linux")]
fn boot_id() -> Option<String> {
    Some(std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim().to_owned())
}

#[cfg(not(target_os = "linux"))]
fn start_time(pid: u32) -> Option<String> {
    let told = told_by("ps", &["-o", "stat=", "-o", "lstart=", "-p", &pid.to_string()])?;
    let (state, started) = told.split_once(' ')?;
    (!state.starts_with('Z')).then(|| started.trim().to_owned())
}

#[cfg(not(target_os = "linux"))]
fn boot_id() -> Option<String> {
    told_by("sysctl", &["-n", "kern.boottime"])
}

#[cfg(not(target_os = "linux"))]
fn told_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = std::process::Command::new(program).args(arguments).output().ok()?;
    let told = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !told.is_empty()).then_some(told)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "real children")]
mod tests {
    use super::*;

    #[test]
    fn a_reused_number_and_a_new_boot_are_not_the_same_process() {
        let own = ProcessIdentity::own().unwrap();
        assert!(own.is_alive());
        assert!(!ProcessIdentity { started: "1".to_owned(), ..own.clone() }.is_alive());
        assert!(!ProcessIdentity { boot: "another".to_owned(), ..own }.is_alive());
    }

    #[test]
    fn a_zombie_is_not_alive() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = rustix::process::Pid::from_child(&child);
        let options = rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOWAIT;
        rustix::process::waitid(rustix::process::WaitId::Pid(pid), options).unwrap();
        assert_eq!(ProcessIdentity::of(child.id()), None);
        child.wait().unwrap();
    }
}
