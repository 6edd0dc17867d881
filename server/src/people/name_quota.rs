//! How many names an address may have kept for it: so that nobody fills the disk, or takes all names.
//!
//! This file does not know names, or what becomes of who is over the limit.

use std::net::IpAddr;
use std::time::Duration;

use crate::limits::rate::{Quota, Rate};
use crate::limits::remembered::Remembered;

/// Names that an address may take at once: a class or an office behind one address.
pub const NAMES_AT_ONCE: u32 = 30;
/// And then one more in so long a time.
const NAME_INTERVAL: Duration = Duration::from_secs(6 * 60);
/// Addresses that are remembered. When there are more, those that owe nothing are forgotten, and if
/// all do, no further one may take names until some do not.
const ADDRESSES_MAX: usize = 10_000;

/// What there is for somebody who wants one more name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A place, which is theirs now.
    Taken,
    /// None: they took too many.
    TooMany,
    /// None for an address that took no name lately: too many did.
    NoRoom,
}

/// Who took names lately.
#[derive(Debug, Default)]
pub(crate) struct NameQuota {
    addresses: Remembered<IpAddr, Rate>,
}

impl NameQuota {
    /// Takes a place for one more name at `now`, a time since any fixed start, for what counts as one
    /// address.
    pub(crate) fn take(&self, address: IpAddr, now: Duration) -> Place {
        let rate = self.addresses.get_if_room(address, (ADDRESSES_MAX, now), Rate::default);
        let Some(rate) = rate else { return Place::NoRoom };
        match rate.take(Quota::every(NAME_INTERVAL, NAMES_AT_ONCE), now) {
            Ok(()) => Place::Taken,
            Err(_) => Place::TooMany,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn so_many_at_once_and_then_one_in_an_interval() {
        let names = NameQuota::default();
        let now = Duration::from_secs(5);
        let home = address("192.0.2.1");
        assert!((0..NAMES_AT_ONCE).all(|_| names.take(home, now) == Place::Taken));
        assert_eq!(names.take(home, now), Place::TooMany);
        assert_eq!(names.take(address("192.0.2.2"), now), Place::Taken);
        assert_eq!(names.take(home, now + NAME_INTERVAL), Place::Taken);
        assert_eq!(names.take(home, now + NAME_INTERVAL), Place::TooMany);
        let later = now + NAME_INTERVAL * 1000;
        let taken = (0..100).filter(|_| names.take(home, later) == Place::Taken);
        assert_eq!(taken.count(), 30);
    }

    #[test]
    fn so_many_addresses_are_remembered() {
        let names = NameQuota::default();
        let nth = |n: u32| IpAddr::from(n.to_be_bytes());
        let many = u32::try_from(ADDRESSES_MAX).unwrap();
        assert!((0..many).all(|n| names.take(nth(n), Duration::ZERO) == Place::Taken));
        assert_eq!(names.take(nth(many), Duration::ZERO), Place::NoRoom);
        let known = names.take(nth(0), Duration::ZERO);
        assert_eq!(known, Place::Taken, "who is remembered still may");
        assert_eq!(names.take(nth(many), NAME_INTERVAL), Place::Taken);
        assert_eq!(names.addresses.len(), 2, "only who took two still owes one");
    }
}
