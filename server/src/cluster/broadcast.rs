//! Tells all other nodes what is kept nowhere, and hears what they tell.
//!
//! This file does not know what that is, or who hears of it here.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::ephemeral::Ephemeral;
use super::nats::{AskError, Nats};
use crate::log::order::name::NodeName;

/// Under this name all nodes hear it.
const SUBJECT: &str = "ephemeral";
/// Between two tries to be heard.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// As it goes to the other nodes, and to the one that says it, which does not need it.
#[derive(Debug, Serialize, Deserialize)]
struct Broadcast {
    node: NodeName,
    told: Ephemeral,
}

/// Tells the others what connections of this node have to say, for as long as it is polled. What cannot be told
/// at once is dropped.
pub(super) async fn tell(nats: Nats, node: NodeName, mut waiting: mpsc::Receiver<Ephemeral>) {
    while let Some(told) = waiting.recv().await {
        let broadcast = Broadcast { node: node.clone(), told };
        // Names can always be written.
        let bytes = postcard::to_extend(&broadcast, Vec::new()).unwrap_or_default();
        if let Err(error) = nats.tell(SUBJECT, Bytes::from(bytes)).await {
            tracing::trace!(%error, "something was not told to the other nodes");
        }
    }
}

/// Hears what the others say, for as long as it is polled.
pub(super) async fn hear<F: Future<Output = ()>>(
    nats: Nats,
    node: NodeName,
    hear: impl Fn(Ephemeral) -> F,
) {
    loop {
        if let Err(error) = hear_once(&nats, &node, &hear).await {
            tracing::debug!(%error, "the other nodes cannot be heard yet");
        }
        sleep(TRY_AGAIN).await;
    }
}

async fn hear_once<F: Future<Output = ()>>(
    nats: &Nats,
    node: &NodeName,
    hear: &impl Fn(Ephemeral) -> F,
) -> Result<(), AskError> {
    let mut requests = nats.serve(SUBJECT, None).await?;
    while let Some(request) = requests.next().await {
        // A newer program may say more than this one knows.
        match postcard::from_bytes::<Broadcast>(&request.payload) {
            Ok(it) if it.node != *node => hear(it.told).await,
            Ok(_) | Err(_) => {}
        }
    }
    Ok(())
}
