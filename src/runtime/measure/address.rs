//! Which address of a host is measured: one, the first, and never a link-local or metadata one.
//!
//! One address, one attempt: a silent fall-back from IPv6 to IPv4 would let half a service pass.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Why there is no address.
#[derive(Debug, PartialEq)]
pub(in crate::runtime) enum NoAddress {
    /// The name is not known: the thing under test has no address.
    Unknown(String),
    /// Nothing may be fetched from there.
    Forbidden(IpAddr),
}

/// The metadata services of clouds outside the link-local ranges.
const METADATA: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// The first address of a host.
pub(in crate::runtime) async fn first(host: &str, port: u16) -> Result<SocketAddr, NoAddress> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let mut found = tokio::net::lookup_host((bare, port))
        .await
        .map_err(|error| NoAddress::Unknown(format!("the name {host} is not known: {error}")))?;
    let address =
        found.next().ok_or_else(|| NoAddress::Unknown(format!("the name {host} has no address")))?;
    if is_forbidden(address.ip()) { Err(NoAddress::Forbidden(address.ip())) } else { Ok(address) }
}

fn is_forbidden(ip: IpAddr) -> bool {
    let link_local = match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    link_local || METADATA.contains(&ip.to_canonical())
}

impl NoAddress {
    /// In words, for a refused address.
    pub(in crate::runtime) fn forbidden_words(ip: IpAddr) -> String {
        format!("{ip} is a link-local or metadata address; gonogo fetches nothing from there")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trap_4_link_local_and_metadata_addresses_are_refused() {
        for ip in ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "100.100.100.200", "fd00:ec2::254"]
        {
            assert!(is_forbidden(ip.parse().unwrap()), "{ip}");
        }
        for ip in ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "93.184.216.34"] {
            assert!(!is_forbidden(ip.parse().unwrap()), "{ip}");
        }
    }
}
