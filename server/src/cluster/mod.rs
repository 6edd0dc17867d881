//! Several servers as one: what passes between the nodes of a cluster.
//!
//! This folder does not know sockets of clients, HTTP or SQL.

#[allow(dead_code, unused_imports, reason = "sender and reader, which use it, land after it")]
pub(crate) mod nats;
