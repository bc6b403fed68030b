//! The face: keymap, panes, dialogs, theme. State to cells, keys to commands. The only room that names ratatui.
//!
//! Not here: the terminal itself (`runtime/terminal.rs`), any decision (`engine`). Start with `layout.rs` (where
//! things are), `canvas.rs` (the only way to a cell), `theme/` (the only place with colours) and `keymap/` (the one
//! table of keys).

pub mod canvas;
pub mod frame;
pub mod gauge;
pub mod glyph;
pub mod help;
pub mod key;
pub mod keymap;
pub mod layout;
pub mod list;
pub mod pane;
pub mod snapshot;
pub mod text_field;
pub mod theme;
