//! How a person keeps rooms, the same on all of their devices.

use protocol::{Code, Setting, ToClient};
use serde_json::{Value, json};

use super::{ANN, BOB, added, ask, comes, list, private, refused, remove, until};
use crate::support::harness::{Peer, TestServer};

async fn set(peer: &mut Peer, mut setting: Value) -> Setting {
    setting["type"] = json!("setting");
    match ask(peer, setting).await {
        ToClient::Setting(setting) => setting,
        other => panic!("{other:?} instead of a setting"),
    }
}

async fn told(peer: &mut Peer) -> Setting {
    match until(peer, |it| matches!(it, ToClient::Setting(_))).await {
        ToClient::Setting(setting) => setting,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_device_of_a_person_hears_how_a_room_is_kept_and_nobody_else_does() {
    let server = TestServer::start().await;
    let (mut laptop, mut phone) = (comes(&server, ANN).await, comes(&server, ANN).await);
    let mut bob = comes(&server, BOB).await;
    let first = set(&mut laptop, json!({"room": "dev", "joined": true})).await;
    assert!(first.joined && !first.muted && first.place.is_none());
    let second = set(&mut phone, json!({"room": "DEV", "muted": true, "place": 3})).await;
    assert!(second.joined && second.muted && second.place == Some(3) && second.id > first.id);
    assert_eq!((told(&mut laptop).await.id, first.id < second.id), (second.id, true));
    bob.silence().await;
    // Sent again it is the same, and told to who asks alone.
    let again = set(&mut laptop, json!({"room": "dev", "muted": true})).await;
    assert_eq!(again.id, second.id);
    phone.silence().await;
    let mine = list(&mut laptop, json!({"type": "rooms", "mine": true})).await;
    let entry = &mine.rooms[0];
    assert_eq!((entry.room.as_str().to_lowercase(), entry.people), ("dev".to_owned(), 0));
    assert!(entry.joined && entry.muted && entry.place == Some(3));
    set(&mut laptop, json!({"room": "dev", "joined": false})).await;
    assert!(list(&mut laptop, json!({"type": "rooms", "mine": true})).await.rooms.is_empty());
}

#[tokio::test]
async fn settings_outlast_a_restart_and_go_with_a_membership() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = server::Config::for_tests();
    config.db = server::Db::File(folder.path().join("nebula.db"));
    let server = TestServer::start_with(config.clone()).await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let room = private(&mut ann, "Ops").await;
    let setting = json!({"type": "setting", "room": room, "joined": true});
    assert_eq!(refused(&mut bob, setting).await, Code::NoSuchRoom);
    added(&mut ann, &room, "Bob").await;
    set(&mut bob, json!({"room": room, "joined": true, "place": 1})).await;
    drop((ann, bob));
    server.stop().await;
    let server = TestServer::start_with(config).await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let mine = list(&mut bob, json!({"type": "rooms", "mine": true})).await;
    assert_eq!((mine.rooms[0].joined, mine.rooms[0].place), (true, Some(1)));
    ask(&mut ann, remove(&room, "Bob")).await;
    assert!(list(&mut bob, json!({"type": "rooms", "mine": true})).await.rooms.is_empty());
    added(&mut ann, &room, "Bob").await;
    let mine = list(&mut bob, json!({"type": "rooms", "mine": true})).await;
    assert_eq!((mine.rooms[0].joined, mine.rooms[0].place), (false, None));
}
