//! One room: what was said in it, who is there, what is on its way, and where one reads.
//!
//! Where the server keeps no counts, they are derived from what was read and what is here, never counted up by
//! events: so they cannot be wrong for long. This file does not know the other rooms, drawing, sockets, or the clock.

pub mod about;
mod called;
mod counts;
mod epoch;
pub mod level;
mod life;
mod past;
mod place;
mod seen;
mod tally;
mod telling;
mod typing;
mod unread;

use std::cell::Cell;
use std::collections::{BTreeSet, VecDeque};

use protocol::formatting::outside_code;
use protocol::{Epoch, Message, MessageId, Notify, Ref, RoomName, TopicText, UserName, mentions};

use super::people::People;
pub use about::About;
pub use counts::Counts;
pub use life::{Act, Change, Composing, Pending, Target, is_own};
pub use place::{Page, Place, Reading};
use tally::Tally;
pub use telling::{Asking, Telling};
pub use typing::Typing;

/// Most entries of a room that are kept; the oldest go first and can be fetched again.
pub const ENTRIES_MAX: usize = 10_000;
/// Most that are kept for somebody who reads further up, so that what is being read stays; a
/// person who is away for days must not fill the memory.
pub const ENTRIES_MAX_READING: usize = 2 * ENTRIES_MAX;
/// Own messages, edits, deletions and reactions that may wait for the server at a time, in a room.
pub const PENDING_MAX: usize = 500;

#[derive(Debug)]
pub struct Room {
    /// As the server spells it.
    pub name: RoomName,
    /// The server said that this connection is in it.
    pub joined: bool,
    /// One may delete what others say here.
    pub moderates: bool,
    /// Who was here when the connection was lost: that they are back is not announced.
    pub away: BTreeSet<UserName>,
    /// The server refused the join as too fast; it is sent again soon.
    pub deferred: bool,
    /// Why this person is not in it and will not be by itself: removed, or not let in.
    pub excluded: Option<String>,
    /// It was entered before, in this run or an earlier one: what a replay brings is news.
    pub known: bool,
    /// Messages and notes, ascending.
    pub entries: VecDeque<Entry>,
    pub people: People,
    /// What it is about.
    pub topic: TopicText,
    /// What it is called, and who belongs to it.
    pub about: About,
    /// Who has added this person to it, until they are told.
    pub added_by: Option<UserName>,
    /// It is in the person's list of rooms.
    pub listed: bool,
    /// Where it stands in that list.
    pub place: Option<u32>,
    /// Nobody asked for it: it is where a client begins that knows nothing else.
    pub by_default: bool,
    /// What oneself said and did here that the server has not told of yet, oldest first.
    pub pending: Vec<Pending>,
    /// The one of them that the server has been told and has not answered: the next goes out after
    /// it, so that their order holds even if the server asks for time.
    pub sending: Option<Ref>,
    /// Of what the person wants notifications.
    pub notify: Notify,
    /// The message that is being written here.
    pub draft: String,
    /// What becomes of what is being written.
    pub composing: Composing,
    /// Who writes.
    pub typing: Typing,
    /// Where it is read.
    pub reading: Reading,
    /// Newest message that was seen, however it came: where to resume.
    pub head: MessageId,
    /// Which log the messages are of, and what was read of them.
    pub epoch: Option<Epoch>,
    /// A replay was cut: everything after this id has still to be fetched.
    pub gap_after: Option<MessageId>,
    /// The server has messages older than the oldest here.
    pub more: bool,
    /// Of the unread messages only the newest are here.
    pub missed: bool,
    /// A replay was longer than what is kept, so its beginning is not here.
    pub cut: bool,
    /// Entries that are kept while it is read.
    pub reading_max: usize,
    /// The page that was asked for and has not come yet.
    pub awaited: Option<Page>,
    /// What is shown in place of the newest.
    pub past: Option<Past>,
    /// Somebody goes to this message, as soon as it is here.
    pub jumping: Option<MessageId>,
    /// The screen was cleared since that was asked for.
    is_unwanted: bool,
    /// What was changed meanwhile: the page may have been read before.
    meanwhile: Vec<Change>,
    pub read: MessageId,
    /// What is unread on all of the person's devices.
    pub counts: Counts,
    /// How far the server knows what was read here.
    pub telling: Telling,
    /// The question after those counts.
    pub asking: Asking,
    /// The room was marked as unread while it was shown, and no other was since.
    pub mark_stays: bool,
    /// What was read when one last looked away: the line above what is new stands behind it, and
    /// stays there while one reads on.
    pub looked_away: Option<MessageId>,
    /// What came while disconnected has not been looked at: nothing counts as read until the person
    /// does something.
    pub behind: bool,
    /// How often something other than the end was changed.
    changes: u64,
    /// The last count of what is unread.
    tally: Cell<Tally>,
}

/// One thing in the message pane.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its place in the order.
    pub place: Place,
    pub what: What,
    /// It is a message of somebody else that names this person.
    pub is_mention: bool,
}

#[derive(Debug, Clone)]
pub enum What {
    Message(Message),
    Join(UserName),
    Leave(UserName),
    /// Something the server or the client has to say.
    Note(String),
}

/// What is shown in place of the newest messages.
#[derive(Debug)]
pub struct Past {
    /// Messages, ascending.
    pub entries: VecDeque<Entry>,
    /// The server has older ones.
    pub more: bool,
}

impl Room {
    /// A room before the server said anything about it.
    pub fn new(name: RoomName) -> Self {
        Room {
            name,
            joined: false,
            moderates: false,
            away: BTreeSet::new(),
            deferred: false,
            excluded: None,
            known: false,
            entries: VecDeque::new(),
            people: People::default(),
            topic: TopicText::default(),
            about: About::default(),
            added_by: None,
            listed: false,
            place: None,
            by_default: false,
            pending: Vec::new(),
            sending: None,
            notify: Notify::Default,
            draft: String::new(),
            composing: Composing::default(),
            typing: Typing::default(),
            reading: Reading::End,
            missed: false,
            cut: false,
            reading_max: ENTRIES_MAX_READING,
            head: MessageId::ZERO,
            epoch: None,
            gap_after: None,
            more: false,
            awaited: None,
            past: None,
            jumping: None,
            is_unwanted: false,
            meanwhile: Vec::new(),
            read: MessageId::ZERO,
            counts: Counts::default(),
            telling: Telling::default(),
            asking: Asking::default(),
            mark_stays: false,
            looked_away: None,
            behind: false,
            changes: 0,
            tally: Cell::default(),
        }
    }

    /// A room that was read up to a message in an earlier run.
    pub fn as_read(name: RoomName, read: MessageId) -> Self {
        let looked_away = Some(read).filter(|read| *read > MessageId::ZERO);
        Room { read, looked_away, known: looked_away.is_some(), ..Room::new(name) }
    }

    /// Puts a message at its place; true if it is new here and mentions this person.
    pub fn insert(&mut self, message: Message, me: Option<&UserName>) -> bool {
        self.head = self.head.max(message.id);
        let Some(message) = self.change(message, me) else { return false };
        let place = Place::of(message.id);
        let at = self.index(place);
        let is_mention = mentions_me(&message, me, &self.people);
        self.changes += u64::from(at < self.entries.len());
        self.entries.insert(at, Entry { place, what: What::Message(message), is_mention });
        self.trim();
        is_mention
    }

    /// What was asked for has come, or will not come any more: what it was.
    pub fn take_awaited(&mut self) -> (Option<Page>, Vec<Change>) {
        self.is_unwanted = false;
        (self.awaited.take(), std::mem::take(&mut self.meanwhile))
    }

    /// Forgets what is here; a page that is on its way would leave a hole behind it.
    pub fn clear(&mut self) {
        self.forget();
        self.leave_past();
        self.is_unwanted = self.awaited.is_some();
    }

    /// A page that was asked for before the screen was cleared is waited for no longer.
    pub fn drop_unwanted(&mut self) -> bool {
        let is_unwanted = self.is_unwanted;
        if is_unwanted {
            self.take_awaited();
        }
        is_unwanted
    }

    /// Adds a note behind everything there is.
    pub fn note(&mut self, what: What) {
        let place = match self.entries.back() {
            Some(last) => Place { note: last.place.note.saturating_add(1), ..last.place },
            None => Place { id: self.head, note: 1 },
        };
        self.entries.push_back(Entry { place, what, is_mention: false });
        self.trim();
    }

    /// Lets the oldest go that are too many, and of what is being read only if it must be.
    fn trim(&mut self) {
        let most = match self.reading {
            Reading::End => ENTRIES_MAX,
            Reading::Above(_) => self.reading_max,
        };
        self.drop_oldest(self.entries.len().saturating_sub(most));
    }

    fn drop_oldest(&mut self, count: usize) {
        if count > 0 {
            let newest = self.entries.drain(..count).next_back();
            // Of what was not read yet, not all is here any more.
            self.missed |= newest.is_some_and(|entry| entry.place.id > self.read);
            self.changes += 1;
            self.more = true;
        }
    }

    /// Changes who is here. Others whose names begin like this person's decide who a text names.
    pub fn change_people(&mut self, me: Option<&UserName>, change: impl FnOnce(&mut People)) {
        let longer = |people: &People| me.map(|me| people.longer_names(me).to_vec());
        let before = longer(&self.people);
        change(&mut self.people);
        if longer(&self.people) != before {
            self.renamed(me);
        }
    }

    /// The person has another name: other messages mention them.
    pub fn renamed(&mut self, me: Option<&UserName>) {
        self.changes += 1;
        let past = self.past.iter_mut().flat_map(|past| &mut past.entries);
        for entry in self.entries.iter_mut().chain(past) {
            if let What::Message(message) = &entry.what {
                entry.is_mention = mentions_me(message, me, &self.people);
            }
        }
    }

    /// Where a place is, or would be, among the entries.
    pub fn index(&self, place: Place) -> usize {
        self.entries.partition_point(|entry| entry.place < place)
    }

    pub fn oldest(&self) -> Option<MessageId> {
        self.messages().next().map(|message| message.id)
    }

    /// Messages, ascending.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.entries.iter().filter_map(|entry| entry.message())
    }

    /// The message before one of the entries that are shown.
    pub fn message_before(&self, at: usize) -> Option<&Message> {
        self.lines().range(..at).rev().find_map(Entry::message)
    }

    /// The first message below the line above what is new: somebody else's, since nobody is news to
    /// oneself.
    pub fn new_line(&self, me: Option<&UserName>) -> Option<MessageId> {
        let after = self.looked_away?;
        let mut messages = self.after(after).filter_map(Entry::message);
        messages.find(|message| Some(&message.sender) != me).map(|message| message.id)
    }

    /// The first message that was not read.
    pub fn first_unread(&self) -> Option<Place> {
        self.newer().find(|entry| entry.message().is_some()).map(|entry| entry.place)
    }

    /// Own messages that the server refused.
    pub fn failed(&self) -> usize {
        self.pending.iter().filter(|pending| pending.failed.is_some()).count()
    }

    fn newer(&self) -> impl Iterator<Item = &Entry> {
        self.after(self.read)
    }

    fn after(&self, id: MessageId) -> impl Iterator<Item = &Entry> {
        self.entries.range(self.entries.partition_point(|entry| entry.place.id <= id)..)
    }
}

impl Entry {
    pub fn message(&self) -> Option<&Message> {
        match &self.what {
            What::Message(message) => Some(message),
            _ => None,
        }
    }
}

/// Somebody else mentions this person, as the server sees it.
pub fn calls(message: &Message, me: Option<&UserName>) -> bool {
    me.is_some_and(|me| {
        let is_called = message.everybody.is_some() || message.mentions.contains(me);
        is_called && !message.deleted && *me != message.sender
    })
}

/// The same, or names this person, and none of the others here by a longer name.
fn mentions_me(message: &Message, me: Option<&UserName>, people: &People) -> bool {
    calls(message, me)
        || me.is_some_and(|me| {
            !message.deleted
                && *me != message.sender
                && !mentions(&outside_code(message.content.as_str()), me, people.longer_names(me))
                    .is_empty()
        })
}
