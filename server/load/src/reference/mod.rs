//! Servers that do less than any chat server could: what Nebula is measured against.
//!
//! These files do not know the loads.

pub(crate) mod echo;
pub(crate) mod floor;
