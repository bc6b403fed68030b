//! What each service answers: health, readiness, version, orders; and what goes wrong with it.
//!
//! Readiness and orders go down the chain: web asks api, api asks db. Not here: HTTP itself (`http.rs`).

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::ask::ask;
use super::http::{Answer, Request, Respond};
use super::log_line::{Facts, Grave, access, line, stack_trace};
use super::role::Role;
use crate::demo::rehearsal::Fault;
use crate::runtime::clock::{self, Stopwatch};

/// How long a service waits for the one it needs.
const NEEDED_WITHIN: Duration = Duration::from_secs(2);
/// How long a slow version takes for orders: clearly more than the checklist's objective allows, and nobody gives up.
const SLOW_TAKES: Duration = Duration::from_millis(900);
/// Every so many failed requests a stack trace is printed.
const TRACE_EVERY: u32 = 8;
/// The revision of the schema before the release.
pub const OLD_SCHEMA: u32 = 42;

/// Which service this is.
#[derive(Clone, Debug)]
pub struct ServiceSpec {
    /// Its role.
    pub role: Role,
    /// `stage`, `production`.
    pub environment: String,
    /// Its version.
    pub version: String,
    /// Where it listens; 0: where the system likes.
    pub port: u16,
    /// Whom it asks.
    pub needed: Option<SocketAddr>,
    /// Of what its routine says and does.
    pub seed: u64,
    /// Divides its times.
    pub speed: u32,
    /// What is wrong with it.
    pub fault: Fault,
    /// It ran before the rehearsal began: it does not take its time to boot.
    pub warm: bool,
}

/// A running service.
#[derive(Debug)]
pub struct Service {
    /// Which.
    pub spec: ServiceSpec,
    began: Stopwatch,
    schema: AtomicU32,
    failed: AtomicU32,
}

impl Service {
    /// It begins now.
    pub fn new(spec: ServiceSpec) -> Self {
        let schema = AtomicU32::new(OLD_SCHEMA);
        Self { spec, began: Stopwatch::start(), schema, failed: AtomicU32::new(0) }
    }

    /// Writes a line of its log: errors and warnings, and all of a database's, go to standard error.
    pub fn log(&self, grave: Grave, words: &str, facts: Facts<'_>) {
        let text = line(self.spec.role, clock::now(), grave, words, facts);
        if grave == Grave::Info && self.spec.role != Role::Db { out(&text) } else { err(&text) }
    }

    fn is_sick(&self) -> bool {
        matches!(self.spec.fault, Fault::SickAfter(after) if self.began.elapsed() >= after)
    }

    fn version(&self) -> Answer {
        let schema = (self.spec.role == Role::Db).then(|| self.schema.load(Ordering::Relaxed));
        let told = json!({
            "service": self.spec.role.word(),
            "version": self.spec.version,
            "environment": self.spec.environment,
            "schema": schema,
        });
        Answer::json(200, &told)
    }

    async fn ready(&self) -> Answer {
        if self.is_sick() {
            return Answer::json(503, &json!({ "ready": false, "pool": "40 of 40 in use" }));
        }
        let Some(needed) = self.spec.needed else { return Answer::json(200, &json!({ "ready": true })) };
        match ask(needed, "GET", "/ready", NEEDED_WITHIN).await {
            Ok((200, _)) => Answer::json(200, &json!({ "ready": true })),
            Ok((status, _)) => Answer::json(503, &json!({ "ready": false, "needed_said": status })),
            Err(why) => Answer::json(503, &json!({ "ready": false, "needed": why.to_string() })),
        }
    }

    /// The orders, from wherever this service has them.
    pub async fn orders(&self, path: &str) -> Answer {
        let watch = Stopwatch::start();
        let answer = match self.spec.role {
            Role::Db | Role::Worker => self.rows(),
            Role::Api => self.orders_of_db().await,
            Role::Web => self.orders_of_api(path).await,
        };
        let (took, status) = (watch.elapsed_ms(), answer.status);
        match self.spec.role {
            Role::Web => out(&access(clock::now(), path, status, answer.body.len(), took)),
            Role::Api if status == 200 => {
                self.log(
                    Grave::Info,
                    "orders listed",
                    &[("status", json!(status)), ("took_ms", json!(took))],
                );
            }
            Role::Api | Role::Db | Role::Worker => {}
        }
        answer
    }

    fn rows(&self) -> Answer {
        let orders: Vec<Value> =
            (10_487..10_492).map(|id| json!({ "id": id, "total_cents": id * 3 % 9_000 })).collect();
        Answer::json(
            200,
            &json!({ "count": orders.len(), "orders": orders, "schema": self.schema.load(Ordering::Relaxed) }),
        )
    }

    async fn orders_of_db(&self) -> Answer {
        if self.is_sick() {
            return self.pool_is_empty();
        }
        if self.spec.fault == Fault::Slow {
            tokio::time::sleep(SLOW_TAKES).await;
        }
        let Some(db) = self.spec.needed else { return Answer::json(503, &json!({ "error": "no db" })) };
        match ask(db, "GET", "/query", NEEDED_WITHIN).await {
            Ok((200, body)) => Answer { status: 200, kind: "application/json", body },
            Ok((status, _)) => self.no_db(&format!("status {status}")),
            Err(why) => self.no_db(&why.to_string()),
        }
    }

    fn pool_is_empty(&self) -> Answer {
        let failed = self.failed.fetch_add(1, Ordering::Relaxed);
        self.log(
            Grave::Error,
            "no connection free in the pool",
            &[("status", json!(503)), ("in_use", json!(40))],
        );
        if failed.is_multiple_of(TRACE_EVERY) {
            for part in stack_trace(40) {
                err(&part);
            }
        }
        Answer::json(503, &json!({ "error": "no connection free" }))
    }

    fn no_db(&self, why: &str) -> Answer {
        self.log(Grave::Error, "the db does not answer", &[("why", json!(why))]);
        Answer::json(503, &json!({ "error": "the db does not answer" }))
    }

    async fn orders_of_api(&self, path: &str) -> Answer {
        let Some(api) = self.spec.needed else { return Answer::json(502, &json!({ "error": "no api" })) };
        let told = match ask(api, "GET", path, NEEDED_WITHIN).await {
            Ok((status, body)) if status < 500 => return Answer { status, kind: "application/json", body },
            Ok((status, _)) => format!("upstream answered {status}"),
            Err(why) => format!("upstream gave no answer ({why})"),
        };
        self.log(Grave::Error, &told, &[("request", json!(format!("GET {path}")))]);
        Answer::json(502, &json!({ "error": "bad gateway" }))
    }

    fn migrate(&self, query: &str) -> Answer {
        let Some(to) = query.strip_prefix("to=").and_then(|to| to.parse().ok()) else {
            return Answer::json(404, &json!({ "error": "migrate?to=REVISION" }));
        };
        let was = self.schema.swap(to, Ordering::Relaxed);
        if was != to {
            self.log(Grave::Info, &format!("schema moved from revision {was} to {to}"), &[]);
        }
        Answer::json(200, &json!({ "was": was, "schema": to }))
    }
}

impl Respond for Service {
    async fn respond(&self, request: Request) -> Answer {
        match (self.spec.role, request.method.as_str(), request.path.as_str()) {
            // Alive, whatever else is wrong: that is what a container's healthcheck asks, and all it asks.
            (_, "GET", "/health") => Answer::json(200, &json!({ "status": "ok" })),
            (_, "GET", "/ready") => self.ready().await,
            (_, "GET", "/version") => self.version(),
            (Role::Db, "GET", "/query") | (Role::Api | Role::Web, "GET", "/api/orders") => {
                self.orders(&request.path).await
            }
            (Role::Db, "POST", "/migrate") => self.migrate(&request.query),
            (Role::Web, "GET", "/") => {
                let body = format!("<!doctype html><title>shop</title><h1>shop {}</h1>\n", self.spec.version);
                Answer { status: 200, kind: "text/html", body }
            }
            (Role::Db | Role::Api | Role::Worker | Role::Web, _, _) => {
                Answer::json(404, &json!({ "error": "there is no such page" }))
            }
        }
    }
}

/// A line of standard output. Nobody is left to read it when the world is gone; then this process ends too.
fn out(text: &str) {
    let _nobody_reads = writeln!(std::io::stdout().lock(), "{text}");
}

fn err(text: &str) {
    let _nobody_reads = writeln!(std::io::stderr().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::service::http::serve;
    use std::sync::Arc;
    use tokio::net::TcpListener;
    use tokio::task::JoinSet;

    const SOON: Duration = Duration::from_secs(5);

    /// db, api and web in this process; the api with a fault.
    async fn chain(fault: Fault) -> (Vec<SocketAddr>, JoinSet<()>) {
        let mut servers = JoinSet::new();
        let mut at: Vec<SocketAddr> = Vec::new();
        for role in [Role::Db, Role::Api, Role::Web] {
            let spec = ServiceSpec {
                role,
                environment: "stage".to_owned(),
                version: "1.5.0".to_owned(),
                port: 0,
                needed: at.last().copied(),
                seed: 1,
                speed: 1,
                fault: if role == Role::Api { fault } else { Fault::None },
                warm: true,
            };
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            at.push(listener.local_addr().unwrap());
            servers.spawn(serve(listener, Arc::new(Service::new(spec))));
        }
        (at, servers)
    }

    #[tokio::test]
    async fn orders_come_through_the_chain_and_the_db_remembers_its_schema() {
        let (at, _servers) = chain(Fault::None).await;
        let (status, body) = ask(at[2], "GET", "/api/orders", SOON).await.unwrap();
        assert!(status == 200 && body.contains("\"count\":5") && body.contains("\"schema\":42"), "{body}");
        assert_eq!(ask(at[0], "POST", "/migrate?to=43", SOON).await.unwrap().0, 200);
        let (_, body) = ask(at[2], "GET", "/api/orders", SOON).await.unwrap();
        assert!(body.contains("\"schema\":43"), "{body}");
        let (_, version) = ask(at[1], "GET", "/version", SOON).await.unwrap();
        assert!(version.contains("\"version\":\"1.5.0\""), "{version}");
        assert_eq!(ask(at[2], "GET", "/ready", SOON).await.unwrap().0, 200);
        assert_eq!(ask(at[2], "GET", "/admin", SOON).await.unwrap().0, 404);
    }

    #[tokio::test]
    async fn a_sick_api_is_alive_and_fails_its_customers() {
        let (at, _servers) = chain(Fault::SickAfter(Duration::ZERO)).await;
        assert_eq!(ask(at[1], "GET", "/health", SOON).await.unwrap().0, 200);
        assert_eq!(ask(at[1], "GET", "/api/orders", SOON).await.unwrap().0, 503);
        assert_eq!(ask(at[2], "GET", "/api/orders", SOON).await.unwrap().0, 502);
        assert_eq!(ask(at[2], "GET", "/ready", SOON).await.unwrap().0, 503);
    }

    #[tokio::test]
    async fn a_service_whose_needed_one_is_gone_is_not_ready() {
        let (at, mut servers) = chain(Fault::None).await;
        servers.shutdown().await;
        let spec = ServiceSpec {
            role: Role::Api,
            environment: "stage".to_owned(),
            version: "1.5.0".to_owned(),
            port: 0,
            needed: Some(at[0]),
            seed: 1,
            speed: 1,
            fault: Fault::None,
            warm: true,
        };
        let asked = Request { method: "GET".to_owned(), path: "/ready".to_owned(), query: String::new() };
        assert_eq!(Service::new(spec).respond(asked).await.status, 503);
    }
}
