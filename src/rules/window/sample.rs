//! One sample of an indicator: when it was due, good, bad or nothing known, how long it took, its value, its facets.
//!
//! Not here: making one from a measurement (`classify.rs`), keeping them (`series.rs`).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::checklist::window_facet::{FACETS, Facet};

/// Good, bad, or nothing known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// The target answered as it should.
    Good,
    /// It did not.
    Bad,
    /// Our means of measuring did not work, or we were offline: neither good nor bad, and it covers nothing.
    NoData,
}

/// The facets of a sample: a small set. Facets of containers also count how often (up to 255).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets(u64);

/// Facets from here on in [`FACETS`] carry a count.
const COUNTED_FROM: usize = 10;
/// Where the counts begin.
const COUNTS_AT: usize = 32;

impl Facets {
    /// None.
    pub const NONE: Self = Self(0);

    /// With one more facet.
    #[must_use]
    pub fn with(self, facet: Facet) -> Self {
        self.with_count(facet, 1)
    }
    /// With a facet that was seen so often; 0 adds nothing. Only facets of containers keep the count.
    #[must_use]
    pub fn with_count(self, facet: Facet, times: u8) -> Self {
        let place = place(facet);
        if times == 0 {
            return self;
        }
        let bits = self.0 | 1 << place;
        match place.checked_sub(COUNTED_FROM) {
            None => Self(bits),
            Some(counted) => {
                let shift = COUNTS_AT + 8 * counted;
                Self(bits & !(0xff << shift) | u64::from(times) << shift)
            }
        }
    }
    /// Is this facet among them?
    pub fn has(self, facet: Facet) -> bool {
        self.0 >> place(facet) & 1 == 1
    }
    /// How often: 0 or 1, and for facets of containers the number seen.
    pub fn count(self, facet: Facet) -> u8 {
        let place = place(facet);
        match place.checked_sub(COUNTED_FROM) {
            Some(counted) => u8::try_from(self.0 >> (COUNTS_AT + 8 * counted) & 0xff).unwrap_or(u8::MAX),
            None => u8::from(self.has(facet)),
        }
    }
    /// All of them, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Facet> {
        FACETS.iter().map(|(_, facet)| *facet).filter(move |facet| self.has(*facet))
    }
}

fn place(facet: Facet) -> usize {
    facet as usize
}

/// One sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// When it was due, as `next_due` said. Not when it was started or came back.
    pub scheduled: DateTime<Utc>,
    /// Good, bad or nothing known.
    pub reading: Reading,
    /// How long it took, in microseconds; a timeout took its whole timeout.
    pub took_us: u64,
    /// Per mille of a percentage; of a log: how many lines were found since the sample before.
    pub value: Option<i64>,
    /// Its facets; [`Facet::Bad`] follows the reading and need not be set.
    pub facets: Facets,
}

impl Sample {
    /// A good sample without a value.
    pub fn good(scheduled: DateTime<Utc>, took_us: u64) -> Self {
        Self { scheduled, reading: Reading::Good, took_us, value: None, facets: Facets::NONE }
    }
    /// A bad sample without a value.
    pub fn bad(scheduled: DateTime<Utc>, took_us: u64) -> Self {
        Self { reading: Reading::Bad, ..Self::good(scheduled, took_us) }
    }
    /// Nothing is known of this moment.
    pub fn no_data(scheduled: DateTime<Utc>) -> Self {
        Self { reading: Reading::NoData, ..Self::good(scheduled, 0) }
    }
    /// Is anything known?
    pub fn is_measured(&self) -> bool {
        self.reading != Reading::NoData
    }
    /// Has it this facet; without one: is it bad?
    pub fn has(&self, facet: Option<Facet>) -> bool {
        match facet {
            None | Some(Facet::Bad) => self.reading == Reading::Bad,
            Some(facet) => self.facets.has(facet),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{COUNTED_FROM, Facets, place};
    use crate::checklist::window_facet::{FACETS, Facet};

    #[test]
    fn each_facet_has_the_bit_of_its_place_and_containers_count() {
        for (at, (word, facet)) in FACETS.iter().enumerate() {
            assert_eq!(place(*facet), at, "{word}");
            assert_eq!(Facet::named(word), Some(*facet));
            let alone = Facets::NONE.with(*facet);
            assert_eq!(alone.iter().collect::<Vec<_>>(), [*facet]);
            assert_eq!(alone.count(*facet), 1);
        }
        assert_eq!(place(Facet::Restarts), COUNTED_FROM);
        let facets = Facets::NONE.with_count(Facet::Exits, 3).with(Facet::Oom).with_count(Facet::Restarts, 0);
        assert_eq!(
            (facets.count(Facet::Exits), facets.count(Facet::Oom), facets.count(Facet::Restarts)),
            (3, 1, 0)
        );
        assert!(!facets.has(Facet::Restarts) && !facets.has(Facet::Slow));
    }
}
