//! What was said and deleted before, and what is sent again, on a database of an earlier server.

use std::time::Duration;

use protocol::{DELETED_CONTENT, Message, MessageId, ToClient};
use serde_json::json;
use server::Config;

use super::{BEA, DEV, NAMES, OTHER, Old, RETENTION, Said, TOPICS, resume};
use crate::people::moderation::MOD_KEY;
use crate::rooms::ask;
use crate::support::harness::{TestServer, query, say, say_ref};

/// What a message is for who reads it.
fn told(message: &Message) -> (Said, bool) {
    let said = Said {
        id: message.id.get(),
        room: message.room.key().to_string(),
        author: message.sender.as_str().to_owned(),
        content: message.content.as_str().to_owned(),
        at: message.at,
        reference: message.reference.as_ref().map(|reference| reference.as_str().to_owned()),
    };
    (said, message.deleted)
}

/// What a message of the file has to be for who reads it.
fn expected(said: &Said) -> (Said, bool) {
    let deleted = said.content.is_empty();
    let content = if deleted { DELETED_CONTENT.to_owned() } else { said.content.clone() };
    (Said { content, ..said.clone() }, deleted)
}

#[tokio::test]
async fn what_was_said_is_told_as_before_and_what_was_deleted_as_deleted() {
    for old in Old::since(1) {
        let before = old.said();
        let deleted = before.iter().filter(|said| said.content.is_empty()).count();
        assert_eq!(deleted, if old.version >= NAMES { 2 } else { 0 });
        for room in [DEV, OTHER] {
            assert!(before.iter().filter(|said| is_in(said, room)).count() >= 3, "{before:?}");
        }
        // A database that is up to date is read again.
        for _ in 0..2 {
            let server = old.start().await;
            for room in [DEV, OTHER] {
                let page = resume(&server, room, 0).await;
                let found: Vec<_> = page.messages.iter().map(told).collect();
                let here = before.iter().filter(|said| is_in(said, room));
                let wanted: Vec<_> = here.map(expected).collect();
                assert_eq!(found, wanted, "version {}", old.version);
                assert!(!page.more);
            }
            server.stop().await;
        }
    }
}

fn is_in(said: &Said, room: &str) -> bool {
    said.room == room.to_lowercase()
}

#[tokio::test]
async fn who_sends_a_message_again_hears_the_first_one() {
    for old in Old::since(1) {
        let before = old.said();
        let newest = before.last().unwrap().id;
        let server = old.start().await;
        for (room, user, key, before_them) in [
            (DEV, "Ann", None, &[("Ann", "r1"), ("Ann", "gone")][..]),
            // One person, in two spellings.
            (DEV, "Bea", Some(BEA), &[("Bea", "r1"), ("BEA", "r2")]),
            (OTHER, "bea", Some(BEA), &[("Bea", "r1")]),
        ] {
            let mut peer = server.connect_with(&query(room, user, ""), key).await;
            peer.expect_entry().await;
            for (author, reference) in before_them {
                peer.send(say_ref(room, "again", reference)).await;
                let first = before.iter().find(|said| {
                    is_in(said, room)
                        && said.author == *author
                        && said.reference.as_deref() == Some(*reference)
                });
                let again = told(&peer.message().await);
                assert_eq!(again, expected(first.unwrap()), "version {}", old.version);
            }
        }
        let mut dan = server.enter(DEV, "Dan").await;
        dan.send(say_ref(DEV, "mine", "r1")).await;
        let new = dan.message().await;
        assert!(new.id.get() > newest && new.content.as_str() == "mine");
    }
}

#[tokio::test]
async fn who_was_away_hears_what_was_deleted_meanwhile() {
    for old in Old::since(NAMES) {
        let before = old.said();
        let server = old.start().await;
        for room in [DEV, OTHER] {
            let gone = before.iter().find(|said| is_in(said, room) && said.content.is_empty());
            let gone = gone.unwrap().id;
            for (since, missed) in
                [(gone, vec![gone]), (gone - 1, vec![]), (u64::MAX >> 11, vec![])]
            {
                let page = resume(&server, room, since).await;
                assert!(page.changed.iter().all(|message| message.deleted));
                let deleted: Vec<_> = page.changed.iter().map(|it| it.id.get()).collect();
                assert_eq!((deleted, page.changed_more), (missed, false), "{}", old.version);
            }
        }
        // Of what was cleared away nobody knows whether it had been deleted before.
        let page = resume(&server, DEV, 1).await;
        assert_eq!(page.changed_more, old.version >= RETENTION);
    }
}

#[tokio::test]
async fn a_message_of_before_can_be_deleted() {
    for old in Old::since(NAMES) {
        let first = old.said().into_iter().find(|said| is_in(said, DEV)).unwrap();
        let server = old.start().await;
        let mut moderator = server.connect_with(&query(DEV, "Mod", ""), Some(MOD_KEY)).await;
        moderator.expect_entry().await;
        let delete = serde_json::json!({"type": "delete", "room": DEV, "message": first.id});
        moderator.send(delete.to_string()).await;
        while !matches!(moderator.next().await, ToClient::Deleted(_)) {}
        let page = resume(&server, DEV, 0).await;
        let deleted = Said { content: String::new(), ..first };
        assert_eq!(told(&page.messages[0]), expected(&deleted));
    }
}

/// Whose a message is was known before anybody could edit it.
#[tokio::test]
async fn a_message_of_before_can_be_edited_by_who_said_it_and_gets_reactions() {
    for old in Old::since(NAMES) {
        let is_of_bea = |said: &&Said| is_in(said, DEV) && said.author.eq_ignore_ascii_case("Bea");
        let first = old.said().into_iter().find(|said| is_of_bea(&said)).unwrap();
        let years = Duration::from_secs(100 * 365 * 24 * 60 * 60);
        let config = Config { edit_window: years, ..old.config() };
        let server = TestServer::start_with(config).await;
        let mut bea = server.connect_with(&query(DEV, "Bea", ""), Some(BEA)).await;
        bea.expect_entry().await;
        let (room, message) = (DEV, first.id);
        let edit = json!({"type": "edit", "room": room, "message": message, "content": "new"});
        let react = json!({"type": "react", "room": room, "message": message, "emoji": "👍"});
        assert!(matches!(ask(&mut bea, edit).await, ToClient::Edited(_)), "{}", old.version);
        assert!(matches!(ask(&mut bea, react).await, ToClient::Reacted(_)));
        let page = resume(&server, DEV, 0).await;
        let now = page.messages.iter().find(|it| it.id.get() == first.id).unwrap();
        assert_eq!((now.content.as_str(), now.reactions[0].count), ("new", 1));
    }
}

#[tokio::test]
async fn what_a_room_was_about_is_told_to_who_joins() {
    for old in Old::since(TOPICS) {
        let server = old.start().await;
        let mut dan = server.connect_with(&query(OTHER, "Dan", ""), Some(super::STRANGER)).await;
        dan.expect_entry().await;
        let ToClient::Room(room) = dan.next().await else { panic!("nothing is told") };
        assert_eq!(room.topic.as_str(), "about the East");
    }
}

/// Ids go on behind all that were given, also where the rooms that had them are forgotten.
#[tokio::test]
async fn what_is_said_next_is_newer_than_all_that_ever_was() {
    for old in Old::since(RETENTION) {
        let newest = 1_u64 << 52;
        // As if the clock had been ahead when the last room was cleared away.
        let ahead = match old.version {
            3 | 4 => "UPDATE cleared SET upto = ?1 WHERE room NOT IN (SELECT room FROM messages)",
            5 => "UPDATE log SET upto = ?1",
            _ => "UPDATE log SET last = ?1",
        };
        assert_eq!(old.db().execute(ahead, [newest.cast_signed()]).unwrap(), 1);
        let server = old.start().await;
        let mut dan = server.connect_with(&query(DEV, "Dan", ""), Some(super::STRANGER)).await;
        dan.expect_entry().await;
        dan.send(say(DEV, "next")).await;
        let next = dan.message().await.id;
        assert!(next > MessageId::try_from(newest).unwrap(), "version {}", old.version);
    }
}
