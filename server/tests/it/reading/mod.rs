//! What people have read, what is unread for them, and what mentions them.

mod inbox;
mod markers;
mod mentions;
mod settings;

use protocol::{Message, Reading, RoomEntry, ToClient};
use serde_json::{Value, json};

use crate::rooms::{ask, list, until};
use crate::support::harness::Peer;

/// Says something, and hears it.
async fn says(peer: &mut Peer, room: &str, content: &str) -> Message {
    match ask(peer, json!({"type": "message", "room": room, "content": content})).await {
        ToClient::Message(message) => message,
        other => panic!("{content:?} is answered with {other:?}"),
    }
}

/// Hears what somebody else says.
async fn hears(peer: &mut Peer, said: &Message) {
    until(peer, |it| matches!(it, ToClient::Message(it) if it.id == said.id)).await;
}

async fn reads(peer: &mut Peer, room: &str, upto: u64) {
    peer.send(json!({"type": "read", "room": room, "upto": upto}).to_string()).await;
}

/// Hears that another of one's connections has read a room: up to where.
async fn has_read(peer: &mut Peer) -> (String, u64) {
    match until(peer, |it| matches!(it, ToClient::Read(_))).await {
        ToClient::Read(read) => (read.room.as_str().to_owned(), read.upto.get()),
        _ => unreachable!(),
    }
}

/// One of one's rooms.
async fn entry(peer: &mut Peer, room: &str) -> RoomEntry {
    let question = json!({"type": "rooms", "mine": true, "room": room});
    let mut rooms = list(peer, question).await.rooms;
    assert_eq!(rooms.len(), 1, "{rooms:?}");
    rooms.remove(0)
}

/// How many messages are unread, and how many of them mention one.
async fn unread(peer: &mut Peer, room: &str) -> (u32, u32) {
    let Reading { unread, mentions, .. } = entry(peer, room).await.reading;
    (unread, mentions)
}

async fn sets(peer: &mut Peer, setting: Value) -> protocol::Setting {
    let mut envelope = json!({"type": "setting"});
    let fields = envelope.as_object_mut().unwrap();
    fields.extend(setting.as_object().unwrap().clone());
    match ask(peer, envelope).await {
        ToClient::Setting(setting) => setting,
        other => panic!("{setting} is answered with {other:?}"),
    }
}

/// The texts that mention somebody, newest first, and whether there are more.
async fn mentioned(peer: &mut Peer, question: Value) -> (Vec<Message>, bool) {
    let mut envelope = json!({"type": "mentions"});
    envelope.as_object_mut().unwrap().extend(question.as_object().unwrap().clone());
    match ask(peer, envelope).await {
        ToClient::Mentions(found) => (found.messages, found.more),
        other => panic!("{question} is answered with {other:?}"),
    }
}

async fn texts(peer: &mut Peer) -> Vec<String> {
    let (found, _) = mentioned(peer, json!({})).await;
    found.iter().map(|message| message.content.as_str().to_owned()).collect()
}
