//! When something should be done, as a checklist says it: `release - 1d`, `deploy + 24h`.
//!
//! Not here: which moment that is in a release (`rules/due.rs`).

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::period::Period;

/// What a due time counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueFrom {
    /// The time the release is planned for: the variable `release_at`.
    Release,
    /// The end of the last deploy that ended well.
    Deploy,
}

/// A due time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// What it counts from.
    pub from: DueFrom,
    /// How long after that; before it where negative.
    pub offset: TimeDelta,
}

impl Due {
    /// Reads `release - 1d`, `deploy + 24h`, `release`. None: it is none of these.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (from, rest) = match text.strip_prefix("release") {
            Some(rest) => (DueFrom::Release, rest),
            None => (DueFrom::Deploy, text.strip_prefix("deploy")?),
        };
        let rest = rest.trim();
        let offset = if rest.is_empty() {
            TimeDelta::zero()
        } else if let Some(after) = rest.strip_prefix('+') {
            Period::parse(after).ok()?.as_delta()
        } else {
            -Period::parse(rest.strip_prefix('-')?).ok()?.as_delta()
        };
        Some(Self { from, offset })
    }
}

/// A date, or a date and time with zone; a date is its midnight in UTC here. None: neither.
pub fn moment(text: &str) -> Option<DateTime<Utc>> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let midnight = date.and_then(|date| date.and_hms_opt(0, 0, 0)).map(|at| at.and_utc());
    midnight.or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()))
}

#[cfg(test)]
mod tests {
    use super::{Due, DueFrom};
    use chrono::TimeDelta;

    #[test]
    fn a_due_time_is_read_as_it_is_written() {
        for (text, from, hours) in [
            ("release - 1d", DueFrom::Release, -24),
            ("release", DueFrom::Release, 0),
            ("deploy + 24h", DueFrom::Deploy, 24),
            ("deploy+7d", DueFrom::Deploy, 168),
        ] {
            assert_eq!(Due::parse(text), Some(Due { from, offset: TimeDelta::hours(hours) }), "{text}");
        }
        for text in ["", "tomorrow", "release 1d", "deploy + soon", "deploy - -1d", "released"] {
            assert_eq!(Due::parse(text), None, "{text}");
        }
    }
}
