//! What a request's query asks: flags, times, numbers, filters, as lenient as the real daemon is.
//!
//! Not here: which containers a filter fits (`filters.rs`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::Value;

/// The pairs of a query, the last of each name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query(BTreeMap<String, String>);

/// Filters: a key and any of these values.
pub(crate) type Wanted = BTreeMap<String, BTreeSet<String>>;

impl Query {
    pub(crate) fn read(text: &str) -> Self {
        Self(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Docker's idea of yes: anything but nothing, `0`, `no`, `false` and `none`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        let word = self.text(name).trim().to_ascii_lowercase();
        !matches!(word.as_str(), "" | "0" | "no" | "false" | "none")
    }

    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.text(name).parse().ok()
    }

    /// Seconds, maybe with a fraction; zero and nonsense are no time.
    pub(crate) fn time(&self, name: &str) -> Option<DateTime<Utc>> {
        let text = self.text(name);
        let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
        let seconds: i64 = seconds.parse().ok()?;
        let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
        let nanos: u32 = digits.parse().ok()?;
        (seconds > 0).then(|| DateTime::from_timestamp(seconds, nanos)).flatten()
    }

    /// `{"status":["running"]}`, or as the docker program writes it, `{"status":{"running":true}}`. Errors: no such JSON.
    pub(crate) fn filters(&self) -> Result<Wanted, String> {
        let text = self.text("filters");
        if text.is_empty() {
            return Ok(Wanted::new());
        }
        let read: BTreeMap<String, Value> =
            serde_json::from_str(text).map_err(|error| format!("invalid filter: {error}"))?;
        Ok(read.into_iter().map(|(key, values)| (key, words(values))).collect())
    }
}

fn words(values: Value) -> BTreeSet<String> {
    match values {
        Value::Array(words) => {
            words.into_iter().filter_map(|word| word.as_str().map(str::to_owned)).collect()
        }
        Value::Object(words) => {
            words.into_iter().filter(|(_, on)| on.as_bool() == Some(true)).map(|(word, _)| word).collect()
        }
        _ => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_and_times_are_read_as_docker_reads_them() {
        let query = Query::read("a=1&b=0&c=false&d=True&since=12.5&none=x");
        assert_eq!(
            [query.flag("a"), query.flag("b"), query.flag("c"), query.flag("d")],
            [true, false, false, true]
        );
        assert_eq!(query.time("since"), DateTime::from_timestamp(12, 500_000_000));
        assert_eq!((query.time("none"), query.time("b")), (None, None));
    }

    #[test]
    fn both_forms_of_filters_mean_the_same() {
        let list = Query::read("filters=%7B%22status%22%3A%5B%22running%22%5D%7D").filters().unwrap();
        let map = Query::read("filters=%7B%22status%22%3A%7B%22running%22%3Atrue%7D%7D").filters().unwrap();
        assert_eq!(list, map);
        assert!(list["status"].contains("running"));
        assert!(Query::read("filters=%7B").filters().is_err());
    }
}
