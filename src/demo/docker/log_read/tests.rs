//! What a client gets of a log: frames, times, tails, spans, ends.

use std::time::Duration;

use chrono::TimeDelta;

use super::*;
use crate::demo::docker::flow::Flow;
use crate::demo::docker::kept_log::{Message, PART_BYTES};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
}

fn clock() -> SimClock {
    SimClock::stepped(at(100))
}

fn kept() -> Arc<KeptLog> {
    let log = KeptLog::default();
    log.append(at(1), LogStream::Output, b"one\n");
    log.append(at(2), LogStream::Error, b"bad\n");
    log.append(at(3), LogStream::Output, b"two\n");
    Arc::new(log)
}

async fn all(bits: Bits) -> Vec<u8> {
    let text = bits.map(|bit| bit.unwrap().to_vec()).concat();
    tokio::time::timeout(Duration::from_secs(10), text).await.expect("an end")
}

async fn got(query: &str, tty: bool) -> String {
    let wish = LogWish::read(&Query::read(query), tty).unwrap();
    let text = all(read(wish, LogOrigin::Kept(kept()), clock(), false)).await;
    String::from_utf8(text).unwrap()
}

fn frame(kind: char, text: &str) -> String {
    let length = u8::try_from(text.len()).unwrap();
    format!("{}\0\0\0\0\0\0{}{text}", kind, char::from(length))
}

#[tokio::test]
async fn streams_tails_and_spans_are_what_was_asked_for() {
    let (out, err) = ('\u{1}', '\u{2}');
    let both = "stdout=1&stderr=1";
    let whole = [frame(out, "one\n"), frame(err, "bad\n"), frame(out, "two\n")].concat();
    assert_eq!(got(both, false).await, whole);
    assert_eq!(got("stdout=1", true).await, "one\ntwo\n");
    assert_eq!(got("stderr=1", false).await, frame(err, "bad\n"));
    assert_eq!(got("stdout=1&tail=1", true).await, "two\n");
    assert_eq!(got("stdout=1&tail=0", true).await, "");
    assert_eq!(got(&format!("{both}&since=1700000002"), true).await, "bad\ntwo\n");
    assert_eq!(got(&format!("{both}&until=1700000002"), true).await, "one\nbad\n");
    let stamped = got("stdout=1&timestamps=1&tail=1", true).await;
    assert_eq!(stamped, "2023-11-14T22:13:23.000000000Z two\n");
    assert!(LogWish::read(&Query::read("follow=1"), false).is_err(), "no stream");
}

#[tokio::test]
async fn parts_of_a_long_line_are_messages_with_one_time() {
    let log = Arc::new(KeptLog::default());
    log.append(at(1), LogStream::Output, &[vec![b'x'; PART_BYTES + 3], vec![b'\n']].concat());
    let wish = LogWish::read(&Query::read("stdout=1&timestamps=1"), true).unwrap();
    let text = String::from_utf8(all(read(wish, LogOrigin::Kept(log), clock(), false)).await).unwrap();
    assert_eq!(text.matches("2023-11-14T22:13:21.000000000Z ").count(), 2);
    assert_eq!((text.matches('\n').count(), text.len()), (1, 2 * STAMP_BYTES + PART_BYTES + 4));
}

#[tokio::test]
async fn a_follower_gets_what_comes_until_the_container_ends() {
    let log = kept();
    let wish = LogWish::read(&Query::read("stdout=1&follow=1&tail=1"), true).unwrap();
    let mut bits = read(wish, LogOrigin::Kept(Arc::clone(&log)), clock(), true);
    assert_eq!(bits.next().await.unwrap().unwrap(), Bytes::from_static(b"two\n"));
    let waits = tokio::time::timeout(Duration::from_millis(20), bits.next()).await;
    assert!(waits.is_err(), "nothing new, no end");
    log.append(at(4), LogStream::Output, b"three\nfour");
    assert_eq!(bits.next().await.unwrap().unwrap(), Bytes::from_static(b"three\n"));
    log.end();
    log.append(at(9), LogStream::Output, b"after the restart\n");
    assert_eq!(all(bits).await, b"four\n", "the half line is ended, the next run is not its own");
}

#[tokio::test]
async fn times_out_of_order_are_sent_as_they_were_written() {
    let log = Arc::new(KeptLog::default());
    for (second, text) in [(5, "late"), (1, "early"), (5, "late again")] {
        let bytes = format!("{text}\n").into_bytes();
        log.push(Message { at: at(second), stream: LogStream::Output, bytes });
    }
    let wish = LogWish::read(&Query::read("stdout=1&since=1700000003"), true).unwrap();
    assert_eq!(all(read(wish, LogOrigin::Kept(log), clock(), false)).await, b"late\nlate again\n");
}

#[tokio::test]
async fn a_flow_is_read_whole_by_tail_by_time_and_followed_by_the_clock() {
    let log = Arc::new(FlowLog::new(Flow { per_second: 10, line_bytes: 40, ..Flow::default() }, 1));
    log.begin(at(0));
    let clock = SimClock::stepped(at(1));
    let read_with = |query: &str| {
        let wish = LogWish::read(&Query::read(query), true).unwrap();
        read(wish, LogOrigin::Flow(Arc::clone(&log)), clock.clone(), true)
    };
    let numbers = |text: &[u8]| -> Vec<u64> {
        let text = String::from_utf8(text.to_vec()).unwrap();
        text.lines().map(|line| line.split_whitespace().nth(1).unwrap().parse().unwrap()).collect()
    };
    assert_eq!(numbers(&all(read_with("stdout=1")).await), (0..=10).collect::<Vec<_>>());
    assert_eq!(numbers(&all(read_with("stdout=1&tail=2")).await), [9, 10]);
    assert_eq!(numbers(&all(read_with("stdout=1&since=1700000001")).await), [10]);
    let mut followed = read_with("stdout=1&follow=1&tail=0");
    clock.step(Duration::from_millis(200));
    assert_eq!(numbers(&followed.next().await.unwrap().unwrap()), [11, 12]);
    log.end(clock.now());
    assert_eq!(all(followed).await, b"");
}

#[tokio::test]
async fn a_flood_is_one_chunk_after_the_other_and_the_same_each_time() {
    let flood = || {
        let flow = Flow { lines: 100_000, unpaced: true, on_follow: true, error_every: 3, ..Flow::default() };
        let log = Arc::new(FlowLog::new(flow, 42));
        log.begin(at(0));
        let wish =
            LogWish::read(&Query::read("stdout=1&stderr=1&follow=1&timestamps=1&tail=5"), false).unwrap();
        let bits = read(wish, LogOrigin::Flow(Arc::clone(&log)), clock(), true);
        (log, bits)
    };
    let (log, mut bits) = flood();
    let (_same, mut again) = flood();
    let mut bytes = 0;
    while bytes < 100_000 * (100 + STAMP_BYTES + HEADER_BYTES) {
        let chunk = bits.next().await.unwrap().unwrap();
        assert_eq!(chunk, again.next().await.unwrap().unwrap());
        bytes += chunk.len();
    }
    log.end(at(100) + TimeDelta::seconds(1));
    assert_eq!(all(bits).await, b"", "100,000 lines and not one more");
}
