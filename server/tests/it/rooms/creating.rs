//! Rooms are made: by whom, and what they are then.

use protocol::{Code, RoomKind, RoomRole, ToClient};
use serde_json::json;

use super::{ANN, BOB, added, comes, join, made, private, refused, says, until};
use crate::support::harness::TestServer;

#[tokio::test]
async fn who_makes_an_open_room_owns_it_and_everybody_may_join() {
    let server = TestServer::start().await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let create = json!({"type": "create", "room": "Dev", "topic": "Code"});
    let info = made(&mut ann, create.clone()).await;
    assert_eq!((info.kind, info.role), (RoomKind::Open, Some(RoomRole::Owner)));
    assert_eq!((info.room.as_str(), info.topic.as_str()), ("Dev", "Code"));
    join(&mut bob, "Dev").await;
    let ToClient::Room(told) = bob.next().await else { panic!() };
    let members: Vec<_> = told.members.iter().map(|it| (it.user.as_str(), it.role)).collect();
    assert_eq!((told.role, members), (None, vec![("Ann", RoomRole::Owner)]));
    let topic = json!({"type": "topic", "room": "dev", "content": "Bob's"});
    assert_eq!(refused(&mut bob, topic).await, Code::NotAllowed);
    for room in ["dev", "lobby"] {
        let create = json!({"type": "create", "room": room});
        assert_eq!(refused(&mut bob, create).await, Code::RoomExists, "{room}");
    }
    // A room of which messages are all that is left.
    join(&mut ann, "talk").await;
    says(&mut ann, "talk", "hi").await;
    ann.send(json!({"type": "leave", "room": "talk"}).to_string()).await;
    until(&mut ann, |it| matches!(it, ToClient::Leave(_))).await;
    let create = json!({"type": "create", "room": "talk"});
    assert_eq!(refused(&mut bob, create).await, Code::RoomExists);
}

#[tokio::test]
async fn a_private_room_has_an_address_that_the_server_chooses() {
    let server = TestServer::start().await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let create = json!({"type": "create", "kind": "private", "title": "Ops", "topic": "Keys"});
    let info = made(&mut ann, create.clone()).await;
    assert!(info.room.as_str().starts_with('+') && info.room.as_str().len() > 12);
    assert_eq!((info.kind, info.role), (RoomKind::Private, Some(RoomRole::Owner)));
    assert_eq!((info.title.unwrap().as_str(), info.topic.as_str()), ("Ops", "Keys"));
    // Two teams can both have one.
    assert_ne!(made(&mut bob, create).await.room, info.room);
    let address = info.room.as_str();
    added(&mut ann, address, "bob").await;
    join(&mut bob, &address.to_uppercase().to_lowercase()).await;
    let ToClient::Room(told) = bob.next().await else { panic!() };
    assert_eq!(told.role, Some(RoomRole::Member));
    assert_eq!((told.title.unwrap().as_str(), told.topic.as_str()), ("Ops", "Keys"));
    let roles: Vec<_> = told.members.iter().map(|it| (it.user.as_str(), it.role)).collect();
    assert_eq!(roles, [("Ann", RoomRole::Owner), ("Bob", RoomRole::Member)]);
}

#[tokio::test]
async fn only_who_has_a_kept_name_makes_rooms_and_no_name_begins_with_a_sign() {
    let server = TestServer::start().await;
    let mut guest = server.enter("lobby", "Guest").await;
    for envelope in [
        json!({"type": "create", "room": "mine"}),
        json!({"type": "create", "kind": "private", "title": "Mine"}),
        json!({"type": "direct", "users": ["Ann"]}),
        json!({"type": "add", "room": "+nowhere", "user": "Ann"}),
        json!({"type": "remove", "room": "+nowhere", "user": "Ann"}),
        json!({"type": "role", "room": "lobby", "user": "Ann", "role": "owner"}),
        json!({"type": "setting", "room": "lobby", "joined": true}),
        json!({"type": "rooms", "mine": true}),
    ] {
        assert_eq!(refused(&mut guest, envelope.clone()).await, Code::NoName, "{envelope}");
    }
    let mut ann = comes(&server, ANN).await;
    for room in ["+ops", "@bob"] {
        let create = json!({"type": "create", "room": room});
        assert_eq!(refused(&mut ann, create).await, Code::BadRoom);
        ann.send(json!({"type": "join", "room": room}).to_string()).await;
        assert_eq!(ann.error().await.code, Code::NoSuchRoom);
        let mut peer =
            server.connect_with(&crate::support::harness::query(room, "Ann", ""), Some(1)).await;
        peer.expect_refusal(Code::NoSuchRoom, 4003).await;
    }
}

#[tokio::test]
async fn what_is_made_is_there_after_a_restart_and_sent_again_it_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = server::Config::for_tests();
    config.db = server::Db::File(folder.path().join("nebula.db"));
    let create = json!({"type": "create", "kind": "private", "title": "Ops", "ref": "once"});
    let server = TestServer::start_with(config.clone()).await;
    let mut ann = comes(&server, ANN).await;
    let first = made(&mut ann, create.clone()).await;
    let mut bob = comes(&server, BOB).await;
    added(&mut ann, first.room.as_str(), "Bob").await;
    drop((ann, bob));
    server.stop().await;
    let server = TestServer::start_with(config).await;
    let mut ann = comes(&server, ANN).await;
    assert_eq!(made(&mut ann, create).await, first);
    bob = comes(&server, BOB).await;
    join(&mut bob, first.room.as_str()).await;
    assert!(private(&mut ann, "Ops").await != first.room.as_str());
}
