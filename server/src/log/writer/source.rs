//! Where the order of a log comes from.
//!
//! Plain data. This file does not know what is done with it.

use tokio::sync::mpsc;

use crate::log::command::Command;
use crate::log::order::replica::{Incoming, Replica};
use crate::log::order::shared::News;
use crate::log::order::teller::Teller;
use crate::log::sequencer::Sequencer;

/// Records that wait for the writer before the stream has to.
pub(crate) const RECORDS_WAITING_MAX: usize = 64;

/// Where the order comes from.
#[derive(Debug)]
pub(in crate::log) enum Source {
    /// From the thread itself, as commands come.
    Alone(mpsc::Receiver<Command>, Sequencer),
    /// From the stream that the nodes of a cluster share.
    Shared(Box<Order>),
}

/// What a node of a cluster needs besides what every writer has.
#[derive(Debug)]
pub(in crate::log) struct Order {
    pub(in crate::log) records: mpsc::Receiver<Incoming>,
    pub(in crate::log) replica: Replica,
    pub(in crate::log) teller: Teller,
    pub(in crate::log) news: mpsc::Sender<News>,
}
