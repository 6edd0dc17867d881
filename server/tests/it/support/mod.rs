//! Servers to test, in process and as processes of their own.

#[cfg(feature = "cluster")]
#[allow(dead_code, reason = "the tests of faults, which use it, land after it")]
pub(crate) mod cable;
pub(crate) mod child;
#[cfg(feature = "cluster")]
#[allow(dead_code, reason = "as above")]
pub(crate) mod engine;
pub(crate) mod harness;
#[cfg(feature = "cluster")]
#[allow(dead_code, reason = "as above")]
pub(crate) mod nodes;
