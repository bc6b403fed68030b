//! Asking a person on the terminal, one line at a time. Only called where somebody can answer.
//!
//! Not here: whether anybody may be asked (`doors.rs`).

use std::io::{self, BufRead as _, Write as _};

use super::app_error::AppError;
use crate::safe_format;

/// The longest answer in bytes: a value has at most 4 KiB.
const ANSWER_BYTES_MAX: u64 = 8 * 1024;

/// Asks for a line; an empty one takes the default. None: the input ended.
pub fn ask(question: &str, default: Option<&str>) -> Result<Option<String>, AppError> {
    let question = default.map_or_else(
        || safe_format!("{}: ", question),
        |default| safe_format!("{} [{}]: ", question, default),
    );
    let mut err = io::stderr();
    let asked = err.write_all(question.as_str().as_bytes()).and_then(|()| err.flush());
    asked.map_err(|why| AppError::unreachable(format!("nobody can be asked: {why}")))?;
    let mut line = String::new();
    let read = io::Read::take(io::stdin().lock(), ANSWER_BYTES_MAX).read_line(&mut line);
    let count = read.map_err(|why| AppError::unreachable(format!("the answer cannot be read: {why}")))?;
    if count == 0 {
        return Ok(None);
    }
    let line = line.trim();
    Ok(Some(if line.is_empty() { default.unwrap_or_default().to_owned() } else { line.to_owned() }))
}

/// Asks to choose one of several by number. None: the input ended or nothing was chosen.
pub fn choose(question: &str, choices: &[String]) -> Result<Option<usize>, AppError> {
    for (number, choice) in choices.iter().enumerate() {
        super::print::note(&safe_format!("{}  {}", format!("{:>3}", number + 1), choice));
    }
    loop {
        let Some(line) = ask(question, None)? else { return Ok(None) };
        if line.is_empty() {
            return Ok(None);
        }
        match line.parse::<usize>() {
            Ok(number) if (1..=choices.len()).contains(&number) => return Ok(Some(number - 1)),
            Ok(_) | Err(_) => super::print::note(&safe_format!("a number from 1 to {}", choices.len())),
        }
    }
}
