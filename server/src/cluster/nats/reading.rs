//! Reading on from a place in the stream, without a hole: whatever is lost on the way ends a reader, and
//! another one is opened after the last record that was read.
//!
//! The client's own consumer that reads in order waits 10 s until it notices silence. This file does
//! not know what a record means.

use std::time::Duration;

use async_nats::header::NATS_LAST_CONSUMER;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, ReplayPolicy, push};
use async_nats::jetstream::{self, Context};
use async_nats::{Message, Subject, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout_at};

use super::Nats;
use super::stream::StreamError;

/// How often JetStream says that there is nothing to say.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Two heartbeats, and what they may be late.
const SILENCE_MAX: Duration = Duration::from_millis(2500);
/// After this JetStream forgets a reader that is gone.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(10);
/// In a heartbeat: nothing comes any more until this subject hears something.
const STALLED: &str = "Nats-Consumer-Stalled";

/// A record as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Incoming {
    /// Its place, one more than that of the record before.
    pub(crate) seq: u64,
    /// When the stream's leader took it, in microseconds since 1970: the same on all nodes.
    pub(crate) timestamp_us: u64,
    /// What was appended.
    pub(crate) payload: Bytes,
}

/// Why a reader ends.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReadError {
    /// Another one reads on.
    #[error("the stream has to be read anew: {0}")]
    Reopen(String),
    /// Records that were never read are not there any more.
    #[error("the stream begins at {found}, and {wanted} is the next to read")]
    Trimmed {
        /// The next to read.
        wanted: u64,
        /// What came, or is the first.
        found: u64,
    },
    /// Records that were read once are not there, or not any more the same.
    #[error("the stream ends at {last}, and {wanted} is the next to read: it lost its end")]
    Rewound {
        /// The next to read.
        wanted: u64,
        /// The last that there is.
        last: u64,
    },
    /// Another stream is in its place.
    #[error("the stream is not the one that this node has read: it was made anew")]
    Replaced,
    /// There is no stream.
    #[error("the stream is gone")]
    Gone,
}

/// Reads records one after the other.
#[derive(Debug)]
pub(crate) struct Reader {
    jetstream: Context,
    subscriber: Subscriber,
    /// The next place in the stream.
    wanted: u64,
    /// Records that came; JetStream counts them too.
    delivered: u64,
    /// Something has to come until then.
    until: Instant,
    /// Who has to hear that all before it was taken. Kept here, so that nothing is forgotten when
    /// nobody waits for `next` any more.
    owed: Option<Subject>,
}

impl Nats {
    /// Opens a reader whose first record is this one, of the stream with this id.
    ///
    /// # Errors
    /// [`ReadError`].
    pub(crate) async fn read_from(&self, id: &str, seq: u64) -> Result<Reader, ReadError> {
        let again = |why: &dyn std::error::Error| ReadError::Reopen(why.to_string());
        let state = match self.find().await {
            Ok(state) => state.ok_or(ReadError::Gone)?,
            Err(StreamError::Foreign(_)) => return Err(ReadError::Gone),
            Err(error) => return Err(again(&error)),
        };
        if state.id != id {
            return Err(ReadError::Replaced);
        }
        let wanted = seq.max(1);
        if state.first_seq > wanted {
            return Err(ReadError::Trimmed { wanted, found: state.first_seq });
        }
        if state.last_seq + 1 < wanted {
            return Err(ReadError::Rewound { wanted, last: state.last_seq });
        }
        // JetStream sends as soon as somebody listens, so nothing is sent past this.
        let inbox = self.client.new_inbox();
        let subscribed = self.client.subscribe(inbox.clone()).await;
        let subscriber = subscribed.map_err(|error| again(&error))?;
        let stream = &self.names.stream;
        let created = self.jetstream.create_consumer_on_stream(asked(inbox, wanted), stream).await;
        created.map_err(|error| again(&error))?;
        Ok(Reader {
            jetstream: self.jetstream.clone(),
            subscriber,
            wanted,
            delivered: 0,
            until: Instant::now() + SILENCE_MAX,
            owed: None,
        })
    }
}

fn asked(deliver_subject: String, start_sequence: u64) -> push::Config {
    push::Config {
        deliver_subject,
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence },
        ack_policy: AckPolicy::None,
        replay_policy: ReplayPolicy::Instant,
        max_deliver: 1,
        flow_control: true,
        idle_heartbeat: HEARTBEAT,
        num_replicas: 1,
        memory_storage: true,
        inactive_threshold: FORGOTTEN_AFTER,
        ..push::Config::default()
    }
}

impl Reader {
    /// The next record. Nothing is lost when nobody waits for it any more.
    ///
    /// # Errors
    /// [`ReadError`]: then nothing more comes from this one.
    pub(crate) async fn next(&mut self) -> Result<Incoming, ReadError> {
        loop {
            let until = self.until;
            self.pay(until).await?;
            let message = timeout_at(until, self.subscriber.next()).await;
            let message = message.map_err(|_| silent())?;
            let message = message.ok_or_else(|| reopen("the connection is closed"))?;
            self.until = Instant::now() + SILENCE_MAX;
            if message.status.is_none() {
                return self.take(message);
            }
            self.hear(message)?;
        }
    }

    /// Answers what asks whether all before it was taken.
    async fn pay(&mut self, until: Instant) -> Result<(), ReadError> {
        let Some(subject) = &self.owed else { return Ok(()) };
        let client = self.jetstream.client();
        let paid = timeout_at(until, client.publish(subject.clone(), Bytes::new())).await;
        paid.map_err(|_| silent())?.map_err(|error| reopen(&error.to_string()))?;
        self.owed = None;
        Ok(())
    }

    fn hear(&mut self, message: Message) -> Result<(), ReadError> {
        let headers = message.headers.unwrap_or_default();
        let last = headers.get(NATS_LAST_CONSUMER).and_then(|last| last.as_str().parse().ok());
        if last.is_some_and(|last: u64| last != self.delivered) {
            return Err(reopen("a record was lost on the way"));
        }
        let stalled = headers.get(STALLED).map(|subject| Subject::from(subject.as_str()));
        self.owed = message.reply.or(stalled);
        Ok(())
    }

    fn take(&mut self, message: Message) -> Result<Incoming, ReadError> {
        let message = jetstream::Message { message, context: self.jetstream.clone() };
        let info = message.info().map_err(|error| reopen(&error.to_string()))?;
        let seq = info.stream_sequence;
        if info.consumer_sequence != self.delivered + 1 {
            return Err(reopen("a record was lost on the way"));
        }
        if seq < self.wanted {
            return Err(ReadError::Rewound { wanted: self.wanted, last: seq });
        }
        if seq > self.wanted {
            return Err(ReadError::Trimmed { wanted: self.wanted, found: seq });
        }
        let timestamp_us = info.published.unix_timestamp_nanos() / 1000;
        let timestamp_us = u64::try_from(timestamp_us).unwrap_or(0);
        self.delivered += 1;
        self.wanted += 1;
        Ok(Incoming { seq, timestamp_us, payload: message.message.payload })
    }
}

fn reopen(why: &str) -> ReadError {
    ReadError::Reopen(why.to_owned())
}

fn silent() -> ReadError {
    ReadError::Reopen(format!("nothing came for {} s", SILENCE_MAX.as_secs_f32()))
}
