//! Pages after and around a message.

use protocol::{Code, HISTORY_BYTES_MAX, History, MessageId, ToClient};
use serde_json::json;
use server::Config;

use super::{page_of, said, said_in};
use crate::rooms::{ANN, BOB, ask, comes_to, private, refused};
use crate::support::harness::{Peer, TestServer};

fn ids(history: &History) -> Vec<MessageId> {
    history.messages.iter().map(|message| message.id).collect()
}

async fn around(peer: &mut Peer, id: MessageId, limit: u64) -> History {
    page_of(peer, json!({"type": "history", "room": "dev", "around": id, "limit": limit})).await
}

async fn after(peer: &mut Peer, id: MessageId, limit: u64) -> History {
    page_of(peer, json!({"type": "history", "room": "dev", "after": id, "limit": limit})).await
}

async fn full(peer: &mut Peer, count: usize) -> Vec<MessageId> {
    let mut all = Vec::new();
    for n in 0..count {
        all.push(said(peer, &format!("text {n}")).await.id);
    }
    all
}

#[tokio::test]
async fn around_a_message_are_as_many_on_both_sides() {
    let server = TestServer::start_with(Config { message_rate: 0, ..Config::for_tests() }).await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let all = full(&mut ann, 30).await;
    for (middle, limit, from, to) in [
        (15, 5, 13, 18),
        (15, 4, 13, 17),
        (15, 1, 15, 16),
        (0, 5, 0, 3),
        (29, 5, 27, 30),
        (15, 200, 0, 30),
    ] {
        let page = around(&mut ann, all[middle], limit).await;
        assert_eq!(ids(&page), all[from..to], "around {middle}, {limit}");
        assert_eq!((page.more, page.newer), (from > 0, to < 30), "around {middle}, {limit}");
        assert_eq!(page.head, all[29]);
    }
    let nothing = around(&mut ann, all[3], 0).await;
    assert!(nothing.messages.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn after_a_message_come_the_next_ones_ascending() {
    let server = TestServer::start_with(Config { message_rate: 0, ..Config::for_tests() }).await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let all = full(&mut ann, 12).await;
    let (mut seen, mut at) = (Vec::new(), MessageId::ZERO);
    loop {
        let page = after(&mut ann, at, 5).await;
        seen.extend(ids(&page));
        at = *seen.last().unwrap();
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, all);
    assert!(after(&mut ann, all[11], 5).await.messages.is_empty());
    let none = after(&mut ann, all[3], 0).await;
    assert!(none.messages.is_empty() && none.more);
    server.stop().await;
}

#[tokio::test]
async fn long_texts_around_a_message_keep_the_page_in_its_bounds() {
    let server = TestServer::start_with(Config { message_rate: 0, ..Config::for_tests() }).await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut all = Vec::new();
    for _ in 0..30 {
        all.push(said(&mut ann, &"漢".repeat(4096)).await.id);
    }
    let page = around(&mut ann, all[15], 200).await;
    assert!(page.more && page.newer && ids(&page).contains(&all[15]));
    let bytes = ToClient::History(page.clone()).encode().len();
    assert!(bytes < HISTORY_BYTES_MAX && page.messages.len() > 6, "{bytes}");
    let next = after(&mut ann, all[0], 200).await;
    assert!(next.more && next.messages.len() > 6);
    assert!(ToClient::History(next).encode().len() < HISTORY_BYTES_MAX);
    server.stop().await;
}

#[tokio::test]
async fn nobody_jumps_to_what_is_not_there_or_not_theirs() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    let room = private(&mut ann, "Secret").await;
    ann.send(json!({"type": "join", "room": room}).to_string()).await;
    let theirs = said_in(&mut ann, &room, "hidden").await;
    let jump = |room: &str, to: u64| json!({"type": "history", "room": room, "around": to});
    assert_eq!(refused(&mut bob, jump("dev", theirs.id.get())).await, Code::NotFound);
    assert_eq!(refused(&mut bob, jump("dev", 7)).await, Code::NotFound);
    for secret in [&*room, "+k3v9x0q2m7p1z8ab"] {
        assert_eq!(refused(&mut bob, jump(secret, theirs.id.get())).await, Code::NoSuchRoom);
    }
    let both = json!({"type": "history", "room": "dev", "around": 1, "before": 9});
    assert_eq!(refused(&mut bob, both).await, Code::BadField);
    let mine = ask(&mut ann, jump(&room, theirs.id.get())).await;
    assert!(matches!(mine, ToClient::History(page) if page.messages.len() == 1));
    server.stop().await;
}
