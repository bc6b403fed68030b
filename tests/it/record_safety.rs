//! Files that could redirect, leak or hang, where a record and its lock should be: a clear message from the real program,
//! nothing written, no hang. And a record that goes away under an open cockpit and comes back.
//!
//! Not here: disks that fail (`record_faults.rs`, `record_inject.rs`), the store's own tests (`src/runtime/store/tests`).

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};

use super::support::program::{Outcome, files_below};
use super::support::pty::SCREEN_BOUND;
use super::support::scene::{Extra, SIZE, Scene, has_row, leave, never_go, tick_first};
use super::support::skip::skip;

/// Far less than the store waits for a lock: whoever answers within this has waited for nothing.
const AT_ONCE: Duration = Duration::from_secs(4);

/// A started release; its record and what was in it.
struct Started {
    scene: Scene,
    record: PathBuf,
    before: Vec<u8>,
}

impl Started {
    fn new() -> Self {
        let scene = Scene::new(&Extra::default());
        let record = scene.place.project().join(scene.session());
        let before = fs::read(&record).unwrap();
        Self { scene, record, before }
    }
    fn lock(&self) -> PathBuf {
        PathBuf::from(self.record.to_str().unwrap().replace(".session.toml", ".lock"))
    }
    /// Where the true record went, out of the folder.
    fn elsewhere(&self) -> PathBuf {
        self.scene.place.project().join("elsewhere")
    }
    fn move_away(&self) {
        fs::rename(&self.record, self.elsewhere()).unwrap();
    }
    /// Nobody writes, and each says why, at once.
    #[track_caller]
    fn refuses(&self, args: &[&str], words: &str) -> Outcome {
        let began = Instant::now();
        let session = self.record.to_str().unwrap();
        let told = self.scene.run(&[args, &["--session", session]].concat());
        assert!(began.elapsed() < AT_ONCE, "{args:?} took {:?}", began.elapsed());
        let said = format!("{}{}", told.stdout, told.stderr);
        assert!(told.code != 0 && told.code != 101, "{args:?}: {} {said}", told.code);
        assert!(said.contains(words), "{args:?}, wanted {words:?}: {said}");
        told
    }
    #[track_caller]
    fn refuses_to_write(&self, words: &str) {
        for args in [["note", "x"].as_slice(), &["tick", "freeze"], &["close", "--reason", "x"]] {
            self.refuses(args, words);
        }
    }
    #[track_caller]
    fn refuses_to_read_or_write(&self, words: &str) {
        for args in [["status", "--recorded"].as_slice(), &["log"], &["verify"]] {
            self.refuses(args, words);
        }
        self.refuses_to_write(words);
    }
}

fn node(path: &Path, kind: FileType, device: u64) -> bool {
    mknodat(CWD, path, kind, Mode::from_raw_mode(0o600), device).is_ok()
}

#[test]
fn a_link_a_pipe_a_socket_or_a_folder_in_place_of_the_record_is_refused() {
    let started = Started::new();
    started.move_away();
    symlink(started.elsewhere(), &started.record).unwrap();
    started.refuses_to_read_or_write("is a symbolic link");
    fs::remove_file(&started.record).unwrap();
    assert!(node(&started.record, FileType::Fifo, 0));
    started.refuses_to_read_or_write("not a file");
    fs::remove_file(&started.record).unwrap();
    // A socket's path is short; it is bound elsewhere and moved here.
    let short = tempfile::tempdir().unwrap();
    let socket = UnixListener::bind(short.path().join("s")).unwrap();
    if fs::rename(short.path().join("s"), &started.record).is_ok() {
        assert!(fs::symlink_metadata(&started.record).unwrap().file_type().is_socket());
        started.refuses_to_read_or_write("not a file");
        fs::remove_file(&started.record).unwrap();
    }
    drop(socket);
    fs::create_dir(&started.record).unwrap();
    started.refuses_to_read_or_write("folder");
    assert_eq!(fs::read(started.elsewhere()).unwrap(), started.before, "nothing was written through");
}

#[test]
fn a_device_in_place_of_the_record_is_refused_where_one_can_be_made() {
    let started = Started::new();
    started.move_away();
    // /dev/zero by another name: reading it would never end.
    if !node(&started.record, FileType::CharacterDevice, makedev(1, 5)) {
        return skip("a_device_in_place_of_the_record", "only root makes devices");
    }
    started.refuses_to_read_or_write("not a file");
}

#[test]
fn a_second_name_another_owner_and_rights_for_everybody_are_refused() {
    let started = Started::new();
    let second = started.scene.place.project().join("second");
    fs::hard_link(&started.record, &second).unwrap();
    started.refuses_to_write("2 names (hard links)");
    fs::remove_file(&second).unwrap();
    fs::set_permissions(&started.record, fs::Permissions::from_mode(0o666)).unwrap();
    started.refuses_to_write("can be written by everybody");
    fs::set_permissions(&started.record, fs::Permissions::from_mode(0o600)).unwrap();
    let folder = started.record.parent().unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
    started.refuses_to_read_or_write("can be written by everybody");
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    if std::os::unix::fs::chown(&started.record, Some(12_345), None).is_ok() {
        started.refuses_to_write("belongs to user 12345");
        std::os::unix::fs::chown(&started.record, Some(0), None).unwrap();
    } else {
        skip("a_second_name_another_owner", "only root gives files away");
    }
    assert_eq!(fs::read(&started.record).unwrap(), started.before);
    started.scene.run(&["note", "mended"]).expect(0);
}

#[test]
fn what_stands_in_place_of_the_lock_is_refused_and_left_as_it_is() {
    let started = Started::new();
    let lock = started.lock();
    let precious = started.scene.place.write("precious", "precious");
    let again = |path: &Path| fs::remove_file(path).or_else(|_| fs::remove_dir(path)).unwrap();
    again(&lock);
    symlink(&precious, &lock).unwrap();
    started.refuses_to_write("is a symbolic link");
    again(&lock);
    fs::hard_link(&precious, &lock).unwrap();
    started.refuses_to_write("hard links");
    again(&lock);
    assert!(node(&lock, FileType::Fifo, 0));
    started.refuses_to_write("not a file");
    again(&lock);
    fs::create_dir(&lock).unwrap();
    started.refuses_to_write("folder");
    again(&lock);
    assert_eq!(fs::read_to_string(&precious).unwrap(), "precious");
    assert_eq!(fs::read(&started.record).unwrap(), started.before);
    started.scene.run(&["note", "mended"]).expect(0);
}

#[test]
fn everything_the_program_makes_is_private_whatever_the_umask_says() {
    let scene = Scene::new(&Extra::default());
    scene.make_ready();
    let open = ["-c", "umask 0; exec \"$@\"", "sh"];
    let deploy = ["deploy", "--confirm", "production"];
    scene.ada.gonogo(deploy).under(&[&["sh"], &open[..]].concat()).run().expect(0);
    let gonogo = scene.place.project().join(".gonogo");
    let state = scene.ada.home().join(".local/state/gonogo");
    let files = [files_below(&gonogo), files_below(&state)].concat();
    assert!(files.len() > 5, "{files:?}");
    for file in &files {
        let found = fs::symlink_metadata(file).unwrap();
        assert_eq!(found.mode() & 0o077, 0, "{} {:o}", file.display(), found.mode());
        assert!(found.is_file() || found.file_type().is_fifo(), "{}", file.display());
    }
    for folder in files.iter().map(|file| file.parent().unwrap()) {
        assert_eq!(fs::metadata(folder).unwrap().mode() & 0o077, 0, "{}", folder.display());
    }
}

#[test]
fn a_record_that_goes_away_under_a_cockpit_is_said_and_its_return_heals_it() {
    let started = Started::new();
    let mut screen = started.scene.screen_with(&[], &[], SIZE);
    screen.wait_for("Freeze announced");
    started.move_away();
    screen.wait_for("read-only");
    never_go(&screen);
    fs::rename(started.elsewhere(), &started.record).unwrap();
    screen.wait_gone("read-only");
    tick_first(&mut screen);
    leave(screen);
    let mut look = started.scene.screen_with(&["--read-only"], &[], SIZE);
    look.wait_for("read-only");
    started.move_away();
    fs::rename(started.elsewhere(), &started.record).unwrap();
    started.scene.run(&["tick", "backup"]).expect(0);
    look.wait_until("the tick", |model| has_row(&model.contents(), "Backup made", "TICKED"));
    assert!(look.screen().contains("opened with --read-only"), "{}", look.screen());
    look.keys("q");
    assert_eq!(look.wait_exit(SCREEN_BOUND), 0);
}

#[test]
fn a_deploys_step_has_no_handle_on_the_record_or_its_lock() {
    let list = "ls -l /proc/self/fd > \"$HOME/handles\"";
    let scene = Scene::new(&Extra { first: list, ..Extra::default() });
    scene.make_ready();
    scene.run(&["deploy", "--confirm", "production"]).expect(0);
    let handles = fs::read_to_string(scene.ada.home().join("handles")).unwrap();
    assert!(
        handles.contains(" 0 -> ") && !handles.contains(".session.toml") && !handles.contains(".lock"),
        "{handles}"
    );
}
