//! Many rooms: a list of ten thousand, and ten devices that come back to two hundred each. What they take is
//! told, not checked: machines that run tests may be slow.

use std::time::Instant;

use protocol::{ROOMS_MAX, ToClient};
use rusqlite::Connection;
use serde_json::json;
use server::{Config, Db};

use super::limits::unlimited;
use super::{ANN, BOB, added, addresses, comes, list, private};
use crate::support::harness::{Peer, TestServer};

const ROOMS: i64 = 10_000;
const KEPT: usize = 200;
const DEVICES: usize = 10;

fn stored(folder: &tempfile::TempDir) -> Config {
    Config { db: Db::File(folder.path().join("nebula.db")), ..unlimited() }
}

#[tokio::test]
async fn ten_thousand_rooms_are_listed_page_by_page() {
    let folder = tempfile::tempdir().unwrap();
    TestServer::start_with(stored(&folder)).await.stop().await;
    let db = Connection::open(folder.path().join("nebula.db")).unwrap();
    let numbers = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)";
    let rooms = format!(
        "{numbers} INSERT INTO rooms (key, name, sort, topic_key)
        SELECT printf('room-%05d', n), printf('Room-%05d', n), printf('room-%05d', n),
            'about things that happen in room ' || n FROM n"
    );
    assert_eq!(db.execute(&rooms, [ROOMS]).unwrap(), 10_000);
    let topics = "INSERT INTO topics (id, room, author, owner, content, at)
        SELECT id, id, 'Ann', 'ann', 'About ' || topic_key, 1 FROM rooms";
    db.execute(topics, []).unwrap();
    drop(db);
    let server = TestServer::start_with(stored(&folder)).await;
    let mut ann = comes(&server, ANN).await;
    for (question, first) in [
        (json!({"type": "rooms"}), "lobby"),
        (json!({"type": "rooms", "after": "room-05000"}), "Room-05001"),
        (json!({"type": "rooms", "query": "room 9999"}), "Room-09999"),
        (json!({"type": "rooms", "query": "nowhere"}), ""),
    ] {
        let began = Instant::now();
        let found = list(&mut ann, question.clone()).await;
        println!("{question}: {:?}", began.elapsed());
        assert_eq!(addresses(&found).first().copied().unwrap_or_default(), first);
        assert_eq!(found.more, found.rooms.len() == ROOMS_MAX);
    }
}

/// Comes back to all rooms with what it knows, and waits until it has all of them.
async fn comes_back(server: &TestServer, rooms: &[String]) -> Peer {
    let mut peer = comes(server, BOB).await;
    for room in rooms {
        peer.send(json!({"type": "join", "room": room, "since": 1}).to_string()).await;
    }
    let mut told = 0;
    while told < rooms.len() {
        match peer.next().await {
            ToClient::Room(_) => told += 1,
            ToClient::Error(note) => panic!("{note:?}"),
            _ => {}
        }
    }
    peer
}

#[tokio::test]
async fn ten_devices_come_back_to_two_hundred_rooms_each_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(stored(&folder)).await;
    let (mut ann, bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let mut rooms = Vec::new();
    // The lobby is one more.
    for n in 1..KEPT {
        let room = private(&mut ann, &format!("room {n}")).await;
        added(&mut ann, &room, "Bob").await;
        rooms.push(room);
    }
    drop((ann, bob));
    server.stop().await;
    let server = TestServer::start_with(stored(&folder)).await;
    let began = Instant::now();
    let devices = (0..DEVICES).map(|_| comes_back(&server, &rooms));
    let devices = futures_util::future::join_all(devices).await;
    println!("{} devices in {} rooms: {:?}", devices.len(), rooms.len() + 1, began.elapsed());
}
