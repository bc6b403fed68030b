//! How a logical line becomes commands and words: a reader that goes letter by letter.
//!
//! What the words mean to a rule is in `argv.rs`.

use super::super::angle;
use super::super::letters::{byte, from, letter, slice};
use super::argv::{Command, Joint, Redirection, Word};

/// The commands of a logical line, in order.
pub fn commands(line: &str) -> Vec<Command> {
    let mut split = Split { line, at: 0, found: Vec::new(), now: Command::default() };
    split.run();
    split.found
}

struct Split<'a> {
    line: &'a str,
    at: usize,
    found: Vec<Command>,
    now: Command,
}

impl Split<'_> {
    fn run(&mut self) {
        while self.at < self.line.len() {
            let (first, second) = (byte(self.line, self.at), byte(self.line, self.at + 1));
            match first {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if second == b'\n' => self.at += 2,
                b'#' => self.at += from(self.line, self.at).find('\n').unwrap_or(self.line.len()),
                b'|' if second == b'|' => self.join(Joint::Or, 2),
                b'|' => self.join(Joint::Pipe, if second == b'&' { 2 } else { 1 }),
                b'&' if second == b'&' => self.join(Joint::And, 2),
                b'&' if second == b'>' => self.redirection(),
                b'&' | b';' | b'\n' | b'(' | b')' => self.join(Joint::Then, 1),
                b'<' if angle::end(self.line, self.at).is_some() => self.word(),
                b'<' | b'>' => self.redirection(),
                b'0'..=b'9' if matches!(second, b'<' | b'>') => self.redirection(),
                _ => self.word(),
            }
        }
        self.join(Joint::Nothing, 0);
    }

    fn join(&mut self, joint: Joint, bytes: usize) {
        self.at += bytes;
        if self.now.words.is_empty() && self.now.redirections.is_empty() {
            // `a |` and then a line end: the pipe joins.
            return;
        }
        self.now.after = joint;
        let done = std::mem::replace(&mut self.now, Command { before: joint, ..Command::default() });
        self.found.push(done);
    }

    fn redirection(&mut self) {
        let start = self.at;
        while matches!(byte(self.line, self.at), b'0'..=b'9' | b'<' | b'>' | b'&' | b'-')
            && !(self.at > start && byte(self.line, self.at).is_ascii_digit() && self.operator_done(start))
        {
            self.at += 1;
        }
        let operator = slice(self.line, start..self.at).to_owned();
        while matches!(byte(self.line, self.at), b' ' | b'\t') {
            self.at += 1;
        }
        let at = self.at;
        let target = self.read_word();
        if self.at == at && byte(self.line, at) == b'(' {
            // `<(command)`: the command in brackets is split on its own.
            self.now.words.push(Word {
                text: operator,
                range: start..at,
                computed: true,
                runs: true,
                quoted: false,
            });
            return;
        }
        self.now.redirections.push(Redirection { operator, target });
    }

    /// An operator has been read, so a digit is the target's.
    fn operator_done(&self, start: usize) -> bool {
        slice(self.line, start..self.at).contains(['<', '>'])
    }

    fn word(&mut self) {
        let start = self.at;
        let word = self.read_word();
        if self.at == start {
            // Nothing fits: one letter on, so that it ends.
            self.at += letter(self.line, self.at).map_or(1, char::len_utf8);
            return;
        }
        self.now.words.push(word);
    }

    fn read_word(&mut self) -> Word {
        let mut word = Word { range: self.at..self.at, ..Word::default() };
        while self.at < self.line.len() {
            let (first, second) = (byte(self.line, self.at), byte(self.line, self.at + 1));
            match first {
                b'\\' if second == b'\n' => self.at += 2,
                b'\\' => {
                    self.at += 1;
                    self.one(&mut word);
                }
                b'\'' => self.single(&mut word),
                b'"' => self.double(&mut word),
                b'`' | b'$' => self.dollar(&mut word),
                b'<' => match angle::end(self.line, self.at) {
                    Some(end) => self.raw(&mut word, end),
                    None => break,
                },
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'>' | b'(' | b')' => break,
                _ => self.one(&mut word),
            }
        }
        word.range.end = self.at;
        word
    }

    fn one(&mut self, word: &mut Word) {
        if let Some(letter) = letter(self.line, self.at) {
            word.text.push(letter);
            self.at += letter.len_utf8();
        }
    }

    fn raw(&mut self, word: &mut Word, end: usize) {
        word.text.push_str(slice(self.line, self.at..end));
        self.at = end;
    }

    fn single(&mut self, word: &mut Word) {
        word.quoted = true;
        let rest = from(self.line, self.at + 1);
        let bytes = rest.find('\'').unwrap_or(rest.len());
        word.text.push_str(slice(rest, 0..bytes));
        self.at = (self.at + bytes + 2).min(self.line.len());
    }

    fn double(&mut self, word: &mut Word) {
        word.quoted = true;
        self.at += 1;
        while self.at < self.line.len() {
            match byte(self.line, self.at) {
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'\\' if matches!(byte(self.line, self.at + 1), b'"' | b'\\' | b'$' | b'`' | b'\n') => {
                    self.at += 1;
                    self.one(word);
                }
                b'`' | b'$' => self.dollar(word),
                _ => self.one(word),
            }
        }
    }

    /// `$x`, `${x}`, `$(…)`, back-ticks: kept as written.
    fn dollar(&mut self, word: &mut Word) {
        let second = byte(self.line, self.at + 1);
        let end = match (byte(self.line, self.at), second) {
            (b'`', _) => closing_tick(self.line, self.at),
            (_, b'(') => closing(self.line, self.at + 1, (b'(', b')')),
            (_, b'{') => closing(self.line, self.at + 1, (b'{', b'}')),
            (_, b'\'' | b'"') => {
                // `$'…'` and `$"…"`: the quotes follow.
                self.at += 1;
                return;
            }
            _ => {
                word.computed |= second.is_ascii_alphanumeric() || b"_@*#?$!-".contains(&second);
                return self.one(word);
            }
        };
        word.computed = true;
        word.runs |= second == b'(' || byte(self.line, self.at) == b'`';
        self.raw(word, end);
    }
}

fn closing_tick(line: &str, at: usize) -> usize {
    let rest = from(line, at + 1);
    rest.find('`').map_or(line.len(), |bytes| at + bytes + 2)
}

/// Behind the bracket that closes the one at a byte; quotes inside are stepped over.
fn closing(line: &str, at: usize, (open, close): (u8, u8)) -> usize {
    let (mut depth, mut quote, mut here) = (0_usize, 0_u8, at);
    while here < line.len() {
        let byte = byte(line, here);
        match (quote, byte) {
            (b'\'', b'\'') | (b'"', b'"') => quote = 0,
            (0, b'\'' | b'"') => quote = byte,
            (0 | b'"', b'\\') => here += 1,
            (0, _) if byte == open => depth += 1,
            (0, _) if byte == close => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return here + 1;
                }
            }
            _ => {}
        }
        here += 1;
    }
    line.len()
}
