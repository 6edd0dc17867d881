//! The one thread that writes.
//!
//! Alone, it takes all that waits and gives it its place in the order (`alone`); in a cluster the order comes
//! from the stream (`shared`). Either way it commits first and tells then. This folder does not know SQL.

mod alone;
pub(crate) mod shared;
pub(crate) mod source;
mod thread;

pub(super) use self::source::{Order, Source};
pub(super) use self::thread::LogThread;
