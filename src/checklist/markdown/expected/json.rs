//! JSON as people write it in comments: read up to `...`, each plain value an assertion.
//!
//! A comment, a comma too many, single quotes and bare words are forgiven. Not here: checking an answer (`rules`).

/// Deeper than a comment was ever written.
const DEPTH: usize = 16;
/// More assertions than anybody reads.
const VALUES: usize = 64;

/// A plain value.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// A text.
    Text(String),
    /// A number, as written.
    Number(String),
    /// `true` or `false`.
    Truth(bool),
    /// `null`.
    Null,
}

/// The plain values of a JSON text by JSON pointer, in order; those of lists by place. Reading ends where nothing fits.
pub fn scalars(text: &str) -> Vec<(String, Scalar)> {
    let mut reader = Reader { rest: text, found: Vec::new() };
    let _: Option<()> = reader.value("", 0);
    reader.found
}

struct Reader<'a> {
    rest: &'a str,
    found: Vec<(String, Scalar)>,
}

impl<'a> Reader<'a> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '#');
    }

    fn eat(&mut self, sign: char) -> bool {
        self.blanks();
        self.rest.strip_prefix(sign).map(|rest| self.rest = rest).is_some()
    }

    /// `...` or `…`: things left out.
    fn ellipsis(&mut self) -> bool {
        self.blanks();
        let rest = self.rest.trim_start_matches(['.', '…']);
        let some =
            rest.len() < self.rest.len() && (self.rest.starts_with("..") || self.rest.starts_with('…'));
        if some {
            self.rest = rest;
        }
        some
    }

    fn value(&mut self, pointer: &str, depth: usize) -> Option<()> {
        if depth > DEPTH || self.found.len() >= VALUES {
            return None;
        }
        if self.eat('{') {
            return self.members(pointer, depth, '}');
        }
        if self.eat('[') {
            return self.members(pointer, depth, ']');
        }
        let scalar = self.scalar()?;
        // An ellipsis in a value: only its beginning was written.
        let cut = matches!(&scalar, Scalar::Text(text) if text.contains("...") || text.contains('…') || text.starts_with('<'));
        if !cut {
            self.found.push((pointer.to_owned(), scalar));
        }
        Some(())
    }

    fn members(&mut self, pointer: &str, depth: usize, end: char) -> Option<()> {
        let mut place = 0_usize;
        let mut known = true;
        loop {
            if self.eat(end) {
                return Some(());
            }
            if self.ellipsis() {
                // What follows in a list stands nobody knows where.
                known = false;
            } else if end == '}' {
                let key = self.key()?;
                if !self.eat(':') {
                    return None;
                }
                self.value(&format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), depth + 1)?;
            } else {
                let before = self.found.len();
                self.value(&format!("{pointer}/{place}"), depth + 1)?;
                if !known {
                    self.found.truncate(before);
                }
                place += 1;
            }
            if !self.eat(',') {
                self.ellipsis();
                return self.eat(end).then_some(());
            }
        }
    }

    fn key(&mut self) -> Option<String> {
        self.blanks();
        if self.rest.starts_with(['"', '\'']) {
            return self.text();
        }
        let word = self.word();
        (!word.is_empty()).then(|| word.to_owned())
    }

    fn word(&mut self) -> &'a str {
        let fits = |letter: char| letter.is_alphanumeric() || "_-.+".contains(letter);
        let end = self.rest.find(|letter| !fits(letter)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        self.rest = rest;
        word
    }

    fn text(&mut self) -> Option<String> {
        let quote = self.rest.chars().next()?;
        let mut text = String::new();
        let mut letters = self.rest.char_indices().skip(1);
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => match letters.next()?.1 {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    other => text.push(other),
                },
                letter if letter == quote => {
                    self.rest = self.rest.get(at + letter.len_utf8()..).unwrap_or_default();
                    return Some(text);
                }
                letter => text.push(letter),
            }
        }
        None
    }

    fn scalar(&mut self) -> Option<Scalar> {
        self.blanks();
        if self.rest.starts_with(['"', '\'']) {
            return self.text().map(Scalar::Text);
        }
        match self.word() {
            "true" | "True" => Some(Scalar::Truth(true)),
            "false" | "False" => Some(Scalar::Truth(false)),
            "null" | "None" => Some(Scalar::Null),
            word => {
                let number = word.parse::<f64>().is_ok_and(f64::is_finite)
                    && !word.starts_with('+')
                    && !word.ends_with('.');
                number.then(|| Scalar::Number(word.to_owned()))
            }
        }
    }
}
