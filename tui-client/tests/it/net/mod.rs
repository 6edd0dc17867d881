//! The connection, and why there is none.

pub(crate) mod faults;
pub(crate) mod gate;
