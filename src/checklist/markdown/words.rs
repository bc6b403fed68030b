//! The one table of words that give a heading, a line or a comment its meaning, in eleven languages.
//!
//! English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian, Chinese, Japanese. Words are found at the
//! start of a word ("rollbacks" has "rollback"); in scripts without spaces anywhere. An unknown word is no error. Not here:
//! what follows from a meaning (`sections`, `outline`, `shell/parts.rs`).

use super::letters::{before, in_name, places};

mod table;

use self::table::{CONDITIONAL_INSIDE, CONDITIONAL_STARTS, ENVIRONMENTS, TABLE};

/// What a heading or a lead says its section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// Going back.
    Rollback,
    /// Being ready to go back: stays forward, a rollback word beside it.
    Readiness,
    /// What proposes a rollback.
    Trigger,
    /// Watching after a deploy.
    Monitoring,
    /// What must hold in the end.
    Criteria,
    /// Whom to reach.
    Contacts,
    /// Who approves.
    SignOff,
    /// It asks: what stands here must hold or be done.
    Asks,
    /// It is done in order.
    Procedure,
    /// It is read, not done.
    Reference,
    /// Names of variables.
    Variables,
}

/// The meanings of a title, each once, in the order of [`Meaning`].
pub fn meanings(title: &str) -> Vec<Meaning> {
    let lower = plain(title);
    let mut found: Vec<Meaning> = TABLE
        .iter()
        .filter(|(_, words)| words.split('|').any(|word| says(&lower, word)))
        .map(|(meaning, _)| *meaning)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether a title has a meaning.
pub fn means(title: &str, meaning: Meaning) -> bool {
    let lower = plain(title);
    TABLE
        .iter()
        .filter(|(one, _)| *one == meaning)
        .any(|(_, words)| words.split('|').any(|word| says(&lower, word)))
}

/// The environments a title names, each once, by the name we give it: `production`, `staging`, `development`, `test`.
pub fn environments(title: &str) -> Vec<&'static str> {
    let lower = plain(title);
    let named = ENVIRONMENTS.iter().filter(|(_, words)| words.split('|').any(|word| whole(&lower, word)));
    named.map(|(name, _)| *name).collect()
}

/// Whether a comment or a title says that what follows is done only sometimes.
pub fn conditional(text: &str) -> bool {
    let lower = format!("{} ", text.trim().to_lowercase());
    CONDITIONAL_STARTS.iter().any(|word| lower.starts_with(word))
        || CONDITIONAL_INSIDE.iter().any(|word| lower.contains(word))
}

/// Small letters; numbers, signs and endings in brackets with a time stay, they are no words of the table.
fn plain(title: &str) -> String {
    title.to_lowercase().replace(['_', '\u{2010}', '\u{2011}'], "-")
}

/// A word of the table at the start of a word of the title. Scripts without spaces have no starts.
fn says(lower: &str, word: &str) -> bool {
    let spaced = word.is_ascii() || !word.chars().any(|letter| letter >= '\u{3040}');
    places(lower, word).any(|at| !spaced || !before(lower, at).is_some_and(in_name))
}

/// The same as a whole word.
fn whole(lower: &str, word: &str) -> bool {
    let spaced = !word.chars().any(|letter| letter >= '\u{3040}');
    places(lower, word).any(|at| !spaced || super::letters::alone(lower, &(at..at + word.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_say_what_their_sections_are() {
        for (title, meaning) in [
            ("🆘 Rollback Plan", Meaning::Rollback),
            ("Backing out", Meaning::Rollback),
            ("Rückfallplan", Meaning::Rollback),
            ("Plan de retour arrière", Meaning::Rollback),
            ("План отката", Meaning::Rollback),
            ("回滚计划", Meaning::Rollback),
            ("ロールバック手順", Meaning::Rollback),
            ("3. Rollback Readiness", Meaning::Readiness),
            ("When to Rollback", Meaning::Trigger),
            ("Rollback Triggers", Meaning::Trigger),
            ("Post-Release (24 hours)", Meaning::Monitoring),
            ("Short-term Monitoring (first hour)", Meaning::Monitoring),
            ("Überwachung", Meaning::Monitoring),
            ("Success Criteria ✅", Meaning::Criteria),
            ("Acceptance Criteria", Meaning::Criteria),
            ("Emergency Contacts", Meaning::Contacts),
            ("Ansprechpartner", Meaning::Contacts),
            ("Release Approval", Meaning::SignOff),
            ("Freigabe", Meaning::SignOff),
            ("Prerequisites", Meaning::Asks),
            ("Deployment Steps", Meaning::Procedure),
            ("Release Process 🔄", Meaning::Procedure),
            ("Troubleshooting Common Issues", Meaning::Reference),
            ("Related Documentation", Meaning::Reference),
            ("Environment Variables Reference", Meaning::Variables),
        ] {
            assert!(means(title, meaning), "{title}: {:?}", meanings(title));
        }
    }

    #[test]
    fn other_titles_mean_nothing() {
        for title in ["Progress", "2. Communication", "Frontend", "Objectives", "", "🎨"] {
            assert_eq!(meanings(title), [], "{title}");
        }
        assert!(!means("Contract tests", Meaning::Contacts) && !means("Undocumented", Meaning::Reference));
    }

    #[test]
    fn environments_are_known_by_their_names() {
        assert_eq!(environments("Deploy to Staging"), ["staging"]);
        assert_eq!(environments("From stage to prod"), ["production", "staging"]);
        assert_eq!(environments("Produktion"), ["production"]);
        assert_eq!(environments("Product stages"), [""; 0]);
        assert_eq!(environments("本番デプロイ"), ["production"]);
    }

    #[test]
    fn what_is_done_only_sometimes_says_so() {
        for text in [
            "If issues, disable",
            "Or",
            "or kill it",
            "Install (if needed)",
            "Optional: x",
            "Load test (optional, x)",
            "Falls nötig",
            "Если нужно",
            "如果失败",
            "必要な場合",
        ] {
            assert!(conditional(text), "{text}");
        }
        for text in ["Order", "Orchestrate", "Verify", "ifconfig", "Oracle", "Others", ""] {
            assert!(!conditional(text), "{text}");
        }
    }
}
