//! The terminal guard in a real pseudo-terminal: whatever ends or stops the program, the terminal is as it was found.
//!
//! The program is this test binary, started again in a terminal: the first test, seeing the variable that only such a
//! start sets, becomes a small full-screen program around the library's guard, keys, signals and writer.

use std::io::Write as _;
use std::time::Duration;

use gonogo::runtime::terminal::crash::CrashPlace;
use gonogo::runtime::terminal::guard::Switch;
use gonogo::runtime::terminal::keys::CLOSED_EXIT_CODE;
use gonogo::runtime::terminal::{
    KeyCode, Signal, Signals, Suspended, TerminalGuard, TerminalInput, TerminalKeys, TerminalOptions, suspend,
};
use gonogo::text::Safe;
use rustix::process::Signal as Kernel;
use rustix::termios::Termios;

use crate::support::program::Place;
use crate::support::pty::Pty;
use crate::support::skip::skip;

const BOUND: Duration = Duration::from_secs(10);
const CRASHES: &str = "GONOGO_TEST_CRASHES";
const DEAF: &str = "GONOGO_TEST_DEAF_TO_HANG_UPS";

/// What `stty -a` would compare.
fn modes(modes: &Termios) -> String {
    let Termios { input_modes, output_modes, control_modes, local_modes, .. } = modes;
    format!("{input_modes:?} {output_modes:?} {control_modes:?} {local_modes:?} {:?}", modes.special_codes)
}

fn argv() -> Vec<String> {
    let binary = std::env::current_exe().unwrap().to_str().unwrap().to_owned();
    let args = ["--exact", "terminal_guard::quitting_gives_the_terminal_back", "--nocapture"];
    std::iter::once(binary).chain(args.map(str::to_owned)).collect()
}

enum Around {
    Shell,
    Nothing,
    /// A namespace of process ids, as a container has one, in which the leader of the login session is not to be seen.
    PidNamespace,
}

const PID_NAMESPACE: [&str; 7] =
    ["unshare", "--pid", "--fork", "--mount-proc", "sh", "-c", r#""$0" "$@"; exit $?"#];

fn start(place: &Place, around: &Around, env: &[(&str, &str)]) -> Pty {
    let mut all = place.person("ada").env();
    all.push((CRASHES.to_owned(), crashes(place).to_str().unwrap().to_owned()));
    all.extend(env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let argv = argv();
    let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
    let pty = match around {
        Around::Shell => Pty::spawn_under_shell(&argv, (80, 24), &all, &place.project()),
        Around::Nothing => Pty::spawn(&argv, (80, 24), &all, &place.project()),
        Around::PidNamespace => {
            let inside: Vec<&str> = PID_NAMESPACE.into_iter().chain(argv).collect();
            Pty::spawn(&inside, (80, 24), &all, &place.project())
        }
    };
    pty.wait_for("ready");
    pty
}

fn crashes(place: &Place) -> std::path::PathBuf {
    place.project().join("crashes")
}

#[track_caller]
fn assert_given_back(pty: &Pty, found: &str) {
    let screen = pty.model();
    assert!(!screen.alternate_screen(), "still on the alternate screen");
    assert!(!screen.hide_cursor(), "the cursor is still hidden");
    assert!(!screen.bracketed_paste(), "bracketed paste is still on");
    assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    assert_eq!(modes(&pty.termios()), found);
    let raw = String::from_utf8_lossy(&pty.raw_bytes()).into_owned();
    let times = |what: &str| raw.matches(what).count();
    assert_eq!(times("\x1b[?1004h"), times("\x1b[?1004l"), "focus events");
    assert_eq!(times("\x1b[22;2t"), times("\x1b[23;2t"), "title");
    assert_eq!(times("\x1b[?1049h"), times("\x1b[?1049l"), "given back exactly once");
}

/// The modes a shell's child finds: those of the terminal before anything ran.
fn found_modes(place: &Place) -> String {
    let pty = Pty::spawn_under_shell(&["true"], (80, 24), &place.person("ada").env(), &place.project());
    pty.wait_for("[ended 0]");
    modes(&pty.termios())
}

#[test]
fn quitting_gives_the_terminal_back() {
    if std::env::var_os(CRASHES).is_some() {
        be_the_program();
    }
    let place = Place::new();
    let found = found_modes(&place);
    let mut pty = start(&place, &Around::Shell, &[]);
    assert_ne!(modes(&pty.termios()), found, "raw mode is on");
    assert!(pty.model().alternate_screen() && pty.model().hide_cursor() && pty.model().bracketed_paste());
    pty.keys("m q");
    pty.wait_for("[ended 0]");
    assert_given_back(&pty, &found);
}

#[test]
fn every_ending_signal_gives_the_terminal_back_and_has_its_exit_code() {
    let place = Place::new();
    let found = found_modes(&place);
    for (signal, code) in [(Kernel::INT, 130), (Kernel::TERM, 143), (Kernel::HUP, 129), (Kernel::QUIT, 131)] {
        let pty = start(&place, &Around::Shell, &[]);
        pty.signal(signal);
        pty.wait_for(&format!("[ended {code}]"));
        assert_given_back(&pty, &found);
    }
}

#[test]
fn a_panic_on_any_thread_gives_the_terminal_back_then_names_the_crash_file() {
    for key in ["p", "t"] {
        let place = Place::new();
        let found = found_modes(&place);
        let mut pty = start(&place, &Around::Shell, &[]);
        pty.keys(key);
        pty.wait_for("[ended 101]");
        assert_given_back(&pty, &found);
        let told = pty.screen();
        assert!(told.contains("gonogo crashed at") && told.contains("goes on"), "{told}");
        assert!(!told.contains("hostile"), "the message of a panic is not for the screen: {told}");
        let files: Vec<_> =
            std::fs::read_dir(crashes(&place)).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(files.len(), 1, "{files:?}");
        assert!(std::fs::read_to_string(&files[0]).unwrap().contains("hostile"));
    }
}

#[test]
fn stopping_gives_the_terminal_back_and_waking_takes_it_again() {
    let place = Place::new();
    let found = found_modes(&place);
    let mut pty = start(&place, &Around::Shell, &[]);
    // By the key and by a signal; the second time the shell's first line is on the screen already.
    for times in 1..=2 {
        if times == 1 {
            pty.keys("z");
        } else {
            pty.signal(Kernel::TSTP);
        }
        pty.wait_until("the shell to see the stop", |screen| {
            screen.contents().matches("[stopped]").count() == times
        });
        assert_given_back(&pty, &found);
        pty.send(b"\n");
        pty.wait_for("woken");
        assert!(pty.model().alternate_screen());
    }
    pty.keys("q");
    pty.wait_for("[ended 0]");
    assert_given_back(&pty, &found);
}

#[test]
fn without_a_shell_that_could_wake_it_the_program_does_not_stop() {
    let place = Place::new();
    let mut pty = start(&place, &Around::Nothing, &[]);
    pty.keys("z");
    pty.wait_for("nobody");
    pty.keys("q");
    assert_eq!(pty.wait_exit(BOUND), 0);
}

#[test]
fn in_a_namespace_without_its_session_leader_the_terminal_is_ours_and_the_program_does_not_stop() {
    const TEST: &str =
        "in_a_namespace_without_its_session_leader_the_terminal_is_ours_and_the_program_does_not_stop";
    let (unshare, args) = (PID_NAMESPACE[0], &PID_NAMESPACE[1..4]);
    let allowed = std::process::Command::new(unshare).args(args).arg("true").output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        skip(TEST, "no namespace of process ids can be made");
        return;
    }
    let place = Place::new();
    let mut pty = start(&place, &Around::PidNamespace, &[]);
    pty.keys("z");
    pty.wait_for("nobody");
    pty.keys("q");
    assert_eq!(pty.wait_exit(BOUND), 0);
}

#[test]
fn a_closed_terminal_ends_the_program_by_the_hang_up_or_by_the_end_of_input() {
    let place = Place::new();
    let mut pty = start(&place, &Around::Nothing, &[]);
    pty.close_terminal();
    assert_eq!(pty.wait_exit(BOUND), 129);
    let mut deaf = start(&place, &Around::Nothing, &[(DEAF, "1")]);
    deaf.close_terminal();
    assert_eq!(deaf.wait_exit(BOUND), 129);
}

#[test]
fn a_burst_of_resizes_is_one() {
    let place = Place::new();
    let mut pty = start(&place, &Around::Nothing, &[]);
    for columns in 81..=100 {
        pty.resize(columns, 30);
    }
    pty.wait_for("100x30");
    let raw = String::from_utf8_lossy(&pty.raw_bytes()).into_owned();
    assert!(raw.matches("x30").count() <= 3, "{raw:?}");
    pty.keys("q");
    assert_eq!(pty.wait_exit(BOUND), 0);
}

/// A small full-screen program around the library's guard, keys, signals and writer.
fn be_the_program() -> ! {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let code = runtime.block_on(program());
    runtime.shutdown_background();
    std::process::exit(code)
}

async fn program() -> i32 {
    let mut signals = Signals::listen().unwrap();
    let crash = CrashPlace { folder: std::env::var_os(CRASHES).map(Into::into) };
    let guard = TerminalGuard::enter(TerminalOptions { title: Some(Safe::own("gonogo")), crash }).unwrap();
    let mut keys = TerminalKeys::open(guard.tty());
    let mut screen = guard.screen_writer().unwrap();
    let mut show = |text: &str| {
        write!(screen, "\x1b[2J\x1b[H{text}").unwrap();
        screen.end_frame(None)
    };
    show("ready");
    loop {
        let stop = tokio::select! {
            () = guard.crashed() => return 101,
            signal = signals.next() => match signal {
                Signal::HangUp if std::env::var_os(DEAF).is_some() => false,
                Signal::Suspend => true,
                other => match other.exit_code() {
                    Some(code) => return i32::from(code),
                    None => false,
                },
            },
            input = keys.next() => match input {
                TerminalInput::Closed => return i32::from(CLOSED_EXIT_CODE),
                TerminalInput::Resize(columns, rows) => {
                    show(&format!("{columns}x{rows}"));
                    false
                }
                TerminalInput::Key(press) => match press.code {
                    KeyCode::Char('q') => return 0,
                    KeyCode::Char('m') => {
                        guard.mouse(Switch::On);
                        false
                    }
                    KeyCode::Char('p') => panic!("hostile \x1b[2J message"),
                    KeyCode::Char('t') => {
                        drop(tokio::spawn(async { panic!("hostile \x1b[2J message") }));
                        false
                    }
                    KeyCode::Char('z') => true,
                    _ => false,
                },
                _ => false,
            },
        };
        if stop {
            let outcome = suspend(&guard, &mut signals).await.unwrap();
            show(match outcome {
                Suspended::AndResumed => "woken",
                Suspended::NobodyToWakeUs => "nobody",
            });
        }
    }
}
