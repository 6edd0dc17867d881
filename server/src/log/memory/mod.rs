//! The newest messages of rooms that somebody is in, in memory.

pub(crate) mod markers;
pub(crate) mod ring;
pub(crate) mod rooms;
