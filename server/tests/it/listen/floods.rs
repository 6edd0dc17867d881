//! Too much of anything: refused cheaply, told when to come back, and counted.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::SinkExt as _;
use protocol::{Code, ToClient};
use server::config::{HEAD_BYTES_MAX, HEADERS_MAX, REQUEST_BURST};
use server::{Config, Db, Limits};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::support::harness::{PATIENCE, Peer, TestServer, query, say_ref};

async fn start(limits: Limits) -> TestServer {
    TestServer::start_with(Config { limits, ..Config::for_tests() }).await
}

/// What a socket is told until the other side ends it.
async fn told(socket: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // Ended is ended, by a reset too.
    let _ = timeout(PATIENCE, socket.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8_lossy(&answer).to_lowercase()
}

/// Opens a WebSocket as a proxy does for somebody; the answer's head, and the socket.
async fn proxied(address: SocketAddr, forwarded: impl AsRef<[u8]>) -> (String, TcpStream) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let before = "GET /?room=dev HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         X-Forwarded-For: ";
    let request = [before.as_bytes(), forwarded.as_ref(), b"\r\n\r\n"].concat();
    socket.write_all(&request).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(PATIENCE, socket.read_u8()).await.unwrap().unwrap());
    }
    (String::from_utf8(head).unwrap().to_lowercase(), socket)
}

#[tokio::test]
async fn a_full_house_turns_away_before_it_reads_and_lets_in_again() {
    let server = start(Limits { connections_max: 2, ..Limits::for_tests() }).await;
    let alice = server.enter("dev", "Alice").await;
    let mut bob = server.enter("dev", "Bob").await;
    // Nothing was asked yet, and the answer is there.
    let answer = told(&mut server.raw().await).await;
    assert!(answer.starts_with("http/1.1 503") && answer.contains("retry-after: 5\r\n"));
    assert_eq!(server.metric("nebula_turned_away_total{reason=\"full\"}").await, 1.0);
    assert_eq!(server.metric("nebula_sockets").await, 2.0);
    drop(alice);
    while !matches!(bob.next().await, ToClient::Leave { .. }) {}
    // Her room hears of it a moment before her socket is closed.
    while server.metric("nebula_sockets").await > 1.0 {}
    server.enter("dev", "Carol").await;
}

#[tokio::test]
async fn an_address_behind_a_proxy_has_its_limits_and_others_have_theirs() {
    let trust_proxy = vec!["127.0.0.0/8".parse().unwrap()];
    let few = Limits { trust_proxy, address_connections: 2, ..Limits::for_tests() };
    let server = start(few).await;
    for (one, same, other) in [
        ("198.51.100.7", "evil, 198.51.100.7", "198.51.100.8"),
        ("2001:db8:1:2::3", "2001:db8:1:2:ffff::4", "2001:db8:1:3::3"),
    ] {
        let first = proxied(server.address, one).await;
        let second = proxied(server.address, same).await;
        assert!(first.0.starts_with("http/1.1 101") && second.0.starts_with("http/1.1 101"));
        let (third, _socket) = proxied(server.address, one).await;
        assert!(third.starts_with("http/1.1 429"), "{third}");
        assert!(third.contains("retry-after: 10\r\n"), "{third}");
        let (elsewhere, _socket) = proxied(server.address, other).await;
        assert!(elsewhere.starts_with("http/1.1 101"), "{elsewhere}");
    }
    let away = "nebula_turned_away_total{reason=\"address_connections\"}";
    assert_eq!(server.metric(away).await, 2.0);
}

#[tokio::test]
async fn no_byte_before_an_address_and_no_missing_address_gets_around_the_limits() {
    let trust_proxy = vec!["127.0.0.0/8".parse().unwrap()];
    let few = Limits { trust_proxy, address_connections: 1, ..Limits::for_tests() };
    let server = start(few).await;
    for (one, same) in [
        (&b"198.51.100.7"[..], &b"\xff, 198.51.100.7"[..]),
        (b"198.51.100.7, unknown", b"198.51.100.8, not an address"),
    ] {
        let first = proxied(server.address, one).await;
        assert!(first.0.starts_with("http/1.1 101"), "{}", first.0);
        let (second, _socket) = proxied(server.address, same).await;
        assert!(second.starts_with("http/1.1 429"), "{second}");
    }
}

#[tokio::test]
async fn an_address_that_connects_too_often_is_told_when_to_come_back() {
    let trust_proxy = vec!["127.0.0.0/8".parse().unwrap()];
    let server = start(Limits { trust_proxy, address_rate: 3, ..Limits::for_tests() }).await;
    for _ in 0..3 {
        assert!(proxied(server.address, "198.51.100.7").await.0.starts_with("http/1.1 101"));
    }
    let (answer, _socket) = proxied(server.address, "198.51.100.7").await;
    assert!(answer.starts_with("http/1.1 429"), "{answer}");
    let wait = answer.split("retry-after: ").nth(1).unwrap().split('\r').next().unwrap();
    assert!((1..=20).contains(&wait.parse::<u32>().unwrap()), "{wait}");
}

#[tokio::test]
async fn without_trust_nobody_is_believed_about_where_they_come_from() {
    let server = start(Limits { address_connections: 1, ..Limits::for_tests() }).await;
    for _ in 0..3 {
        let (answer, _socket) = proxied(server.address, "198.51.100.7").await;
        assert!(answer.starts_with("http/1.1 101"), "{answer}");
    }
}

#[tokio::test]
async fn a_request_has_one_deadline_however_it_drips() {
    let handshake_timeout = Duration::from_millis(300);
    let server = start(Limits { handshake_timeout, ..Limits::for_tests() }).await;
    let mut silent = server.raw().await;
    let (mut reading, mut dripping) = server.raw().await.into_split();
    let drip = tokio::spawn(async move {
        let mut drops = interval(Duration::from_millis(10));
        dripping.write_all(b"GET / HTTP/1.1\r\nX-Drip: ").await.unwrap();
        while dripping.write_all(b"x").await.is_ok() {
            drops.tick().await;
        }
    });
    assert_eq!(told(&mut silent).await, "");
    let mut answer = Vec::new();
    // A reset is an end as well.
    let _ = timeout(PATIENCE, reading.read_to_end(&mut answer)).await.unwrap();
    timeout(PATIENCE, drip).await.unwrap().unwrap();
    assert_eq!(server.metric("nebula_turned_away_total{reason=\"too_late\"}").await, 2.0);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = TestServer::start().await;
    let start = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    let many = |count: usize| (0..count).map(|n| format!("X-{n}: y\r\n")).collect::<String>();
    let long = |bytes: usize| format!("X: {}\r\n", "y".repeat(bytes));
    for (headers, status) in [
        (many(HEADERS_MAX - 2), "200"),
        (many(HEADERS_MAX - 1), "431"),
        (long(HEAD_BYTES_MAX - 100), "200"),
        (long(HEAD_BYTES_MAX), "431"),
    ] {
        let mut socket = server.raw().await;
        // The answer may come before all of it is written.
        let _ = socket.write_all(format!("{start}{headers}\r\n").as_bytes()).await;
        let answer = told(&mut socket).await;
        assert!(answer.starts_with(&format!("http/1.1 {status}")), "{status}: {answer:.99}");
    }
    assert_eq!(server.metric("nebula_turned_away_total{reason=\"bad_request\"}").await, 2.0);
}

#[tokio::test]
async fn a_person_has_one_rate_over_all_connections() {
    let server =
        start(Limits { person_rate: Some(1), person_burst: Some(5), ..Limits::for_tests() }).await;
    let mut devices = Vec::new();
    for _ in 0..2 {
        let mut device = server.connect_with(&query("dev", "Alice", ""), Some(7)).await;
        device.expect_entry().await;
        devices.push(device);
    }
    let [one, other] = &mut devices[..] else { panic!() };
    assert!(one.says_too_much("dev", "a").await.0 >= 5);
    assert!(other.says_too_much("dev", "b").await.0 < 5, "what was left");
    let mut bob = server.enter("dev", "Bob").await;
    bob.send(say_ref("dev", "not my fault", "r")).await;
    bob.message().await;
    assert_eq!(server.metric("nebula_limited_total{limit=\"person\"}").await, 2.0);
}

#[tokio::test]
async fn a_room_has_one_rate_over_all_people() {
    let server =
        start(Limits { room_rate: Some(1), room_burst: Some(4), ..Limits::for_tests() }).await;
    let mut alice = server.enter("dev", "Alice").await;
    let mut bob = server.enter("dev", "Bob").await;
    assert!(alice.says_too_much("dev", "a").await.0 >= 4);
    let (said, note) = bob.says_too_much("dev", "b").await;
    assert!(said < 4, "what was left");
    assert!((1..=1001).contains(&note.retry_ms.unwrap()), "{:?}", note.retry_ms);
    alice.send(r#"{"type":"join","room":"ops"}"#).await;
    alice.send(say_ref("ops", "quiet here", "a")).await;
    while alice.message().await.room.as_str() != "ops" {}
    assert_eq!(server.metric("nebula_limited_total{limit=\"room\"}").await, 2.0);
}

#[tokio::test]
async fn joins_and_questions_have_a_rate_too() {
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    let (mut answered, mut refused) = (0, 0);
    // More than the rate pays for while they are asked; each burst is answered before the next, so that
    // no answer waits for a reader.
    for _ in 0..10 {
        let (asked, all) = (answered + refused, answered + refused + REQUEST_BURST);
        for n in asked..all {
            let question = format!(r#"{{"type":"history","room":"dev","limit":1,"ref":"r{n}"}}"#);
            alice.socket.feed(Frame::text(question)).await.unwrap();
        }
        alice.socket.flush().await.unwrap();
        // Each is answered or refused, in the order in which they were asked.
        for n in asked..all {
            let reference = match alice.next().await {
                ToClient::History(page) => {
                    answered += 1;
                    page.reference
                }
                ToClient::Error(note) => {
                    assert!(note.code == Code::TooFast && note.retry_ms.is_some(), "{note:?}");
                    refused += 1;
                    note.reference
                }
                other => panic!("{other:?}"),
            };
            assert_eq!(reference.unwrap().as_str(), format!("r{n}"));
        }
    }
    assert!(answered >= REQUEST_BURST && refused > 0, "{answered} answered, {refused} refused");
    let limited = server.metric("nebula_limited_total{limit=\"requests\"}").await;
    assert_eq!(limited, f64::from(refused));
}

/// Strangers of one address, each with a name of their own and at their own rate, write until the day's
/// bytes of the address are spent: the disk takes no more of them then, and another address is stored as
/// before.
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_and_fifty_strangers_fill_the_disk_no_further_than_their_address_may() {
    const STRANGERS: usize = 250;
    const BUDGET: u64 = 8 * 1024 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let db = Db::File(folder.path().join("nebula.db"));
    let trust_proxy = vec!["127.0.0.0/8".parse().unwrap()];
    let limits = Limits { trust_proxy, address_daily_bytes: BUDGET, ..Limits::for_tests() };
    let server = TestServer::start_with(Config { db, limits, ..Config::for_tests() }).await;
    let text = || "x".repeat(4000);
    let from = async |address: &str, name: &str| {
        let query = query(name, name, "");
        let mut request = Peer::request(&server.url(&query), None).unwrap();
        request.headers_mut().insert("X-Forwarded-For", address.parse().unwrap());
        let mut peer = Peer::dial_request(request).await.unwrap();
        peer.expect_entry().await;
        peer
    };
    let mut strangers = tokio::task::JoinSet::new();
    for n in 0..STRANGERS {
        let name = format!("s{n}");
        let mut stranger = from("198.51.100.7", &name).await;
        strangers.spawn(async move {
            for n in 0.. {
                stranger.send(say_ref(&name, &text(), &n.to_string())).await;
                let told = loop {
                    match stranger.next().await {
                        ToClient::Join { .. } | ToClient::Presence(_) => {}
                        told => break told,
                    }
                };
                // At their own rate they may go on within a second.
                if matches!(told, ToClient::Error(note) if note.retry_ms.unwrap() > 10_000) {
                    return;
                }
            }
        });
    }
    while let Some(stranger) = strangers.join_next().await {
        stranger.unwrap();
    }
    let bytes = || {
        let files = std::fs::read_dir(folder.path()).unwrap();
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>()
    };
    let taken = bytes();
    // With the write-ahead log, which holds it once more.
    assert!((BUDGET / 2..4 * BUDGET).contains(&taken), "{taken}");
    let mut honest = from("203.0.113.9", "honest").await;
    honest.send(say_ref("honest", "stored as before", "r")).await;
    honest.message().await;
    let limited = server.metric("nebula_limited_total{limit=\"address_bytes\"}").await;
    assert!(limited >= STRANGERS as f64, "{limited}");
}
