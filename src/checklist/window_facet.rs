//! The facets of a sample: what a term may ask about besides good and bad (`api.5xx`, `app.oom`).
//!
//! Not here: which facets a measurement has (`rules/window/sample.rs` keeps them), which an indicator may be asked for
//! (`read/validate/windows.rs`).

/// One facet of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Facet {
    /// Counted as bad.
    Bad,
    /// Slower than the indicator allows.
    Slow,
    /// Status 100 to 199.
    Informed,
    /// Status 200 to 299.
    Succeeded,
    /// Status 300 to 399.
    Redirected,
    /// Status 400 to 499.
    Refusal,
    /// Status 500 to 599.
    ServerFault,
    /// No answer in time.
    Timeout,
    /// The connection was refused.
    Refused,
    /// The connection was cut.
    Reset,
    /// A container restarted.
    Restarts,
    /// A container exited.
    Exits,
    /// A container ran out of memory.
    Oom,
    /// A container is unhealthy.
    Unhealthy,
}

/// The words of facets; a facet's place here is its bit in a sample.
pub const FACETS: [(&str, Facet); 14] = [
    ("bad", Facet::Bad),
    ("slow", Facet::Slow),
    ("1xx", Facet::Informed),
    ("2xx", Facet::Succeeded),
    ("3xx", Facet::Redirected),
    ("4xx", Facet::Refusal),
    ("5xx", Facet::ServerFault),
    ("timeout", Facet::Timeout),
    ("refused", Facet::Refused),
    ("reset", Facet::Reset),
    ("restarts", Facet::Restarts),
    ("exits", Facet::Exits),
    ("oom", Facet::Oom),
    ("unhealthy", Facet::Unhealthy),
];

impl Facet {
    /// The facet with this word.
    pub fn named(word: &str) -> Option<Self> {
        FACETS.iter().find(|(known, _)| *known == word).map(|(_, facet)| *facet)
    }
    /// As it is written.
    pub fn word(self) -> &'static str {
        FACETS.iter().find(|(_, facet)| *facet == self).map_or("", |(word, _)| word)
    }
    /// The facet of an HTTP status; none: no status of the protocol.
    pub fn of_status(status: u16) -> Option<Self> {
        match status / 100 {
            1 => Some(Self::Informed),
            2 => Some(Self::Succeeded),
            3 => Some(Self::Redirected),
            4 => Some(Self::Refusal),
            5 => Some(Self::ServerFault),
            _ => None,
        }
    }
}
