//! How many bytes may be stored in a day: for each person, for each address, and for all together. Rates
//! bound how fast a disk fills; these bound how far.
//!
//! Each is a bucket that holds a day's bytes and is filled again at their rate. This file knows no
//! clock, and not what is stored.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use protocol::Ref;

use crate::config::Config;
use crate::limits::network::network;
use crate::limits::rate::{Quota, Rate};
use crate::limits::remembered::Remembered;
use crate::monitoring::metrics::Limit;
use crate::people::key_hash::KeyHash;
use crate::people::names::Person;

/// What a message takes on the disk besides its text and `ref`: its author, its times, its places in the
/// indexes, and what pages leave empty.
const AROUND_BYTES: usize = 128;
/// People, and addresses, remembered besides those who are connected: some MiB each. When there are more,
/// those that owe nothing are forgotten, and if that is not enough, all that are not connected.
const REMEMBERED_MAX: usize = 64 * 1024;

/// A person is their name and, if they have one, their key: who takes the name without it spends
/// nothing of theirs.
type PersonKey = (Arc<str>, Option<KeyHash>);

/// What a text takes.
pub(crate) fn cost(text: &str, reference: Option<&Ref>) -> usize {
    AROUND_BYTES + text.len() + reference.map_or(0, |it| it.as_str().len())
}

/// The budgets, and what was spent of them.
#[derive(Debug)]
pub(crate) struct Budgets {
    person: Option<Quota>,
    address: Option<Quota>,
    all: Option<Quota>,
    people: Remembered<PersonKey, Rate>,
    addresses: Remembered<IpAddr, Rate>,
    together: Rate,
}

/// Who spends, over one connection.
#[derive(Debug)]
pub(crate) struct Spender {
    person: Arc<Rate>,
    /// None where no limit for each address counts.
    address: Option<Arc<Rate>>,
}

impl Budgets {
    pub(crate) fn new(config: &Config) -> Self {
        let limits = &config.limits;
        Budgets {
            person: quota(limits.person_daily_bytes(config.message_rate)),
            address: quota(limits.address_daily_bytes),
            all: quota(limits.daily_bytes),
            people: Remembered::default(),
            addresses: Remembered::default(),
            together: Rate::default(),
        }
    }

    /// Somebody who comes at `now`, a time since any fixed start.
    pub(crate) fn spender(
        &self,
        person: &Person,
        address: Option<IpAddr>,
        now: Duration,
    ) -> Spender {
        let person = (person.name.key().clone(), person.key());
        let address = address.filter(|_| self.address.is_some()).map(network);
        let bounds = (REMEMBERED_MAX, now);
        Spender {
            person: match self.person {
                Some(_) => self.people.get(person, bounds, Rate::default),
                None => Arc::default(),
            },
            address: address.map(|address| self.addresses.get(address, bounds, Rate::default)),
        }
    }

    /// Takes so many bytes from the person's budget first and from that of all last: who has none left
    /// takes nothing from the others.
    ///
    /// # Errors
    /// Whose it is that is spent, and how long to wait until there are so many again.
    pub(crate) fn take(
        &self,
        spender: &Spender,
        bytes: usize,
        now: Duration,
    ) -> Result<(), (Limit, Duration)> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let take = |limit, rate: &Rate, quota: Option<Quota>| match quota {
            Some(quota) => rate.take_all(quota, bytes, now).map_err(|wait| (limit, wait)),
            None => Ok(()),
        };
        take(Limit::PersonBytes, &spender.person, self.person)?;
        if let Some(address) = &spender.address {
            take(Limit::AddressBytes, address, self.address)?;
        }
        take(Limit::DailyBytes, &self.together, self.all)
    }
}

/// None where any number is allowed.
fn quota(bytes: u64) -> Option<Quota> {
    (bytes > 0).then(|| Quota::of_a_day(bytes))
}

#[cfg(test)]
mod tests {
    use protocol::UserName;

    use super::*;
    use crate::config::Limits;
    use crate::people::names::Proof;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn budgets(person: u64, address: u64, all: u64) -> Budgets {
        let limits = Limits {
            person_daily_bytes: Some(person),
            address_daily_bytes: address,
            daily_bytes: all,
            ..Limits::for_tests()
        };
        Budgets::new(&Config { limits, ..Config::for_tests() })
    }

    fn person(name: &str) -> Person {
        Person::new(UserName::try_from(name).unwrap(), Proof::None)
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn each_has_a_days_bytes_at_once_and_then_as_many_as_come_back() {
        let budgets = budgets(1000, 2000, 3500);
        let come = |name, from| budgets.spender(&person(name), from, Duration::ZERO);
        let (ann, bob) = (come("ann", address("192.0.2.1")), come("bob", address("192.0.2.1")));
        let (cy, dee) = (come("cy", address("192.0.2.2")), come("dee", None));
        let take =
            |who: &Spender, bytes, at| budgets.take(who, bytes, at).map_err(|(limit, _)| limit);
        assert_eq!(take(&ann, 1000, Duration::ZERO), Ok(()));
        assert_eq!(take(&ann, 1, Duration::ZERO), Err(Limit::PersonBytes));
        // Gone and back, or another of the same name: what was spent stays spent.
        drop(ann);
        let again = come("ann", address("192.0.2.1"));
        assert_eq!(take(&again, 1, Duration::ZERO), Err(Limit::PersonBytes));
        assert_eq!(take(&bob, 1000, Duration::ZERO), Ok(()));
        let eve = come("eve", address("192.0.2.1"));
        assert_eq!(take(&eve, 1, Duration::ZERO), Err(Limit::AddressBytes));
        assert_eq!(take(&cy, 1000, Duration::ZERO), Ok(()));
        assert_eq!(take(&dee, 501, Duration::ZERO), Err(Limit::DailyBytes));
        assert_eq!(take(&cy, 100, DAY / 20), Err(Limit::PersonBytes));
        assert_eq!(take(&cy, 100, DAY / 10), Ok(()));
        let wait = budgets.take(&cy, 100, DAY / 10).unwrap_err().1;
        assert_eq!(wait, DAY / 10);
    }

    #[test]
    fn no_budget_is_no_limit() {
        let budgets = budgets(0, 0, 0);
        let ann = budgets.spender(&person("ann"), address("192.0.2.1"), Duration::ZERO);
        assert!((0..1000).all(|_| budgets.take(&ann, 1 << 30, Duration::ZERO).is_ok()));
    }

    #[test]
    fn so_many_are_remembered_and_who_is_here_stays() {
        let budgets = budgets(1000, 0, 0);
        let here = budgets.spender(&person("here"), None, Duration::ZERO);
        budgets.take(&here, 1000, Duration::ZERO).unwrap();
        for n in 0..2 * REMEMBERED_MAX {
            let other = budgets.spender(&person(&n.to_string()), None, Duration::ZERO);
            budgets.take(&other, 1, Duration::ZERO).unwrap();
        }
        assert!(budgets.people.len() <= REMEMBERED_MAX);
        let again = budgets.spender(&person("here"), None, Duration::ZERO);
        assert!(budgets.take(&again, 1, Duration::ZERO).is_err());
    }
}
