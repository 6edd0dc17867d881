//! The rules of the hub: what happened in, what to tell whom out.
//!
//! Pure: it knows no clock, no socket, no channel and no bytes on the wire. The task around it
//! performs all effects of an input before it applies the next, so members cannot change between.

use std::collections::HashMap;
use std::sync::Arc;

use protocol::{PEOPLE_MAX, RoomName, UserName};

use super::room::{ConnectionId, Room};

/// What happened. `M` is how a member is reached, `T` what is told of a stored message; the rules
/// look into neither.
#[derive(Debug, Clone)]
pub(crate) enum Input<M, T> {
    /// A connection enters a room.
    Join { room: RoomName, id: ConnectionId, user: UserName, member: M },
    /// A connection goes out of a room.
    Leave { room: RoomName, id: ConnectionId, user: UserName },
    /// A message was stored.
    Deliver { room: RoomName, message: T },
    /// A member asks who is there beyond a name.
    People { room: RoomName, id: ConnectionId, after: UserName },
}

/// What there is to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News<T> {
    /// A person came.
    Join(UserName),
    /// A person left.
    Leave(UserName),
    /// Who is here now.
    Presence(People),
    /// A stored message.
    Message(T),
}

/// Some people of a room, sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct People {
    pub(crate) users: Vec<UserName>,
    /// How many there are in all, where `users` may be a part.
    pub(crate) count: Option<usize>,
    /// Set in an answer: `users` are those after this one.
    pub(crate) after: Option<UserName>,
}

/// What to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect<M, T> {
    /// Tell every member that the room has now.
    Room(RoomName, News<T>),
    /// Tell one connection.
    One(M, RoomName, News<T>),
}

/// The rooms of one shard.
#[derive(Debug)]
pub(crate) struct Core<M> {
    rooms: HashMap<Arc<str>, Room<M>>,
}

impl<M: Clone> Core<M> {
    pub(crate) fn new() -> Self {
        Core { rooms: HashMap::new() }
    }

    /// Applies one input and adds to `effects` what follows from it, in order.
    pub(crate) fn apply<T>(&mut self, input: Input<M, T>, effects: &mut Vec<Effect<M, T>>) {
        match input {
            Input::Join { room, id, user, member } => self.join(&room, id, user, member, effects),
            Input::Leave { room, id, user } => self.leave(&room, id, user, effects),
            Input::Deliver { room, message } => {
                if self.rooms.contains_key(room.key()) {
                    effects.push(Effect::Room(room, News::Message(message)));
                }
            }
            Input::People { room, id, after } => self.people(&room, id, after, effects),
        }
    }

    /// The members of a room as of now; none if nobody is there.
    pub(crate) fn members(&self, room: &RoomName) -> impl Iterator<Item = &M> {
        self.rooms.get(room.key()).into_iter().flat_map(Room::members)
    }

    #[cfg(test)]
    pub(crate) fn room_count(&self) -> usize {
        self.rooms.len()
    }

    /// A person's first connection is news to all; a further one is news to itself alone.
    fn join<T>(
        &mut self,
        name: &RoomName,
        id: ConnectionId,
        user: UserName,
        member: M,
        effects: &mut Vec<Effect<M, T>>,
    ) {
        let open = || Room::new(name.clone());
        let room = self.rooms.entry(name.key().clone()).or_insert_with(open);
        let is_news = room.add(id, member.clone(), user.clone());
        let name = room.name().clone();
        let presence = News::Presence(everyone(room));
        if is_news {
            effects.push(Effect::Room(name.clone(), News::Join(user)));
            effects.push(Effect::Room(name, presence));
        } else {
            effects.push(Effect::One(member.clone(), name.clone(), News::Join(user)));
            effects.push(Effect::One(member, name, presence));
        }
    }

    /// Who leaves is told so; the others only if it was the person's last connection here.
    fn leave<T>(
        &mut self,
        name: &RoomName,
        id: ConnectionId,
        user: UserName,
        effects: &mut Vec<Effect<M, T>>,
    ) {
        let Some(room) = self.rooms.get_mut(name.key()) else { return };
        let Some((member, is_news)) = room.remove(id, &user) else { return };
        let name = room.name().clone();
        effects.push(Effect::One(member, name.clone(), News::Leave(user.clone())));
        if room.is_empty() {
            // An empty room costs nothing.
            self.rooms.remove(name.key());
        } else if is_news {
            let presence = News::Presence(everyone(room));
            effects.push(Effect::Room(name.clone(), News::Leave(user)));
            effects.push(Effect::Room(name, presence));
        }
    }

    fn people<T>(
        &self,
        name: &RoomName,
        id: ConnectionId,
        after: UserName,
        effects: &mut Vec<Effect<M, T>>,
    ) {
        let Some(room) = self.rooms.get(name.key()) else { return };
        let Some(member) = room.member(id) else { return };
        let users = room.people_after(&after).take(PEOPLE_MAX).cloned().collect();
        let people = People { users, count: Some(room.people_count()), after: Some(after) };
        effects.push(Effect::One(member.clone(), room.name().clone(), News::Presence(people)));
    }
}

fn everyone<M>(room: &Room<M>) -> People {
    People { users: room.people().cloned().collect(), count: None, after: None }
}
