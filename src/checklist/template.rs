//! Text with `{name}` and `{secret:name}` in it, and how it becomes plain text.
//!
//! Not here: shell quoting (there is none: values never become shell text). Which templates may hold secrets is
//! decided by the reader.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Text with `{name}` in it; `{{` and `}}` are literal braces. Kept as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Template(String);

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Plain text.
    Text(String),
    /// `{name}`: a variable, `product`, `environment`, or a captured value `run.step.name`.
    Variable(String),
    /// `{secret:name}`.
    Secret(String),
}

/// Why a template could not become text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFault {
    /// A brace without its partner, at this byte.
    #[error("a `{{` without its `}}`; write `{{{{` for a literal brace")]
    Unclosed(usize),
    /// A name that nobody knows.
    #[error("nothing is called `{0}`")]
    Unknown(String),
}

impl Template {
    /// Takes the text as it is written.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
    /// The text as it is written, braces and all.
    pub fn as_written(&self) -> &str {
        &self.0
    }
    /// The pieces in order. Errors: an unclosed brace.
    pub fn pieces(&self) -> Result<Vec<Piece>, TemplateFault> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut chars = self.0.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '{' if chars.next_if(|(_, next)| *next == '{').is_some() => plain.push('{'),
                '}' => {
                    let _doubled = chars.next_if(|(_, next)| *next == '}');
                    plain.push('}');
                }
                '{' => {
                    let mut name = String::new();
                    loop {
                        match chars.next() {
                            Some((_, '}')) => break,
                            Some((_, '{')) | None => return Err(TemplateFault::Unclosed(at)),
                            Some((_, other)) => name.push(other),
                        }
                    }
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    pieces.push(match name.strip_prefix("secret:") {
                        Some(secret) => Piece::Secret(secret.to_owned()),
                        None => Piece::Variable(name),
                    });
                }
                other => plain.push(other),
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(pieces)
    }
    /// Fills the names in. `lookup` answers for variables; a secret stays written as `{secret:name}`, because its value
    /// is known only to the hands that need it. Errors: an unclosed brace, an unknown name.
    pub fn fill(&self, lookup: &dyn Fn(&str) -> Option<String>) -> Result<String, TemplateFault> {
        let mut filled = String::new();
        for piece in self.pieces()? {
            match piece {
                Piece::Text(text) => filled.push_str(&text),
                Piece::Variable(name) => match lookup(&name) {
                    Some(value) => filled.push_str(&value),
                    None => return Err(TemplateFault::Unknown(name)),
                },
                Piece::Secret(name) => {
                    filled.push_str("{secret:");
                    filled.push_str(&name);
                    filled.push('}');
                }
            }
        }
        Ok(filled)
    }
    /// Fills what is known and leaves the rest as it is written: for titles on screen.
    pub fn shown(&self, lookup: &dyn Fn(&str) -> Option<String>) -> String {
        let keep = |name: &str| lookup(name).or_else(|| Some(format!("{{{name}}}")));
        self.fill(&keep).unwrap_or_else(|_fault| self.0.clone())
    }
}

impl From<&str> for Template {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Template, TemplateFault};

    fn lookup(name: &str) -> Option<String> {
        (name == "version").then(|| "1.2.0".to_owned())
    }

    #[test]
    fn names_are_filled_and_doubled_braces_are_literal() {
        assert_eq!(Template::from("v{version} {{x}}").fill(&lookup), Ok("v1.2.0 {x}".to_owned()));
        assert_eq!(Template::from("{secret:hook}").fill(&lookup), Ok("{secret:hook}".to_owned()));
    }

    #[test]
    fn an_unknown_or_unclosed_name_is_an_error_but_still_shown() {
        assert_eq!(Template::from("{nope}").fill(&lookup), Err(TemplateFault::Unknown("nope".to_owned())));
        assert_eq!(Template::from("a {version").fill(&lookup), Err(TemplateFault::Unclosed(2)));
        assert_eq!(Template::from("{nope} {version}").shown(&lookup), "{nope} 1.2.0");
    }
}
