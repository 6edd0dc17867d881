//! A model client: it remembers what it saw and what it still has to hear of, comes back with
//! `since`, and sends again what it is not sure of.

mod anew;
mod changes;
mod reading;
mod said;
mod view;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use fastrand::Rng;
use protocol::{
    Action, Body, Code, Connect, ErrorNote, History, HistoryQuery, Message, MessageId, Moderate,
    Ref, RoomName, SECONDS_MAX, Say, Span, ToClient, ToServer, TopicText, UserName,
};

use self::said::Said;
pub(super) use self::view::View;
use super::process::hash;
use super::store::Store;
use crate::people::key_hash::KeyHash;

/// A room that nobody is ever in.
pub(super) const ELSEWHERE: &str = "elsewhere";

pub(super) struct Client {
    pub(super) name: UserName,
    pub(super) key: u8,
    /// Tells it from others of its person.
    device: u8,
    hash: KeyHash,
    pub(super) line: Option<u64>,
    pub(super) rooms: BTreeMap<String, View>,
    /// Sent or to be sent, and not acknowledged.
    pub(super) pending: VecDeque<Said>,
    pub(super) acknowledged: Vec<Message>,
    /// How many things it has thought of.
    pub(super) thoughts: usize,
    /// Who was muted last, and where.
    muted: Option<(UserName, Option<RoomName>)>,
    next: u32,
    /// It says something else when it could not say a thing.
    pub(super) renews: bool,
    /// What it was told once that it was not stored, having sent it once.
    pub(super) refused: Vec<String>,
    /// What it sent once, on which line, and after how many other things.
    pub(super) sent_once: BTreeMap<String, (u64, usize)>,
    sent: usize,
}

impl Client {
    /// Several, in one or both of two rooms. Two are devices of one person, and the last wants the name of the first,
    /// with a key of its own.
    pub(super) fn several(rng: &mut Rng) -> Vec<Self> {
        let rooms = ["dev", "Ops"].map(|name| RoomName::try_from(name).unwrap());
        let names = [
            ("alice", 1, 1),
            ("Bob", 2, 2),
            ("Çelik", 3, 3),
            ("dora", 4, 4),
            ("bob", 2, 6),
            ("ALICE", 5, 5),
        ];
        let client = |(name, key, device)| {
            let rooms = match rng.u8(0..4) {
                0 => &rooms[..],
                1 => &rooms[1..],
                _ => &rooms[..1],
            };
            Client::new((name, key), device, rooms)
        };
        names.map(client).into()
    }

    fn new((name, key): (&str, u8), device: u8, rooms: &[RoomName]) -> Self {
        let view = |room: &RoomName| View {
            room: room.clone(),
            seen: Vec::new(),
            held: BTreeMap::new(),
            position: MessageId::ZERO,
            people: BTreeSet::new(),
            topic: TopicText::default(),
            read: MessageId::ZERO,
            entered: false,
            has_told: false,
        };
        Client {
            name: UserName::try_from(name).unwrap(),
            key,
            device,
            hash: hash(key),
            line: None,
            rooms: rooms.iter().map(|room| (room.key().to_string(), view(room))).collect(),
            pending: VecDeque::new(),
            acknowledged: Vec::new(),
            thoughts: 0,
            muted: None,
            next: 0,
            renews: false,
            refused: Vec::new(),
            sent_once: BTreeMap::new(),
            sent: 0,
        }
    }

    /// The first room comes with the connection; the others are joined on it.
    pub(super) fn hello(&self) -> (Connect, Vec<ToServer>) {
        let mut views = self.rooms.values();
        let first = views.next().unwrap();
        let hello = Connect {
            room: first.room.clone(),
            user: Some(self.name.clone()),
            since: Some(first.position),
            history: None,
        };
        let join = |view: &View| {
            ToServer::Join(protocol::Join {
                room: view.room.clone(),
                since: Some(view.position),
                history: None,
            })
        };
        (hello, views.map(join).collect())
    }

    /// The line is gone, and with it all that was true of it alone.
    pub(super) fn lost(&mut self) {
        self.line = None;
        for view in self.rooms.values_mut() {
            view.entered = false;
            view.has_told = false;
            view.people.clear();
            view.topic = TopicText::default();
        }
        self.pending.iter_mut().for_each(|said| said.sent = false);
    }

    fn view(&self, room: usize) -> &View {
        self.rooms.values().nth(room % self.rooms.len()).unwrap()
    }

    /// Deletes the newest that it sees, or, if that is deleted, asks again.
    pub(super) fn censor(&self, room: usize) -> Option<ToServer> {
        let view = self.view(room);
        let message = MessageId::try_from(*view.seen.last()?).unwrap();
        let room = view.room.clone();
        view.entered.then_some(ToServer::Delete(protocol::Delete {
            room,
            message,
            reference: None,
        }))
    }

    /// Mutes somebody in a room or everywhere.
    pub(super) fn mute(&mut self, user: UserName, room: Option<usize>) -> ToServer {
        let room = room.map(|room| self.rooms.values().nth(room % self.rooms.len()).unwrap());
        let room = room.map(|view| view.room.clone());
        self.moderate(Action::Mute, user, room)
    }

    /// Ends the newest mute that it heard of.
    pub(super) fn unmute(&mut self) -> Option<ToServer> {
        let (user, room) = self.muted.take()?;
        Some(self.moderate(Action::Unmute, user, room))
    }

    fn moderate(&mut self, action: Action, user: UserName, room: Option<RoomName>) -> ToServer {
        let seconds = (action == Action::Mute).then_some(SECONDS_MAX);
        let reference = Some(self.reference());
        let act = Moderate { action, room, user, seconds, reason: None, reference };
        ToServer::Moderate(Box::new(act))
    }

    /// Says something in a room that it is not in.
    pub(super) fn stray(&mut self) -> ToServer {
        ToServer::Message(Say {
            room: RoomName::try_from(ELSEWHERE).unwrap(),
            content: Body::try_from("stray".to_owned()).unwrap(),
            reply: None,
            reference: Some(self.reference()),
        })
    }

    /// Asks for what was said before the newest.
    pub(super) fn look_back(&mut self, room: usize) -> Option<ToServer> {
        let reference = Some(self.reference());
        let view = self.rooms.values().nth(room % self.rooms.len()).unwrap();
        let span = Span::Before(MessageId::try_from(view.position.get() + 1).unwrap());
        let (room, limit) = (view.room.clone(), Some(8));
        let query = HistoryQuery { room, span, limit, reference };
        view.entered.then_some(ToServer::History(query))
    }

    /// A new one. Others who have the name before or later have the same ones.
    fn reference(&mut self) -> Ref {
        let reference = format!("{}{}", self.ref_prefix(), self.next);
        self.next += 1;
        Ref::try_from(&*reference).unwrap()
    }

    fn ref_prefix(&self) -> String {
        let ascii: String = self.name.key().chars().filter(char::is_ascii).collect();
        // Who has the name before or later has the same ones, but for a second device of one person.
        if self.device == self.key {
            format!("{ascii}-")
        } else {
            format!("{ascii}-{}-", self.device)
        }
    }

    /// Hears one envelope; true if it has to come back to where it was, to ask for what it missed.
    pub(super) fn hear(&mut self, envelope: ToClient, store: &Store) -> Result<bool, String> {
        match envelope {
            ToClient::Message(message) => self.message(message, store)?,
            ToClient::History(history) if history.reference.is_some() => {
                self.older(&history, store)?
            }
            ToClient::History(history) => self.replay(history, store)?,
            ToClient::Join(protocol::Joined { room, sender, .. }) => {
                let view = self.rooms.get_mut(&**room.key()).unwrap();
                view.entered |= sender == self.name;
                view.people.insert(sender.key().to_string());
            }
            ToClient::Leave(protocol::Left { room, sender }) => {
                self.rooms.get_mut(&**room.key()).unwrap().people.remove(&**sender.key());
            }
            ToClient::Presence(presence) => {
                let people = presence.users.iter().map(|user| user.key().to_string()).collect();
                self.rooms.get_mut(&**presence.room.key()).unwrap().people = people;
            }
            ToClient::Room(info) => {
                let view = self.rooms.get_mut(&**info.room.key()).unwrap();
                if view.people.is_empty() {
                    return Err(format!("{} hears what a room is before who is in it", self.name));
                }
                view.topic = info.topic;
            }
            ToClient::Topic(topic) => self.topic(topic, store)?,
            ToClient::Error(note) => return self.refused(&note),
            ToClient::Edited(_) | ToClient::Deleted(_) | ToClient::Reacted(_) => {
                self.change(&envelope, store)?;
            }
            ToClient::Read(read) => self.has_read(read)?,
            ToClient::Moderated(told) if told.action == Action::Mute => {
                self.muted = Some((told.user, told.room));
            }
            ToClient::Moderated(_)
            | ToClient::Cluster(_)
            | ToClient::Link(_)
            | ToClient::Devices(_)
            | ToClient::Invite(_)
            | ToClient::Invites(_)
            | ToClient::Hook(_)
            | ToClient::Hooks(_)
            | ToClient::Rooms(_)
            | ToClient::Mentions(_)
            | ToClient::Found(_)
            | ToClient::Added(_)
            | ToClient::Removed(_)
            | ToClient::Role(_)
            | ToClient::Setting(_)
            | ToClient::Typing(_) => {}
        }
        Ok(false)
    }

    /// Something is refused; true if what it missed cannot be read.
    fn refused(&mut self, note: &ErrorNote) -> Result<bool, String> {
        self.is_mine(note)?;
        if note.code == Code::Unavailable && note.reference.is_none() {
            return Ok(true);
        }
        let is_it = |said: &Said| Some(&said.reference) == note.reference.as_ref();
        match note.code {
            Code::Unavailable if self.renews => self.say_anew(note),
            Code::Unavailable | Code::TooFast => {
                let it = self.pending.iter_mut().find(|said| is_it(said));
                it.into_iter().for_each(|said| said.sent = false);
            }
            Code::Muted
            | Code::NotAllowed
            | Code::NotFound
            | Code::NoName
            | Code::MentionNotAllowed
            | Code::TooLate => {
                self.pending.retain(|said| !is_it(said));
            }
            _ => {}
        }
        Ok(false)
    }

    /// What was said and changed since it was there.
    fn replay(&mut self, history: History, store: &Store) -> Result<(), String> {
        for message in history.messages {
            self.message(message, store)?;
        }
        let view = self.rooms.get_mut(&**history.room.key()).unwrap();
        if !history.changed.iter().all(|message| store.holds(message)) {
            return Err(format!("{:?} is not as it is stored", history.changed));
        }
        history.changed.into_iter().for_each(|message| view.hold(message));
        view.position = view.position.max(history.head);
        Ok(())
    }

    /// What was said before. It may be known, and have been changed since, which is told afterwards.
    fn older(&self, history: &History, store: &Store) -> Result<(), String> {
        let (view, who) = (&self.rooms[&**history.room.key()], self.name.as_str());
        for message in &history.messages {
            let id = message.id.get();
            if !store.holds(message) {
                return Err(format!("{who} finds {id}, which is not stored"));
            }
            if view.has_newer(message) {
                return Err(format!("{who} finds {id} as it was before a change"));
            }
        }
        Ok(())
    }

    /// A refusal is of something that this one said.
    fn is_mine(&self, note: &ErrorNote) -> Result<(), String> {
        let mine = self.ref_prefix();
        match &note.reference {
            Some(other) if !other.as_str().starts_with(&mine) => {
                Err(format!("{} is told of {}, which is another's", self.name, other.as_str()))
            }
            _ => Ok(()),
        }
    }

    fn message(&mut self, message: Message, store: &Store) -> Result<(), String> {
        let (id, who) = (message.id.get(), self.name.as_str());
        if !store.holds(&message) {
            return Err(format!("{who} hears {id}, which is not stored"));
        }
        let named = message.sender == self.name;
        let mine = named && store.may_be_of(message.id, self.hash);
        let is_it = |said: &Said| mine && Some(&said.reference) == message.reference.as_ref();
        let view = self.rooms.get_mut(&**message.room.key()).unwrap();
        let place = self.pending.iter().position(is_it);
        let repeats = message.id <= view.position;
        if repeats && named && !mine {
            return Err(format!("{who} is answered with {id}, which another said"));
        }
        // What one sent again comes back as it was; nothing else comes twice, or late.
        if repeats && !(mine && view.seen.contains(&id)) {
            return Err(format!("{who} hears {id} after {}", view.position));
        }
        if !repeats {
            view.seen.push(id);
            view.position = message.id;
        }
        if view.has_newer(&message) {
            return Err(format!("{who} sees {id} as it was before a change"));
        }
        if mine {
            view.read = view.read.max(message.id);
        }
        view.hold(message.clone());
        if let Some(place) = place {
            self.pending.remove(place);
            self.acknowledged.push(message);
        }
        Ok(())
    }
}
