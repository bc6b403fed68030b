//! `/containers/{name}/logs`: its log, in the form that was asked for.

use super::asked::Asked;
use crate::demo::docker::container::RunState;
use crate::demo::docker::log_read::{LogOrigin, LogWish, read};
use crate::demo::docker::reply::Reply;

pub(super) fn logs(asked: &Asked) -> Result<Reply, Reply> {
    let container = asked.container()?;
    if container.log_driver == "none" {
        return Err(Reply::error(501, "configured logging driver does not support reading"));
    }
    let wish = LogWish::read(&asked.query, container.tty).map_err(|words| Reply::error(400, words))?;
    let runs = matches!(container.state, RunState::Running | RunState::Paused);
    let origin = container.flow.map_or(LogOrigin::Kept(container.log), LogOrigin::Flow);
    let content_type = if container.tty || asked.identity.facts().manner.old_event_fields() {
        "application/vnd.docker.raw-stream"
    } else {
        "application/vnd.docker.multiplexed-stream"
    };
    Ok(Reply::bits(content_type, read(wish, origin, asked.fleet.clock().clone(), runs)))
}
