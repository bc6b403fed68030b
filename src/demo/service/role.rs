//! The four services of the shop, who needs whom, and what they are called as containers.

use std::fmt;

/// A service of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Keeps orders; stands in for a database.
    Db,
    /// Answers questions about orders; needs the db.
    Api,
    /// Sends invoices; needs the db.
    Worker,
    /// What customers see; needs the api.
    Web,
}

impl Role {
    /// All, in the order they start.
    pub const ALL: [Self; 4] = [Self::Db, Self::Api, Self::Worker, Self::Web];
    /// What a release replaces, in that order; the db keeps its own version.
    pub const RELEASED: [Self; 3] = [Self::Api, Self::Worker, Self::Web];

    /// Its name as a Compose service.
    pub fn word(self) -> &'static str {
        match self {
            Self::Db => "db",
            Self::Api => "api",
            Self::Worker => "worker",
            Self::Web => "web",
        }
    }

    /// By its name. Errors: another word.
    pub fn parse(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|role| role.word() == text);
        known.ok_or_else(|| format!("`{text}` is no service: db, api, worker, web"))
    }

    /// Whom it asks.
    pub fn needs(self) -> Option<Self> {
        match self {
            Self::Db => None,
            Self::Api | Self::Worker => Some(Self::Db),
            Self::Web => Some(Self::Api),
        }
    }

    /// The image of a version.
    pub fn image(self, version: &str) -> String {
        format!("registry.invalid/shop/{self}:{version}")
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn whoever_is_needed_starts_before() {
        let place = |wanted: Role| Role::ALL.iter().position(|role| *role == wanted);
        for role in Role::ALL {
            assert!(role.needs().is_none_or(|needed| place(needed) < place(role)), "{role}");
            assert_eq!(Role::parse(role.word()), Ok(role));
        }
        assert!(Role::parse("cache").is_err());
    }
}
