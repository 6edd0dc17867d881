//! What the world does to a server, done for real.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use protocol::{Code, ErrorNote, ToClient};
use rusqlite::Connection;
use server::{Config, Db};
use tokio::io::{AsyncReadExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::sync::Notify;
use tokio::time::interval;
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::support::child::Server;
use crate::support::harness::{Peer, TestServer, get, query, say, say_ref};

#[tokio::test]
async fn while_another_process_holds_the_database_nothing_is_stored_and_all_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let server = Server::start(&path, "127.0.0.1:0").await;
    let mut alice = server.connect(&query("dev", "Alice", "")).await;
    alice.expect_entry().await;
    alice.send(say_ref("dev", "before", "r1")).await;
    alice.message().await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    alice.send(say_ref("dev", "meanwhile", "r2")).await;
    let note = alice.error().await;
    assert_eq!((note.code, note.reference.unwrap().as_str()), (Code::Unavailable, "r2"));
    server.is_ready(false).await;
    let mut bob = server.connect(&query("dev", "Bob", "&since=0")).await;
    assert_eq!(bob.history().await.messages.len(), 1);
    other.execute_batch("ROLLBACK").unwrap();
    server.is_ready(true).await;
    alice.send(say_ref("dev", "meanwhile", "r2")).await;
    assert_eq!(alice.message().await.content.as_str(), "meanwhile");
    assert_eq!(bob.message().await.content.as_str(), "meanwhile");
}

/// More is said than may wait for the log, which somebody holds up.
#[tokio::test]
async fn while_the_log_is_behind_the_loud_wait_and_nothing_is_lost() {
    const MANY: usize = 2000;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    command.args(["--listen", "127.0.0.1:0", "--message-rate", "0", "--db"]).arg(&path);
    let server = Server::spawn(command.args(["--outbox-frames-max", "10000"])).await;
    let mut alice = server.connect(&query("dev", "Alice", "")).await;
    alice.expect_entry().await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for n in 0..MANY {
        alice.socket.feed(Frame::text(say("dev", &n.to_string()))).await.unwrap();
    }
    alice.socket.flush().await.unwrap();
    other.execute_batch("ROLLBACK").unwrap();
    for n in 0..MANY {
        assert_eq!(alice.message().await.content.as_str(), n.to_string());
    }
}

#[tokio::test]
async fn who_cannot_be_told_what_was_missed_stays_and_asks_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let server = Server::start(&path, "127.0.0.1:0").await;
    let mut alice = server.connect(&query("dev", "Alice", "")).await;
    alice.expect_entry().await;
    alice.send(say("dev", "missed")).await;
    alice.message().await;
    alice.send(r#"{"type":"join","room":"ops"}"#).await;
    alice.expect_entry().await;
    alice.send(r#"{"type":"leave","room":"dev"}"#).await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("ALTER TABLE messages RENAME TO elsewhere").unwrap();
    let mut bob = server.connect(&query("dev", "Bob", "&since=0")).await;
    asks_later(&bob.error().await);
    bob.expect_entry().await;
    alice.send(r#"{"type":"join","room":"dev","since":0}"#).await;
    while !matches!(alice.next().await, ToClient::Leave { .. }) {}
    asks_later(&alice.error().await);
    alice.expect_entry().await;
    assert!(get(server.address.parse().unwrap(), "/readyz").await.contains("cannot be read"));
    other.execute_batch("ALTER TABLE elsewhere RENAME TO messages").unwrap();
    for peer in [&mut alice, &mut bob] {
        peer.send(r#"{"type":"history","room":"dev"}"#).await;
        let history = loop {
            if let ToClient::History(history) = peer.next().await {
                break history;
            }
        };
        assert_eq!(history.messages.len(), 1);
    }
    // Nobody lost a room meanwhile.
    alice.send(say("ops", "still here")).await;
    assert_eq!(alice.message().await.room.as_str(), "ops");
    bob.send(say("dev", "still here")).await;
    bob.message().await;
}

fn asks_later(note: &ErrorNote) {
    assert_eq!((note.code, note.room.as_ref().unwrap().as_str()), (Code::Unavailable, "dev"));
    assert!((15_000..=30_000).contains(&note.retry_ms.unwrap()), "{note:?}");
}

/// A page with one of the newest messages of a room is overwritten, in a file that is too large to be
/// read whole at the start.
#[tokio::test]
async fn a_damaged_page_is_told_and_takes_neither_the_room_nor_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let config = Config { db: Db::File(path.clone()), ..Config::for_tests() };
    TestServer::start_with(config.clone()).await.stop().await;
    let db = Connection::open(&path).unwrap();
    db.execute_batch(
        "INSERT INTO rooms (id, key) VALUES (1, 'dev');
         WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 2000)
         INSERT INTO messages (id, room, author, owner, content, at)
             SELECT id, 1, 'a', 'a', printf('<%d>%.*c', id, 4000, 'x'), 0 FROM n;
         PRAGMA wal_checkpoint(TRUNCATE)",
    )
    .unwrap();
    drop(db);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = memchr::memmem::find(&bytes, b"<1990>").unwrap() / 4096 * 4096;
    bytes[at..at + 4096].fill(0xAA);
    std::fs::write(&path, bytes).unwrap();
    let server = TestServer::start_with(config).await;
    let mut alice = server.connect(&query("dev", "Alice", "&history=100")).await;
    asks_later(&alice.error().await);
    alice.expect_entry().await;
    let mut bob = server.enter("dev", "Bob").await;
    alice.presence().await;
    alice.send(r#"{"type":"join","room":"ops","history":100}"#).await;
    assert_eq!(alice.history().await.room.as_str(), "ops");
    alice.expect_entry().await;
    alice.send(say("dev", "live")).await;
    assert_eq!((alice.message().await, bob.message().await.content.as_str()).1, "live");
    bob.send(r#"{"type":"history","room":"dev","ref":"q"}"#).await;
    let note = bob.error().await;
    asks_later(&note);
    assert_eq!(note.reference.unwrap().as_str(), "q");
    // What is whole is read.
    bob.send(r#"{"type":"history","room":"dev","before":1990,"limit":10}"#).await;
    assert_eq!(bob.history().await.messages.len(), 10);
    assert!(server.metric("nebula_log_read_failures_total").await >= 2.0);
    assert_eq!(server.metric("nebula_not_ready{reason=\"cannot_read\"}").await, 1.0);
}

#[tokio::test]
async fn out_of_descriptors_it_keeps_talking_and_accepts_again_when_there_are_some() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&folder.path().join("nebula.db"), "127.0.0.1:0").await;
    let mut alice = server.connect(&query("dev", "Alice", "")).await;
    alice.expect_entry().await;
    let open = std::fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap();
    let open: Vec<_> = open.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    // Each new one is the lowest that is free.
    let free = (0..).find(|number: &usize| !open.contains(&number.to_string())).unwrap();
    server.limit(&format!("--nofile={free}:")).await;
    let address: SocketAddr = server.address.parse().unwrap();
    let waiting = tokio::spawn(async move {
        let url = format!("ws://{address}/?{}", query("dev", "Bob", ""));
        Peer::dial(&url, Some(1)).await.unwrap()
    });
    server.says("cannot accept a connection").await;
    for _ in 0..10 {
        alice.send(say("dev", "still here")).await;
        alice.message().await;
    }
    server.limit("--nofile=512:").await;
    server.says("connections are accepted again").await;
    waiting.await.unwrap().expect_entry().await;
}

#[tokio::test]
async fn with_few_descriptors_connections_leave_some_to_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut shell = Command::new("bash");
    shell.args(["-c", "ulimit -n 64; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_nebula-server")]);
    shell.args(["--listen", "127.0.0.1:0", "--db"]).arg(folder.path().join("nebula.db"));
    let server = Server::spawn(&mut shell).await;
    let mut inside = Vec::new();
    for n in 0..32 {
        let mut peer = server.connect(&query("dev", &format!("user{n}"), "")).await;
        while !matches!(peer.next().await, ToClient::Presence(_)) {}
        inside.push(peer);
    }
    let mut socket = TcpStream::connect(&server.address).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("Retry-After: "), "{answer}");
    inside[31].send(say("dev", "still stored")).await;
    inside[31].message().await;
}

/// Forwards until it is told to stop, and then holds both lines open without a word.
async fn proxy(to: SocketAddr) -> (SocketAddr, Arc<Notify>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = Arc::new(Notify::new());
    let stopped = stop.clone();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut server = TcpStream::connect(to).await.unwrap();
        tokio::select! {
            _ = copy_bidirectional(&mut client, &mut server) => {}
            () = stopped.notified() => pending().await,
        }
    });
    (address, stop)
}

#[tokio::test]
async fn a_line_that_is_dead_without_a_word_is_found_out() {
    let config = Config {
        ping_interval: Duration::from_millis(200),
        ping_timeout: Duration::from_secs(3),
        ..Config::for_tests()
    };
    let server = TestServer::start_with(config).await;
    let mut alice = server.enter("dev", "Alice").await;
    let (address, stop) = proxy(server.address).await;
    let mut ghost =
        Peer::dial(&format!("ws://{address}/?{}", query("dev", "Ghost", "")), None).await.unwrap();
    ghost.expect_entry().await;
    // It would answer every ping, but none arrives.
    tokio::spawn(async move { while ghost.socket.next().await.is_some_and(|it| it.is_ok()) {} });
    stop.notify_one();
    loop {
        match alice.next().await {
            ToClient::Leave(protocol::Left { sender, .. }) => {
                break assert_eq!(sender.as_str(), "Ghost");
            }
            ToClient::Presence(_) | ToClient::Join { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(server.metric("nebula_ended_total{reason=\"silent\"}").await, 1.0);
}

#[tokio::test]
async fn who_reads_a_byte_a_second_is_ended_and_holds_nobody() {
    let config = Config {
        stall_timeout: Duration::from_secs(3),
        outbox_frames_max: 16,
        message_rate: 0,
        ..Config::for_tests()
    };
    let server = TestServer::start_with(config).await;
    let mut alice = server.enter("dev", "Alice").await;
    let slow = server.enter("dev", "Slow").await;
    let reading = tokio::spawn(async move {
        let mut socket = slow.socket;
        let mut seconds = interval(Duration::from_secs(1));
        // Until the server has given up: a reset, or the end of what it still sent.
        while socket.get_mut().read_u8().await.is_ok() {
            seconds.tick().await;
        }
    });
    let text = "x".repeat(4000);
    loop {
        alice.send(say("dev", &text)).await;
        if matches!(alice.next().await, ToClient::Leave { .. }) {
            break;
        }
    }
    assert_eq!(server.metric("nebula_ended_total{reason=\"too_slow\"}").await, 1.0);
    // Its socket is given up as well, though it has read nearly nothing of what is in it.
    while server.metric("nebula_sockets").await > 1.0 {
        alice.send(say("dev", "goes on")).await;
        while !matches!(alice.next().await, ToClient::Message(_)) {}
    }
    reading.abort();
}
