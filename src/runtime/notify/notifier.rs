//! The cockpit's telling: one task a notice, its end sent to the brain. Dropping this cancels them all.
//!
//! The brain sends at most one notice of a rule at a time, so the rules of the checklist bound the tasks.

use tokio::sync::mpsc::Sender;
use tokio::task::JoinSet;

use super::delivery::{ATTEMPTS_MAX, deliver};
use crate::engine::effect::NoticeId;
use crate::engine::input::Input;
use crate::engine::notice_plan::NoticePlan;

/// Tells for the brain.
pub struct Notifier {
    inputs: Sender<Input>,
    tasks: JoinSet<()>,
}

impl Notifier {
    /// Ends go into `inputs`.
    pub fn new(inputs: Sender<Input>) -> Self {
        Self { inputs, tasks: JoinSet::new() }
    }
    /// Starts a notice; its end arrives as `Input::NoticeEnded`. Must be called inside the runtime.
    pub fn start(&mut self, id: NoticeId, plan: NoticePlan) {
        while self.tasks.try_join_next().is_some() {}
        let inputs = self.inputs.clone();
        self.tasks.spawn(async move {
            let end = deliver(&plan, ATTEMPTS_MAX).await;
            let _nobody_listens = inputs.send(Input::NoticeEnded { id, end }).await;
        });
    }
}
