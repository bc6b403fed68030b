//! Monitoring windows: what follows from their samples. Pure: no clock, no randomness; every time is given.
//!
//! [`watch::OpenWindow`] is one open window. The engine asks [`watch::OpenWindow::next_due`] for each indicator, measures,
//! and hands each sample to [`watch::OpenWindow::take`] in whatever order they come back; at
//! [`watch::OpenWindow::next_evaluation`] it calls [`watch::OpenWindow::evaluate`], which says what fired or was resolved;
//! at [`watch::OpenWindow::next_stage_end`] it calls `judge`, records the judgement and hands its outcome back by
//! [`watch::OpenWindow::note_judged`]; for the header `standing`, for the end `closing`. A target that is slow must not
//! thin its samples: start each one when it is due, even if one before it is still out.
//!
//! After a restart: `new` with the recorded opening and baseline, all samples of the side file through `take`, the
//! recorded gaps, `restore_trigger` for each trigger the record knows, `note_judged` for each judged stage, then one
//! `evaluate`. Without the side file `restore_sum` brings the detectors back, and the rest is a gap.
//!
//! Each file holds one thing: samples (`sample`, `series`, `indicator`, `gap`, `clock`), when (`plan`), terms (`question`,
//! `lookback`, `hold`), detectors (`buckets`, `cusum`, `detect`, `compare`, `burn`), triggers (`trigger`,
//! `trigger_words`), judging (`objective`, `judge`, `judgement`, `standing`), statistics (`binomial`, `effective`,
//! `fisher`, `rank_test`, `special`), reading it (`view`); beside them being
//! offline (`offline`) and the guards of an automatic rollback (`rollback_guard`). Not here: measuring (`runtime`), when to do what (`engine`),
//! the record (`session`).

pub mod baseline;
pub mod binomial;
pub mod buckets;
mod burn;
mod clock;
pub mod compare;
pub mod compile;
pub mod cusum;
mod detect;
pub mod effective;
pub mod figure;
pub mod fisher;
pub mod gap;
mod hold;
pub mod indicator;
mod judge;
pub mod judgement;
pub mod lookback;
pub mod objective;
pub mod offline;
pub mod plan;
mod question;
pub mod rank_test;
pub mod rollback_guard;
pub mod sample;
pub mod series;
pub mod special;
pub mod standing;
pub mod trigger;
pub mod trigger_words;
pub mod view;
pub mod watch;

#[cfg(test)]
mod tests;
