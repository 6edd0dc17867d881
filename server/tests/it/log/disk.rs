//! The disk below a server: it can vanish, and fill, and each may take only so much of it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use protocol::{Code, ToClient};
use rusqlite::Connection;
use server::{Config, Db, Limits, Upkeep};
use tokio::process::Command;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::support::child::Server;
use crate::support::harness::{PATIENCE, Peer, TestServer, get, query, say, say_ref};

/// A server on a file of its own folder, and somebody in it.
async fn serving(db: &Path) -> (Server, Peer) {
    let server = Server::start(db, "127.0.0.1:0").await;
    let mut alice = server.connect(&query("dev", "Alice", "")).await;
    alice.expect_entry().await;
    alice.send(say("dev", "before")).await;
    alice.message().await;
    (server, alice)
}

/// Says something that is refused because it cannot be stored.
async fn is_refused(peer: &mut Peer) {
    peer.send(say_ref("dev", "never kept", "r")).await;
    let note = peer.error().await;
    assert_eq!((note.code, note.reference.unwrap().as_str()), (Code::Unavailable, "r"));
}

async fn readiness(server: &Server) -> String {
    get(server.address.parse().unwrap(), "/readyz").await
}

#[tokio::test]
async fn nothing_is_acknowledged_into_a_file_that_was_taken_away() {
    type Take = fn(&Path);
    let takes: [(&str, Take); 5] = [
        ("all deleted", |folder| {
            for file in fs::read_dir(folder).unwrap() {
                fs::remove_file(file.unwrap().path()).unwrap();
            }
        }),
        ("the database moved", |folder| {
            fs::rename(folder.join("nebula.db"), folder.join("away.db")).unwrap();
        }),
        ("the database replaced", |folder| {
            fs::copy(folder.join("nebula.db"), folder.join("copy.db")).unwrap();
            fs::rename(folder.join("copy.db"), folder.join("nebula.db")).unwrap();
        }),
        ("its log deleted", |folder| fs::remove_file(folder.join("nebula.db-wal")).unwrap()),
        ("the folder gone", |folder| fs::remove_dir_all(folder).unwrap()),
    ];
    for (what, take) in takes {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("inside");
        fs::create_dir(&inside).unwrap();
        let (mut server, mut alice) = serving(&inside.join("nebula.db")).await;
        take(&inside);
        is_refused(&mut alice).await;
        server.says("deleted, moved or replaced").await;
        server.is_ready(false).await;
        let answer = readiness(&server).await;
        assert!(answer.contains("was deleted, moved or replaced"), "{what}: {answer}");
        // What is in memory can still be read.
        alice.send(r#"{"type":"history","room":"dev"}"#).await;
        assert_eq!(alice.history().await.messages.len(), 1, "{what}");
    }
}

#[tokio::test]
async fn it_is_found_out_without_a_message_and_heals_when_the_file_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (mut server, mut alice) = serving(&path("nebula.db")).await;
    fs::rename(path("nebula.db"), path("away.db")).unwrap();
    server.is_ready(false).await;
    is_refused(&mut alice).await;
    fs::rename(path("away.db"), path("nebula.db")).unwrap();
    server.is_ready(true).await;
    server.says("are back in their place").await;
    alice.send(say("dev", "after")).await;
    assert_eq!(alice.message().await.content.as_str(), "after");
}

#[tokio::test]
async fn below_the_room_that_is_to_be_left_nothing_is_stored_and_all_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("nebula.db");
    let (mut before, _) = serving(&db).await;
    before.child.kill().await.unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    // More than any disk has.
    command.args(["--listen", "127.0.0.1:0", "--disk-free-min", "9000000000000000000", "--db"]);
    let server = Server::spawn(command.arg(&db)).await;
    let mut alice = server.connect(&query("dev", "Alice", "&since=0")).await;
    assert_eq!(alice.history().await.messages.len(), 1);
    alice.expect_entry().await;
    is_refused(&mut alice).await;
    let answer = readiness(&server).await;
    assert!(answer.contains(" 503 ") && answer.contains("--disk-free-min"), "{answer}");
}

/// Room on the disk of a folder, in bytes.
fn room(folder: &Path) -> u64 {
    let disk = rustix::fs::statvfs(folder).unwrap();
    disk.f_bavail * disk.f_frsize
}

#[tokio::test]
async fn when_the_disk_has_room_again_messages_are_stored_again() {
    let folder = tempfile::tempdir().unwrap();
    let ballast = folder.path().join("ballast");
    // What others do on the disk meanwhile is far less than either half of it.
    let room = room(folder.path());
    let bytes = (room / 2).min(4 << 30);
    let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    command.args(["--listen", "127.0.0.1:0", "--disk-free-min", &(room - bytes / 2).to_string()]);
    let db = folder.path().join("nebula.db");
    let mut server = Server::spawn(command.arg("--db").arg(&db)).await;
    let mut alice = server.connect(&query("dev", "Alice", "")).await;
    alice.expect_entry().await;
    let mut bob = server.connect(&query("dev", "Bob", "")).await;
    bob.expect_entry().await;
    for round in 0..2 {
        alice.send(say("dev", &format!("stored {round}"))).await;
        assert_eq!(bob.message().await, alice.message().await);
        let file = fs::File::create(&ballast).unwrap();
        let flags = rustix::fs::FallocateFlags::empty();
        rustix::fs::fallocate(&file, flags, 0, bytes).unwrap();
        server.is_ready(false).await;
        server.says("less than --disk-free-min").await;
        is_refused(&mut alice).await;
        fs::remove_file(&ballast).unwrap();
        drop(file);
        // Found out without a message.
        server.is_ready(true).await;
        server.says("has room again").await;
        alice.send(say_ref("dev", &format!("again {round}"), &format!("r{round}"))).await;
        assert_eq!(bob.message().await, alice.message().await);
    }
    let mut late = server.connect(&query("dev", "Late", "&since=0")).await;
    let found = late.history().await.messages;
    let texts: Vec<_> = found.iter().map(|message| message.content.as_str()).collect();
    assert_eq!(texts, ["stored 0", "again 0", "stored 1", "again 1"]);
}

#[tokio::test]
async fn metrics_tell_what_the_log_takes_and_that_a_reader_holds_it_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let config = Config { db: Db::File(path.clone()), message_rate: 0, ..Config::for_tests() };
    let server = TestServer::start_with(config).await;
    let mut alice = server.enter("dev", "Alice").await;
    let stuck = Connection::open(&path).unwrap();
    stuck.execute_batch("BEGIN; SELECT count(*) FROM messages").unwrap();
    for _ in 0..300 {
        alice.send(say("dev", &"x".repeat(4000))).await;
        alice.message().await;
    }
    let grown = async { while server.metric("nebula_wal_bytes").await < 1_200_000.0 {} };
    timeout(PATIENCE, grown).await.unwrap();
    assert!(server.metric("nebula_database_bytes").await > 0.0);
    assert!(server.metric("nebula_disk_free_bytes").await > 0.0);
}

async fn says(peer: &mut Peer, text: &str) -> ToClient {
    peer.send(say("dev", text)).await;
    loop {
        match peer.next().await {
            ToClient::Join { .. } | ToClient::Leave { .. } | ToClient::Presence(_) => {}
            told => return told,
        }
    }
}

/// Until it is too fast; bytes that were taken.
async fn fills(peer: &mut Peer) -> (usize, u64) {
    let text = "x".repeat(1000);
    let mut bytes = 0;
    loop {
        match says(peer, &text).await {
            ToClient::Message(_) => bytes += 1000,
            ToClient::Error(note) => {
                assert_eq!(note.code, Code::TooFast);
                return (bytes, note.retry_ms.unwrap());
            }
            other => panic!("{other:?}"),
        }
    }
}

fn limited(limit: &str) -> String {
    format!("nebula_limited_total{{limit=\"{limit}\"}}")
}

#[tokio::test]
async fn a_person_stores_so_many_bytes_a_day_however_often_they_come_back() {
    let limits = Limits { person_daily_bytes: Some(20_000), ..Limits::for_tests() };
    let config = Config { limits, message_rate: 0, ..Config::for_tests() };
    let server = TestServer::start_with(config).await;
    let mut alice = server.connect_with(&query("dev", "Alice", ""), Some(1)).await;
    alice.expect_entry().await;
    let (bytes, retry_ms) = fills(&mut alice).await;
    assert!((15_000..=20_000).contains(&bytes), "{bytes}");
    // A day's bytes are back after a day.
    assert!((60_000..24 * 60 * 60 * 1000).contains(&retry_ms), "{retry_ms}");
    drop(alice);
    let mut alice = server.connect_with(&query("dev", "Alice", ""), Some(1)).await;
    alice.expect_entry().await;
    assert_eq!(fills(&mut alice).await.0, 0);
    let mut bob = server.connect_with(&query("dev", "Bob", ""), Some(2)).await;
    bob.expect_entry().await;
    assert_eq!(fills(&mut bob).await.0, bytes);
    assert_eq!(server.metric(&limited("person_bytes")).await, 3.0);
}

#[tokio::test]
async fn an_address_stores_so_many_bytes_a_day_under_however_many_names_and_so_do_all() {
    let limits = Limits {
        trust_proxy: vec!["127.0.0.0/8".parse().unwrap()],
        address_daily_bytes: 20_000,
        daily_bytes: 50_000,
        ..Limits::for_tests()
    };
    let config = Config { limits, message_rate: 0, ..Config::for_tests() };
    let server = TestServer::start_with(config).await;
    let from = async |address: &str, name: &str| {
        let mut request = Peer::request(&server.url(&query("dev", name, "")), None).unwrap();
        let address = HeaderValue::from_str(address).unwrap();
        request.headers_mut().insert("X-Forwarded-For", address);
        let mut peer = Peer::dial_request(request).await.unwrap();
        peer.expect_entry().await;
        peer
    };
    let (bytes, _) = fills(&mut from("192.0.2.1", "Ann").await).await;
    assert!((15_000..=20_000).contains(&bytes), "{bytes}");
    assert_eq!(fills(&mut from("192.0.2.1", "Bob").await).await.0, 0);
    assert_eq!(server.metric(&limited("address_bytes")).await, 2.0);
    assert_eq!(fills(&mut from("192.0.2.2", "Cy").await).await.0, bytes);
    // This machine has no limit of its own, but there is one for all.
    let mut local = server.enter("dev", "Local").await;
    assert!(fills(&mut local).await.0 < bytes);
    assert_eq!(server.metric(&limited("daily_bytes")).await, 1.0);
}

/// Numbers of rows in the tables that know of rooms.
fn rows(db: &Path) -> [i64; 3] {
    let db = Connection::open(db).unwrap();
    ["rooms", "cleared", "messages"].map(|table| {
        db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    })
}

#[tokio::test]
async fn rooms_that_are_made_and_left_leave_nothing_once_they_are_cleared_away() {
    const ROOMS: usize = 100;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let upkeep = Upkeep {
        keep: Some(Duration::from_millis(1)),
        keep_every: Duration::from_millis(20),
        ..Upkeep::for_tests()
    };
    let db = Db::File(path.clone());
    let config = Config { db, upkeep, message_rate: 0, ..Config::for_tests() };
    let server = TestServer::start_with(config.clone()).await;
    let mut stays = server.enter("stays", "Alice").await;
    let mut last = protocol::MessageId::ZERO;
    for n in 0..ROOMS {
        let room = format!("r{n}");
        let mut peer = server.enter(&room, &format!("Bob{n}")).await;
        peer.send(say(&room, "x")).await;
        last = peer.message().await.id;
    }
    while rows(&path) != [0, 0, 0] {}
    // A room that somebody is in takes what is said as before, also when it was forgotten meanwhile.
    for _ in 0..3 {
        stays.send(say("stays", "here")).await;
        let told = stays.message().await;
        assert!(told.id > last);
        last = told.id;
        while rows(&path) != [0, 0, 0] {}
    }
    drop(stays);
    server.stop().await;
    // No id is given twice, and who comes back finds out where to go on.
    let kept = Config { upkeep: Upkeep::for_tests(), ..config };
    let server = TestServer::start_with(kept).await;
    let mut again = server.connect(&query("stays", "Alice", &format!("&since={last}"))).await;
    let history = again.history().await;
    assert_eq!((history.messages.len(), history.head, history.changed_more), (0, last, false));
    again.expect_entry().await;
    again.send(say("stays", "new")).await;
    assert!(again.message().await.id > last);
    again.send(r#"{"type":"history","room":"stays","before":9007199254740991}"#).await;
    assert_eq!(again.history().await.messages.len(), 1);
    assert_eq!(rows(&path), [1, 0, 1]);
}
