//! Values taken from a step's output: by regular expression, by JSON pointer, or all of it.
//!
//! They come from redacted bytes and are recorded, so they are never secrets. A value must be one line of at most 4 KiB
//! that does not start with `-`: it may become an argument. Not here: filling them in (`steps.rs`).

use std::collections::BTreeMap;

use regex::Regex;

use crate::checklist::action::{Capture, CaptureBy};
use crate::checklist::named::Named;

/// The longest captured value, as for variables.
const VALUE_BYTES_MAX: usize = 4 << 10;

/// Takes all values. Errors: in words, which value cannot be taken and why; the step has then failed.
pub(super) fn capture(
    wanted: &Named<String, Capture>,
    output: &[u8],
) -> Result<BTreeMap<String, String>, String> {
    let text = String::from_utf8_lossy(output);
    let mut captured = BTreeMap::new();
    for (name, how) in wanted.iter() {
        let value = one(how, &text).map_err(|why| format!("cannot capture `{name}`: {why}"))?;
        let value = allowed(value).map_err(|why| format!("captured `{name}` {why}"))?;
        captured.insert(name.clone(), value);
    }
    Ok(captured)
}

fn one(how: &Capture, text: &str) -> Result<String, String> {
    match how {
        Capture::Whole(_) => Ok(text.trim().to_owned()),
        Capture::By(CaptureBy::Regex(pattern)) => {
            let regex = Regex::new(pattern).map_err(|error| format!("`{pattern}`: {error}"))?;
            let found = regex.captures(text).ok_or_else(|| format!("nothing matches `{pattern}`"))?;
            let group = found.get(1).or_else(|| found.get(0));
            Ok(group.map(|group| group.as_str().to_owned()).unwrap_or_default())
        }
        Capture::By(CaptureBy::Json(pointer)) => {
            let json: serde_json::Value =
                serde_json::from_str(text).map_err(|error| format!("the output is not JSON: {error}"))?;
            match json.pointer(pointer) {
                Some(serde_json::Value::String(value)) => Ok(value.clone()),
                Some(serde_json::Value::Number(value)) => Ok(value.to_string()),
                Some(serde_json::Value::Bool(value)) => Ok(value.to_string()),
                Some(_) => Err(format!("`{pointer}` is no text, number, true or false")),
                None => Err(format!("there is no `{pointer}`")),
            }
        }
    }
}

fn allowed(value: String) -> Result<String, String> {
    if value.is_empty() {
        return Err("is empty".to_owned());
    }
    if value.len() > VALUE_BYTES_MAX {
        return Err(format!("is longer than {VALUE_BYTES_MAX} bytes"));
    }
    if value.starts_with('-') {
        return Err("starts with `-`, so a later step could take it for an option".to_owned());
    }
    if value.chars().any(char::is_control) {
        return Err("holds a line end or another control character".to_owned());
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(how: Capture, output: &str) -> Result<String, String> {
        let wanted = [("x".to_owned(), how)].into_iter().collect();
        capture(&wanted, output.as_bytes()).map(|mut all| all.remove("x").unwrap())
    }

    #[test]
    fn values_are_taken_by_pattern_pointer_or_whole() {
        let regex = Capture::By(CaptureBy::Regex(r"wrote (\S+)".to_owned()));
        assert_eq!(take(regex, "hello\nwrote a.sql\n"), Ok("a.sql".to_owned()));
        let json = Capture::By(CaptureBy::Json("/a/0".to_owned()));
        assert_eq!(take(json, r#"{"a":[7]}"#), Ok("7".to_owned()));
        assert_eq!(take(Capture::Whole("stdout".to_owned()), " v1 \n"), Ok("v1".to_owned()));
    }

    #[test]
    fn what_is_missing_or_dangerous_is_refused_with_its_name() {
        let regex = || Capture::By(CaptureBy::Regex("wrote (.*)".to_owned()));
        for (how, output) in [
            (regex(), "nothing"),
            (regex(), "wrote -rf"),
            (Capture::Whole("stdout".to_owned()), "two\nlines"),
            (Capture::Whole("stdout".to_owned()), ""),
            (Capture::By(CaptureBy::Json("/a".to_owned())), "no json"),
            (Capture::By(CaptureBy::Json("/a".to_owned())), r#"{"a":{}}"#),
        ] {
            assert!(take(how, output).unwrap_err().contains("`x`"), "{output}");
        }
    }
}
