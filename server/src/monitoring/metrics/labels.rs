//! Counters for each value of a label, and the values that labels have. A value is told by the name of
//! its variant.
//!
//! This file does not know what is counted.

use std::fmt;
use std::hash::Hash;

use prometheus_client::encoding::{EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use protocol::Code;
use strum::{Display, VariantArray};

/// Why frames that waited for a connection were not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Dropped {
    /// Its outbox was full: it comes back with `since`.
    TooSlow,
    /// It went before it had read them.
    Gone,
    /// A newer list took their place.
    Superseded,
}

/// Why a socket was turned away before it became a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum TurnedAway {
    /// There are as many connections as may be.
    Full,
    /// Its address has as many as one may have.
    AddressConnections,
    /// Its address opens them too fast.
    AddressRate,
    /// Its address brought too many wrong codes.
    WrongCodes,
    /// The server is stopping.
    Stopping,
    /// A node catches up with its cluster.
    Joining,
    /// It is a page of another site.
    Origin,
    /// Its request did not arrive in time.
    TooLate,
    /// Its TLS handshake failed.
    BadTls,
    /// Its request is none, or is too large.
    BadRequest,
}

/// Whose rate a message passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Limit {
    /// The connection's.
    Connection,
    /// Its person's.
    Person,
    /// The room's.
    Room,
    /// The connection's, for joins, leaves and questions.
    Requests,
    /// The connection's, for bytes of what it asks for.
    Reads,
    /// The person's, or the address's, for rooms that are made and people that are added.
    Creations,
    /// The person's, for bytes stored in a day.
    PersonBytes,
    /// The address's.
    AddressBytes,
    /// That of all together.
    DailyBytes,
}

/// Why the receiver of an outgoing hook never gets a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Lost {
    /// As much waited for it as can.
    Full,
    /// It could not be delivered in time.
    Late,
    /// Its receiver answered that the message itself is at fault.
    Refused,
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Ended {
    /// The peer left, or its socket broke.
    Gone,
    /// It did not answer a ping.
    Silent,
    /// It took nothing for too long.
    Stalled,
    /// It was refused.
    #[strum(transparent)]
    Refused(Code),
}

/// A counter for each value of one label.
#[derive(Debug)]
pub(super) struct By<T> {
    label: &'static str,
    counters: Family<Label<T>, Counter>,
}

pub(super) type Label<T> = [(&'static str, Word<T>); 1];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Word<T>(pub(super) T);

impl<T: Copy + Eq + Hash> By<T> {
    /// What has not happened yet is told as zero, so that its first time is seen.
    pub(super) fn new(label: &'static str, known: &[T]) -> Self {
        let by = By { label, counters: Family::default() };
        known.iter().for_each(|value| by.count(*value, 0));
        by
    }

    pub(super) fn count(&self, value: T, more: u64) {
        self.counters.get_or_create(&[(self.label, Word(value))]).inc_by(more);
    }

    pub(super) fn counters(&self) -> Family<Label<T>, Counter> {
        self.counters.clone()
    }
}

impl<T: fmt::Display> EncodeLabelValue for Word<T> {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        fmt::Write::write_fmt(encoder, format_args!("{}", self.0))
    }
}
