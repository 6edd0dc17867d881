//! All tests of the protocol through its public door, as one binary.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod any_hook;
mod any_message;
mod any_room;
mod connect;
mod emoji;
mod envelopes;
mod formatting;
mod golden;
mod laws;
mod messages;
mod moderation;
mod names;
mod people;
mod reading;
mod search;
mod token;
