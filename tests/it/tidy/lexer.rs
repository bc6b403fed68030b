//! Just enough of Rust's grammar: which characters are code, which are comment, and the code's tokens with their lines.
//!
//! No parser: the rules need names, braces and paths only, and a real one costs more than the whole test run.

/// A token of code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// The line it stands on, from 1.
    pub(super) line: usize,
    /// A whole word, or one character, or `::`, or `=>`.
    pub(super) text: String,
}

impl Token {
    /// A word, not punctuation.
    pub(super) fn is_word(&self) -> bool {
        self.text.chars().next().is_some_and(is_word_char)
    }
}

/// A file's characters apart: the same lines in both, with blanks where the other has something.
#[derive(Clone, Debug)]
pub(super) struct Parted {
    /// Code, without comments and without what stands in quotes.
    pub(super) code: String,
    /// Comments only.
    pub(super) comments: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    Quoted,
}

/// Parts code from comments and quoted text.
pub(super) fn part(text: &str) -> Parted {
    let chars: Vec<char> = text.chars().collect();
    let mut parted = Parted { code: String::new(), comments: String::new() };
    let mut at = 0;
    while at < chars.len() {
        let (kind, end) = piece(&chars, at);
        for &letter in &chars[at..end] {
            let blank = if letter == '\n' { '\n' } else { ' ' };
            parted.code.push(if kind == Kind::Code { letter } else { blank });
            parted.comments.push(if kind == Kind::Comment { letter } else { blank });
        }
        at = end;
    }
    parted
}

/// What begins at `at`, and where it ends.
fn piece(chars: &[char], at: usize) -> (Kind, usize) {
    let next = chars.get(at + 1).copied();
    match chars[at] {
        '/' if next == Some('/') => (Kind::Comment, find(chars, at, &['\n'])),
        '/' if next == Some('*') => (Kind::Comment, block_comment_end(chars, at)),
        '"' => (Kind::Quoted, string_end(chars, at + 1)),
        '\'' if next == Some('\\') => (Kind::Quoted, find(chars, at + 3, &['\'']) + 1),
        '\'' if chars.get(at + 2) == Some(&'\'') => (Kind::Quoted, at + 3),
        letter if is_word_char(letter) => {
            let end = at + chars[at..].iter().take_while(|letter| is_word_char(**letter)).count();
            let word: String = chars[at..end].iter().collect();
            match raw_string_end(chars, end) {
                Some(end) if matches!(word.as_str(), "r" | "br" | "cr") => (Kind::Quoted, end),
                _ => (Kind::Code, end),
            }
        }
        _ => (Kind::Code, at + 1),
    }
}

fn find(chars: &[char], from: usize, wanted: &[char]) -> usize {
    let found = (from..chars.len()).find(|at| wanted.contains(&chars[*at]));
    found.unwrap_or(chars.len().saturating_sub(1))
}

fn block_comment_end(chars: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// The end of a raw string whose hashes or quote begin at `at`; `None` if there is none.
fn raw_string_end(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at..].iter().take_while(|letter| **letter == '#').count();
    if chars.get(at + hashes) != Some(&'"') {
        return None;
    }
    let body = at + hashes + 1;
    let closes = |quote: &usize| {
        chars[*quote] == '"'
            && chars[quote + 1..].iter().take_while(|letter| **letter == '#').count() >= hashes
    };
    Some((body..chars.len()).find(closes).map_or(chars.len(), |quote| quote + 1 + hashes))
}

fn is_word_char(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The tokens of parted code.
pub(super) fn tokens(code: &str) -> Vec<Token> {
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let chars: Vec<char> = line.chars().collect();
        let mut at = 0;
        while at < chars.len() {
            let width = match chars[at] {
                letter if is_word_char(letter) => {
                    chars[at..].iter().take_while(|letter| is_word_char(**letter)).count()
                }
                ':' if chars.get(at + 1) == Some(&':') => 2,
                '=' if chars.get(at + 1) == Some(&'>') => 2,
                _ => 1,
            };
            let text: String = chars[at..at + width].iter().collect();
            if !text.trim().is_empty() {
                found.push(Token { line: number + 1, text });
            }
            at += width;
        }
    }
    found
}

/// The index of the bracket that closes the one at `open`; the last token if none does.
pub(super) fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return index;
        }
    }
    tokens.len().saturating_sub(1)
}
