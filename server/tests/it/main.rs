//! All tests of the server through its public door, as one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod acceptance;
mod binary;
mod certificates;
mod child;
mod claims;
mod clocks;
mod database;
mod dependencies;
mod disk;
mod faults;
mod floods;
mod handshake;
mod harness;
mod history;
mod hostile;
mod http;
mod lifted;
mod limits;
mod messages;
mod moderation;
mod monitor;
mod names;
mod operations;
mod output;
mod passes;
mod presence;
mod proxies;
mod reading;
mod restart;
mod restoring;
mod resume;
mod retention;
mod settings;
mod shutdown;
mod slow;
mod tidy;
mod tls;
mod token_claims;
mod tokens;
mod tombstones;
mod waiting;
mod warnings;
