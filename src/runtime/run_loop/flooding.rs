//! Lines of logs: taken a little at a time, so that keys are looked at in between.

use super::RunLoop;
use crate::runtime::face::Face;

/// Most batches of log lines taken between two looks at the keyboard: one MiB.
const LOG_BATCHES_A_TURN: usize = 4;

impl<F: Face> RunLoop<F> {
    /// Takes what is ready, within the bound. Was there any?
    pub(super) fn take_logs(&mut self) -> bool {
        let mut any = false;
        for _ in 0..LOG_BATCHES_A_TURN {
            let Ok(input) = self.arriving.logs.try_recv() else { break };
            self.handle(input);
            any = true;
        }
        any
    }
}
