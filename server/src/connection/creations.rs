//! How many rooms, links and invites a person may make, how many direct rooms they may find, and how many people they
//! may add: what reaches others who did not ask for it.
//!
//! It is counted for the person, who may come and go meanwhile, and for the address. This file knows no
//! clock, and not what is made.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::rate_limits::Over;
use crate::config::{CREATE_SHARE, Config};
use crate::limits::network::network;
use crate::limits::rate::{Quota, Rate};
use crate::limits::remembered::Remembered;
use crate::monitoring::metrics::Limit;
use crate::people::key_hash::KeyHash;
use crate::people::names::Person;

/// People, and addresses, that are remembered. When there are more, those that owe nothing are forgotten, and
/// if that is not enough, all.
const REMEMBERED_MAX: usize = 16 * 1024;

/// A person is their name and, if they have one, their key.
type PersonKey = (Arc<str>, Option<KeyHash>);

/// Who made something lately.
#[derive(Debug)]
pub(crate) struct Creations {
    person: Quota,
    address: Quota,
    people: Remembered<PersonKey, Rate>,
    addresses: Remembered<IpAddr, Rate>,
}

impl Creations {
    pub(crate) fn new(config: &Config) -> Self {
        let (rate, burst) = (config.limits.create_rate, config.limits.create_burst);
        let share = |number: u32| number.saturating_mul(CREATE_SHARE);
        Creations {
            person: Quota::each_minute(rate, burst),
            address: Quota::each_minute(share(rate), share(burst)),
            people: Remembered::default(),
            addresses: Remembered::default(),
        }
    }

    /// Takes one at `now`, a time since any fixed start, of the person first: who is too fast alone takes nothing
    /// from the others of their address.
    pub(super) fn take(
        &self,
        person: &Person,
        address: Option<IpAddr>,
        now: Duration,
    ) -> Result<(), Over> {
        let (key, bounds) = ((person.name.key().clone(), person.key()), (REMEMBERED_MAX, now));
        let rate = self.people.get(key, bounds, Rate::default);
        let over = |wait| Over::new(Limit::Creations, wait);
        rate.take(self.person, now).map_err(over)?;
        let Some(address) = address else { return Ok(()) };
        let rate = self.addresses.get(network(address), bounds, Rate::default);
        rate.take(self.address, now).map_err(over)
    }
}

#[cfg(test)]
mod tests {
    use protocol::UserName;

    use super::*;
    use crate::people::names::Proof;

    #[test]
    fn so_many_at_once_for_a_person_and_ten_times_as_many_for_an_address() {
        let creations = Creations::new(&Config::for_tests());
        let person =
            |n: usize| Person::new(UserName::try_from(&*format!("p{n}")).unwrap(), Proof::None);
        let address: Option<IpAddr> = Some("192.0.2.1".parse().unwrap());
        let second = Duration::from_secs(1);
        let take = |n, address, at| creations.take(&person(n), address, at).is_ok();
        assert_eq!((0..20).filter(|_| take(0, None, second)).count(), 10);
        assert!(!take(0, None, 10 * second) && take(0, None, 11 * second));
        assert!(!take(0, None, 11 * second), "gone and back");
        let taken = |at| (1..30).map(|n| (0..9).filter(|_| take(n, address, at)).count()).sum();
        let sum: usize = taken(second);
        assert_eq!(sum, 100);
        assert!(take(99, Some("192.0.2.2".parse().unwrap()), second));
    }
}
