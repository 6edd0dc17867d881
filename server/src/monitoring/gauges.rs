//! What goes up and comes down again with those who come and go.
//!
//! This file does not know where it is counted.

/// What goes up and down. All of it is zero when everybody has left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Connections that have entered.
    pub connections: i64,
    /// TCP connections.
    pub sockets: i64,
    /// Rooms that somebody is in.
    pub rooms: i64,
    /// Names in use.
    pub people: i64,
    /// Bytes that wait in all outboxes.
    pub outbox_bytes: i64,
}
