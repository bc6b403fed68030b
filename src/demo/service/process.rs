//! The hidden `gonogo demo-service` process: boots, listens on loopback, answers, works, and ends when it is told to.
//!
//! Its standard input is a pipe held by the world: at its end the world is gone, also after `kill -9`, and so is this
//! process. Not here: what it answers (`answers.rs`).

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::answers::{Service, ServiceSpec};
use super::http::serve;
use super::log_line::Grave;
use super::role::Role;
use super::routine::work;
use crate::demo::rehearsal::{Fault, SPEED_MAX};
use crate::runtime::clock::Stopwatch;

/// How long a new process tries to get the port its forerunner has just left.
const PORT_WITHIN: Duration = Duration::from_secs(5);
/// Between two tries.
const PORT_EVERY: Duration = Duration::from_millis(20);
/// What stands before the address in the line that says that it listens; the world reads it.
pub const LISTENS: &str = "listening on ";

/// Runs one service until its standard input ends, or somebody asks it to end. Exit code: 0 asked, 1 it failed.
pub fn run(spec: ServiceSpec) -> ExitCode {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return ExitCode::FAILURE;
    };
    let code = runtime.block_on(ended(Arc::new(Service::new(spec))));
    // The read of standard input may wait for ever.
    runtime.shutdown_background();
    code
}

async fn ended(service: Arc<Service>) -> ExitCode {
    let Ok(mut asked) = signal(SignalKind::terminate()) else { return ExitCode::FAILURE };
    tokio::select! {
        code = live(&service) => code,
        () = forsaken() => ExitCode::SUCCESS,
        _asked = asked.recv() => {
            service.log(Grave::Info, "asked to end, shutting down", &[]);
            ExitCode::SUCCESS
        }
    }
}

/// Waits until nobody holds our standard input any more.
pub async fn forsaken() {
    let read = || std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
    let _ended = tokio::task::spawn_blocking(read).await;
}

async fn live(service: &Arc<Service>) -> ExitCode {
    let spec = &service.spec;
    service.log(
        Grave::Info,
        &format!("{} {} starts", spec.role, spec.version),
        &[("env", json!(spec.environment))],
    );
    if !spec.warm {
        tokio::time::sleep(boots(spec.role) / spec.speed.clamp(1, SPEED_MAX)).await;
    }
    if spec.fault == Fault::Crash {
        service.log(Grave::Error, "PAYMENT_API_KEY is not set in this environment; giving up", &[]);
        return ExitCode::FAILURE;
    }
    let listener = match listen(spec.port).await {
        Ok(listener) => listener,
        Err(why) => {
            service.log(Grave::Error, &format!("cannot listen on port {}: {why}", spec.port), &[]);
            return ExitCode::FAILURE;
        }
    };
    if let Ok(at) = listener.local_addr() {
        service.log(Grave::Info, &format!("{LISTENS}{at}"), &[]);
    }
    tokio::join!(serve(listener, Arc::clone(service)), work(service));
    ExitCode::FAILURE
}

/// How long a service takes to boot, at speed 1.
fn boots(role: Role) -> Duration {
    Duration::from_millis(match role {
        Role::Db => 300,
        Role::Api => 1_200,
        Role::Worker => 600,
        Role::Web => 800,
    })
}

async fn listen(port: u16) -> std::io::Result<TcpListener> {
    let watch = Stopwatch::start();
    loop {
        match TcpListener::bind(("127.0.0.1", port)).await {
            Err(_taken) if watch.elapsed() < PORT_WITHIN => tokio::time::sleep(PORT_EVERY).await,
            bound => return bound,
        }
    }
}
