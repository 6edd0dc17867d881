//! What the server holds at the moment, and whether it is ready.
//!
//! Held by whoever asks from outside, it keeps nothing from stopping. This file does not know who
//! asks or how.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::auth::Admitted;
use crate::config::Config;
use crate::connection::engine::Engine;
use crate::lifecycle::shutdown::Stopping;
use crate::listen::connection_limiter::ConnectionLimiter;
use crate::log::Health;
use crate::monitoring::gauges::Gauges;
use crate::monitoring::metrics::Metrics;
use crate::monitoring::readiness::NotReady;
use crate::people::names::Names;

/// Handles to everything that can be looked at.
#[derive(Debug, Clone)]
pub(crate) struct Status {
    pub(crate) metrics: Arc<Metrics>,
    limiter: Arc<ConnectionLimiter>,
    names: Names<Admitted>,
    health: Health,
    pub(crate) stopping: Stopping,
}

impl Status {
    pub(crate) fn of(engine: &Engine) -> Self {
        Status {
            metrics: engine.metrics.clone(),
            limiter: engine.limiter.clone(),
            names: engine.auth.names.clone(),
            health: engine.log.health(),
            stopping: engine.stopping.clone(),
        }
    }

    /// That of a node that has no log yet.
    pub(crate) fn joining(config: &Config, metrics: &Arc<Metrics>) -> Self {
        let health = Health::default();
        health.reasons.set(NotReady::ClusterJoining, true);
        Status {
            metrics: metrics.clone(),
            limiter: Arc::new(ConnectionLimiter::new(&config.limits)),
            names: Names::new(None, Vec::new(), HashMap::new(), 0),
            health,
            stopping: Stopping::default(),
        }
    }

    pub(crate) fn gauges(&self) -> Gauges {
        Gauges {
            connections: self.metrics.connections.load(Ordering::Relaxed),
            sockets: count(self.limiter.open()),
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

    /// When a client that is sent away because the server stops should come back.
    pub(crate) fn retry_ms(&self) -> u64 {
        self.stopping.retry_ms(|| self.limiter.open())
    }

    /// Everything in Prometheus's text format.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        self.metrics.text(&self.gauges(), &self.not_ready())
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
