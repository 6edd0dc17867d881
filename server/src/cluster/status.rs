//! How each node stands, as the nodes tell whoever asks.
//!
//! This file does not know how it is shown.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::sleep;

use super::copy::hex;
use super::nats::{AskError, Nats};
use super::standing::Standing;
use crate::log::order::entry::Start;
use crate::log::order::shared::Shared;
use crate::monitoring::metrics::Metrics;

/// Under this name nodes are asked how they stand.
const SUBJECT: &str = "status";
/// How long answers are waited for: a node answers at once.
const WAIT: Duration = Duration::from_millis(1500);
/// Between two looks at the stream.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Between two tries to be heard.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// How a node stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct NodeStatus {
    pub(crate) node: String,
    pub(crate) standing: String,
    /// The newest record that it has applied, and the first digits of the hash over all of them.
    pub(crate) seq: u64,
    pub(crate) hash: String,
    /// People who are connected to it.
    pub(crate) people: u64,
    pub(crate) version: String,
    pub(crate) address: Option<String>,
    /// The nodes that live, as this one knows.
    pub(crate) lives: Vec<String>,
    /// It was started with other settings than those that hold in the cluster.
    pub(crate) settings_differ: bool,
}

/// Asks all nodes, which are sorted by name.
pub(crate) async fn ask(nats: &Nats) -> Result<Vec<NodeStatus>, AskError> {
    let answers = nats.ask_all(SUBJECT, Bytes::new(), WAIT).await?;
    let parsed = answers.iter().filter_map(|answer| postcard::from_bytes(answer).ok());
    let mut nodes: Vec<NodeStatus> = parsed.collect();
    nodes.sort_by(|one, other| one.node.cmp(&other.node));
    Ok(nodes)
}

/// Looks now and then how many servers have all of the stream, for as long as it is polled.
pub(super) async fn watch_stream(nats: Nats, metrics: Arc<Metrics>) {
    loop {
        let replicas = match nats.find().await {
            Ok(Some(stream)) => {
                1 + stream.peers.iter().filter(|it| it.is_current && !it.is_offline).count()
            }
            // None that is known of.
            Ok(None) | Err(_) => 0,
        };
        metrics.cluster.replicas.set(i64::try_from(replicas).unwrap_or(i64::MAX));
        sleep(LOOK_EVERY).await;
    }
}

/// Answers for this node, for as long as it is polled.
pub(super) async fn serve(nats: Nats, shared: Arc<Shared>, standing: watch::Receiver<Standing>) {
    loop {
        if let Err(error) = serve_once(&nats, &shared, &standing).await {
            tracing::debug!(%error, "the standing cannot be told yet");
        }
        sleep(TRY_AGAIN).await;
    }
}

async fn serve_once(
    nats: &Nats,
    shared: &Shared,
    standing: &watch::Receiver<Standing>,
) -> Result<(), AskError> {
    let mut requests = nats.serve(SUBJECT, None).await?;
    while let Some(request) = requests.next().await {
        let status = own(shared, *standing.borrow());
        // Texts and numbers can always be written.
        let answer = postcard::to_extend(&status, Vec::new()).unwrap_or_default();
        nats.respond(request, answer.into()).await?;
    }
    Ok(())
}

fn own(shared: &Shared, standing: Standing) -> NodeStatus {
    let seen = shared.progress.borrow().seen;
    let members = shared.members.read();
    let me = members.nodes().find(|(name, _)| **name == shared.me).map(|(_, start)| start.clone());
    let differs = |start: &Start| Some(start.settings) != members.settings();
    let settings_differ = me.as_ref().is_some_and(differs);
    let address = me.as_ref().and_then(|start| start.address.clone());
    NodeStatus {
        node: shared.me.to_string(),
        standing: standing.to_string(),
        seq: seen.seq,
        hash: hex(&seen.hash[..6]),
        people: members.people_on(&shared.me) as u64,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        address: address.map(String::from),
        lives: members.nodes().map(|(name, _)| name.to_string()).collect(),
        settings_differ,
    }
}
