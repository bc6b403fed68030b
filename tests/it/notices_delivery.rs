//! One notice against real servers: tried again where that may help, given up where not, never through a redirect or with a
//! secret in its reason.
//!
//! Not here: the whole program (`notices.rs`).

use std::time::{Duration, Instant};

use chrono::DateTime;
use gonogo::checklist::id::SecretName;
use gonogo::checklist::named::Named;
use gonogo::checklist::template::Template;
use gonogo::checklist::variable::{SecretFrom, SecretSource};
use gonogo::checklist::window::EmailTarget;
use gonogo::engine::notice_plan::{Channel, Message, NoticeEnd, NoticePlan, Purpose, Told};
use gonogo::runtime::notify::delivery::{ATTEMPTS_MAX, deliver};
use gonogo::text::{Safe, safe};

use super::support::http::{Answer, HttpServer};
use super::support::smtp::{Manner, SmtpServer};

/// Nothing a test waits for takes longer.
const BOUND: Duration = Duration::from_mins(1);
const SECRET: &str = "T0-s3cr3t-B0";

pub(crate) fn message() -> Message {
    let at = DateTime::UNIX_EPOCH;
    let words = safe(&format!("deploy failed: the token {SECRET} & <!channel> was refused"));
    Message {
        key: "the-key".to_owned(),
        identity: "the-identity".to_owned(),
        purpose: Purpose::News,
        product: Safe::own("shop"),
        version: Safe::own("1.1.0"),
        environment: Some(Safe::own("stage")),
        release: "01J".to_owned(),
        host: Safe::own("host"),
        at,
        subject: safe(&format!("shop 1.1.0 in stage: {}", words.as_str())),
        events: vec![Told {
            id: "e1".to_owned(),
            kind: "run.ended".to_owned(),
            at,
            by: Safe::own("gonogo"),
            words,
        }],
        left_out: 0,
        next: Safe::own("roll back: gonogo rollback"),
        open: Safe::own("gonogo open shop.session.toml"),
    }
}

/// A plan over this channel with the one secret `token`.
pub(crate) fn plan(channel: Channel) -> NoticePlan {
    let mut secrets = Named::default();
    let from = SecretFrom::Command(vec!["echo".to_owned(), SECRET.to_owned()]);
    secrets.insert(SecretName::from("token"), SecretSource { from });
    NoticePlan { channel, secrets, folder: std::env::temp_dir().display().to_string(), message: message() }
}

pub(crate) fn send(plan: &NoticePlan, attempts: u32) -> NoticeEnd {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(BOUND, deliver(plan, attempts)).await.unwrap() })
}

fn webhook(url: &str) -> NoticePlan {
    plan(Channel::Webhook { url: Template::new(url), key: None })
}

#[track_caller]
fn failed(end: &NoticeEnd, attempts: u32, said: &str) {
    let reason = end.failed.as_ref().expect("it was not delivered").raw();
    assert!(reason.contains(said), "{reason}");
    assert!(!reason.contains(SECRET), "{reason}");
    assert_eq!(end.attempts, attempts, "{reason}");
}

#[test]
fn a_server_error_is_tried_again_with_the_same_key_until_it_is_over() {
    let answers = [Answer::new(500, "oops"), Answer::new(500, "oops"), Answer::new(200, "fine")];
    let server = HttpServer::script(&answers);
    let end = send(&webhook(&server.url("/hook")), ATTEMPTS_MAX);
    assert_eq!(end, NoticeEnd { attempts: 3, failed: None });
    let keys: Vec<_> = server
        .received()
        .iter()
        .map(|request| request.header("idempotency-key").map(str::to_owned))
        .collect();
    assert_eq!(keys, vec![Some("the-key".to_owned()); 3]);
}

#[test]
fn a_receiver_that_asks_for_a_wait_gets_it() {
    let wait = Answer::new(429, "slow down").header("Retry-After", "2");
    let server = HttpServer::script(&[wait, Answer::new(204, "")]);
    let began = Instant::now();
    let end = send(&webhook(&server.url("/hook")), ATTEMPTS_MAX);
    assert_eq!(end, NoticeEnd { attempts: 2, failed: None });
    assert!(began.elapsed() >= Duration::from_secs(2), "{:?}", began.elapsed());
}

#[test]
fn a_refusal_and_a_redirect_are_not_tried_again_and_nothing_goes_elsewhere() {
    let elsewhere = HttpServer::ok("");
    let away = Answer::new(307, "").header("Location", &elsewhere.url("/steal"));
    let refused = Answer::new(404, &format!("no hook {SECRET}"));
    let server = HttpServer::script(&[away, refused]);
    let plan = webhook(&server.url("/{secret:token}"));
    failed(&send(&plan, ATTEMPTS_MAX), 1, "answered 307 Temporary Redirect: redirects are not followed");
    failed(&send(&plan, ATTEMPTS_MAX), 1, "answered 404 Not Found: no hook ***token***");
    assert_eq!(server.requests().len(), 2);
    assert!(elsewhere.requests().is_empty());
}

#[test]
fn a_receiver_that_hangs_or_is_not_there_is_given_up() {
    let server = HttpServer::hanging();
    let began = Instant::now();
    failed(&send(&webhook(&server.url("/hook")), 1), 1, "no answer within 10 s");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    let port = server.port();
    drop(server);
    failed(&send(&webhook(&format!("http://127.0.0.1:{port}/{{secret:token}}")), 2), 2, "refused");
    failed(&send(&webhook("http://169.254.169.254/hook"), ATTEMPTS_MAX), 1, "metadata");
}

#[test]
fn a_secret_goes_into_the_address_and_the_signature_and_nowhere_else() {
    let server = HttpServer::ok("");
    let key = Some(Template::new("{secret:token}"));
    let url = Template::new(server.url("/{secret:token}"));
    assert_eq!(send(&plan(Channel::Webhook { url, key }), 1).failed, None);
    let received = server.received().remove(0);
    assert_eq!(received.line, format!("POST /{SECRET} HTTP/1.1"));
    assert!(!received.body.contains(SECRET), "{}", received.body);
    assert!(received.body.contains("the token ***token*** & <!channel>"), "{}", received.body);
    // python3: hmac.new(key, body, "sha256").hexdigest()
    let mut python = std::process::Command::new("python3");
    let script = "import hmac,sys;print('sha256='+hmac.new(sys.argv[1].encode(),sys.argv[2].encode(),'sha256').hexdigest())";
    let signed = python.args(["-c", script, SECRET, &received.body]).output().expect("python3");
    let signature = String::from_utf8(signed.stdout).unwrap();
    assert_eq!(received.header("x-gonogo-signature"), Some(signature.trim()));
}

#[test]
fn slack_gets_one_text_that_mentions_nobody() {
    let server = HttpServer::ok("ok");
    let end = send(&plan(Channel::Slack { webhook: Template::new(server.url("/services/T0")) }), 1);
    assert_eq!(end.failed, None);
    let text = server.received()[0].json()["text"].as_str().unwrap().to_owned();
    assert!(
        text.starts_with("shop 1.1.0 in stage: deploy failed: the token ***token*** &amp; &lt;!channel&gt;"),
        "{text}"
    );
    assert!(
        text.contains("\nNext: roll back: gonogo rollback\nOpen: gonogo open shop.session.toml (on host)"),
        "{text}"
    );
}

fn email(server: &SmtpServer) -> NoticePlan {
    plan(Channel::Email(EmailTarget {
        smtp: Template::new(server.address()),
        from: Template::new("gonogo <ci@shop.example>"),
        to: vec![Template::new("ops@shop.example"), Template::new("Ann <ann@shop.example>")],
        user: Some(Template::new("ci")),
        password: Some(Template::new("{secret:token}")),
    }))
}

#[test]
fn a_mail_reaches_everybody_it_names_and_belongs_to_its_thread() {
    let server = SmtpServer::start(Manner::Takes);
    assert_eq!(send(&email(&server), 1), NoticeEnd { attempts: 1, failed: None });
    let mail = server.mails().remove(0);
    let said = mail.commands.join("\n");
    assert!(
        said.contains("RCPT TO:<ops@shop.example>") && said.contains("RCPT TO:<ann@shop.example>"),
        "{said}"
    );
    assert!(said.contains("AUTH PLAIN"), "{said}");
    for line in [
        "From: gonogo <ci@shop.example>",
        "Message-ID: <the-key@gonogo>",
        "References: <the-identity@gonogo>",
        "Auto-Submitted: auto-generated",
    ] {
        assert!(mail.data.contains(line), "{line} is missing:\n{}", mail.data);
    }
    let subject = "Subject: shop 1.1.0 in stage: deploy failed";
    assert!(
        mail.data.contains(subject) && mail.data.contains("Next: roll back: gonogo rollback"),
        "{}",
        mail.data
    );
    assert!(!mail.data.contains(SECRET) && mail.data.contains("***token***"), "{}", mail.data);
}

#[test]
fn a_busy_mail_server_is_tried_again_and_one_that_refuses_is_not() {
    let busy = SmtpServer::start(Manner::BusyFirst(1));
    assert_eq!(send(&email(&busy), ATTEMPTS_MAX), NoticeEnd { attempts: 2, failed: None });
    assert_eq!(busy.mails().len(), 1);
    let refusing = SmtpServer::start(Manner::NoSuchUser);
    failed(&send(&email(&refusing), ATTEMPTS_MAX), 1, "no such user");
    assert_eq!(refusing.connections(), 1);
}

#[test]
fn a_mail_server_that_accepts_and_says_nothing_is_given_up() {
    let server = SmtpServer::start(Manner::Silent);
    let began = Instant::now();
    let end = send(&email(&server), 1);
    assert!(end.failed.is_some() && end.attempts == 1, "{end:?}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
