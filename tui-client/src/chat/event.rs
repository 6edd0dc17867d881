//! What can happen to a conversation, and what can be done about it.
//!
//! This file does not know either's reasons, or anything of a screen.

use std::time::Duration;

use protocol::{AccessCode, Connect, MessageId, Ref, RoomName, ToClient, ToServer, UserName};
use url::Url;

use super::answer::Answer;

#[derive(Debug, Clone)]
pub enum Event {
    /// What was said cannot be written down.
    NotKept {
        room: RoomName,
        reference: Ref,
        /// A sentence for the person.
        reason: String,
    },
    /// Nothing here opens links.
    NotOpened(String),
    /// The program goes on after it was stopped.
    Resumed,
    /// The next attempt to connect begins in so many seconds.
    DialIn(u64),
    Connected,
    /// The connection has held for a while.
    Stable,
    /// So long the server took to answer a ping.
    Latency(Duration),
    /// The server turned the connection away, and said how long to stay away.
    ComeBackAfter(Duration),
    Received(ToClient),
    /// The connection is no more, or never was.
    Lost {
        /// With which it was closed, or the status of an answer in HTTP.
        code: Option<u16>,
        /// A sentence for the person.
        reason: String,
    },
    /// A time is over.
    Time(Timer),
}

/// What happens when its time is over. The number says how many connections had been lost when it was started:
/// a timer of an earlier connection does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Timer {
    /// What was said or done in a room may be sent once more.
    Retry(RoomName, Ref, u32),
    /// What was asked of the server besides messages may be sent once more.
    Resend,
    /// A message waits for so long that it should be seen.
    Overdue(RoomName, Ref),
    /// Whoever joins this room from now on was away, and is announced.
    Settled(RoomName, u32),
    /// What the server had no time for in a room may be asked again.
    Reread(RoomName, u32),
    /// That one writes may be told once more.
    MayTellTyping(RoomName, u32),
    /// What was read in a room may be told once more.
    MayTellRead(RoomName, u32),
    /// What is unread in a room may be asked once more.
    MayAskCounts(RoomName, u32),
    /// Somebody writes no more, unless they have said so again: the last they said was the n-th.
    TypingOver(RoomName, UserName, u64),
    /// The code for another device is good no longer.
    LinkOver(AccessCode),
}

/// What a connection begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    pub connect: Connect,
    /// What lets in somebody whom the server does not know yet.
    pub code: Option<EntryCode>,
}

/// A code that lets somebody in whom the server does not know yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryCode {
    /// As a further device of whoever has shown it.
    Link(AccessCode),
    /// As somebody new.
    Invite(AccessCode),
}

/// How long to wait before dialling, the longer of two times; and then for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// What the server asked for.
    pub least: Duration,
    /// A random part of this: many clients that lost the same server do not come back as one.
    pub spread: Duration,
    /// Then the server counts as away.
    pub answer: Duration,
}

impl Wait {
    /// At once, and for as long as a bad line takes.
    pub const NONE: Wait =
        Wait { least: Duration::ZERO, spread: Duration::ZERO, answer: Duration::from_secs(10) };
}

/// Something has to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Dial another server from now on.
    TurnTo(Url),
    /// Open a connection after this time.
    Dial(Hello, Wait),
    /// Write this message down before anything else is done.
    Keep(RoomName, Ref),
    /// Say something on the open connection.
    Send(ToServer),
    /// Tell when this time is over.
    After(Duration, Timer),
    /// Ask for attention, with these words.
    Notify(String),
    /// Show what the server has answered.
    Show(Answer),
    /// Give a text to the person's clipboard.
    Copy(String),
    /// Open a link where the person opens links.
    Open(String),
    /// Show this message of a room, which is here.
    Reveal(RoomName, MessageId),
    /// Give a text back to where the person writes, below what is there.
    Write(String),
    Quit,
}
