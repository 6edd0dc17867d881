//! What every connection works with.
//!
//! This file does not know how a server is started, or who listens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::budget::Budgets;
use super::creations::Creations;
use super::posting::Posting;
use super::rate_limits::RateLimits;
use crate::auth::Auth;
use crate::auth::siblings::Siblings;
use crate::cluster::Cluster;
use crate::config::Config;
use crate::hub::{ConnectionId, Hub};
use crate::lifecycle::shutdown::Stopping;
use crate::listen::connection_limiter::ConnectionLimiter;
use crate::log::Log;
use crate::monitoring::metrics::Metrics;
use crate::monitoring::warnings::Warnings;
use crate::outbox::OutboxShared;

/// Handles to all parts of the server.
pub(crate) struct Engine {
    pub(crate) config: Config,
    pub(crate) auth: Auth,
    pub(crate) hub: Hub,
    pub(crate) log: Log,
    /// None where this server is alone.
    pub(crate) cluster: Option<Cluster>,
    pub(crate) outboxes: Arc<OutboxShared>,
    pub(crate) rate_limits: RateLimits,
    pub(crate) budgets: Budgets,
    pub(crate) creations: Creations,
    pub(crate) posting: Posting,
    pub(crate) limiter: Arc<ConnectionLimiter>,
    pub(crate) siblings: Siblings,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) warnings: Arc<Warnings>,
    pub(crate) stopping: Stopping,
    pub(crate) connections: AtomicU64,
    pub(crate) began: Instant,
}

impl Engine {
    /// When somebody who is sent away because the server stops should come back.
    pub(super) fn retry_ms(&self) -> u64 {
        self.stopping.retry_ms(|| self.limiter.open())
    }

    pub(super) fn next_connection(&self) -> ConnectionId {
        ConnectionId(self.connections.fetch_add(1, Ordering::Relaxed))
    }
}
