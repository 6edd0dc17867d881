//! How many wrong codes an address may bring: so that nobody guesses one.
//!
//! A try is taken before it is known whether the code is right, and given back if it was: of many at once no
//! more are looked at than may be wrong. This file does not know codes.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::limits::rate::{Quota, Rate};
use crate::limits::remembered::Remembered;

/// Wrong codes of an address at once: a link's code of 40 bits is guessed with a chance of 1 in 20 billion.
pub(crate) const WRONG_CODES_AT_ONCE: u32 = 5;
/// And then one more in so long a time: five a minute.
pub(crate) const WRONG_CODE_INTERVAL: Duration = Duration::from_secs(12);
/// Addresses that are remembered. When there are more, those that owe nothing are forgotten, and if all do,
/// nobody else may try until some do not.
const ADDRESSES_MAX: usize = 10_000;

/// Who brought wrong codes lately.
#[derive(Debug, Default)]
pub(crate) struct CodeTries {
    addresses: Remembered<IpAddr, Rate>,
}

/// A try that was taken. It counts, unless the code [was right](Self::was_right).
#[derive(Debug)]
pub(crate) struct Try(Arc<Rate>);

impl CodeTries {
    /// Takes a try at `now`, a time since any fixed start, for what counts as one address.
    ///
    /// # Errors
    /// How long to wait until there is one.
    pub(crate) fn take(&self, address: IpAddr, now: Duration) -> Result<Try, Duration> {
        let rate = self.addresses.get_if_room(address, (ADDRESSES_MAX, now), Rate::default);
        let rate = rate.ok_or(WRONG_CODE_INTERVAL)?;
        rate.take(quota(), now)?;
        Ok(Try(rate))
    }
}

impl Try {
    /// It does not count.
    pub(crate) fn was_right(self) {
        self.0.give_back(quota(), 1);
    }
}

fn quota() -> Quota {
    Quota::every(WRONG_CODE_INTERVAL, WRONG_CODES_AT_ONCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_wrong_codes_and_then_one_in_twelve_seconds() {
        let tries = CodeTries::default();
        let [home, office] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        let now = Duration::from_secs(5);
        for _ in 0..100 {
            tries.take(home, now).unwrap().was_right();
        }
        for _ in 0..WRONG_CODES_AT_ONCE {
            assert!(tries.take(home, now).is_ok());
        }
        assert_eq!(tries.take(home, now).unwrap_err(), WRONG_CODE_INTERVAL);
        assert!(tries.take(office, now).is_ok());
        assert!(tries.take(home, now + WRONG_CODE_INTERVAL).is_ok());
        assert!(tries.take(home, now + WRONG_CODE_INTERVAL).is_err());
    }

    #[test]
    fn so_many_addresses_are_remembered() {
        let tries = CodeTries::default();
        let nth = |n: u32| IpAddr::from(n.to_be_bytes());
        let many = u32::try_from(ADDRESSES_MAX).unwrap();
        assert!((0..many).all(|n| tries.take(nth(n), Duration::ZERO).is_ok()));
        assert!(tries.take(nth(many), Duration::ZERO).is_err());
        assert!(tries.take(nth(many), WRONG_CODE_INTERVAL).is_ok(), "the others owe nothing now");
    }
}
