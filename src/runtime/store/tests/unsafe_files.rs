//! Files that could redirect, leak or hang: a clear message, nothing written, no waiting.

use super::*;

fn refused(paths: &SessionPaths) -> String {
    let started = Instant::now();
    let text = match Writer::open(paths.clone(), holder(), NetworkFiles::Refuse, Kinds::default()) {
        Ok((mut writer, _)) => failure(&add(&mut writer, "x")).0,
        Err(fault) => fault.to_string(),
    };
    assert!(started.elapsed() < Duration::from_secs(2));
    text
}

#[test]
fn a_symbolic_link_is_refused() {
    let place = place();
    let real = place.folder.path().join("elsewhere");
    fs::rename(place.paths.session(), &real).unwrap();
    symlink(&real, place.paths.session()).unwrap();
    let before = fs::read(&real).unwrap();
    assert!(refused(&place.paths).contains("is a symbolic link"));
    assert_eq!(fs::read(&real).unwrap(), before);
}

#[test]
fn a_hard_link_is_refused() {
    let place = place();
    fs::hard_link(place.paths.session(), place.folder.path().join("second")).unwrap();
    assert!(refused(&place.paths).contains("2 names (hard links)"));
}

#[test]
fn a_fifo_and_a_folder_are_refused_without_waiting() {
    let place = place();
    fs::remove_file(place.paths.session()).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        place.paths.session(),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    assert!(refused(&place.paths).contains("not a file"));
    fs::remove_file(place.paths.session()).unwrap();
    fs::create_dir(place.paths.session()).unwrap();
    assert!(refused(&place.paths).contains("folder"));
}

#[test]
fn world_writable_is_refused_and_group_writable_is_closed() {
    let place = place();
    fs::set_permissions(place.paths.session(), fs::Permissions::from_mode(0o666)).unwrap();
    let text = refused(&place.paths);
    assert!(text.contains("written by everybody") && text.contains("chmod o-w"), "{text}");
    fs::set_permissions(place.paths.session(), fs::Permissions::from_mode(0o660)).unwrap();
    stored(&add(&mut open(&place.paths), "one"));
    assert_eq!(fs::metadata(place.paths.session()).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn a_folder_that_is_a_link_or_open_to_everybody_is_refused() {
    let place = place();
    let folder = place.paths.folder().to_owned();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    assert!(refused(&place.paths).contains("everybody"));
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let real = place.folder.path().join("real");
    fs::rename(&folder, &real).unwrap();
    symlink(&real, &folder).unwrap();
    assert!(refused(&place.paths).contains("symbolic link"));
    assert!(prepare_folder(&folder).unwrap_err().to_string().contains("symbolic link"));
    assert!(paths::list(&folder).unwrap_err().to_string().contains("symbolic link"));
}

#[test]
fn another_owner_and_a_read_only_folder_are_refused_where_this_can_be_tried() {
    let place = place();
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(place.paths.session(), Some(12_345), None).unwrap();
        assert!(refused(&place.paths).contains("belongs to user 12345"));
        println!("skipped: the read-only folder, which root may write");
    } else {
        println!("skipped: another owner, which only root can make");
        fs::set_permissions(place.paths.folder(), fs::Permissions::from_mode(0o500)).unwrap();
        let text = refused(&place.paths);
        fs::set_permissions(place.paths.folder(), fs::Permissions::from_mode(0o700)).unwrap();
        assert!(text.contains("cannot open"), "{text}");
    }
}

#[test]
fn a_full_disk_leaves_a_valid_record_that_goes_on_when_there_is_room() {
    let place = place();
    let mount = place.folder.path().join("small");
    fs::create_dir(&mount).unwrap();
    let target = mount.to_str().unwrap();
    if !system("mount", &["-t", "tmpfs", "-o", "size=16k,mode=700", "tmpfs", target]) {
        println!("skipped: no small file system can be mounted here");
        return;
    }
    let result = std::panic::catch_unwind(|| fill(&mount));
    assert!(system("umount", &["-l", target]));
    result.unwrap();
}

fn system(program: &str, arguments: &[&str]) -> bool {
    let done =
        std::process::Command::new(program).args(arguments).stderr(std::process::Stdio::null()).status();
    done.is_ok_and(|status| status.success())
}

fn fill(mount: &Path) {
    let release = release();
    let paths = SessionPaths::in_folder(mount, "shop", "1", release.id);
    create_session(&paths, &write_header(&release, "[checklist]\n").unwrap()).unwrap();
    let ballast = mount.join("ballast");
    fs::write(&ballast, [0; 4096]).unwrap();
    let mut writer = open(&paths);
    let mut written = 0;
    let error = loop {
        let answers = add(&mut writer, &"y".repeat(300));
        if answers.iter().any(|answer| matches!(answer, Answer::Stored { .. })) {
            written += 1;
            assert!(written < 100);
        } else {
            break failure(&answers);
        }
        assert_eq!(on_disk(&paths).len(), written);
    };
    assert!(!error.1 && error.0.contains("cannot write"), "{error:?}");
    assert_eq!(on_disk(&paths).len(), written, "the half line was taken back");
    fs::remove_file(ballast).unwrap();
    stored(&add(&mut writer, "room again"));
    assert_eq!(on_disk(&paths).len(), written + 1);
}
