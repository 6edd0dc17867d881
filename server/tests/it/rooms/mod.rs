//! Rooms that belong to people, through the public door.

mod creating;
mod direct;
mod limits;
mod listing;
mod matrix;
mod membership;
mod secrecy;
mod settings;
mod speed;

use std::sync::atomic::{AtomicU64, Ordering};

use protocol::{Code, ErrorNote, Ref, RoomInfo, RoomList, ToClient};
use serde_json::{Value, json};

use crate::support::harness::{Peer, TestServer, query};

/// People, each with the key that is their own: their names are kept for them.
pub(crate) const ANN: (&str, u8) = ("Ann", 1);
pub(crate) const BOB: (&str, u8) = ("Bob", 2);
pub(crate) const CY: (&str, u8) = ("Cy", 3);

/// One of them comes, into the lobby.
pub(crate) async fn comes(server: &TestServer, (user, key): (&str, u8)) -> Peer {
    comes_to(server, "lobby", (user, key)).await
}

pub(crate) async fn comes_to(server: &TestServer, room: &str, (user, key): (&str, u8)) -> Peer {
    let mut peer = server.connect_with(&query(room, user, ""), Some(key)).await;
    peer.expect_entry().await;
    peer
}

/// The `ref` of what is answered.
fn reference(envelope: &ToClient) -> Option<&Ref> {
    match envelope {
        ToClient::Message(it) => it.reference.as_ref(),
        ToClient::Room(it) => it.reference.as_ref(),
        ToClient::Rooms(it) => it.reference.as_ref(),
        ToClient::Added(it) => it.reference.as_ref(),
        ToClient::Removed(it) => it.reference.as_ref(),
        ToClient::Role(it) => it.reference.as_ref(),
        ToClient::Setting(it) => it.reference.as_ref(),
        ToClient::Topic(it) => it.reference.as_ref(),
        ToClient::History(it) => it.reference.as_ref(),
        ToClient::Deleted(it) => it.reference.as_ref(),
        ToClient::Edited(it) => it.reference.as_ref(),
        ToClient::Reacted(it) => it.reference.as_ref(),
        ToClient::Moderated(it) => it.reference.as_ref(),
        ToClient::Error(it) => it.reference.as_ref(),
        ToClient::Link(it) => it.reference.as_ref(),
        ToClient::Devices(it) => it.reference.as_ref(),
        ToClient::Invite(it) => it.reference.as_ref(),
        ToClient::Invites(it) => it.reference.as_ref(),
        ToClient::Hook(it) => it.reference.as_ref(),
        ToClient::Hooks(it) => it.reference.as_ref(),
        ToClient::Mentions(it) => it.reference.as_ref(),
        ToClient::Found(it) => it.reference.as_ref(),
        ToClient::Join(_)
        | ToClient::Leave(_)
        | ToClient::Presence(_)
        | ToClient::Typing(_)
        | ToClient::Read(_)
        | ToClient::Cluster(_) => None,
    }
}

/// Sends something under a `ref` that nobody else has, and waits for what is answered under it.
pub(crate) async fn ask(peer: &mut Peer, mut envelope: Value) -> ToClient {
    static ASKED: AtomicU64 = AtomicU64::new(0);
    if envelope.get("ref").is_none() {
        envelope["ref"] = json!(format!("asked-{}", ASKED.fetch_add(1, Ordering::Relaxed)));
    }
    let asked = envelope["ref"].as_str().unwrap().to_owned();
    peer.send(envelope.to_string()).await;
    until(peer, |it| reference(it).is_some_and(|it| it.as_str() == asked)).await
}

/// The first that is like this, whatever comes before it.
pub(crate) async fn until(peer: &mut Peer, is_it: impl Fn(&ToClient) -> bool) -> ToClient {
    loop {
        let envelope = peer.next().await;
        if is_it(&envelope) {
            return envelope;
        }
    }
}

pub(crate) async fn refused(peer: &mut Peer, envelope: Value) -> Code {
    match ask(peer, envelope.clone()).await {
        ToClient::Error(ErrorNote { code, .. }) => code,
        other => panic!("{envelope} is answered with {other:?}"),
    }
}

/// What a room is, as who makes or finds it is told.
pub(crate) async fn made(peer: &mut Peer, envelope: Value) -> RoomInfo {
    match ask(peer, envelope).await {
        ToClient::Room(info) => info,
        other => panic!("{other:?} instead of a room"),
    }
}

/// The address of a new private room.
pub(crate) async fn private(peer: &mut Peer, title: &str) -> String {
    let create = json!({"type": "create", "kind": "private", "title": title});
    made(peer, create).await.room.as_str().to_owned()
}

/// The address of the direct room with somebody.
pub(crate) async fn direct(peer: &mut Peer, users: &[&str]) -> String {
    made(peer, json!({"type": "direct", "users": users})).await.room.as_str().to_owned()
}

pub(crate) fn add(room: &str, user: &str) -> Value {
    json!({"type": "add", "room": room, "user": user})
}

pub(crate) fn remove(room: &str, user: &str) -> Value {
    json!({"type": "remove", "room": room, "user": user})
}

pub(crate) async fn added(peer: &mut Peer, room: &str, user: &str) {
    let answer = ask(peer, add(room, user)).await;
    assert!(matches!(answer, ToClient::Added(_)), "{answer:?}");
}

/// Enters one more room, and hears so.
pub(crate) async fn join(peer: &mut Peer, room: &str) {
    peer.send(json!({"type": "join", "room": room}).to_string()).await;
    let is_entry = |it: &ToClient| match it {
        ToClient::Presence(list) => list.room.as_str() == room,
        ToClient::Error(note) => panic!("{note:?}"),
        _ => false,
    };
    until(peer, is_entry).await;
}

pub(crate) async fn list(peer: &mut Peer, question: Value) -> RoomList {
    match ask(peer, question).await {
        ToClient::Rooms(list) => list,
        other => panic!("{other:?} instead of rooms"),
    }
}

/// Addresses of the rooms in a list.
pub(crate) fn addresses(list: &RoomList) -> Vec<&str> {
    list.rooms.iter().map(|entry| entry.room.as_str()).collect()
}

/// Says something, and waits until it is told.
pub(crate) async fn says(peer: &mut Peer, room: &str, text: &str) -> u64 {
    let say = json!({"type": "message", "room": room, "content": text});
    match ask(peer, say).await {
        ToClient::Message(message) => message.id.get(),
        other => panic!("{other:?} instead of a message"),
    }
}
