//! Law 11 on the words of the screen: every "Same as" line is taken by the parser of the command line.
//!
//! The lines of keys come from the table of keys, those of dialogs from the sources, their blanks filled with words.

use std::fs;
use std::path::Path;

use clap::Parser;
use clap::error::ErrorKind;
use gonogo::cli::arguments::Arguments;
use gonogo::tui::keymap::TABLE;

/// What may stand where a dialog fills something in.
const FILLINGS: [&str; 4] = ["production", "approve", "retry", "unknown"];

fn parses(line: &str) -> Result<(), String> {
    match Arguments::try_parse_from(line.split_whitespace()) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::DisplayHelp => Ok(()),
        Err(error) => Err(format!("{line}: {error}")),
    }
}

/// The line with its first blank filled by one word and the others by a name.
fn filled(line: &str, word: &str) -> String {
    line.replacen("{}", word, 1).replace("{}", "name")
}

#[test]
fn law_11_everything_a_key_does_to_the_release_a_subcommand_does_too() {
    let lines: Vec<&str> = TABLE.iter().filter_map(|row| row.twin).collect();
    assert!(lines.len() > 15, "{lines:?}");
    let wrong: Vec<String> = lines.into_iter().filter_map(|line| parses(line).err()).collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn law_11_the_subcommand_under_every_dialog_is_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui/dialogs");
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let source = fs::read_to_string(entry.unwrap().path()).unwrap();
        let twins = source.split(".twin = ").skip(1);
        lines.extend(twins.filter_map(|rest| Some(rest.split_once('"')?.1.split_once('"')?.0.to_owned())));
    }
    assert!(lines.len() > 10, "{lines:?}");
    let wrong =
        lines.into_iter().filter(|line| !FILLINGS.iter().any(|word| parses(&filled(line, word)).is_ok()));
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new());
}
