//! Sockets in: who may connect, how much of it, and what a connection's bytes go through.
//!
//! This folder does not know what is spoken.

pub(crate) mod accept;
pub(crate) mod connection_limiter;
pub(crate) mod descriptors;
pub(crate) mod socket;
pub(crate) mod stall;
pub(crate) mod tls;
