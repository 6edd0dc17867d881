//! What waits for its place in the order, and who hears what becomes of it.
//!
//! This file does not know how it is stored.

use tokio::sync::oneshot;

use crate::log::event::Act;
use crate::log::outcome::Outcome;
use crate::outbox::Outbox;

/// Something that somebody wants to last.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) act: Act,
    pub(crate) reply_to: ReplyTo,
}

/// Who hears what becomes of a command, besides those whom it concerns.
#[derive(Debug)]
pub(crate) enum ReplyTo {
    /// Its author hears a refusal, or what they did before.
    Author(Outbox),
    /// Somebody who waits for the outcome. Dropped, they hear that there will be none.
    Waiting(oneshot::Sender<Outcome>),
    Nobody,
}

/// The log cannot be read or written at the moment; why stands in the server's own log.
#[derive(Debug, thiserror::Error)]
#[error("the log is not available")]
pub(crate) struct Unavailable;
