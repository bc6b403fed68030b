//! Swarm's questions: this daemon is no manager, in Docker's own words.

use crate::demo::docker::reply::Reply;

pub(super) fn not_a_manager() -> Reply {
    Reply::error(
        503,
        "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node \
         to swarm and try again.",
    )
}
