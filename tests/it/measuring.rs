//! Measuring against real servers and processes: what fails, what is an error, and the traps.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use gonogo::checklist::check::Check;
use gonogo::checklist::id::SecretName;
use gonogo::checklist::variable::{SecretFrom, SecretSource};
use gonogo::engine::run_plan::{MeasurePlan, Place};
use gonogo::rules::observed::{Answer, Measurement};
use gonogo::runtime::measure::measurer::measure_with_secrets;
use gonogo::runtime::measure::permits::Permits;
use gonogo::session::status::CheckStatus::{self, Error, Fail, Pass};

/// A server that gives these answers, one a connection, then hangs up; each request is handed out.
fn server(answers: Vec<String>) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tx, rx) = sync_channel(64);
    std::thread::spawn(move || {
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else { return };
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            let mut request = Vec::new();
            let mut chunk = [0; 4096];
            while !request.windows(4).any(|window| window == b"\r\n\r\n") {
                match stream.read(&mut chunk) {
                    Ok(count @ 1..) => request.extend_from_slice(&chunk[..count]),
                    Ok(_) | Err(_) => break,
                }
            }
            let _nobody_asks = tx.send(String::from_utf8_lossy(&request).into_owned());
            let _gone = stream.write_all(answer.as_bytes());
        }
    });
    (address, rx)
}

fn ok(body: &str) -> String {
    answer("200 OK", "", body)
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
}

fn plan(check: &str) -> MeasurePlan {
    #[derive(serde::Deserialize)]
    struct File {
        check: Check,
        retry: Option<gonogo::checklist::check::Retry>,
    }
    let file: File = toml::from_str(check).unwrap();
    let folder = std::env::temp_dir().display().to_string();
    MeasurePlan { check: file.check, retry: file.retry, place: Place { folder, ..Place::default() } }
}

fn run(plan: &MeasurePlan) -> Measurement {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let permits = Permits::default();
    let measured = measure_with_secrets(plan, &permits);
    runtime.block_on(async { tokio::time::timeout(Duration::from_secs(30), measured).await.unwrap() })
}

#[track_caller]
fn expect(check: &str, status: CheckStatus, said: &str) -> Measurement {
    let measured = run(&plan(check));
    assert_eq!(measured.status, status, "{check}: {}", measured.reason.raw());
    assert!(measured.reason.raw().contains(said), "{check}: {}", measured.reason.raw());
    measured
}

#[test]
fn what_kind_of_answer_there_was_is_told_whatever_is_asserted() {
    let check = |at: SocketAddr| format!("check.http = {{ url = 'http://{at}/', timeout = '300ms' }}");
    let (at, _) = server(vec![answer("503 Down", "", "")]);
    assert_eq!(run(&plan(&check(at))).answer, Some(Answer::Status(503)));
    let (at, _) = server(vec![String::new()]);
    assert_eq!(run(&plan(&check(at))).answer, Some(Answer::Reset), "it hung up without a word");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = silent.local_addr().unwrap();
    let late = run(&plan(&check(at)));
    assert_eq!((late.answer, late.took_us), (Some(Answer::Timeout), 300_000));
    let tcp = run(&plan(&format!("check.tcp = {{ target = '{at}' }}")));
    assert_eq!(tcp.answer, Some(Answer::Given));
    drop(silent);
    assert_eq!(run(&plan(&check(at))).answer, Some(Answer::Refused));
    let tcp = run(&plan(&format!("check.tcp = {{ target = '{at}' }}")));
    assert_eq!(tcp.answer, Some(Answer::Refused));
    let unknown = run(&plan("check.http = { url = 'http://no-such-host.invalid/' }"));
    assert_eq!(unknown.answer, Some(Answer::None));
}

#[test]
fn an_answer_is_judged_by_status_body_json_header_and_time() {
    let (at, requests) = server(vec![answer("200 OK", "x-version: 7\r\n", r#"{"db":"up","n":3}"#)]);
    let check = format!(
        "check.http = {{ url = 'http://{at}/ready', status = '2xx', latency = '< 5s', body = {{ contains = 'up' }}, \
         json = {{ '/db' = 'up', '/n' = {{ is = '>= 3' }} }}, header = {{ x-version = '7' }} }}"
    );
    let measured = expect(&check, Pass, "status 200");
    assert_eq!(measured.assertions.len(), 6);
    let request = requests.recv().unwrap().to_ascii_lowercase();
    assert!(request.starts_with("get /ready http/1.1\r\n"), "{request}");
    assert!(request.contains(concat!("user-agent: gonogo/", env!("CARGO_PKG_VERSION"))), "{request}");
    assert!(measured.repeat.raw().starts_with("curl -sS -i --max-time 10 "), "{}", measured.repeat.raw());
}

#[test]
fn a_wrong_answer_fails_and_a_missing_path_is_an_error() {
    let (at, _requests) = server(vec![ok("{}"), ok("{}"), ok("no json")]);
    expect(&format!("check.http = {{ url = 'http://{at}/', status = 503 }}"), Fail, "expected 503, was 200");
    expect(
        &format!("check.http = {{ url = 'http://{at}/', json = {{ '/n' = {{ is = '< 5' }} }} }}"),
        Error,
        "missing",
    );
    expect(&format!("check.http = {{ url = 'http://{at}/', json = {{ '/n' = 5 }} }}"), Error, "not JSON");
}

#[test]
fn trap_2_a_check_that_asserts_nothing_is_an_error() {
    let (at, _requests) = server(vec![ok("x")]);
    expect(&format!("check.http = {{ url = 'http://{at}/' }}"), Error, "asserts nothing");
}

#[test]
fn trap_3_redirects_are_off_and_credentials_never_cross_an_origin() {
    let (other, seen) = server(vec![ok("elsewhere")]);
    let away = || answer("302 Found", &format!("location: http://{other}/login\r\n"), "");
    let (at, _requests) = server(vec![away(), away()]);
    expect(&format!("check.http = {{ url = 'http://{at}/', status = 200 }}"), Fail, "was 302");
    let check = format!(
        "check.http = {{ url = 'http://{at}/', status = 200, redirects = 1, headers = {{ Authorization = 'Bearer abcdefgh', Cookie = 'a=b' }} }}"
    );
    let measured = expect(&check, Pass, "200");
    assert!(measured.target.raw().contains("/login"), "the final address is told");
    let request = seen.recv().unwrap().to_ascii_lowercase();
    assert!(!request.contains("authorization") && !request.contains("cookie"), "{request}");
}

#[test]
fn trap_5_the_body_is_capped_while_read_and_a_cut_body_proves_no_absence() {
    let (at, _requests) = server(vec![ok(&"x".repeat(5_000)), ok(&"x".repeat(5_000))]);
    let check =
        |words: &str| format!("check.http = {{ url = 'http://{at}/', body_cap = 100, body = {words} }}");
    expect(&check("{ not = { contains = 'ERROR' } }"), Error, "cut");
    expect(&check("{ contains = 'xxx' }"), Pass, "");
}

#[test]
fn trap_6_a_timeout_fails_and_took_as_long_as_its_limit() {
    // Declares more than it sends, and holds the connection: not done at the last byte.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let (stop, stopped) = sync_channel::<()>(0);
    let holds = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        assert!(stream.read(&mut [0; 4096]).unwrap() > 0, "a request");
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf").unwrap();
        assert!(stopped.recv_timeout(Duration::from_secs(30)).is_err(), "nobody sends");
    });
    let check = format!("check.http = {{ url = 'http://{at}/', status = 200, timeout = '200ms' }}");
    let measured = expect(&check, Fail, "within 200ms");
    assert_eq!(measured.took_us, 200_000);
    drop(stop);
    holds.join().unwrap();
}

#[test]
fn a_refused_connection_fails_and_a_bad_or_forbidden_address_is_an_error() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    expect(&format!("check.http = {{ url = 'http://{closed}/', status = 200 }}"), Fail, "refused");
    expect(&format!("check.tcp = {{ target = '{closed}' }}"), Fail, "refused");
    expect("check.http = { url = 'http://169.254.169.254/latest', status = 200 }", Error, "metadata");
    expect("check.http = { url = 'nonsense', status = 200 }", Error, "no address");
    expect("check.tcp = { target = 'nonsense' }", Error, "host:port");
    expect("check.http = { url = 'http://no-such-name.invalid/', status = 200 }", Fail, "not known");
}

#[test]
fn the_last_attempt_decides_and_a_pass_at_the_second_is_flaky() {
    let (at, _requests) =
        server(vec![answer("503 Unavailable", "", ""), ok("fine"), answer("403 No", "", "")]);
    let check = format!(
        "retry = {{ attempts = 3, delay = '10ms' }}\ncheck.http = {{ url = 'http://{at}/', status = 200 }}"
    );
    let measured = expect(&check, Pass, "flaky: passed at try 2");
    assert_eq!(measured.attempts, 2);
    assert!(measured.evidence.raw().starts_with("try 1: status: expected 200, was 503"));
    // What would be the same again is not tried again.
    assert_eq!(expect(&check, Fail, "was 403").attempts, 1);
}

#[test]
fn secrets_are_sent_and_never_kept() {
    let secret = "s3cr3t-value-0815";
    let (at, requests) = server(vec![ok(&format!("you said {secret}"))]);
    let check = format!(
        "check.http = {{ url = 'http://{at}/?k={{secret:key}}', headers = {{ X-Key = 'a {{secret:key}}' }}, body = 'nothing' }}"
    );
    let mut plan = plan(&check);
    let from = SecretFrom::Command(vec!["echo".to_owned(), secret.to_owned()]);
    plan.place.secrets.insert(SecretName::from("key"), SecretSource { from });
    let measured = run(&plan);
    assert!(requests.recv().unwrap().contains(&format!("a {secret}")));
    assert_eq!(measured.status, Fail);
    let actual = measured.assertions[0].actual.raw();
    for text in
        [measured.target.raw(), measured.reason.raw(), measured.evidence.raw(), measured.repeat.raw(), actual]
    {
        assert!(!text.contains("s3cr3t"), "{text}");
    }
    assert!(measured.evidence.raw().contains("***key***"));
    assert!(measured.repeat.raw().contains(r#"'X-Key: a '"$KEY""#), "{}", measured.repeat.raw());
}

#[test]
fn commands_fail_by_exit_code_and_are_errors_when_they_cannot_run() {
    expect("check.command = { run = ['true'] }", Pass, "exit 0");
    expect("check.command = { run = ['false'] }", Fail, "expected exit 0, was exit 1");
    expect("check.command = { run = ['false'], exit = 1 }", Pass, "");
    expect("check.command = { script = 'kill -9 $$' }", Fail, "SIGKILL");
    expect("check.command = { run = ['no-such-program-here'] }", Error, "cannot start");
    expect("check.command = { script = 'sleep 60', timeout = '100ms' }", Error, "not done within 100ms");
    expect("check.command = { run = ['true'], on = 'ssh:host' }", Error, "ssh:host");
    expect("check.command = { script = 'echo 7', stdout = 7, duration = '< 10s' }", Pass, "stdout 7");
    expect("check.command = { script = 'echo out; echo err >&2', stdout = 'out', stderr = 'err' }", Pass, "");
    expect(
        "check.command = { script = 'head -c 3000000 /dev/zero', stdout = { not = { contains = 'E' } } }",
        Error,
        "",
    );
}

#[test]
fn a_banner_is_read_until_it_fits_or_the_time_is_over() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(b"220 mail").unwrap();
            stream.write_all(b" ready\r\n").unwrap();
        }
    });
    expect(
        &format!("check.tcp = {{ target = '{at}', expect = {{ contains = 'ready' }} }}"),
        Pass,
        "connected",
    );
    expect(&format!("check.tcp = {{ target = '{at}', expect = {{ starts = '554' }} }}"), Fail, "554");
    server.join().unwrap();
}
