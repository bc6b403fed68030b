//! What `gonogo import` is asked for.
//!
//! Not here: doing it (`import.rs`).

use std::path::PathBuf;

/// `gonogo import`.
#[derive(Clone, Debug, clap::Args)]
pub struct Import {
    /// The document.
    pub file: PathBuf,
    /// Write it as a checklist to go on with.
    #[arg(long, value_name = "CHECKLIST")]
    pub to: Option<PathBuf>,
    /// Take over checks that the text suggests: `reads` for all that only read, or the line of one.
    #[arg(long, value_name = "reads|LINE", requires = "to", value_delimiter = ',')]
    pub accept: Vec<AcceptArgument>,
    /// Replace an existing file.
    #[arg(long, requires = "to")]
    pub force: bool,
}

/// Which checks of a text are taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcceptArgument {
    /// All that only read.
    Reads,
    /// That on this line.
    Line(usize),
}

impl std::str::FromStr for AcceptArgument {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(line) => Ok(Self::Line(line)),
            Err(_) if text == "reads" => Ok(Self::Reads),
            Err(_) => Err("expected `reads` or the number of a line".to_owned()),
        }
    }
}
