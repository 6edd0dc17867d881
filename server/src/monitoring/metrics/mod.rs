//! The server's metrics: what is counted on the way of a message, and how that is written down for
//! Prometheus.
//!
//! Counting is one relaxed atomic, and for a message one for all its receivers together. This file
//! does not know what it counts.

pub(crate) mod cluster;
mod disk;
mod labels;
mod shown;
mod webhooks;

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use protocol::Code;
use strum::VariantArray as _;

use self::cluster::Cluster;
use self::disk::Disk;
use self::labels::By;
pub(crate) use self::labels::{Dropped, Ended, Limit, Lost, TurnedAway};
use self::shown::Shown;
use self::webhooks::Webhooks;
use crate::monitoring::gauges::Gauges;
use crate::monitoring::log_lines::LogLinesDropped;
use crate::monitoring::readiness::NotReady;

/// Everything that is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    shown: Shown,
    /// Connections that have entered.
    pub(crate) connections: AtomicI64,
    /// Bytes that wait in all outboxes.
    pub(crate) outbox_bytes: AtomicI64,
    /// Seconds that the machine's clock is ahead of the server's time, while it is doubted.
    clock_offset: Gauge,
    /// Messages that were stored.
    pub(crate) messages: Counter,
    /// Messages queued for somebody.
    pub(crate) deliveries: Counter,
    /// Messages that moderators deleted.
    pub(crate) deletions: Counter,
    /// Messages that were cleared away with age.
    pub(crate) cleared: Counter,
    /// Commits that failed.
    pub(crate) log_failures: Counter,
    /// What the log takes of its disk.
    pub(crate) disk: Disk,
    /// How the node stands among others.
    pub(crate) cluster: Cluster,
    /// What became of what outgoing hooks send.
    pub(crate) webhooks: Webhooks,
    log_batch: Histogram,
    log_seconds: Histogram,
    fan_out_seconds: Histogram,
    pages: By<&'static str>,
    dropped: By<Dropped>,
    away: By<TurnedAway>,
    ended: By<Ended>,
    refusals: By<Code>,
    limited: By<Limit>,
}

impl Default for Metrics {
    fn default() -> Self {
        Metrics::new(&LogLinesDropped::default())
    }
}

impl Metrics {
    pub(crate) fn new(log_lines: &LogLinesDropped) -> Self {
        let mut metrics = Metrics {
            registry: Registry::with_prefix("nebula"),
            shown: Shown::default(),
            connections: AtomicI64::default(),
            outbox_bytes: AtomicI64::default(),
            clock_offset: Gauge::default(),
            messages: Counter::default(),
            deliveries: Counter::default(),
            deletions: Counter::default(),
            cleared: Counter::default(),
            log_failures: Counter::default(),
            disk: Disk::default(),
            cluster: Cluster::default(),
            webhooks: Webhooks::default(),
            log_batch: Histogram::new(exponential_buckets(1.0, 2.0, 10)),
            // 64 µs to 2 s: the longest that a commit waits for another process.
            log_seconds: Histogram::new(exponential_buckets(64e-6, 2.0, 16)),
            // 4 µs for a few outboxes to 131 ms for very many.
            fan_out_seconds: Histogram::new(exponential_buckets(4e-6, 2.0, 16)),
            pages: By::new("from", &["memory", "database"]),
            dropped: By::new("reason", Dropped::VARIANTS),
            away: By::new("reason", TurnedAway::VARIANTS),
            ended: By::new("reason", &[Ended::Gone, Ended::Silent, Ended::Stalled]),
            refusals: By::new("code", &[Code::Unavailable, Code::TooFast, Code::TooSlow]),
            limited: By::new("limit", Limit::VARIANTS),
        };
        metrics.register();
        let help = "Lines of the server's own log that could not be written";
        metrics.registry.register("log_lines_dropped", help, log_lines.counter());
        metrics
    }

    fn register(&mut self) {
        let all = &mut self.registry;
        self.shown.register(all);
        let help = "Seconds that a clock which is doubted is ahead of the last time known";
        all.register("clock_offset_seconds", help, self.clock_offset.clone());
        all.register("messages", "Messages stored", self.messages.clone());
        let help = "Messages, deletions and acts of moderators queued for somebody";
        all.register("deliveries", help, self.deliveries.clone());
        all.register("deletions", "Messages deleted by moderators", self.deletions.clone());
        all.register("cleared", "Messages cleared away by retention", self.cleared.clone());
        all.register("log_failures", "Commits that failed", self.log_failures.clone());
        self.disk.register(all);
        self.cluster.register(all);
        self.webhooks.register(all);
        all.register(
            "log_commit_messages",
            "Messages, deletions and changes of one commit",
            self.log_batch.clone(),
        );
        all.register("log_commit_seconds", "Time of one commit", self.log_seconds.clone());
        let help = "Time to queue one message for everybody in its room";
        all.register("fan_out_seconds", help, self.fan_out_seconds.clone());
        let help = "Pages of history, by where they were found";
        all.register("history_pages", help, self.pages.counters());
        let help = "Frames that were queued and not sent, by reason";
        all.register("dropped", help, self.dropped.counters());
        let help = "Sockets refused before they entered, by reason";
        all.register("turned_away", help, self.away.counters());
        let help = "Connections ended, by reason";
        all.register("ended", help, self.ended.counters());
        all.register("refusals", "Refusals told, by code", self.refusals.counters());
        let help = "Messages and requests over a rate, by whose it is";
        all.register("limited", help, self.limited.counters());
    }

    /// A commit of so many messages, deletions and changes took so long.
    pub(crate) fn committed(&self, items: usize, took: Duration) {
        self.log_batch.observe(u32::try_from(items).unwrap_or(u32::MAX).into());
        self.log_seconds.observe(took.as_secs_f64());
    }

    /// A message was queued for so many.
    pub(crate) fn told(&self, receivers: u64, took: Duration) {
        self.deliveries.inc_by(receivers);
        self.fan_out_seconds.observe(took.as_secs_f64());
    }

    /// A page of history, of so many messages at most, was found in memory, or in the database. One without
    /// any is none.
    pub(crate) fn page_found(&self, limit: usize, in_memory: bool) {
        let from = if in_memory { "memory" } else { "database" };
        self.pages.count(from, u64::from(limit > 0));
    }

    pub(crate) fn dropped(&self, reason: Dropped, frames: usize) {
        if frames > 0 {
            self.dropped.count(reason, frames as u64);
        }
    }

    /// The last second of the certificate that is shown.
    pub(crate) fn certificate_ends(&self, seconds: u64) {
        self.shown.certificate_ends.set(i64::try_from(seconds).unwrap_or(i64::MAX));
    }

    pub(crate) fn turned_away(&self, reason: TurnedAway) {
        self.away.count(reason, 1);
    }

    pub(crate) fn ended(&self, how: Ended) {
        self.ended.count(how, 1);
    }

    pub(crate) fn refused(&self, code: Code) {
        self.refusals.count(code, 1);
    }

    pub(crate) fn limited(&self, limit: Limit) {
        self.limited.count(limit, 1);
    }

    pub(crate) fn clock_offset_seconds(&self, seconds: i64) {
        self.clock_offset.set(seconds);
    }

    /// Bytes were queued, or, below zero, taken.
    pub(crate) fn outbox_grew(&self, bytes: i64) {
        if bytes != 0 {
            self.outbox_bytes.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    /// Everything in Prometheus's text format.
    pub(crate) fn text(
        &self,
        gauges: &Gauges,
        not_ready: &[NotReady],
    ) -> Result<String, fmt::Error> {
        self.shown.set(gauges, not_ready);
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
