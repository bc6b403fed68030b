//! Are we offline? Targets that have nothing to do with each other do not fail at the same moment by themselves.
//!
//! While we are, a failed sample is no data, not bad. Only a silence counts (no answer in time, an unknown name): who is
//! refused was reached. Only targets beyond this computer count, and each neighbourhood once, that is a domain or a
//! stretch of addresses: the services of one release fail together for real.

use std::collections::BTreeMap;
use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use crate::checklist::check::Check;

/// Fewer neighbourhoods than this may well fail together.
pub const NEIGHBOURHOODS_MIN: usize = 3;
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
    /// A host was looked at. `reached`: anything came back, however bad; a 500 was reached, and so was a refusal.
    pub fn note(&mut self, host: &str, at: DateTime<Utc>, reached: bool) {
        if is_local(host) || self.hosts.len() >= HOSTS_MAX && !self.hosts.contains_key(host) {
            return;
        }
        self.hosts.insert(host.to_owned(), (at, reached));
    }
    /// Are we offline at this moment?
    pub fn is_offline(&self, at: DateTime<Utc>) -> bool {
        let now = |time: DateTime<Utc>| at.signed_duration_since(time).abs() <= MOMENT;
        let mut looked: BTreeMap<String, bool> = BTreeMap::new();
        for (host, (_, reached)) in self.hosts.iter().filter(|(_, (time, _))| now(*time)) {
            *looked.entry(neighbourhood(host)).or_default() |= reached;
        }
        let lost = looked.values().filter(|reached| !**reached).count();
        looked.len() >= NEIGHBOURHOODS_MIN && lost * 2 >= looked.len()
    }
}

/// What a host stands or falls with: of a name its last two parts, of an address its network, all private ones are one.
/// Too coarse is the safe side: then we look offline too seldom, and an outage is never explained away.
fn neighbourhood(host: &str) -> String {
    if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
        let (near, network) = match address {
            IpAddr::V4(address) => {
                let [first, second, ..] = address.octets();
                (address.is_private() || address.is_link_local(), format!("{first}.{second}"))
            }
            IpAddr::V6(address) => {
                let [first, second, ..] = address.segments();
                let near = address.is_unique_local() || address.is_unicast_link_local();
                (near, format!("{first:x}:{second:x}"))
            }
        };
        return if near { "private".to_owned() } else { network };
    }
    let mut parts = host.trim_end_matches('.').rsplit('.');
    match (parts.next(), parts.next()) {
        (Some(last), Some(before)) => format!("{before}.{last}").to_ascii_lowercase(),
        // A name without a dot is of this network.
        _ => "private".to_owned(),
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
        let two_of_four = [("a.fr", 0, false), ("b.fr", 1, false), ("c.fr", 1, true), ("d.fr", 2, true)];
        assert!(seen(&two_of_four).is_offline(at(3)));
        assert!(!seen(&two_of_four).is_offline(at(300)), "that was long ago");
        assert!(
            !seen(&[("a.fr", 0, false), ("c.fr", 1, true), ("d.fr", 2, true)]).is_offline(at(3)),
            "one of three is theirs"
        );
        assert!(!seen(&[("a.fr", 0, false), ("b.fr", 0, false)]).is_offline(at(1)), "two may fail together");
    }

    #[test]
    fn what_stands_or_falls_together_counts_once_and_this_computer_not_at_all() {
        let same = ["api.shop.fr", "docs.shop.fr", "Mail.SHOP.fr", "shop.fr."].map(|host| (host, 0, false));
        assert!(!seen(&same).is_offline(at(3)), "one domain");
        let inside = ["10.0.0.1", "192.168.1.9", "db", "[fd00::1]"].map(|host| (host, 0, false));
        assert!(!seen(&inside).is_offline(at(3)), "one network");
        let near = ["93.184.1.1", "93.184.2.2", "93.184.9.9"].map(|host| (host, 0, false));
        assert!(!seen(&near).is_offline(at(3)), "one stretch of addresses");
        let apart = ["93.184.1.1", "[2001:db8::1]", "shop.fr"].map(|host| (host, 0, false));
        assert!(seen(&apart).is_offline(at(3)));
        let one_answers =
            [("api.a.fr", 0, false), ("www.a.fr", 0, true), ("b.de", 0, true), ("c.it", 0, false)];
        assert!(!seen(&one_answers).is_offline(at(3)), "one sibling that answers is enough");
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
