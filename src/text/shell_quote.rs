//! The one function that makes shell text of a value, and the line that shows a command to a person.
//!
//! Values never become shell text, with one exception: the remote command of `on = "ssh:NAME"`. It is quoted here.
//! What a person reads before a run is [`command_line`]; nothing in it is hidden.

use super::safe::{Safe, visible};

/// `value` as one word of a POSIX shell. Nothing in it is expanded. A NUL cannot be passed to any program; callers
/// refuse it before (the charsets of values have none).
pub fn sh_quote(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:@%+,=".contains(&byte);
    // A leading `~` or `=` means something to some shells; neither is plain in front.
    if !value.is_empty() && !value.starts_with('=') && value.bytes().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// All words quoted, with blanks between them: the text a remote shell gets.
pub fn sh_join<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(sh_quote).collect();
    words.join(" ")
}

/// An argv as a person reads it: quoted as a shell would need it, every invisible character visible, nothing left out.
pub fn command_line(argv: &[String]) -> Safe {
    visible(&sh_join(argv.iter().map(String::as_str)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_words_stay_readable() {
        let argv = ["docker", "run", "--rm", "a b", "it's", ""].map(str::to_owned);
        assert_eq!(command_line(&argv), r"docker run --rm 'a b' 'it'\''s' ''");
    }

    #[test]
    fn a_command_hides_nothing_from_the_person_who_confirms_it() {
        let argv = ["rm", "\u{1b}[8m-rf\u{1b}[0m", "a\rb", "x\u{202e}y"].map(str::to_owned);
        assert_eq!(command_line(&argv), "rm '␛[8m-rf␛[0m' 'a␍b' 'x‹U+202E›y'");
    }

    /// A real shell is the judge: what it hands to the program is what was quoted.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test of shell text needs a shell")]
    fn a_real_shell_gives_back_every_value() {
        let values = [
            "1.0\"; touch pwn; #",
            "$(id)",
            "`id`",
            "a'b",
            "''",
            "\\",
            "a\nb",
            "*",
            "~",
            "=ls",
            "!!",
            "-n",
            "é 日",
            "a\tb",
            "${HOME}",
            "&& id",
            "| id",
            "> f",
            "a;b",
            "#x",
            "[a]",
            "{a,b}",
            "%s",
            "\u{1b}[2J",
        ];
        let script = format!("printf '%s\\0' {}", sh_join(values));
        let output = std::process::Command::new("sh").args(["-c", &script]).output().expect("a POSIX shell");
        let back: Vec<&[u8]> = output.stdout.split(|byte| *byte == 0).collect();
        assert_eq!(back.len(), values.len() + 1);
        for (value, back) in values.iter().zip(back) {
            assert_eq!(value.as_bytes(), back);
        }
    }

    proptest! {
        #[test]
        fn another_parser_of_shell_words_agrees(value in "[^\0]{0,20}") {
            prop_assert_eq!(shell_words::split(&sh_quote(&value)).expect("one word"), [value]);
        }
    }
}
