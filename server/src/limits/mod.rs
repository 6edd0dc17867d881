//! What limits are made of: a rate with bursts, what counts as one address, and what is remembered of each.
//!
//! This folder knows no clock, and not what is limited.

pub(crate) mod network;
pub(crate) mod rate;
pub(crate) mod remembered;
