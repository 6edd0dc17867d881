//! Who belongs to a private room: people are added, removed, leave, and hand rooms over.

use protocol::{Code, RoomRole, ToClient};
use serde_json::json;

use super::{ANN, BOB, CY, add, added, ask, comes, join, private, refused, remove, says, until};
use crate::support::harness::{Peer, TestServer};

async fn role(peer: &mut Peer, room: &str, user: &str, role: &str) -> ToClient {
    let set = json!({"type": "role", "room": room, "user": user, "role": role});
    ask(peer, set).await
}

#[tokio::test]
async fn who_is_added_hears_of_it_on_every_connection_and_may_join() {
    let server = TestServer::start().await;
    let mut ann = comes(&server, ANN).await;
    let (mut bob, mut phone) = (comes(&server, BOB).await, comes(&server, BOB).await);
    let room = private(&mut ann, "Ops").await;
    join(&mut ann, &room).await;
    added(&mut ann, &room, "bob").await;
    for peer in [&mut bob, &mut phone] {
        let ToClient::Added(it) = until(peer, |it| matches!(it, ToClient::Added(_))).await else {
            panic!()
        };
        assert_eq!((it.user.as_str(), it.by.as_str(), it.room.as_str()), ("Bob", "Ann", &*room));
    }
    join(&mut bob, &room).await;
    says(&mut bob, &room, "hello").await;
    assert_eq!(ann.message().await.content.as_str(), "hello");
    // Told once, though Ann is in the room and asked for it.
    ann.silence().await;
}

#[tokio::test]
async fn who_is_removed_is_out_at_once_on_every_connection_and_stays_out() {
    let server = TestServer::start().await;
    let (mut ann, mut cy) = (comes(&server, ANN).await, comes(&server, CY).await);
    let (mut bob, mut phone) = (comes(&server, BOB).await, comes(&server, BOB).await);
    let room = private(&mut ann, "Ops").await;
    for user in ["Bob", "Cy"] {
        added(&mut ann, &room, user).await;
    }
    for peer in [&mut ann, &mut bob, &mut cy] {
        join(peer, &room).await;
    }
    let removed = ask(&mut ann, remove(&room, "Bob")).await;
    assert!(matches!(removed, ToClient::Removed(_)));
    says(&mut ann, &room, "without Bob").await;
    let heard = until(&mut bob, |it| matches!(it, ToClient::Removed(_))).await;
    let ToClient::Removed(heard) = heard else { panic!() };
    assert_eq!((heard.by.as_str(), heard.user.as_str()), ("Ann", "Bob"));
    let left = bob.next().await;
    assert!(matches!(left, ToClient::Leave(_)), "{left:?}");
    bob.silence().await;
    until(&mut phone, |it| matches!(it, ToClient::Removed(_))).await;
    until(&mut cy, |it| matches!(it, ToClient::Removed(_))).await;
    assert_eq!(cy.message().await.content.as_str(), "without Bob");
    for envelope in [
        json!({"type": "message", "room": room, "content": "still here?"}),
        json!({"type": "history", "room": room}),
        json!({"type": "topic", "room": room, "content": "mine"}),
        add(&room, "Bob"),
    ] {
        assert_eq!(refused(&mut bob, envelope).await, Code::NoSuchRoom);
    }
    bob.send(json!({"type": "join", "room": room, "since": 0}).to_string()).await;
    assert_eq!(bob.error().await.code, Code::NoSuchRoom);
    added(&mut ann, &room, "Bob").await;
    until(&mut bob, |it| matches!(it, ToClient::Added(_))).await;
    join(&mut bob, &room).await;
    says(&mut bob, &room, "back").await;
}

#[tokio::test]
async fn an_owner_who_leaves_hands_the_room_over_and_the_last_one_ends_it() {
    let server = TestServer::start().await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let room = private(&mut ann, "Ops").await;
    added(&mut ann, &room, "Bob").await;
    join(&mut ann, &room).await;
    says(&mut ann, &room, "bye").await;
    assert!(matches!(ask(&mut ann, remove(&room, "Ann")).await, ToClient::Removed(_)));
    // Not in the room, Bob hears that it is his.
    let heard = until(&mut bob, |it| matches!(it, ToClient::Role(_))).await;
    let ToClient::Role(heard) = heard else { panic!() };
    assert_eq!((heard.user.as_str(), heard.role), ("Bob", RoomRole::Owner));
    assert_eq!(refused(&mut ann, add(&room, "Ann")).await, Code::NoSuchRoom);
    assert!(matches!(ask(&mut bob, remove(&room, "bob")).await, ToClient::Removed(_)));
    for peer in [&mut ann, &mut bob] {
        peer.send(json!({"type": "join", "room": room}).to_string()).await;
        let note = until(peer, |it| matches!(it, ToClient::Error(_))).await;
        let ToClient::Error(note) = note else { panic!() };
        assert_eq!(note.code, Code::NoSuchRoom);
    }
}

#[tokio::test]
async fn roles_are_the_owners_to_give() {
    let server = TestServer::start().await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let _cy = comes(&server, CY).await;
    let room = private(&mut ann, "Ops").await;
    added(&mut ann, &room, "Bob").await;
    join(&mut bob, &room).await;
    assert_eq!(refused(&mut bob, add(&room, "Cy")).await, Code::NotAllowed);
    let topic = json!({"type": "topic", "room": room, "content": "x"});
    assert_eq!(refused(&mut bob, topic.clone()).await, Code::NotAllowed);
    assert!(matches!(role(&mut ann, &room, "Bob", "moderator").await, ToClient::Role(_)));
    until(&mut bob, |it| matches!(it, ToClient::Role(_))).await;
    added(&mut bob, &room, "Cy").await;
    assert!(matches!(ask(&mut bob, topic).await, ToClient::Topic(_)));
    let ToClient::Error(note) = role(&mut bob, &room, "Cy", "moderator").await else { panic!() };
    assert_eq!(note.code, Code::NotAllowed);
    assert_eq!(refused(&mut bob, remove(&room, "Ann")).await, Code::NotAllowed);
    assert!(matches!(role(&mut ann, &room, "Bob", "owner").await, ToClient::Role(_)));
    assert!(matches!(ask(&mut bob, remove(&room, "Ann")).await, ToClient::Removed(_)));
    let ToClient::Error(note) = role(&mut bob, &room, "Ann", "owner").await else { panic!() };
    assert_eq!(note.code, Code::NotFound);
}

#[tokio::test]
async fn an_open_room_has_no_members_to_add() {
    let server = TestServer::start().await;
    let mut ann = comes(&server, ANN).await;
    let _bob = comes(&server, BOB).await;
    for envelope in [add("lobby", "Bob"), remove("lobby", "Bob"), add("nowhere", "Bob")] {
        assert_eq!(refused(&mut ann, envelope).await, Code::NotAllowed);
    }
    let room = private(&mut ann, "Ops").await;
    for user in ["Nobody", "guest-abcd"] {
        assert_eq!(refused(&mut ann, add(&room, user)).await, Code::NotFound);
    }
}
