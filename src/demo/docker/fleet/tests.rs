//! What a fleet does when it is told to, and which events follow.

use std::time::Duration;

use super::*;
use crate::demo::docker::order::OrderKind;

fn fleet() -> Fleet {
    Fleet::new(SimClock::stepped(DateTime::from_timestamp(1_700_000_000, 0).unwrap()))
}

fn told(events: &mut broadcast::Receiver<DaemonEvent>) -> Vec<String> {
    let mut all = Vec::new();
    while let Ok(event) = events.try_recv() {
        let code = event.attributes.get("exitCode").map(|code| format!(" {code}")).unwrap_or_default();
        all.push(format!("{} {}{code}", event.attributes["name"], event.action));
    }
    all
}

fn new(name: &str) -> NewContainer {
    NewContainer { healthcheck: true, ..NewContainer::new(name, "shop/web:1.0") }
}

#[test]
fn what_happens_is_seen_and_told_in_order() {
    let fleet = fleet();
    let mut events = fleet.subscribe();
    let id = fleet.add(new("web")).unwrap();
    fleet.start("web").unwrap();
    fleet.set_health("web", HealthWord::Healthy, 0, "ok").unwrap();
    fleet.set_health("web", HealthWord::Healthy, 0, "ok").unwrap();
    fleet.stop(id.get(..12).unwrap(), Ending { exit_code: 137, out_of_memory: true }).unwrap();
    fleet.remove("/web").unwrap();
    assert_eq!(
        told(&mut events),
        ["web create", "web start", "web health_status: healthy", "web oom", "web die 137", "web destroy"]
    );
    assert_eq!(fleet.container(&id).map(|one| one.name), None);
    assert_eq!(fleet.events().0.len(), 6, "whoever asks later gets them too");
}

#[test]
fn what_cannot_be_done_is_refused_and_tells_nobody() {
    let fleet = fleet();
    fleet.add(new("web")).unwrap();
    fleet.start("web").unwrap();
    let mut events = fleet.subscribe();
    assert_eq!(fleet.add(new("web")), Err(FleetError::NameTaken("web".into())));
    assert_eq!(fleet.start("web"), Err(FleetError::Already("web".into())));
    assert!(matches!(fleet.remove("web"), Err(FleetError::Running(_))));
    assert_eq!(fleet.start("nobody"), Err(FleetError::NoSuch("nobody".into())));
    assert_eq!(fleet.start(""), Err(FleetError::NoSuch(String::new())));
    assert!(told(&mut events).is_empty());
}

#[test]
fn the_same_calls_make_the_same_ids() {
    let ids = || {
        let fleet = fleet();
        ["a", "b"].map(|name| fleet.add(NewContainer::new(name, "x:1")).unwrap())
    };
    assert_eq!(ids(), ids());
    assert_ne!(ids()[0], ids()[1]);
}

#[test]
fn a_crash_counts_a_restart_and_begins_health_anew() {
    let fleet = fleet();
    fleet.add(new("web")).unwrap();
    fleet.start("web").unwrap();
    fleet.set_health("web", HealthWord::Unhealthy, 1, "503").unwrap();
    fleet.crash("web", Ending { exit_code: 1, out_of_memory: false }).unwrap();
    assert_eq!(fleet.container("web").unwrap().state, RunState::Restarting);
    fleet.start("web").unwrap();
    let now = fleet.container("web").unwrap();
    assert_eq!((now.restart_count, now.health.unwrap().word), (1, HealthWord::Starting));
}

#[tokio::test]
async fn without_an_operator_the_fleet_obeys_by_itself() {
    let fleet = fleet();
    fleet.add(new("web")).unwrap();
    fleet.start("web").unwrap();
    let mut events = fleet.subscribe();
    fleet.order("web", OrderKind::Restart(Duration::from_secs(1))).await.unwrap();
    assert_eq!(told(&mut events), ["web kill", "web die 0", "web stop", "web start", "web restart"]);
    fleet.order("web", OrderKind::Kill).await.unwrap();
    let again = fleet.order("web", OrderKind::Stop(Duration::ZERO)).await;
    assert_eq!(again, Err(FleetError::Already("web".into())));
}

#[tokio::test]
async fn with_an_operator_the_client_waits_for_its_answer() {
    let fleet = fleet();
    let id = fleet.add(new("web")).unwrap();
    let mut orders = fleet.operate();
    let operator = async {
        let order = orders.recv().await.unwrap();
        assert_eq!((order.id.clone(), order.what), (id.clone(), OrderKind::Start));
        fleet.start(&order.id).unwrap();
        order.answer(Ok(()));
        orders.recv().await.unwrap().answer(Err("no port is free".into()));
    };
    let client = async {
        assert_eq!(fleet.order("web", OrderKind::Start).await, Ok(()));
        let refused = fleet.order("web", OrderKind::Kill).await;
        assert_eq!(refused, Err(FleetError::Refused("no port is free".into())));
    };
    tokio::join!(operator, client);
}
