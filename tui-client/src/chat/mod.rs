//! The client without a screen: rooms, people, messages, what is unread, what waits to be sent, and what
//! follows from what the server says and the person asks for.
//!
//! [`update::update`] takes an [`Event`] into the [`Model`] and gives [`Effect`]s; what a person asks for
//! has functions of its own beside it. All of it is pure, but for `memory`, which reads and writes files.
//! The screen, plain mode, `send` and `tail` stand on it. It does not know widths, colours, keys,
//! rows, sockets or the clock.
//!
//! Whoever shows a room tells where its reader is by the message at the bottom ([`Reading`]), never in rows.

pub mod answer;
pub mod commands;
pub mod completion;
mod duration;
pub mod event;
pub mod highlight;
pub mod links;
pub mod list;
pub mod memory;
pub mod model;
pub mod pages;
pub mod people;
pub mod plain_text;
pub mod question;
pub mod refusals;
pub mod request;
pub mod room;
pub mod search;
pub mod sender;
pub mod servers;
pub mod update;
pub mod writing;

pub use answer::Answer;
pub use event::{Effect, EntryCode, Event, Hello, Timer, Wait};
pub use model::{Connection, Model};
pub use question::Question;
pub use room::{Act, Composing, Entry, Pending, Place, Reading, Room, Target, What};
pub use servers::Servers;
