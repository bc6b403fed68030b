//! Recognises the beginning of a shape: tables of prefixes and key words, JWT, PEM armour.
//!
//! Pure functions of what is held; what follows a beginning is dropped by the state machine in `shapes.rs`.

use super::{Mode, Until};

/// The header of a JWT is held until its first dot; longer ones are not recognised.
const JWT_HEADER_MAX: usize = 2048;
/// Each part of a JWT has at least this many characters.
const JWT_PART_MIN: usize = 8;
/// What may stand between `-----BEGIN ` and `-----`.
const PEM_LABEL_MAX: usize = 64;
/// Blanks and quotes between a key word and its colon.
const SEPARATOR_MAX: usize = 16;

/// A token with a fixed beginning.
struct Token {
    prefix: &'static [u8],
    /// How many characters follow at least.
    least: usize,
    /// What may follow beside letters and digits.
    also: &'static [u8],
    mask: &'static [u8],
}

const fn token(prefix: &'static [u8], least: usize, also: &'static [u8], mask: &'static [u8]) -> Token {
    Token { prefix, least, also, mask }
}

const TOKENS: [Token; 14] = [
    token(b"AKIA", 16, b"", b"***AWS-KEY***"),
    token(b"ASIA", 16, b"", b"***AWS-KEY***"),
    token(b"ghp_", 36, b"_", b"***GITHUB-TOKEN***"),
    token(b"gho_", 36, b"_", b"***GITHUB-TOKEN***"),
    token(b"ghu_", 36, b"_", b"***GITHUB-TOKEN***"),
    token(b"ghs_", 36, b"_.-", b"***GITHUB-TOKEN***"),
    token(b"ghr_", 36, b"_", b"***GITHUB-TOKEN***"),
    token(b"github_pat_", 22, b"_", b"***GITHUB-TOKEN***"),
    token(b"glpat-", 20, b"_-.", b"***GITLAB-TOKEN***"),
    token(b"xoxb-", 10, b"-", b"***SLACK-TOKEN***"),
    token(b"xoxp-", 10, b"-", b"***SLACK-TOKEN***"),
    token(b"xoxa-", 10, b"-", b"***SLACK-TOKEN***"),
    token(b"xoxr-", 10, b"-", b"***SLACK-TOKEN***"),
    token(b"xoxs-", 10, b"-", b"***SLACK-TOKEN***"),
];

/// Words whose value is a secret, in lower case, and its mask.
const KEY_WORDS: [(&[u8], &[u8]); 5] = [
    (b"authorization", b"***AUTHORIZATION***"),
    (b"x-api-key", b"***API-KEY***"),
    (b"x-amz-security-token", b"***AWS-TOKEN***"),
    (b"aws_secret_access_key", b"***AWS-SECRET***"),
    (b"aws_session_token", b"***AWS-TOKEN***"),
];

/// What is known about a place in the stream.
pub(super) enum Found {
    Nothing,
    /// It may become a shape.
    NeedsMore,
    /// `shown` bytes stay, `dropped` more go, `mask` is written, and `next` follows.
    Shape {
        shown: usize,
        dropped: usize,
        mask: &'static [u8],
        next: Mode,
    },
}

/// Whether a shape begins here.
pub(super) fn find(rest: &[u8], before: u8) -> Found {
    let inside_word = before.is_ascii_alphanumeric() || before == b'_';
    let attempts = [
        if inside_word { Found::Nothing } else { find_token(rest) },
        if inside_word { Found::Nothing } else { find_jwt(rest) },
        find_pem(rest),
        find_key_word(rest, before),
    ];
    let mut best = Found::Nothing;
    for attempt in attempts {
        match attempt {
            Found::Shape { .. } => return attempt,
            Found::NeedsMore => best = Found::NeedsMore,
            Found::Nothing => {}
        }
    }
    best
}

fn find_token(rest: &[u8]) -> Found {
    for token in &TOKENS {
        let Some(tail) = rest.strip_prefix(token.prefix) else {
            if token.prefix.starts_with(rest) {
                return Found::NeedsMore;
            }
            continue;
        };
        let fits = |byte: &&u8| byte.is_ascii_alphanumeric() || token.also.contains(byte);
        let run = tail.iter().take(token.least).take_while(fits).count();
        if run >= token.least {
            let dropped = token.prefix.len() + run;
            return Found::Shape { shown: 0, dropped, mask: token.mask, next: Mode::Token(token.also) };
        }
        return if run == tail.len() { Found::NeedsMore } else { Found::Nothing };
    }
    Found::Nothing
}

/// `eyJ…` a dot, and a second part.
fn find_jwt(rest: &[u8]) -> Found {
    if !rest.starts_with(b"eyJ") {
        return if b"eyJ".starts_with(rest) { Found::NeedsMore } else { Found::Nothing };
    }
    let of_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    let header = rest.iter().take(JWT_HEADER_MAX).take_while(of_part).count();
    let Some(tail) = rest.get(header..) else {
        return Found::Nothing;
    };
    match tail.split_first() {
        None if header < JWT_HEADER_MAX => Found::NeedsMore,
        Some((b'.', payload)) if header >= JWT_PART_MIN => {
            let run = payload.iter().take(JWT_PART_MIN).take_while(of_part).count();
            if run == JWT_PART_MIN {
                let dropped = header + 1 + run;
                Found::Shape { shown: 0, dropped, mask: b"***JWT***", next: Mode::Token(b"_-.") }
            } else if run == payload.len() {
                Found::NeedsMore
            } else {
                Found::Nothing
            }
        }
        _ => Found::Nothing,
    }
}

fn find_pem(rest: &[u8]) -> Found {
    match armour(rest, b"-----BEGIN ") {
        Armour::Whole(dropped) => Found::Shape { shown: 0, dropped, mask: b"***PEM***", next: Mode::Pem(0) },
        Armour::Begun => Found::NeedsMore,
        Armour::Other => Found::Nothing,
    }
}

/// A line like `-----BEGIN RSA PRIVATE KEY-----`.
pub(super) enum Armour {
    /// All of it, with its length.
    Whole(usize),
    Begun,
    Other,
}

pub(super) fn armour(rest: &[u8], begin: &[u8]) -> Armour {
    let Some(tail) = rest.strip_prefix(begin) else {
        return if begin.starts_with(rest) { Armour::Begun } else { Armour::Other };
    };
    let of_label = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b' ';
    let label = tail.iter().take(PEM_LABEL_MAX).take_while(of_label).count();
    let end = tail.get(label..).unwrap_or_default();
    if end.starts_with(b"-----") {
        Armour::Whole(begin.len() + label + 5)
    } else if b"-----".starts_with(end) && label < PEM_LABEL_MAX {
        Armour::Begun
    } else {
        Armour::Other
    }
}

/// `Authorization:`, `"authorization": `, `AWS_SECRET_ACCESS_KEY=` and the like.
fn find_key_word(rest: &[u8], before: u8) -> Found {
    let mut begun = false;
    for (word, mask) in KEY_WORDS {
        let compared = rest.len().min(word.len());
        let same = rest.iter().zip(word).all(|(one, other)| one.eq_ignore_ascii_case(other));
        if !same {
            continue;
        }
        if compared < word.len() {
            begun = true;
            continue;
        }
        let tail = rest.get(word.len()..).unwrap_or_default();
        let blank = |byte: &&u8| b" \t\"'\\".contains(byte);
        let blanks = tail.iter().take(SEPARATOR_MAX).take_while(blank).count();
        return match tail.get(blanks) {
            None if blanks < SEPARATOR_MAX => Found::NeedsMore,
            Some(b':' | b'=') => {
                let closed = tail.iter().take(blanks).any(|byte| b"\"'".contains(byte));
                // `-H "Authorization: …"`: the quote before the word ends the value.
                let until = match before {
                    b'"' | b'\'' if !closed => Until::Quote(before),
                    _ => Until::LineEnd,
                };
                let shown = word.len() + blanks + 1;
                Found::Shape { shown, dropped: 0, mask: b"", next: Mode::BeforeValue { mask, until } }
            }
            _ => Found::Nothing,
        };
    }
    if begun { Found::NeedsMore } else { Found::Nothing }
}
