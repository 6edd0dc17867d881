//! What is counted of a node among the others of its cluster.
//!
//! This file does not know what any of it means.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// All of it is zero where a server is alone.
#[derive(Debug, Default)]
pub(crate) struct Cluster {
    /// 0 alone, 1 joining, 2 current, 3 waiting, 4 cut, 5 diverged.
    pub(crate) standing: Gauge,
    pub(crate) applied_seq: Gauge,
    pub(crate) lag_records: Gauge,
    pub(crate) beat_seconds: Gauge<f64, AtomicU64>,
    pub(crate) on_the_way: Gauge,
    pub(crate) resent: Counter,
    pub(crate) void: Counter,
    pub(crate) reader_reopened: Counter,
    pub(crate) nodes: Gauge,
    pub(crate) foreign: Counter,
    pub(crate) copied: Counter,
    pub(crate) diverged: Gauge,
    /// Replicas of the stream that are up to date.
    pub(crate) replicas: Gauge,
    /// 1 while a node has other settings than the cluster.
    pub(crate) settings_differ: Gauge,
}

impl Cluster {
    pub(super) fn register(&self, all: &mut Registry) {
        let all = all.sub_registry_with_prefix("cluster");
        let help =
            "How the node stands: 0 alone, 1 joining, 2 current, 3 waiting, 4 cut, 5 diverged";
        all.register("standing", help, self.standing.clone());
        let help = "The newest record of the order that the node has applied";
        all.register("applied_seq", help, self.applied_seq.clone());
        let help = "Records that the stream has and the node has not applied";
        all.register("lag_records", help, self.lag_records.clone());
        let help = "Seconds since the newest beat of the node came back";
        all.register("beat_seconds", help, self.beat_seconds.clone());
        let help = "Records of the node that are on their way";
        all.register("on_the_way", help, self.on_the_way.clone());
        all.register("resent", "Records sent again", self.resent.clone());
        let help = "Records that did not count: sent twice, or by a dead node";
        all.register("void", help, self.void.clone());
        let help = "How often the node had to read the stream from a new consumer";
        all.register("reader_reopened", help, self.reader_reopened.clone());
        all.register("nodes", "Nodes that live, this one included", self.nodes.clone());
        let help = "Messages and other lasting events of other nodes that were applied";
        all.register("foreign_messages", help, self.foreign.clone());
        let help = "How often the database was taken over from another node";
        all.register("copied", help, self.copied.clone());
        let help = "1 if the node made something else of the order than the others";
        all.register("diverged", help, self.diverged.clone());
        let help = "Copies of the stream that are up to date";
        all.register("replicas_current", help, self.replicas.clone());
        let help = "1 if the settings of the node differ from those that hold in the cluster";
        all.register("settings_differ", help, self.settings_differ.clone());
    }
}
