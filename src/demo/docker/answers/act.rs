//! Start, stop, restart, kill: done, and answered when it is done.

use std::time::Duration;

use super::asked::Asked;
use crate::demo::docker::endpoint::Endpoint;
use crate::demo::docker::fleet::FleetError;
use crate::demo::docker::order::OrderKind;
use crate::demo::docker::reply::Reply;

/// Docker's grace, where nothing else is said.
const GRACE: Duration = Duration::from_secs(10);

pub(super) async fn act(asked: &Asked) -> Result<Reply, Reply> {
    let container = asked.container()?;
    let grace = asked.query.number("t").map_or(GRACE, Duration::from_secs);
    let what = match asked.endpoint {
        Endpoint::Start => OrderKind::Start,
        Endpoint::Stop => OrderKind::Stop(grace),
        Endpoint::Restart => OrderKind::Restart(grace),
        _ => OrderKind::Kill,
    };
    match asked.fleet.order(&container.id, what).await {
        Ok(()) => Ok(Reply::empty(204)),
        Err(FleetError::Already(_)) if what == OrderKind::Kill => {
            let words =
                format!("Cannot kill container: {}: Container {} is not running", asked.name, container.id);
            Err(Reply::error(409, &words))
        }
        Err(error) => Err(error.into()),
    }
}
