//! Who does not read: that connection ends, and nobody else loses anything.

use std::time::Duration;

use protocol::Code;
use server::{Config, Limits};
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;

use crate::support::harness::{PATIENCE, Peer, TestServer, query, say};

/// One reader stops reading while another goes on, until the slow one's outbox is full.
async fn ends_the_slow_one(config: Config) {
    let server = TestServer::start_with(config).await;
    let mut alice = server.enter("dev", "Alice").await;
    let mut slow = server.enter("dev", "Slow").await;
    let text = "x".repeat(4000);
    let mut sent = 0;
    // It is gone from the room as soon as its outbox is full, whatever its socket still holds.
    'full: loop {
        alice.send(say("dev", &text)).await;
        sent += 1;
        loop {
            match alice.next().await {
                protocol::ToClient::Message(_) => break,
                protocol::ToClient::Leave { .. } => break 'full,
                _ => {}
            }
        }
        assert!(sent < 100_000, "nothing ends it");
    }
    slow.expect_refusal(Code::TooSlow, 1013).await;
}

/// What a connection may hold in all, in KiB: 256 in its outbox, as many while they are written, and
/// twice 128 in the kernel on our side.
const HELD_KIB_MAX: usize = 256 + 256 + 256;
/// What the client's own kernel takes in this test: twice this.
const CLIENT_KIB: usize = 32;

#[tokio::test]
async fn what_is_held_for_one_who_stopped_reading_is_bounded_with_the_kernels_share() {
    let limits = Limits { read_rate: 0, ..Limits::for_tests() };
    let config = Config { message_rate: 0, limits, ..Config::for_tests() };
    let server = TestServer::start_with(config).await;
    let mut alice = server.enter("dev", "Alice").await;
    let text = "x".repeat(4000);
    for _ in 0..40 {
        alice.send(say("dev", &text)).await;
        alice.message().await;
    }
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(CLIENT_KIB * 1024).unwrap();
    socket.connect(&server.address.into()).unwrap();
    socket.set_nonblocking(true).unwrap();
    let socket = tokio::net::TcpStream::from_std(socket.into()).unwrap();
    let mut slow = Peer::over(socket, &server.url(&query("dev", "Slow", ""))).await;
    slow.expect_entry().await;
    // The kernel learns that this one reads fast, and would give it more and more.
    for _ in 0..40 {
        slow.send(r#"{"type":"history","room":"dev","limit":200}"#).await;
        assert!(!slow.history().await.messages.is_empty());
    }
    let mut kib = 0;
    'gone: loop {
        alice.send(say("dev", &text)).await;
        kib += 4;
        loop {
            match alice.next().await {
                protocol::ToClient::Message(_) => break,
                protocol::ToClient::Leave { .. } => break 'gone,
                _ => {}
            }
        }
        assert!(kib < 100_000, "nothing ends it");
    }
    assert!(kib <= HELD_KIB_MAX + 2 * CLIENT_KIB, "{kib} KiB were taken");
    drop(slow);
}

#[tokio::test]
async fn too_many_bytes_in_an_outbox_end_it() {
    ends_the_slow_one(Config { message_rate: 0, ..Config::for_tests() }).await;
}

#[tokio::test]
async fn too_many_frames_in_an_outbox_end_it() {
    let config = Config {
        message_rate: 0,
        outbox_bytes_max: usize::MAX,
        outbox_frames_max: 50,
        ..Config::for_tests()
    };
    ends_the_slow_one(config).await;
}

#[tokio::test]
async fn a_write_without_progress_ends_it() {
    let config = Config {
        message_rate: 0,
        outbox_bytes_max: usize::MAX,
        outbox_frames_max: usize::MAX,
        stall_timeout: Duration::from_millis(100),
        ..Config::for_tests()
    };
    let server = TestServer::start_with(config).await;
    let mut alice = server.enter("dev", "Alice").await;
    let _slow = server.enter("dev", "Slow").await;
    let text = "x".repeat(4000);
    loop {
        alice.send(say("dev", &text)).await;
        if matches!(alice.next().await, protocol::ToClient::Leave { .. }) {
            break;
        }
    }
}

#[tokio::test]
async fn who_asks_for_pages_and_takes_none_is_ended_too() {
    let stall_timeout = Duration::from_millis(100);
    let server = TestServer::start_with(Config { stall_timeout, ..Config::for_tests() }).await;
    let mut socket = server.raw().await;
    let asking = async {
        while socket.write_all(b"GET /main.js HTTP/1.1\r\nHost: x\r\n\r\n").await.is_ok() {}
    };
    timeout(PATIENCE, asking).await.unwrap();
}

#[tokio::test]
async fn asking_for_more_history_than_one_reads_is_no_offence() {
    let limits = Limits { read_rate: 0, ..Limits::for_tests() };
    let config = Config { message_rate: 0, limits, ..Config::for_tests() };
    let server = TestServer::start_with(config).await;
    let mut alice = server.enter("dev", "Alice").await;
    let text = "漢".repeat(4096);
    for _ in 0..12 {
        alice.send(say("dev", &text)).await;
        alice.message().await;
    }
    // Together twenty times what an outbox holds.
    for _ in 0..40 {
        alice.send(r#"{"type":"history","room":"dev","limit":200}"#).await;
    }
    for _ in 0..40 {
        assert!(!alice.history().await.messages.is_empty());
    }
}
