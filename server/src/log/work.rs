//! What there is for the log's thread to do.
//!
//! This file does not know how it is done.

use std::sync::Arc;

use protocol::{Body, MessageId, Ref, UserName};
use tokio::sync::oneshot;

use super::register::Change;
use super::rooms::OpenRoom;
use crate::outbox::Outbox;

/// A message to keep.
#[derive(Debug)]
pub(crate) struct Append {
    pub(crate) room: Arc<OpenRoom>,
    pub(crate) author: UserName,
    pub(crate) content: Body,
    pub(crate) reference: Option<Ref>,
    /// Where its author hears of it, if it was stored before or cannot be stored now.
    pub(crate) outbox: Outbox,
}

/// A message to delete. What becomes of it is told by the hub, or to the moderator's outbox.
#[derive(Debug)]
pub(crate) struct Delete {
    pub(crate) room: Arc<OpenRoom>,
    pub(crate) message: MessageId,
    pub(crate) by: UserName,
    pub(crate) reference: Option<Ref>,
    pub(crate) outbox: Outbox,
}

/// What waits for the log's thread. Nearly all of it is messages: what is rare is boxed.
#[derive(Debug)]
pub(crate) enum Work {
    Append(Append),
    Delete(Box<Delete>),
    /// Who waits hears when it is committed, or that it never will.
    Change(Box<Change>, Option<Waiting>),
}

/// Somebody who waits for a commit. Dropped, they hear that it will not be.
#[derive(Debug)]
pub(crate) struct Waiting(oneshot::Sender<()>);

impl Waiting {
    pub(crate) fn new() -> (Self, oneshot::Receiver<()>) {
        let (done, is_done) = oneshot::channel();
        (Waiting(done), is_done)
    }

    /// It is committed. Who asked may have gone.
    pub(super) fn tell(self) {
        let _ = self.0.send(());
    }
}
