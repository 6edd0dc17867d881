//! Nothing tells a room that is not yours from one that is not there.

use protocol::{Code, ToClient};
use serde_json::json;

use super::{
    ANN, BOB, added, ask, comes, direct, join, list, private, refused, remove, says, until,
};
use crate::support::harness::{TestServer, get, query};

#[tokio::test]
async fn a_room_that_is_not_yours_has_ended_or_never_was_is_the_same() {
    let server = TestServer::start().await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let ops = private(&mut ann, "Ops").await;
    let over = private(&mut ann, "Over").await;
    ask(&mut ann, remove(&over, "Ann")).await;
    let mut answers = Vec::new();
    for room in [&*ops, &*over, "+aaaaaaaaaaaaaaaa", "@aaaaaaaaaaaaaaaa"] {
        let mut told = Vec::new();
        for envelope in [
            json!({"type": "message", "room": room, "content": "x"}),
            json!({"type": "history", "room": room}),
            json!({"type": "topic", "room": room, "content": "x"}),
            json!({"type": "delete", "room": room, "message": 1}),
            json!({"type": "edit", "room": room, "message": 1, "content": "x"}),
            json!({"type": "react", "room": room, "message": 1, "emoji": "👍"}),
            json!({"type": "message", "room": room, "content": "x", "reply": 1}),
            json!({"type": "history", "room": room, "around": 1}),
            json!({"type": "history", "room": room, "after": 1}),
            json!({"type": "kick", "room": room, "user": "Ann"}),
            json!({"type": "add", "room": room, "user": "Bob"}),
            json!({"type": "remove", "room": room, "user": "Bob"}),
            json!({"type": "role", "room": room, "user": "Bob", "role": "owner"}),
            json!({"type": "setting", "room": room, "joined": true}),
            json!({"type": "setting", "room": room, "marked": 1}),
        ] {
            match ask(&mut bob, envelope).await {
                ToClient::Error(note) => told.push((note.code, note.content)),
                other => panic!("{other:?}"),
            }
        }
        for envelope in [
            json!({"type": "join", "room": room}),
            json!({"type": "join", "room": room, "since": 0}),
            json!({"type": "leave", "room": room}),
            json!({"type": "typing", "room": room}),
            json!({"type": "read", "room": room, "upto": 1}),
            json!({"type": "presence", "room": room, "after": "A"}),
        ] {
            bob.send(envelope.to_string()).await;
            let note = bob.error().await;
            told.push((note.code, note.content));
        }
        assert!(told.iter().all(|(code, _)| *code == Code::NoSuchRoom), "{told:?}");
        answers.push(told);
        let mut peer = server.connect_with(&query(room, "Bob", ""), Some(2)).await;
        peer.expect_refusal(Code::NoSuchRoom, 4003).await;
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn who_is_no_member_hears_nothing_and_finds_nothing() {
    let server = TestServer::start().await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let ops = private(&mut ann, "Secret plans").await;
    join(&mut ann, &ops).await;
    says(&mut ann, &ops, "psst").await;
    bob.silence().await;
    for question in [
        json!({"type": "rooms"}),
        json!({"type": "rooms", "query": "secret"}),
        json!({"type": "rooms", "mine": true}),
        json!({"type": "rooms", "room": ops}),
    ] {
        let found = list(&mut bob, question).await;
        assert!(found.rooms.iter().all(|entry| entry.room.as_str() == "lobby"));
    }
    // A page that begins behind somebody else's room tells nothing of its title.
    let after = |room: &str| json!({"type": "rooms", "after": room});
    let behind = list(&mut bob, after(&ops)).await;
    assert_eq!(behind.rooms, list(&mut bob, after("+zzzzzzzzzzzzzzzz")).await.rooms);
    let metrics = get(server.metrics, "/metrics").await;
    assert!(!metrics.contains(&ops[1..]) && !metrics.contains("Secret"));
}

#[tokio::test]
async fn what_was_heard_before_is_all_that_a_former_member_has() {
    let server = TestServer::start().await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let ops = private(&mut ann, "Ops").await;
    added(&mut ann, &ops, "Bob").await;
    join(&mut bob, &ops).await;
    ask(&mut ann, remove(&ops, "Bob")).await;
    join(&mut ann, &ops).await;
    says(&mut ann, &ops, "without Bob").await;
    until(&mut bob, |it| matches!(it, ToClient::Leave(_))).await;
    bob.silence().await;
    for envelope in [
        json!({"type": "history", "room": ops}),
        json!({"type": "history", "room": ops, "around": 1}),
        json!({"type": "message", "room": ops, "content": "x"}),
        json!({"type": "react", "room": ops, "message": 1, "emoji": "👍"}),
        json!({"type": "setting", "room": ops, "muted": true}),
    ] {
        assert_eq!(refused(&mut bob, envelope).await, Code::NoSuchRoom);
    }
    assert!(list(&mut bob, json!({"type": "rooms", "mine": true})).await.rooms.is_empty());
}

#[tokio::test]
async fn the_next_owner_of_a_name_inherits_no_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let mut config = server::Config::for_tests();
    config.db = server::Db::File(path.clone());
    let server = TestServer::start_with(config.clone()).await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let ops = private(&mut ann, "Ops").await;
    added(&mut ann, &ops, "Bob").await;
    let both = direct(&mut ann, &["Bob"]).await;
    drop((ann, bob));
    server.stop().await;
    let (code, told) = crate::support::child::operator(&["release-name", "Bob"], "--db", &path);
    assert_eq!(code, Some(0), "{told}");
    let server = TestServer::start_with(config).await;
    bob = comes(&server, ("Bob", 77)).await;
    for room in [&ops, &both] {
        bob.send(json!({"type": "join", "room": room}).to_string()).await;
        assert_eq!(bob.error().await.code, Code::NoSuchRoom);
    }
    assert!(list(&mut bob, json!({"type": "rooms", "mine": true})).await.rooms.is_empty());
    // Whose it was is the same person under another name.
    let mut bert = comes(&server, ("Bert", 2)).await;
    join(&mut bert, &ops).await;
}
