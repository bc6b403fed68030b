//! What a loop waits for where it has a terminal, and never hears of where it has none.

use crate::runtime::terminal::{TerminalGuard, TerminalInput, TerminalKeys};

pub(super) async fn next_key(keys: Option<&mut TerminalKeys>) -> TerminalInput {
    match keys {
        Some(keys) => keys.next().await,
        None => std::future::pending().await,
    }
}

pub(super) async fn crashed(guard: Option<&TerminalGuard>) {
    match guard {
        Some(guard) => guard.crashed().await,
        None => std::future::pending().await,
    }
}
