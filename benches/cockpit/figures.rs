//! Figures: how often something is measured, and the one line of JSON that is printed for it.

use std::time::Duration;

use serde_json::{Map, Value, json};

/// How long a benchmark may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// As the goals say.
    Full,
    /// Seconds: to see that it works, and what a change does.
    Quick,
}

impl Effort {
    /// One of two.
    pub(crate) fn pick<T>(self, full: T, quick: T) -> T {
        match self {
            Effort::Full => full,
            Effort::Quick => quick,
        }
    }
}

/// Lengths, sorted.
pub(crate) struct Lengths(Vec<Duration>);

impl Lengths {
    pub(crate) fn new(mut lengths: Vec<Duration>) -> Self {
        lengths.sort();
        Lengths(lengths)
    }

    /// The nearest rank, in milliseconds.
    pub(crate) fn ms(&self, per_cent: usize) -> Value {
        let rank = (self.0.len() * per_cent).div_ceil(100).clamp(1, self.0.len());
        json!(rounded(self.0[rank - 1].as_secs_f64() * 1_000.0))
    }

    /// Median, 95th, 99th percentile, longest.
    pub(crate) fn put(&self, figures: &mut Map<String, Value>) {
        for (name, per_cent) in [("median_ms", 50), ("p95_ms", 95), ("p99_ms", 99), ("max_ms", 100)] {
            figures.insert(name.to_owned(), self.ms(per_cent));
        }
        figures.insert("runs".to_owned(), json!(self.0.len()));
    }
}

/// Three digits behind the point.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

/// Prints one line: the case, the program, then the figures.
pub(crate) fn print(bench: &str, program: &str, figures: Map<String, Value>) {
    let mut line = Map::new();
    line.insert("bench".to_owned(), json!(bench));
    line.insert("program".to_owned(), json!(program));
    line.extend(figures);
    println!("{}", Value::Object(line));
}

/// An object's map.
pub(crate) fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}
