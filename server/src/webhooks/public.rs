//! Which addresses anybody may be sent to: those that mean the same machine everywhere on the internet.
//!
//! A receiver is named by whoever runs it, and its name may lead anywhere: to the server's own machine or network, or
//! to what a cloud tells its machines. This file does not know names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks of IPv4 that are not public, with the length of their prefix (IANA's registry of special addresses).
const NOT_PUBLIC_4: [(Ipv4Addr, u32); 15] = [
    // This network, and no address.
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    // Private.
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    // Shared, behind a provider's NAT.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    // Loopback.
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Link-local, where clouds tell machines their secrets.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    // For protocols.
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    // For documentation.
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    // Relays of 6to4.
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    // For benchmarks.
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    // Multicast.
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    // Reserved, and broadcast.
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Where the public addresses of IPv6 are. Outside are loopback, IPv4 within IPv6 (mapped, compatible, and what NAT64
/// makes of it), unique local, link-local and site-local addresses, and multicast.
const PUBLIC_6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
/// What is not public within that.
const NOT_PUBLIC_6: [(Ipv6Addr, u32); 4] = [
    // For protocols: Teredo, which leads to any address of IPv4, and benchmarks among others.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    // For documentation.
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    // 6to4, which leads to any address of IPv4.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
];

/// Whether an address is a machine's on the internet.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !NOT_PUBLIC_4.iter().any(|it| is_in_4(address, *it)),
        IpAddr::V6(address) => {
            is_in_6(address, PUBLIC_6) && !NOT_PUBLIC_6.iter().any(|it| is_in_6(address, *it))
        }
    }
}

fn is_in_4(address: Ipv4Addr, (network, prefix): (Ipv4Addr, u32)) -> bool {
    (address.to_bits() ^ network.to_bits()).leading_zeros() >= prefix
}

fn is_in_6(address: Ipv6Addr, (network, prefix): (Ipv6Addr, u32)) -> bool {
    (address.to_bits() ^ network.to_bits()).leading_zeros() >= prefix
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Addresses, several on a line.
    const PUBLIC: &[&str] = &[
        "1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255",
        "128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255",
        "192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0",
        "198.51.99.255 203.0.114.0 223.255.255.255 2000::1 2001:200::1 2001:db7::1",
        "2001:db9::1 2003::1 2606:4700:4700::1111 3ffe::1 3fff:1000::1",
    ];

    /// The same.
    const NOT_PUBLIC: &[&str] = &[
        // Nowhere, loopback, private, shared, link-local.
        "0.0.0.0 0.1.2.3 127.0.0.1 127.255.255.255 10.0.0.1 10.255.255.255 172.16.0.1",
        "172.31.255.255 192.168.0.1 100.64.0.1 100.127.255.255 169.254.169.254",
        // Protocols, documentation, benchmarks, multicast, reserved, broadcast.
        "192.0.0.1 192.0.2.1 198.51.100.1 203.0.113.1 192.88.99.1 198.18.0.1",
        "198.19.255.255 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255",
        // The same in IPv6.
        ":: ::1 fc00::1 fd12:3456::1 fe80::1 febf::1 fec0::1 ff02::1 ff0e::1 2001:db8::1",
        "3fff::1 3fff:fff::1 100::1 2001:2::1 2001:10::1 2001:20::1 5f00::1 4000::1",
        // Addresses of IPv4 within it: mapped, compatible, NAT64, 6to4, Teredo; also public ones.
        "::ffff:127.0.0.1 ::ffff:1.1.1.1 ::127.0.0.1 ::1.1.1.1 64:ff9b::7f00:1",
        "64:ff9b::101:101 64:ff9b:1::1 2002:7f00:1::1 2002:101:101::1 2001:0:7f00:1::1",
    ];

    #[test]
    fn only_what_anybody_reaches_is_public() {
        let of = |text: &str| is_public(text.parse().unwrap());
        let all = |lines: &'static [&str]| lines.iter().flat_map(|line| line.split(' '));
        assert_eq!(all(PUBLIC).find(|it| !of(it)), None);
        assert_eq!(all(NOT_PUBLIC).find(|it| of(it)), None);
    }
}
