//! Bans and mutes as they hold now: found by name and by key. None holds for a moderator.
//!
//! The database is the truth; this is its copy, for speed. This file does not know connections.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use protocol::{Restriction, RoomName, UserName};

use super::Pass;
use super::moderators::Moderators;
use crate::key_hash::KeyHash;
use crate::log::register::{Kind, Sanction};
use crate::names::Person;

/// Bans and mutes at a time: some 3 MB.
pub const SANCTIONS_MAX: usize = 10_000;

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Sanctions {
    all: RwLock<All>,
    /// Most of the time there are none, and a message costs one look at this number.
    mutes: AtomicUsize,
    moderators: Moderators,
}

#[derive(Debug, Default)]
struct All {
    by_name: HashMap<Arc<str>, Vec<Arc<Sanction>>>,
    by_key: HashMap<KeyHash, Vec<Arc<Sanction>>>,
    count: usize,
}

impl Sanctions {
    pub(super) fn new(sanctions: Vec<Sanction>, moderators: Moderators) -> Self {
        let all = Sanctions { moderators, ..Sanctions::default() };
        sanctions.into_iter().for_each(|sanction| all.impose(sanction));
        all
    }

    /// Why somebody may not come into a room, or into the server, with this pass. `now` is in
    /// milliseconds since 1970.
    pub(crate) fn ban(
        &self,
        person: &Person,
        pass: Option<&Pass>,
        room: Option<&RoomName>,
        now: u64,
    ) -> Option<Restriction> {
        self.find(Kind::Ban, (person, pass), room, now)
    }

    /// Why somebody may not speak in a room.
    pub(crate) fn mute(
        &self,
        person: &Person,
        pass: Option<&Pass>,
        room: &RoomName,
        now: impl FnOnce() -> u64,
    ) -> Option<Restriction> {
        if self.mutes.load(Ordering::Relaxed) == 0 {
            return None;
        }
        self.find(Kind::Mute, (person, pass), Some(room), now())
    }

    /// One may be set for a moderator who is away, whom nobody knows for one then; and it holds for
    /// another connection of theirs, which came in with less.
    fn find(
        &self,
        kind: Kind,
        (person, pass): (&Person, Option<&Pass>),
        room: Option<&RoomName>,
        now: u64,
    ) -> Option<Restriction> {
        let found = self.read().find(kind, person, room, now)?;
        (!self.moderators.is_one(person.key(), pass, room)).then_some(found)
    }

    /// Whether there is one of exactly this kind, place and name.
    pub(crate) fn has(&self, sanction: &Sanction, now: u64) -> bool {
        let all = self.read();
        let theirs = all.by_name.get(sanction.user.key()).into_iter().flatten();
        theirs.into_iter().any(|other| is_same(other, sanction) && holds(other, now))
    }

    /// Whether there is room for one more.
    pub(crate) fn has_room(&self, now: u64) -> bool {
        if self.read().count >= SANCTIONS_MAX {
            self.purge(now);
        }
        self.read().count < SANCTIONS_MAX
    }

    /// From now on it holds, instead of the same one of before.
    pub(crate) fn impose(&self, sanction: Sanction) {
        let mut all = self.write();
        all.remove(&|other| is_same(other, &sanction), Some(&sanction.user));
        all.insert(sanction);
        self.recount(&all);
    }

    /// It holds no longer.
    pub(crate) fn lift(&self, sanction: &Sanction) {
        let mut all = self.write();
        all.remove(&|other| is_same(other, sanction), Some(&sanction.user));
        self.recount(&all);
    }

    /// Forgets those whose time is over.
    pub(super) fn purge(&self, now: u64) {
        let mut all = self.write();
        all.remove(&|other| !holds(other, now), None);
        self.recount(&all);
    }

    fn recount(&self, all: &All) {
        let every = all.by_name.values().flatten();
        let mutes = every.filter(|sanction| sanction.kind == Kind::Mute).count();
        self.mutes.store(mutes, Ordering::Relaxed);
    }

    fn read(&self) -> RwLockReadGuard<'_, All> {
        // Nothing panics while it holds this lock, here and below.
        self.all.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, All> {
        self.all.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl All {
    fn find(
        &self,
        kind: Kind,
        person: &Person,
        room: Option<&RoomName>,
        now: u64,
    ) -> Option<Restriction> {
        let by_key = person.key().and_then(|key| self.by_key.get(&key));
        let theirs = self.by_name.get(person.name.key()).into_iter().chain(by_key).flatten();
        let here = |sanction: &&Arc<Sanction>| {
            sanction.kind == kind
                && holds(sanction, now)
                && (sanction.room.is_none() || sanction.room.as_ref() == room)
        };
        // What lasts longest is told.
        let longest = theirs.filter(here).max_by_key(|s| s.until.unwrap_or(u64::MAX))?;
        Some(restriction(longest, now))
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
    one.kind == other.kind && one.room == other.room && one.user == other.user
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::NewModerators;
    use crate::names::Proof;
    use protocol::{Grant, Key, Role, RoomPattern};

    fn name(text: &str) -> UserName {
        UserName::try_from(text).unwrap()
    }

    fn hash(byte: u8) -> KeyHash {
        KeyHash::of(&Key::new(&[byte; 16]).unwrap())
    }

    fn person(text: &str, byte: u8) -> Person {
        Person::new(name(text), Proof::Key(hash(byte)))
    }

    fn sanction(kind: Kind, room: Option<&str>, user: &str, until: Option<u64>) -> Sanction {
        let room = room.map(|room| RoomName::try_from(room).unwrap());
        let (user, key, by) = (name(user), Some(hash(1)), name("Mod"));
        Sanction { kind, room, user, key, until, reason: None, by }
    }

    #[test]
    fn a_ban_holds_for_the_name_and_for_the_key_where_it_was_said() {
        let dev = RoomName::try_from("dev").unwrap();
        let ban = sanction(Kind::Ban, Some("DEV"), "Eve", Some(5000));
        let sanctions = Sanctions::new(vec![ban], Moderators::default());
        for (who, is) in
            [(person("EVE", 2), true), (person("Eva", 1), true), (person("Eva", 2), false)]
        {
            assert_eq!(sanctions.ban(&who, None, Some(&dev), 0).is_some(), is, "{who:?}");
            assert_eq!(sanctions.ban(&who, None, None, 0), None);
            assert_eq!(sanctions.mute(&who, None, &dev, || 0), None);
        }
        let eve = person("Eve", 1);
        assert_eq!(sanctions.ban(&eve, None, Some(&dev), 3001).unwrap().seconds, Some(2));
        assert_eq!(sanctions.ban(&eve, None, Some(&dev), 5000), None, "its time is over");
        sanctions.impose(sanction(Kind::Ban, None, "Eve", None));
        let everywhere = Restriction { server: true, seconds: None, reason: None };
        assert_eq!(
            sanctions.ban(&eve, None, Some(&dev), 0),
            Some(everywhere),
            "what lasts longest"
        );
    }

    #[test]
    fn none_holds_for_a_moderator_by_token_or_as_the_list_is_now() {
        let (dev, moderators) = (RoomName::try_from("dev").unwrap(), Moderators::default());
        let set = [Kind::Ban, Kind::Mute].map(|kind| sanction(kind, None, "Eve", None)).into();
        let sanctions = Sanctions::new(set, moderators.clone());
        let hold = |person: &Person, pass: Option<&Pass>| {
            [sanctions.ban(person, pass, None, 0), sanctions.mute(person, pass, &dev, || 0)]
                .map(|s| s.is_some())
        };
        let by_token = Person::new(name("Eve"), Proof::Token);
        for (role, rooms, hold_here) in [
            (Role::Member, "*", [true; 2]),
            (Role::Moderator, "dev", [false; 2]),
            (Role::Moderator, "ops", [false, true]),
        ] {
            let rooms = vec![RoomPattern::try_from(rooms).unwrap()];
            let grant = Grant { sub: name("Eve"), rooms, exp: 0, role };
            let pass = Pass { role, grant: Some(grant), expires: None };
            assert_eq!(hold(&by_token, Some(&pass)), hold_here, "{pass:?}");
        }
        // What a list said when they came in does not count.
        let listed = Pass { role: Role::Moderator, grant: None, expires: None };
        assert_eq!(hold(&person("Eve", 1), Some(&listed)), [true; 2]);
        moderators.set(NewModerators([hash(1)].into()));
        assert_eq!(hold(&person("Eve", 1), None), [false; 2]);
        assert_eq!(hold(&person("Eve", 2), None), [true; 2]);
    }

    #[test]
    fn a_new_one_replaces_the_same_and_can_be_lifted() {
        let dev = RoomName::try_from("dev").unwrap();
        let (eve, sanctions) = (person("Eve", 1), Sanctions::default());
        for until in [1000, 2000] {
            sanctions.impose(sanction(Kind::Mute, None, "Eve", Some(until)));
        }
        assert_eq!(sanctions.read().count, 1);
        assert_eq!(sanctions.mute(&eve, None, &dev, || 500).unwrap().seconds, Some(2));
        assert!(!sanctions.has(&sanction(Kind::Mute, Some("dev"), "Eve", None), 0));
        assert!(!sanctions.has(&sanction(Kind::Ban, None, "Eve", None), 0));
        let lifted = sanction(Kind::Mute, None, "EVE", None);
        assert!(sanctions.has(&lifted, 0));
        sanctions.lift(&lifted);
        assert_eq!(sanctions.mute(&eve, None, &dev, || panic!("nobody asks for the time")), None);
        assert!(sanctions.read().by_key.is_empty() && sanctions.read().by_name.is_empty());
    }

    #[test]
    fn there_is_room_for_so_many_and_time_makes_room() {
        let sanctions = Sanctions::default();
        for n in 0..SANCTIONS_MAX {
            assert!(sanctions.has_room(0));
            sanctions.write().insert(sanction(Kind::Ban, None, &format!("n{n}"), Some(1000)));
        }
        assert!(!sanctions.has_room(999));
        assert!(sanctions.has_room(1000));
        assert_eq!(sanctions.read().count, 0);
    }
}
