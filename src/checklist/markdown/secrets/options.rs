//! Credentials in the options of programs: `curl -u`, `mysql -p`, `docker login -p`.
//!
//! Not here: names, headers and shapes of tokens (`secrets.rs`).

use super::{Found, SecretKind, VALUE_BYTES, push};
use crate::checklist::markdown::letters::{before, byte, places, run, run_most, slice};

/// `mysql -pVALUE` and `docker login -p VALUE`.
pub(super) fn passwords(text: &str, found: &mut Vec<Found>) {
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        let glued = ["mysql", "mariadb"].iter().filter_map(|name| line.find(name)).min();
        let apart = line.find("docker login");
        for at in places(line, " -p") {
            let next = byte(line, at + 3);
            let start = match (glued, apart) {
                (Some(program), _) if program < at && !next.is_ascii_whitespace() => at + 3,
                (_, Some(program)) if program < at && next == b' ' => at + 4,
                _ => continue,
            };
            let start = run(line, start, |letter| letter == '"' || letter == '\'');
            let end = run_most(line, start, VALUE_BYTES, |letter| {
                !letter.is_whitespace() && !"\"'`".contains(letter)
            });
            push(text, begin + start..begin + end, SecretKind::Assignment, found);
        }
        begin += line.len();
    }
}

/// `curl -u NAME:PASSWORD`.
pub(super) fn users(text: &str, found: &mut Vec<Found>) {
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        let asks = ["curl", "wget", "http "].iter().filter_map(|name| line.find(name)).min();
        for lead in ["-u ", "--user ", "--user="] {
            for at in places(line, lead).filter(|at| asks.is_some_and(|asks| asks < *at)) {
                let start = run(line, at + lead.len(), |letter| letter == '"' || letter == '\'');
                let end = run_most(line, start, VALUE_BYTES, |letter| {
                    !letter.is_whitespace() && !"\"'".contains(letter)
                });
                let Some(colon) = slice(line, start..end).find(':') else { continue };
                if before(line, at).is_some_and(char::is_whitespace) {
                    push(text, begin + start + colon + 1..begin + end, SecretKind::User, found);
                }
            }
        }
        begin += line.len();
    }
}
