//! Who may connect: how many connections there are, in all and from each address, and how fast an
//! address opens new ones.
//!
//! This file does not know sockets, HTTP, or what happens inside.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ipnet::IpNet;

use crate::config::Limits;
use crate::limits::network::network;
use crate::limits::rate::{Quota, Rate};
use crate::limits::remembered::Remembered;
use crate::monitoring::metrics::TurnedAway;

/// Addresses remembered besides those that hold a connection: a few MiB. When there are more, those
/// that owe nothing are forgotten, and if that is not enough, all that hold none.
const ADDRESSES_MAX: usize = 64 * 1024;

/// Stands for everybody of whom a proxy says nothing that is an address. Nobody has this one.
const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Counts everybody who comes and goes.
#[derive(Debug)]
pub(crate) struct ConnectionLimiter {
    connections_max: usize,
    address_connections: usize,
    address_quota: Quota,
    trusted: Vec<IpNet>,
    open: Arc<AtomicUsize>,
    /// Those who are not counted by address: this machine, and proxies.
    uncounted: Arc<Address>,
    addresses: Remembered<IpAddr, Address>,
    began: Instant,
}

#[derive(Debug)]
struct Address {
    connections: AtomicUsize,
    opened: Rate,
    /// All connections of all addresses.
    open: Arc<AtomicUsize>,
}

/// One connection that was let in; given back when dropped.
#[derive(Debug)]
pub(crate) struct Permit(Arc<Address>);

/// Why somebody was not let in, and when to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rejected {
    pub(crate) why: TurnedAway,
    pub(crate) retry_after: Duration,
}

impl ConnectionLimiter {
    pub(crate) fn new(limits: &Limits) -> Self {
        let any = |limit| if limit == 0 { usize::MAX } else { limit };
        let open = Arc::new(AtomicUsize::new(0));
        ConnectionLimiter {
            connections_max: any(limits.connections_max),
            address_connections: any(limits.address_connections as usize),
            address_quota: Quota::per_minute(limits.address_rate),
            trusted: limits.trust_proxy.clone(),
            uncounted: Arc::new(Address::new(&open)),
            open,
            addresses: Remembered::default(),
            began: Instant::now(),
        }
    }

    /// Connections at the moment.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Lets a socket in. Who comes from a proxy is counted when it is known who that is.
    pub(crate) fn enter(&self, peer: IpAddr) -> Result<Permit, Rejected> {
        if self.open() >= self.connections_max {
            // Somebody leaves every few seconds where there are so many.
            return Err(Rejected { why: TurnedAway::Full, retry_after: Duration::from_secs(5) });
        }
        let peer = peer.to_canonical();
        let address = if self.counts(peer) { self.admit(peer)? } else { self.uncounted.clone() };
        Ok(Permit::new(address))
    }

    /// The same connection turns out to be somebody's behind a proxy: from now on it counts as
    /// theirs.
    pub(crate) fn enter_as(&self, permit: &mut Permit, client: IpAddr) -> Result<(), Rejected> {
        let client = client.to_canonical();
        if self.counts(client) {
            *permit = Permit::new(self.admit(client)?);
        }
        Ok(())
    }

    /// Who a request comes from, if a proxy that is trusted says so: the last in the list whom we
    /// do not trust. What stands before that one, anybody may have written, and it need not be text.
    /// All whom a proxy brings without saying from where are one address together: [`UNKNOWN`].
    pub(crate) fn client<'a>(
        &self,
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a [u8]>,
    ) -> Option<IpAddr> {
        if !self.is_trusted(peer) {
            return None;
        }
        let hops = forwarded.rev().flat_map(|line| line.rsplit(|byte| *byte == b','));
        let mut clients = hops.map(|hop| address(hop).unwrap_or(UNKNOWN));
        clients.find(|hop| *hop == UNKNOWN || !self.is_trusted(*hop))
    }

    /// Whether limits for each address hold for this one.
    pub(crate) fn counts(&self, address: IpAddr) -> bool {
        !address.to_canonical().is_loopback() && !self.is_trusted(address)
    }

    /// Whether this is a proxy that is believed.
    pub(crate) fn is_trusted(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.trusted.iter().any(|network| network.contains(&peer))
    }

    fn admit(&self, peer: IpAddr) -> Result<Arc<Address>, Rejected> {
        let now = self.began.elapsed();
        let address = self.find(peer, now);
        if address.connections.load(Ordering::Relaxed) >= self.address_connections {
            let why = TurnedAway::AddressConnections;
            return Err(Rejected { why, retry_after: Duration::from_secs(10) });
        }
        let why = TurnedAway::AddressRate;
        let taken = address.opened.take(self.address_quota, now);
        taken.map_err(|retry_after| Rejected { why, retry_after })?;
        Ok(address)
    }

    fn find(&self, peer: IpAddr, now: Duration) -> Arc<Address> {
        // Those that hold a connection are as many as connections at most, so what is left to
        // forget makes room for as many again before all are looked at again.
        let most = ADDRESSES_MAX.max(2 * self.open());
        self.addresses.get(network(peer), (most, now), || Address::new(&self.open))
    }
}

impl AsRef<Rate> for Address {
    fn as_ref(&self) -> &Rate {
        &self.opened
    }
}

impl Address {
    fn new(open: &Arc<AtomicUsize>) -> Self {
        let open = open.clone();
        Address { connections: AtomicUsize::new(0), opened: Rate::default(), open }
    }
}

impl Permit {
    fn new(address: Arc<Address>) -> Self {
        address.connections.fetch_add(1, Ordering::Relaxed);
        address.open.fetch_add(1, Ordering::Relaxed);
        Permit(address)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An address as proxies write it: alone, in brackets, or with a port.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim();
    let socket = || text.parse().map(|socket: std::net::SocketAddr| socket.ip());
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse().or_else(|_| socket()).ok().map(|found: IpAddr| found.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn why(outcome: Result<Permit, Rejected>) -> TurnedAway {
        outcome.unwrap_err().why
    }

    #[test]
    fn an_address_holds_so_many_connections_and_a_64_counts_as_one() {
        let limiter =
            ConnectionLimiter::new(&Limits { address_connections: 2, ..Limits::for_tests() });
        for (one, same, other) in [
            ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
            ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", "2001:db8:0:2::1"),
        ] {
            let first = limiter.enter(ip(one)).unwrap();
            let _second = limiter.enter(ip(same)).unwrap();
            assert_eq!(why(limiter.enter(ip(one))), TurnedAway::AddressConnections);
            let _other = limiter.enter(ip(other)).unwrap();
            drop(first);
            let _again = limiter.enter(ip(one)).unwrap();
            assert_eq!(why(limiter.enter(ip(same))), TurnedAway::AddressConnections);
        }
        assert_eq!(limiter.open(), 0);
    }

    #[test]
    fn an_address_opens_so_many_a_minute_and_is_told_when_to_come_back() {
        let limiter = ConnectionLimiter::new(&Limits { address_rate: 6, ..Limits::for_tests() });
        for _ in 0..6 {
            limiter.enter(ip("192.0.2.1")).unwrap();
        }
        let rejected = limiter.enter(ip("192.0.2.1")).unwrap_err();
        assert_eq!(rejected.why, TurnedAway::AddressRate);
        assert!(rejected.retry_after <= Duration::from_secs(10), "{rejected:?}");
        limiter.enter(ip("192.0.2.2")).unwrap();
    }

    #[test]
    fn the_whole_house_holds_so_many_whoever_they_are() {
        let limiter = ConnectionLimiter::new(&Limits { connections_max: 2, ..Limits::for_tests() });
        let first = limiter.enter(ip("127.0.0.1")).unwrap();
        let _second = limiter.enter(ip("192.0.2.1")).unwrap();
        assert_eq!(why(limiter.enter(ip("127.0.0.1"))), TurnedAway::Full);
        drop(first);
        assert!(limiter.enter(ip("::1")).is_ok());
    }

    #[test]
    fn this_machine_is_not_counted() {
        let few = Limits { address_connections: 1, address_rate: 1, ..Limits::for_tests() };
        let limiter = ConnectionLimiter::new(&few);
        let here: Vec<_> = (0..50).map(|_| limiter.enter(ip("127.0.0.1")).unwrap()).collect();
        assert_eq!(limiter.open(), here.len());
    }

    #[test]
    fn only_a_trusted_proxy_says_who_comes() {
        let trust_proxy = vec!["10.0.0.0/8".parse().unwrap(), "127.0.0.1/32".parse().unwrap()];
        let limiter = ConnectionLimiter::new(&Limits {
            trust_proxy,
            address_connections: 1,
            ..Limits::for_tests()
        });
        let client = |peer, lines: &[&str]| {
            limiter.client(ip(peer), lines.iter().map(|line| line.as_bytes()))
        };
        assert_eq!(client("192.0.2.7", &["198.51.100.1"]), None, "not trusted");
        assert_eq!(client("10.0.0.1", &[]), None);
        for lines in [
            &["203.0.113.9, 198.51.100.1, 10.1.1.1"][..],
            &["203.0.113.9", "198.51.100.1:4711", "10.1.1.1"],
            &["not an address, 198.51.100.1"],
            &["198.51.100.1, 10.1.1.1"],
        ] {
            assert_eq!(client("10.0.0.1", lines), Some(ip("198.51.100.1")), "{lines:?}");
        }
        assert_eq!(client("127.0.0.1", &["[2001:db8::1]:80"]), Some(ip("2001:db8::1")));
        assert_eq!(client("10.0.0.1", &["10.1.1.2, 10.1.1.1"]), None, "one of the proxies");
        for lines in [&["198.51.100.1, unknown"][..], &["unknown, 10.1.1.1"], &["10.1.1.1", ""]] {
            assert_eq!(client("10.0.0.1", lines), Some(UNKNOWN), "{lines:?}");
        }
        let bytes = [&b"\xff, 198.51.100.1"[..], b"10.1.1.1"].into_iter();
        assert_eq!(limiter.client(ip("10.0.0.1"), bytes), Some(ip("198.51.100.1")));
        let mut permit = limiter.enter(ip("10.0.0.1")).unwrap();
        limiter.enter_as(&mut permit, ip("198.51.100.1")).unwrap();
        let mut other = limiter.enter(ip("10.0.0.1")).unwrap();
        let rejected = limiter.enter_as(&mut other, ip("198.51.100.1")).unwrap_err();
        assert_eq!((rejected.why, limiter.open()), (TurnedAway::AddressConnections, 2));
        drop(permit);
        limiter.enter_as(&mut other, ip("198.51.100.1")).unwrap();
        drop(other);
        assert_eq!(limiter.open(), 0);
    }

    #[test]
    fn who_left_and_owes_nothing_is_forgotten() {
        let limiter = ConnectionLimiter::new(&Limits { address_rate: 0, ..Limits::for_tests() });
        let _stays = limiter.enter(ip("192.0.2.1")).unwrap();
        for n in 0..=u32::try_from(ADDRESSES_MAX).unwrap() {
            limiter.enter(IpAddr::V4((0x0a00_0000 + n).into())).unwrap();
        }
        assert!(limiter.addresses.len() <= ADDRESSES_MAX);
        let few = limiter.find(ip("192.0.2.1"), Duration::ZERO);
        assert_eq!(few.connections.load(Ordering::Relaxed), 1, "who is here is not forgotten");
    }

    #[test]
    fn a_flood_of_addresses_that_all_owe_something_has_a_bound_too() {
        let limiter = ConnectionLimiter::new(&Limits { address_rate: 1, ..Limits::for_tests() });
        let _stays = limiter.enter(ip("192.0.2.1")).unwrap();
        for n in 0..3 * u32::try_from(ADDRESSES_MAX).unwrap() {
            limiter.enter(IpAddr::V4((0x0a00_0000 + n).into())).unwrap();
            assert!(limiter.addresses.len() <= ADDRESSES_MAX);
        }
        assert_eq!(why(limiter.enter(ip("192.0.2.1"))), TurnedAway::AddressRate, "still known");
    }
}
