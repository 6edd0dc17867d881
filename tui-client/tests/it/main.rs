//! All tests of the terminal client through its public doors, as one binary.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chance;
mod checks;
mod client;
mod coming_back;
mod faults;
mod gate;
mod given_back;
mod hostile;
mod kept;
mod moderation;
mod notices;
mod output;
mod painting;
mod pasting;
mod place;
mod plain;
mod processes;
mod pty;
mod reading;

mod replay;
mod rooms;
mod rows;
mod screen;
mod sequences;
mod settings;
mod snapshots;
mod terminal;
mod texts;
mod writing;
