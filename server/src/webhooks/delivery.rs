//! Sends what waits for the receiver of one hook, one message at a time, each until it is delivered or too old.
//!
//! This file does not know HTTP's connections, or what is made of an answer.

use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{
    CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue, USER_AGENT,
};
use protocol::{Body, slack};
use tokio::time::{Instant, sleep_until};

use super::client::{Answered, Client, Post};
use super::known::Outgoing;
use super::pace::{Pace, retry_after};
use super::queue::Waiting;
use crate::config::WebhookTimes;
use crate::monitoring::metrics::{Lost, Metrics};

/// Answers that mean the message and not the receiver: it would be the same however often it is sent, and hold up all
/// that is said later.
const REFUSED: [StatusCode; 3] =
    [StatusCode::BAD_REQUEST, StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNPROCESSABLE_ENTITY];
const AGENT: &str = concat!("nebula-server/", env!("CARGO_PKG_VERSION"));

/// What is needed to send for all hooks.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) client: Client,
    pub(super) times: WebhookTimes,
    pub(super) metrics: Arc<Metrics>,
    /// The time of day, in milliseconds since 1970.
    pub(super) now_ms: fn() -> u64,
}

/// What came of a try.
#[derive(Debug)]
enum Tried {
    /// It is delivered, and this is to be said in its room.
    Delivered(Option<Body>),
    /// The receiver never takes this message.
    Refused(StatusCode),
    /// It is not delivered, and its receiver may have said when to come again.
    Failed(String, Option<Duration>),
}

impl Sender {
    /// Sends for a hook until it ends. What a receiver answers `is_said` before the next message goes out.
    pub(super) async fn send_all<S: Future<Output = ()>>(
        &self,
        outgoing: &Arc<Outgoing>,
        is_said: impl Fn(Arc<Outgoing>, Body) -> S,
    ) {
        let hook = outgoing.number;
        let mut pace = Pace::new(Instant::now());
        let mut is_losing = false;
        loop {
            let first = outgoing.first().await;
            if pace.ready().max(Instant::now()) > first.said + self.times.keep {
                self.give_up(outgoing, Lost::Late, &mut is_losing);
                continue;
            }
            sleep_until(pace.ready()).await;
            match self.attempt(outgoing, first).await {
                Tried::Delivered(answer) => {
                    outgoing.pop(&self.metrics);
                    self.metrics.webhooks.delivered.inc();
                    if pace.is_failing() {
                        tracing::info!(hook, "an outgoing hook delivers again");
                    }
                    pace.succeeded();
                    is_losing = false;
                    if let Some(answer) = answer {
                        is_said(outgoing.clone(), answer).await;
                    }
                }
                Tried::Refused(status) => {
                    tracing::debug!(hook, %status, "a receiver refuses a message");
                    self.give_up(outgoing, Lost::Refused, &mut is_losing);
                    pace.succeeded();
                }
                Tried::Failed(why, asked) => {
                    self.metrics.webhooks.failures.inc();
                    if !pace.is_failing() {
                        tracing::warn!(hook, %why, "an outgoing hook cannot deliver, and tries again");
                    }
                    pace.failed(Instant::now(), asked, (&self.times, fastrand::f64()));
                }
            }
        }
    }

    /// The first message that waits is never sent.
    fn give_up(&self, outgoing: &Outgoing, why: Lost, is_losing: &mut bool) {
        outgoing.pop(&self.metrics);
        self.metrics.webhooks.lost(why);
        if !std::mem::replace(is_losing, true) {
            tracing::warn!(
                hook = outgoing.number,
                reason = %why,
                "a message for an outgoing hook was dropped; until one is delivered, others are only counted"
            );
        }
    }

    async fn attempt(&self, outgoing: &Outgoing, message: Waiting) -> Tried {
        let hook = &outgoing.hook;
        let now_ms = (self.now_ms)();
        // The same however often it is tried, so that a receiver knows what it has.
        let id = format!("{}-{}", outgoing.number, message.id.get());
        let signature = hook.key.sign(&id, now_ms / 1000, &message.body);
        let headers = match headers([&id, &(now_ms / 1000).to_string(), &signature]) {
            Ok(headers) => headers,
            Err(error) => return Tried::Failed(error.to_string(), None),
        };
        let post = Post {
            url: &hook.url,
            allows_private: hook.allows_private,
            lookups: &outgoing.lookups,
            headers,
            body: message.body,
        };
        match self.client.post(post, self.times.one_try).await {
            Ok(Answered { status, json, .. }) if status.is_success() => {
                let said = json.and_then(|json| slack(&json).ok());
                Tried::Delivered(said.map(|posted| posted.text))
            }
            Ok(Answered { status, .. }) if REFUSED.contains(&status) => Tried::Refused(status),
            Ok(Answered { status, retry_after: asked, .. }) => {
                let asked = asked.and_then(|asked| retry_after(&asked, now_ms));
                Tried::Failed(format!("its receiver answers {status}"), asked)
            }
            Err(error) => Tried::Failed(error.to_string(), None),
        }
    }
}

/// Those that every request has: id, time and signature as Standard Webhooks calls them.
fn headers([id, seconds, signature]: [&str; 3]) -> Result<HeaderMap, InvalidHeaderValue> {
    let named = |name, value: &str| Ok((HeaderName::from_static(name), value.parse()?));
    let mut headers = [
        named("webhook-id", id)?,
        named("webhook-timestamp", seconds)?,
        named("webhook-signature", signature)?,
    ]
    .into_iter()
    .collect::<HeaderMap>();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    Ok(headers)
}
