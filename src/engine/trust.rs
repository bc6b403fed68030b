//! Whether the checklist's content is trusted, as the brain knows it.

/// Whether the checklist's content is trusted.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum TrustState {
    /// Not looked up yet: nothing runs.
    #[default]
    Unknown,
    /// Not trusted: nothing runs.
    Untrusted {
        /// The digest to trust.
        digest: String,
        /// What changed since it was last trusted, in words; empty: never trusted.
        changed: Vec<String>,
        /// Scripts that are named and not covered by the digest.
        not_pinned: Vec<String>,
    },
    /// Trusted.
    Trusted {
        /// Its digest.
        digest: String,
    },
}

impl TrustState {
    /// May anything run?
    pub fn is_trusted(&self) -> bool {
        matches!(self, Self::Trusted { .. })
    }
}
