//! All state of the client.
//!
//! This file does not know ratatui, sockets, or the clock.

mod epoch;
pub mod overlay;
pub mod place;
pub mod request;
pub mod room;

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use jiff::tz::TimeZone;
use protocol::{RoomName, UserName};

use crate::complete::Completion;
use crate::drawn::Wrapped;
use crate::input::Input;
use crate::keys::Keys;
use crate::theme::Looks;

pub use overlay::{Kind, Overlay, Prompt, Question};
pub use place::{Place, Scroll};
pub use request::Request;
pub use room::{ENTRIES_MAX, Entry, PENDING_MAX, Pending, Room, What};

/// Messages asked for on joining: two screens.
const HISTORY_ON_JOIN: u16 = 100;

/// Everything there is to draw and to decide by.
#[derive(Debug)]
pub struct Model {
    /// Rooms in the order they were joined.
    pub rooms: Vec<Room>,
    /// The one that is shown.
    pub active: usize,
    /// Those that were shown before it, each once, the latest at the end.
    pub visited: Vec<RoomName>,
    /// Who this is: as the server spells it, once it said so.
    pub me: Option<UserName>,
    /// The name before this one, until the server lets this one in.
    pub before: Option<UserName>,
    /// The name that was asked for and let in, to keep things under; a guest has none.
    pub person: Option<UserName>,
    /// Another name was asked for since.
    pub renaming: bool,
    /// The server's host, to be shown.
    pub host: String,
    /// State of the connection.
    pub link: Link,
    /// Connections that failed, or broke soon, in a row.
    pub failures: u32,
    /// The server said when to come back.
    pub come_back_after: Option<Duration>,
    /// How long the server took to answer the last few times, the newest last.
    pub answers: VecDeque<Duration>,
    /// The best of them, as far as it is shown.
    pub latency: Option<Duration>,
    /// Which key means what to this person.
    pub keys: Keys,
    /// The first key of two was pressed.
    pub begun: bool,
    /// What is being written.
    pub input: Input,
    /// A word that is being completed, until another key is pressed.
    pub completing: Option<Completion>,
    /// A sentence for the person alone, until the next key.
    pub notice: Option<String>,
    /// Its first row that is shown, where the screen is too small for all of them.
    pub notice_first: usize,
    /// The time of what happened last, in ms since 1970, as far as the shell tells it.
    pub now: u64,
    /// Since when there has been no connection.
    pub offline_since: Option<u64>,
    /// What lies over the messages.
    pub overlay: Overlay,
    /// Columns and rows of the screen.
    pub size: (u16, u16),
    /// Whose clock is shown.
    pub zone: TimeZone,
    /// In which colours.
    pub looks: Looks,
    /// Emoji are shown as their names.
    pub names_emoji: bool,
    /// Messages whose rows are known.
    pub wrapped: Wrapped,
    /// The person looks at this terminal, as far as is known.
    pub focused: bool,
    /// The terminal tells when they look and when not.
    pub tells_focus: bool,
    /// There is a screen: a terminal with a clipboard, where what is said may be out of sight.
    pub has_screen: bool,
    /// The column of rooms is wanted, or not; without a wish, where there is room and need for it.
    pub rooms_shown: Option<bool>,
    /// The same of the people.
    pub people_shown: Option<bool>,
    /// Only the text, so that it can be selected and copied.
    pub bare: bool,
    /// The mouse is ours.
    pub mouse: bool,
    /// The same key once more does it.
    pub asked: Option<Asked>,
    /// How often it was asked whether one leaves.
    pub asks: u64,
    /// What was asked of the server and is not answered, besides messages.
    pub requests: Vec<Request>,
    /// What this person's key and its place are called; none without one.
    pub key: Option<String>,
    /// Makes refs that no other run makes.
    pub session: String,
    /// Refs made so far.
    pub refs: u64,
    /// Messages asked for on joining a room that was not seen before.
    pub history_on_join: u16,
}

/// What a key was pressed for once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// To leave.
    Leave,
    /// To send what looks like a command, or to do a command that loses something.
    Enter,
}

/// State of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// Being made.
    Connecting,
    /// Envelopes flow.
    Online,
    /// Another attempt follows by itself.
    Waiting {
        /// In so many seconds, as far as that is known.
        seconds: Option<u64>,
        /// What went wrong last.
        reason: String,
    },
    /// The server does not want this; only the person can change it.
    Refused {
        /// What the server says.
        reason: String,
        /// Another name may be let in.
        over_name: bool,
    },
}

impl Model {
    /// A client that wants to enter one room.
    pub fn new(room: RoomName, me: Option<UserName>, session: String) -> Self {
        Model {
            rooms: vec![Room::new(room)],
            active: 0,
            visited: Vec::new(),
            person: me.clone(),
            me,
            before: None,
            renaming: false,
            host: String::new(),
            link: Link::Connecting,
            failures: 0,
            come_back_after: None,
            answers: VecDeque::new(),
            latency: None,
            keys: Keys::default(),
            begun: false,
            input: Input::default(),
            completing: None,
            notice: None,
            notice_first: 0,
            now: 0,
            offline_since: None,
            overlay: Overlay::None,
            size: (80, 24),
            zone: TimeZone::UTC,
            looks: Looks::default(),
            names_emoji: false,
            wrapped: Wrapped::default(),
            focused: true,
            tells_focus: false,
            has_screen: true,
            rooms_shown: None,
            people_shown: None,
            bare: false,
            mouse: false,
            asked: None,
            asks: 0,
            requests: Vec::new(),
            key: None,
            session,
            refs: 0,
            history_on_join: HISTORY_ON_JOIN,
        }
    }

    /// The room that is shown.
    pub fn room(&self) -> &Room {
        &self.rooms[self.active]
    }

    /// The room that is shown.
    pub fn room_mut(&mut self) -> &mut Room {
        &mut self.rooms[self.active]
    }

    /// Finds a room, however it is spelt.
    pub fn find(&mut self, name: &RoomName) -> Option<&mut Room> {
        self.rooms.iter_mut().find(|room| room.name == *name)
    }

    /// What is unread in some rooms, in figures, if anything is.
    pub fn unread<'a>(&self, rooms: impl Iterator<Item = &'a Room> + Clone) -> Option<String> {
        let me = self.me.as_ref();
        let count: usize = rooms.clone().map(|room| room.unread(me)).sum();
        let mut rooms = rooms.filter(|room| room.unread(me) > 0);
        let more = if rooms.any(|room| room.has_more_after(room.read)) { "+" } else { "" };
        Some(count).filter(|count| *count > 0).map(|count| format!("{count}{more}"))
    }

    /// How often one is called in some rooms.
    pub fn calls<'a>(&self, rooms: impl Iterator<Item = &'a Room>) -> usize {
        rooms.map(|room| room.mentions(self.me.as_ref())).sum()
    }

    /// Names that may be meant: who spoke last comes first, then who else is here, and oneself at
    /// the end.
    pub fn likeliest_names(&self) -> Vec<String> {
        let room = self.room();
        let here = room.people.known();
        let spoke = room.messages().rev().map(|message| &message.sender);
        let (mut names, mut seen) = (Vec::new(), BTreeSet::from_iter(&self.me));
        for name in spoke.filter(|name| here.binary_search(name).is_ok()).chain(here) {
            if seen.insert(name) {
                names.push(name);
            }
        }
        names.extend(&self.me);
        names.into_iter().map(|name| name.as_str().to_owned()).collect()
    }

    /// Names of the rooms.
    pub fn room_names(&self) -> Vec<String> {
        self.rooms.iter().map(|room| room.name.as_str().to_owned()).collect()
    }

    /// Goes by another name.
    pub fn rename(&mut self, me: UserName) {
        if self.me.as_ref().is_none_or(|known| known.as_str() != me.as_str()) {
            self.rooms.iter_mut().for_each(|room| room.renamed(Some(&me)));
            self.wrapped.forget();
        }
        self.me = Some(me);
    }
}
