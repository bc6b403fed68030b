//! The doors: one file per subcommand, each the headless twin of something on screen.
//!
//! Not here: rules or drawing.
