//! What becomes of messages, and who is writing, on several nodes.

use std::time::Duration;

use protocol::ToClient;
use serde_json::json;
use tokio::time::interval;

use crate::rooms::{ANN, BOB, ask, comes_to, until};
use crate::search::{is_found, texts};
use crate::support::engine::Engine;
use crate::support::harness::Peer;
use crate::support::nodes::Nodes;

#[tokio::test]
async fn edits_reactions_answers_and_deletions_are_one_order_on_all_nodes() {
    let nodes = Nodes::start(Engine::shared().await, "messages", 2).await;
    let [first, second] = &nodes.servers[..] else { panic!() };
    let mut ann = comes_to(first, "dev", ANN).await;
    let mut bob = comes_to(second, "dev", BOB).await;
    let say = json!({"type": "message", "room": "dev", "content": "Helo"});
    let ToClient::Message(said) = ask(&mut ann, say).await else { panic!() };
    let is_it = |it: &ToClient| matches!(it, ToClient::Message(it) if it.id == said.id);
    until(&mut bob, is_it).await;
    let id = said.id;
    let edit = json!({"type": "edit", "room": "dev", "message": id, "content": "Hello"});
    let ToClient::Edited(edited) = ask(&mut ann, edit).await else { panic!() };
    let react = json!({"type": "react", "room": "dev", "message": id, "emoji": "👍"});
    let ToClient::Reacted(reacted) = ask(&mut bob, react).await else { panic!() };
    let reply = json!({"type": "message", "room": "dev", "content": "Hi", "reply": id});
    let ToClient::Message(reply) = ask(&mut bob, reply).await else { panic!() };
    let heard = until(&mut ann, |it| matches!(it, ToClient::Message(_))).await;
    assert_eq!(heard, ToClient::Message(reply));
    assert!(edited.id < reacted.id);
    let page = json!({"type": "history", "room": "dev"});
    let pages = [ask(&mut ann, page.clone()).await, ask(&mut bob, page).await];
    let [ToClient::History(one), ToClient::History(other)] = pages else { panic!() };
    assert_eq!(one.messages, other.messages);
    let now = &one.messages[0];
    assert_eq!((now.content.as_str(), now.reactions[0].count), ("Hello", 1));
    assert_eq!(now.change, Some(reacted.id));
    let delete = json!({"type": "delete", "room": "dev", "message": id});
    ask(&mut ann, delete).await;
    let deleted = until(&mut bob, |it| matches!(it, ToClient::Deleted(_))).await;
    assert!(matches!(deleted, ToClient::Deleted(it) if it.message == id));
}

#[tokio::test]
async fn who_is_writing_is_told_on_other_nodes_and_not_to_themselves() {
    let nodes = Nodes::start(Engine::shared().await, "typing", 2).await;
    let [first, second] = &nodes.servers[..] else { panic!() };
    let mut ann = comes_to(first, "dev", ANN).await;
    let mut phone = comes_to(second, "dev", ANN).await;
    let mut bob = comes_to(second, "dev", BOB).await;
    // The first node knows of the people on the other.
    while !ann.presence().await.contains(&"Bob".to_owned()) {}
    // What is lost is not told again: it is said until it is heard.
    let heard = async {
        loop {
            if let ToClient::Typing(it) = bob.next().await {
                return it;
            }
        }
    };
    let typing = async {
        let mut now_and_then = interval(Duration::from_millis(500));
        loop {
            now_and_then.tick().await;
            ann.send(r#"{"type":"typing","room":"dev"}"#).await;
        }
    };
    let told = tokio::select! {
        told = heard => told,
        () = typing => unreachable!(),
    };
    assert_eq!((told.sender.as_str(), told.room.as_str()), ("Ann", "dev"));
    let say = json!({"type": "message", "room": "dev", "content": "done"});
    ask(&mut ann, say).await;
    let heard = until(&mut phone, |it| matches!(it, ToClient::Typing(_) | ToClient::Message(_)));
    assert!(matches!(heard.await, ToClient::Message(_)));
}

#[tokio::test]
async fn what_was_read_and_who_is_mentioned_is_known_on_other_nodes() {
    let nodes = Nodes::start(Engine::shared().await, "reading", 2).await;
    let [first, second] = &nodes.servers[..] else { panic!() };
    let mut ann = comes_to(first, "dev", ANN).await;
    let mut phone = comes_to(second, "dev", ANN).await;
    let mut bob = comes_to(second, "dev", BOB).await;
    while !ann.presence().await.contains(&"Bob".to_owned()) {}
    let joined = json!({"type": "setting", "room": "dev", "joined": true});
    ask(&mut ann, joined).await;
    let say = |content: &str| json!({"type": "message", "room": "dev", "content": content});
    ask(&mut bob, say("@all one")).await;
    let ToClient::Message(second) = ask(&mut bob, say("two @Ann")).await else { panic!() };
    ask(&mut bob, say("three")).await;
    let is_third =
        |it: &ToClient| matches!(it, ToClient::Message(it) if it.content.as_str() == "three");
    until(&mut ann, is_third).await;
    let unread = json!({"type": "rooms", "mine": true, "room": "dev"});
    let reading = async |peer: &mut Peer| {
        let ToClient::Rooms(list) = ask(peer, unread.clone()).await else { panic!() };
        let reading = list.rooms[0].reading;
        (reading.unread, reading.mentions)
    };
    assert_eq!((reading(&mut ann).await, reading(&mut phone).await), ((3, 2), (3, 2)));
    let ToClient::Mentions(found) = ask(&mut phone, json!({"type": "mentions"})).await else {
        panic!()
    };
    assert_eq!(found.messages.len(), 2);
    let read = json!({"type": "read", "room": "dev", "upto": second.id}).to_string();
    ann.send(read).await;
    // It may be lost on its way to the other node, but not on its way into the order.
    let mut ticks = interval(Duration::from_millis(50));
    while reading(&mut phone).await != (1, 0) {
        ticks.tick().await;
    }
}

#[tokio::test]
async fn each_node_finds_what_was_said_on_any() {
    let nodes = Nodes::start(Engine::shared().await, "search", 2).await;
    let [first, second] = &nodes.servers[..] else { panic!() };
    let mut ann = comes_to(first, "dev", ANN).await;
    let mut bob = comes_to(second, "dev", BOB).await;
    let say = |content: &str| json!({"type": "message", "room": "dev", "content": content});
    let ToClient::Message(blue) = ask(&mut ann, say("a blue bird")).await else { panic!() };
    let ToClient::Message(gone) = ask(&mut bob, say("a bird of passage")).await else { panic!() };
    for peer in [&mut ann, &mut bob] {
        is_found(peer, "passage", gone.id.get()).await;
        assert_eq!(texts(peer, "from:Ann bird").await, [blue.content.as_str()]);
    }
    ask(&mut bob, json!({"type": "delete", "room": "dev", "message": gone.id})).await;
    until(&mut ann, |it| matches!(it, ToClient::Deleted(_))).await;
    assert_eq!(texts(&mut ann, "bird").await, ["a blue bird"]);
}
