//! Who is writing: told to the others of a small room, now and then, and kept nowhere.

use protocol::{Code, TYPING_PEOPLE_MAX, ToClient};
use serde_json::json;

use super::said;
use crate::people::moderation::Moderated;
use crate::rooms::{ANN, BOB, ask, comes_to, until};
use crate::support::harness::{Peer, TestServer, query};

async fn types(peer: &mut Peer) {
    peer.send(json!({"type": "typing", "room": "dev"}).to_string()).await;
}

/// Names of those who were heard writing before a text.
async fn writers_before(peer: &mut Peer, text: &str) -> Vec<String> {
    let mut writers = Vec::new();
    loop {
        match peer.next().await {
            ToClient::Typing(it) => writers.push(it.sender.as_str().to_owned()),
            ToClient::Message(message) if message.content.as_str() == text => return writers,
            _ => {}
        }
    }
}

#[tokio::test]
async fn the_others_hear_once_in_three_seconds_that_somebody_is_writing() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut phone = comes_to(&server, "dev", ANN).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    let mut guest = server.connect(&query("dev", "Zoe", "")).await;
    guest.expect_entry().await;
    for _ in 0..5 {
        types(&mut ann).await;
    }
    types(&mut guest).await;
    // Each is told in the order in which it was sent by one connection.
    said(&mut guest, "hi").await;
    said(&mut ann, "hello").await;
    let mut heard = writers_before(&mut bob, "hello").await;
    heard.sort();
    assert_eq!(heard, ["Ann", "Zoe"]);
    assert_eq!(writers_before(&mut phone, "hello").await, ["Zoe"], "not of oneself");
    server.stop().await;
}

#[tokio::test]
async fn many_people_are_not_told_and_nobody_is_told_of_who_is_muted() {
    let server = Moderated::start().await;
    let mut ann = server.person("dev", "Ann", 1).await;
    let mut moderator = server.moderator("dev").await;
    let mute = json!({"type": "mute", "user": "Ann", "seconds": 60});
    ask(&mut moderator, mute).await;
    until(&mut ann, |it| matches!(it, ToClient::Moderated(_))).await;
    types(&mut ann).await;
    let leave = json!({"type": "leave", "room": "dev"}).to_string();
    ann.send(leave).await;
    let mut crowd = Vec::new();
    for n in 0..TYPING_PEOPLE_MAX {
        let peer = server.server.connect(&query("dev", &format!("p{n:02}"), "")).await;
        crowd.push(peer);
    }
    crowd[0].expect_entry().await;
    types(&mut crowd[0]).await;
    said(&mut crowd[0], "hello").await;
    assert!(writers_before(&mut moderator, "hello").await.is_empty());
    server.server.stop().await;
}

#[tokio::test]
async fn nobody_writes_where_they_are_not() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    for (room, code) in [("ops", Code::NotInRoom), ("+k3v9x0q2m7p1z8ab", Code::NoSuchRoom)] {
        ann.send(json!({"type": "typing", "room": room}).to_string()).await;
        assert_eq!(ann.error().await.code, code);
    }
    server.stop().await;
}
