//! Values as people write them: times, addresses and networks. What could never work is refused with
//! the reason and an example, and what means the same is taken as the same.
//!
//! This file does not know which setting a value is for.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::time::Duration;

use ipnet::{IpNet, Ipv4Net};
use jiff::{Error, Span, SpanRelativeTo};

/// The longest time that is taken: nobody waits for longer, and clocks can add it to now.
const YEARS_MAX: u32 = 100;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Of 365.25 days.
const YEAR: Duration = Duration::from_secs(31_557_600);
/// Of 30.44 days.
const MONTH: Duration = Duration::from_secs(2_630_016);

/// A time with its unit.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    let told =
        |why: &str| format!("{why}; a time is like 30s, 5m or 90d, and {YEARS_MAX} years at most");
    let span: Span = text.trim().parse().map_err(|error: Error| told(&error.to_string()))?;
    let years = YEAR * u32::try_from(span.get_years()).unwrap_or_default();
    let months = MONTH * u32::try_from(span.get_months()).unwrap_or_default();
    let rest = span.years(0).months(0).to_duration(SpanRelativeTo::days_are_24_hours());
    let rest = rest.and_then(Duration::try_from).map_err(|error| told(&error.to_string()))?;
    let time = rest.saturating_add(years).saturating_add(months);
    if span.is_negative() || time > 366 * DAY * YEARS_MAX {
        return Err(told("nothing takes so long"));
    }
    Ok(time)
}

/// An address to listen on. The name of a machine is looked up; IPv4 comes first, since that is
/// where programs that know only one look for it.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    const EXAMPLES: &str = "write an address and a port, like 127.0.0.1:8080 for this machine \
                            alone, or 0.0.0.0:8080 or [::]:8080 for every network that it is in";
    let text = text.trim();
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let Some((host, port)) = text.rsplit_once(':') else {
        return Err(format!("there is no port; {EXAMPLES}"));
    };
    if text.contains('/') {
        return Err(format!("this is the address of a page; {EXAMPLES}"));
    }
    let port: u16 = port.parse().map_err(|_| format!("{port:?} is no port; {EXAMPLES}"))?;
    if matches!(host, "" | "*") {
        return Err(format!("there is no address before the port; {EXAMPLES}"));
    }
    if host.contains(':') {
        return Err(format!("an IPv6 address stands in brackets; {EXAMPLES}"));
    }
    let found = (host, port).to_socket_addrs();
    let found =
        found.map_err(|error| format!("no address of {host:?} is known ({error}); {EXAMPLES}"))?;
    let found: Vec<_> = found.collect();
    let first = found.iter().find(|address| address.is_ipv4()).or(found.first());
    first.copied().ok_or_else(|| format!("{host:?} has no address; {EXAMPLES}"))
}

/// A network, or one address. Those who connect by IPv4 are known by that, so a network of IPv4 is
/// one, however it is written.
pub(super) fn network(text: &str) -> Result<IpNet, String> {
    const EXAMPLES: &str = "write a network, like 10.0.0.0/8, or the address of one proxy";
    let text = text.trim();
    let network: Result<IpNet, _> = text.parse();
    let network = network.or_else(|_| text.parse().map(IpNet::from as fn(IpAddr) -> IpNet));
    let network =
        network.map_err(|_| format!("this is neither network nor address; {EXAMPLES}"))?;
    let network = match network {
        IpNet::V6(mapped) => mapped
            .addr()
            .to_ipv4_mapped()
            .zip(mapped.prefix_len().checked_sub(96))
            .and_then(|(address, length)| Ipv4Net::new(address, length).ok())
            .map_or(network, IpNet::from),
        IpNet::V4(_) => network,
    };
    if network.prefix_len() == 0 {
        let why = "everybody would be a proxy, and no limit would count for any address";
        return Err(format!("{why}; {EXAMPLES}"));
    }
    Ok(network.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_as_people_write_it_or_refused_with_an_example() {
        for (text, address) in [
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            (" 0.0.0.0:80 ", "0.0.0.0:80"),
            ("[::1]:8080", "[::1]:8080"),
            ("localhost:8080", "127.0.0.1:8080"),
        ] {
            assert_eq!(super::address(text).unwrap().to_string(), address);
        }
        for (text, why) in [
            (":8080", "no address"),
            ("*:8080", "no address"),
            ("8080", "no port"),
            ("127.0.0.1", "no port"),
            ("localhost:", "is no port"),
            ("localhost:http", "is no port"),
            ("127.0.0.1:65536", "is no port"),
            ("http://127.0.0.1:8080", "of a page"),
            ("::1:8080", "in brackets"),
            ("no such host:8080", "no address of"),
        ] {
            let told = super::address(text).unwrap_err();
            assert!(told.contains(why) && told.contains("127.0.0.1:8080"), "{text}: {told}");
        }
    }

    #[test]
    fn a_network_is_one_however_it_is_written() {
        for (text, network) in [
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("10.1.2.3", "10.1.2.3/32"),
            ("::1", "::1/128"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("::ffff:10.0.0.1", "10.0.0.1/32"),
            ("2001:db8::1/32", "2001:db8::/32"),
        ] {
            assert_eq!(super::network(text).unwrap().to_string(), network);
        }
        for bad in ["0.0.0.0/0", "::/0", "::ffff:0:0/96", "10.0.0.0/33", "10.0.0", "proxy", ""] {
            assert!(super::network(bad).unwrap_err().contains("10.0.0.0/8"), "{bad}");
        }
    }

    #[test]
    fn a_time_has_a_unit_and_an_end() {
        assert_eq!(time(" 90d "), Ok(Duration::from_secs(90 * 24 * 60 * 60)));
        assert_eq!(time("1d 2h"), Ok(Duration::from_secs(26 * 60 * 60)));
        assert_eq!(time("2w"), Ok(14 * DAY));
        assert_eq!(time("1y 1month"), Ok(YEAR + MONTH));
        for (text, why) in [
            ("soon", "like 30s"),
            ("30", "like 30s"),
            ("-1s", "like 30s"),
            ("101y", "100 years"),
            ("300000000000y", "100 years"),
        ] {
            let told = time(text).unwrap_err();
            assert!(told.contains(why), "{text}: {told}");
        }
    }
}
