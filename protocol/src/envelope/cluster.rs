//! `cluster`: how the server's node stands among the others of its cluster, and where those are.
//!
//! Only a server of several nodes sends [`Cluster`]: after a connection's first `presence` where there is
//! something to tell, and whenever it changes. This file does not know what makes a node wait.

use serde::{Deserialize, Serialize};

/// Addresses of other nodes that are told: a cluster has at most 32 nodes.
pub const SERVERS_MAX: usize = 32;
/// Longest address of a node, in bytes.
pub const SERVER_BYTES_MAX: usize = 256;

/// How the node that one is connected to stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    /// Whether messages get through.
    pub standing: Standing,
    /// Where the nodes of the cluster are reached, this one included, as `http://` or `https://` addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<Box<str>>,
}

/// Whether messages get through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// They do.
    Current,
    /// They wait until the other nodes can be reached.
    Waiting,
    /// The others could not be reached for too long: new messages are refused, and what is here can be read.
    Cut,
    /// Something that this version does not know.
    #[serde(other)]
    Other,
}
