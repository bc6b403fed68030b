//! The brain: `handle(at, Input) -> Effects`. Holds the session, the observations and the runs; knows no clock, no file.
//!
//! Not here: hands (`runtime`), face (`tui`). Start at `handle.rs`, then the four enums.
