//! Times nobody looked at a window, and why. They are kept, drawn, and left out of coverage.
//!
//! Not here: finding them between samples (`indicator.rs`).

use chrono::{DateTime, Utc};

use crate::rules::window_told::gap_why;
use crate::session::status::GapWhy;

/// How many gaps a window keeps apart; more are joined with the newest. A laptop lid moves less often in a day.
pub const GAPS_MAX: usize = 200;

/// A time nobody looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Of one indicator; none: of all.
    pub indicator: Option<String>,
    /// From.
    pub from: DateTime<Utc>,
    /// To.
    pub to: DateTime<Utc>,
    /// Why.
    pub why: GapWhy,
}

impl Gap {
    fn holds(&self, other: &Self) -> bool {
        let of = self.indicator.is_none() || self.indicator == other.indicator;
        of && self.from <= other.from && other.to <= self.to
    }
    /// `asleep 22:10–05:40 UTC`.
    pub fn words(&self) -> String {
        let day = self.to.signed_duration_since(self.from).num_hours() >= 24;
        let format = if day { "%d %b %H:%M" } else { "%H:%M" };
        format!("{} {}–{} UTC", gap_why(self.why), self.from.format(format), self.to.format(format))
    }
}

/// Adds a gap; one that a known one holds is known already, and takes those it holds with it.
pub(super) fn add(gaps: &mut Vec<Gap>, gap: Gap) {
    if gap.to <= gap.from || gaps.iter().any(|known| known.holds(&gap)) {
        return;
    }
    gaps.retain(|known| !gap.holds(known));
    if gaps.len() < GAPS_MAX {
        gaps.push(gap);
    } else if let Some(newest) = gaps.last_mut() {
        newest.from = newest.from.min(gap.from);
        newest.to = newest.to.max(gap.to);
        newest.indicator = None;
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{GAPS_MAX, Gap, add};
    use crate::session::status::GapWhy;

    fn gap(indicator: Option<&str>, from: i64, to: i64) -> Gap {
        let time = |minutes| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::minutes(minutes);
        let (from, to) = (time(from), time(to));
        Gap { indicator: indicator.map(str::to_owned), from, to, why: GapWhy::Asleep }
    }

    #[test]
    fn the_same_time_is_told_once_and_the_list_is_bounded() {
        let mut gaps = Vec::new();
        add(&mut gaps, gap(Some("api"), 10, 20));
        add(&mut gaps, gap(Some("db"), 12, 18));
        add(&mut gaps, gap(None, 9, 21));
        add(&mut gaps, gap(Some("api"), 10, 20));
        add(&mut gaps, gap(None, 30, 30));
        assert_eq!(gaps, [gap(None, 9, 21)]);
        assert_eq!(gaps[0].words(), "asleep 00:09–00:21 UTC");
        let lost = Gap { why: GapWhy::Lost, ..gap(None, 9, 21) };
        assert_eq!(lost.words(), "samples lost 00:09–00:21 UTC");
        for at in 0..500 {
            add(&mut gaps, gap(None, 100 + 2 * at, 101 + 2 * at));
        }
        assert_eq!(gaps.len(), GAPS_MAX);
        assert_eq!(gaps.last().map(|last| last.to), Some(gap(None, 0, 1_099).to));
    }
}
