//! What the services write: each in the form its kind of program uses. JSON, logfmt, an access log, a database's log.
//!
//! Pure. Not here: when something is written (`answers.rs`, `routine.rs`).

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::role::Role;

/// How grave a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grave {
    /// As it should be.
    Info,
    /// Worth a look.
    Warn,
    /// Something failed.
    Error,
}

/// Facts beside a line's words.
pub type Facts<'a> = &'a [(&'a str, Value)];

impl Grave {
    fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// A line in the form of that service's program, without its end.
pub fn line(role: Role, at: DateTime<Utc>, grave: Grave, words: &str, facts: Facts<'_>) -> String {
    match role {
        Role::Api => as_json(at, grave, words, facts),
        Role::Worker => as_logfmt(at, grave, words, facts),
        Role::Web => {
            let more = beside(facts, ", ", ": ");
            format!("{} [{}] 1#1: {words}{more}", at.format("%Y/%m/%d %H:%M:%S"), grave.word())
        }
        Role::Db => {
            let level = match grave {
                Grave::Info => "LOG",
                Grave::Warn => "WARNING",
                Grave::Error => "ERROR",
            };
            let more = beside(facts, " ", "=");
            format!("{} UTC [1] {level}:  {words}{more}", at.format("%Y-%m-%d %H:%M:%S%.3f"))
        }
    }
}

/// A line of the web's access log: who asked for what, and how long it took.
pub fn access(at: DateTime<Utc>, path: &str, status: u16, bytes: usize, took_ms: u64) -> String {
    let when = at.format("%d/%b/%Y:%H:%M:%S +0000");
    let took = format!("{}.{:03}", took_ms / 1_000, took_ms % 1_000);
    format!("127.0.0.1 - - [{when}] \"GET {path} HTTP/1.1\" {status} {bytes} \"-\" \"shop-app/7.2\" {took}")
}

/// What a program prints when it gives up in the middle of something: several lines that belong together.
pub fn stack_trace(in_use: u32) -> [String; 6] {
    [
        "Traceback (most recent call last):".to_owned(),
        "  File \"/app/shop/orders.py\", line 88, in list_orders".to_owned(),
        "    with pool.connection(timeout=2) as db:".to_owned(),
        "  File \"/app/shop/pool.py\", line 141, in connection".to_owned(),
        "    raise PoolTimeout(self.in_use, self.size)".to_owned(),
        format!("shop.pool.PoolTimeout: no connection free after 2 s ({in_use} of 40 in use)"),
    ]
}

fn as_json(at: DateTime<Utc>, grave: Grave, words: &str, facts: Facts<'_>) -> String {
    let mut line = json!({
        "ts": at.to_rfc3339_opts(SecondsFormat::Millis, true),
        "level": grave.word(),
        "msg": words,
    });
    if let Some(table) = line.as_object_mut() {
        table.extend(facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    }
    line.to_string()
}

fn as_logfmt(at: DateTime<Utc>, grave: Grave, words: &str, facts: Facts<'_>) -> String {
    let ts = at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let more = beside(facts, " ", "=");
    format!("ts={ts} level={} msg=\"{words}\"{more}", grave.word())
}

/// The facts, each behind `before`, its name and value with `between` between them.
fn beside(facts: Facts<'_>, before: &str, between: &str) -> String {
    facts.iter().fold(String::new(), |all, (name, value)| all + before + name + between + &plain(value))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_writes_as_its_kind_of_program_does() {
        let at = DateTime::from_timestamp(1_700_000_000, 123_000_000).unwrap();
        let told =
            |role| line(role, at, Grave::Error, "no answer", &[("order", json!(7)), ("by", json!("db"))]);
        assert_eq!(
            told(Role::Worker),
            "ts=2023-11-14T22:13:20.123Z level=error msg=\"no answer\" order=7 by=db"
        );
        assert_eq!(told(Role::Web), "2023/11/14 22:13:20 [error] 1#1: no answer, order: 7, by: db");
        assert_eq!(told(Role::Db), "2023-11-14 22:13:20.123 UTC [1] ERROR:  no answer order=7 by=db");
        let json: Value = serde_json::from_str(&told(Role::Api)).unwrap();
        assert_eq!((&json["level"], &json["order"]), (&json!("error"), &json!(7)));
        assert!(access(at, "/", 200, 12, 1_004).ends_with("200 12 \"-\" \"shop-app/7.2\" 1.004"));
    }
}
