//! What clients of the API want done: handed to the operator, or done by the fleet itself, with the events that follow.
//!
//! Not here: the changes themselves (`fleet.rs`).

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::{Fleet, FleetError, find};
use crate::demo::docker::container::{Ending, RunState, SimContainer};
use crate::demo::docker::order::{Order, OrderKind};

/// The longest an operator may take for an order: a stop with a long grace.
const ORDER_LIMIT: Duration = Duration::from_mins(3);

impl Fleet {
    /// A client wants this done: the operator does it, or the fleet by itself. Errors: no such one, or why not.
    pub async fn order(&self, name: &str, what: OrderKind) -> Result<(), FleetError> {
        let (id, operator) = {
            let world = self.lock();
            (find(&world, name)?, world.operator.clone())
        };
        let Some(operator) = operator else { return self.obey(&id, what).await };
        let (done, answered) = oneshot::channel();
        let nobody = || FleetError::Refused("nobody runs this container any more".to_owned());
        operator.send(Order { id, what, done }).await.map_err(|_gone| nobody())?;
        let answer = timeout(ORDER_LIMIT, answered).await;
        let answer = answer.map_err(|_late| FleetError::Refused("no answer in time".to_owned()))?;
        answer.map_err(|_gone| nobody())?.map_err(FleetError::Refused)
    }

    async fn obey(&self, id: &str, what: OrderKind) -> Result<(), FleetError> {
        match what {
            OrderKind::Start => self.start(id),
            OrderKind::Stop(grace) => self.obey_stop(id, grace).await,
            OrderKind::Restart(grace) => {
                match self.obey_stop(id, grace).await {
                    Ok(()) | Err(FleetError::Already(_)) => {}
                    Err(error) => return Err(error),
                }
                self.start(id)?;
                self.tell_of(id, "restart", &[])
            }
            OrderKind::Kill => {
                self.running(id)?;
                self.tell_of(id, "kill", &[("signal", "9".to_owned())])?;
                self.stop(id, Ending { exit_code: 137, out_of_memory: false })
            }
        }
    }

    async fn obey_stop(&self, id: &str, grace: Duration) -> Result<(), FleetError> {
        let container = self.running(id)?;
        self.tell_of(id, "kill", &[("signal", "15".to_owned())])?;
        let killed = container.stop_takes > grace;
        let takes = container.stop_takes.min(grace);
        if !takes.is_zero() && !self.clock.is_stepped() {
            sleep(takes).await;
        }
        let exit_code = if killed { 137 } else { 0 };
        self.stop(id, Ending { exit_code, out_of_memory: false })?;
        self.tell_of(id, "stop", &[])
    }

    fn running(&self, id: &str) -> Result<SimContainer, FleetError> {
        let found = self.container(id).ok_or_else(|| FleetError::NoSuch(id.to_owned()))?;
        let runs = matches!(found.state, RunState::Running | RunState::Paused | RunState::Restarting);
        if runs { Ok(found) } else { Err(FleetError::Already(found.name)) }
    }
}
