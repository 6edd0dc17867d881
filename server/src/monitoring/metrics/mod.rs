//! The server's figures: what is counted on the way of a message, and how that is written down for
//! Prometheus.
//!
//! Counting is one relaxed atomic, and for a message one for all its receivers together. This file
//! does not know what it counts.

mod disk;
mod limit;

use std::fmt;
use std::hash::Hash;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelValue, LabelValueEncoder, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use protocol::Code;

use self::disk::Disk;
pub(crate) use self::limit::Limit;
use crate::monitoring::gauges::Gauges;
use crate::monitoring::log_lines::LogLinesDropped;
use crate::monitoring::readiness::NotReady;

/// Why frames that waited for a connection were not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Dropped {
    /// Its outbox was full: it comes back with `since`.
    TooSlow,
    /// It went before it had read them.
    Gone,
    /// A newer list took their place.
    Superseded,
}

/// Why a socket was turned away before it became a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TurnedAway {
    /// There are as many connections as may be.
    Full,
    /// Its address has as many as one may have.
    AddressConnections,
    /// Its address opens them too fast.
    AddressRate,
    /// The server is stopping.
    Stopping,
    /// It is a page of another site.
    Origin,
    /// Its request did not arrive in time.
    TooLate,
    /// Its TLS handshake failed.
    BadTls,
    /// Its request is none, or is too large.
    BadRequest,
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Ended {
    /// The peer left, or its socket broke.
    Gone,
    /// It gave no sign of life.
    Silent,
    /// It took nothing for too long.
    Stalled,
    /// It was refused.
    Refused(Code),
}

/// A counter for each value of one label.
#[derive(Debug)]
struct By<T> {
    label: &'static str,
    counters: Family<Label<T>, Counter>,
}

type Label<T> = [(&'static str, Word<T>); 1];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Word<T>(T);

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

/// Gauges as they are written down: taken from what they measure when somebody asks.
#[derive(Debug, Default, Clone)]
struct Shown {
    connections: Gauge,
    sockets: Gauge,
    rooms: Gauge,
    people: Gauge,
    outbox_bytes: Gauge,
    ready: Gauge,
    certificate_ends: Gauge,
    not_ready: Family<Label<NotReady>, Gauge>,
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
            log_batch: Histogram::new(exponential_buckets(1.0, 2.0, 10)),
            // 64 µs to 2 s: the longest that a commit waits for another process.
            log_seconds: Histogram::new(exponential_buckets(64e-6, 2.0, 16)),
            // 4 µs for a few outboxes to 131 ms for very many.
            fan_out_seconds: Histogram::new(exponential_buckets(4e-6, 2.0, 16)),
            // What has not happened yet is told as zero, so that its first time is seen.
            pages: By::new("from", &["memory", "database"]),
            dropped: By::new("reason", &[Dropped::TooSlow, Dropped::Gone, Dropped::Superseded]),
            away: By::new("reason", &TURNED_AWAY),
            ended: By::new("reason", &[Ended::Gone, Ended::Silent, Ended::Stalled]),
            refusals: By::new("code", &[Code::Unavailable, Code::TooFast, Code::TooSlow]),
            limited: By::new("limit", &Limit::ALL),
        };
        metrics.register();
        let help = "Lines of the server's own log that could not be written";
        metrics.registry.register("log_lines_dropped", help, log_lines.counter());
        metrics
    }

    fn register(&mut self) {
        let all = &mut self.registry;
        let shown = self.shown.clone();
        all.register("connections", "Connections that have entered", shown.connections);
        all.register("sockets", "TCP connections, whatever they ask for", shown.sockets);
        all.register("rooms", "Rooms that somebody is in", shown.rooms);
        all.register("people", "Names in use", shown.people);
        all.register("outbox_bytes", "Bytes that wait for connections", shown.outbox_bytes);
        let help = "When the TLS certificate expires, in seconds since 1970; 0 without TLS";
        all.register("tls_not_after_seconds", help, shown.certificate_ends);
        all.register("ready", "1 if new connections are welcome", shown.ready);
        let help = "1 for each reason why they are not, which /readyz tells in words";
        all.register("not_ready", help, shown.not_ready);
        let help = "Seconds that a clock which is doubted is ahead of the last time known";
        all.register("clock_offset_seconds", help, self.clock_offset.clone());
        all.register("messages", "Messages stored", self.messages.clone());
        let help = "Messages, deletions and acts of moderators queued for somebody";
        all.register("deliveries", help, self.deliveries.clone());
        all.register("deletions", "Messages deleted by moderators", self.deletions.clone());
        all.register("cleared", "Messages cleared away by retention", self.cleared.clone());
        all.register("log_failures", "Commits that failed", self.log_failures.clone());
        self.disk.register(all);
        all.register(
            "log_commit_messages",
            "Messages, deletions and changes of one commit",
            self.log_batch.clone(),
        );
        all.register("log_commit_seconds", "Time of one commit", self.log_seconds.clone());
        let help = "Time to queue one message for everybody in its room";
        all.register("fan_out_seconds", help, self.fan_out_seconds.clone());
        let help = "Pages of history, by where they were found";
        all.register("history_pages", help, self.pages.counters.clone());
        let help = "Frames that were queued and not sent, by reason";
        all.register("dropped", help, self.dropped.counters.clone());
        let help = "Sockets refused before they entered, by reason";
        all.register("turned_away", help, self.away.counters.clone());
        let help = "Connections ended, by reason";
        all.register("ended", help, self.ended.counters.clone());
        all.register("refusals", "Refusals told, by code", self.refusals.counters.clone());
        let help = "Messages and requests over a rate, by whose it is";
        all.register("limited", help, self.limited.counters.clone());
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

    /// A page of history was found in memory, or in the database.
    pub(crate) fn page_found(&self, in_memory: bool) {
        let from = if in_memory { "memory" } else { "database" };
        self.pages.count(from, 1);
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
        let shown = &self.shown;
        shown.connections.set(gauges.connections);
        shown.sockets.set(gauges.sockets);
        shown.rooms.set(gauges.rooms);
        shown.people.set(gauges.people);
        // What is taken may be counted a moment before what was queued.
        shown.outbox_bytes.set(gauges.outbox_bytes.max(0));
        shown.ready.set(i64::from(not_ready.is_empty()));
        for reason in NotReady::ALL {
            let holds = not_ready.contains(&reason);
            shown.not_ready.get_or_create(&[("reason", Word(reason))]).set(holds.into());
        }
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl<T: Copy + Eq + Hash> By<T> {
    fn new(label: &'static str, known: &[T]) -> Self {
        let by = By { label, counters: Family::default() };
        known.iter().for_each(|value| by.count(*value, 0));
        by
    }

    fn count(&self, value: T, more: u64) {
        self.counters.get_or_create(&[(self.label, Word(value))]).inc_by(more);
    }
}

const TURNED_AWAY: [TurnedAway; 8] = [
    TurnedAway::Full,
    TurnedAway::AddressConnections,
    TurnedAway::AddressRate,
    TurnedAway::Stopping,
    TurnedAway::Origin,
    TurnedAway::TooLate,
    TurnedAway::BadTls,
    TurnedAway::BadRequest,
];

impl fmt::Display for TurnedAway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TurnedAway::Full => "full",
            TurnedAway::AddressConnections => "address_connections",
            TurnedAway::AddressRate => "address_rate",
            TurnedAway::Stopping => "stopping",
            TurnedAway::Origin => "origin",
            TurnedAway::TooLate => "too_late",
            TurnedAway::BadTls => "bad_tls",
            TurnedAway::BadRequest => "bad_request",
        })
    }
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Dropped::TooSlow => "too_slow",
            Dropped::Gone => "gone",
            Dropped::Superseded => "superseded",
        })
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ended::Gone => f.write_str("gone"),
            Ended::Silent => f.write_str("silent"),
            Ended::Stalled => f.write_str("stalled"),
            Ended::Refused(code) => code.fmt(f),
        }
    }
}

impl<T: fmt::Display> EncodeLabelValue for Word<T> {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        fmt::Write::write_fmt(encoder, format_args!("{}", self.0))
    }
}
