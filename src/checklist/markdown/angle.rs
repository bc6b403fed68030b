//! `<name>` in a script: a place to be filled, or two redirections?
//!
//! The scanner steps over it as one, `placeholders.rs` gives it a name. Not here: the HTML tags of prose.

use super::letters::{before, byte, letter, slice};

/// No name of a place is longer, in bytes.
pub const NAME_BYTES: usize = 60;

/// Where `<name>` at this byte ends, behind its `>`. None: a redirection, a comparison, an address, or nothing of the kind.
pub fn end(text: &str, at: usize) -> Option<usize> {
    if byte(text, at) != b'<'
        || !letter(text, at + 1).is_some_and(|first| first.is_alphabetic() || first == '_')
    {
        return None;
    }
    let inside = |letter: char| letter.is_alphanumeric() || "_- ./'|:#@,".contains(letter);
    let mut stop = at + 1;
    for letter in super::letters::from(text, at + 1).chars().take_while(|letter| inside(*letter)) {
        stop += letter.len_utf8();
        if stop > at + 1 + NAME_BYTES {
            return None;
        }
    }
    if byte(text, stop) != b'>' || matches!(before(text, stop), Some(' ' | '.' | ',')) {
        return None;
    }
    let name = slice(text, at + 1..stop);
    let next = letter(text, stop + 1);
    let path = name.contains(['.', '/']) && !name.contains(' ');
    let redirections = path && next.is_some_and(char::is_alphanumeric);
    let append = next == Some('>') && before(text, at) != Some('<');
    let address = name.contains("://") || name.starts_with("mailto:");
    (!redirections && !append && !address && name.split(' ').count() <= 6).then_some(stop + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_to_fill_are_told_from_redirections() {
        let whole = |text: &str| {
            text.find('<').and_then(|at| end(text, at).map(|end| slice(text, at..end).to_owned()))
        };
        for (text, place) in [
            ("merge <THIS_PR_NUMBER> --squash", "<THIS_PR_NUMBER>"),
            ("backup_<timestamp>.sql", "<timestamp>"),
            ("x < backup<service-name>.sql", ""),
            ("git clone <repository-url> /opt", "<repository-url>"),
            ("ssh <the server's name>", "<the server's name>"),
            ("docker run <image:tag>", "<image:tag>"),
        ] {
            assert_eq!(whole(text).unwrap_or_default(), place, "{text}");
        }
        for text in [
            "sort <in.txt >out",
            "sort <in.txt>out.txt",
            "cat <file >>log",
            "a <b>>c",
            "bash <(curl x)",
            "a <1>",
            "<https://x.io>",
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
