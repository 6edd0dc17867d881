//! Up to where somebody has read a room: told to their other devices, and what is unread from there.

use std::time::Duration;

use protocol::{Code, ToClient, UNREAD_MAX};
use rusqlite::Connection;
use serde_json::json;
use server::{Config, Db};
use tokio::time::interval;

use super::{entry, has_read, hears, reads, says, sets, unread};
use crate::rooms::{ANN, BOB, CY, added, ask, comes, comes_to, join, private, refused, until};
use crate::support::harness::{TestServer, query};

#[tokio::test]
async fn a_marker_goes_forward_and_is_told_to_ones_other_devices_alone() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut phone = comes(&server, ANN).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    let mut cy = comes_to(&server, "dev", CY).await;
    let first = says(&mut bob, "dev", "one").await;
    let second = says(&mut bob, "dev", "two").await;
    reads(&mut ann, "dev", second.id.get()).await;
    assert_eq!(has_read(&mut phone).await, ("dev".to_owned(), second.id.get()));
    reads(&mut ann, "dev", first.id.get()).await;
    reads(&mut ann, "dev", second.id.get()).await;
    let third = says(&mut bob, "dev", "three").await;
    hears(&mut ann, &third).await;
    // Beyond the newest is the newest, and what went back or nowhere was not told.
    reads(&mut ann, "dev", u64::from(u32::MAX) << 20).await;
    assert_eq!(has_read(&mut phone).await, ("dev".to_owned(), third.id.get()));
    says(&mut cy, "dev", "the end").await;
    for peer in [&mut ann, &mut bob] {
        let is_over = |it: &ToClient| match it {
            ToClient::Read(read) => panic!("{read:?}"),
            ToClient::Message(message) => message.content.as_str() == "the end",
            _ => false,
        };
        until(peer, is_over).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn of_a_room_that_nobody_read_yet_the_newest_is_looked_up() {
    let server = TestServer::start().await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    let said = says(&mut bob, "dev", "one").await;
    drop(bob);
    let mut phone = comes(&server, ANN).await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    reads(&mut ann, "dev", said.id.get() + 1000).await;
    assert_eq!(has_read(&mut phone).await, ("dev".to_owned(), said.id.get()));
    server.stop().await;
}

#[tokio::test]
async fn what_is_unread_counts_from_the_marker_without_ones_own_and_the_deleted() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    says(&mut bob, "dev", "before").await;
    sets(&mut ann, json!({"room": "dev", "joined": true})).await;
    assert_eq!(unread(&mut ann, "dev").await, (0, 0), "it begins at the newest");
    let first = says(&mut bob, "dev", "one").await;
    let second = says(&mut bob, "dev", "two").await;
    says(&mut bob, "dev", "three").await;
    let now = entry(&mut ann, "dev").await.reading;
    assert_eq!((now.unread, now.mentions), (3, 0));
    assert!(now.head > Some(second.id) && now.read < Some(first.id), "{now:?}");
    ask(&mut bob, json!({"type": "delete", "room": "dev", "message": second.id})).await;
    assert_eq!(unread(&mut ann, "dev").await, (2, 0));
    // At once, though it is stored later.
    reads(&mut ann, "dev", first.id.get()).await;
    assert_eq!(unread(&mut ann, "dev").await, (1, 0));
    let own = says(&mut ann, "dev", "mine").await;
    let now = entry(&mut ann, "dev").await.reading;
    assert_eq!((now.unread, now.read), (0, Some(own.id)), "one's own message moves it");
    server.stop().await;
}

#[tokio::test]
async fn a_marker_lasts_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let db = || Db::File(folder.path().join("n.db"));
    let config = || Config { db: db(), ..Config::for_tests() };
    let server = TestServer::start_with(config()).await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    sets(&mut ann, json!({"room": "dev", "joined": true})).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    let first = says(&mut bob, "dev", "one").await;
    says(&mut bob, "dev", "two").await;
    reads(&mut ann, "dev", first.id.get()).await;
    assert_eq!(unread(&mut ann, "dev").await, (1, 0));
    server.stop().await;
    let server = TestServer::start_with(config()).await;
    let mut ann = comes(&server, ANN).await;
    let now = entry(&mut ann, "dev").await.reading;
    assert_eq!((now.unread, now.read), (1, Some(first.id)));
    server.stop().await;
}

#[tokio::test]
async fn a_marker_is_stored_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("n.db");
    let db = Db::File(path.clone());
    let server = TestServer::start_with(Config { db, ..Config::for_tests() }).await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    let said = says(&mut bob, "dev", "one").await;
    hears(&mut ann, &said).await;
    reads(&mut ann, "dev", said.id.get()).await;
    let db = Connection::open(&path).unwrap();
    let stored = || {
        let select = "SELECT read FROM markers JOIN names USING (person) WHERE name = 'Ann'";
        db.query_row(select, [], |row| row.get::<_, i64>(0)).ok()
    };
    let mut ticks = interval(Duration::from_millis(50));
    while stored() != Some(said.id.get().cast_signed()) {
        ticks.tick().await;
    }
    server.stop().await;
}

#[tokio::test]
async fn no_more_than_the_most_are_counted() {
    let limits = Config::for_tests();
    let server = TestServer::start_with(Config { message_rate: 0, ..limits }).await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    sets(&mut ann, json!({"room": "dev", "joined": true})).await;
    drop(ann);
    let mut bob = comes_to(&server, "dev", BOB).await;
    for n in 0..UNREAD_MAX + 5 {
        says(&mut bob, "dev", &format!("{n} @Ann")).await;
    }
    let mut ann = comes(&server, ANN).await;
    assert_eq!(unread(&mut ann, "dev").await, (UNREAD_MAX, UNREAD_MAX));
    server.stop().await;
}

#[tokio::test]
async fn who_is_added_to_a_room_has_read_what_was_said_before() {
    let server = TestServer::start().await;
    let mut ann = comes(&server, ANN).await;
    let mut bob = comes(&server, BOB).await;
    let room = private(&mut ann, "Ops").await;
    join(&mut ann, &room).await;
    says(&mut ann, &room, "before").await;
    added(&mut ann, &room, "Bob").await;
    assert_eq!(unread(&mut bob, &room).await, (0, 0));
    says(&mut ann, &room, "after").await;
    assert_eq!(unread(&mut bob, &room).await, (1, 0));
    // Who comes back begins anew.
    ask(&mut ann, json!({"type": "remove", "room": room, "user": "Bob"})).await;
    says(&mut ann, &room, "without him").await;
    added(&mut ann, &room, "Bob").await;
    assert_eq!(unread(&mut bob, &room).await, (0, 0));
    server.stop().await;
}

#[tokio::test]
async fn only_who_has_a_name_and_is_in_the_room_has_a_marker() {
    let server = TestServer::start().await;
    let mut guest = server.connect(&query("dev", "Zoe", "")).await;
    guest.expect_entry().await;
    reads(&mut guest, "dev", 1).await;
    assert_eq!(guest.refusal().await, Code::NoName);
    assert_eq!(refused(&mut guest, json!({"type": "mentions"})).await, Code::NoName);
    let mut cy = comes(&server, CY).await;
    reads(&mut cy, "dev", 1).await;
    assert_eq!(cy.refusal().await, Code::NotInRoom);
    reads(&mut cy, "+0123456789abcdef", 1).await;
    assert_eq!(cy.refusal().await, Code::NoSuchRoom);
    server.stop().await;
}
