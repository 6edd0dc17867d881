//! A task for each hook, for as long as it is there.
//!
//! This file does not know how anything is sent.

use std::panic::resume_unwind;
use std::sync::Arc;

use protocol::Body;
use tokio::task::{JoinError, JoinSet};
use tokio_util::task::TaskTracker;

use super::client::Client;
use super::delivery::Sender;
use super::known::{Outgoing, Webhooks};
use crate::config::WebhookTimes;
use crate::monitoring::metrics::Metrics;

/// What a server lends it.
#[derive(Debug)]
pub(crate) struct Around {
    pub(crate) times: WebhookTimes,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tracker: TaskTracker,
    /// The time of day, in milliseconds since 1970.
    pub(crate) now_ms: fn() -> u64,
}

/// Sends for all hooks, until it is dropped, with which all of it ends. What receivers answer `is_said`.
pub(crate) async fn run<S>(
    webhooks: Webhooks,
    Around { times, metrics, tracker, now_ms }: Around,
    is_said: impl Fn(Arc<Outgoing>, Body) -> S + Clone + Send + Sync + 'static,
) where
    S: Future<Output = ()> + Send,
{
    let sender = Arc::new(Sender { client: Client::default(), times, metrics, now_ms });
    let mut tasks = JoinSet::new();
    loop {
        let new = tokio::select! {
            new = webhooks.new_ones() => new,
            Some(ended) = tasks.join_next() => {
                unless_panicked(ended);
                continue;
            }
        };
        for outgoing in new {
            let (sender, is_said) = (sender.clone(), is_said.clone());
            tasks.spawn(tracker.track_future(async move {
                tokio::select! {
                    () = sender.send_all(&outgoing, is_said) => {}
                    () = outgoing.ended.cancelled() => {}
                }
            }));
        }
    }
}

/// One that panicked takes the server down, as all parts do: half of it would look alive.
fn unless_panicked(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && let Ok(panic) = error.try_into_panic()
    {
        resume_unwind(panic);
    }
}
