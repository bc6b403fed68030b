//! What the tests share: a terminal, the program, people, loopback servers, a real Docker daemon.
//!
//! Not here: anything about one feature. Every wait has a bound, every process and thread ends with its owner.

pub(crate) mod bounded;
pub(crate) mod cut_socket;
pub(crate) mod docker;
pub(crate) mod draft;
pub(crate) mod fake_unix;
pub(crate) mod http;
pub(crate) mod image;
pub(crate) mod keys;
pub(crate) mod left_behind;
pub(crate) mod own_mount;
pub(crate) mod plumbing;
pub(crate) mod program;
pub(crate) mod pty;
pub(crate) mod python;
pub(crate) mod rehearsal;
pub(crate) mod release;
pub(crate) mod run_plans;
pub(crate) mod scene;
pub(crate) mod sequences;
pub(crate) mod simulated;
pub(crate) mod skip;
pub(crate) mod smtp;
pub(crate) mod stack;
pub(crate) mod strace;
pub(crate) mod until;
