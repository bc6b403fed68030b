//! Times as a daemon tells them: nine digits after the second, `Up 5 minutes`, and a fast way to write many of them.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

/// Docker's word for never.
pub(crate) const NEVER: &str = "0001-01-01T00:00:00Z";
/// Bytes of a timestamp before a log line, with the space behind it.
pub(crate) const STAMP_BYTES: usize = 31;

/// With nine digits.
pub(crate) fn nanos(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Nanos, true)
}

/// Or Docker's word for never.
pub(crate) fn nanos_or_never(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| NEVER.to_owned(), nanos)
}

/// `5 minutes`, as Docker rounds.
pub(crate) fn about(length: TimeDelta) -> String {
    let seconds = length.num_seconds();
    let minutes = length.num_minutes();
    let hours = (length.num_minutes() + 30) / 60;
    match (seconds, minutes, hours) {
        (..1, ..) => "Less than a second".to_owned(),
        (1, ..) => "1 second".to_owned(),
        (2..60, ..) => format!("{seconds} seconds"),
        (_, 1, _) => "About a minute".to_owned(),
        (_, 2..60, _) => format!("{minutes} minutes"),
        (.., 1) => "About an hour".to_owned(),
        (.., ..48) => format!("{hours} hours"),
        (.., ..336) => format!("{} days", hours / 24),
        (.., ..1440) => format!("{} weeks", hours / 24 / 7),
        (.., ..17_520) => format!("{} months", hours / 24 / 30),
        _ => format!("{} years", hours / 24 / 365),
    }
}

/// Writes stamps one after the other; the second is formatted once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stamps {
    second: Option<i64>,
    words: Vec<u8>,
}

impl Stamps {
    /// `2026-11-21T15:17:42.376099979Z `, always 31 bytes.
    pub(crate) fn stamp(&mut self, at: DateTime<Utc>) -> &[u8] {
        if self.second != Some(at.timestamp()) {
            self.second = Some(at.timestamp());
            self.words = format!("{}.000000000Z ", at.format("%Y-%m-%dT%H:%M:%S")).into_bytes();
        }
        digits(self.words.get_mut(20..29).unwrap_or_default(), u64::from(at.timestamp_subsec_nanos()));
        &self.words
    }
}

/// Fills a place with a number's digits, with zeros before them.
pub(crate) fn digits(place: &mut [u8], mut number: u64) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_what_the_slow_way_writes() {
        let mut stamps = Stamps::default();
        for nanos_since in [0_i64, 1, 999_999_999, 1_795_275_021_126_325_599] {
            let at = DateTime::from_timestamp_nanos(nanos_since);
            assert_eq!(stamps.stamp(at), format!("{} ", nanos(at)).as_bytes());
            assert_eq!(stamps.stamp(at).len(), STAMP_BYTES);
        }
    }

    #[test]
    fn lengths_are_rounded_as_docker_does() {
        for (seconds, words) in [
            (0, "Less than a second"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "About a minute"),
            (150, "2 minutes"),
            (3_600, "About an hour"),
            (7_200, "2 hours"),
            (86_400 * 3, "3 days"),
            (86_400 * 21, "3 weeks"),
            (86_400 * 90, "3 months"),
        ] {
            assert_eq!(about(TimeDelta::seconds(seconds)), words);
        }
    }
}
