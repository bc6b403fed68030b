//! Themes: 30 colour roles by meaning, read from TOML, turned into cell styles. The only place that names a colour.
//!
//! `token.rs` the closed list of roles, `file.rs` one theme file with located problems, `load.rs` inheritance and
//! palettes, `resolved.rs` what panes ask for styles, `contrast.rs` and `vision.rs` the tests a theme has to pass.
//! Not here: reading files (the caller brings the text), colour depth detection (`runtime`).

pub mod built_in;
pub mod colour;
pub mod contrast;
pub mod file;
pub mod load;
pub mod resolved;
pub mod token;
pub mod vision;

pub use colour::{ColourDepth, Paint, Rgb};
pub use file::{Borders, Charts, ThemeKind, ThemeProblem};
pub use load::{ThemeText, load};
pub use resolved::{Environment, Surroundings, Theme};
pub use token::Token;
