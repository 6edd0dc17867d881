//! How the index follows the messages.

use std::time::Duration;

use protocol::{Code, ToClient};
use rusqlite::Connection;
use serde_json::json;
use server::{Config, Db, Upkeep};
use tokio::time::{interval, timeout};

use super::{is_found, says_all, texts};
use crate::rooms::{ANN, ask, comes, join, private, refused, says};
use crate::support::harness::{PATIENCE, Peer, TestServer};

fn config(folder: &tempfile::TempDir) -> Config {
    let db = Db::File(folder.path().join("nebula.db"));
    Config { db, message_rate: 0, ..Config::for_tests() }
}

/// SQLite's own check of the index: that all its parts agree. What is in it is compared with `words` below.
fn is_whole(folder: &tempfile::TempDir) {
    let db = Connection::open(folder.path().join("nebula.db")).unwrap();
    db.execute_batch("INSERT INTO search (search) VALUES ('integrity-check')").unwrap();
}

/// All words that are anywhere in the index.
fn words(folder: &tempfile::TempDir) -> Vec<String> {
    let db = Connection::open(folder.path().join("nebula.db")).unwrap();
    db.execute_batch("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, search, 'col')")
        .unwrap();
    let mut words =
        db.prepare("SELECT term FROM vocabulary WHERE col = 'text' ORDER BY term").unwrap();
    let words = words.query_map([], |row| row.get(0)).unwrap();
    words.collect::<Result<_, _>>().unwrap()
}

#[tokio::test]
async fn an_edit_and_a_deletion_take_words_out_and_put_others_in() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(config(&folder)).await;
    let mut ann = comes(&server, ANN).await;
    let ids = says_all(&mut ann, "lobby", &["old words", "go away", "stay"]).await;
    let edit = json!({"type": "edit", "room": "lobby", "message": ids[0], "content": "new words"});
    ask(&mut ann, edit).await;
    ask(&mut ann, json!({"type": "delete", "room": "lobby", "message": ids[1]})).await;
    for (query, wanted) in
        [("old", &[][..]), ("new", &["new words"]), ("words", &["new words"]), ("away", &[])]
    {
        assert_eq!(texts(&mut ann, query).await, wanted, "{query:?}");
    }
    // Before it is in the index, too.
    let id = says(&mut ann, "lobby", "early one").await;
    let edit = json!({"type": "edit", "room": "lobby", "message": id, "content": "early two"});
    ask(&mut ann, edit).await;
    let gone = says(&mut ann, "lobby", "never found").await;
    ask(&mut ann, json!({"type": "delete", "room": "lobby", "message": gone})).await;
    let last = says(&mut ann, "lobby", "the last").await;
    is_found(&mut ann, "last", last).await;
    assert_eq!(texts(&mut ann, "early").await, ["early two"]);
    assert!(texts(&mut ann, "one").await.is_empty() && texts(&mut ann, "never").await.is_empty());
    server.stop().await;
    is_whole(&folder);
    assert_eq!(words(&folder), ["early", "last", "new", "stay", "the", "two", "words"]);
}

#[tokio::test]
async fn what_is_cleared_away_and_rooms_that_end_leave_no_word_behind() {
    let folder = tempfile::tempdir().unwrap();
    let keep_every = Duration::from_millis(20);
    let upkeep = Upkeep { keep_messages: 3, keep_every, ..Upkeep::for_tests() };
    let server = TestServer::start_with(Config { upkeep, ..config(&folder) }).await;
    let mut ann = comes(&server, ANN).await;
    let room = private(&mut ann, "Ops").await;
    join(&mut ann, &room).await;
    says_all(&mut ann, &room, &["short lived"]).await;
    for n in 0..9 {
        says(&mut ann, "lobby", &format!("word{n} common")).await;
    }
    let last = says(&mut ann, "lobby", "the end").await;
    is_found(&mut ann, "end", last).await;
    ask(&mut ann, json!({"type": "remove", "room": room, "user": "Ann"})).await;
    while server.metric("nebula_cleared_total").await < 7.0 {}
    assert_eq!(texts(&mut ann, "common").await, ["word8 common", "word7 common"]);
    server.stop().await;
    is_whole(&folder);
    assert_eq!(words(&folder), ["common", "end", "the", "word7", "word8"]);
}

#[tokio::test]
async fn a_deleted_word_is_gone_from_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(config(&folder)).await;
    let mut ann = comes(&server, ANN).await;
    let word = "жqxzvkwjpyf";
    let ids = says_all(&mut ann, "lobby", &["around it", word]).await;
    let is_there = || {
        ["nebula.db", "nebula.db-wal"].iter().any(|name| {
            let bytes = std::fs::read(folder.path().join(name)).unwrap();
            bytes.windows(8).any(|some| some == b"xzvkwjpy")
        })
    };
    assert!(is_there());
    ask(&mut ann, json!({"type": "delete", "room": "lobby", "message": ids[1]})).await;
    let gone = async {
        let mut often = interval(Duration::from_millis(20));
        while is_there() {
            often.tick().await;
        }
    };
    timeout(PATIENCE, gone).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn a_database_without_an_index_gets_one_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(config(&folder)).await;
    let mut ann = comes(&server, ANN).await;
    for n in 0..300 {
        says(&mut ann, "lobby", &format!("number {n}")).await;
    }
    drop(ann);
    server.stop().await;
    let file = Connection::open(folder.path().join("nebula.db")).unwrap();
    let empty = "INSERT INTO search (search) VALUES ('delete-all'); UPDATE indexed SET upto = 0";
    file.execute_batch(empty).unwrap();
    drop(file);
    let server = TestServer::start_with(config(&folder)).await;
    let mut ann = comes(&server, ANN).await;
    let last = says(&mut ann, "lobby", "said meanwhile").await;
    is_found(&mut ann, "meanwhile", last).await;
    assert_eq!(texts(&mut ann, "number 0").await, ["number 0"]);
    assert_eq!(texts(&mut ann, "299").await, ["number 299"]);
    server.stop().await;
    is_whole(&folder);
}

/// A database with three messages, and all of the index damaged but the records that say how it is laid out.
async fn damaged(folder: &tempfile::TempDir) -> Vec<u64> {
    let server = TestServer::start_with(config(folder)).await;
    let mut ann = comes(&server, ANN).await;
    let ids = says_all(&mut ann, "lobby", &["first word", "second word", "third word"]).await;
    drop(ann);
    server.stop().await;
    let file = Connection::open(folder.path().join("nebula.db")).unwrap();
    let damage = "UPDATE search_data SET block = x'ffffffffffffffff' WHERE id > 10";
    assert!(file.execute(damage, []).unwrap() > 0);
    ids
}

/// Waits until a word is found in these again.
async fn finds_again(ann: &mut Peer, wanted: &[&str]) {
    let found = async {
        let mut often = interval(Duration::from_millis(50));
        loop {
            often.tick().await;
            let search = json!({"type": "search", "query": "word"});
            if let ToClient::Found(found) = ask(ann, search).await
                && found.messages.iter().map(|it| it.content.as_str()).eq(wanted.iter().copied())
            {
                return;
            }
        }
    };
    timeout(PATIENCE, found).await.unwrap();
}

#[tokio::test]
async fn a_deletion_does_not_fail_for_a_damaged_index_which_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let ids = damaged(&folder).await;
    let server = TestServer::start_with(config(&folder)).await;
    let mut ann = comes(&server, ANN).await;
    let delete = json!({"type": "delete", "room": "lobby", "message": ids[1]});
    let deleted = ask(&mut ann, delete).await;
    assert!(matches!(deleted, ToClient::Deleted(_)), "{deleted:?}");
    finds_again(&mut ann, &["third word", "first word"]).await;
    server.stop().await;
    is_whole(&folder);
}

#[tokio::test]
async fn an_index_that_a_search_finds_damaged_is_made_anew_with_the_next_message() {
    let folder = tempfile::tempdir().unwrap();
    damaged(&folder).await;
    let server = TestServer::start_with(config(&folder)).await;
    let mut ann = comes(&server, ANN).await;
    assert_eq!(
        refused(&mut ann, json!({"type": "search", "query": "word"})).await,
        Code::Unavailable
    );
    says(&mut ann, "lobby", "another").await;
    finds_again(&mut ann, &["third word", "second word", "first word"]).await;
    server.stop().await;
    is_whole(&folder);
}
