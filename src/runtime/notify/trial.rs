//! Trying channels out: each plan sent once, all at the same time, outside any session's loop.

use futures_util::future::join_all;

use super::delivery::deliver;
use crate::engine::notice_plan::{NoticeEnd, NoticePlan};

/// Sends each plan with one try; the ends in the same order.
///
/// # Errors
/// The system gives no runtime.
pub fn try_out(plans: &[NoticePlan]) -> std::io::Result<Vec<NoticeEnd>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ends = runtime.block_on(join_all(plans.iter().map(|plan| deliver(plan, 1))));
    // A name server that does not answer holds a thread; the answer does not wait for it.
    runtime.shutdown_background();
    Ok(ends)
}
