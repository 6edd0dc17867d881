//! A model of somebody who is in private rooms, or tries to be; and who was a member when, by the events.

use std::collections::BTreeMap;

use protocol::{
    Body, Connect, Join, MessageId, PRIVATE_SIGN, Ref, RoomName, ToClient, ToServer, UserName,
};

use crate::log::event::{Act, Event};

/// Somebody, and what they heard.
pub(super) struct Member {
    pub(super) name: UserName,
    pub(super) key: u8,
    pub(super) line: Option<u64>,
    /// Rooms that they are in on this line, and what they heard there.
    pub(super) rooms: BTreeMap<RoomKey, Vec<u64>>,
    next: u32,
}

pub(super) type RoomKey = String;

impl Member {
    pub(super) fn new(name: &str, key: u8) -> Self {
        let name = UserName::try_from(name).unwrap();
        Member { name, key, line: None, rooms: BTreeMap::new(), next: 0 }
    }

    pub(super) fn hello(&self) -> Connect {
        let room = RoomName::try_from("lobby").unwrap();
        Connect { room, user: Some(self.name.clone()), since: None, history: None }
    }

    pub(super) fn lost(&mut self) {
        self.line = None;
        self.rooms.clear();
    }

    pub(super) fn reference(&mut self) -> Option<Ref> {
        self.next += 1;
        Ref::try_from(&*format!("{}-{}", self.key, self.next)).ok()
    }

    pub(super) fn say(&mut self, room: RoomName) -> ToServer {
        let reference = self.reference();
        let content = Body::try_from(format!("{}:{}", self.key, self.next)).unwrap();
        ToServer::Message(protocol::Say { room, content, reply: None, reference })
    }

    /// From the beginning, so that everything that is there comes.
    pub(super) fn join(room: RoomName) -> ToServer {
        ToServer::Join(Join { room, since: Some(MessageId::ZERO), history: None })
    }

    /// Hears one envelope.
    pub(super) fn hear(&mut self, envelope: &ToClient, applied: &[Event]) -> Result<(), String> {
        match envelope {
            ToClient::Message(message) if is_private(&message.room) => {
                let id = message.id.get();
                if !is_member(applied, &message.room, &self.name, id, id) {
                    return Err(format!("{} hears {id} and is no member", self.name));
                }
                self.note(&message.room, id)?;
            }
            ToClient::History(page) if is_private(&page.room) => {
                for id in page.messages.iter().map(|message| message.id.get()) {
                    if !is_member(applied, &page.room, &self.name, id, u64::MAX) {
                        return Err(format!("{} reads {id} and is no member", self.name));
                    }
                }
                if page.reference.is_none() {
                    let ids = page.messages.iter().map(|message| message.id.get()).collect();
                    self.rooms.insert(page.room.key().to_string(), ids);
                }
            }
            ToClient::Join(it) => self.may_hear_of(&it.room, applied)?,
            ToClient::Presence(it) => self.may_hear_of(&it.room, applied)?,
            ToClient::Topic(it) => self.may_hear_of(&it.room, applied)?,
            ToClient::Added(it) => self.may_hear_of(&it.room, applied)?,
            ToClient::Room(it) => self.may_hear_of(&it.room, applied)?,
            ToClient::Leave(it) if it.sender == self.name => {
                self.rooms.remove(&**it.room.key());
            }
            _ => {}
        }
        Ok(())
    }

    fn note(&mut self, room: &RoomName, id: u64) -> Result<(), String> {
        let heard = self.rooms.entry(room.key().to_string()).or_default();
        if heard.last().is_some_and(|last| *last >= id) && !heard.contains(&id) {
            return Err(format!("{} hears {id} after {heard:?}", self.name));
        }
        if !heard.contains(&id) {
            heard.push(id);
        }
        Ok(())
    }

    /// Whoever never belonged to a room hears nothing of it.
    fn may_hear_of(&self, room: &RoomName, applied: &[Event]) -> Result<(), String> {
        let may = !is_private(room) || is_member(applied, room, &self.name, 0, u64::MAX);
        if may { Ok(()) } else { Err(format!("{} hears of {room} and is no member", self.name)) }
    }
}

fn is_private(room: &RoomName) -> bool {
    room.as_str().starts_with(PRIVATE_SIGN)
}

/// Whether somebody was a member of a room at any moment from one event to another.
pub(super) fn is_member(
    applied: &[Event],
    room: &RoomName,
    user: &UserName,
    from: u64,
    to: u64,
) -> bool {
    let mut since = None;
    for event in applied {
        let id = event.id.get();
        match &event.act {
            Act::Create(create) if create.room == *room && create.author.name == *user => {
                since = Some(id);
            }
            Act::Add(add) if add.room == *room && add.user == *user => since = Some(id),
            Act::Remove(remove) if remove.room == *room && remove.user == *user => {
                if since.is_some_and(|since| since <= to && from <= id) {
                    return true;
                }
                since = None;
            }
            _ => {}
        }
    }
    since.is_some_and(|since| since <= to)
}

/// Rooms that were made so far.
pub(super) fn rooms(applied: &[Event]) -> Vec<RoomName> {
    let made = applied.iter().filter_map(|event| match &event.act {
        Act::Create(create) => Some(create.room.clone()),
        _ => None,
    });
    made.collect()
}
