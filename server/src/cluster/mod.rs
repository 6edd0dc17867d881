//! One of several servers that are one chat: what a node does besides serving its own clients.
//!
//! The rules are those of `log/order`. Here are the tasks around them, which talk to the stream (`nats`), and
//! the handle that connections have. This folder does not know SQL or the sockets of clients.

#[cfg(feature = "cluster")]
mod broadcast;
#[cfg(feature = "cluster")]
mod copy;
mod database;
mod ephemeral;
mod error;
#[cfg(feature = "cluster")]
pub(crate) mod found;
mod handle;
#[cfg(feature = "cluster")]
mod instruct;
#[cfg(feature = "cluster")]
mod join;
#[cfg(feature = "cluster")]
pub(crate) mod nats;
#[cfg(feature = "cluster")]
mod node;
#[cfg(not(feature = "cluster"))]
mod not_built;
#[cfg(feature = "cluster")]
mod reader;
#[cfg(feature = "cluster")]
pub(crate) mod report;
#[cfg(feature = "cluster")]
mod run;
pub(crate) mod speaker;
pub(crate) mod standing;
#[cfg(feature = "cluster")]
pub(crate) mod status;
#[cfg(feature = "cluster")]
mod unheard;

pub(crate) use self::database::{JoinError, alone};
pub(crate) use self::ephemeral::Ephemeral;
pub use self::error::ClusterError;
pub(crate) use self::handle::{Cluster, Held};
#[cfg(feature = "cluster")]
pub(crate) use self::instruct::instruct;
#[cfg(feature = "cluster")]
pub(crate) use self::join::{Joined, join};
#[cfg(not(feature = "cluster"))]
pub(crate) use self::not_built::{Beside, Ends, Joined, join};
#[cfg(feature = "cluster")]
pub(crate) use self::run::{Beside, Ends};
