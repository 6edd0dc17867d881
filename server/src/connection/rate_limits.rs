//! The rates that messages and requests are held to, and in which order they are asked.
//!
//! This file does not know clocks, or who is told of a refusal.

use std::time::Duration;

use protocol::Refusal;

use crate::config::{Config, PERSON_SHARE, REQUEST_BURST, REQUEST_RATE, ROOM_SHARE};
use crate::limits::rate::{Quota, Rate};
use crate::monitoring::metrics::Limit;

/// One for each whose rate is limited.
#[derive(Debug)]
pub(crate) struct RateLimits {
    connection: Quota,
    person: Quota,
    room: Quota,
    requests: Quota,
}

/// A rate that was passed.
#[derive(Debug)]
pub(super) struct Over {
    pub(super) limit: Limit,
    pub(super) refusal: Refusal,
}

impl From<(Limit, Duration)> for Over {
    fn from((limit, wait): (Limit, Duration)) -> Self {
        Over::new(limit, wait)
    }
}

impl RateLimits {
    pub(crate) fn new(config: &Config) -> Self {
        let (limits, rate, burst) = (&config.limits, config.message_rate, config.message_burst);
        let quota = |own_rate: Option<u32>, own_burst: Option<u32>, share: u32| {
            Quota::per_second(
                own_rate.unwrap_or(rate.saturating_mul(share)),
                own_burst.unwrap_or(burst.saturating_mul(share)),
            )
        };
        RateLimits {
            connection: Quota::per_second(rate, burst),
            person: quota(limits.person_rate, limits.person_burst, PERSON_SHARE),
            room: quota(limits.room_rate, limits.room_burst, ROOM_SHARE),
            requests: Quota::per_second(REQUEST_RATE, REQUEST_BURST),
        }
    }

    /// Takes a message from the connection first and from the room last: who is too fast alone
    /// takes nothing from the others.
    pub(super) fn message(
        &self,
        now: Duration,
        connection: &Rate,
        person: &Rate,
        room: &Rate,
    ) -> Result<(), Over> {
        self.act(now, connection, person)?;
        take(Limit::Room, room, self.room, now)
    }

    /// Takes a moderator's act, which costs the server what a message does.
    pub(super) fn act(&self, now: Duration, connection: &Rate, person: &Rate) -> Result<(), Over> {
        take(Limit::Connection, connection, self.connection, now)?;
        take(Limit::Person, person, self.person, now)
    }

    /// Takes a join, a leave, or a question.
    pub(super) fn request(&self, now: Duration, requests: &Rate) -> Result<(), Over> {
        take(Limit::Requests, requests, self.requests, now)
    }
}

impl Over {
    pub(super) fn new(limit: Limit, wait: Duration) -> Self {
        // Rounded up: a client that comes back on the dot is let in.
        let retry_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).saturating_add(1);
        Over { limit, refusal: Refusal::TooFast { retry_ms } }
    }
}

fn take(limit: Limit, rate: &Rate, quota: Quota, now: Duration) -> Result<(), Over> {
    rate.take(quota, now).map_err(|wait| Over::new(limit, wait))
}

/// What somebody did, with the flags about it.
pub(super) fn for_operators(limit: Limit) -> &'static str {
    match limit {
        Limit::Connection => {
            "was refused: more than one connection may send (--message-rate, --message-burst)"
        }
        Limit::Person => {
            "was refused: more than one person may send (--person-rate, --person-burst)"
        }
        Limit::Room => "was refused: more than one room takes (--room-rate, --room-burst)",
        Limit::Creations => {
            "was refused: more rooms, links, invites and hooks made, or people added, than may be (--create-rate, --create-burst)"
        }
        Limit::Reads => "was refused: more pages of history than may be read",
        Limit::Requests => "was refused: more joins, leaves and questions than may be",
        Limit::PersonBytes => {
            "was refused: more bytes than one person may store in a day (--person-daily-bytes)"
        }
        Limit::AddressBytes => {
            "was refused: more bytes than one address may store in a day (--address-daily-bytes)"
        }
        Limit::DailyBytes => {
            "was refused: more bytes than all together may store in a day (--daily-bytes)"
        }
    }
}
