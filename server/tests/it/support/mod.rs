//! Servers to test, in process and as processes of their own.

pub(crate) mod child;
pub(crate) mod harness;
