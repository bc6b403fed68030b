//! Are we offline? Targets that have nothing to do with each other do not fail at the same moment by themselves.
//!
//! While we are, a failed sample is no data, not bad. Only failures of the network count (refused, timeout, name
//! unknown), only targets beyond this computer, and each host once: services of one release fail together for real.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::checklist::check::Check;

/// Fewer hosts than this may well fail together.
pub const HOSTS_MIN: usize = 3;
/// Looks further apart than this do not count as one moment: a sampling interval and a timeout.
pub const MOMENT: TimeDelta = TimeDelta::seconds(40);
/// Hosts that are remembered; a checklist names a handful.
const HOSTS_MAX: usize = 256;

/// The newest look at each host.
#[derive(Clone, Debug, Default)]
pub struct Sight {
    hosts: BTreeMap<String, (DateTime<Utc>, bool)>,
}

impl Sight {
    /// A host was looked at. `reached`: anything came back, however bad; a 500 was reached.
    pub fn note(&mut self, host: &str, at: DateTime<Utc>, reached: bool) {
        if is_local(host) || self.hosts.len() >= HOSTS_MAX && !self.hosts.contains_key(host) {
            return;
        }
        self.hosts.insert(host.to_owned(), (at, reached));
    }
    /// Are we offline at this moment?
    pub fn is_offline(&self, at: DateTime<Utc>) -> bool {
        let now = |time: DateTime<Utc>| at.signed_duration_since(time).abs() <= MOMENT;
        let looked: Vec<bool> =
            self.hosts.values().filter(|(time, _)| now(*time)).map(|(_, reached)| *reached).collect();
        let lost = looked.iter().filter(|reached| !**reached).count();
        looked.len() >= HOSTS_MIN && lost * 2 >= looked.len()
    }
}

/// The host a filled check asks; none: it asks none over the network.
pub fn host_of(check: &Check) -> Option<String> {
    let target = match check {
        Check::Http(http) => http.url.as_written(),
        Check::Tcp(tcp) => tcp.target.as_written(),
        Check::Command(_) | Check::Containers(_) => return None,
    };
    let after = target.split_once("://").map_or(target, |(_, rest)| rest);
    let authority = after.split(['/', '?', '#']).next().unwrap_or_default();
    let named = authority.rsplit('@').next().unwrap_or_default();
    let host = match named.split_once(']') {
        Some((bracketed, _)) => format!("{bracketed}]"),
        None => named.split(':').next().unwrap_or_default().to_owned(),
    };
    (!host.is_empty()).then_some(host)
}

/// This computer itself: reaching it says nothing about the network.
fn is_local(host: &str) -> bool {
    host == "localhost" || host.starts_with("127.") || host == "::1" || host == "[::1]" || host.is_empty()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::{Sight, host_of};
    use crate::checklist::check::{Check, HttpCheck, TcpCheck};
    use crate::checklist::template::Template;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn seen(hosts: &[(&str, i64, bool)]) -> Sight {
        let mut sight = Sight::default();
        for (host, seconds, reached) in hosts {
            sight.note(host, at(*seconds), *reached);
        }
        sight
    }

    #[test]
    fn half_of_unrelated_hosts_at_once_is_us() {
        let two_of_four = [("a", 0, false), ("b", 1, false), ("c", 1, true), ("d", 2, true)];
        assert!(seen(&two_of_four).is_offline(at(3)));
        assert!(!seen(&two_of_four).is_offline(at(300)), "that was long ago");
        assert!(
            !seen(&[("a", 0, false), ("c", 1, true), ("d", 2, true)]).is_offline(at(3)),
            "one of three is theirs"
        );
        assert!(!seen(&[("a", 0, false), ("b", 0, false)]).is_offline(at(1)), "two may fail together");
    }

    #[test]
    fn one_host_counts_once_and_this_computer_not_at_all() {
        let same = [("a", 0, false), ("a", 1, false), ("a", 2, false), ("b", 2, true)];
        assert!(!seen(&same).is_offline(at(3)));
        let local = [("127.0.0.1", 0, false), ("localhost", 0, false), ("[::1]", 0, false)];
        assert!(!seen(&local).is_offline(at(1)));
    }

    #[test]
    fn the_host_of_a_check_is_its_name_without_user_port_and_path() {
        let http =
            |url: &str| Check::Http(Box::new(HttpCheck { url: Template::new(url), ..HttpCheck::default() }));
        let tcp =
            |target: &str| Check::Tcp(TcpCheck { target: Template::new(target), ..TcpCheck::default() });
        for (check, host) in [
            (http("https://ann@shop.example:8443/ready?x=a/b"), Some("shop.example")),
            (http("http://[::1]:80/"), Some("[::1]")),
            (http("http://shop.example?x"), Some("shop.example")),
            (tcp("db.example:5432"), Some("db.example")),
            (tcp("[fe80::1]:22"), Some("[fe80::1]")),
            (http(""), None),
        ] {
            assert_eq!(host_of(&check).as_deref(), host);
        }
    }
}
