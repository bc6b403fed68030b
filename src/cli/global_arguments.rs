//! The flags that hold everywhere: which session, how it answers, what it may do.
//!
//! Not here: the subcommands and their arguments (`arguments.rs`).

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Flags that hold everywhere.
#[expect(clippy::struct_excessive_bools, reason = "a flag on the command line is there or not")]
#[derive(Clone, Debug, Default, Args)]
pub struct Global {
    /// The session file; `new` creates it there. Else the newest open session of the project.
    #[arg(long, global = true, value_name = "PATH")]
    pub session: Option<PathBuf>,
    /// The folder of session files, instead of `.gonogo` beside the checklist.
    #[arg(long, global = true, value_name = "FOLDER")]
    pub session_dir: Option<PathBuf>,
    /// Answer with one JSON object.
    #[arg(long, global = true)]
    pub json: bool,
    /// Plain lines instead of a full screen.
    #[arg(long, global = true)]
    pub plain: bool,
    /// Never ask; fail and name the missing flag.
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Change nothing: neither the record nor the world.
    #[arg(long, global = true)]
    pub read_only: bool,
    /// Write a record on NFS, SMB or FUSE, vouching that nobody else writes it meanwhile.
    #[arg(long, global = true)]
    pub allow_network_fs: bool,
    /// Colours: auto, always, never.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// How much one log may keep: 8MiB, 256MiB.
    #[arg(long, global = true, env = "GONOGO_LOG_BUDGET", value_name = "SIZE", value_parser = size, hide_env_values = true)]
    pub log_budget: Option<usize>,
    /// Theme: dark, light, high-contrast, colour-blind, ansi, mono, or a file.
    #[arg(long, global = true, value_name = "NAME")]
    pub theme: Option<String>,
}

/// The smallest and the largest room of a log: some screens, and what a machine can spare.
const LOG_ROOM: std::ops::RangeInclusive<usize> = 1 << 20..=4 << 30;

/// `8MiB`, `256MiB`, `1GiB`, or bytes.
fn size(text: &str) -> Result<usize, String> {
    let text = text.trim();
    let digits_end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(digits_end);
    let scale = match unit.trim() {
        "" | "B" => Some(1),
        "KiB" => Some(1 << 10),
        "MiB" => Some(1 << 20),
        "GiB" => Some(1 << 30),
        _ => None,
    };
    let bytes =
        digits.parse().ok().zip(scale).and_then(|(number, scale): (usize, usize)| number.checked_mul(scale));
    let bytes = bytes.ok_or_else(|| format!("`{text}` is not a size; write it as 8MiB or 1GiB"))?;
    if LOG_ROOM.contains(&bytes) { Ok(bytes) } else { Err("a log keeps from 1MiB to 4GiB".to_owned()) }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// As the terminal and `NO_COLOR` say.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_size_has_a_unit_and_bounds() {
        for (text, bytes) in [("8MiB", Some(8 << 20)), ("2 GiB", Some(2 << 30)), ("1048576", Some(1 << 20))] {
            assert_eq!(size(text).ok(), bytes, "{text}");
        }
        for wrong in ["", "MiB", "8MB", "1KiB", "99999999999999999999GiB", "5GiB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
