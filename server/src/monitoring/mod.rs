//! What is known of the server while it runs: metrics, gauges, whether it is ready, and warnings.
//!
//! This folder does not know who asks, or how.

pub(crate) mod gauges;
pub(crate) mod log_lines;
pub(crate) mod metrics;
pub(crate) mod moment;
pub(crate) mod readiness;
pub(crate) mod warnings;
