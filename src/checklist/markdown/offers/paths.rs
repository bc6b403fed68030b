//! A path in the words of an item: `/health` beside endpoint, returns, GET or curl is an address to ask.
//!
//! Not here: the address it stands below, which is the environment's.

use crate::checklist::markdown::letters::{alone, before, in_name, letter, places, run_most, slice};

/// Words beside which a path is an address. Small letters.
const BESIDE: [&str; 9] =
    ["endpoint", "endpoints", "return", "returns", "curl", "responds", "responding", "respond", "reachable"];
/// First parts of paths of a machine's own disk.
const ON_DISK: [&str; 16] = [
    "etc", "opt", "var", "usr", "home", "tmp", "bin", "sbin", "dev", "proc", "root", "srv", "mnt", "app",
    "lib", "data",
];
/// No path is longer, in bytes.
const PATH_BYTES: usize = 200;
/// More paths than an item names.
const PATHS: usize = 10;

/// The paths of an item's text that can be asked, each once, in order.
pub(super) fn paths(text: &str) -> Vec<String> {
    if !text.contains('/') {
        return Vec::new();
    }
    let lower = text.to_lowercase();
    let word = |text: &str, word: &str| places(text, word).any(|at| alone(text, &(at..at + word.len())));
    if !word(text, "GET") && !BESIDE.iter().any(|beside| word(&lower, beside)) {
        return Vec::new();
    }
    let mut found: Vec<String> = Vec::new();
    for at in places(text, "/") {
        let first = before(text, at);
        let begins = first.is_none_or(|first| first.is_whitespace() || "`(\"'".contains(first));
        if !begins
            || !letter(text, at + 1).is_some_and(|next| next.is_ascii_alphanumeric())
            || found.len() >= PATHS
        {
            continue;
        }
        let end = run_most(text, at, PATH_BYTES, |letter| in_name(letter) || "/-.~{}?=&%+".contains(letter));
        let path = slice(text, at..end).trim_end_matches(['.', '?', '&', '=', '/', '-']);
        let part = path.split(['/', '?']).nth(1).unwrap_or_default();
        // Behind another method it is no reading, and `` `a /b` `` is a command's word.
        let head = slice(text, 0..at).trim_end();
        let other = ["POST", "PUT", "PATCH", "DELETE"].iter().any(|method| head.ends_with(method));
        let code = slice(text, 0..at).matches('`').count() % 2 == 1;
        let whole = !code || head.ends_with(['`']) || head.ends_with("GET") || head.ends_with("curl");
        if ON_DISK.contains(&part)
            || path.len() < 2
            || other
            || !whole
            || found.iter().any(|known| known == path)
        {
            continue;
        }
        found.push(path.to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_beside_a_request_are_addresses() {
        for (text, path) in [
            ("`/health` endpoint returns 200 (no DB dependency)", "/health"),
            ("Basic API calls work: `GET /api/v1/products` returns data", "/api/v1/products"),
            ("Basic smoke tests pass (curl `/ready`, sample API calls)", "/ready"),
            ("Backend /health endpoint responding (200 OK)", "/health"),
            ("GET /users/{id} works", "/users/{id}"),
        ] {
            assert_eq!(paths(text), [path], "{text}");
        }
    }

    #[test]
    fn other_slashes_are_none() {
        for text in [
            "Path returns `/opt/forecaster`",
            "read/write endpoint",
            "`POST /api/x` returns 201",
            "https://x.io/health returns 200",
            "`mkdir -p /x` returns",
            "Check /health",
            "1 / 2 endpoints",
            "",
        ] {
            assert_eq!(paths(text), [""; 0], "{text}");
        }
    }
}
