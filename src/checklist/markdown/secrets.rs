//! Credentials that stand in a text: warned with their place and kind, never with their value; and letters that look like
//! others in commands.
//!
//! A value that is a variable or a place to fill is none. Not here: masking what a program prints (`text/redact.rs`).

mod options;

use std::ops::Range;

use super::angle;
use super::letters::{before, byte, from, in_name, letter, places, run, run_most, slice};

/// What kind of credential it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// A block `-----BEGIN … PRIVATE KEY-----`.
    KeyBlock,
    /// A token known by its shape.
    Token,
    /// `user:password@` in an address.
    Address,
    /// A password in an assignment: `PASSWORD=…`, `--password …`.
    Assignment,
    /// A header: `Authorization: Bearer …`.
    Header,
    /// `-u user:password`.
    User,
}

impl SecretKind {
    /// The kind in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::KeyBlock => "a private key",
            Self::Token => "a token",
            Self::Address => "a password in an address",
            Self::Assignment => "a password or key",
            Self::Header => "a credential in a header",
            Self::User => "a user's password",
        }
    }
}

/// A credential's place. It never holds the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The bytes of the value only.
    pub range: Range<usize>,
    /// Its kind.
    pub kind: SecretKind,
}

/// A letter that looks like another one, or like none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookalike {
    /// Turns the reading direction.
    Direction,
    /// Has no width.
    Invisible,
    /// A quote of typography.
    Quote,
    /// A blank that is no blank to a shell.
    Blank,
    /// A dash that is no minus to a program.
    Dash,
}

impl Lookalike {
    /// The letter in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Direction => "a letter that turns the reading direction",
            Self::Invisible => "a letter that cannot be seen",
            Self::Quote => "a quote of typography, which is none to a shell",
            Self::Blank => "a blank that is none to a shell",
            Self::Dash => "a dash that is no minus to a program",
        }
    }
}

/// More findings than anybody reads; the first are kept.
pub const MOST: usize = 1_000;
/// A value shorter than this is an example, in bytes.
const SHORTEST: usize = 4;
/// No value is longer, in bytes: a token, a line of a key. What is longer is masked so far.
const VALUE_BYTES: usize = 4096;
/// Beginnings of known tokens, and how many letters follow at least.
const SHAPES: [(&str, usize); 33] = [
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghu_", 30),
    ("ghs_", 30),
    ("ghr_", 30),
    ("github_pat_", 30),
    ("glpat-", 16),
    ("glptt-", 16),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxa-", 10),
    ("xoxs-", 10),
    ("xapp-", 10),
    ("sk_live_", 16),
    ("rk_live_", 16),
    ("npm_", 30),
    ("pypi-", 30),
    ("AIza", 30),
    ("dckr_pat_", 16),
    ("hvs.", 20),
    ("sk-proj-", 16),
    ("sk-ant-", 16),
    ("SG.", 30),
    ("dop_v1_", 30),
    ("doo_v1_", 30),
    ("hf_", 30),
    ("cio", 30),
    ("ya29.", 20),
    ("hooks.slack.com/services/T", 20),
    ("discord.com/api/webhooks/", 30),
    ("discordapp.com/api/webhooks/", 30),
];
/// A value in a sentence that is shorter is a word.
const LIKELY_BYTES: usize = 8;
/// Names that hold credentials. Small letters.
const NAMES: [&str; 22] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "secret_key",
    "api_key",
    "apikey",
    "access_key",
    "private_key",
    "auth_token",
    "access_token",
    "token",
    "pgpassword",
    "accountkey",
    "passwort",
    "kennwort",
    "contraseña",
    "senha",
    "wachtwoord",
    "пароль",
    "パスワード",
];
/// Values that are words about a value.
const EXAMPLES: [&str; 16] = [
    "true", "false", "null", "none", "required", "optional", "example", "string", "text", "changeme",
    "redacted", "hidden", "secret", "password", "xxxx", "your",
];

/// The credentials in a text, in order, none inside another.
pub fn secrets(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    key_blocks(text, &mut found);
    tokens(text, &mut found);
    addresses(text, &mut found);
    headers(text, &mut found);
    assignments(text, &mut found);
    options::users(text, &mut found);
    options::passwords(text, &mut found);
    found.sort_by_key(|one| (one.range.start, usize::MAX - one.range.end));
    let mut end = 0;
    found.retain(|one| {
        let free = one.range.start >= end && !one.range.is_empty();
        end = if free { one.range.end } else { end };
        free
    });
    found.truncate(MOST);
    found
}

/// A text with `‹secret›` for each credential.
pub fn masked(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut at = 0;
    for found in secrets(text) {
        whole.push_str(slice(text, at..found.range.start));
        whole.push_str("‹secret›");
        at = found.range.end;
    }
    whole.push_str(from(text, at));
    whole
}

/// Letters in a command that are not what they look like, by place. Plain letters of any script are none.
pub fn lookalikes(command: &str) -> Vec<(usize, Lookalike)> {
    let kind = |letter: char| match letter {
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}' => {
            Some(Lookalike::Direction)
        }
        '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{00AD}' | '\u{180E}' => {
            Some(Lookalike::Invisible)
        }
        '\u{2018}'..='\u{201F}' | '\u{00AB}' | '\u{00BB}' | '\u{FF02}' | '\u{FF07}' | '\u{00B4}' => {
            Some(Lookalike::Quote)
        }
        '\u{00A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => Some(Lookalike::Blank),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' => Some(Lookalike::Dash),
        _ => None,
    };
    command.char_indices().filter_map(|(at, letter)| kind(letter).map(|kind| (at, kind))).take(MOST).collect()
}

/// Whether a value is one: no variable, no place to fill, no word about a value.
fn value(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let first = byte(text, 0);
    let open =
        matches!(first, b'$' | b'<' | b'{' | b'[' | b'%' | b'*' | b'(' | b'`' | b'.' | b'_' | b'#' | b'/');
    let example = EXAMPLES.iter().any(|word| lower.starts_with(word))
        || text.contains("...")
        || text.contains('…')
        || lower.contains("example");
    let place = text.contains("${")
        || text.contains("{{")
        || text.contains("$(")
        || lower.contains("your")
        || text.contains("_HERE");
    text.len() >= SHORTEST
        && !open
        && !example
        && !place
        && !text.bytes().all(|byte| byte == b'x' || byte == b'X')
}

fn push(text: &str, range: Range<usize>, kind: SecretKind, found: &mut Vec<Found>) {
    if value(slice(text, range.clone())) {
        found.push(Found { range, kind });
    }
}

fn key_blocks(text: &str, found: &mut Vec<Found>) {
    let (mut end, mut closes) = (0, true);
    for at in places(text, "-----BEGIN ") {
        let line = slice(text, at..run_most(text, at, VALUE_BYTES, |letter| letter != '\n'));
        if at < end || !line.contains("PRIVATE KEY") {
            continue;
        }
        let rest = from(text, at);
        let close = if closes { rest.find("-----END ").map(|bytes| at + bytes) } else { None };
        closes = close.is_some();
        let stop = close
            .map_or(at + line.len(), |close| run_most(text, close, VALUE_BYTES, |letter| letter != '\n'));
        end = stop;
        found.push(Found { range: at..stop, kind: SecretKind::KeyBlock });
    }
}

fn tokens(text: &str, found: &mut Vec<Found>) {
    for (lead, least) in SHAPES {
        let mut read = 0;
        for at in places(text, lead) {
            if at < read {
                continue;
            }
            let end = run_most(text, at + lead.len(), VALUE_BYTES, |letter| {
                letter.is_ascii_alphanumeric()
                    || "_-".contains(letter)
                    || (letter == '/' && lead.contains('/'))
                    || (letter == '.' && lead == "SG.")
            });
            read = end;
            let glued = before(text, at).is_some_and(in_name);
            if !glued && end - at - lead.len() >= least {
                push(text, at..end, SecretKind::Token, found);
            }
        }
    }
    // A signed token in three parts.
    let mut read = 0;
    for at in places(text, "eyJ") {
        if at < read {
            continue;
        }
        let end = run_most(text, at, VALUE_BYTES, |letter| {
            letter.is_ascii_alphanumeric() || "_-.".contains(letter)
        });
        read = end;
        let glued = before(text, at).is_some_and(in_name);
        if !glued && slice(text, at..end).matches('.').count() == 2 && end - at > 40 {
            push(text, at..end, SecretKind::Token, found);
        }
    }
}

fn addresses(text: &str, found: &mut Vec<Found>) {
    for at in places(text, "://") {
        let start = at + 3;
        let end = run_most(text, start, VALUE_BYTES, |letter| {
            !letter.is_whitespace() && !"/\"'`<>)|".contains(letter)
        });
        let authority = slice(text, start..end);
        let Some(host) = authority.rfind('@') else { continue };
        let Some(colon) = slice(authority, 0..host).find(':') else { continue };
        push(text, start + colon + 1..start + host, SecretKind::Address, found);
    }
}

fn headers(text: &str, found: &mut Vec<Found>) {
    let lower = text.to_ascii_lowercase();
    for name in ["authorization:", "x-api-key:", "api-key:", "private-token:", "x-auth-token:", "cookie:"] {
        let mut read = 0;
        for at in places(&lower, name) {
            if at < read {
                continue;
            }
            let start = run(text, at + name.len(), |letter| letter == ' ');
            let end = run_most(text, start, VALUE_BYTES, |letter| !"\"'`\n\r".contains(letter));
            read = end;
            let whole = slice(text, start..end);
            let lead = ["bearer ", "basic ", "token "]
                .iter()
                .find(|lead| slice(&lower, start..end).starts_with(**lead));
            let skip = lead.map_or(0, |lead| lead.len());
            let trimmed = from(whole, skip).trim_end().len();
            let credential = slice(text, start + skip..start + skip + trimmed);
            // A sentence about a header is none.
            if !credential.trim().contains(' ')
                || lead.is_none() && name == "cookie:" && credential.contains('=')
            {
                push(text, start + skip..start + skip + trimmed, SecretKind::Header, found);
            }
        }
    }
}

fn assignments(text: &str, found: &mut Vec<Found>) {
    let mut read = 0..0;
    for at in places(text, "=").chain(places(text, ": ")).chain(places(text, "password ")) {
        if read.contains(&at) {
            continue;
        }
        let sign = byte(text, at);
        let (name_end, lead) = if matches!(sign, b'=' | b':') { (at, 1) } else { (at + 8, 1) };
        let head = slice(text, 0..name_end).trim_end_matches(['"', '\'', '*', '`']);
        let start = head
            .rfind(|letter: char| !in_name(letter) && letter != '-')
            .map_or(0, |place| place + letter(head, place).map_or(1, char::len_utf8));
        let name = from(head, start).to_ascii_lowercase();
        let option = name.starts_with("--");
        let name = name.trim_start_matches('-').replace('-', "_");
        let named = NAMES
            .iter()
            .any(|one| name == *one || name.strip_suffix(one).is_some_and(|rest| rest.ends_with('_')));
        let spaced = !matches!(sign, b'=' | b':') && !option;
        // `KEY: value` of a file has a name of one word; a sentence has more.
        let begins = slice(text, 0..start).trim_end_matches([' ', '"', '\'']);
        let sentence = sign == b':' && !(begins.is_empty() || begins.ends_with(['\n', '-', ',', '{']));
        if !named || spaced {
            continue;
        }
        let from_at = run(text, name_end + lead, |letter| {
            letter == ' ' && sign != b'=' || letter == '"' || letter == '\'' || letter == '`'
        });
        let quote = before(text, from_at).filter(|last| "\"'".contains(*last));
        let stop = run_most(text, from_at, VALUE_BYTES, |letter| match quote {
            Some(quote) => letter != quote && letter != '\n',
            None => !letter.is_whitespace() && !";&|)\"'`,".contains(letter),
        });
        if sentence && !is_likely(slice(text, from_at..stop)) {
            continue;
        }
        read = from_at..stop;
        if angle::end(text, from_at).is_none()
            && (quote.is_some() || !slice(text, from_at..stop).ends_with(':'))
        {
            push(text, from_at..stop, SecretKind::Assignment, found);
        }
    }
}

/// In a sentence a word behind `password:` may be a word: letters and digits together, and long enough, are none.
fn is_likely(value: &str) -> bool {
    let has = |fits: fn(&char) -> bool| value.chars().any(|letter| fits(&letter));
    value.len() >= LIKELY_BYTES && has(char::is_ascii_digit) && has(|letter| letter.is_alphabetic())
}

#[cfg(test)]
mod tests;
