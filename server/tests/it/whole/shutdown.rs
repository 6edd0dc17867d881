//! Stopping, whatever clients do.

use std::time::{Duration, Instant};

use protocol::Code;
use server::{Config, Db};
use tokio::io::AsyncWriteExt as _;

use crate::support::harness::{TestServer, query, say};

/// What the founders promise; the limits of the server are set below it.
const STOPS_WITHIN: Duration = Duration::from_secs(5);

async fn stops_in_time(server: TestServer) {
    let begun = Instant::now();
    let stopped = server.stop().await;
    assert_eq!(stopped, server::Stopped { tasks_left: 0, gauges: server::Gauges::default() });
    assert!(begun.elapsed() < STOPS_WITHIN, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_idle_server_leaves_nothing_running() {
    stops_in_time(TestServer::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_made_requests_and_sockets_that_never_read_do_not_hold_it() {
    let config = Config {
        message_rate: 0,
        outbox_bytes_max: usize::MAX,
        outbox_frames_max: usize::MAX,
        ..Config::for_tests()
    };
    let server = TestServer::start_with(config).await;
    let _silent = server.raw().await;
    let mut half = server.raw().await;
    half.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Half").await.unwrap();
    let mut alice = server.enter("dev", "Alice").await;
    let _never_reads = server.enter("dev", "Slow").await;
    // Until its socket is full and its write pump stuck.
    let mut sent = 0;
    while server.metric("nebula_outbox_bytes").await < 1_000_000.0 {
        sent += 1;
        assert!(sent < 10_000, "nothing waits");
        alice.send(say("dev", &"x".repeat(4000))).await;
        alice.message().await;
    }
    stops_in_time(server).await;
}

#[tokio::test]
async fn what_was_acknowledged_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { db: Db::File(folder.path().join("nebula.db")), ..Config::for_tests() };
    let server = TestServer::start_with(config.clone()).await;
    let mut alice = server.enter("dev", "Alice").await;
    for _ in 0..20 {
        alice.send(say("dev", "x")).await;
    }
    let mut last = 0;
    for _ in 0..20 {
        last = alice.message().await.id.get();
    }
    let stopping = tokio::spawn(stops_in_time(server));
    alice.expect_refusal(Code::Stopping, 1001).await;
    drop(alice);
    stopping.await.unwrap();
    let server = TestServer::start_with(config).await;
    let mut alice = server.connect(&query("dev", "Alice", "&history=200")).await;
    let history = alice.history().await;
    assert_eq!((history.messages.len(), history.head.get()), (20, last));
}
