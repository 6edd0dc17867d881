//! What is known of the server while it runs: metrics, whether it is ready, what it holds at the
//! moment, and warnings.
//!
//! This folder does not know who asks, or how.

pub(crate) mod metrics;
pub(crate) mod readiness;
pub(crate) mod status;
pub(crate) mod warnings;
