//! What becomes of events, each after those before it.

use protocol::{Body, MessageId, Ref, Refusal, RoomName, ToClient, TopicText, UserName};
use rusqlite::Connection;

use crate::log::acts_of_people::{NameProof, TakeName};
use crate::log::database::Database;
use crate::log::database::store::Store;
use crate::log::event::{Act, Author, Delete, Event, Expire, Forget, Say, SetTopic};
use crate::log::outcome::Outcome;
use crate::log::sanction::{Kind, Lift, Sanction};
use crate::log::search::index;
use crate::people::key_hash::KeyHash;
use crate::people::names::{Owner, PersonId};

/// 2026-11-30, in µs.
const NOW: u64 = 1_796_000_000_000_000;
const DAY: u64 = 24 * 60 * 60 * 1_000_000;

pub(super) struct Log {
    store: Store,
    /// To look at what is stored.
    beside: Connection,
    /// The newest id.
    pub(super) id: u64,
}

pub(super) fn id(number: u64) -> MessageId {
    MessageId::try_from(number).unwrap()
}

pub(super) fn name(text: &str) -> UserName {
    UserName::try_from(text).unwrap()
}

pub(super) fn room(text: &str) -> RoomName {
    RoomName::try_from(text).unwrap()
}

fn hash(byte: u8) -> KeyHash {
    KeyHash::of(&protocol::Key::new(&[byte; 16]).unwrap())
}

pub(super) fn say(user: &str, person: Option<PersonId>, reference: &str) -> Say {
    Say {
        room: room("dev"),
        author: Author { name: name(user), person, key: None, checked: None },
        content: Body::try_from("hello").unwrap(),
        reference: Some(Ref::try_from(reference).unwrap()),
    }
}

impl Log {
    pub(super) fn new() -> Self {
        let database = Database::memory().unwrap();
        let (store, beside) =
            (Store::new(database.writer().unwrap()), database.upkeeper().unwrap());
        Log { store, beside, id: NOW }
    }

    /// One value of the database, as a text.
    pub(super) fn text(&self, select: &str) -> String {
        let select = format!("SELECT CAST(({select}) AS TEXT)");
        self.beside.query_row(&select, [], |row| row.get(0)).unwrap()
    }

    pub(super) fn apply(&mut self, act: Act) -> Outcome {
        self.id += 1;
        let event = Event { id: id(self.id), at: self.id / 1000, act };
        self.store.commit([event].into_iter()).unwrap().remove(0)
    }

    /// Puts some messages into the index of words; whether there may be more.
    pub(super) fn index(&mut self) -> bool {
        self.store.transaction(|db, _| index::advance(db)).unwrap()
    }

    /// Which words of which messages are where in the index.
    pub(super) fn indexed(&self) -> Vec<(String, i64, String, i64)> {
        let make = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.found
            USING fts5vocab (main, search, 'instance')";
        self.beside.execute_batch(make).unwrap();
        let mut found = self.beside.prepare("SELECT * FROM found").unwrap();
        let rows =
            found.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)));
        rows.unwrap().collect::<rusqlite::Result<_>>().unwrap()
    }

    pub(super) fn make_index_anew(&mut self) {
        self.store.transaction(|db, _| index::make_anew(db)).unwrap();
        while self.index() {}
    }

    pub(super) fn take(&mut self, user: &str, byte: u8, expired: u64) -> Result<PersonId, Refusal> {
        let proof = NameProof::Key { hash: hash(byte), expired };
        let take = TakeName { name: name(user), proof, used: self.id / 1000 };
        self.apply(Act::TakeName(Box::new(take))).named().map(|(person, _)| person)
    }

    fn say(&mut self, say: Say) -> Outcome {
        self.apply(Act::Say(say))
    }

    /// Whether a message is new; else which it was.
    pub(super) fn says(
        &mut self,
        user: &str,
        person: Option<PersonId>,
        reference: &str,
    ) -> Option<u64> {
        match self.say(say(user, person, reference)) {
            Outcome::Said(_) => None,
            Outcome::Repeated(first) => match *first {
                ToClient::Message(first) => Some(first.id.get()),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_name_is_one_persons_until_it_expires_and_who_has_it_next_is_another() {
    let mut log = Log::new();
    let alice = log.take("Alice", 1, 0).unwrap();
    assert_eq!(log.take("ALICE", 1, 0), Ok(alice), "her own");
    assert_eq!(log.take("alice", 2, 0), Err(Refusal::NameClaimed));
    let later = log.id / 1000 + 1;
    let next = log.take("alice", 2, later).unwrap();
    assert_ne!(next, alice);
    assert_eq!(log.take("Alina", 1, 0), Ok(alice), "the same person under another name");
    let second = log.take("Alicia", 1, 0).unwrap();
    assert!(second != alice && second != next, "one key may be a device of two people");
}

#[test]
fn a_name_that_is_released_is_anybodys_and_whose_it_was_stays_who_they_are() {
    let mut log = Log::new();
    let alice = log.take("Alice", 1, 0).unwrap();
    let release = |log: &mut Log| log.apply(Act::ReleaseName(name("ALICE")));
    assert!(release(&mut log).kept().is_ok());
    assert!(matches!(release(&mut log).kept(), Err(Refusal::NotFound(_))));
    assert_ne!(log.take("alice", 2, 0).unwrap(), alice);
    assert_eq!(log.take("Alina", 1, 0), Ok(alice));
}

#[test]
fn who_a_token_names_is_the_same_person_each_time() {
    let mut log = Log::new();
    let mut take = |user| {
        let take = TakeName { name: name(user), proof: NameProof::Token, used: 0 };
        log.apply(Act::TakeName(Box::new(take))).named().unwrap().0
    };
    let (alice, bob) = (take("Alice"), take("Bob"));
    assert_ne!(alice, bob);
    assert_eq!(take("ALICE"), alice);
}

#[test]
fn a_resent_message_is_the_first_one_and_that_of_whoever_has_the_name_next_is_not() {
    let mut log = Log::new();
    assert_eq!(log.says("Alice", None, "a"), None);
    let first = log.id;
    assert_eq!(log.says("ALICE", None, "a"), Some(first));
    assert_eq!(log.says("Bob", None, "a"), None);
    let alice = log.take("Alice", 1, 0).unwrap();
    assert_eq!(log.says("Alice", Some(alice), "a"), Some(first), "said before the name was hers");
    assert_eq!(log.says("Alice", Some(alice), "b"), None);
    let second = log.id;
    assert_eq!(log.says("Alina", Some(alice), "b"), Some(second), "whatever she is called");
    let later = log.id / 1000 + 1;
    log.id += 2 * DAY;
    let next = log.take("Alice", 2, later).unwrap();
    assert_eq!(log.says("Alice", Some(next), "b"), None, "another person");
    log.id += 2 * DAY;
    assert_eq!(log.says("Alice", Some(next), "a"), None, "too long after the name became theirs");
}

fn set_topic(user: &str, person: Option<PersonId>, text: &str, reference: &str) -> Act {
    let Say { room, author, reference, .. } = say(user, person, reference);
    let content = TopicText::try_from(text).unwrap();
    Act::SetTopic(Box::new(SetTopic { room, author, content, reference }))
}

fn first_id(outcome: Outcome) -> Result<u64, u64> {
    match outcome {
        Outcome::TopicSet(topic) => Ok(topic.id.get()),
        Outcome::Repeated(first) => match *first {
            ToClient::Topic(first) => Err(first.id.get()),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_resent_topic_is_the_first_one_and_that_of_whoever_has_the_name_next_is_not() {
    let mut log = Log::new();
    let first =
        |log: &mut Log, user, person| first_id(log.apply(set_topic(user, person, "plans", "a")));
    let set = first(&mut log, "Alice", None).unwrap();
    assert_eq!(first(&mut log, "ALICE", None), Err(set));
    let alice = log.take("Alice", 1, 0).unwrap();
    assert_eq!(first(&mut log, "Alice", Some(alice)), Err(set), "set before the name was hers");
    let later = log.id / 1000 + 1;
    log.id += 2 * DAY;
    let next = log.take("Alice", 2, later).unwrap();
    log.id += 2 * DAY;
    assert!(first(&mut log, "Alice", Some(next)).is_ok(), "too long after the name became theirs");
}

/// On its way from another node while the name became theirs here.
#[test]
fn what_was_on_its_way_when_a_name_became_somebodys_is_theirs() {
    let mut log = Log::new();
    let alice = log.take("Alice", 1, 0).unwrap();
    assert_eq!(log.says("Alice", Some(alice), "a"), None);
    let first = log.id;
    let mut late = say("ALICE", None, "a");
    late.author.key = Some(hash(1));
    let Outcome::Repeated(again) = log.say(late) else { panic!() };
    let ToClient::Message(again) = *again else { panic!() };
    assert_eq!(again.id.get(), first);
    let set = log.apply(set_topic("Alice", Some(alice), "plans", "t"));
    let Act::SetTopic(mut late) = set_topic("Alice", None, "plans", "t") else { panic!() };
    late.author.key = Some(hash(1));
    assert_eq!(first_id(log.apply(Act::SetTopic(late))), Err(first_id(set).unwrap()));
    let mut other = say("Alice", None, "a");
    other.author.key = Some(hash(2));
    assert!(matches!(log.say(other), Outcome::Said(_)), "another's key");
}

#[test]
fn a_message_is_deleted_once_and_its_room_has_to_be_right() {
    let mut log = Log::new();
    log.says("Alice", None, "a");
    let message = id(log.id);
    let delete = |room_name: &str, message| {
        let (room, by) = (room(room_name), name("Mod"));
        Act::Delete(Box::new(Delete { room, message, by, reference: None }))
    };
    for act in [delete("ops", message), delete("dev", id(NOW + 99))] {
        assert!(matches!(log.apply(act), Outcome::Refused(Refusal::NotFound(_))));
    }
    let Outcome::Revised(revision) = log.apply(delete("DEV", message)) else { panic!() };
    assert!(revision.state.deleted && revision.state.id == message);
    let again = Outcome::Repeated(Box::new(revision.told));
    assert_eq!(log.apply(delete("dev", message)), again);
}

#[test]
fn a_message_that_was_on_its_way_when_its_author_was_muted_or_banned_is_refused() {
    let mut log = Log::new();
    let alice = log.take("Alice", 1, 0).unwrap();
    let before = id(log.id);
    for (kind, place, person, key) in [
        (Kind::Mute, Some("dev"), Some(alice), None),
        (Kind::Mute, None, Some(alice), None),
        (Kind::Ban, None, Some(alice), Some(hash(1))),
        (Kind::Mute, Some("Dev"), None, None),
    ] {
        let sanction = Sanction {
            kind,
            room: place.map(room),
            user: name("Alice"),
            person,
            key,
            until: Some(log.id / 1000 + 5000),
            reason: None,
            by: name("Mod"),
        };
        log.apply(Act::Impose(Box::new(sanction.clone())));
        let imposed = id(log.id);
        let mut said = |user, person, key, checked| {
            let reference = format!("{}", log.id);
            let mut say = say(user, person, &reference);
            (say.author.key, say.author.checked) = (key, checked);
            match log.say(say) {
                Outcome::Said(_) => true,
                Outcome::Refused(Refusal::Muted(_)) if kind == Kind::Mute => false,
                Outcome::Refused(Refusal::Banned(_)) if kind == Kind::Ban => false,
                other => panic!("{other:?}"),
            }
        };
        assert!(!said("Alice", Some(alice), None, Some(before)), "{sanction:?}");
        assert!(said("Alice", Some(alice), None, Some(imposed)), "it was looked at before");
        assert!(said("Alice", Some(alice), None, None), "a moderator");
        assert!(said("Bob", None, Some(hash(2)), Some(before)), "somebody else");
        assert_eq!(said("Eve", None, Some(hash(1)), Some(before)), key.is_none(), "their key");
        let owner = sanction.owner();
        log.apply(Act::Lift(Box::new(Lift { kind, room: place.map(room), owner })));
        let mut after = say("Alice", Some(alice), "after");
        after.author.checked = Some(before);
        let outcome = log.say(after);
        assert!(!matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
    }
}

#[test]
fn what_is_over_goes_at_the_time_that_the_event_says() {
    let mut log = Log::new();
    let alice = log.take("Alice", 1, 0).unwrap();
    let used = log.id / 1000;
    let expire = |before| {
        let expire = Expire { now: used + 10, earliest: 1, names_used_before: before };
        Act::Expire(expire)
    };
    log.apply(expire(used));
    assert_eq!(log.take("Alice", 2, 0), Err(Refusal::NameClaimed));
    log.apply(expire(used + 1));
    assert_ne!(log.take("Alice", 2, 0), Ok(alice));
}

#[test]
fn rooms_lose_their_oldest_messages_and_ids_go_on() {
    let mut log = Log::new();
    let said: Vec<_> = (0..4)
        .map(|n| {
            log.says("Alice", None, &format!("{n}"));
            id(log.id)
        })
        .collect();
    let forget =
        |upto, place: Option<&str>| Act::Forget(Box::new(Forget { room: place.map(room), upto }));
    let mut forgotten = |act| -> Vec<(MessageId, u64)> {
        let Outcome::Forgotten(rooms) = log.apply(act) else { panic!("not forgotten") };
        rooms.iter().map(|room| (room.upto, room.messages)).collect()
    };
    let none = Vec::new();
    assert_eq!(forgotten(forget(said[1], Some("ops"))), none);
    assert_eq!(forgotten(forget(said[1], Some("dev"))), [(said[1], 2)]);
    assert_eq!(forgotten(forget(said[1], None)), none);
    assert_eq!(forgotten(forget(said[3], None)), [(said[3], 2)]);
    let (end, last) = (log.store.clock().unwrap(), log.id);
    assert_eq!(end.last_id, last, "no id is given twice");
    assert_eq!(log.says("Alice", None, "0"), None, "its room is made anew");
}

#[test]
fn a_person_is_never_taken_for_a_spelling() {
    let person = PersonId::made_by(id(7));
    let spelt = |text: &str| Owner::of(None, &name(text));
    assert_ne!(Owner::of(Some(person), &name("7")), spelt("7"));
    let mut log = Log::new();
    assert_eq!(log.says("7", None, "a"), None);
    assert_eq!(log.says("Other", Some(person), "a"), None);
}

#[test]
fn a_topic_is_set_once_for_each_ref_and_only_the_newest_text_is_kept() {
    let mut log = Log::new();
    let first = first_id(log.apply(set_topic("Alice", None, "first", "r1"))).unwrap();
    // Just after it the name became hers.
    let alice = log.take("Alice", 1, 0).unwrap();
    first_id(log.apply(set_topic("Bob", None, "second", "r1"))).unwrap();
    assert_eq!(first_id(log.apply(set_topic("Alice", Some(alice), "first", "r1"))), Err(first));
    let texts = "SELECT group_concat(content, '|' ORDER BY id) FROM topics";
    assert_eq!(log.text(texts), "|second");
    for n in 0..100 {
        first_id(log.apply(set_topic("Alice", Some(alice), "more", &format!("n{n}")))).unwrap();
    }
    assert_eq!(log.text("SELECT count(*) FROM topics"), "32");
}

#[test]
fn a_room_without_messages_and_topic_is_forgotten_after_a_day_and_its_ids_are_not() {
    let mut log = Log::new();
    log.apply(set_topic("Alice", None, "about", "r1"));
    let cleared = first_id(log.apply(set_topic("Alice", None, "", "r2"))).unwrap();
    let day = 24 * 60 * 60 * 1000;
    let at = log.id / 1000;
    for (now, rooms) in [(at + day, "1"), (at + day + 2, "0")] {
        log.apply(Act::Expire(Expire { now, earliest: 0, names_used_before: 0 }));
        assert_eq!(log.text("SELECT count(*) FROM rooms"), rooms);
    }
    assert_eq!(log.text("SELECT count(*) FROM topics"), "0");
    assert_eq!(log.text("SELECT upto FROM log"), cleared.to_string());
    // One that is about something stays.
    log.apply(set_topic("Alice", None, "about", "r3"));
    let now = at + 10 * day;
    log.apply(Act::Expire(Expire { now, earliest: 0, names_used_before: 0 }));
    assert_eq!(log.text("SELECT count(*) FROM rooms"), "1");
}
