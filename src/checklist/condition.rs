//! Conditions of `when`: `kind == 'patch'`, `kind in ['minor', 'major'] and not (urgent == 'yes')`. Over variables only.
//!
//! A small hand parser, no expression language: comparison of texts, `and`, `or`, `not`, parentheses.

/// A condition, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A variable is equal to a text.
    Equal(String, String),
    /// A variable is not equal to a text.
    NotEqual(String, String),
    /// A variable is one of these texts.
    In(String, Vec<String>),
    /// Not so.
    Not(Box<Condition>),
    /// All of them.
    And(Vec<Condition>),
    /// Any of them.
    Or(Vec<Condition>),
}

/// Parentheses nest at most this deep.
const DEPTH_MAX: usize = 16;

/// Reads a condition. Errors: where it stops being one, as a sentence.
pub fn parse(text: &str) -> Result<Condition, String> {
    let mut words = Words { rest: split(text)?, at: 0, depth: 0, text };
    let condition = words.or()?;
    match words.peek() {
        None => Ok(condition),
        Some(word) => Err(format!("`{}` was not expected in `{text}`", word.shown())),
    }
}

/// Does it hold? Errors: it is no condition, or names something unknown.
pub fn holds(text: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Result<bool, String> {
    parse(text)?.holds(lookup)
}

impl Condition {
    /// Does it hold? Errors: it names something unknown.
    pub fn holds(&self, lookup: &dyn Fn(&str) -> Option<String>) -> Result<bool, String> {
        let value = |name: &str| lookup(name).ok_or_else(|| format!("nothing is called `{name}`"));
        match self {
            Self::Equal(name, text) => Ok(value(name)? == *text),
            Self::NotEqual(name, text) => Ok(value(name)? != *text),
            Self::In(name, texts) => Ok(texts.contains(&value(name)?)),
            Self::Not(inner) => Ok(!inner.holds(lookup)?),
            Self::And(all) => all.iter().try_fold(true, |so_far, one| Ok(so_far && one.holds(lookup)?)),
            Self::Or(any) => any.iter().try_fold(false, |so_far, one| Ok(so_far || one.holds(lookup)?)),
        }
    }
    /// The variables it names.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Equal(name, _) | Self::NotEqual(name, _) | Self::In(name, _) => vec![name],
            Self::Not(inner) => inner.names(),
            Self::And(all) | Self::Or(all) => all.iter().flat_map(Self::names).collect(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Name(String),
    Text(String),
    Sign(&'static str),
}

impl Word {
    fn shown(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Text(text) => format!("'{text}'"),
            Self::Sign(sign) => (*sign).to_owned(),
        }
    }
}

fn split(text: &str) -> Result<Vec<Word>, String> {
    const SIGNS: [&str; 7] = ["==", "!=", "(", ")", "[", "]", ","];
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '\'' || first == '"' {
            let inner = rest.get(1..).unwrap_or_default();
            let Some((quoted, after)) = inner.split_once(first) else {
                return Err(format!("a quote in `{text}` is not closed"));
            };
            words.push(Word::Text(quoted.to_owned()));
            rest = after;
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            words.push(Word::Sign(sign));
            rest = rest.strip_prefix(sign).unwrap_or_default();
        } else {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || "_-.".contains(c))).unwrap_or(rest.len());
            if end == 0 {
                return Err(format!("`{first}` was not expected in `{text}`"));
            }
            let (name, after) = rest.split_at(end);
            words.push(Word::Name(name.to_owned()));
            rest = after;
        }
        rest = rest.trim_start();
    }
    Ok(words)
}

struct Words<'a> {
    rest: Vec<Word>,
    at: usize,
    depth: usize,
    text: &'a str,
}

impl Words<'_> {
    fn peek(&self) -> Option<&Word> {
        self.rest.get(self.at)
    }
    fn take(&mut self) -> Option<Word> {
        let word = self.rest.get(self.at).cloned();
        self.at += 1;
        word
    }
    fn eat(&mut self, wanted: &Word) -> bool {
        let is_it = self.peek() == Some(wanted);
        self.at += usize::from(is_it);
        is_it
    }
    fn eat_name(&mut self, name: &str) -> bool {
        self.eat(&Word::Name(name.to_owned()))
    }
    fn or(&mut self) -> Result<Condition, String> {
        let mut any = vec![self.and()?];
        while self.eat_name("or") {
            any.push(self.and()?);
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Condition::Or(any) })
    }
    fn and(&mut self) -> Result<Condition, String> {
        let mut all = vec![self.not()?];
        while self.eat_name("and") {
            all.push(self.not()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::And(all) })
    }
    fn not(&mut self) -> Result<Condition, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(format!("`{}` is nested too deep", self.text));
        }
        let condition = if self.eat_name("not") {
            Condition::Not(Box::new(self.not()?))
        } else if self.eat(&Word::Sign("(")) {
            let inner = self.or()?;
            if !self.eat(&Word::Sign(")")) {
                return Err(format!("a parenthesis in `{}` is not closed", self.text));
            }
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(condition)
    }
    fn comparison(&mut self) -> Result<Condition, String> {
        let expected = format!("`{}` is not a condition; write it as kind == 'patch'", self.text);
        let Some(Word::Name(name)) = self.take() else { return Err(expected) };
        match self.take() {
            Some(Word::Sign("==")) => Ok(Condition::Equal(name, self.value(&expected)?)),
            Some(Word::Sign("!=")) => Ok(Condition::NotEqual(name, self.value(&expected)?)),
            Some(Word::Name(word)) if word == "in" => {
                if !self.eat(&Word::Sign("[")) {
                    return Err(expected);
                }
                let mut texts = vec![self.value(&expected)?];
                while self.eat(&Word::Sign(",")) {
                    texts.push(self.value(&expected)?);
                }
                if self.eat(&Word::Sign("]")) { Ok(Condition::In(name, texts)) } else { Err(expected) }
            }
            Some(Word::Name(_) | Word::Text(_) | Word::Sign(_)) | None => Err(expected),
        }
    }
    fn value(&mut self, expected: &str) -> Result<String, String> {
        match self.take() {
            Some(Word::Text(text)) => Ok(text),
            Some(Word::Name(_) | Word::Sign(_)) | None => Err(expected.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{holds, parse};

    fn lookup(name: &str) -> Option<String> {
        (name == "kind").then(|| "minor".to_owned())
    }

    #[test]
    fn conditions_hold_as_they_read() {
        for (text, expected) in [
            ("kind == 'minor'", true),
            ("kind != 'minor'", false),
            ("kind in ['patch', 'minor']", true),
            ("not kind == 'patch' and (kind == 'x' or kind == \"minor\")", true),
        ] {
            assert_eq!(holds(text, &lookup), Ok(expected), "{text}");
        }
        assert_eq!(
            parse("kind in ['a']").map(|condition| condition.names().join(" ")),
            Ok("kind".to_owned())
        );
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for text in ["", "kind", "kind == minor", "kind == 'a", "(kind == 'a'", "kind ~ 'a'", "kind in 'a'"] {
            assert!(holds(text, &lookup).is_err(), "{text}");
        }
        assert!(holds("other == 'a'", &lookup).is_err());
        assert!(parse(&"(".repeat(100_000)).is_err());
    }
}
