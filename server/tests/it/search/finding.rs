//! What a query finds.

use protocol::{Code, HISTORY_BYTES_MAX, ToClient};
use serde_json::json;
use server::Config;

use super::{found, is_found, says_all, texts};
use crate::rooms::{ANN, BOB, ask, comes, comes_to, join, private, refused, says};
use crate::support::harness::TestServer;

#[tokio::test]
async fn words_phrases_prefixes_and_what_must_not_be_there() {
    let server = TestServer::start().await;
    let mut ann = comes(&server, ANN).await;
    let said = [
        "The blue bird sings",
        "A bird that is blue",
        "Bluebirds sing, too",
        "CAFÉ at noon",
        "上海之春",
        "NOT AND \"OR\" text:x",
        "🚀 done",
    ];
    says_all(&mut ann, "lobby", &said).await;
    for (query, wanted) in [
        ("bird", &[1, 0][..]),
        ("\"blue bird\"", &[0]),
        ("blue*", &[2, 1, 0]),
        ("blue* -bird", &[2]),
        ("bird -\"blue bird\"", &[1]),
        ("bird noon", &[]),
        ("cafe", &[3]),
        ("Café NOON", &[3]),
        ("海", &[4]),
        ("上海", &[4]),
        ("海上", &[]),
        ("上 春", &[4]),
        ("not and or", &[5]),
        ("text:x", &[5]),
        ("NEAR(", &[]),
        ("^x {text} : \"\" * + (", &[5]),
        ("🚀", &[6]),
        ("", &[]),
        ("...", &[]),
        ("-bird", &[6, 5, 4, 3, 2]),
        ("has:file", &[]),
        ("-has:file", &[]),
        ("bird before:soon", &[]),
    ] {
        let wanted: Vec<_> = wanted.iter().map(|at| said[*at]).collect();
        assert_eq!(texts(&mut ann, query).await, wanted, "{query:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn filters_of_who_where_and_what() {
    let server = TestServer::start().await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes_to(&server, "Dev", BOB).await);
    let room = private(&mut ann, "Big plans").await;
    join(&mut ann, &room).await;
    says(&mut ann, &room, "tea in secret").await;
    says(&mut bob, "Dev", "tea from Bob, https://a.example/x").await;
    let mut guest = server.enter("Dev", "Guest of Ann").await;
    guest.send(crate::support::harness::say("Dev", "tea from a guest")).await;
    guest.message().await;
    let last = says(&mut ann, "lobby", "tea from Ann").await;
    is_found(&mut ann, "tea", last).await;
    for (query, wanted) in [
        ("tea from:ANN", &["tea from Ann", "tea in secret"][..]),
        ("from:@Bob", &["tea from Bob, https://a.example/x"]),
        ("from:\"Guest of ann\"", &["tea from a guest"]),
        ("from:nobody", &[]),
        ("tea -from:Ann -from:bob", &["tea from a guest"]),
        ("in:dev tea", &["tea from a guest", "tea from Bob, https://a.example/x"]),
        ("in:#lobby", &["tea from Ann"]),
        ("in:\"big Plans\"", &["tea in secret"]),
        (&format!("in:{room}"), &["tea in secret"]),
        ("tea in:nowhere", &[]),
        ("tea -in:nowhere -in:dev -in:lobby", &["tea in secret"]),
        ("has:link", &["tea from Bob, https://a.example/x"]),
        ("tea -has:link in:dev", &["tea from a guest"]),
        ("tea in:dev in:lobby", &[]),
    ] {
        assert_eq!(texts(&mut ann, query).await, wanted, "{query:?}");
    }
    let (here, _) = found(&mut ann, json!({"query": "tea", "room": "dev"})).await;
    assert_eq!(here.len(), 2);
    let (nowhere, more) = found(&mut ann, json!({"query": "tea", "room": "nowhere"})).await;
    assert!(nowhere.is_empty() && !more);
    server.stop().await;
}

#[tokio::test]
async fn days_begin_at_midnight_in_utc() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("nebula.db");
    let config = Config { db: server::Db::File(db.clone()), ..Config::for_tests() };
    let server = TestServer::start_with(config.clone()).await;
    let mut ann = comes(&server, ANN).await;
    for text in ["day one", "day two", "day three", "day four"] {
        says(&mut ann, "lobby", text).await;
    }
    drop(ann);
    server.stop().await;
    // 2001-02-02 23:59:59.999, 2001-02-03 00:00, 2001-02-03 23:59:59.999 and a year later. What is in the index is
    // left out of it before its time is another one.
    let file = rusqlite::Connection::open(&db).unwrap();
    for (at, text) in [
        (981_158_399_999_i64, "day one"),
        (981_158_400_000, "day two"),
        (981_244_799_999, "day three"),
        (1_012_694_400_000, "day four"),
    ] {
        file.execute("UPDATE messages SET at = ?1 WHERE content = ?2", (at, text)).unwrap();
    }
    file.execute_batch(
        "INSERT INTO search (search) VALUES ('delete-all'); UPDATE indexed SET upto = 0",
    )
    .unwrap();
    drop(file);
    let server = TestServer::start_with(config).await;
    let mut ann = comes(&server, ANN).await;
    let last = says(&mut ann, "lobby", "day today").await;
    is_found(&mut ann, "today", last).await;
    for (query, wanted) in [
        ("day before:2001-02-03", &["day one"][..]),
        ("day after:2001-02-03 before:2001-02-04", &["day three", "day two"]),
        ("before:2001-02-04", &["day three", "day two", "day one"]),
        ("after:2002-01-01", &["day today", "day four"]),
        ("day -after:2001-02-03", &["day one"]),
        ("day -before:2002-02-03", &["day today", "day four"]),
        ("day after:2001-02-04 before:2001-02-03", &[]),
        ("day before:9999-12-31", &["day today", "day four", "day three", "day two", "day one"]),
    ] {
        assert_eq!(texts(&mut ann, query).await, wanted, "{query:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn it_comes_in_pages_as_the_messages_are_now() {
    let server = TestServer::start().await;
    let mut ann = comes(&server, ANN).await;
    let ids = says_all(&mut ann, "lobby", &["a x1", "b x2", "c x3", "d x4", "e x5"]).await;
    let react =
        json!({"type": "react", "room": "lobby", "message": ids[3], "emoji": "👍", "on": true});
    ask(&mut ann, react).await;
    let (first, more) = found(&mut ann, json!({"query": "x*", "limit": 2})).await;
    let seen: Vec<_> = first.iter().map(|it| (it.id.get(), it.reactions.len())).collect();
    assert_eq!((seen, more), (vec![(ids[4], 0), (ids[3], 1)], true));
    let question = json!({"query": "x*", "before": ids[3], "limit": 3});
    let (rest, more) = found(&mut ann, question).await;
    assert_eq!((rest.len(), rest[2].id.get(), more), (3, ids[0], false));
    let (none, more) = found(&mut ann, json!({"query": "x*", "limit": 0})).await;
    assert!(none.is_empty() && more);
    server.stop().await;
}

#[tokio::test]
async fn an_answer_stays_within_its_bytes() {
    let server = TestServer::start().await;
    let mut ann = comes(&server, ANN).await;
    let long = "\u{1F680}".repeat(4000);
    let mut last = 0;
    for n in 0..12 {
        last = says(&mut ann, "lobby", &format!("long {n} {long}")).await;
    }
    is_found(&mut ann, "11", last).await;
    let (first, more) = found(&mut ann, json!({"query": "long"})).await;
    assert!(more && first.len() < 12);
    let envelope = protocol::MessageList { messages: first.clone(), more, reference: None };
    assert!(ToClient::Found(envelope).encode().len() < HISTORY_BYTES_MAX);
    let (rest, more) =
        found(&mut ann, json!({"query": "long", "before": first.last().unwrap().id})).await;
    assert_eq!((first.len() + rest.len(), more), (12, false));
    server.stop().await;
}

#[tokio::test]
async fn a_query_is_refused_for_its_length_alone() {
    let server = TestServer::start().await;
    let mut ann = comes(&server, ANN).await;
    let last = says(&mut ann, "lobby", "a b").await;
    is_found(&mut ann, "b", last).await;
    let many = "a ".repeat(512);
    assert_eq!(texts(&mut ann, &many).await, ["a b"]);
    assert_eq!(texts(&mut ann, &format!("a {}", "-c ".repeat(340))).await, ["a b"]);
    let question = json!({"type": "search", "query": format!("{many}x")});
    assert_eq!(refused(&mut ann, question).await, Code::BadField);
    let question = json!({"type": "search"});
    assert_eq!(refused(&mut ann, question).await, Code::BadField);
    server.stop().await;
}
