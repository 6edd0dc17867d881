//! How many names an address may have kept for it: so that nobody fills the disk, or takes all names.
//!
//! This file does not know names, or what becomes of who is over the limit.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

/// Names that an address may take at once: a class or an office behind one address.
pub const NAMES_AT_ONCE: u32 = 30;
/// And then one more in so long a time.
pub const NAME_INTERVAL: Duration = Duration::from_secs(6 * 60);
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
pub(crate) struct Newcomers {
    /// When all that an address took is paid off, at one name in each interval.
    paid_at: HashMap<IpAddr, Duration>,
}

impl Newcomers {
    /// Takes a place for one more name at `now`, a time since any fixed start, for what counts as one
    /// address.
    pub(crate) fn take(&mut self, address: IpAddr, now: Duration) -> Place {
        if self.paid_at.len() >= ADDRESSES_MAX && !self.paid_at.contains_key(&address) {
            self.paid_at.retain(|_, paid_at| *paid_at > now);
            if self.paid_at.len() >= ADDRESSES_MAX {
                return Place::NoRoom;
            }
        }
        let paid_at = self.paid_at.entry(address).or_default();
        let after = now.max(*paid_at) + NAME_INTERVAL;
        if after > now + NAME_INTERVAL * NAMES_AT_ONCE {
            return Place::TooMany;
        }
        *paid_at = after;
        Place::Taken
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
        let mut newcomers = Newcomers::default();
        let now = Duration::from_secs(5);
        let home = address("192.0.2.1");
        assert!((0..NAMES_AT_ONCE).all(|_| newcomers.take(home, now) == Place::Taken));
        assert_eq!(newcomers.take(home, now), Place::TooMany);
        assert_eq!(newcomers.take(address("192.0.2.2"), now), Place::Taken);
        assert_eq!(newcomers.take(home, now + NAME_INTERVAL), Place::Taken);
        assert_eq!(newcomers.take(home, now + NAME_INTERVAL), Place::TooMany);
        let later = now + NAME_INTERVAL * 1000;
        let taken = (0..100).filter(|_| newcomers.take(home, later) == Place::Taken);
        assert_eq!(taken.count(), 30);
    }

    #[test]
    fn so_many_addresses_are_remembered() {
        let mut newcomers = Newcomers::default();
        let nth = |n: u32| IpAddr::from(n.to_be_bytes());
        let many = u32::try_from(ADDRESSES_MAX).unwrap();
        assert!((0..many).all(|n| newcomers.take(nth(n), Duration::ZERO) == Place::Taken));
        assert_eq!(newcomers.take(nth(many), Duration::ZERO), Place::NoRoom);
        let known = newcomers.take(nth(0), Duration::ZERO);
        assert_eq!(known, Place::Taken, "who is remembered still may");
        assert_eq!(newcomers.take(nth(many), NAME_INTERVAL), Place::Taken);
        assert_eq!(newcomers.paid_at.len(), 2, "only who took two still owes one");
    }
}
