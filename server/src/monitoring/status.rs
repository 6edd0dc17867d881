//! Signs of life: what the server holds at the moment, and whether it is alive and ready.
//!
//! Held by whoever asks from outside, it keeps nothing from stopping. This file does not know who
//! asks or how.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::auth::Admitted;
use crate::config::{COME_BACK_EACH, COME_BACK_MAX, COME_BACK_MIN};
use crate::lifecycle::shutdown::Stopping;
use crate::listen::connection_limiter::Door;
use crate::log::Health;
use crate::monitoring::metrics::Metrics;
use crate::monitoring::readiness::NotReady;
use crate::monitoring::warnings::Warnings;
use crate::people::names::Names;

/// What goes up and down. All of it is zero when everybody has left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Connections that have entered.
    pub connections: i64,
    /// TCP connections.
    pub sockets: i64,
    /// Rooms that somebody is in.
    pub rooms: i64,
    /// Names in use.
    pub people: i64,
    /// Bytes that wait in all outboxes.
    pub outbox_bytes: i64,
}

/// Handles to everything that can be looked at.
#[derive(Debug, Clone)]
pub(crate) struct Vitals {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) door: Arc<Door>,
    pub(crate) names: Names<Admitted>,
    pub(crate) health: Health,
    pub(crate) stopping: Stopping,
    pub(crate) warnings: Arc<Warnings>,
}

impl Vitals {
    pub(crate) fn gauges(&self) -> Gauges {
        Gauges {
            connections: self.metrics.connections.load(Ordering::Relaxed),
            sockets: count(self.door.open()),
            rooms: count(self.health.open_rooms()),
            people: count(self.names.count()),
            outbox_bytes: self.metrics.outbox_bytes.load(Ordering::Relaxed),
        }
    }

    /// Why new connections are not welcome: everything that holds now.
    pub(crate) fn not_ready(&self) -> Vec<NotReady> {
        self.health.reasons.set(NotReady::Stopping, self.stopping.begun.is_cancelled());
        self.health.reasons.all()
    }

    /// When a client that is sent away because the server stops should come back: another time for
    /// each, spread over as long as it takes to let all of them in again.
    pub(crate) fn retry_ms(&self) -> u64 {
        let clients = self.stopping.clients_at_first(|| self.door.open());
        let spread = spread(clients);
        let wait = COME_BACK_MIN + spread.mul_f64(fastrand::f64());
        u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
    }

    /// Everything in Prometheus's text format.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        self.metrics.text(&self.gauges(), &self.not_ready())
    }
}

fn spread(clients: usize) -> Duration {
    let each = COME_BACK_EACH.saturating_mul(u32::try_from(clients).unwrap_or(u32::MAX));
    each.clamp(COME_BACK_MIN, COME_BACK_MAX - COME_BACK_MIN)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_there_are_the_longer_their_return_takes() {
        assert_eq!(spread(0), COME_BACK_MIN);
        assert_eq!(spread(2000), Duration::from_secs(4));
        assert_eq!(spread(usize::MAX), COME_BACK_MAX - COME_BACK_MIN);
    }
}
