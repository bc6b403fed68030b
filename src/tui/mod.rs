//! The face: keymap, panes, dialogs, theme. State to cells, keys to commands. The only room that names ratatui.
//!
//! Not here: the terminal itself (`runtime/terminal.rs`), any decision (`engine`).
