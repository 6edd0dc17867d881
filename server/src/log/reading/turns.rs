//! Whose turn it is to read: addresses first, and within an address its connections. Pure: it knows
//! no clock, no thread, and not what is read.
//!
//! Who was given least is next (start-time fair queueing, by bytes), with a bounded credit for who was
//! given little lately: so an honest reader never waits behind a crowd of greedy ones, of another
//! address or of the same. An address that is over its quota waits until it may read again, which leaves
//! the machine and the line to the others.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::time::Duration;

use crate::limits::rate::Quota;

/// Reads of one address that may wait. A connection has one at most, and an address 256 connections
/// by default, so only this machine's own and proxies that are not trusted can have more. Then the
/// one that was given most loses its place.
pub(in crate::log) const ADDRESS_WAITING_MAX: usize = 1024;
/// Addresses remembered besides those that wait: half a MiB. When there are more, those that owe
/// nothing are forgotten, and if that is not enough, all that do not wait.
const ADDRESSES_MAX: usize = 4096;
/// How much more than others somebody may be given at once who was given less before: 32 full pages, or what a
/// client that comes back missed in all of its rooms.
const CREDIT: u64 = 4 * 1024 * 1024;
/// Who waits is given so much less of what others are given meanwhile: after half a GiB, which two
/// threads read in a second or two, nobody overtakes them any more.
const PATIENCE: u64 = 64;

/// Where a read comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::log) struct Origin {
    /// What counts as one address.
    pub(in crate::log) network: IpAddr,
    /// Whether the quota of an address holds for it.
    pub(in crate::log) counts: bool,
}

/// Everything that waits for its turn.
#[derive(Debug)]
pub(in crate::log) struct Turns<T> {
    quota: Quota,
    addresses: HashMap<IpAddr, Address<T>>,
    /// Addresses that wait for others only: by what they were given, then by arrival.
    ready: BTreeSet<(u64, u64, IpAddr)>,
    /// Addresses that wait for their quota, by when they have paid.
    over: BTreeSet<(Duration, IpAddr)>,
    given: Given,
    arrivals: u64,
}

#[derive(Debug)]
struct Address<T> {
    counts: bool,
    paid: Duration,
    /// What it was given, beside other addresses.
    tag: u64,
    /// Its place among those that are ready.
    key: (u64, u64),
    /// What its connections were given.
    given: Given,
    /// By what a connection was given, then by arrival; and where it begins.
    waiting: BTreeMap<(u64, u64), (u64, T)>,
}

/// What was given to those who take turns, in bytes.
#[derive(Debug, Clone, Copy)]
struct Given {
    /// To each of those who were there all the time: who comes begins near it.
    each: u64,
    all: u64,
}

impl Given {
    const NOTHING: Given = Given { each: CREDIT, all: 0 };

    /// Where somebody begins who was given so much before.
    fn start(self, before: u64) -> u64 {
        before.clamp(self.each.saturating_sub(CREDIT), self.each.saturating_add(CREDIT))
    }

    /// The place of somebody who begins there now.
    fn key(self, start: u64, arrival: u64) -> (u64, u64) {
        (start.saturating_add(self.all / PATIENCE), arrival)
    }

    fn serve(&mut self, start: u64) {
        self.each = self.each.max(start);
    }
}

/// What there is to do.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::log) enum Turn<T> {
    /// This one.
    Read(Origin, T),
    /// Nothing before this time has gone by.
    Wait(Duration),
    /// Nothing.
    Idle,
}

impl<T> Turns<T> {
    pub(in crate::log) fn new(quota: Quota) -> Self {
        Turns {
            quota,
            addresses: HashMap::new(),
            ready: BTreeSet::new(),
            over: BTreeSet::new(),
            given: Given::NOTHING,
            arrivals: 0,
        }
    }

    /// Queues a read of a connection that was given so much before. Tells where it begins, and who
    /// lost their place to it.
    pub(in crate::log) fn push(
        &mut self,
        from: Origin,
        before: u64,
        now: Duration,
        read: T,
    ) -> (u64, Option<T>) {
        self.arrivals += 1;
        let (arrival, given) = (self.arrivals, self.given);
        let address = self.address(from, now);
        let start = address.given.start(before);
        if address.waiting.is_empty() {
            address.tag = given.start(address.tag);
            address.key = given.key(address.tag, arrival);
        }
        address.waiting.insert(address.given.key(start, arrival), (start, read));
        let full = address.waiting.len() > ADDRESS_WAITING_MAX;
        let lost = if full { address.waiting.pop_last() } else { None };
        self.place(from.network, now);
        (start, lost.map(|(_, (_, read))| read))
    }

    /// Takes the next one.
    pub(in crate::log) fn next(&mut self, now: Duration) -> Turn<T> {
        while let Some((paid, network)) = self.over.first().copied() {
            if !self.quota.early(paid, now).is_zero() {
                break;
            }
            self.over.remove(&(paid, network));
            self.place(network, now);
        }
        let Some((_, _, network)) = self.ready.pop_first() else {
            let first = self.over.first();
            return first.map_or(Turn::Idle, |(paid, _)| Turn::Wait(self.quota.early(*paid, now)));
        };
        self.arrivals += 1;
        let Some(address) = self.addresses.get_mut(&network) else { return Turn::Idle };
        let Some((_, (start, read))) = address.waiting.pop_first() else { return Turn::Idle };
        address.given.serve(start);
        self.given.serve(address.tag);
        // Behind those who were given as much.
        address.key = self.given.key(address.tag, self.arrivals);
        let origin = Origin { network, counts: address.counts };
        self.place(network, now);
        Turn::Read(origin, read)
    }

    /// An address was given so many bytes.
    pub(in crate::log) fn spend(&mut self, from: Origin, bytes: u64, now: Duration) {
        self.displace(from.network);
        self.given.all = self.given.all.saturating_add(bytes);
        let (quota, given) = (self.quota, self.given);
        let address = self.address(from, now);
        address.given.all = address.given.all.saturating_add(bytes);
        address.tag = given.start(address.tag).saturating_add(bytes);
        address.key = given.key(address.tag, address.key.1);
        address.paid = quota.spend(address.paid, bytes, now);
        self.place(from.network, now);
    }

    /// Gives a connection so many bytes at once, if its address may read now: what it was given then.
    pub(in crate::log) fn take_at_once(
        &mut self,
        from: Origin,
        before: u64,
        bytes: u64,
        now: Duration,
    ) -> Option<u64> {
        let (quota, address) = (self.quota, self.address(from, now));
        if from.counts && !quota.early(address.paid, now).is_zero() {
            return None;
        }
        let start = address.given.start(before);
        self.spend(from, bytes, now);
        Some(start + bytes)
    }

    /// Whether nobody is ready.
    pub(in crate::log) fn is_idle(&self) -> bool {
        self.ready.is_empty()
    }

    /// How many wait.
    #[cfg(test)]
    pub(in crate::log) fn waiting(&self) -> usize {
        self.addresses.values().map(|address| address.waiting.len()).sum()
    }

    /// Puts an address where it belongs, if it waits and is nowhere.
    fn place(&mut self, network: IpAddr, now: Duration) {
        let Some(address) = self.addresses.get(&network) else { return };
        if address.waiting.is_empty() {
            return;
        }
        if address.counts && !self.quota.early(address.paid, now).is_zero() {
            self.over.insert((address.paid, network));
        } else {
            self.ready.insert((address.key.0, address.key.1, network));
        }
    }

    fn displace(&mut self, network: IpAddr) {
        if let Some(address) = self.addresses.get(&network) {
            self.over.remove(&(address.paid, network));
            self.ready.remove(&(address.key.0, address.key.1, network));
        }
    }

    fn address(&mut self, from: Origin, now: Duration) -> &mut Address<T> {
        // Those that wait are as many as connections at most, so what is left to forget makes room
        // for as many again before all are looked at anew.
        let many = ADDRESSES_MAX.max(2 * (self.ready.len() + self.over.len()));
        if self.addresses.len() >= many && !self.addresses.contains_key(&from.network) {
            let waits = |address: &Address<T>| !address.waiting.is_empty();
            self.addresses.retain(|_, address| waits(address) || address.paid > now);
            if self.addresses.len() >= many {
                self.addresses.retain(|_, address| waits(address));
            }
        }
        let new = || Address {
            counts: from.counts,
            paid: Duration::ZERO,
            tag: 0,
            key: (0, 0),
            given: Given::NOTHING,
            waiting: BTreeMap::new(),
        };
        self.addresses.entry(from.network).or_insert_with(new)
    }
}
