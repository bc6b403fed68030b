//! Which characters a value may have: checked before a value is used anywhere.
//!
//! The sets are those of the safety page: a version, an environment, a commit, a git ref, a plain text. No value starts
//! with `-`, so none can become an option of a program. Kinds of variables: `values.rs`.

/// The longest plain text in bytes.
pub const TEXT_MAX_BYTES: usize = 4096;

/// What a value must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// `[0-9A-Za-z][0-9A-Za-z._+-]{0,127}`
    Version,
    /// `[a-z0-9][a-z0-9-]{0,31}`
    Environment,
    /// `[0-9a-f]{7,64}`
    Commit,
    /// `[0-9A-Za-z][0-9A-Za-z._/-]{0,199}` without `..`
    GitRef,
    /// No control characters, at most 4 KiB.
    Text,
}

impl Charset {
    /// Checks a value. Errors: what it should be, as a sentence's end ("must be …").
    pub fn check(self, value: &str) -> Result<(), &'static str> {
        if value.starts_with('-') {
            return Err("must not start with `-`: a program would read it as an option");
        }
        let first = |ok: fn(char) -> bool| value.chars().next().is_some_and(ok);
        let all = |ok: fn(char) -> bool| value.chars().all(ok);
        let alnum = |c: char| c.is_ascii_alphanumeric();
        let (good, why) = match self {
            Self::Version => (
                first(alnum)
                    && all(|c| c.is_ascii_alphanumeric() || "._+-".contains(c))
                    && value.len() <= 128,
                "must be a version: letters, digits, `.`, `_`, `+`, `-`, at most 128",
            ),
            Self::Environment => (
                first(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
                    && all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
                    && value.len() <= 32,
                "must be lower-case letters, digits and hyphens, at most 32",
            ),
            Self::Commit => (
                (7..=64).contains(&value.len()) && all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c)),
                "must be 7 to 64 lower-case hexadecimal digits",
            ),
            Self::GitRef => (
                first(alnum)
                    && all(|c| c.is_ascii_alphanumeric() || "._/-".contains(c))
                    && value.len() <= 200
                    && !value.contains(".."),
                "must be a git name: letters, digits, `.`, `_`, `/`, `-`, without `..`, at most 200",
            ),
            Self::Text => (
                value.len() <= TEXT_MAX_BYTES && !value.chars().any(char::is_control),
                "must be one line without control characters, at most 4 KiB",
            ),
        };
        if good { Ok(()) } else { Err(why) }
    }
}

#[cfg(test)]
mod tests {
    use super::Charset;

    #[test]
    fn hostile_values_are_refused_by_every_set() {
        for value in ["-rf", "--help", "a\nb", "1.0\u{1b}[2J"] {
            for set in [Charset::Version, Charset::Text, Charset::GitRef, Charset::Commit] {
                assert!(set.check(value).is_err(), "{set:?} {value:?}");
            }
        }
        for value in ["1.0\"; touch pwn; #", "$(id)", "1 2", "", "ä"] {
            assert!(Charset::Version.check(value).is_err(), "{value:?}");
        }
        assert!(Charset::GitRef.check("a/../b").is_err());
    }

    #[test]
    fn usual_values_pass() {
        assert_eq!(Charset::Version.check("2.4.0-rc.1+build_7"), Ok(()));
        assert_eq!(Charset::Commit.check("0a1b2c3"), Ok(()));
        assert_eq!(Charset::GitRef.check("release/2.4"), Ok(()));
        assert_eq!(Charset::Environment.check("eu-west-1"), Ok(()));
        assert_eq!(Charset::Text.check("a text; with $signs"), Ok(()));
    }
}
