//! A measured number with its unit, in whole numbers as the record keeps them, and as a person reads it.
//!
//! Not here: computing it (`lookback.rs`, `objective.rs`).

use std::fmt;

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Millionths: a share of samples.
    PerMillion,
    /// Thousandths: a percentage of a container's quota or limit.
    PerMille,
    /// Microseconds.
    Micros,
    /// Bytes.
    Bytes,
    /// So many.
    Count,
    /// Thousandths of a nat: the CUSUM.
    MilliNats,
}

/// A number with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// How much.
    pub amount: i64,
    /// Of what.
    pub unit: Unit,
}

impl Figure {
    /// The nearest whole amount. What is no number becomes 0, what is too large the largest.
    #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
    pub fn rounded(amount: f64, unit: Unit) -> Self {
        Self { amount: amount.round() as i64, unit }
    }
}

/// A whole number as a float; amounts are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "amounts far below 2^53")]
pub(super) fn real(amount: i64) -> f64 {
    amount as f64
}

/// With so many digits behind the point, zeroes at the end left out.
pub(super) fn trimmed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = real(self.amount);
        match self.unit {
            Unit::PerMillion => write!(f, "{} %", trimmed(amount / 10_000.0, 2)),
            Unit::PerMille => write!(f, "{} %", trimmed(amount / 10.0, 1)),
            Unit::Micros if self.amount.abs() < 1_000 => write!(f, "{} µs", self.amount),
            Unit::Micros if self.amount.abs() < 10_000 => write!(f, "{} ms", trimmed(amount / 1_000.0, 1)),
            Unit::Micros if self.amount.abs() < 10_000_000 => write!(f, "{:.0} ms", amount / 1_000.0),
            Unit::Micros => write!(f, "{} s", trimmed(amount / 1_000_000.0, 1)),
            Unit::Bytes => write!(f, "{} B", self.amount),
            Unit::Count => write!(f, "{}", self.amount),
            Unit::MilliNats => f.write_str(&trimmed(amount / 1_000.0, 2)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Figure, Unit};

    #[test]
    fn figures_read_as_a_person_writes_them() {
        for (amount, unit, text) in [
            (1_100, Unit::PerMillion, "0.11 %"),
            (500_000, Unit::PerMillion, "50 %"),
            (462, Unit::PerMille, "46.2 %"),
            (287_300, Unit::Micros, "287 ms"),
            (1_500, Unit::Micros, "1.5 ms"),
            (12_000_000, Unit::Micros, "12 s"),
            (10, Unit::Count, "10"),
        ] {
            assert_eq!(Figure { amount, unit }.to_string(), text);
        }
        assert_eq!(Figure::rounded(f64::NAN, Unit::Count).amount, 0);
    }
}
