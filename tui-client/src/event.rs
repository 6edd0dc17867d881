//! What can happen, and what can be done about it.
//!
//! This file does not know either's reasons.

use std::time::Duration;

use crossterm::event::KeyEvent;
use protocol::{Connect, Ref, RoomName, ToClient, ToServer};

/// Something happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// The wheel was turned by so many rows, down if positive.
    Wheel(isize),
    /// A cell was clicked: column and row.
    Click(u16, u16),
    /// The screen has so many columns and rows now.
    Resize(u16, u16),
    /// The person looks at the terminal, or away from it.
    Focus(bool),
    /// Nothing was done here for a while.
    Quiet,
    /// The editor is closed: what was written, or why there is nothing.
    Edited(Result<String, String>),
    /// What was said cannot be written down.
    NotKept {
        /// Where it was said.
        room: RoomName,
        /// Which message it is.
        reference: Ref,
        /// A sentence for the person.
        reason: String,
    },
    /// The program goes on after it was stopped.
    Resumed,
    /// The next attempt to connect begins in so many seconds.
    DialIn(u64),
    /// The connection is open.
    Connected,
    /// The connection has held for a while.
    Stable,
    /// So long the server took to answer.
    Latency(Duration),
    /// The server turned the connection away, and said how long to stay away.
    ComeBackAfter(Duration),
    /// An envelope came.
    Received(ToClient),
    /// The connection is no more, or never was.
    Lost {
        /// The close code, if there was one.
        code: Option<u16>,
        /// A sentence for the person.
        reason: String,
    },
    /// A time is over.
    Time(Timer),
}

impl Event {
    /// True if the person did it, and so looks at the terminal.
    pub fn is_done_here(&self) -> bool {
        matches!(self, Event::Key(_) | Event::Paste(_) | Event::Wheel(_) | Event::Click(..))
    }
}

/// What happens when its time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Timer {
    /// A message may be sent once more.
    Retry(RoomName, Ref),
    /// A message waits for so long that it should be seen.
    Overdue(RoomName, Ref),
    /// The n-th question whether one leaves was not answered.
    Leave(u64),
    /// Who is not back in this room by now has left it; how often the connection was lost before that.
    Settled(RoomName, u32),
    /// A request may be sent once more.
    Resend(Ref),
    /// What was asked of a room may be asked once more.
    Reread(RoomName),
}

/// How long to wait before dialling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// A random part of this: many clients that lost the same server do not come back as one.
    UpTo(Duration),
    /// Just this.
    Exactly(Duration),
    /// The first of these, for which the server asked, or a random part of the second, if that is longer.
    AtLeast(Duration, Duration),
}

/// Something has to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Open a connection after this time.
    Dial(Connect, Wait),
    /// Write this message down before anything else is done.
    Keep(RoomName, Ref),
    /// Say something on the open connection.
    Send(ToServer),
    /// Tell when this time is over.
    After(Duration, Timer),
    /// Ask for attention, with these words.
    Call(String),
    /// Put a text on the clipboard of the terminal.
    Copy(String),
    /// Let the person write this in their editor.
    Edit(String),
    /// Take the mouse, or give it back.
    Mouse(bool),
    /// Draw everything anew.
    Repaint,
    /// Stop, until the shell brings the program back.
    Suspend,
    /// Leave.
    Quit,
}
