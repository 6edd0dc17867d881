//! What becomes of what people do to messages, each after what was before it.

use protocol::{Body, Emoji, MessageId, Ref, Refusal, ToClient};

use super::done::{DONE_FOR_MS, DONE_MAX};
use crate::log::acts_of_operator::{Import, Imported, ImportedMessage};
use crate::log::acts_on_messages::{Edit, NO_SUCH_MESSAGE, OnMessage, React, Reply};
use crate::log::apply::tests::{Log, id, name, room, say};
use crate::log::event::{Act, Author, Delete, Expire, Forget};
use crate::log::outcome::Outcome;
use crate::people::names::PersonId;

const MINUTE_MS: u64 = 60_000;

fn on(message: u64, person: PersonId, reference: &str) -> OnMessage {
    OnMessage {
        room: room("dev"),
        message: id(message),
        author: Author { name: name("Alice"), person: Some(person), key: None, checked: None },
        reference: (!reference.is_empty()).then(|| Ref::try_from(reference).unwrap()),
    }
}

fn edit(on: OnMessage, content: &str, window_ms: u64) -> Act {
    let content = Body::try_from(content).unwrap();
    Act::Edit(Box::new(Edit { on, content, window_ms }))
}

fn react(on: OnMessage, put: bool) -> Act {
    let emoji = Emoji::try_from("👍").unwrap();
    Act::React(Box::new(React { on, emoji, put }))
}

/// Alice, and a message of hers.
fn one_message(log: &mut Log) -> (PersonId, u64) {
    let alice = log.take("Alice", 1, 0).unwrap();
    assert_eq!(log.says("Alice", Some(alice), "a"), None);
    (alice, log.id)
}

/// The event that changed it now; else which it was before.
fn changed(outcome: Outcome) -> Result<MessageId, MessageId> {
    match outcome {
        Outcome::Revised(revision) => Ok(revision.id),
        Outcome::Repeated(first) => match *first {
            ToClient::Edited(it) => Err(it.id),
            ToClient::Reacted(it) => Err(it.id),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_message_can_be_edited_until_its_time_is_over() {
    let mut log = Log::new();
    let (alice, message) = one_message(&mut log);
    let at = |log: &mut Log, ms: u64, window_ms: u64| {
        log.id = (message / 1000 + ms) * 1000 - 1;
        log.apply(edit(on(message, alice, ""), "x", window_ms))
    };
    assert!(changed(at(&mut log, MINUTE_MS, MINUTE_MS)).is_ok(), "the last moment");
    let late = Outcome::Refused(Refusal::TooLate { seconds: 60 });
    assert_eq!(at(&mut log, MINUTE_MS + 1, MINUTE_MS), late);
    assert_eq!(at(&mut log, MINUTE_MS + 2, 0), Outcome::Refused(Refusal::NoEdits));
}

#[test]
fn what_was_said_before_the_name_was_theirs_is_nobodys() {
    let mut log = Log::new();
    assert_eq!(log.says("Alice", None, "a"), None);
    let message = log.id;
    let alice = log.take("Alice", 1, 0).unwrap();
    for act in [
        edit(on(message, alice, ""), "x", MINUTE_MS),
        Act::DeleteOwn(Box::new(on(message, alice, ""))),
    ] {
        let outcome = log.apply(act);
        assert!(matches!(outcome, Outcome::Refused(Refusal::NotAllowedHere(_))), "{outcome:?}");
    }
    assert!(changed(log.apply(react(on(message, alice, ""), true))).is_ok());
}

#[test]
fn an_answer_that_is_sent_again_comes_back_whatever_became_of_what_it_answers() {
    let mut log = Log::new();
    let (alice, message) = one_message(&mut log);
    let reply = |reference| {
        let say = say("Alice", Some(alice), reference);
        Act::Reply(Box::new(Reply { to: id(message), say }))
    };
    let Outcome::Said(first) = log.apply(reply("r")) else { panic!() };
    log.apply(Act::Forget(Box::new(Forget { room: None, upto: id(message) })));
    let again = Outcome::Repeated(Box::new(ToClient::Message(first)));
    assert_eq!(log.apply(reply("r")), again);
    assert_eq!(log.apply(reply("s")), Outcome::Refused(NO_SUCH_MESSAGE));
}

#[test]
fn so_many_acts_of_a_person_are_remembered_and_for_so_long() {
    let mut log = Log::new();
    let (alice, message) = one_message(&mut log);
    let again = |log: &mut Log, n: i64| {
        let put = n % 2 == 0;
        changed(log.apply(react(on(message, alice, &format!("r{n}")), put)))
    };
    let first = again(&mut log, 0).unwrap();
    for n in 1..DONE_MAX {
        assert!(again(&mut log, n).is_ok());
    }
    assert_eq!(again(&mut log, 0), Err(first), "the oldest that is remembered");
    assert!(again(&mut log, DONE_MAX).is_ok());
    assert_eq!(log.text("SELECT count(*) FROM done"), DONE_MAX.to_string());
    assert_eq!(log.text("SELECT count(*) FROM done WHERE ref = 'r0'"), "0");
    let expire = |now| Act::Expire(Expire { now, earliest: 0, names_used_before: 0 });
    let newest = log.id / 1000;
    log.apply(expire(newest + DONE_FOR_MS));
    assert_ne!(log.text("SELECT count(*) FROM done"), "0");
    log.apply(expire(newest + DONE_FOR_MS + 1));
    assert_eq!(log.text("SELECT count(*) FROM done"), "0");
}

#[test]
fn reactions_go_with_their_message() {
    let mut log = Log::new();
    let (alice, first) = one_message(&mut log);
    assert_eq!(log.says("Alice", Some(alice), "b"), None);
    let second = log.id;
    for message in [first, second] {
        assert!(changed(log.apply(react(on(message, alice, ""), true))).is_ok());
    }
    let left = |log: &Log| log.text("SELECT group_concat(message) FROM reactions");
    assert_eq!(left(&log), format!("{first},{second}"));
    assert!(matches!(
        log.apply(Act::DeleteOwn(Box::new(on(second, alice, "")))),
        Outcome::Revised(_)
    ));
    assert_eq!(left(&log), first.to_string());
    log.apply(Act::Forget(Box::new(Forget { room: None, upto: id(first) })));
    assert_eq!(log.text("SELECT count(*) FROM reactions"), "0");
}

/// Something that was said elsewhere, long ago.
fn import(what: ImportedMessage) -> Act {
    Act::Import(Box::new(Import {
        room: room("dev"),
        origin: Ref::try_from("log:1").unwrap(),
        sender: name("Alice"),
        at: 5,
        what: Imported::Message(what),
    }))
}

#[test]
fn what_was_deleted_elsewhere_is_deleted_here_and_by_nobody() {
    let mut log = Log::new();
    let Outcome::Said(said) = log.apply(import(ImportedMessage::default())) else { panic!() };
    assert!(said.deleted && said.at == 5);
    let (room, by) = (room("dev"), name("Mod"));
    let again = Delete { room, message: said.id, by, reference: None };
    assert_eq!(log.apply(Act::Delete(Box::new(again))), Outcome::Refused(NO_SUCH_MESSAGE));
}

/// A server that starts takes the newest time for that of now.
#[test]
fn the_time_of_what_was_said_elsewhere_is_not_that_of_the_order() {
    let mut log = Log::new();
    let content = Some(Body::try_from("long ago").unwrap());
    log.apply(import(ImportedMessage { content, ..ImportedMessage::default() }));
    assert_eq!(log.clock(), (log.id, log.id / 1000));
}

#[test]
fn what_was_said_elsewhere_was_edited_between_then_and_now() {
    for (edited, kept) in [(1, Some(5)), (7, Some(7)), (u64::MAX / 4, None)] {
        let mut log = Log::new();
        let content = Some(Body::try_from("long ago").unwrap());
        let what = ImportedMessage { content, edited: Some(edited), ..ImportedMessage::default() };
        let Outcome::Said(said) = log.apply(import(what)) else { panic!() };
        assert_eq!(said.edited, Some(kept.unwrap_or(log.id / 1000)), "{edited}");
    }
}
