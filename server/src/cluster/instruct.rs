//! What an operator tells the cluster: one of its nodes does it, and answers.
//!
//! This file does not know what it is about.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::nats::{AskError, Nats};
use super::standing::Standing;
use crate::log::operator::instruction::{Done, Instruction};

/// Under this name one of the nodes is told what to do.
const SUBJECT: &str = "do";
/// How long an operator waits for the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two tries to be heard.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Tells one of the nodes to do something.
pub(crate) async fn instruct(nats: &Nats, instruction: &Instruction) -> Result<Done, AskError> {
    let unknown = |error: postcard::Error| AskError::Unknown(error.to_string());
    let payload = postcard::to_extend(instruction, Vec::new()).map_err(unknown)?;
    let answer = nats.ask(SUBJECT, payload.into(), PATIENCE).await?;
    postcard::from_bytes(&answer).map_err(unknown)
}

/// Does what this node is told, by `obey`, for as long as it is polled. A node that is not current leaves it to
/// the others.
pub(super) async fn serve<F: Future<Output = Done>>(
    nats: Nats,
    mut standing: watch::Receiver<Standing>,
    obey: impl Fn(Instruction) -> F,
) {
    let mut changed = standing.clone();
    while standing.wait_for(|it| *it == Standing::Current).await.is_ok() {
        let served = tokio::select! {
            served = serve_once(&nats, &obey) => served,
            _ = changed.wait_for(|it| *it != Standing::Current) => continue,
        };
        if let Err(error) = served {
            tracing::debug!(%error, "the operator cannot be heard yet");
        }
        sleep(TRY_AGAIN).await;
    }
}

async fn serve_once<F: Future<Output = Done>>(
    nats: &Nats,
    obey: &impl Fn(Instruction) -> F,
) -> Result<(), AskError> {
    let mut requests = nats.serve(SUBJECT, Some(SUBJECT)).await?;
    while let Some(request) = requests.next().await {
        let done = match postcard::from_bytes(&request.payload) {
            Ok(instruction) => obey(instruction).await,
            Err(_) => Err("this node's program is another version".to_owned()),
        };
        // Texts and numbers can always be written.
        let answer = postcard::to_extend(&done, Vec::new()).unwrap_or_default();
        nats.respond(request, answer.into()).await?;
    }
    Ok(())
}
