//! What Docker programs want done to a container (`docker stop`, a restart from the screen), done to its process.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::project::Project;
use super::runner::Wanted;
use crate::demo::docker::order::{Order, OrderKind};

/// Obeys until it is dropped.
pub async fn obey(mut orders: mpsc::Receiver<Order>, projects: Arc<[Project]>) {
    while let Some(order) = orders.recv().await {
        let runner = projects.iter().find_map(|project| project.runner(&order.id));
        let Some(runner) = runner else {
            order.answer(Err("nobody runs this container any more".to_owned()));
            continue;
        };
        let grace = match order.what {
            OrderKind::Start => None,
            OrderKind::Stop(grace) | OrderKind::Restart(grace) => Some(grace),
            OrderKind::Kill => Some(Duration::ZERO),
        };
        if let Some(grace) = grace {
            runner.want(Wanted::Ended(grace));
            runner.is(false).await;
        }
        if matches!(order.what, OrderKind::Start | OrderKind::Restart(_)) {
            runner.want(Wanted::Running);
            runner.is(true).await;
        }
        order.answer(Ok(()));
    }
}
