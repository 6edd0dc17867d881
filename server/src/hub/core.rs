//! The rules of the hub: what happened in, what to tell whom out.
//!
//! Pure: it knows no clock, no socket, no channel and no bytes on the wire. The task around it
//! performs all effects of an input before it applies the next, so members cannot change between.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use protocol::{PEOPLE_MAX, Role, RoomName, TYPING_PEOPLE_MAX, UserName};

use super::census::Census;
use super::node_set::NodeBit;
use super::presence::{Budget, NAMES_MIN, envelope_bytes, name_bytes};
use super::roll_call::{Present, RollCall};
use super::room::{ConnectionId, Room};

/// What happened. `M` is how a member is reached, `T` what is told of a stored message; the rules
/// look into neither.
#[derive(Debug, Clone)]
pub(crate) enum Input<M, T> {
    /// A connection enters a room.
    Join { room: RoomName, id: ConnectionId, user: UserName, role: Role, member: M },
    /// A connection goes out of a room.
    Leave { room: RoomName, id: ConnectionId, user: UserName },
    /// Somebody enters a room on another node, with their first connection there.
    Came { room: RoomName, node: NodeBit, user: UserName, role: Role },
    /// Somebody goes out of a room on another node, with their last connection there.
    Went { room: RoomName, node: NodeBit, user: UserName },
    /// Nobody is on another node any more.
    Gone(NodeBit),
    /// A person is writing, whose connections are `except`.
    Typing { room: RoomName, user: UserName, except: Vec<M> },
    /// A message was stored.
    Deliver { room: RoomName, message: T },
    /// Something to tell of a person who is there; of one who is not, something else to who asked.
    About { room: RoomName, user: UserName, message: T, absent: Option<(ConnectionId, T)> },
    /// A message was stored before. Its author hears of it again, but not before what was stored in
    /// between: a client resumes after the newest that it heard.
    Again { room: RoomName, author: M, message: T },
    /// Something is told to everybody in a room, and to these, who may be elsewhere; those who leave hear it and
    /// go out of the room.
    Reach { room: RoomName, message: T, also: Vec<M>, leaving: Vec<(UserName, M)> },
    /// A member asks who is there beyond a name.
    People { room: RoomName, id: ConnectionId, after: UserName },
    /// Time has passed. Wanted while [`Core::is_gathering`].
    Tick,
}

/// What there is to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notification<T> {
    /// A person came, who may do this.
    Join(UserName, Role),
    /// A person left.
    Leave(UserName),
    /// Who is here now.
    Presence(People),
    /// One has entered, and was told of oneself and of who is here.
    Entered,
    /// A person is writing.
    Typing(UserName),
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
    Room(RoomName, Notification<T>),
    /// Tell every member that the room has now, besides these.
    Others(RoomName, Vec<M>, Notification<T>),
    /// Tell one connection.
    One(M, RoomName, Notification<T>),
}

/// The rooms of one shard.
#[derive(Debug)]
pub(crate) struct Core<M> {
    rooms: HashMap<Arc<str>, Room<M>>,
    budget: Budget,
    census: Census,
    /// Large rooms with changes that not everybody was told of yet.
    gathering: BTreeSet<Arc<str>>,
}

impl<M: Clone + PartialEq> Core<M> {
    pub(crate) fn new(budget: Budget) -> Self {
        let (rooms, census) = (HashMap::new(), Census::default());
        Core { rooms, budget, census, gathering: BTreeSet::new() }
    }

    /// The same, which tells another census than its own how many people are where.
    pub(crate) fn counted_by(self, census: Census) -> Self {
        Core { census, ..self }
    }

    /// Applies one input and adds to `effects` what follows from it, in order. `now` is the time
    /// since any fixed moment, and does not go back.
    pub(crate) fn apply<T: Clone>(
        &mut self,
        now: Duration,
        input: Input<M, T>,
        effects: &mut Vec<Effect<M, T>>,
    ) {
        match input {
            Input::Join { room, id, user, role, member } => {
                self.join(now, &room, id, (user, role), member, effects);
            }
            Input::Leave { room, id, user } => self.leave(now, &room, id, &user, effects),
            Input::Came { room, node, user, role } => {
                self.came(now, &room, (node, user, role), effects);
            }
            Input::Went { room, node, user } => self.went(now, &room, (node, user), effects),
            Input::Gone(node) => self.gone(now, node, effects),
            Input::Typing { room, user, except } => self.typing(&room, user, except, effects),
            Input::Deliver { room, message } => {
                if self.rooms.contains_key(room.key()) {
                    effects.push(Effect::Room(room, Notification::Message(message)));
                }
            }
            Input::About { room, user, message, absent } => {
                let Some(room) = self.rooms.get(room.key()) else { return };
                let name = room.name().clone();
                if room.has(&user) {
                    effects.push(Effect::Room(name, Notification::Message(message)));
                } else if let Some((asker, absent)) = absent
                    && let Some(asker) = room.member(asker)
                {
                    effects.push(Effect::One(asker.clone(), name, Notification::Message(absent)));
                }
            }
            Input::Again { room, author, message } => {
                effects.push(Effect::One(author, room, Notification::Message(message)));
            }
            Input::Reach { room, message, also, leaving } => {
                self.reach(now, &room, message, (also, leaving), effects);
            }
            Input::People { room, id, after } => self.people(&room, id, after, effects),
            Input::Tick => self.tick(now, effects),
        }
    }

    /// True while there is something that time alone will bring.
    pub(crate) fn is_gathering(&self) -> bool {
        !self.gathering.is_empty()
    }

    /// The members of a room as of now; none if nobody is there.
    pub(crate) fn members(&self, room: &RoomName) -> impl Iterator<Item = &M> {
        self.rooms.get(room.key()).into_iter().flat_map(Room::members)
    }

    /// Who of those whom a message calls is in a room, on any node.
    pub(crate) fn present(&self, room: &RoomName, called: &RollCall) -> Present {
        self.rooms.get(room.key()).map_or_else(Present::default, |room| called.answer(room))
    }

    #[cfg(test)]
    pub(crate) fn room_count(&self) -> usize {
        self.rooms.len()
    }

    /// A person's first connection is news to all; a further one is news to itself alone.
    fn join<T>(
        &mut self,
        now: Duration,
        name: &RoomName,
        id: ConnectionId,
        (user, role): (UserName, Role),
        member: M,
        effects: &mut Vec<Effect<M, T>>,
    ) {
        let open = || Room::new(name.clone());
        let room = self.rooms.entry(name.key().clone()).or_insert_with(open);
        let is_news = room.add(id, member.clone(), user.clone());
        self.census.set(room.name(), room.people_count());
        let at_once = room.tells_at_once(now, self.budget, is_news);
        let to_all = is_news && (at_once || room.takes_line(now, self.budget, &user));
        let to = |to_all: bool, news| match to_all {
            true => Effect::Room(room.name().clone(), news),
            false => Effect::One(member.clone(), room.name().clone(), news),
        };
        effects.push(to(to_all, Notification::Join(user, role)));
        if at_once {
            effects.push(to(is_news, Notification::Presence(everyone(room))));
        } else {
            let bytes = room.entry_bytes(now, self.budget);
            let list = Notification::Presence(first(room, bytes));
            effects.push(Effect::One(member.clone(), room.name().clone(), list));
        }
        effects.push(Effect::One(member, room.name().clone(), Notification::Entered));
        self.changed(now, name, is_news, at_once);
    }

    /// Who leaves is told so; the others only if it was the person's last connection here.
    fn leave<T>(
        &mut self,
        now: Duration,
        name: &RoomName,
        id: ConnectionId,
        user: &UserName,
        effects: &mut Vec<Effect<M, T>>,
    ) {
        let Some(room) = self.rooms.get_mut(name.key()) else { return };
        let Some((member, is_news)) = room.remove(id, user) else { return };
        let spelt = room.name().clone();
        effects.push(Effect::One(member, spelt, Notification::Leave(user.clone())));
        self.tell(now, name, (user, Notification::Leave(user.clone())), is_news, effects);
    }

    /// A person's first connection anywhere is news.
    fn came<T>(
        &mut self,
        now: Duration,
        name: &RoomName,
        (node, user, role): (NodeBit, UserName, Role),
        effects: &mut Vec<Effect<M, T>>,
    ) {
        let open = || Room::new(name.clone());
        let room = self.rooms.entry(name.key().clone()).or_insert_with(open);
        let is_news = room.came(node, user.clone());
        self.tell(now, name, (&user, Notification::Join(user.clone(), role)), is_news, effects);
    }

    /// A person's last connection anywhere is news.
    fn went<T>(
        &mut self,
        now: Duration,
        name: &RoomName,
        (node, user): (NodeBit, UserName),
        effects: &mut Vec<Effect<M, T>>,
    ) {
        let Some(room) = self.rooms.get_mut(name.key()) else { return };
        let is_news = room.went(node, &user);
        self.tell(now, name, (&user, Notification::Leave(user.clone())), is_news, effects);
    }

    fn gone<T>(&mut self, now: Duration, node: NodeBit, effects: &mut Vec<Effect<M, T>>) {
        let there = self.rooms.values().map(|room| (room.name().clone(), room.people_on(node)));
        let mut there: Vec<_> = there.filter(|(_, people)| !people.is_empty()).collect();
        there.sort_by(|(one, _), (other, _)| one.key().cmp(other.key()));
        for (room, people) in there {
            for user in people {
                self.went(now, &room, (node, user), effects);
            }
        }
    }

    /// Tells those who are in a room of a change, if it is news, within the room's budget.
    fn tell<T>(
        &mut self,
        now: Duration,
        name: &RoomName,
        (user, news): (&UserName, Notification<T>),
        is_news: bool,
        effects: &mut Vec<Effect<M, T>>,
    ) {
        let Some(room) = self.rooms.get_mut(name.key()) else { return };
        self.census.set(room.name(), room.people_count());
        if room.is_empty() {
            // An empty room costs nothing.
            self.rooms.remove(name.key());
            self.gathering.remove(name.key());
            return;
        }
        if !is_news || room.connections() == 0 {
            return;
        }
        let at_once = room.tells_at_once(now, self.budget, true);
        if at_once || room.takes_line(now, self.budget, user) {
            effects.push(Effect::Room(room.name().clone(), news));
        }
        if at_once {
            let list = Notification::Presence(everyone(room));
            effects.push(Effect::Room(room.name().clone(), list));
        }
        self.changed(now, name, true, at_once);
    }

    /// Remembers that a list is owed to a large room, or that a small one has it.
    fn changed(&mut self, now: Duration, name: &RoomName, is_news: bool, told: bool) {
        if !is_news {
            return;
        }
        if told {
            self.gathering.remove(name.key());
        } else if let Some(room) = self.rooms.get_mut(name.key()) {
            room.gathered(self.budget).changed(now);
            self.gathering.insert(name.key().clone());
        }
    }

    /// Tells those large rooms whose lists fit their budget, or can wait no longer.
    fn tick<T>(&mut self, now: Duration, effects: &mut Vec<Effect<M, T>>) {
        let Core { rooms, budget, gathering, .. } = self;
        gathering.retain(|key| {
            let Some(room) = rooms.get_mut(key) else { return false };
            let Some(bytes) = room.list_bytes(now, *budget) else { return true };
            let list = Notification::Presence(first(room, bytes));
            effects.push(Effect::Room(room.name().clone(), list));
            false
        });
    }

    /// Who leaves hears it before they go, and then the others hear that they went.
    fn reach<T: Clone>(
        &mut self,
        now: Duration,
        name: &RoomName,
        message: T,
        (also, leaving): (Vec<M>, Vec<(UserName, M)>),
        effects: &mut Vec<Effect<M, T>>,
    ) {
        let room = self.rooms.get(name.key());
        let place = |member: &M| room.and_then(|room| room.place_of(member));
        let gone: Vec<_> = leaving.iter().map(|(_, member)| place(member)).collect();
        let elsewhere = also.into_iter().filter(|member| place(member).is_none());
        let alone: Vec<_> =
            leaving.iter().map(|(_, member)| member.clone()).chain(elsewhere).collect();
        let is_heard = room.is_some_and(|room| room.connections() > 0);
        for member in alone {
            let told = Notification::Message(message.clone());
            effects.push(Effect::One(member, name.clone(), told));
        }
        if is_heard {
            effects.push(Effect::Room(name.clone(), Notification::Message(message)));
        }
        for ((user, _), id) in leaving.into_iter().zip(gone) {
            if let Some(id) = id {
                self.leave(now, name, id, &user, effects);
            }
        }
    }

    /// Of many people it is not told, and of nobody who is not there.
    fn typing<T>(
        &self,
        name: &RoomName,
        user: UserName,
        except: Vec<M>,
        effects: &mut Vec<Effect<M, T>>,
    ) {
        let Some(room) = self.rooms.get(name.key()) else { return };
        let is_heard = (2..=TYPING_PEOPLE_MAX).contains(&room.people_count());
        if is_heard && room.has(&user) {
            let news = Notification::Typing(user);
            effects.push(Effect::Others(room.name().clone(), except, news));
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
        effects.push(Effect::One(
            member.clone(),
            room.name().clone(),
            Notification::Presence(people),
        ));
    }
}

fn everyone<M>(room: &Room<M>) -> People {
    People { users: room.people().cloned().collect(), count: None, after: None }
}

/// As many of the first people as so many bytes hold.
fn first<M>(room: &Room<M>, bytes: u64) -> People {
    let mut left = bytes.saturating_sub(envelope_bytes(room.name()));
    let mut names = 0;
    let fits = |user: &&UserName| {
        names += 1;
        let bytes = name_bytes(user);
        let fits = bytes <= left || names <= NAMES_MIN;
        left = left.saturating_sub(bytes);
        fits
    };
    let users = room.people().take_while(fits).cloned().collect();
    People { users, count: Some(room.people_count()), after: None }
}
