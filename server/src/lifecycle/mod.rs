//! How the server lives: what it cannot do without, and how it stops.
//!
//! This folder does not know what the parts do.

pub(crate) mod parts;
pub(crate) mod shutdown;
