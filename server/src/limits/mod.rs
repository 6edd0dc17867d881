//! What limits are made of: a rate with bursts, and what counts as one address.
//!
//! This folder knows no clock, and not what is limited.

pub(crate) mod network;
pub(crate) mod rate;
