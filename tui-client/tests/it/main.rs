//! All tests of the terminal client through its public doors, as one binary.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod client;
mod gate;
mod plain;
mod processes;
mod pty;
mod reading;
mod screen;
mod settings;
mod writing;
