//! The gate of a deploy, looked at once more under the lock: on what others recorded since it was seen open.

use super::plays::starts;
use super::world::{World, item, person, production};
use crate::engine::effect::Effect;
use crate::engine::input::Input;
use crate::session::event::{CheckChanged, Event};
use crate::session::status::CheckStatus;

fn changed(name: &str, status: CheckStatus) -> Event {
    Event::CheckChanged(CheckChanged {
        item: item(name),
        status,
        was: Some(CheckStatus::Pass),
        reason: Some("503".to_owned()),
        target: None,
        took_us: 5,
        attempts: 1,
        version: Some("1.1.0".to_owned()),
        environment: Some(production()),
        repeat: None,
    })
}

/// Ann asks for the deploy; before it reaches the disk this is recorded by somebody else.
fn deployed_meanwhile(event: Event) -> (World, Vec<Effect>) {
    let mut world = World::approved();
    world.pass(1);
    let command = world.deploy_command();
    let mut asked = world.give_raw(0, Input::Command { author: person("ann"), command });
    world.write("bob", event);
    let append = asked.pop().expect("an append");
    let effects = world.store(0, append);
    (world, effects)
}

#[test]
fn a_check_that_failed_elsewhere_before_the_request_reached_the_disk_stops_the_deploy() {
    for status in [CheckStatus::Fail, CheckStatus::Error, CheckStatus::Inconclusive] {
        let (world, effects) = deployed_meanwhile(changed("ready", status));
        assert_eq!((starts(&effects).len(), world.count("run.requested")), (0, 0), "{status:?}");
        let told = world.engine().refusal().expect("refused").text.clone();
        assert!(told.contains("gate closed meanwhile") && told.contains("Ready"), "{told}");
    }
}

#[test]
fn what_passes_elsewhere_or_stands_after_the_deploy_stops_nothing() {
    let (world, effects) = deployed_meanwhile(changed("ready", CheckStatus::Pass));
    assert_eq!((starts(&effects).len(), world.count("run.requested")), (1, 1));
}
