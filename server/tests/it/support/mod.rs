//! Servers to test, in process and as processes of their own.

#[cfg(feature = "cluster")]
pub(crate) mod cable;
pub(crate) mod child;
pub(crate) mod clock;
#[cfg(feature = "cluster")]
pub(crate) mod engine;
pub(crate) mod harness;
pub(crate) mod kept;
#[cfg(feature = "cluster")]
pub(crate) mod nodes;
