//! All tests of the server through its public door, as one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod auth;
mod cli;
#[cfg(feature = "cluster")]
mod cluster;
mod connection;
mod http;
mod listen;
mod log;
mod messages;
mod people;
mod reading;
mod repository;
mod rooms;
mod search;
mod support;
mod webhooks;
mod whole;
