//! The one spelling our own writer has, read without a TOML parser: every line of every record goes through here.
//!
//! It reads `key = { … }` as `write_line` spells it and declines whatever else there is, valid TOML or not; what it takes,
//! it reads exactly as the `toml` crate does. Declining costs time, never truth: the `toml` crate is asked then. Not here:
//! which parts an event must have (`line.rs`), other spellings and what is wrong with a line (`reader.rs`).

use crate::session::value::{NESTING_MAX, Table, Value};

/// Most keys of one table taken here: each is compared with those before it, and no event of ours has half as many.
const KEYS_MAX: usize = 64;
/// Deepest table or array taken here: the line itself, its parts, and `data` as deep as it may be.
const DEPTH_MAX: usize = NESTING_MAX + 2;

/// Reads a line without its LF, or declines: nothing says only that the `toml` crate has to be asked.
pub fn read(text: &str) -> Option<Table> {
    let mut rest = Rest { text };
    let mut line = Table::new();
    let key = rest.key()?;
    rest.token(" = ")?;
    rest.token("{ ")?;
    line.push(key, Value::Table(rest.pairs(2)?));
    rest.text.is_empty().then_some(line)
}

/// What is still to be read.
struct Rest<'a> {
    text: &'a str,
}

impl<'a> Rest<'a> {
    /// Is this next? Then it is behind us.
    fn token(&mut self, token: &str) -> Option<()> {
        self.text = self.text.strip_prefix(token)?;
        Some(())
    }

    /// Takes so many bytes.
    fn take(&mut self, len: usize) -> Option<&'a str> {
        let (taken, rest) = self.text.split_at_checked(len)?;
        self.text = rest;
        Some(taken)
    }

    /// Takes the bytes up to the first that does not fit.
    fn run(&mut self, fits: impl Fn(u8) -> bool) -> Option<&'a str> {
        let len = self.text.bytes().position(|byte| !fits(byte)).unwrap_or(self.text.len());
        self.take(len)
    }

    /// A table's pairs behind its `{ `, its end too.
    fn pairs(&mut self, depth: usize) -> Option<Table> {
        if depth > DEPTH_MAX {
            return None;
        }
        let mut table = Table::new();
        loop {
            let key = self.key()?;
            if table.len() >= KEYS_MAX || table.get(&key).is_some() {
                return None;
            }
            self.token(" = ")?;
            let value = self.value(depth)?;
            table.push(key, value);
            if self.token(", ").is_none() {
                self.token(" }")?;
                return Some(table);
            }
        }
    }

    fn key(&mut self) -> Option<String> {
        if self.token("\"").is_some() {
            return self.basic();
        }
        let bare = self.run(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')?;
        (!bare.is_empty()).then(|| bare.to_owned())
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        let value = match self.text.bytes().next()? {
            b'"' => {
                self.token("\"")?;
                Value::Text(self.basic()?)
            }
            b'\'' => Value::Text(self.literal()?),
            b'-' | b'0'..=b'9' => Value::Integer(self.integer()?),
            b't' => Value::Boolean(self.token("true").map(|()| true)?),
            b'f' => Value::Boolean(self.token("false").map(|()| false)?),
            b'[' => Value::List(self.list(depth + 1)?),
            b'{' if self.token("{}").is_some() => Value::Table(Table::new()),
            b'{' => {
                self.token("{ ")?;
                Value::Table(self.pairs(depth + 1)?)
            }
            _ => return None,
        };
        // So that neither a longer number, a date nor a string of three quotes is taken for its beginning.
        matches!(self.text.as_bytes().first(), Some(b',' | b' ' | b']')).then_some(value)
    }

    fn list(&mut self, depth: usize) -> Option<Vec<Value>> {
        if depth > DEPTH_MAX {
            return None;
        }
        if self.token("[]").is_some() {
            return Some(Vec::new());
        }
        self.token("[")?;
        let mut list = Vec::new();
        loop {
            list.push(self.value(depth)?);
            if self.token(", ").is_none() {
                self.token("]")?;
                return Some(list);
            }
        }
    }

    /// Digits as we write them: no sign but minus, no leading nought, no underscore.
    fn integer(&mut self) -> Option<i64> {
        let digits = self.run(|byte| byte == b'-' || byte.is_ascii_digit())?;
        let number: i64 = digits.parse().ok()?;
        let plain = digits.strip_prefix('-').unwrap_or(digits);
        (plain == "0" || !plain.starts_with('0')).then_some(number)
    }

    fn literal(&mut self) -> Option<String> {
        self.token("'")?;
        let text = self.run(|byte| (0x20..=0x7E).contains(&byte) && byte != b'\'')?;
        self.token("'")?;
        Some(text.to_owned())
    }

    /// A string behind its opening quote, its closing one too. Escapes as we write them; no control character stands raw.
    fn basic(&mut self) -> Option<String> {
        let raw = |byte: u8| !matches!(byte, b'"' | b'\\' | 0x00..=0x1F | 0x7F);
        let mut text = self.run(raw)?.to_owned();
        loop {
            match self.take(1)? {
                "\"" => return Some(text),
                "\\" => text.push(self.escaped()?),
                _ => return None,
            }
            text.push_str(self.run(raw)?);
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let digits = match self.take(1)? {
            "\"" => return Some('"'),
            "\\" => return Some('\\'),
            "n" => return Some('\n'),
            "r" => return Some('\r'),
            "t" => return Some('\t'),
            "u" => self.take(4)?,
            "U" => self.take(8)?,
            _ => return None,
        };
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        char::from_u32(u32::from_str_radix(digits, 16).ok()?)
    }
}

#[cfg(test)]
mod tests;
