//! The one table of words that give a heading, a line or a comment its meaning, in eleven languages.
//!
//! English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian, Chinese, Japanese. Words are found at the
//! start of a word ("rollbacks" has "rollback"); in scripts without spaces anywhere. An unknown word is no error. Not here:
//! what follows from a meaning (`sections`, `outline`, `shell/parts.rs`).

use std::collections::HashMap;

use super::letters::{from, in_name, places};

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

/// From this letter on scripts have no spaces, so a word may start anywhere.
const UNSPACED_FROM: char = '\u{3040}';

/// The table by first letter: made once for a document, asked for each of its headings.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    by_first: HashMap<char, Vec<(Meaning, &'static str)>>,
}

impl Default for Vocabulary {
    fn default() -> Self {
        let mut by_first: HashMap<char, Vec<(Meaning, &'static str)>> = HashMap::new();
        let words = TABLE.iter().flat_map(|(meaning, words)| words.split('|').map(|word| (*meaning, word)));
        for (meaning, word) in words {
            if let Some(first) = word.chars().next() {
                by_first.entry(first).or_default().push((meaning, word));
            }
        }
        Self { by_first }
    }
}

impl Vocabulary {
    /// The meanings of a title, each once, in the order of [`Meaning`].
    pub fn meanings(&self, title: &str) -> Vec<Meaning> {
        let lower = plain(title);
        let mut found = Vec::new();
        let mut before = None;
        for (at, letter) in lower.char_indices() {
            let starts = !before.is_some_and(in_name);
            before = Some(letter);
            for (meaning, word) in self.by_first.get(&letter).into_iter().flatten() {
                if (starts || !is_spaced(word)) && from(&lower, at).starts_with(word) {
                    found.push(*meaning);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The meanings of a title, each once, in the order of [`Meaning`]. For many titles make one [`Vocabulary`].
pub fn meanings(title: &str) -> Vec<Meaning> {
    Vocabulary::default().meanings(title)
}

/// Whether a title has a meaning.
pub fn means(title: &str, meaning: Meaning) -> bool {
    meanings(title).contains(&meaning)
}

/// The environments a title names, each once, by the name we give it: `production`, `staging`, `development`, `test`.
pub fn environments(title: &str) -> Vec<&'static str> {
    let lower = uncounted(&plain(title));
    let named = ENVIRONMENTS.iter().filter(|(_, words)| words.split('|').any(|word| whole(&lower, word)));
    named.map(|(name, _)| *name).collect()
}

/// "Stage 1" is a stage of the release and no environment.
fn uncounted(lower: &str) -> String {
    let mut kept = lower.to_owned();
    for at in places(lower, "stage") {
        let rest = from(lower, at + "stage".len()).trim_start_matches([' ', '#']);
        if rest.starts_with(|letter: char| letter.is_ascii_digit()) {
            kept.replace_range(at..at + "stage".len(), "count");
        }
    }
    kept
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

/// Is it of a script that puts spaces between words?
fn is_spaced(word: &str) -> bool {
    word.is_ascii() || !word.chars().any(|letter| letter >= UNSPACED_FROM)
}

/// Whether a word of the table is a whole word of the title.
fn whole(lower: &str, word: &str) -> bool {
    places(lower, word).any(|at| !is_spaced(word) || super::letters::alone(lower, &(at..at + word.len())))
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
        assert_eq!(environments("Stage 2: Deploy"), [""; 0]);
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
