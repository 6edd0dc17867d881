//! What became of what outgoing hooks send.
//!
//! This file does not know which hooks there are.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use strum::VariantArray as _;

use super::labels::{By, Lost};

/// Of all hooks together.
#[derive(Debug)]
pub(crate) struct Webhooks {
    /// Messages that wait for their receivers, or are being sent.
    pub(crate) waiting: Gauge,
    pub(crate) delivered: Counter,
    /// Tries that failed.
    pub(crate) failures: Counter,
    lost: By<Lost>,
}

impl Default for Webhooks {
    fn default() -> Self {
        Webhooks {
            waiting: Gauge::default(),
            delivered: Counter::default(),
            failures: Counter::default(),
            lost: By::new("reason", Lost::VARIANTS),
        }
    }
}

impl Webhooks {
    pub(super) fn register(&self, all: &mut Registry) {
        let help = "Messages that wait for the receivers of outgoing hooks";
        all.register("webhooks_waiting", help, self.waiting.clone());
        let help = "Messages delivered to the receivers of outgoing hooks";
        all.register("webhooks_delivered", help, self.delivered.clone());
        let help = "Tries to deliver to the receivers of outgoing hooks that failed";
        all.register("webhooks_failures", help, self.failures.clone());
        let help = "Messages that the receivers of outgoing hooks never got, by reason";
        all.register("webhooks_lost", help, self.lost.counters());
    }

    /// A receiver never gets a message.
    pub(crate) fn lost(&self, reason: Lost) {
        self.lost.count(reason, 1);
    }
}
