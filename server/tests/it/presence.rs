//! Who is here: per person, not per connection, and as soon as it changes.

use std::time::Duration;

use futures_util::StreamExt as _;
use server::Config;

use crate::harness::{TestServer, joined, left, present, query};

#[tokio::test]
async fn a_person_with_several_connections_comes_once_and_leaves_once() {
    let server = TestServer::start().await;
    let mut bob = server.enter("dev", "Bob").await;
    let mut first = server.connect_with(&query("dev", "Alice", ""), Some(1)).await;
    first.expect_entry().await;
    bob.expect(&joined("dev", "Alice")).await;
    bob.expect(&present("dev", &["Alice", "Bob"])).await;
    let mut second = server.connect_with(&query("dev", "alice", ""), Some(1)).await;
    second.expect(&joined("dev", "Alice")).await;
    second.expect(&present("dev", &["Alice", "Bob"])).await;
    first.silence().await;
    drop(first);
    bob.silence().await;
    drop(second);
    bob.expect(&left("dev", "Alice")).await;
    bob.expect(&present("dev", &["Bob"])).await;
}

#[tokio::test]
async fn a_socket_that_is_dropped_is_seen_at_once() {
    let server = TestServer::start().await;
    let mut bob = server.enter("dev", "Bob").await;
    let alice = server.enter("dev", "Alice").await;
    bob.expect(&joined("dev", "Alice")).await;
    bob.presence().await;
    // Without a close frame.
    drop(alice.socket.into_inner());
    bob.expect(&left("dev", "Alice")).await;
}

#[tokio::test]
async fn who_stays_silent_is_asked_and_then_gone_and_who_answers_stays() {
    let config = Config {
        ping_interval: Duration::from_millis(60),
        ping_timeout: Duration::from_millis(60),
        ..Config::for_tests()
    };
    let server = TestServer::start_with(config).await;
    // Reads nothing from here on, so it answers no ping.
    let _silent = server.enter("dev", "Silent").await;
    // Reading is what makes this one answer.
    let mut lively = server.enter("dev", "Lively").await;
    lively.expect(&left("dev", "Silent")).await;
    lively.expect(&present("dev", &["Lively"])).await;
    for _ in 0..3 {
        assert!(lively.socket.next().await.unwrap().unwrap().is_ping());
    }
    lively.silence().await;
}
