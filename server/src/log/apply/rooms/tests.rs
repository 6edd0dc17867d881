//! What becomes of rooms that belong to people, and of what is said there.

mod made;

use protocol::{
    Body, Key, MessageId, Ref, Refusal, RoomKind, RoomName, RoomRole, Title, ToClient, TopicText,
    UserName,
};
use rusqlite::Connection;

use super::members::MEMBERS_MAX;
use super::setting::KEPT_MAX;
use super::{look, persons};
use crate::log::acts_of_people::{NameProof, TakeName};
use crate::log::acts_of_rooms::{Create, Direct, KeepRoom, OfMember, SetRole};
use crate::log::database::Database;
use crate::log::database::store::Store;
use crate::log::event::{Act, Author, Event, Expire, Forget, Say, SetTopic};
use crate::log::outcome::{Outcome, RoomChange};
use crate::log::sanction::{Kind, Sanction};
use crate::people::key_hash::KeyHash;
use crate::people::names::PersonId;

/// 2026-11-30, in µs.
const NOW: u64 = 1_796_000_000_000_000;

struct Log {
    store: Store,
    beside: Connection,
    id: u64,
}

fn id(number: u64) -> MessageId {
    MessageId::try_from(number).unwrap()
}

fn name(text: &str) -> UserName {
    UserName::try_from(text).unwrap()
}

fn room(text: &str) -> RoomName {
    RoomName::known(text).unwrap()
}

fn reference(text: &str) -> Option<Ref> {
    (!text.is_empty()).then(|| Ref::try_from(text).unwrap())
}

/// Somebody, whose key is the first letter of their name.
fn hash(user: &str) -> KeyHash {
    KeyHash::of(&Key::new(&[user.as_bytes()[0]; 16]).unwrap())
}

impl Log {
    /// With these people, who have kept names.
    fn with(people: &[&str]) -> Self {
        let database = Database::memory().unwrap();
        let (store, beside) =
            (Store::new(database.writer().unwrap()), database.upkeeper().unwrap());
        let mut log = Log { store, beside, id: NOW };
        people.iter().for_each(|user| {
            log.take(user);
        });
        log
    }

    fn apply(&mut self, act: Act) -> Outcome {
        self.id += 1;
        let event = Event { id: id(self.id), at: self.id / 1000, act };
        self.store.commit([event].into_iter()).unwrap().remove(0)
    }

    fn take(&mut self, user: &str) -> PersonId {
        self.take_with(user, hash(user))
    }

    fn take_with(&mut self, user: &str, hash: KeyHash) -> PersonId {
        let proof = NameProof::Key { hash, expired: 0 };
        let take = TakeName { name: name(user), proof, used: self.id / 1000 };
        self.apply(Act::TakeName(Box::new(take))).named().unwrap().0
    }

    fn person(&self, user: &str) -> Option<PersonId> {
        let asker = Author { name: name(user), person: None, key: Some(hash(user)), checked: None };
        persons::find(&self.beside, &name(user), &asker).unwrap().map(|(person, _)| person)
    }

    fn author(&self, user: &str) -> Author {
        let (person, key) = (self.person(user), Some(hash(user)));
        Author { name: name(user), person, key, checked: Some(MessageId::LAST) }
    }

    fn create(&mut self, user: &str, title: &str, reference: &str) -> Outcome {
        // A new address each time, as a session chooses it.
        let room = room(&format!("+{}", self.id));
        let title = Some(Title::try_from(title).unwrap());
        self.create_as(user, (room, title), "", reference)
    }

    fn create_as(
        &mut self,
        user: &str,
        (room, title): (RoomName, Option<Title>),
        topic: &str,
        reference: &str,
    ) -> Outcome {
        let (author, topic) = (self.author(user), TopicText::try_from(topic).unwrap());
        let reference = self::reference(reference);
        let is_visited = false;
        let create = Create { room, title, is_visited, topic, author, reference };
        self.apply(Act::Create(Box::new(create)))
    }

    /// A private room of these people, the first of whom owns it.
    fn private(&mut self, people: &[&str]) -> RoomName {
        let Outcome::Made(info) = self.create(people[0], "Ops", "") else { panic!("not made") };
        for user in &people[1..] {
            assert!(matches!(self.add(people[0], &info.room, user), Outcome::Changed(_)));
        }
        info.room
    }

    fn of_member(&self, by: &str, room: &RoomName, user: &str, reference: &str) -> Box<OfMember> {
        let (author, reference) = (self.author(by), self::reference(reference));
        Box::new(OfMember { room: room.clone(), user: name(user), author, reference })
    }

    fn add(&mut self, by: &str, room: &RoomName, user: &str) -> Outcome {
        let add = self.of_member(by, room, user, "");
        self.apply(Act::Add(add))
    }

    fn remove(&mut self, by: &str, room: &RoomName, user: &str) -> Outcome {
        let remove = self.of_member(by, room, user, "");
        self.apply(Act::Remove(remove))
    }

    fn role(&mut self, by: &str, room: &RoomName, user: &str, role: RoomRole) -> Outcome {
        let (author, room, user) = (self.author(by), room.clone(), name(user));
        self.apply(Act::SetRole(Box::new(SetRole { room, user, role, author, reference: None })))
    }

    fn say(&mut self, user: &str, room: &RoomName) -> Outcome {
        let (author, content) = (self.author(user), Body::try_from("hello").unwrap());
        self.apply(Act::Say(Say { room: room.clone(), author, content, reference: None }))
    }

    fn topic(&mut self, user: &str, room: &RoomName, text: &str) -> Outcome {
        let (author, content) = (self.author(user), TopicText::try_from(text).unwrap());
        let set = SetTopic { room: room.clone(), author, content, reference: None };
        self.apply(Act::SetTopic(Box::new(set)))
    }

    fn direct(&mut self, user: &str, others: &[&str]) -> Outcome {
        let users = others.iter().map(|user| name(user)).collect();
        let (author, room) = (self.author(user), room(&format!("@{}", self.id)));
        self.apply(Act::Direct(Box::new(Direct { room, users, author, reference: None })))
    }

    fn keep(&mut self, user: &str, room: &RoomName, joined: bool, place: Option<u32>) -> Outcome {
        let (author, joined) = (self.author(user), Some(joined));
        let (room, muted, reference) = (room.clone(), None, None);
        self.apply(Act::KeepRoom(Box::new(KeepRoom {
            room,
            joined,
            muted,
            place,
            author,
            reference,
        })))
    }

    /// What somebody is in a room; none is that it is not there for them.
    fn is(&self, user: &str, room: &RoomName) -> Option<RoomRole> {
        look(&self.beside, room, self.person(user)).unwrap().and_then(|found| found.role)
    }

    fn text(&self, select: &str) -> String {
        let select = format!("SELECT CAST(({select}) AS TEXT)");
        self.beside.query_row(&select, [], |row| row.get(0)).unwrap()
    }
}

fn refusal(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

/// What of a room is told to others, in short.
fn told(outcome: Outcome) -> Vec<String> {
    let Outcome::Changed(changes) = outcome else { panic!("{outcome:?}") };
    let short = |RoomChange { told, leaves, .. }| match told {
        ToClient::Added(it) => format!("{} adds {}", it.by, it.user),
        ToClient::Removed(it) => format!("{} removes {}: {leaves}", it.by, it.user),
        ToClient::Role(it) => format!("{} makes {} {:?}", it.by, it.user, it.role),
        other => panic!("{other:?}"),
    };
    changes.into_iter().map(short).collect()
}

#[test]
fn a_private_room_is_there_for_its_members_alone() {
    let mut log = Log::with(&["Ann", "Bob", "Cy"]);
    let ops = log.private(&["Ann", "Bob"]);
    let roles = ["Ann", "Bob", "Cy", "Zed"].map(|user| log.is(user, &ops));
    assert_eq!(roles, [Some(RoomRole::Owner), Some(RoomRole::Member), None, None]);
    assert!(matches!(log.say("Bob", &ops), Outcome::Said(_)));
    let nowhere = room("+nowhere");
    for user in ["Cy", "Zed"] {
        for place in [&ops, &nowhere] {
            assert_eq!(refusal(log.say(user, place)), Refusal::NoSuchRoom);
            assert_eq!(refusal(log.topic(user, place, "x")), Refusal::NoSuchRoom);
        }
    }
    for place in [&ops, &nowhere] {
        assert_eq!(refusal(log.add("Cy", place, "Cy")), Refusal::NoSuchRoom);
        assert_eq!(refusal(log.remove("Cy", place, "Bob")), Refusal::NoSuchRoom);
        assert_eq!(refusal(log.role("Cy", place, "Cy", RoomRole::Owner)), Refusal::NoSuchRoom);
        assert_eq!(refusal(log.keep("Cy", place, true, None)), Refusal::NoSuchRoom);
        for outcome in [log.add("Zed", place, "Bob"), log.keep("Zed", place, true, None)] {
            assert_eq!(refusal(outcome), Refusal::NoName);
        }
    }
    assert_eq!(log.text("SELECT count(*) FROM rooms"), "1", "none was made");
}

#[test]
fn owner_and_moderators_add_and_remove_and_only_the_owner_removes_moderators() {
    let mut log = Log::with(&["Ann", "Bob", "Cy", "Dee"]);
    let ops = log.private(&["Ann", "Bob", "Cy"]);
    assert!(matches!(refusal(log.add("Bob", &ops, "Dee")), Refusal::NotAllowedHere(_)));
    assert!(matches!(refusal(log.remove("Bob", &ops, "Cy")), Refusal::NotAllowedHere(_)));
    assert_eq!(
        told(log.role("Ann", &ops, "bob", RoomRole::Moderator)),
        ["Ann makes Bob Moderator"]
    );
    assert_eq!(told(log.add("Bob", &ops, "DEE")), ["Bob adds Dee"]);
    assert_eq!(told(log.remove("Bob", &ops, "dee")), ["Bob removes Dee: true"]);
    log.role("Ann", &ops, "Cy", RoomRole::Moderator);
    for user in ["Cy", "Ann"] {
        assert!(matches!(refusal(log.remove("Bob", &ops, user)), Refusal::NotAllowedHere(_)));
    }
    assert_eq!(told(log.remove("Ann", &ops, "Cy")), ["Ann removes Cy: true"]);
    assert_eq!(refusal(log.say("Cy", &ops)), Refusal::NoSuchRoom, "it was on its way");
    for user in ["Cy", "Zed"] {
        assert!(matches!(refusal(log.remove("Ann", &ops, user)), Refusal::NotFound(_)));
    }
    assert!(matches!(refusal(log.add("Ann", &ops, "Zed")), Refusal::NoSuchPerson(_)));
    assert!(matches!(
        refusal(log.role("Bob", &ops, "Bob", RoomRole::Owner)),
        Refusal::NotAllowedHere(_)
    ));
    assert!(matches!(refusal(log.role("Ann", &ops, "Zed", RoomRole::Owner)), Refusal::NotFound(_)));
}

#[test]
fn who_is_added_twice_was_added_once_and_its_author_alone_hears_of_it_again() {
    let mut log = Log::with(&["Ann", "Bob"]);
    let ops = log.private(&["Ann", "Bob"]);
    let since = log.id;
    let Outcome::Repeated(again) = log.add("Ann", &ops, "Bob") else { panic!() };
    let ToClient::Added(again) = *again else { panic!() };
    assert_eq!((again.id.get(), again.by.as_str()), (since, "Ann"));
    let Outcome::Repeated(_) = log.role("Ann", &ops, "Bob", RoomRole::Member) else { panic!() };
}

#[test]
fn a_room_that_is_handed_over_has_one_owner() {
    let mut log = Log::with(&["Ann", "Bob"]);
    let ops = log.private(&["Ann", "Bob"]);
    let alone = log.role("Ann", &ops, "Ann", RoomRole::Member);
    assert!(matches!(refusal(alone), Refusal::NotAllowedHere(_)));
    log.role("Ann", &ops, "Bob", RoomRole::Owner);
    let roles = ["Ann", "Bob"].map(|user| log.is(user, &ops).unwrap());
    assert_eq!(roles, [RoomRole::Moderator, RoomRole::Owner]);
}

#[test]
fn who_owns_a_room_when_its_owner_leaves_is_the_oldest_moderator_else_the_oldest_member() {
    let mut log = Log::with(&["Ann", "Bob", "Cy", "Dee"]);
    let ops = log.private(&["Ann", "Dee", "Bob", "Cy"]);
    log.role("Ann", &ops, "Cy", RoomRole::Moderator);
    log.role("Ann", &ops, "Bob", RoomRole::Moderator);
    let gone = told(log.remove("Ann", &ops, "Ann"));
    assert_eq!(gone, ["Ann removes Ann: true", "Ann makes Bob Owner"]);
    assert_eq!(told(log.remove("Bob", &ops, "Bob"))[1], "Bob makes Cy Owner");
    assert_eq!(told(log.remove("Cy", &ops, "Cy"))[1], "Cy makes Dee Owner");
    assert!(matches!(log.say("Dee", &ops), Outcome::Said(_)));
    assert_eq!(told(log.remove("Dee", &ops, "Dee")), ["Dee removes Dee: true"]);
    assert_eq!(log.store.clock().unwrap().last_id, log.id, "no id is given twice");
    assert_eq!(refusal(log.say("Dee", &ops)), Refusal::NoSuchRoom);
    for table in ["rooms", "members", "messages", "topics", "cleared"] {
        assert_eq!(log.text(&format!("SELECT count(*) FROM {table}")), "0", "{table}");
    }
}

#[test]
fn a_long_room_that_has_ended_is_nobodys_and_its_messages_go_by_and_by() {
    let mut log = Log::with(&["Ann"]);
    let ops = log.private(&["Ann"]);
    (0..501).for_each(|_| drop(log.say("Ann", &ops)));
    log.remove("Ann", &ops, "Ann");
    assert_eq!(log.text("SELECT count(*) FROM messages"), "1");
    assert_eq!(log.text("SELECT kind FROM rooms"), "3");
    assert_eq!(log.text("SELECT title IS NULL FROM rooms"), "1");
    assert_eq!(log.is("Ann", &ops), None);
    assert_eq!(refusal(log.add("Ann", &ops, "Ann")), Refusal::NoSuchRoom);
    log.apply(Act::Forget(Box::new(Forget { room: Some(ops), upto: id(log.id) })));
    assert_eq!(log.text("SELECT count(*) FROM rooms"), "0");
}

#[test]
fn an_owner_whose_name_expires_is_gone() {
    let mut log = Log::with(&["Ann"]);
    let late = log.id / 1000 + 1;
    log.id += 2000;
    ["Bob", "Cy"].iter().for_each(|user| {
        log.take(user);
    });
    let ops = log.private(&["Ann", "Bob", "Cy"]);
    log.role("Ann", &ops, "Cy", RoomRole::Moderator);
    let now = log.id / 1000 + 10;
    let outcome = log.apply(Act::Expire(Expire { now, earliest: 1, names_used_before: late }));
    assert_eq!(told(outcome), ["Ann makes Cy Owner"]);
    assert_eq!(log.text("SELECT count(*) FROM members WHERE role = 1"), "1");
    // Whoever has the name next inherits nothing.
    log.take_with("Ann", hash("x"));
    assert_eq!(log.is("Ann", &ops), None);
    assert_eq!(told(log.remove("Cy", &ops, "Ann")), ["Cy removes Ann: true"], "the former one");
}

#[test]
fn an_owner_whose_name_was_released_is_gone_unless_they_take_another() {
    let mut log = Log::with(&["Ann", "Bob", "Cy", "Dan"]);
    let (one, other) = (log.private(&["Ann", "Bob"]), log.private(&["Cy", "Dan"]));
    for user in ["Ann", "Cy"] {
        log.apply(Act::ReleaseName(name(user)));
    }
    log.take_with("Cyril", hash("Cy"));
    let expire = Expire { now: log.id / 1000 + 10, earliest: 1, names_used_before: 0 };
    assert_eq!(told(log.apply(Act::Expire(expire))), ["Ann makes Bob Owner"]);
    assert_eq!(log.is("Bob", &one), Some(RoomRole::Owner));
    assert_eq!(log.is("Cyril", &other), Some(RoomRole::Owner));
}
