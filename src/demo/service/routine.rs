//! What a service does when nobody asks: customers at the web, invoices at the worker, a checkpoint at the db.
//!
//! Seeded, so that a log reads the same each time but for its clock. Not here: answering (`answers.rs`).

use std::time::Duration;

use serde_json::json;

use super::answers::Service;
use super::log_line::Grave;
use super::role::Role;
use crate::demo::dice::Dice;
use crate::demo::rehearsal::SPEED_MAX;

/// Between two things a service does, at speed 1: shortest and longest.
const PAUSE_MS: (u64, u64) = (500, 1_600);
/// The shortest pause at any speed: a log that can still be read.
const PAUSE_MIN: Duration = Duration::from_millis(100);
/// One in so many invoices takes long enough to be warned of.
const SLOW_ONE_IN: u64 = 9;

/// Works until it is dropped.
pub async fn work(service: &Service) {
    let mut dice = Dice::new(service.spec.seed);
    let mut order = 10_400 + dice.below(90);
    loop {
        let (shortest, longest) = PAUSE_MS;
        let pause = Duration::from_millis(shortest + dice.below(longest - shortest));
        tokio::time::sleep((pause / service.spec.speed.clamp(1, SPEED_MAX)).max(PAUSE_MIN)).await;
        match service.spec.role {
            Role::Web => {
                let _answered = service.orders("/api/orders").await;
            }
            Role::Worker => {
                order += 1;
                invoice(service, &mut dice, order);
            }
            Role::Db => {
                order += 1;
                if order.is_multiple_of(6) {
                    let buffers = 20 + dice.below(80);
                    service.log(Grave::Info, &format!("checkpoint complete: wrote {buffers} buffers"), &[]);
                }
            }
            Role::Api => {}
        }
    }
}

fn invoice(service: &Service, dice: &mut Dice, order: u64) {
    let customers = ["aster", "birch", "clover", "daisy", "elder"];
    let customer = dice.pick(&customers).copied().unwrap_or("aster");
    let took = 12 + dice.below(40);
    let facts = [("order", json!(order)), ("customer", json!(customer)), ("took_ms", json!(took))];
    if dice.below(SLOW_ONE_IN) == 0 {
        let took = 800 + dice.below(900);
        let facts = [("order", json!(order)), ("took_ms", json!(took)), ("mail", json!("slow"))];
        return service.log(Grave::Warn, "invoice took long", &facts);
    }
    service.log(Grave::Info, "invoice sent", &facts);
}
