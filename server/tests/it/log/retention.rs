//! Old messages go, from the old end, while everything else goes on.

use std::time::Duration;

use protocol::{History, MessageId, ToClient};
use rusqlite::Connection;
use server::{Config, Db, Upkeep};
use tokio::time::timeout;

use crate::people::moderation::{self, MOD_KEY};
use crate::support::harness::{PATIENCE, Peer, TestServer, query, say};

/// Says so many things in a room; their ids.
async fn say_many(peer: &mut Peer, room: &str, count: usize) -> Vec<MessageId> {
    let mut ids = Vec::new();
    for n in 0..count {
        peer.send(say(room, &format!("{room} {n}"))).await;
        ids.push(peer.message().await.id);
    }
    ids
}

async fn ask(peer: &mut Peer, room: &str, more: &str) -> (Vec<MessageId>, History) {
    peer.send(format!(r#"{{"type":"history","room":"{room}"{more}}}"#)).await;
    let history = loop {
        if let ToClient::History(history) = peer.next().await {
            break history;
        }
    };
    (history.messages.iter().map(|message| message.id).collect(), history)
}

async fn resume(server: &TestServer, room: &str, since: MessageId) -> (Vec<MessageId>, History) {
    let mut peer = server.connect(&query(room, "Carol", &format!("&since={since}"))).await;
    let history = peer.history().await;
    (history.messages.iter().map(|message| message.id).collect(), history)
}

async fn cleared(server: &TestServer, count: f64) {
    while server.metric("nebula_cleared_total").await < count {}
    assert_eq!(server.metric("nebula_cleared_total").await, count);
}

#[tokio::test]
async fn each_room_keeps_its_newest_messages_and_ids_and_pages_stay_right() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::File(folder.path().join("nebula.db"));
    let keep_every = Duration::from_millis(20);
    let upkeep = Upkeep { keep_messages: 5, keep_every, ..Upkeep::for_tests() };
    let config = Config { db, upkeep, message_rate: 0, ..Config::for_tests() };
    let server = TestServer::start_with(config.clone()).await;
    let mut alice = server.enter("dev", "Alice").await;
    let ids = say_many(&mut alice, "dev", 1207).await;
    cleared(&server, 1202.0).await;
    let newest = &ids[1202..];
    // From memory, from the database, and for who missed what was cleared away.
    for more in ["", r#","limit":200"#, &format!(r#","before":{}"#, newest[4].get() + 1)] {
        let (found, history) = ask(&mut alice, "dev", more).await;
        assert_eq!((&found[..], history.more, history.head), (newest, false, newest[4]), "{more}");
    }
    for since in [MessageId::ZERO, ids[3], ids[1201]] {
        let (found, history) = resume(&server, "dev", since).await;
        assert_eq!((&found[..], history.more), (newest, false), "{since}");
    }
    let (found, history) = ask(&mut alice, "dev", &format!(r#","before":{}"#, newest[0])).await;
    assert_eq!((found.len(), history.more), (0, false));
    drop(alice);
    server.stop().await;
    let server = TestServer::start_with(config).await;
    let (found, history) = resume(&server, "dev", ids[1203]).await;
    assert_eq!((&found[..], history.more), (&newest[2..], false));
}

#[tokio::test]
async fn what_is_too_old_goes_and_a_room_that_is_empty_then_keeps_its_head() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let config = Config { db: Db::File(path.clone()), message_rate: 0, ..Config::for_tests() };
    let server = TestServer::start_with(config.clone()).await;
    let mut alice = server.enter("old", "Alice").await;
    say_many(&mut alice, "old", 600).await;
    alice.send(r#"{"type":"join","room":"dev"}"#).await;
    alice.expect_entry().await;
    let recent = say_many(&mut alice, "dev", 3).await;
    drop(alice);
    server.stop().await;
    // Forty days later.
    const FORTY_DAYS_MS: i64 = 40 * 24 * 60 * 60 * 1000;
    let db = Connection::open(&path).unwrap();
    let room = "room = (SELECT id FROM rooms WHERE key = 'old')";
    let aged = format!("UPDATE messages SET id = id - ?1 * 1000, at = at - ?1 WHERE {room}");
    assert_eq!(db.execute(&aged, [FORTY_DAYS_MS]).unwrap(), 600);
    let head = db.query_row(&format!("SELECT max(id) FROM messages WHERE {room}"), [], |row| {
        row.get::<_, i64>(0)
    });
    let head = MessageId::try_from(u64::try_from(head.unwrap()).unwrap()).unwrap();
    drop(db);
    let keep = Some(Duration::from_secs(30 * 24 * 60 * 60));
    let config = Config { upkeep: Upkeep { keep, ..Upkeep::for_tests() }, ..config };
    let server = TestServer::start_with(config).await;
    cleared(&server, 600.0).await;
    for since in [MessageId::ZERO, head] {
        let (found, history) = resume(&server, "old", since).await;
        assert_eq!((found.len(), history.more, history.head), (0, false, head));
    }
    assert_eq!(resume(&server, "dev", MessageId::ZERO).await.0, recent);
    let mut alice = server.enter("old", "Alice").await;
    let new = say_many(&mut alice, "old", 1).await;
    assert!(new[0] > recent[2]);
    assert_eq!(resume(&server, "old", head).await.0, new);
}

#[tokio::test]
async fn thousands_of_rooms_with_nothing_to_delete_do_not_hold_up_the_one_that_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let keep_every = Duration::from_millis(20);
    let upkeep = Upkeep { keep_messages: 5, keep_every, ..Upkeep::for_tests() };
    let db = Db::File(path.clone());
    let config = Config { db, upkeep, message_rate: 0, ..Config::for_tests() };
    TestServer::start_with(config.clone()).await.stop().await;
    let rooms = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 8000)
        INSERT INTO rooms (key) SELECT 'quiet' || n FROM n";
    assert_eq!(Connection::open(&path).unwrap().execute(rooms, []).unwrap(), 8000);
    let server = TestServer::start_with(config).await;
    let mut alice = server.enter("dev", "Alice").await;
    say_many(&mut alice, "dev", 7).await;
    timeout(PATIENCE, cleared(&server, 2.0)).await.unwrap();
}

/// Deletions of messages are cleared away with what is as old as they are; a client that could have
/// missed one of those is told to begin anew.
#[tokio::test]
async fn deletions_go_with_what_is_old_and_who_missed_them_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let keep_every = Duration::from_millis(20);
    let upkeep = Upkeep { keep_messages: 5, keep_every, ..Upkeep::for_tests() };
    let config = Config { upkeep, ..moderation::config(folder.path()) };
    let server = TestServer::start_with(config.clone()).await;
    let mut moderator = server.connect_with(&query("dev", "Mod", ""), Some(MOD_KEY)).await;
    moderator.expect_entry().await;
    let mut ids = say_many(&mut moderator, "dev", 5).await;
    moderator.send(format!(r#"{{"type":"delete","room":"dev","message":{}}}"#, ids[4])).await;
    while !matches!(moderator.next().await, ToClient::Deleted(_)) {}
    ids.extend(say_many(&mut moderator, "dev", 5).await);
    cleared(&server, 5.0).await;
    // The message is gone, and there is no state of it to tell: who has it still begins anew.
    let (found, history) = resume(&server, "dev", ids[4]).await;
    assert_eq!((&found[..], history.changed, history.changed_more), (&ids[5..], vec![], true));
    let (found, history) = resume(&server, "dev", ids[5]).await;
    assert_eq!((&found[..], history.changed_more), (&ids[6..], false));
    ids.extend(say_many(&mut moderator, "dev", 1).await);
    cleared(&server, 6.0).await;
    drop(moderator);
    let (since_before, since_after) = (ids[4], ids[5]);
    let check = async |server: &TestServer| {
        let (found, history) = resume(server, "dev", since_before).await;
        assert_eq!((&found[..], history.changed.len()), (&ids[6..], 0));
        assert!(history.changed_more, "it may have one that was deleted");
        let (found, history) = resume(server, "dev", since_after).await;
        assert_eq!((&found[..], history.changed_more), (&ids[6..], false));
    };
    check(&server).await;
    server.stop().await;
    let server = TestServer::start_with(config).await;
    check(&server).await;
}
