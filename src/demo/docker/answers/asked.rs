//! From a question to the answer that fits it.

use super::{act, events, exec, images, inspect, list, logs, stats, swarm, system};
use crate::demo::docker::container::SimContainer;
use crate::demo::docker::counts::Counts;
use crate::demo::docker::endpoint::Endpoint;
use crate::demo::docker::fleet::{Fleet, FleetError};
use crate::demo::docker::manner::Identity;
use crate::demo::docker::query::Query;
use crate::demo::docker::reply::Reply;

/// A question, and whom it is asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) endpoint: Endpoint,
    /// Container, image or exec.
    pub(crate) name: String,
    pub(crate) query: Query,
    pub(crate) fleet: Fleet,
    pub(crate) identity: Identity,
    pub(crate) counts: Counts,
}

impl Asked {
    /// The container it is about.
    pub(crate) fn container(&self) -> Result<SimContainer, Reply> {
        self.fleet.container(&self.name).ok_or_else(|| FleetError::NoSuch(self.name.clone()).into())
    }
}

/// Answers; orders are carried out first.
pub(crate) async fn answer(asked: &Asked) -> Reply {
    let answered = match asked.endpoint {
        Endpoint::Ping => Ok(system::ping()),
        Endpoint::Version => Ok(system::version(asked)),
        Endpoint::Info => Ok(system::info(asked)),
        Endpoint::List => list::list(asked),
        Endpoint::Inspect => inspect::inspect(asked),
        Endpoint::Stats => stats::stats(asked).await,
        Endpoint::Logs => logs::logs(asked),
        Endpoint::Start | Endpoint::Stop | Endpoint::Restart | Endpoint::Kill => act::act(asked).await,
        Endpoint::Top => exec::top(asked),
        Endpoint::ExecCreate => exec::create(asked),
        // With an upgrade of the connection it is `server.rs` that starts it.
        Endpoint::ExecStart => Ok(Reply::whole(200, exec::RAW, exec::start())),
        Endpoint::ExecInspect => Ok(exec::told(asked)),
        Endpoint::Events => events::events(asked),
        Endpoint::Images => Ok(images::images(asked)),
        Endpoint::Image => images::image(asked),
        Endpoint::Services | Endpoint::Tasks => Ok(swarm::not_a_manager()),
        Endpoint::Networks => Ok(system::networks()),
        Endpoint::Volumes => Ok(system::volumes()),
        Endpoint::Counts => Ok(Reply::json(&asked.counts.read())),
        Endpoint::Other => Err(Reply::error(404, "page not found")),
    };
    answered.unwrap_or_else(|refused| refused)
}
