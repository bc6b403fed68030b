//! What may go wrong with an answer, by order: silence, delay, refusal, nonsense, a stream that stops or is cut.
//!
//! Not here: a socket that vanishes and a daemon that is another one (`server.rs`), a wrong clock (`sim_clock.rs`).

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use hyper::body::Bytes;

use super::endpoint::Endpoint;
use super::reply::{Bits, Reply, ReplyBody};

/// One thing that goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not even headers.
    Hang,
    /// The headers, this many bytes, then nothing; the connection stays open.
    HangAfter(usize),
    /// The headers, this many bytes, then the connection is cut.
    CutAfter(usize),
    /// The answer comes this much later.
    Slow(Duration),
    /// This status and message instead.
    Refuse(u16, String),
    /// JSON that ends in the middle, in an answer that does not.
    BadJson,
    /// A word of the API that nobody knows, in place of each `"running"`.
    UnknownWord(String),
}

/// Where it goes wrong, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRule {
    /// None: everywhere.
    pub on: Option<Endpoint>,
    /// What happens.
    pub fault: Fault,
    /// To so many requests; none: to all, until it is cleared.
    pub times: Option<u32>,
}

/// What goes wrong now; clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Vec<FaultRule>>>);

impl Faults {
    /// From now on this goes wrong too; the newest rule that fits a request strikes.
    pub fn add(&self, on: Option<Endpoint>, fault: Fault) {
        self.lock().push(FaultRule { on, fault, times: None });
    }

    /// This goes wrong so many times.
    pub fn add_times(&self, times: u32, on: Option<Endpoint>, fault: Fault) {
        self.lock().push(FaultRule { on, fault, times: Some(times) });
    }

    /// Nothing goes wrong any more. What hangs stays hung.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// What happens to a request of this kind.
    pub(crate) fn strike(&self, endpoint: Endpoint) -> Option<Fault> {
        if endpoint == Endpoint::Counts {
            return None;
        }
        let mut rules = self.lock();
        let fits = |rule: &FaultRule| rule.on.is_none_or(|on| on == endpoint) && rule.times != Some(0);
        let rule = rules.iter_mut().rev().find(|rule| fits(rule))?;
        if let Some(times) = &mut rule.times {
            *times -= 1;
        }
        Some(rule.fault.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<FaultRule>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fault {
    /// The answer as it goes wrong; silence never comes back.
    pub(crate) async fn spoil(self, reply: Reply) -> Reply {
        match self {
            Self::Hang => std::future::pending().await,
            Self::Slow(by) => {
                tokio::time::sleep(by).await;
                reply
            }
            Self::Refuse(status, message) => Reply::error(status, &message),
            Self::HangAfter(bytes) => ended(reply, bytes, stream::pending().boxed()),
            Self::CutAfter(bytes) => {
                let cut = io::Error::new(io::ErrorKind::ConnectionReset, "cut by order");
                ended(reply, bytes, stream::once(async { Err(cut) }).boxed())
            }
            Self::BadJson => match reply.body {
                ReplyBody::Whole(text) => {
                    let half = text.slice(..text.len() / 2);
                    Reply { body: ReplyBody::Whole(half), ..reply }
                }
                ReplyBody::Bits(length, bits) => {
                    let nonsense = stream::once(async { Ok(Bytes::from_static(b"{\"half\":\n")) });
                    Reply { body: ReplyBody::Bits(length, nonsense.chain(bits).boxed()), ..reply }
                }
            },
            Self::UnknownWord(word) => match reply.body {
                ReplyBody::Whole(text) => {
                    let told = String::from_utf8_lossy(&text);
                    let told = told.replace("\"running\"", &format!("\"{word}\""));
                    Reply { body: ReplyBody::Whole(told.into_bytes().into()), ..reply }
                }
                ReplyBody::Bits(..) => reply,
            },
        }
    }
}

/// So many bytes of it, then `then`.
fn ended(reply: Reply, most: usize, then: Bits) -> Reply {
    let (length, bits) = match reply.body {
        ReplyBody::Whole(text) => (Some(text.len()), stream::once(async { Ok(text) }).boxed()),
        ReplyBody::Bits(length, bits) => (length, bits),
    };
    let first = bits.scan(most, |left, bit| {
        let now = match bit {
            Ok(bytes) if *left > 0 => {
                let now = bytes.slice(..bytes.len().min(*left));
                *left -= now.len();
                Some(Ok(now))
            }
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        };
        std::future::ready(now)
    });
    Reply { body: ReplyBody::Bits(length, first.chain(then).boxed()), ..reply }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(reply: Reply) -> String {
        let bytes = match reply.body {
            ReplyBody::Whole(text) => text.to_vec(),
            ReplyBody::Bits(_, bits) => {
                bits.take_while(|bit| std::future::ready(bit.is_ok()))
                    .map(|bit| bit.unwrap().to_vec())
                    .concat()
                    .await
            }
        };
        String::from_utf8(bytes).unwrap()
    }

    fn reply() -> Reply {
        Reply::json(&serde_json::json!([{ "State": "running" }]))
    }

    #[test]
    fn the_newest_rule_that_fits_strikes_as_often_as_it_says() {
        let faults = Faults::default();
        faults.add(None, Fault::Hang);
        faults.add_times(1, Some(Endpoint::List), Fault::BadJson);
        assert_eq!(faults.strike(Endpoint::List), Some(Fault::BadJson));
        assert_eq!(faults.strike(Endpoint::List), Some(Fault::Hang));
        assert_eq!(faults.strike(Endpoint::Counts), None, "who counts is never in the way");
        faults.clear();
        assert_eq!(faults.strike(Endpoint::List), None);
    }

    #[tokio::test]
    async fn each_fault_spoils_in_its_own_way() {
        assert_eq!(text(Fault::CutAfter(5).spoil(reply()).await).await, "[{\"St");
        assert_eq!(text(Fault::BadJson.spoil(reply()).await).await, "[{\"State\":\"");
        let strange = Fault::UnknownWord("levitating".into()).spoil(reply()).await;
        assert_eq!(text(strange).await, "[{\"State\":\"levitating\"}]\n");
        let refused = Fault::Refuse(503, "busy".into()).spoil(reply()).await;
        assert_eq!(refused.status, 503);
        assert_eq!(text(refused).await, "{\"message\":\"busy\"}\n");
        let hung = Fault::HangAfter(2).spoil(reply()).await;
        let ReplyBody::Bits(Some(22), mut bits) = hung.body else { panic!("a promised length") };
        assert_eq!(bits.next().await.unwrap().unwrap(), Bytes::from_static(b"[{"));
        let more = tokio::time::timeout(Duration::from_millis(20), bits.next()).await;
        assert!(more.is_err(), "nothing more, and no end");
        let late = tokio::time::timeout(Duration::from_millis(20), Fault::Hang.spoil(reply())).await;
        assert!(late.is_err());
    }
}
