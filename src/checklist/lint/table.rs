//! The table of rules: name, level, what a finding says, what helps.
//!
//! One entry a rule, in the order in which `gonogo lint --rules` prints them. Not here: looking for breaches (the files beside it).

use crate::checklist::diagnostic::Severity;

/// A rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, by which a finding is known.
    pub name: &'static str,
    /// How bad a breach is.
    pub level: Severity,
    /// What a breach is.
    pub says: &'static str,
    /// What helps.
    pub remedy: &'static str,
}

const fn error(name: &'static str, says: &'static str, remedy: &'static str) -> Rule {
    Rule { name, level: Severity::Error, says, remedy }
}

const fn warning(name: &'static str, says: &'static str, remedy: &'static str) -> Rule {
    Rule { name, level: Severity::Warning, says, remedy }
}

const fn note(name: &'static str, says: &'static str, remedy: &'static str) -> Rule {
    Rule { name, level: Severity::Note, says, remedy }
}

/// The reader of TOML refuses the file.
pub(super) static DOES_NOT_LOAD: Rule =
    error("does-not-load", "the file does not load as a checklist", "mend what the reader names");
/// An id is there twice.
pub(super) static DUPLICATE_ID: Rule =
    error("duplicate-id", "two items have one id", "an id names one item: give the second another one");
/// A role nobody declared.
pub(super) static UNKNOWN_ROLE: Rule = error(
    "unknown-role",
    "a role is named that is declared nowhere",
    "declare it under [roles], or name a known one",
);
/// A fence that runs to the end of the text.
pub(super) static UNCLOSED_FENCE: Rule = error(
    "unclosed-fence",
    "a block of code never closes: all that follows is code to a reader",
    "close it with the same marks on a line of their own",
);
/// A credential in the text.
pub(super) static SECRET_IN_TEXT: Rule = error(
    "secret-in-text",
    "a credential stands in the text, for everybody who can read the file",
    "take it out, change it where it is valid, and name its source instead",
);

/// No way back is written.
pub(super) static NO_ROLLBACK_PLAN: Rule = warning(
    "no-rollback-plan",
    "nothing says how to go back when the release goes wrong",
    "write the way back before the release: the steps, and who decides",
);
/// The way back was never tried.
pub(super) static ROLLBACK_UNTESTED: Rule = warning(
    "rollback-untested",
    "nothing says that the way back was tried",
    "add an item before the release: the way back was tried, where, and how long it took",
);
/// A gate anybody may open.
pub(super) static GATE_WITHOUT_OWNER: Rule = warning(
    "gate-without-owner",
    "nobody is named who answers for what must hold before the release",
    "name a role for it, or let a check measure it",
);
/// Nobody decides.
pub(super) static NO_SIGN_OFF: Rule = warning(
    "no-sign-off",
    "nobody is asked to decide before the release goes out",
    "ask a role for its sign-off before the deploy",
);
/// Nobody watches.
pub(super) static NO_WINDOW: Rule = warning(
    "no-window",
    "nothing says how long the release is watched after it went out",
    "say for how long, and what is looked at: a monitoring window",
);
/// A window that proposes nothing.
pub(super) static WINDOW_WITHOUT_TRIGGER: Rule = warning(
    "window-without-trigger",
    "the release is watched, but nothing says at what to go back",
    "name what must not happen while it is watched: an error rate, a crash, a failing check",
);
/// A migration with nothing to restore.
pub(super) static NO_BACKUP_BEFORE_MIGRATION: Rule = warning(
    "no-backup-before-migration",
    "the schema is changed and nothing before it makes a backup",
    "back the database up first, and see that the backup is not empty",
);
/// The point of no return comes too early.
pub(super) static IRREVERSIBLE_NOT_LAST: Rule = warning(
    "irreversible-not-last",
    "what cannot be undone comes before what may still fail without harm",
    "fetch, build, test and back up first; what cannot be undone comes last",
);
/// A contact nobody can reach.
pub(super) static CONTACT_UNFILLED: Rule = warning(
    "contact-unfilled",
    "a contact is named but not filled in",
    "write who it is and how to reach them, or take the line out",
);
/// Two versions in one release.
pub(super) static VERSION_MISMATCH: Rule = warning(
    "version-mismatch",
    "two versions are named as this release's",
    "name one version, or a variable in its place",
);

/// A list nobody keeps in mind.
pub(super) static TOO_MANY_ITEMS: Rule = warning(
    "too-many-items",
    "more than nine items at one pause point: people skim long lists",
    "cut it in two by what belongs together, or let a check do some of it",
);
/// One tick for two answers.
pub(super) static TWO_COMMANDS: Rule = warning(
    "two-commands",
    "one item stands for two commands: one may fail behind the other",
    "make two items of it, or stop at the first failure: `set -e`, `&&`",
);
/// Something is still to be filled in.
pub(super) static UNFILLED_PLACEHOLDER: Rule = warning(
    "unfilled-placeholder",
    "a place that must be filled in is empty",
    "fill it in; of a name such as <version> gonogo makes a variable and asks before the release starts",
);
/// A link to nowhere.
pub(super) static DEAD_ANCHOR: Rule = warning(
    "dead-anchor",
    "a link leads to a heading that is not there",
    "name a heading of this document as GitHub writes it: small letters, hyphens for spaces",
);

/// It never ends.
pub(super) static ENDLESS_IN_SCRIPT: Rule = warning(
    "endless-in-script",
    "a command that never ends stands in a script",
    "make it a step of its own, or give it an end: `timeout 60 …`, `--tail`, no `-f`",
);
/// Only sometimes.
pub(super) static CONDITIONAL_IN_SCRIPT: Rule = warning(
    "conditional-in-script",
    "commands for one case only stand in a script that runs as a whole",
    "make a script of its own of them, or write the condition as `if …; then`",
);
/// Another language.
pub(super) static FOREIGN_LINES: Rule = warning(
    "foreign-lines",
    "lines of another language stand in a shell's script",
    "put them into a block of their language, or feed them to the program they are for",
);
/// A login and then more.
pub(super) static SHELL_THEN_REMOTE: Rule = warning(
    "shell-then-remote",
    "a login on another machine is followed by commands meant for there",
    "write `ssh HOST 'command'`, or a block of its own for the other machine",
);
/// Fetched and run.
pub(super) static PIPE_TO_SHELL: Rule = warning(
    "pipe-to-shell",
    "what is fetched from the network is run unseen",
    "fetch it into a file, check its digest, then run it; or install a pinned package",
);
/// An image that changes.
pub(super) static UNPINNED_IMAGE: Rule = warning(
    "unpinned-image",
    "an image is named without a version: tomorrow it is another one",
    "name a version or a digest: `image:1.2.3`, `image@sha256:…`",
);
/// Letters that are others.
pub(super) static LOOKALIKE_CHARACTERS: Rule = warning(
    "lookalike-characters",
    "a command holds letters that only look like the ones it needs",
    "type them anew: straight quotes, plain spaces, a hyphen as the minus",
);
/// What the reader of TOML found worth a look.
pub(super) static WORTH_A_LOOK: Rule =
    warning("worth-a-look", "the reader warns of it whenever the checklist is opened", "see what it says");

/// Neither a deed nor a state.
pub(super) static NO_VERB: Rule = note(
    "no-verb",
    "the item says neither what to do nor what must hold",
    "say it as a deed (\u{201c}Rotate the keys\u{201d}) or as a state (\u{201c}Keys are rotated\u{201d})",
);
/// Verified by what?
pub(super) static VERIFY_WITHOUT_CHECK: Rule = note(
    "verify-without-check",
    "the item asks to verify something and does not say by what",
    "name the command, the page or the value; where a program can tell, make it a check",
);
/// Good or bad?
pub(super) static NO_EXPECTED_RESULT: Rule = note(
    "no-expected-result",
    "a request is made and nothing says what a good answer is",
    "write it behind the command: `# Expected: 200`",
);
/// Twice the same.
pub(super) static SAME_TEXT_TWICE: Rule = note(
    "same-text-twice",
    "two items of one phase say the same",
    "say in each what makes it another one, or take one out",
);
/// It looks like a box.
pub(super) static NEAR_MISS: Rule = note(
    "near-miss",
    "this looks like a box and GitHub draws none",
    "write `- [ ] ` before the words, with one space in and behind the brackets",
);
/// Ticks of the last time.
pub(super) static TICKED_HISTORY: Rule = note(
    "ticked-history",
    "boxes are ticked in the file: ticks of the last release, for all anybody knows",
    "keep the file open (`- [ ]`) and the ticks in the record of each release",
);
/// Too long to be read.
pub(super) static LONG_ITEM: Rule = note(
    "long-item",
    "the item is longer than people read under pressure",
    "say what to do in one short line and put the rest beneath it",
);
/// How long?
pub(super) static WAIT_WITHOUT_LIMIT: Rule = note(
    "wait-without-limit",
    "it waits, and nothing says how long at most",
    "say after which time it has failed, and what then",
);

/// All of them, worst first.
pub static RULES: [&Rule; 35] = [
    &DOES_NOT_LOAD,
    &DUPLICATE_ID,
    &UNKNOWN_ROLE,
    &UNCLOSED_FENCE,
    &SECRET_IN_TEXT,
    &NO_ROLLBACK_PLAN,
    &ROLLBACK_UNTESTED,
    &GATE_WITHOUT_OWNER,
    &NO_SIGN_OFF,
    &NO_WINDOW,
    &WINDOW_WITHOUT_TRIGGER,
    &NO_BACKUP_BEFORE_MIGRATION,
    &IRREVERSIBLE_NOT_LAST,
    &CONTACT_UNFILLED,
    &VERSION_MISMATCH,
    &TOO_MANY_ITEMS,
    &TWO_COMMANDS,
    &UNFILLED_PLACEHOLDER,
    &DEAD_ANCHOR,
    &ENDLESS_IN_SCRIPT,
    &CONDITIONAL_IN_SCRIPT,
    &FOREIGN_LINES,
    &SHELL_THEN_REMOTE,
    &PIPE_TO_SHELL,
    &UNPINNED_IMAGE,
    &LOOKALIKE_CHARACTERS,
    &WORTH_A_LOOK,
    &NO_VERB,
    &VERIFY_WITHOUT_CHECK,
    &NO_EXPECTED_RESULT,
    &SAME_TEXT_TWICE,
    &NEAR_MISS,
    &TICKED_HISTORY,
    &LONG_ITEM,
    &WAIT_WITHOUT_LIMIT,
];

#[cfg(test)]
mod tests {
    use super::RULES;

    #[test]
    fn every_rule_stands_in_the_table_once_worst_first() {
        let declared = include_str!("table.rs").matches("\npub(super) static ").count();
        assert_eq!(RULES.len(), declared);
        for (rule, next) in RULES.iter().zip(RULES.iter().skip(1)) {
            assert!(rule.level >= next.level, "{} before {}", rule.name, next.name);
        }
        let mut names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RULES.len());
        assert!(RULES.iter().all(|rule| !rule.says.is_empty() && !rule.remedy.is_empty()));
    }
}
