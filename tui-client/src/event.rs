//! What can happen, and what can be done about it.
//!
//! This file does not know either's reasons.

use std::time::Duration;

use crossterm::event::KeyEvent;
use protocol::{Hello, Ref, RoomName, ToClient, ToServer};

/// Something happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The screen has so many columns and rows now.
    Resize(u16, u16),
    /// The person looks at the terminal, or away from it.
    Focus(bool),
    /// The connection is open.
    Connected,
    /// An envelope came.
    Received(ToClient),
    /// The connection is no more, or never was.
    Lost {
        /// The close code, if there was one.
        code: Option<u16>,
        /// A sentence for the person.
        reason: String,
    },
    /// A message may be sent once more.
    Retry(RoomName, Ref),
}

/// Something has to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Open a connection, after a random part of this time.
    Dial(Hello, Duration),
    /// Say something on the open connection.
    Send(ToServer),
    /// Bring the event back after this time.
    Retry(RoomName, Ref, Duration),
    /// Ask for attention.
    Bell,
    /// Put a text on the clipboard of the terminal.
    Copy(String),
    /// Leave.
    Quit,
}
