//! What nodes say to each other besides the log: nothing of it lasts, and whoever is away misses it.
//!
//! This file does not know what is asked.

use std::time::Duration;

use async_nats::client::RequestErrorKind;
use async_nats::{StatusCode, Subject, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout_at};

use super::Nats;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AskError {
    /// Not asked.
    #[error("there is no connection to the NATS servers")]
    Disconnected,
    /// No node serves it.
    #[error("no node answers this")]
    Nobody,
    /// It was not answered in time.
    #[error("no node answered in time")]
    Late,
    /// Anything else.
    #[error("the NATS servers do not pass it on: {0}")]
    Unknown(String),
}

/// What other nodes ask.
#[derive(Debug)]
pub(crate) struct Requests {
    subscriber: Subscriber,
}

/// One thing that another node asks.
#[derive(Debug)]
pub(crate) struct Request {
    /// What was asked.
    pub(crate) payload: Bytes,
    /// Who wants an answer, if anybody does.
    reply: Option<Subject>,
}

impl Nats {
    /// Hears what is asked under this name: everything, or its share of it among all who
    /// hear it in the same group. When this returns, whoever asks at the same NATS server is heard.
    ///
    /// # Errors
    /// [`AskError`].
    pub(crate) async fn serve(
        &self,
        name: &str,
        group: Option<&str>,
    ) -> Result<Requests, AskError> {
        let subject = self.names.subject(name);
        let subscribed = match group {
            Some(group) => self.client.queue_subscribe(subject, group.to_owned()).await,
            None => self.client.subscribe(subject).await,
        };
        let subscriber = subscribed.map_err(|error| unknown(&error))?;
        self.is_heard().await?;
        Ok(Requests { subscriber })
    }

    /// Waits until the NATS server has done all that it was told: it says at once that nobody listens
    /// where nobody can.
    async fn is_heard(&self) -> Result<(), AskError> {
        match self.client.request(self.client.new_inbox(), Bytes::new()).await {
            Err(error) if error.kind() != RequestErrorKind::NoResponders => Err(unknown(&error)),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Answers, if an answer is wanted.
    ///
    /// # Errors
    /// [`AskError`].
    pub(crate) async fn respond(&self, request: Request, answer: Bytes) -> Result<(), AskError> {
        let Some(reply) = request.reply else { return Ok(()) };
        if !self.is_connected() {
            return Err(AskError::Disconnected);
        }
        self.client.publish(reply, answer).await.map_err(|error| unknown(&error))
    }

    /// Tells all who serve this name something, and waits for nothing.
    ///
    /// # Errors
    /// [`AskError`].
    pub(crate) async fn tell(&self, name: &str, payload: Bytes) -> Result<(), AskError> {
        if !self.is_connected() {
            return Err(AskError::Disconnected);
        }
        let told = self.client.publish(self.names.subject(name), payload).await;
        told.map_err(|error| unknown(&error))
    }

    /// Asks whoever serves this name, and waits for the first answer.
    ///
    /// # Errors
    /// [`AskError`].
    pub(crate) async fn ask(
        &self,
        name: &str,
        payload: Bytes,
        patience: Duration,
    ) -> Result<Bytes, AskError> {
        if !self.is_connected() {
            return Err(AskError::Disconnected);
        }
        let request = async_nats::Request::new().payload(payload).timeout(Some(patience));
        let answered = self.client.send_request(self.names.subject(name), request).await;
        answered.map(|answer| answer.payload).map_err(|error| match error.kind() {
            RequestErrorKind::NoResponders => AskError::Nobody,
            RequestErrorKind::TimedOut => AskError::Late,
            _ => unknown(&error),
        })
    }

    /// Asks all who serve this name; gives what they answered within this time.
    ///
    /// # Errors
    /// [`AskError`]. That nobody answers is none.
    pub(crate) async fn ask_all(
        &self,
        name: &str,
        payload: Bytes,
        wait: Duration,
    ) -> Result<Vec<Bytes>, AskError> {
        if !self.is_connected() {
            return Err(AskError::Disconnected);
        }
        let until = Instant::now() + wait;
        let inbox = self.client.new_inbox();
        let subscribed = self.client.subscribe(inbox.clone()).await;
        let mut answers = subscribed.map_err(|error| unknown(&error))?;
        let subject = self.names.subject(name);
        let asked = self.client.publish_with_reply(subject, inbox, payload).await;
        asked.map_err(|error| unknown(&error))?;
        let mut found = Vec::new();
        while let Ok(Some(answer)) = timeout_at(until, answers.next()).await {
            match answer.status {
                Some(StatusCode::NO_RESPONDERS) => break,
                Some(_) => {}
                None => found.push(answer.payload),
            }
        }
        Ok(found)
    }
}

impl Requests {
    /// The next one; none when the connection is closed for good. Nothing is lost when nobody waits
    /// for it any more.
    pub(crate) async fn next(&mut self) -> Option<Request> {
        let message = self.subscriber.next().await?;
        Some(Request { payload: message.payload, reply: message.reply })
    }
}

fn unknown(error: &dyn std::error::Error) -> AskError {
    AskError::Unknown(error.to_string())
}
