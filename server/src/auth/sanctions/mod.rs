//! Bans and mutes as they hold now: found by name and by key. None holds for a moderator.
//!
//! The database is the truth; this is its copy, for speed. This file does not know connections.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use parking_lot::RwLock;
use protocol::{MessageId, Refusal, Restriction, RoomName, UserName};

use super::moderators::Moderators;
use super::permissions::Permissions;
use crate::log::sanction::{Kind, Lift, Sanction, Whom};
use crate::people::key_hash::KeyHash;
use crate::people::names::Person;

/// Bans and mutes at a time: some 3 MB.
pub const SANCTIONS_MAX: usize = 10_000;
/// Those of one room: so that its moderators leave room for others'.
pub const ROOM_SANCTIONS_MAX: usize = 1_000;
/// Those that one moderator has set, under all their names: so that nobody who moderates many rooms fills
/// all places.
pub const MODERATOR_SANCTIONS_MAX: usize = 2_000;
/// Places that the rooms together leave to bans and mutes of the whole server.
const SERVER_SANCTIONS_RESERVED: usize = 1_000;

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Sanctions {
    all: RwLock<All>,
    /// Most of the time there are none, and a message costs one look at this number.
    mutes: AtomicUsize,
    /// The id of the newest that was imposed.
    newest: AtomicU64,
    moderators: Moderators,
}

/// How somebody stands, as far as is known in memory.
#[derive(Debug)]
pub(crate) enum Standing {
    Free,
    Restricted(Restriction),
    /// The operator may have lifted this one in the database, which is to be asked. If so, it has to be
    /// [forgotten](Sanctions::forget).
    Unsure(Arc<Sanction>),
}

#[derive(Debug, Default)]
struct All {
    by_name: HashMap<Arc<str>, Vec<Arc<Sanction>>>,
    by_key: HashMap<KeyHash, Vec<Arc<Sanction>>>,
    count: usize,
}

impl Sanctions {
    pub(crate) fn new(sanctions: Vec<Sanction>, newest: MessageId, moderators: Moderators) -> Self {
        let all = Sanctions { moderators, ..Sanctions::default() };
        sanctions.into_iter().for_each(|sanction| all.impose(sanction, newest));
        all
    }

    /// The newest that is known here. What is checked afterwards is checked against it.
    pub(crate) fn newest(&self) -> MessageId {
        MessageId::try_from(self.newest.load(Ordering::Acquire)).unwrap_or_default()
    }

    /// Why somebody may not come into a room, or into the server, with this pass. `now` is in
    /// milliseconds since 1970.
    #[cfg(test)]
    pub(crate) fn ban(
        &self,
        person: &Person,
        pass: Option<&Permissions>,
        room: Option<&RoomName>,
        now: u64,
    ) -> Option<Restriction> {
        Some(restriction(&*self.find(Kind::Ban, (person, pass), room, now)?, now))
    }

    /// Why somebody may not speak in a room.
    #[cfg(test)]
    pub(crate) fn mute(
        &self,
        person: &Person,
        pass: Option<&Permissions>,
        room: &RoomName,
        now: impl Fn() -> u64,
    ) -> Option<Restriction> {
        match self.standing(Kind::Mute, (person, pass), Some(room), now, || false) {
            Standing::Restricted(mute) => Some(mute),
            Standing::Free | Standing::Unsure(_) => None,
        }
    }

    /// How somebody stands in a room, or in the server. `now` is in milliseconds since 1970; the
    /// database can only be asked for those who may read.
    pub(crate) fn standing(
        &self,
        kind: Kind,
        person: (&Person, Option<&Permissions>),
        room: Option<&RoomName>,
        now: impl Fn() -> u64,
        may_ask: impl FnOnce() -> bool,
    ) -> Standing {
        if kind == Kind::Mute && self.mutes.load(Ordering::Relaxed) == 0 {
            return Standing::Free;
        }
        let now = now();
        match self.find(kind, person, room, now) {
            None => Standing::Free,
            Some(found) if may_ask() => Standing::Unsure(found),
            Some(found) => Standing::Restricted(restriction(&found, now)),
        }
    }

    /// What keeps somebody out, or silent. One may be set for a moderator who is away, whom nobody
    /// knows for one then; and it holds for another connection of theirs, which came in with less.
    fn find(
        &self,
        kind: Kind,
        (person, pass): (&Person, Option<&Permissions>),
        room: Option<&RoomName>,
        now: u64,
    ) -> Option<Arc<Sanction>> {
        let found = self.all.read().find(kind, person, room, now)?;
        (!self.moderators.is_one(person.key(), pass, room)).then_some(found)
    }

    /// The rooms that somebody is banned from.
    pub(crate) fn barred(
        &self,
        (person, pass): (&Person, Option<&Permissions>),
        now: impl Fn() -> u64,
    ) -> Vec<RoomName> {
        let all = self.all.read();
        if all.count == 0 {
            return Vec::new();
        }
        let now = now();
        let bans = all.of(person).filter(|it| it.kind == Kind::Ban && holds(it, now));
        let rooms = bans.filter_map(|it| it.room.as_ref());
        let is_moderator = |room| self.moderators.is_one(person.key(), pass, Some(room));
        rooms.filter(|room| !is_moderator(room)).cloned().collect()
    }

    /// The one of a kind and place that was imposed on a name: on who has it now, if there is one, else
    /// on whoever had it.
    pub(crate) fn named(&self, like: &Sanction, now: u64) -> Option<Arc<Sanction>> {
        let all = self.all.read();
        let theirs = all.by_name.get(like.user.key()).into_iter().flatten();
        let theirs = theirs.filter(|other| {
            other.kind == like.kind && other.room == like.room && holds(other, now)
        });
        theirs.max_by_key(|other| is_same(other, like)).cloned()
    }

    /// Those of a kind and place that the operator means.
    pub(crate) fn of(
        &self,
        kind: Kind,
        room: Option<&RoomName>,
        whom: &Whom,
        now: u64,
    ) -> Vec<Arc<Sanction>> {
        let is_meant = |it: &Sanction| match whom {
            Whom::All => true,
            Whom::Name(name) => it.user.key() == name.key(),
            Whom::Key(key) => it.key == Some(*key),
        };
        let all = self.all.read();
        let here = all.by_name.values().flatten();
        let here = here.filter(|it| it.kind == kind && it.room.as_ref() == room && holds(it, now));
        here.filter(|it| is_meant(it)).cloned().collect()
    }

    /// Whether there is one of exactly this kind, place and person.
    pub(crate) fn has(&self, sanction: &Sanction, now: u64) -> bool {
        let all = self.all.read();
        let theirs = all.by_name.get(sanction.user.key()).into_iter().flatten();
        theirs.into_iter().any(|other| is_same(other, sanction) && holds(other, now))
    }

    /// Whether there is a place for one more, set by somebody who has these names.
    pub(crate) fn has_place(
        &self,
        new: &Sanction,
        is_theirs: &dyn Fn(&UserName) -> bool,
        now: u64,
    ) -> Result<(), Refusal> {
        self.purge(now);
        let all = self.all.read();
        let count = |is_one: &dyn Fn(&Sanction) -> bool| {
            all.by_name.values().flatten().filter(|other| is_one(other)).count()
        };
        let by_them = count(&|other| is_theirs(&other.by));
        let in_rooms = count(&|other| other.room.is_some());
        let here = count(&|other| other.room == new.room);
        let rooms_max = SANCTIONS_MAX - SERVER_SANCTIONS_RESERVED;
        let is_of_room = new.room.is_some();
        for (is_full, whose, max) in [
            (is_of_room && here >= ROOM_SANCTIONS_MAX, "this room has", ROOM_SANCTIONS_MAX),
            (by_them >= MODERATOR_SANCTIONS_MAX, "you have set", MODERATOR_SANCTIONS_MAX),
            (is_of_room && in_rooms >= rooms_max, "all rooms together have", rooms_max),
            (all.count >= SANCTIONS_MAX, "this server has", SANCTIONS_MAX),
        ] {
            if is_full {
                let max = u32::try_from(max).unwrap_or(u32::MAX);
                return Err(Refusal::TooManySanctions { whose, max });
            }
        }
        Ok(())
    }

    /// Forgets those that the operator has lifted in the database: it has these.
    pub(crate) fn keep_only(&self, stored: &[Sanction]) {
        let place = |it: &Sanction| (it.kind, it.room.clone(), it.owner());
        let stored: HashSet<_> = stored.iter().map(place).collect();
        let mut all = self.all.write();
        all.remove(&|other| !stored.contains(&place(other)), None);
        self.recount(&all);
    }

    /// The operator has lifted this very one.
    pub(crate) fn forget(&self, lifted: &Sanction) {
        let mut all = self.all.write();
        all.remove(&|other| std::ptr::eq(other, lifted), Some(&lifted.user));
        self.recount(&all);
    }

    /// From now on it holds, instead of the same one of before.
    pub(crate) fn impose(&self, sanction: Sanction, id: MessageId) {
        let mut all = self.all.write();
        all.remove(&|other| is_same(other, &sanction), Some(&sanction.user));
        all.insert(sanction);
        self.recount(&all);
        self.newest.fetch_max(id.get(), Ordering::Release);
    }

    /// It holds no longer.
    pub(crate) fn lift(&self, sanction: &Sanction) {
        let mut all = self.all.write();
        all.remove(&|other| is_same(other, sanction), Some(&sanction.user));
        self.recount(&all);
    }

    /// One holds no longer, by its kind, place and owner: somebody lifted it on another node.
    pub(crate) fn lifted(&self, lift: &Lift) {
        let is_it = |it: &Sanction| {
            it.kind == lift.kind && it.room == lift.room && it.owner() == lift.owner
        };
        let mut all = self.all.write();
        all.remove(&is_it, None);
        self.recount(&all);
    }

    /// Forgets those whose time is over.
    pub(crate) fn purge(&self, now: u64) {
        let mut all = self.all.write();
        all.remove(&|other| !holds(other, now), None);
        self.recount(&all);
    }

    fn recount(&self, all: &All) {
        let every = all.by_name.values().flatten();
        let mutes = every.filter(|sanction| sanction.kind == Kind::Mute).count();
        self.mutes.store(mutes, Ordering::Relaxed);
    }
}

impl All {
    fn find(
        &self,
        kind: Kind,
        person: &Person,
        room: Option<&RoomName>,
        now: u64,
    ) -> Option<Arc<Sanction>> {
        let theirs = self.of(person);
        let here = |sanction: &&Arc<Sanction>| {
            sanction.kind == kind
                && holds(sanction, now)
                && (sanction.room.is_none() || sanction.room.as_ref() == room)
        };
        // What lasts longest is told.
        theirs.filter(here).max_by_key(|s| s.until.unwrap_or(u64::MAX)).cloned()
    }

    /// What holds for somebody, anywhere.
    fn of<'a>(&'a self, person: &Person) -> impl Iterator<Item = &'a Arc<Sanction>> + use<'a> {
        let by_key = person.key().and_then(|key| self.by_key.get(&key));
        let by_name = self.by_name.get(person.name.key()).into_iter().flatten();
        let (owner, any) = (person.number(), None);
        let by_name = by_name.filter(move |it| it.person == any || it.person == owner);
        by_name.chain(by_key.into_iter().flatten())
    }

    fn insert(&mut self, sanction: Sanction) {
        let sanction = Arc::new(sanction);
        if let Some(key) = sanction.key {
            self.by_key.entry(key).or_default().push(sanction.clone());
        }
        self.by_name.entry(sanction.user.key().clone()).or_default().push(sanction);
        self.count += 1;
    }

    /// Removes what is over, of one name or of all.
    fn remove(&mut self, is_over: &dyn Fn(&Sanction) -> bool, user: Option<&UserName>) {
        let mut removed = Vec::new();
        let names: Vec<_> = match user {
            Some(user) => vec![user.key().clone()],
            None => self.by_name.keys().cloned().collect(),
        };
        for name in names {
            let Some(theirs) = self.by_name.get_mut(&name) else { continue };
            removed.extend(theirs.extract_if(.., |sanction| is_over(sanction)));
            if theirs.is_empty() {
                self.by_name.remove(&name);
            }
        }
        self.count -= removed.len();
        for sanction in removed {
            let Some(key) = sanction.key else { continue };
            let Some(theirs) = self.by_key.get_mut(&key) else { continue };
            theirs.retain(|other| !Arc::ptr_eq(other, &sanction));
            if theirs.is_empty() {
                self.by_key.remove(&key);
            }
        }
    }
}

fn is_same(one: &Sanction, other: &Sanction) -> bool {
    one.kind == other.kind && one.room == other.room && one.owner() == other.owner()
}

fn holds(sanction: &Sanction, now: u64) -> bool {
    sanction.until.is_none_or(|until| now < until)
}

/// What is told of it: how much longer, rounded up.
pub(crate) fn restriction(sanction: &Sanction, now: u64) -> Restriction {
    Restriction {
        server: sanction.room.is_none(),
        seconds: sanction.until.map(|until| until.saturating_sub(now).div_ceil(1000)),
        reason: sanction.reason.clone(),
    }
}
