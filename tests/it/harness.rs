//! The tools of `support/` do what they say: the terminal, the servers, the Docker stack.
//!
//! Not here: anything about `gonogo`. When a feature's test fails oddly, look here first.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use crate::support::bounded;
use crate::support::docker::docker_or_skip;
use crate::support::fake_unix::SilentSocket;
use crate::support::http::{Answer, HttpServer};
use crate::support::image::{HOSTILE_LOG, HOSTILE_SEQUENCES, Variant};
use crate::support::keys::bytes_of;
use crate::support::program::{Outcome, Person, Place};
use crate::support::pty::Pty;
use crate::support::sequences::{Part, foreign, parts};
use crate::support::stack::Stack;
use crate::support::until::until;

const SIZE: (u16, u16) = (40, 10);
const SOON: Duration = Duration::from_secs(10);

fn shell(person: &Person, place: &Place, script: &str) -> Pty {
    Pty::spawn(&["sh", "-c", script], SIZE, &person.env(), &place.project())
}

fn message_of(run: impl FnOnce()) -> String {
    let panicked = catch_unwind(AssertUnwindSafe(run)).expect_err("it should fail");
    panicked.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn a_program_gets_a_real_terminal_of_the_asked_size() {
    let place = Place::new();
    let mut pty =
        shell(&place.person("ada"), &place, "test -t 0 && test -t 1 && stty size; read x; echo got-$x");
    pty.wait_for("10 40");
    pty.type_text("two words");
    pty.keys("<enter>");
    pty.wait_for("got-two words");
    assert_eq!(pty.wait_exit(SOON), 0);
    assert!(String::from_utf8_lossy(&pty.raw_bytes()).contains("got-two words\r\n"));
}

#[test]
fn a_resize_reaches_the_program_and_the_model() {
    let place = Place::new();
    let script = "trap 'stty size' WINCH; echo up; while :; do read x; done";
    let mut pty = shell(&place.person("ada"), &place, script);
    pty.wait_for("up");
    pty.resize(60, 20);
    pty.keys("<enter>");
    pty.wait_for("20 60");
    assert_eq!(pty.model().size().1.get(), 60);
}

#[test]
fn a_wait_that_fails_shows_the_whole_screen() {
    let place = Place::new();
    let pty = shell(&place.person("ada"), &place, "echo what is there; read x");
    pty.wait_for("what is there");
    let wait = || pty.wait_within(Duration::from_millis(50), "something else", |_| false);
    let message = message_of(wait);
    assert!(message.contains("something else") && message.contains("what is there"), "{message}");
    assert!(pty.screen().contains("what is there"));
}

#[test]
fn a_wait_ends_as_soon_as_the_program_is_gone() {
    let place = Place::new();
    let pty = shell(&place.person("ada"), &place, "echo bye");
    let message = message_of(|| pty.wait_for("never"));
    assert!(message.contains("closed its terminal"), "{message}");
}

#[test]
fn escape_is_read_alone_and_not_as_an_alt_chord() {
    let place = Place::new();
    let script = "stty raw -echo; echo up; for i in 1 2; do dd bs=16 count=1 2>/dev/null | od -An -tx1; done";
    let mut pty = shell(&place.person("ada"), &place, script);
    pty.wait_for("up");
    pty.keys("<esc> j");
    pty.wait_until("two reads", |screen| {
        let text = screen.contents();
        text.contains("1b\n") && text.contains("6a") && !text.contains("1b 6a")
    });
}

#[test]
fn every_control_of_a_hostile_log_is_foreign_and_none_of_the_programs_own() {
    let at = |line: usize| HOSTILE_LOG[line - 1];
    for (line, wanted) in [
        (3, "\\u{1b}]52;c;b3duZWQ=\\u{7}"),
        (4, "\\r"),
        (5, "\\u{202e}"),
        (8, "\u{fffd}"),
        (9, "\\u{8}"),
        (10, "\\u{1b}]8;;http://example.invalid/\\u{7}"),
        (11, "\\u{1b}P+q544e\\u{1b}\\\\"),
        (12, "\\u{1b}[>0q"),
        (13, "\\u{200b}"),
    ] {
        let found = foreign(at(line));
        assert!(found.iter().any(|one| one.contains(wanted)), "line {line} lacks {wanted}: {found:?}");
    }
    assert_eq!(foreign(at(14)), Vec::<String>::new(), "colour is not foreign");
    assert_eq!(foreign("\u{9b}2J".as_bytes()).len(), 1, "an 8-bit control is one");
    let own =
        "\x1b[?2026h\x1b[3;14H\x1b[38;2;1;2;3mé👩\u{200d}🚀\x1b[0m\x1b[?2026l\x1b]2;gonogo shop\x1b\\\r\n";
    assert_eq!(foreign(own.as_bytes()), Vec::<String>::new());
    let again: Vec<u8> = parts(own.as_bytes()).into_iter().flat_map(Part::into_bytes).collect();
    assert_eq!(again, own.as_bytes(), "nothing is lost");
}

#[test]
fn key_names_are_the_bytes_of_a_terminal() {
    let expected: [&[u8]; 5] = [b"j", b" ", b"\x13", b"\x1b[A", b"\x1bx"];
    assert_eq!(bytes_of("j <space> <c-s> <up> <a-x>"), expected);
}

#[test]
fn closing_the_terminal_hangs_up_on_the_program() {
    let place = Place::new();
    let script = "trap 'echo hung up >seen; exit 7' HUP; echo up; while :; do read x || sleep 0.1; done";
    let mut pty = shell(&place.person("ada"), &place, script);
    pty.wait_for("up");
    pty.close_terminal();
    assert_eq!(pty.wait_exit(SOON), 7);
    assert_eq!(place.read("seen"), "hung up\n");
}

#[test]
fn a_killed_program_is_seen_as_killed() {
    let place = Place::new();
    let mut pty = shell(&place.person("ada"), &place, "echo up; read x");
    pty.wait_for("up");
    pty.kill9();
    assert_eq!(pty.wait_exit(SOON), 128 + 9);
}

#[test]
fn under_a_shell_a_program_stops_goes_on_and_leaves_its_modes_to_be_seen() {
    let place = Place::new();
    let argv = ["sh", "-c", "stty -icanon min 1; echo up; read x; echo got-$x; exit 5"];
    let mut pty = Pty::spawn_under_shell(&argv, SIZE, &place.person("ada").env(), &place.project());
    pty.wait_for("up");
    let during = pty.termios();
    pty.signal(Signal::TSTP);
    pty.wait_for("[stopped]");
    pty.keys("<enter>");
    until("the program in the foreground again", SOON, || (pty.foreground() != pty.leader()).then_some(()));
    pty.keys("h i <enter>");
    pty.wait_for("got-hi");
    pty.wait_for("[ended 5]");
    assert_eq!(pty.termios().local_modes, during.local_modes, "nobody restored the modes");
    pty.keys("<enter>");
    assert_eq!(pty.wait_exit(SOON), 5);
}

#[test]
fn a_command_without_end_is_killed_at_its_bound() {
    let mut command = Command::new("sh");
    command.args(["-c", "echo before; exec cat /dev/zero >/dev/null"]);
    let message = message_of(|| {
        let _ended = bounded::run(command, Duration::from_millis(200));
    });
    assert!(message.contains("did not end") && message.contains("before"), "{message}");
}

#[test]
fn people_have_homes_of_their_own_and_nothing_else_in_the_environment() {
    let place = Place::new();
    let (ada, bob) = (place.person("ada"), place.person("bob"));
    assert_ne!(ada.home(), bob.home());
    let mut pty = shell(&bob, &place, "git config user.email; echo home=$HOME; echo cargo=$CARGO_HOME.");
    pty.wait_for("bob@example.org");
    pty.wait_for("cargo=.");
    assert_eq!(pty.wait_exit(SOON), 0);
}

#[test]
fn pasted_text_is_bracketed_and_a_text_that_goes_is_waited_for() {
    let place = Place::new();
    let script = "stty -echo -icanon; printf up; head -c 14 | cat -v; printf '\\r\\033[K'; cat";
    let mut pty = shell(&place.person("ada"), &place, script);
    pty.wait_for("up");
    pty.paste("ab");
    pty.wait_gone("up");
    assert!(String::from_utf8_lossy(&pty.raw_bytes()).contains("^[[200~ab^[[201~"));
}

#[test]
fn the_program_runs_with_and_without_a_terminal() {
    let place = Place::new();
    let ada = place.person("ada");
    place.write("some/file.txt", "text");
    let outcome = ada.gonogo(["--version"]).env("NO_COLOR", "1").in_folder(&place.project()).run().expect(0);
    assert_eq!(outcome.stderr, "");
    assert_eq!(ada.cockpit(&["--version"], SIZE).wait_exit(SOON), 0);
    ada.cockpit_under_shell(&["--version"], SIZE).wait_for("[ended 0]");
    let told = Outcome {
        args: Vec::new(),
        stdout: r#"{"verdict":"GO"}"#.to_owned(),
        stderr: String::new(),
        code: 0,
    };
    assert_eq!(told.json()["verdict"], "GO");
}

fn get(url: &str) -> String {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    write!(stream, "GET /{path} HTTP/1.0\r\nhost: {host}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_scripted_server_answers_in_order_and_counts() {
    let server = HttpServer::script(&[Answer::new(503, "wait"), Answer::new(200, "up")]);
    assert!(get(&server.url("/a")).starts_with("HTTP/1.1 503"));
    assert!(get(&server.url("/b")).ends_with("up"));
    assert!(get(&server.url("/c")).ends_with("up"));
    server.wait_requests(3, SOON);
    assert_eq!(server.requests()[1], "GET /b HTTP/1.0");
    assert!(get(&HttpServer::unavailable().url("/")).contains("503"));
    assert!(get(&HttpServer::ok("fine").url("/")).ends_with("fine"));
}

#[test]
fn silent_and_dripping_servers_keep_a_client_waiting() {
    let hanging = HttpServer::hanging();
    let mut stream = TcpStream::connect(("127.0.0.1", hanging.port())).unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    hanging.wait_requests(1, SOON);
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    assert!(stream.read(&mut [0]).is_err(), "a hanging server says nothing");

    let dripping = HttpServer::dripping();
    let mut stream = TcpStream::connect(("127.0.0.1", dripping.port())).unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    let mut answer = String::new();
    let mut byte = [0];
    while !answer.ends_with("\r\n\r\n..") {
        stream.read_exact(&mut byte).unwrap();
        answer.push(char::from(byte[0]));
    }
}

#[test]
fn a_silent_socket_accepts_and_never_answers() {
    let socket = SilentSocket::start();
    let mut stream = UnixStream::connect(socket.path()).unwrap();
    stream.write_all(b"GET /_ping HTTP/1.1\r\nhost: docker\r\n\r\n").unwrap();
    until("the connection", SOON, || (socket.accepted() == 1).then_some(()));
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    assert!(stream.read(&mut [0]).is_err());
    assert!(socket.docker_host().starts_with("unix:///"));
}

#[test]
fn a_stack_of_three_services_comes_up_healthy_and_a_bad_release_does_not() {
    let Some(docker) = docker_or_skip("a_stack_of_three_services_comes_up_healthy") else { return };
    let place = Place::new();
    let mut stack = Stack::new(&docker, &place.project());
    stack.image("1.0.0", Variant::Good);
    stack.image("1.1.0", Variant::Bad);
    stack.up("1.0.0");
    stack.wait_healthy("1.0.0");
    assert!(get(&stack.web_url("/version")).ends_with("1.0.0\n"));
    assert!(get(&stack.api_url("/health")).ends_with("ok\n"));
    stack.make_unready("worker");
    stack.wait_health("worker", "unhealthy");

    stack.up("1.1.0");
    stack.wait_health("web", "unhealthy");
    assert!(get(&stack.web_url("/ready")).starts_with("HTTP/1.0 503"));
    assert!(get(&stack.web_url("/version")).ends_with("1.1.0\n"));
    let project = stack.project().to_owned();
    drop(stack);
    let label = format!("label=com.docker.compose.project={project}");
    assert_eq!(docker.run(&["ps", "-aq", "--filter", &label]), "", "the stack removed its containers");
}

#[test]
fn a_hostile_image_logs_every_hostile_line_as_it_is() {
    let Some(docker) = docker_or_skip("a_hostile_image_logs_every_hostile_line_as_it_is") else { return };
    let place = Place::new();
    let mut stack = Stack::new(&docker, &place.project());
    stack.image("6.6.6", Variant::Hostile);
    stack.up("6.6.6");
    stack.wait_healthy("6.6.6");
    let id = stack.container("web").unwrap();
    let logged = docker.run(&["logs", &id]);
    for line in HOSTILE_LOG {
        let line = String::from_utf8_lossy(line);
        assert!(logged.contains(line.as_ref()), "{line:?} is not in {logged:?}");
    }
}

#[test]
fn every_hostile_sequence_is_in_the_hostile_log() {
    let log = HOSTILE_LOG.join(&b'\n');
    for sequence in HOSTILE_SEQUENCES {
        assert!(log.windows(sequence.len()).any(|piece| piece == *sequence), "{sequence:?}");
    }
}

/// Runs one Docker test of this file as the test runner does, where no daemon can answer.
fn without_daemon(required: Option<&str>) -> bounded::Ended {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "harness::a_hostile_image_logs_every_hostile_line_as_it_is"]);
    command.env("DOCKER_HOST", "unix:///nonexistent/docker.sock").env_remove("GONOGO_TEST_DOCKER");
    command.envs(required.map(|value| ("GONOGO_TEST_DOCKER", value)));
    bounded::run(command, SOON)
}

#[test]
fn without_a_daemon_a_docker_test_says_that_it_was_skipped() {
    let ended = without_daemon(None);
    assert!(ended.status.success(), "{ended:?}");
    assert!(ended.stderr.contains("SKIPPED a_hostile_image_logs"), "{ended:?}");
}

#[test]
fn where_docker_is_required_a_skip_is_a_failure() {
    let ended = without_daemon(Some("required"));
    assert!(!ended.status.success(), "{ended:?}");
    assert!(ended.stdout.contains("GONOGO_TEST_DOCKER=required"), "{ended:?}");
}
