//! All tests of the terminal client through its public doors, as one binary, in the folders of what they
//! test; `terminal` has the real binary in a real terminal.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chat;
mod cli;
mod client;
mod headless;
mod net;
mod processes;
mod screen;
mod terminal;
