//! How much anybody may make, and how many rooms a connection may be in.

use std::time::Instant;

use protocol::{Code, ToClient};
use serde_json::json;
use server::Config;

use super::{ANN, BOB, add, added, ask, comes, private, refused};
use crate::support::harness::TestServer;

/// Nobody is too fast.
pub(super) fn unlimited() -> Config {
    let mut config = Config::for_tests();
    config.message_rate = 0;
    config.limits.create_rate = 0;
    config
}

/// How many of these are answered before one is too fast.
async fn taken(
    peer: &mut crate::support::harness::Peer,
    envelope: impl Fn(usize) -> serde_json::Value,
) -> usize {
    for n in 0..1000 {
        if let ToClient::Error(note) = ask(peer, envelope(n)).await
            && note.code == Code::TooFast
        {
            assert!(note.retry_ms.is_some_and(|ms| ms > 1000), "{note:?}");
            return n;
        }
    }
    panic!("never too fast")
}

#[tokio::test]
async fn a_person_makes_ten_rooms_at_once_over_all_their_connections() {
    let server = TestServer::start().await;
    let mut ann = comes(&server, ANN).await;
    let create = |n| json!({"type": "create", "kind": "private", "title": format!("r{n}")});
    assert_eq!(taken(&mut ann, create).await, 10);
    // Gone and back, or at another device.
    drop(ann);
    let mut again = comes(&server, ANN).await;
    for envelope in [
        create(99),
        json!({"type": "create", "room": "open"}),
        json!({"type": "direct", "users": ["Bob"]}),
        add("+nowhere", "Bob"),
    ] {
        assert_eq!(refused(&mut again, envelope).await, Code::TooFast);
    }
    let mut bob = comes(&server, BOB).await;
    private(&mut bob, "his").await;
}

#[tokio::test]
async fn direct_rooms_and_additions_are_counted_with_what_is_made() {
    let server = TestServer::start().await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    assert_eq!(taken(&mut ann, |_| json!({"type": "direct", "users": ["Bob"]})).await, 10);
    let room = private(&mut bob, "Ops").await;
    let taken = taken(&mut bob, |_| add(&room, "Ann")).await;
    assert_eq!(taken, 9);
}

#[tokio::test]
async fn an_address_makes_ten_times_as_many() {
    let mut config = Config::for_tests();
    config.message_rate = 0;
    (config.limits.create_burst, config.limits.create_rate) = (2, 1);
    config.limits.trust_proxy = vec!["127.0.0.0/8".parse().unwrap()];
    let server = TestServer::start_with(config).await;
    let (begun, mut made) = (Instant::now(), 0);
    for n in 0..30_u8 {
        let url = server.url(&crate::support::harness::query("lobby", &format!("p{n}"), ""));
        let mut request = crate::support::harness::Peer::request(&url, Some(100 + n)).unwrap();
        request.headers_mut().insert("X-Forwarded-For", "192.0.2.1".parse().unwrap());
        let mut peer = crate::support::harness::Peer::dial_request(request).await.unwrap();
        peer.expect_entry().await;
        let create = json!({"type": "create", "kind": "private", "title": "x"});
        made += u64::from(matches!(ask(&mut peer, create).await, ToClient::Room(_)));
    }
    // One more each six seconds.
    let refilled = begun.elapsed().as_secs() / 6 + 1;
    assert!((20..=20 + refilled).contains(&made), "{made}");
}

#[tokio::test]
async fn no_rate_is_no_limit() {
    let server = TestServer::start_with(unlimited()).await;
    let (mut ann, _bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    for _ in 0..30 {
        let room = private(&mut ann, "Ops").await;
        added(&mut ann, &room, "Bob").await;
    }
}

#[tokio::test]
async fn so_many_rooms_are_kept() {
    let server = TestServer::start_with(unlimited()).await;
    let mut ann = comes(&server, ANN).await;
    for n in 0..200 {
        let setting = json!({"type": "setting", "room": format!("r{n}"), "place": n});
        assert!(matches!(ask(&mut ann, setting).await, ToClient::Setting(_)));
    }
    let setting = json!({"type": "setting", "room": "late", "joined": true});
    assert_eq!(refused(&mut ann, setting).await, Code::TooManyRooms);
}
