//! The values behind `{name}`: variables as given, an environment's own, and the names every checklist knows.
//!
//! Also the characters a value may have (`safety`: values never become shell text) and its name as an environment
//! variable. Not here: asking for values (`cli`), secrets (only `runtime` sees them).

use std::cell::Cell;
use std::collections::BTreeMap;

use super::charset::Charset;
use super::id::{EnvironmentName, VariableName};
use super::model::Checklist;
use super::named::Named;
use super::template::{Piece, Template, TemplateFault};
use super::variable::{Variable, VariableDefault, VariableKind};

/// Names that every checklist may use, and no variable may take.
const RESERVED_NAMES: [&str; 6] = ["product", "environment", "commit", "release", "run", "secret"];
/// The program's own settings: their names as environment variables are taken.
const SETTINGS: [&str; 10] = [
    "trust",
    "session",
    "session_dir",
    "theme",
    "config",
    "log",
    "docker",
    "offline",
    "update",
    "test_docker",
];
/// An environment's value may name another variable, to this depth; a loop ends here.
const DEPTH_MAX: usize = 8;
/// Names followed for one value: a hundred values that each name a hundred others must not hang the screen.
const LOOKUPS_MAX: usize = 256;
/// The longest value, in bytes.
pub const VALUE_BYTES_MAX: usize = 4 * 1024;
/// What a [`VariableKind::Word`] may hold beside letters and digits: nothing a shell reads as more than itself.
pub const WORD_MARKS: &str = "._:/@+=,-";

/// Where values are looked up.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    /// The checklist that declares them.
    pub checklist: &'a Checklist,
    /// The values given when the session was started.
    pub given: &'a BTreeMap<String, String>,
    /// The environment whose own values come first.
    pub environment: Option<&'a EnvironmentName>,
    /// The commit the release is made from.
    pub commit: Option<&'a str>,
}

impl Values<'_> {
    /// The value behind a name: the environment's own, then as given, then a literal default, then the fixed names.
    pub fn lookup(&self, name: &str) -> Option<String> {
        self.lookup_at(name, 0, &Cell::new(LOOKUPS_MAX))
    }

    fn lookup_at(&self, name: &str, depth: usize, left: &Cell<usize>) -> Option<String> {
        if depth > DEPTH_MAX {
            return None;
        }
        left.set(left.get().checked_sub(1)?);
        let variable = VariableName::from(name);
        if let Some(template) =
            self.checklist.environment(self.environment).and_then(|place| place.variables.get(&variable))
        {
            // A value that names itself means the one further out.
            let written = template.as_written();
            let in_address = written.starts_with("http://") || written.starts_with("https://");
            let inner = |inner: &str| {
                let value =
                    if inner == name { self.outer(inner) } else { self.lookup_at(inner, depth + 1, left) }?;
                // Inside an address a value cannot change the host.
                let encode = in_address && !self.is_address(inner, &value);
                Some(if encode { percent_encode(&value) } else { value })
            };
            return template.fill(&inner).ok();
        }
        self.outer(name)
    }

    fn outer(&self, name: &str) -> Option<String> {
        if let Some(value) = self.given.get(name) {
            // A record comes from elsewhere too: what may not be a value is none, wherever it was written.
            let declared = self.checklist.variables.get(&VariableName::from(name));
            let allowed = match declared {
                Some(variable) => check_value(name, variable, value).is_ok(),
                None => Charset::Text.check(value).is_ok(),
            };
            return allowed.then(|| value.clone());
        }
        if let Some(Variable { default: Some(VariableDefault::Literal(text)), .. }) =
            self.checklist.variables.get(&VariableName::from(name))
        {
            return Some(text.clone());
        }
        match name {
            "product" => Some(self.checklist.product().to_owned()),
            "environment" => self.environment.map(ToString::to_string),
            "commit" => {
                self.commit.filter(|commit| Charset::Commit.check(commit).is_ok()).map(ToOwned::to_owned)
            }
            _ => None,
        }
    }

    /// Fills a template in. Errors: an unknown name.
    pub fn fill(&self, template: &Template) -> Result<String, TemplateFault> {
        template.fill(&|name| self.lookup(name))
    }

    /// Fills what is known, for a title on screen.
    pub fn shown(&self, template: &Template) -> String {
        template.shown(&|name| self.lookup(name))
    }

    /// Fills all but secrets and `{run.…}`, and leaves a template: values are escaped, so they cannot name anything.
    pub fn prefill(&self, template: &Template) -> Result<Template, TemplateFault> {
        self.prefill_with(template, &|_name, value| value)
    }

    /// As [`Self::prefill`], for an address: a value is percent-encoded unless it is an address itself.
    pub fn prefill_url(&self, template: &Template) -> Result<Template, TemplateFault> {
        self.prefill_with(template, &|name, value| {
            if self.is_address(name, &value) { value } else { percent_encode(&value) }
        })
    }

    fn prefill_with(
        &self,
        template: &Template,
        encode: &dyn Fn(&str, String) -> String,
    ) -> Result<Template, TemplateFault> {
        let mut text = String::new();
        for piece in template.pieces()? {
            match piece {
                Piece::Text(plain) => text.push_str(&escape(&plain)),
                Piece::Secret(name) => text.extend(["{secret:", &name, "}"]),
                Piece::Variable(name) if name.starts_with("run.") => text.extend(["{", &name, "}"]),
                Piece::Variable(name) => match self.lookup(&name) {
                    Some(value) => text.push_str(&escape(&encode(&name, value))),
                    None => return Err(TemplateFault::Unknown(name)),
                },
            }
        }
        Ok(Template::new(text))
    }

    fn is_address(&self, name: &str, value: &str) -> bool {
        let declared = self.checklist.variables.get(&VariableName::from(name)).map(|variable| variable.kind);
        match declared {
            Some(kind) => kind == VariableKind::Url,
            None => value.starts_with("http://") || value.starts_with("https://"),
        }
    }

    /// `GONOGO_…` for commands: every variable with a value, and the fixed names.
    pub fn as_environment(&self) -> Named<String, String> {
        let mut names: Vec<String> = self.checklist.variables.names().map(ToString::to_string).collect();
        if let Some(place) = self.checklist.environment(self.environment) {
            names.extend(place.variables.names().map(ToString::to_string));
        }
        names.extend(["product", "environment", "commit"].map(ToOwned::to_owned));
        names.into_iter().filter_map(|name| Some((environment_name(&name), self.lookup(&name)?))).collect()
    }
}

/// The variable's name for commands: `x_y` becomes `GONOGO_X_Y`.
pub fn environment_name(name: &str) -> String {
    let upper = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    std::iter::once("GONOGO_".to_owned()).chain(upper.map(String::from)).collect()
}

/// Does a name belong to the program, so that no variable may take it?
pub fn is_reserved(name: &str) -> bool {
    RESERVED_NAMES.contains(&name) || SETTINGS.contains(&name) || name.starts_with("run_")
}

/// May the variable have this value? Errors: why not, as a sentence.
pub fn check_value(name: &str, variable: &Variable, value: &str) -> Result<(), String> {
    if value.len() > VALUE_BYTES_MAX {
        return Err(format!("{name} is longer than {VALUE_BYTES_MAX} bytes"));
    }
    if value.starts_with('-') {
        return Err(format!("{name} may not start with `-`: a program would take it for an option"));
    }
    if value.chars().any(char::is_control) {
        return Err(format!("{name} may not hold control characters"));
    }
    let fits = match variable.kind {
        VariableKind::Text | VariableKind::Path => !value.is_empty(),
        VariableKind::Semver => return check_version(name, value),
        VariableKind::Choice => {
            return if variable.choices.iter().any(|choice| choice == value) {
                Ok(())
            } else {
                Err(format!("{name} must be one of: {}", variable.choices.join(", ")))
            };
        }
        VariableKind::Word => {
            !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || WORD_MARKS.contains(c))
        }
        VariableKind::Url => value.starts_with("http://") || value.starts_with("https://"),
        VariableKind::Integer => value.parse::<i64>().is_ok(),
    };
    if fits {
        return Ok(());
    }
    Err(match variable.kind {
        VariableKind::Url => format!("{name} must start with http:// or https://"),
        VariableKind::Integer => format!("{name} must be a whole number"),
        VariableKind::Word if !value.is_empty() => {
            format!(
                "{name} may hold letters, digits and {WORD_MARKS} only: its commands were not written for more"
            )
        }
        VariableKind::Text
        | VariableKind::Path
        | VariableKind::Semver
        | VariableKind::Choice
        | VariableKind::Word => {
            format!("{name} may not be empty")
        }
    })
}

fn check_version(name: &str, value: &str) -> Result<(), String> {
    let plain = value.len() <= 128
        && value.starts_with(|c: char| c.is_ascii_alphanumeric())
        && value.chars().all(|c| c.is_ascii_alphanumeric() || "._+-".contains(c));
    if plain && semver::Version::parse(value.strip_prefix('v').unwrap_or(value)).is_ok() {
        return Ok(());
    }
    Err(format!("{name} must be a semantic version such as 1.4.0 or 2.0.0-rc.1, not `{value}`"))
}

fn escape(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

fn percent_encode(value: &str) -> String {
    value
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Values, check_value, environment_name};
    use crate::checklist::environment::Environment;
    use crate::checklist::id::EnvironmentName;
    use crate::checklist::model::Checklist;
    use crate::checklist::template::Template;
    use crate::checklist::variable::{Variable, VariableKind};

    #[test]
    fn an_environments_own_value_comes_first_and_may_name_others() {
        let stage = EnvironmentName::from("stage");
        let place = Environment {
            variables: [("base_url".into(), Template::from("http://{version}.example"))]
                .into_iter()
                .collect(),
            ..Environment::default()
        };
        let checklist = Checklist {
            id: "shop".to_owned(),
            environments: [(stage.clone(), place)].into_iter().collect(),
            ..Checklist::default()
        };
        let given = [("version".to_owned(), "1.0.0".to_owned())].into();
        let values = Values { checklist: &checklist, given: &given, environment: Some(&stage), commit: None };
        assert_eq!(values.lookup("base_url").as_deref(), Some("http://1.0.0.example"));
        assert_eq!(values.lookup("product").as_deref(), Some("shop"));
        let url = values.prefill_url(&Template::from("{base_url}/ready?v={version}"));
        assert_eq!(url, Ok(Template::from("http://1.0.0.example/ready?v=1.0.0")));
    }

    #[test]
    fn values_that_name_each_other_a_thousand_million_times_are_none_and_hang_nobody() {
        let stage = EnvironmentName::from("stage");
        let value =
            |n: usize| (format!("v{n}").as_str().into(), Template::new(format!("{{v{}}}", n + 1).repeat(50)));
        let last = ("v8".into(), Template::from("lol"));
        let place =
            Environment { variables: (0..8).map(value).chain([last]).collect(), ..Environment::default() };
        let checklist = Checklist {
            environments: [(stage.clone(), place)].into_iter().collect(),
            ..Checklist::default()
        };
        let given = std::collections::BTreeMap::new();
        let values = Values { checklist: &checklist, given: &given, environment: Some(&stage), commit: None };
        assert_eq!(values.lookup("v0"), None);
        assert_eq!(values.lookup("v7").map(|text| text.len()), Some(150));
    }

    #[test]
    fn a_value_can_neither_name_another_nor_change_the_host() {
        let checklist = Checklist::default();
        let given = [("v".to_owned(), "a@evil/{secret:x}".to_owned())].into();
        let values = Values { checklist: &checklist, given: &given, environment: None, commit: None };
        let filled = values.prefill(&Template::from("{v}")).unwrap();
        assert_eq!(filled.fill(&|_| None), Ok("a@evil/{secret:x}".to_owned()));
        assert_eq!(filled.pieces().unwrap().len(), 1);
        let url = values.prefill_url(&Template::from("http://h/{v}")).unwrap();
        assert_eq!(url.as_written(), "http://h/a%40evil%2F%7Bsecret%3Ax%7D");
    }

    #[test]
    fn values_that_could_be_taken_for_options_or_code_are_refused() {
        let version = Variable { kind: VariableKind::Semver, ..Variable::default() };
        for bad in ["1.0\"; touch pwn; #", "-1.0.0", "1.0.0\n", "$(id)", "", "1.0"] {
            assert!(check_value("version", &version, bad).is_err(), "{bad:?}");
        }
        assert_eq!(check_value("version", &version, "1.2.0-rc.1+b7"), Ok(()));
        assert_eq!(environment_name("previous_version"), "GONOGO_PREVIOUS_VERSION");
        let word = Variable { kind: VariableKind::Word, ..Variable::default() };
        for bad in ["a b", "-x", "$(id)", "a;b", "a'b", "a*", "", "ä", "~", "a\\b", "{a}"] {
            assert!(check_value("tag", &word, bad).is_err(), "{bad:?}");
        }
        for good in ["v1.2", "me@host:22", "release/1.2+b", "a=b,c", "https://x.io/y"] {
            assert_eq!(check_value("tag", &word, good), Ok(()));
        }
    }
}
