//! What was said elsewhere, read from files of several kinds, in order.
//!
//! Each piece is one that can be taken in, or is left out for a reason; nothing is passed over. Nothing here knows
//! databases.

#[cfg(test)]
mod archive_tests;
mod envelopes;
mod irc;
pub(crate) mod piece;
pub(crate) mod read;
pub(crate) mod report;
mod slack;
#[cfg(test)]
mod tests;
