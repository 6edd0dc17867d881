//! What a moderator does on one node, and whom it meets on another.

use std::fs;

use protocol::{Code, ToClient};
use serde_json::json;

use crate::people::moderation::{MOD_HASH, MOD_KEY, moderated};
use crate::support::engine::Engine;
use crate::support::harness::{Peer, TestServer, query, say};
use crate::support::nodes::Nodes;

async fn person(node: &TestServer, room: &str, user: &str, key: u8) -> Peer {
    let mut peer = node.connect_with(&query(room, user, ""), Some(key)).await;
    // What was done to them before may still be on its way to this node.
    while !matches!(peer.next().await, ToClient::Join(_)) {}
    peer.presence().await;
    peer
}

/// The first two nodes; only the first one has the list of moderators.
async fn start(name: &str) -> Nodes {
    let mut nodes = Nodes::none(Engine::shared().await, name);
    let list = nodes.folder.path().join("moderators");
    fs::write(&list, MOD_HASH).unwrap();
    let mut config = nodes.config(0);
    config.moderators = Some(list);
    nodes.servers.push(Nodes::start_with(config).await);
    nodes.servers.push(nodes.start_one(1).await);
    nodes
}

/// Says it until it is heard, or refused for good: the code.
async fn refusal(peer: &mut Peer, text: &str) -> Option<Code> {
    peer.send(say("dev", text)).await;
    loop {
        match peer.next().await {
            ToClient::Message(message) if message.content.as_str() == text => return None,
            ToClient::Error(note) => return Some(note.code),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_kick_and_a_ban_hold_everywhere() {
    let nodes = start("ban").await;
    let [first, second] = &nodes.servers[..] else { panic!() };
    let mut moderator = person(first, "dev", "Mod", MOD_KEY).await;
    let mut alice = person(second, "dev", "Alice", 1).await;
    let mut eve = person(second, "dev", "Eve", 5).await;
    let mut elsewhere = person(second, "ops", "Eve", 5).await;
    // Her coming stands in the order before what is done about her.
    while !moderator.presence().await.contains(&"Eve".to_owned()) {}
    moderator.send(json!({"type": "kick", "room": "dev", "user": "eve"}).to_string()).await;
    for peer in [&mut moderator, &mut alice, &mut eve] {
        assert_eq!(moderated(peer).await["user"], "Eve");
    }
    while !matches!(eve.next().await, ToClient::Leave(_)) {}
    assert_eq!(refusal(&mut eve, "still here?").await, Some(Code::NotInRoom));
    eve.send(r#"{"type":"join","room":"dev"}"#).await;
    eve.expect_entry().await;
    moderator.send(json!({"type": "ban", "room": "dev", "user": "Eve"}).to_string()).await;
    assert_eq!(moderated(&mut moderator).await["action"], "ban");
    while !matches!(eve.next().await, ToClient::Leave(_)) {}
    for node in &nodes.servers {
        let mut again = node.connect_with(&query("dev", "Eva", ""), Some(5)).await;
        again.expect_refusal(Code::Banned, 4003).await;
    }
    // Of the whole server: also who is there under another name, with the same key.
    let mut eva = person(first, "ops", "Eva", 5).await;
    moderator.send(json!({"type": "ban", "user": "Eve"}).to_string()).await;
    for peer in [&mut eve, &mut elsewhere, &mut eva] {
        peer.expect_refusal(Code::Banned, 4003).await;
    }
    for node in &nodes.servers {
        let mut again = node.connect_with(&query("ops", "Evi", ""), Some(5)).await;
        again.expect_refusal(Code::Banned, 4003).await;
    }
    moderator.send(json!({"type": "unban", "user": "Eve"}).to_string()).await;
    while moderated(&mut moderator).await["action"] != "unban" {}
    person(second, "ops", "Eve", 5).await;
}

#[tokio::test]
async fn a_mute_holds_everywhere_until_it_is_lifted() {
    let nodes = start("mute").await;
    let [first, second] = &nodes.servers[..] else { panic!() };
    let mut moderator = person(first, "dev", "Mod", MOD_KEY).await;
    let mut eve = person(second, "dev", "Eve", 5).await;
    moderator
        .send(json!({"type": "mute", "room": "dev", "user": "Eve", "seconds": 600}).to_string())
        .await;
    assert_eq!(moderated(&mut eve).await["action"], "mute");
    assert_eq!(refusal(&mut eve, "hear me").await, Some(Code::Muted));
    let mut other = person(first, "dev", "Eve", 5).await;
    assert_eq!(refusal(&mut other, "and here?").await, Some(Code::Muted));
    moderator.send(json!({"type": "unmute", "room": "dev", "user": "Eve"}).to_string()).await;
    while moderated(&mut eve).await["action"] != "unmute" {}
    while moderated(&mut other).await["action"] != "unmute" {}
    assert_eq!(refusal(&mut eve, "thank you").await, None);
    assert_eq!(refusal(&mut other, "for both").await, None);
}

#[tokio::test]
async fn a_deletion_and_a_topic_hold_everywhere() {
    let nodes = start("deletion").await;
    let [first, second] = &nodes.servers[..] else { panic!() };
    let mut moderator = person(first, "dev", "Mod", MOD_KEY).await;
    let mut eve = person(second, "dev", "Eve", 5).await;
    eve.send(say("dev", "spam")).await;
    let spam = moderator.message().await.id;
    assert_eq!(eve.message().await.id, spam);
    let delete = json!({"type": "delete", "room": "dev", "message": spam});
    moderator.send(delete.to_string()).await;
    moderator.send(json!({"type": "topic", "room": "dev", "content": "no spam"}).to_string()).await;
    for peer in [&mut eve, &mut moderator] {
        while !matches!(peer.next().await, ToClient::Deleted(_)) {}
        let ToClient::Topic(told) = peer.next().await else { panic!() };
        assert_eq!(told.content.as_str(), "no spam");
    }
    for node in &nodes.servers {
        let mut late = node.connect("room=dev&history=10").await;
        let history = late.history().await;
        assert!(history.messages[0].deleted, "{history:?}");
    }
}
