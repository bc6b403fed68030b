//! Prompts: which lines of a console's transcript were typed, the rest being what was answered.
//!
//! Lines that were not typed become empty, so that line numbers stay. Not here: what the answers mean (`expected.rs`).

use std::borrow::Cow;

use super::super::letters::from;

/// What a language of a fence says about its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `bash` `sh` `shell` `zsh`: a script.
    Script,
    /// `console` `shell-session` `terminal`: only lines with a prompt were typed.
    Console,
}

/// The dialect of the first word behind a fence, any case, cut at `{` `,` `:`. None: nothing in it is offered to run.
pub fn dialect(info: &str) -> Option<Dialect> {
    let word =
        info.trim_start().split(|letter: char| letter.is_whitespace() || "{,:".contains(letter)).next()?;
    match word.to_ascii_lowercase().as_str() {
        "bash" | "sh" | "shell" | "zsh" => Some(Dialect::Script),
        "console" | "shell-session" | "terminal" => Some(Dialect::Console),
        _ => None,
    }
}

/// What stands behind the prompt of a line. None: no prompt.
pub fn typed(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if let Some(rest) = line.strip_prefix("$ ").or(line.strip_prefix("% ")) {
        return Some(rest);
    }
    // `user@host:~/x$ `, `[user@host x]$ `, `root@host:/#`: a prompt with its place.
    let head = line.find(['$', '#', '%']).filter(|at| *at <= 80)?;
    let (place, rest) = line.split_at_checked(head)?;
    let named = place.contains('@') && !place.contains(['"', '\'', '=', '(', '<']);
    let bracketed = !place.contains(' ') || (place.starts_with('[') && place.trim_end().ends_with(']'));
    (named && bracketed)
        .then(|| from(rest, 1))
        .filter(|rest| rest.is_empty() || rest.starts_with(' '))
        .map(str::trim_start)
}

/// Whether a script is a transcript in truth: its first line that is no comment has a `$ ` in front.
pub fn transcript(body: &str) -> bool {
    let mut lines =
        body.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.next().is_some_and(|first| first.starts_with("$ "))
}

/// The script a body holds. Lines that were not typed are empty; no other byte of a script changes.
pub fn script(dialect: Dialect, body: &str) -> Cow<'_, str> {
    if dialect == Dialect::Script && !transcript(body) {
        return Cow::Borrowed(body);
    }
    let mut text = String::with_capacity(body.len());
    let mut goes_on = false;
    for line in body.split_inclusive('\n') {
        let end = if line.ends_with('\n') { "\n" } else { "" };
        let plain = line.trim_end_matches(['\n', '\r']);
        let kept = match typed(plain) {
            Some(typed) => typed,
            None if goes_on => plain.strip_prefix("> ").unwrap_or(plain),
            None if dialect == Dialect::Script && plain.trim_start().starts_with('#') => plain,
            None => "",
        };
        goes_on = kept.ends_with('\\');
        text.push_str(kept);
        text.push_str(end);
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_says_the_dialect() {
        for info in ["bash", "Bash {1,3}", "sh,ignore", "ZSH:x", " shell title=\"x\"", "bash{.numberLines}"] {
            assert_eq!(dialect(info), Some(Dialect::Script), "{info}");
        }
        assert_eq!(dialect("Console"), Some(Dialect::Console));
        for info in ["", "text", "yaml", "powershell", "bash-session", "sql", "fish", "{bash}", "dockerfile"]
        {
            assert_eq!(dialect(info), None, "{info}");
        }
    }

    #[test]
    fn only_typed_lines_are_kept() {
        let body =
            "$ git tag \\\n>   v1\nTagged v1\nme@host:~/x$ ls\na  b\n% pwd\nroot@h:/# id\n[me@h x]$ w\n";
        let text = script(Dialect::Console, body);
        assert_eq!(text, "git tag \\\n  v1\n\nls\n\npwd\nid\nw\n");
        for line in ["costs $ 5", "git log user@host", "echo a@b \"$x\"", "", "# on a@b#c"] {
            assert_eq!(typed(line), None, "{line}");
        }
    }

    #[test]
    fn a_script_with_prompts_is_a_transcript() {
        assert_eq!(script(Dialect::Script, "# first\n$ make\nok\n"), "# first\nmake\n\n");
        assert_eq!(script(Dialect::Script, "make\n$ x\n"), "make\n$ x\n");
    }
}
