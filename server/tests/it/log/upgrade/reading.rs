//! What is unread in a database of a server that knew of no markers, what became of messages there, and that they
//! are found.

use protocol::ToClient;
use serde_json::json;

use super::{BEA, CHANGES, DEV, OLDEST, Old, READER, ROOMS, resume};
use crate::rooms::{ask, list};
use crate::search::{is_found, texts};
use crate::support::harness::{TestServer, query, say};

/// Messages that are unread for Bea, over all her rooms.
async fn unread(server: &TestServer) -> Vec<(String, u32)> {
    let mut bea = server.connect_with(&query("lobby", "Bea", ""), Some(BEA)).await;
    let mine = list(&mut bea, json!({"type": "rooms", "mine": true})).await;
    let entry = |it: &protocol::RoomEntry| (it.room.as_str().to_owned(), it.reading.unread);
    mine.rooms.iter().map(entry).filter(|(_, unread)| *unread > 0).collect()
}

#[tokio::test]
async fn all_that_was_said_before_counts_as_read() {
    for old in Old::since(ROOMS) {
        let keep = "INSERT INTO kept_rooms (person, room_key, room, joined, muted, id)
            SELECT person, 'dev', 'dev', 1, 0, 1 FROM names WHERE key = 'bea'";
        assert_eq!(old.db().execute(keep, []).unwrap(), 1);
        let server = old.start().await;
        assert!(unread(&server).await.is_empty(), "version {}", old.version);
        let mut other = server.connect_with(&query(DEV, "Reader", ""), Some(READER)).await;
        other.send(say(DEV, "since then")).await;
        other.message().await;
        assert_eq!(unread(&server).await, [(DEV.to_owned(), 1)], "version {}", old.version);
        server.stop().await;
    }
}

#[tokio::test]
async fn what_became_of_messages_is_told_as_before() {
    for old in Old::since(CHANGES) {
        let server = old.start().await;
        let page = resume(&server, DEV, 0).await;
        let find =
            |text: &str| page.messages.iter().find(|it| it.content.as_str() == text).unwrap();
        let (first, reply) = (find("a first try"), find("well done"));
        assert!(first.edited.is_some());
        assert_eq!(reply.reply, Some(first.id));
        let put: Vec<_> = first.reactions.iter().map(|it| (it.emoji.as_str(), it.count)).collect();
        assert_eq!(put, [("👍", 2), ("🚀", 1)]);
        let mut bea = server.connect_with(&query(DEV, "Bea", ""), Some(BEA)).await;
        let again = json!({"type": "edit", "room": DEV, "message": first.id,
            "content": "a first try", "ref": "l2"});
        let ToClient::Edited(edited) = ask(&mut bea, again).await else { panic!() };
        assert!(edited.id < reply.id, "it is not edited a second time");
        server.stop().await;
    }
}

#[tokio::test]
async fn what_was_said_before_there_was_an_index_is_found() {
    for old in Old::since(OLDEST) {
        let server = old.start().await;
        let newest = resume(&server, DEV, 0).await.messages.into_iter().filter(|it| !it.deleted);
        let newest = newest.max_by_key(|it| it.id).unwrap();
        let mut reader = server.connect_with(&query(DEV, "Reader", ""), Some(READER)).await;
        reader.expect_entry().await;
        let text = newest.content.as_str();
        is_found(&mut reader, &format!("\"{text}\""), newest.id.get()).await;
        let from = format!("from:\"{}\" in:{DEV}", newest.sender);
        assert_eq!(texts(&mut reader, &from).await.first().map(String::as_str), Some(text));
        server.stop().await;
    }
}
