//! All state of the client.
//!
//! This file does not know ratatui, sockets, or the clock.

use std::collections::VecDeque;

use jiff::tz::TimeZone;
use protocol::{Message, MessageId, Ref, RoomName, UserName};

use crate::complete::Completion;
use crate::input::Input;
use crate::keys::Keys;
use crate::people::People;
use crate::text;
use crate::theme::Theme;

/// Most entries of a room that are kept; the oldest go first and can be fetched again.
pub const ENTRIES_MAX: usize = 10_000;
/// Own messages that may wait for the server at a time, in a room.
pub const PENDING_MAX: usize = 500;

/// Messages asked for on joining: two screens.
const HISTORY_ON_JOIN: u16 = 100;

/// Everything there is to draw and to decide by.
#[derive(Debug)]
pub struct Model {
    /// Rooms in the order they were joined.
    pub rooms: Vec<Room>,
    /// The one that is shown.
    pub active: usize,
    /// Who this is: as the server spells it, once it said so.
    pub me: Option<UserName>,
    /// State of the connection.
    pub link: Link,
    /// Which key means what to this person.
    pub keys: Keys,
    /// What is being written.
    pub input: Input,
    /// A word that is being completed, until another key is pressed.
    pub completing: Option<Completion>,
    /// One line for the person alone, until the next key.
    pub notice: Option<String>,
    /// Columns and rows of the screen.
    pub size: (u16, u16),
    /// Whose clock is shown.
    pub zone: TimeZone,
    /// In which colours.
    pub theme: Theme,
    /// The person looks at this terminal, as far as it tells.
    pub focused: bool,
    /// The people are shown where they would not be, or the other way round.
    pub people_toggled: bool,
    /// The first line of the help that is shown, if it is.
    pub help: Option<usize>,
    /// Ctrl-C was pressed once on an empty input.
    pub leaving: bool,
    /// Makes refs that no other run makes.
    pub session: String,
    /// Refs made so far.
    pub refs: u64,
    /// Messages asked for on joining a room that was not seen before.
    pub history_on_join: u16,
}

/// State of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// Being made; how many attempts failed before.
    Connecting(u32),
    /// Envelopes flow.
    Online,
    /// Another attempt follows by itself.
    Waiting {
        /// Attempts that failed in a row.
        failures: u32,
        /// What went wrong last.
        reason: String,
    },
    /// The server does not want this; only the person can change it.
    Refused(String),
}

/// One room.
#[derive(Debug)]
pub struct Room {
    /// As the server spells it.
    pub name: RoomName,
    /// The server said that this connection is in it.
    pub joined: bool,
    /// Messages and notes, ascending.
    pub entries: VecDeque<Entry>,
    /// Who is here.
    pub people: People,
    /// Own messages that the server has not told of yet, oldest first.
    pub pending: Vec<Pending>,
    /// The one of them that the server has been told and has not answered: the next goes out after
    /// it, so that their order holds even if the server asks for time.
    pub sending: Option<Ref>,
    /// A mention here rings no bell.
    pub muted: bool,
    /// What was being written here when one went to another room.
    pub draft: String,
    /// Where the view stands.
    pub scroll: Scroll,
    /// Newest message that was seen, however it came: where to resume.
    pub head: MessageId,
    /// A replay was cut: everything after this id has still to be fetched.
    pub gap_after: Option<MessageId>,
    /// The server has messages older than the oldest here.
    pub more: bool,
    /// Older messages were asked for and have not come yet.
    pub loading: bool,
    /// Newest message that was read.
    pub read: MessageId,
    /// What was read when one last looked away: the line above what is new stands behind it, and
    /// stays there while one reads on.
    pub looked_away: Option<MessageId>,
}

/// Where an entry stands: behind the message with this id, in the order of arrival there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The message itself, or the one a note came after.
    pub id: MessageId,
    /// Zero for the message.
    pub note: u32,
}

/// One thing in the message pane.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its place in the order.
    pub place: Place,
    /// What it is.
    pub what: What,
}

/// What an entry is.
#[derive(Debug, Clone)]
pub enum What {
    /// A stored message.
    Message(Message),
    /// Somebody came.
    Join(UserName),
    /// Somebody left.
    Leave(UserName),
    /// Something the server or the client has to say.
    Note(String),
}

/// An own message that is not known to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its name, the same however often it is sent.
    pub reference: Ref,
    /// Its text.
    pub content: String,
    /// Why it failed, if it did; otherwise it is on its way or waits for the line.
    pub failed: Option<String>,
}

/// Where the view of a room stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scroll {
    /// At the end, following what comes.
    Bottom,
    /// At an entry: nothing that arrives moves it.
    At {
        /// The entry at the top.
        place: Place,
        /// Its first row that is shown.
        row: usize,
    },
}

impl Model {
    /// A client that wants to enter one room.
    pub fn new(room: RoomName, me: Option<UserName>, session: String) -> Self {
        Model {
            rooms: vec![Room::new(room)],
            active: 0,
            me,
            link: Link::Connecting(0),
            keys: Keys::default(),
            input: Input::default(),
            completing: None,
            notice: None,
            size: (80, 24),
            zone: TimeZone::UTC,
            theme: Theme::default(),
            focused: true,
            people_toggled: false,
            help: None,
            leaving: false,
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
}

impl Room {
    /// A room before the server said anything about it.
    pub fn new(name: RoomName) -> Self {
        Room {
            name,
            joined: false,
            entries: VecDeque::new(),
            people: People::default(),
            pending: Vec::new(),
            sending: None,
            muted: false,
            draft: String::new(),
            scroll: Scroll::Bottom,
            head: MessageId::ZERO,
            gap_after: None,
            more: false,
            loading: false,
            read: MessageId::ZERO,
            looked_away: None,
        }
    }

    /// Puts a message at its place; false if it is here already.
    pub fn insert(&mut self, message: Message) -> bool {
        self.head = self.head.max(message.id);
        let place = Place { id: message.id, note: 0 };
        let at = self.entries.partition_point(|entry| entry.place < place);
        if self.entries.get(at).is_some_and(|entry| entry.place == place) {
            return false;
        }
        self.entries.insert(at, Entry { place, what: What::Message(message) });
        // Only while at the end: what is being read is not taken away.
        if self.entries.len() > ENTRIES_MAX && self.scroll == Scroll::Bottom {
            self.entries.pop_front();
            self.more = true;
        }
        true
    }

    /// Adds a note behind everything there is.
    pub fn note(&mut self, what: What) {
        let place = match self.entries.back() {
            Some(last) => Place { note: last.place.note.saturating_add(1), ..last.place },
            None => Place { id: self.head, note: 1 },
        };
        self.entries.push_back(Entry { place, what });
    }

    /// Oldest message here.
    pub fn oldest(&self) -> Option<MessageId> {
        self.messages().next().map(|message| message.id)
    }

    /// Messages, ascending.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.entries.iter().filter_map(|entry| match &entry.what {
            What::Message(message) => Some(message),
            _ => None,
        })
    }

    /// Messages of others after the last one read: counted, never kept.
    pub fn unread(&self, me: Option<&UserName>) -> usize {
        self.newer(me).count()
    }

    /// How many of them name this person.
    pub fn mentions(&self, me: Option<&UserName>) -> usize {
        let Some(name) = me else { return 0 };
        let named = |message: &&Message| text::mentions(message.content.as_str(), name.as_str());
        self.newer(me).filter(named).count()
    }

    /// The first message below the line above what is new.
    pub fn new_line(&self) -> Option<MessageId> {
        let after = self.looked_away?;
        let newer = self.messages().rev().map(|message| message.id);
        newer.take_while(|id| *id > after).last()
    }

    /// Nobody looks at it any more: what comes from now on is new.
    pub fn look_away(&mut self) {
        self.looked_away = Some(self.read);
    }

    fn newer<'a>(&'a self, me: Option<&'a UserName>) -> impl Iterator<Item = &'a Message> {
        let newer = self.messages().rev().take_while(|message| message.id > self.read);
        newer.filter(move |message| Some(&message.sender) != me)
    }
}
