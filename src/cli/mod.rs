//! The doors: one file per subcommand, each the headless twin of something on screen.
//!
//! Start at `arguments.rs` (what can be typed) and `dispatch.rs` (who does it). Not here: rules or drawing.

pub mod act;
pub mod app_error;
pub mod arguments;
pub mod ask;
pub mod choices;
pub mod decisions;
pub mod demo;
pub mod demo_arguments;
pub mod dispatch;
pub mod doctor;
pub mod document_page;
pub mod doors;
pub mod errand;
pub mod exit_code;
pub mod export;
pub mod follow_run;
mod global_arguments;
pub mod handover;
pub mod import;
pub mod import_arguments;
pub mod init;
pub mod items;
pub mod lint;
pub mod logs;
pub mod look;
pub mod mender;
pub mod new;
pub mod notify;
pub mod open;
pub mod open_session;
pub mod papers;
pub mod print;
pub mod read_checklist;
pub mod rebase;
pub mod repair;
pub mod repair_arguments;
pub mod replay;
pub mod run_orders;
pub mod screen;
pub mod sign_off;
pub mod simulate_docker;
mod start_arguments;
pub mod sync;
pub mod telling;
pub mod themes;
pub mod trust;
pub mod verify;
pub mod watch;
pub mod window;

pub use doors::Doors;

pub use dispatch::run;
