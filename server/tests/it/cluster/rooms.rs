//! Rooms of people whose connections are to different nodes.

use protocol::ToClient;
use serde_json::json;

use crate::rooms::{ANN, BOB, added, ask, comes, direct, join, list, private, remove, says, until};
use crate::support::engine::Engine;
use crate::support::nodes::Nodes;

#[tokio::test]
async fn who_is_added_and_removed_on_one_node_hears_of_it_on_another() {
    let nodes = Nodes::start(Engine::shared().await, "rooms", 2).await;
    let [first, second] = &nodes.servers[..] else { panic!() };
    let (mut ann, mut bob) = (comes(first, ANN).await, comes(second, BOB).await);
    let room = private(&mut ann, "Ops").await;
    join(&mut ann, &room).await;
    added(&mut ann, &room, "Bob").await;
    until(&mut bob, |it| matches!(it, ToClient::Added(_))).await;
    join(&mut bob, &room).await;
    says(&mut bob, &room, "from afar").await;
    assert_eq!(ann.message().await.content.as_str(), "from afar");
    let listed = list(&mut ann, json!({"type": "rooms", "mine": true})).await;
    assert_eq!(listed.rooms[0].people, 2);
    assert!(matches!(ask(&mut ann, remove(&room, "Bob")).await, ToClient::Removed(_)));
    says(&mut ann, &room, "without Bob").await;
    until(&mut bob, |it| matches!(it, ToClient::Removed(_))).await;
    until(&mut bob, |it| matches!(it, ToClient::Leave(_))).await;
    bob.silence().await;
    // Once more, in the order of all.
    added(&mut ann, &room, "Bob").await;
    until(&mut bob, |it| matches!(it, ToClient::Added(_))).await;
}

#[tokio::test]
async fn settings_and_direct_rooms_reach_a_person_on_every_node() {
    let nodes = Nodes::start(Engine::shared().await, "rooms-of-one", 2).await;
    let [first, second] = &nodes.servers[..] else { panic!() };
    let (mut ann, mut bob) = (comes(first, ANN).await, comes(second, BOB).await);
    let mut phone = comes(second, ANN).await;
    let setting = json!({"type": "setting", "room": "dev", "joined": true, "place": 1});
    let ToClient::Setting(set) = ask(&mut ann, setting).await else { panic!() };
    let heard = until(&mut phone, |it| matches!(it, ToClient::Setting(_))).await;
    assert_eq!(heard, ToClient::Setting(set));
    let room = direct(&mut ann, &["Bob"]).await;
    join(&mut ann, &room).await;
    says(&mut ann, &room, "psst").await;
    for peer in [&mut bob, &mut phone] {
        let heard = until(peer, |it| matches!(it, ToClient::Room(_))).await;
        let ToClient::Room(heard) = heard else { panic!() };
        assert_eq!(heard.room.as_str(), room);
    }
}
