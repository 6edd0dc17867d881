//! What every connection works with.
//!
//! This file does not know how a server is started, or who listens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::address;
use super::bots::BotSessions;
use super::budget::Budgets;
use super::creations::Creations;
use super::posting::Posting;
use super::rate_limits::RateLimits;
use super::session::{Context, Session};
use crate::auth::siblings::Siblings;
use crate::auth::{Auth, Permissions};
use crate::cluster::Cluster;
use crate::config::Config;
use crate::hub::{ConnectionId, Hub};
use crate::lifecycle::shutdown::Stopping;
use crate::listen::connection_limiter::ConnectionLimiter;
use crate::log::{Asker, Log};
use crate::monitoring::metrics::Metrics;
use crate::monitoring::warnings::Warnings;
use crate::outbox::OutboxShared;
use crate::people::names::Person;

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
    pub(crate) bots: BotSessions,
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

    /// Asks a session, with all that it goes by as that is now.
    pub(super) fn ask<T>(
        &self,
        (person, pass, asker): (&Person, Option<&Permissions>, &Asker),
        session: &mut Session,
        question: impl FnOnce(&mut Session, &Context<'_>) -> T,
    ) -> T {
        let context = Context {
            person,
            pass,
            now: self.began.elapsed(),
            rooms: self.log.rooms(),
            rate_limits: &self.rate_limits,
            budgets: &self.budgets,
            sanctions: &self.auth.sanctions,
            moderators: &self.auth.moderators,
            census: self.hub.census(),
            creations: &self.creations,
            edit_window: self.config.edit_window,
            address: asker.counted(),
            new_address: &address::new,
            age_ms: &|| self.auth.time.age_ms(),
            may_read: &|| self.log.may_read(asker),
        };
        question(session, &context)
    }

    pub(super) fn next_connection(&self) -> ConnectionId {
        ConnectionId(self.connections.fetch_add(1, Ordering::Relaxed))
    }
}
