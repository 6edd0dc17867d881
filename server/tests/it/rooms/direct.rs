//! Direct rooms: found again by their people, and told of with the first message.

use protocol::{Code, RoomKind, ToClient};
use serde_json::json;

use super::{ANN, BOB, CY, ask, comes, comes_to, direct, join, list, made, refused, says, until};
use crate::support::harness::TestServer;

#[tokio::test]
async fn a_direct_room_is_the_same_whoever_finds_it() {
    let server = TestServer::start().await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let _cy = comes(&server, CY).await;
    let found = made(&mut ann, json!({"type": "direct", "users": ["BOB"]})).await;
    assert!(found.room.as_str().starts_with('@'));
    let users: Vec<_> = found.users.iter().map(|user| user.as_str()).collect();
    assert_eq!((found.kind, found.role, users), (RoomKind::Direct, None, vec!["Ann", "Bob"]));
    assert_eq!(direct(&mut bob, &["ann", "Bob"]).await, found.room.as_str());
    assert_ne!(direct(&mut bob, &["Ann", "Cy"]).await, found.room.as_str());
    for (users, code) in [
        (json!(["Ann"]), Code::BadField),
        (json!(["Nobody"]), Code::NotFound),
        (json!(["Bob", "Nobody"]), Code::NotFound),
    ] {
        let direct = json!({"type": "direct", "users": users});
        assert_eq!(refused(&mut ann, direct).await, code);
    }
    for envelope in [
        json!({"type": "add", "room": found.room.as_str(), "user": "Cy"}),
        json!({"type": "remove", "room": found.room.as_str(), "user": "Ann"}),
        json!({"type": "role", "room": found.room.as_str(), "user": "Bob", "role": "owner"}),
    ] {
        assert_eq!(refused(&mut ann, envelope).await, Code::NotAllowed);
    }
}

#[tokio::test]
async fn its_people_hear_of_a_direct_room_with_its_first_message_on_every_connection() {
    let server = TestServer::start().await;
    // Each where nobody else comes, so that nothing else is heard.
    let (mut ann, mut cy) = (comes(&server, ANN).await, comes_to(&server, "cy", CY).await);
    let mut bob = comes_to(&server, "bob", BOB).await;
    let mut phone = comes_to(&server, "bob", BOB).await;
    let room = direct(&mut ann, &["Bob"]).await;
    bob.silence().await;
    join(&mut ann, &room).await;
    says(&mut ann, &room, "psst").await;
    for peer in [&mut bob, &mut phone] {
        let ToClient::Room(told) = peer.next().await else { panic!() };
        assert_eq!((told.room.as_str(), told.kind), (&*room, RoomKind::Direct));
        assert_eq!(told.users.len(), 2);
    }
    join(&mut bob, &room).await;
    let history = ask(&mut bob, json!({"type": "history", "room": room})).await;
    let ToClient::History(history) = history else { panic!() };
    assert_eq!(history.messages[0].content.as_str(), "psst");
    says(&mut bob, &room, "what?").await;
    until(&mut ann, |it| matches!(it, ToClient::Message(it) if it.content.as_str() == "what?"))
        .await;
    phone.silence().await;
    cy.silence().await;
    // Also who was away meanwhile finds it.
    drop((bob, phone));
    let mut bob = comes(&server, BOB).await;
    let mine = list(&mut bob, json!({"type": "rooms", "mine": true})).await;
    let entry = &mine.rooms[0];
    assert_eq!((entry.room.as_str(), entry.kind), (&*room, RoomKind::Direct));
    assert!(entry.last.is_some() && entry.users.len() == 2);
    assert!(list(&mut cy, json!({"type": "rooms", "mine": true})).await.rooms.is_empty());
}
