//! The face: keymap, panes, dialogs, theme. State to cells, keys to commands. The only room that names ratatui.
//!
//! Not here: the terminal itself (`runtime/terminal.rs`), any decision (`engine`). Start with `layout.rs` (where
//! things are), `canvas.rs` (the only way to a cell), `theme/` (the only place with colours) and `keymap/` (the one
//! table of keys), then `face.rs` (keys to commands, state to cells).

mod badge;
pub mod canvas;
mod card;
mod chart;
mod chart_range;
mod dialogs;
pub mod face;
pub mod frame;
pub mod gauge;
pub mod glyph;
mod header;
pub mod help;
mod help_page;
pub mod key;
pub mod keymap;
pub mod layout;
mod lines;
pub mod list;
mod log_view;
mod next_step;
pub mod pane;
mod panes;
#[cfg(test)]
mod pictures;
mod record_banner;
mod row;
pub mod screen;
pub mod snapshot;
mod state;
pub mod text_field;
pub mod theme;
mod view;
mod window_header;
#[cfg(test)]
mod world;

pub use lines::Access;
pub use state::Mouse;
