//! Lines that `export` wrote.
//!
//! Names, roles and rights of elsewhere are not taken over: who has a name there may be another person here. This
//! file does not know files.

use std::collections::HashMap;

use protocol::{
    BadRef, Body, Message, MessageId, Ref, RoomInfo, RoomKind, RoomName, ToClient, Topic,
};

use super::piece::{BAD_ROOM, BLANK, OTHER_ROOMS, Piece, SECRET, Target, fitting};
use crate::log::acts_of_operator::{Import, Imported, ImportedMessage};

const NO_ENVELOPE: &str = "lines that are no envelope of this version";
const OTHERS: &str = "envelopes that are no room, topic or message";
const MEMBERS: &str = "roles and members of rooms: who has a name there may be somebody else here";

/// What was said under which id, where that does not follow from the id.
type Origins = HashMap<u64, Ref>;

/// Reads one line after the other.
pub(super) struct Envelopes<'a> {
    target: &'a Target,
    kinds: HashMap<RoomName, RoomKind>,
    /// The log that it is an export of.
    epoch: String,
    origins: Origins,
}

impl<'a> Envelopes<'a> {
    pub(super) fn new(target: &'a Target) -> Self {
        let (epoch, origins) = (String::new(), Origins::new());
        Envelopes { target, kinds: HashMap::new(), epoch, origins }
    }

    pub(super) fn read(&mut self, line: &str) -> Option<Piece> {
        if line.trim().is_empty() {
            return None;
        }
        match ToClient::parse(line) {
            Ok(ToClient::Room(info)) => self.room(info),
            Ok(ToClient::Topic(topic)) => Some(self.topic(topic)),
            Ok(ToClient::Message(message)) => Some(self.message(message)),
            Ok(_) => Some(Piece::LeftOut(OTHERS, 1)),
            Err(_) => Some(Piece::LeftOut(NO_ENVELOPE, 1)),
        }
    }

    /// It says who may read what was said there.
    fn room(&mut self, info: RoomInfo) -> Option<Piece> {
        let people = info.members.len().max(info.users.len()) as u64;
        self.kinds.insert(info.room, info.kind);
        (people > 0).then_some(Piece::LeftOut(MEMBERS, people))
    }

    /// Which room it goes to; else why to none.
    fn place(&self, room: &RoomName) -> Result<RoomName, &'static str> {
        if self.target.from.as_ref().is_some_and(|from| from != room) {
            return Err(OTHER_ROOMS);
        }
        let kind = self.kinds.get(room).copied().unwrap_or(RoomKind::Open);
        let is_secret = kind != RoomKind::Open || room.is_address();
        if is_secret && !self.target.names_one() {
            return Err(SECRET);
        }
        if let Some(into) = &self.target.into {
            return Ok(into.clone());
        }
        room.check().map_err(|_| BAD_ROOM)?;
        Ok(room.clone())
    }

    fn topic(&self, topic: Topic) -> Piece {
        let Topic { room, content, sender, id, at, .. } = topic;
        let room = match self.place(&room) {
            Ok(room) => room,
            Err(reason) => return Piece::LeftOut(reason, 1),
        };
        let Ok(origin) = without_log(id, at) else { return Piece::LeftOut(NO_ENVELOPE, 1) };
        let import = Import { room, origin, sender, at, what: Imported::Topic(content) };
        Piece::new(import, Vec::new(), self.target.now)
    }

    fn message(&mut self, message: Message) -> Piece {
        let Ok(origin) = self.origin(&message) else { return Piece::LeftOut(NO_ENVELOPE, 1) };
        let Message { room, sender, content, at, deleted, reply, edited, reactions, bot, .. } =
            message;
        let room = match self.place(&room) {
            Ok(room) => room,
            Err(reason) => return Piece::LeftOut(reason, 1),
        };
        let content = match Body::try_from(content.as_str()) {
            _ if deleted => None,
            Ok(content) => Some(content),
            Err(_) => return Piece::LeftOut(BLANK, 1),
        };
        let mut changed = Vec::new();
        let reactions = fitting(reactions, &mut changed);
        let reply = reply.and_then(|reply| self.origin_of(reply));
        let what = Imported::Message(ImportedMessage { content, reply, edited, reactions, bot });
        Piece::new(Import { room, origin, sender, at, what }, changed, self.target.now)
    }

    /// What the message is known by everywhere: an export says it as its `ref`. A `ref` of another kind is its
    /// author's own, and others may have the same.
    fn origin(&mut self, message: &Message) -> Result<Ref, BadRef> {
        let Message { id, at, reference, .. } = message;
        let known = reference.clone().filter(|it| it.as_str().contains(':'));
        let origin = known.map_or_else(|| without_log(*id, *at), Ok)?;
        match origin.as_str().rsplit_once(':') {
            Some((epoch, number)) if number == id.to_string() => {
                if self.epoch != epoch {
                    epoch.clone_into(&mut self.epoch);
                }
            }
            _ => drop(self.origins.insert(id.get(), origin.clone())),
        }
        Ok(origin)
    }

    fn origin_of(&self, id: MessageId) -> Option<Ref> {
        let known = self.origins.get(&id.get()).cloned();
        known.or_else(|| Ref::try_from(&*format!("{}:{id}", self.epoch)).ok())
    }
}

/// Of what does not say which log it is from, id and time tell it from all others.
fn without_log(id: MessageId, at: u64) -> Result<Ref, BadRef> {
    Ref::try_from(&*format!("{at}-{id}"))
}
