//! Nobody finds what they may not read.

use serde_json::json;

use super::{is_found, says_all, texts};
use crate::people::moderation::Moderated;
use crate::rooms::{ANN, BOB, added, ask, comes, comes_to, direct, join, private, says};
use crate::support::harness::TestServer;

#[tokio::test]
async fn private_and_direct_rooms_are_found_by_their_members_alone() {
    let server = TestServer::start().await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let mut guest = server.enter("lobby", "Guest").await;
    let room = private(&mut ann, "Ops").await;
    join(&mut ann, &room).await;
    let ids = says_all(&mut ann, &room, &["the secret of ops"]).await;
    is_found(&mut ann, "secret", ids[0]).await;
    for query in ["secret", &format!("in:{room}"), "in:ops secret", "from:Ann"] {
        assert!(texts(&mut bob, query).await.is_empty(), "{query:?}");
        assert!(texts(&mut guest, query).await.is_empty(), "{query:?}");
    }
    added(&mut ann, &room, "Bob").await;
    assert_eq!(texts(&mut bob, "in:ops secret").await, ["the secret of ops"]);
    ask(&mut ann, json!({"type": "remove", "room": room, "user": "Bob"})).await;
    assert!(texts(&mut bob, "secret").await.is_empty());
    let room = direct(&mut bob, &["Ann"]).await;
    join(&mut bob, &room).await;
    says_all(&mut bob, &room, &["between us"]).await;
    assert_eq!(texts(&mut ann, "between").await, ["between us"]);
    assert!(texts(&mut guest, "between").await.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn who_is_banned_from_a_room_finds_nothing_of_it_until_that_ends() {
    let server = Moderated::start().await;
    let mut moderator = server.moderator("dev").await;
    let mut alice = server.person("ops", "Alice", 1).await;
    let mut guest = server.person("dev", "Guest", 9).await;
    let ids = says_all(&mut moderator, "dev", &["open to all"]).await;
    is_found(&mut alice, "open", ids[0]).await;
    let ban = |kind: &str, user: &str| json!({"type": kind, "room": "dev", "user": user});
    ask(&mut moderator, ban("ban", "Alice")).await;
    assert!(texts(&mut alice, "open").await.is_empty());
    assert_eq!(texts(&mut guest, "open").await, ["open to all"]);
    ask(&mut moderator, ban("unban", "Alice")).await;
    assert_eq!(texts(&mut alice, "open").await, ["open to all"]);
}

#[tokio::test]
async fn a_room_that_ended_is_found_by_nobody() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let room = private(&mut ann, "Ops").await;
    join(&mut ann, &room).await;
    says_all(&mut ann, &room, &["soon over"]).await;
    ask(&mut ann, json!({"type": "remove", "room": room, "user": "Ann"})).await;
    assert!(texts(&mut ann, "over").await.is_empty());
    says(&mut ann, "dev", "goes on").await;
    server.stop().await;
}
