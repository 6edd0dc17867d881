//! Gauges that are taken from what they measure when somebody asks.
//!
//! This file does not know who asks.

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use strum::VariantArray as _;

use super::labels::{Label, Word};
use crate::monitoring::gauges::Gauges;
use crate::monitoring::readiness::NotReady;

/// As they are written down.
#[derive(Debug, Default)]
pub(super) struct Shown {
    connections: Gauge,
    sockets: Gauge,
    rooms: Gauge,
    people: Gauge,
    outbox_bytes: Gauge,
    ready: Gauge,
    pub(super) certificate_ends: Gauge,
    not_ready: Family<Label<NotReady>, Gauge>,
}

impl Shown {
    pub(super) fn register(&self, all: &mut Registry) {
        all.register("connections", "Connections that have entered", self.connections.clone());
        all.register("sockets", "TCP connections, whatever they ask for", self.sockets.clone());
        all.register("rooms", "Rooms that somebody is in", self.rooms.clone());
        all.register("people", "Names in use", self.people.clone());
        all.register("outbox_bytes", "Bytes that wait for connections", self.outbox_bytes.clone());
        let help = "When the TLS certificate expires, in seconds since 1970; 0 without TLS";
        all.register("tls_not_after_seconds", help, self.certificate_ends.clone());
        all.register("ready", "1 if new connections are welcome", self.ready.clone());
        let help = "1 for each reason why they are not, which /readyz tells in words";
        all.register("not_ready", help, self.not_ready.clone());
    }

    pub(super) fn set(&self, gauges: &Gauges, not_ready: &[NotReady]) {
        self.connections.set(gauges.connections);
        self.sockets.set(gauges.sockets);
        self.rooms.set(gauges.rooms);
        self.people.set(gauges.people);
        // What is taken may be counted a moment before what was queued.
        self.outbox_bytes.set(gauges.outbox_bytes.max(0));
        self.ready.set(i64::from(not_ready.is_empty()));
        for reason in NotReady::VARIANTS {
            let holds = not_ready.contains(reason);
            self.not_ready.get_or_create(&[("reason", Word(*reason))]).set(holds.into());
        }
    }
}
