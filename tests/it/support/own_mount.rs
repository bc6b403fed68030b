//! A mount namespace in which a person's project lies on a small disk of its own: to be filled, and made read-only.
//!
//! `chmod` does not stop root and tests may run as root, so the mount does. Needs the right to mount; without it a test
//! prints that it was skipped. The mount is gone with the process that holds the namespace.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use super::bounded::{self, Ended};
use super::program::{Person, gonogo_path};
use super::pty::Pty;
use super::skip::skip;

/// Mounting, filling, changing a mount: instant, but for a loaded machine.
const MOUNT_BOUND: Duration = Duration::from_secs(20);
/// Room for a session and its lock, small enough to be filled at once.
const DISK_BYTES: &str = "size=512k";
/// Holds the namespace until its stdin ends.
const HOLDER: &str =
    r#"mount -t tmpfs -o "$2" none "$1" && echo mounted && read -r until_the_test_ends; exit 0"#;
/// Runs a program in the folder as the namespace sees it.
const INSIDE: &str = r#"cd "$1" && shift && exec "$@""#;

/// A project on a disk of its own. Dropping it lets go of the namespace.
pub(crate) struct OwnDisk {
    holder: Child,
    _stdin: ChildStdin,
    project: PathBuf,
}

impl OwnDisk {
    /// An empty disk mounted over the project folder; none, with the skip printed, where mounting is not allowed.
    pub(crate) fn over(project: &Path, test: &str) -> Option<Self> {
        let mut holder = Command::new("unshare")
            .args(["-m", "--propagation", "private", "sh", "-c", HOLDER, "sh"])
            .arg(project)
            .arg(DISK_BYTES)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("unshare (util-linux) starts");
        let mut said = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut said).unwrap();
        if said.trim() == "mounted" {
            let stdin = holder.stdin.take().unwrap();
            return Some(OwnDisk { holder, _stdin: stdin, project: project.to_owned() });
        }
        let mut why = String::new();
        let _nothing_said = holder.stderr.take().unwrap().read_to_string(&mut why);
        let _ended = holder.wait();
        skip(test, &format!("no mount namespace: {}", why.trim()));
        None
    }

    /// A path of the project as this process can reach it.
    pub(crate) fn reach(&self, name: &str) -> PathBuf {
        let inside = self.project.strip_prefix("/").unwrap();
        Path::new("/proc").join(self.holder.id().to_string()).join("root").join(inside).join(name)
    }

    /// Fills the disk to the last byte.
    pub(crate) fn fill(&self) {
        let ended = self.shell(r"cat /dev/zero >filler 2>/dev/null; df -P . | tail -1");
        assert!(ended.stdout.contains("100%"), "not full: {}{}", ended.stdout, ended.stderr);
    }

    /// Takes every byte that somebody gives back, until it is dropped.
    pub(crate) fn stay_full(&self) -> StaysFull {
        let argv =
            self.argv(&["sh", "-c", "while :; do cat /dev/zero >>filler 2>/dev/null; sleep 0.01; done"]);
        StaysFull(Command::new(&argv[0]).args(&argv[1..]).stdin(Stdio::null()).spawn().unwrap())
    }

    /// Gives the space back.
    pub(crate) fn free(&self) {
        assert!(self.shell("rm filler").status.success());
    }

    /// Nothing can be written from now on.
    pub(crate) fn make_read_only(&self) {
        let ended = self.shell(r#"mount -o remount,ro "$PWD""#);
        assert!(ended.status.success(), "{}", ended.stderr);
    }

    /// Everything can be written again.
    pub(crate) fn make_writable(&self) {
        let ended = self.shell(r#"mount -o remount,rw "$PWD""#);
        assert!(ended.status.success(), "{}", ended.stderr);
    }

    /// `gonogo ARGS` in a terminal, in there.
    pub(crate) fn cockpit(&self, person: &Person, args: &[&str], size: (u16, u16)) -> Pty {
        let words = self.argv(&[&[gonogo_path()], args].concat());
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        Pty::spawn(&words, size, &person.env(), Path::new("/"))
    }

    /// `gonogo ARGS` without a terminal, in there.
    pub(crate) fn gonogo(&self, person: &Person, args: &[&str]) -> Ended {
        let words = self.argv(&[&[gonogo_path()], args].concat());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env_clear().envs(person.env()).current_dir("/");
        bounded::run(command, MOUNT_BOUND)
    }

    fn shell(&self, script: &str) -> Ended {
        let argv = self.argv(&["sh", "-c", script]);
        let mut command = Command::new(&argv[0]);
        command.args(&argv[1..]);
        bounded::run(command, MOUNT_BOUND)
    }

    fn argv(&self, inside: &[&str]) -> Vec<String> {
        let pid = self.holder.id().to_string();
        let project = self.project.to_str().unwrap();
        let around = ["nsenter", "-t", &pid, "-m", "sh", "-c", INSIDE, "sh", project];
        around.iter().chain(inside).map(|word| (*word).to_owned()).collect()
    }
}

/// Keeps a disk full.
pub(crate) struct StaysFull(Child);

impl Drop for StaysFull {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _ended = self.0.wait();
    }
}

impl Drop for OwnDisk {
    fn drop(&mut self) {
        let _gone = self.holder.kill();
        let _ended = self.holder.wait();
    }
}
