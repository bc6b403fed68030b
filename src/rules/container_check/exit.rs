//! Exit codes in words.

/// How a container ended, in words: `killed (137)`, `out of memory (137)`, `exit code 3`.
pub fn exit_words(code: Option<i64>, oom_killed: bool) -> String {
    let Some(code) = code else { return "exit code not known".to_owned() };
    let word = match code {
        _ if oom_killed => "out of memory",
        0 => "done",
        126 => "the command cannot be run",
        127 => "the command was not found",
        134 => "aborted",
        137 => "killed",
        139 => "segmentation fault",
        143 => "terminated",
        _ => return format!("exit code {code}"),
    };
    format!("{word} ({code})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_mean_something_are_said_in_words() {
        for (code, oom, words) in [
            (Some(137), false, "killed (137)"),
            (Some(137), true, "out of memory (137)"),
            (Some(0), false, "done (0)"),
            (Some(143), false, "terminated (143)"),
            (Some(3), false, "exit code 3"),
            (None, false, "exit code not known"),
        ] {
            assert_eq!(exit_words(code, oom), words);
        }
    }
}
