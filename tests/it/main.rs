//! The one integration binary; a file per feature, the shared tools in `support/`.
//!
//! Tests drive the real binary: without a terminal through `support/program.rs`, in a real pseudo-terminal through
//! `support/pty.rs`, against a real Docker daemon through `support/docker.rs`. They wait for a condition with a bound
//! and never sleep. A file nobody declares here is found by `tidy.rs`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::panic, reason = "that is how a test fails")]
#![expect(clippy::indexing_slicing, reason = "a wrong index fails the test, as it should")]
#![expect(clippy::disallowed_methods, reason = "tests start processes and threads and read the clock")]

mod checklists;
mod choices;
mod demo;
mod demo_release;
mod docker_contract;
mod docker_watch;
mod documents;
mod export;
mod failed_step;
mod faults;
mod git_histories;
mod golden;
mod harness;
mod headless;
mod headless_run;
mod laws;
mod lint;
mod markdown;
mod measuring;
mod notices;
mod notices_delivery;
mod offered;
mod outside_proof;
mod rebase;
mod record_editors;
mod record_faults;
mod record_inject;
mod record_races;
mod record_safety;
mod release_day;
mod repair;
mod run_starts;
mod screen_faults;
mod supervise;
mod support;
mod sync;
mod terminal_guard;
mod tidy;
mod twins;
mod watch;
mod watch_docker;
