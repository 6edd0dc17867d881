//! What holds for somebody holds at once, also while their questions wait because they do not read.

use std::time::Duration;

use futures_util::SinkExt as _;
use protocol::{Code, ToClient};
use serde_json::json;
use server::{Config, Gauges, Stopped};
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::auth::tokens::{SECRET, claims, connect, hs256, in_seconds};
use crate::people::moderation::{Moderated, config};
use crate::support::harness::{Peer, TestServer, left, say};

/// Nobody is ended for being slow here.
const NEVER: Duration = Duration::from_secs(3600);
/// Their answers are many times what an outbox and a socket hold.
const QUESTIONS: usize = 90;

fn patient(config: Config) -> Config {
    Config { message_rate: 0, stall_timeout: NEVER, ..config }
}

/// Says as much as an answer can hold.
async fn fill(peer: &mut Peer) {
    for _ in 0..20 {
        peer.send(say("dev", &"漢".repeat(4096))).await;
        peer.message().await;
    }
}

/// Asks in one write, reads the first answer, and no more: so the others wait.
async fn ask_and_wait(peer: &mut Peer) {
    for _ in 0..QUESTIONS {
        let question = r#"{"type":"history","room":"dev","limit":200}"#;
        peer.socket.feed(Frame::text(question)).await.unwrap();
    }
    peer.socket.flush().await.unwrap();
    while !matches!(peer.next().await, ToClient::History(_)) {}
}

async fn left_by_eve(peer: &mut Peer) {
    let left = ToClient::parse(&left("dev", "Eve")).unwrap();
    while peer.next().await != left {}
}

#[tokio::test]
async fn a_ban_of_a_room() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(patient(config(folder.path()))).await;
    let server = Moderated { server, folder };
    let mut moderator = server.moderator("dev").await;
    fill(&mut moderator).await;
    let mut eve = server.person("dev", "Eve", 5).await;
    ask_and_wait(&mut eve).await;
    moderator.send(r#"{"type":"ban","room":"dev","user":"Eve"}"#).await;
    left_by_eve(&mut moderator).await;
    moderator.send(say("dev", "a secret")).await;
    moderator.message().await;
    eve.send(r#"{"type":"join","room":"dev","history":1}"#).await;
    loop {
        match eve.next().await {
            ToClient::Error(note) if note.code == Code::Banned => break,
            ToClient::Error(note) => assert_eq!(note.code, Code::NotInRoom),
            ToClient::Message(_) => panic!("she hears it"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn the_end_of_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let token_key = folder.path().join("token.key");
    std::fs::write(&token_key, SECRET).unwrap();
    let config = Config { token_key: Some(token_key), ..Config::for_tests() };
    let server = TestServer::start_with(patient(config)).await;
    let address = server.address.to_string();
    let token = |user, seconds| hs256(&claims(user, &["dev"], json!({"exp": in_seconds(seconds)})));
    let mut alice = connect(&address, "room=dev", &token("Alice", 60)).await;
    alice.expect_entry().await;
    fill(&mut alice).await;
    let mut eve = connect(&address, "room=dev", &token("Eve", 6)).await;
    ask_and_wait(&mut eve).await;
    left_by_eve(&mut alice).await;
    eve.expect_refusal(Code::TokenExpired, 4003).await;
}

#[tokio::test]
async fn a_stop() {
    let server = TestServer::start_with(patient(Config::for_tests())).await;
    let mut eve = server.enter("dev", "Eve").await;
    fill(&mut eve).await;
    ask_and_wait(&mut eve).await;
    assert_eq!(server.stop().await, Stopped { tasks_left: 0, gauges: Gauges::default() });
}
