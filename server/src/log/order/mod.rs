//! The one order that the nodes of a cluster share: what a node appends to it, and what follows from each
//! record on every node alike.
//!
//! Pure: everything here is decided by the records, their times and the database alone, so that all nodes
//! decide the same and a simulator can be the stream. This folder knows no task, socket or clock.

pub(crate) mod answer;
pub(crate) mod entry;
pub(crate) mod fence;
pub(crate) mod members;
pub(crate) mod name;
pub(crate) mod outgoing;
pub(crate) mod presence;
pub(crate) mod record;
#[cfg(test)]
mod record_tests;
pub(crate) mod replica;
pub(crate) mod shared;
pub(crate) mod teller;
pub(crate) mod verify;
