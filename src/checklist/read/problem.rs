//! A problem of meaning in a model, at a place; it becomes a diagnostic once the file's bytes are known.

use crate::checklist::diagnostic::Severity;
use crate::checklist::place::Place;
use crate::text::nearest::nearest;

/// A problem of meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Does the file still load?
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// The part of the value at fault, as it is written there.
    pub part: Option<String>,
    /// The rule it breaks, where one has a name.
    pub code: Option<&'static str>,
    /// Is the key at fault rather than its value?
    pub at_key: bool,
    /// What happened.
    pub message: String,
    /// Stands under the offending text.
    pub label: String,
    /// What was expected, or what to do next.
    pub help: Option<String>,
    /// The nearest valid name.
    pub nearest: Option<String>,
}

impl Problem {
    /// The file does not load.
    pub fn error(place: &Place, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            place: place.clone(),
            part: None,
            code: None,
            at_key: false,
            message: message.into(),
            label: String::new(),
            help: None,
            nearest: None,
        }
    }
    /// Worth a look.
    pub fn warning(place: &Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(place, message) }
    }
    /// A name that is none of these.
    pub fn unknown<'n>(
        place: &Place,
        what: &str,
        name: &str,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Self {
        let names: Vec<&str> = names.into_iter().collect();
        let mut problem = Self::error(place, format!("there is no {what} `{name}`"));
        "not declared".clone_into(&mut problem.label);
        problem.nearest = nearest(name, names.iter().copied()).map(str::to_owned);
        problem.help = Some(known(what, &names));
        problem
    }
    /// With the nearest of some names.
    #[must_use]
    pub fn near<'n>(mut self, wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.nearest = nearest(wrong, names).map(str::to_owned);
        self
    }
    /// With words under the offending text.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }
    /// With what was expected.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
    /// Underlines only this part of the value.
    #[must_use]
    pub fn part(mut self, part: impl Into<String>) -> Self {
        self.part = Some(part.into());
        self
    }
    /// As the breach of a rule that has a name.
    #[must_use]
    pub fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }
    /// Underlines the key.
    #[must_use]
    pub fn at_key(mut self) -> Self {
        self.at_key = true;
        self
    }
}

/// How many names a message lists; a person scans no more.
const NAMES_SHOWN: usize = 12;

/// The known names in words.
pub(super) fn known(what: &str, names: &[&str]) -> String {
    if names.is_empty() {
        return format!("no {what} is declared");
    }
    let shown: Vec<_> = names.iter().take(NAMES_SHOWN).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(NAMES_SHOWN);
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("known: {}{tail}", shown.join(", "))
}
