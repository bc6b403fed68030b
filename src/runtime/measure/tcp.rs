//! TCP: connected is the assertion; the first answer and the time to connect may be judged too.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::address::{self, NoAddress};
use super::attempt::Attempt;
use super::known::Known;
use crate::checklist::assertion::{Quantity, Words};
use crate::checklist::check::TcpCheck;
use crate::checklist::period::Period;
use crate::rules::assertion::{Extent, Found, judge_number, judge_words, result};
use crate::rules::observed::Answer;
use crate::runtime::clock::Stopwatch;
use crate::session::status::CheckStatus;
use crate::text::shell_quote::sh_quote;

/// Unless the check says otherwise.
const TIMEOUT: Period = Period::from_secs(10);
/// The most of a banner that is read.
const BANNER_BYTES_MAX: usize = 64 << 10;

pub(super) async fn attempt(check: &TcpCheck, known: &Known) -> Attempt {
    let target = match known.fill(&check.target) {
        Ok(target) => target,
        Err(reason) => return Attempt::new("tcp").error(reason),
    };
    let mut attempt = Attempt::new(target.as_str());
    let Some((host, port)) = target.rsplit_once(':').and_then(|(h, p)| Some((h, p.parse::<u16>().ok()?)))
    else {
        return attempt.error(format!("`{target}` is no target; write it as host:port"));
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    attempt.repeat = format!("nc -z -v {} {port}", sh_quote(bare));
    let limit = check.timeout.unwrap_or(TIMEOUT).as_std();
    let end = Instant::now() + limit;
    let watch = Stopwatch::start();
    let late = |attempt: Attempt, what: &str| {
        let took_us = u64::try_from(limit.as_micros()).ok();
        Attempt { took_us, ..attempt.failed(format!("{what} within {} ms", limit.as_millis())) }
            .answered(Answer::Timeout)
            .retryable()
    };
    let address = match timeout_at(end, address::first(host, port)).await {
        Ok(Ok(address)) => address,
        Ok(Err(NoAddress::Unknown(reason))) => return attempt.failed(reason).answered(Answer::None),
        Ok(Err(NoAddress::Forbidden(ip))) => return attempt.error(NoAddress::forbidden_words(ip)),
        Err(_late) => return late(attempt, "its name was not found"),
    };
    attempt.target = format!("{target} ({address})");
    let mut stream = match timeout_at(end, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            let answer = no_answer(&error);
            return attempt
                .failed(format!("no connection to {address}: {error}"))
                .answered(answer)
                .retryable();
        }
        Err(_late) => return late(attempt, "no connection"),
    };
    let connected_ms = watch.elapsed_ms();
    let mut assertions = vec![result("connected", "yes", "yes", CheckStatus::Pass)];
    if let Some(latency) = &check.latency {
        assertions.push(judge_number("latency", latency, Quantity::Period(Period::from_ms(connected_ms))));
    }
    if let Some(send) = &check.send {
        let send = match known.fill(send) {
            Ok(send) => send,
            Err(reason) => return attempt.error(reason),
        };
        match timeout_at(end, stream.write_all(send.as_bytes())).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return cut_off(attempt, &error),
            Err(_late) => return late(attempt, "nothing could be sent"),
        }
    }
    if let Some(expect) = &check.expect {
        let answer = read_answer(&mut stream, expect, end).await;
        let text = String::from_utf8_lossy(&answer);
        let extent = if answer.len() < BANNER_BYTES_MAX { Extent::Whole } else { Extent::Cut };
        let found = Found::Text { text: &text, extent };
        let mut judged = judge_words("answer", expect, found);
        if answer.is_empty() && judged.status == CheckStatus::Error {
            judged.status = CheckStatus::Fail;
        }
        assertions.push(judged);
        attempt = attempt.with_evidence(&answer);
    }
    attempt.answered(Answer::Given).judged(assertions)
}

fn cut_off(attempt: Attempt, error: &io::Error) -> Attempt {
    attempt.failed(format!("sending failed: {error}")).answered(Answer::Reset).retryable()
}

fn no_answer(error: &io::Error) -> Answer {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Answer::Refused,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => Answer::Reset,
        _ => Answer::None,
    }
}

/// Reads until the words hold, the other side is done, the cap or the time is reached.
async fn read_answer(stream: &mut TcpStream, expect: &Words, end: Instant) -> Vec<u8> {
    let mut answer = Vec::new();
    let mut chunk = vec![0; 4 << 10];
    while answer.len() < BANNER_BYTES_MAX {
        let Ok(Ok(count)) = timeout_at(end, stream.read(&mut chunk)).await else { break };
        answer.extend_from_slice(chunk.get(..count).unwrap_or_default());
        let text = String::from_utf8_lossy(&answer);
        if count == 0 || judge_words("answer", expect, Found::text(&text)).status == CheckStatus::Pass {
            break;
        }
    }
    answer
}
