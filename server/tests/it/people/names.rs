//! Whose name it is.

use protocol::{Code, ToClient};
use rusqlite::Connection;
use server::{Config, Db};

use crate::support::harness::{TestServer, query, say};

#[tokio::test]
async fn a_name_in_use_is_refused_to_everybody_else() {
    let server = TestServer::start().await;
    let mut alice = server.connect_with(&query("dev", "Alice", ""), Some(1)).await;
    alice.expect_entry().await;
    for (name, key) in [("Alice", None), ("alice", Some(2)), ("ALICE", None)] {
        let mut other = server.connect_with(&query("ops", name, ""), key).await;
        other.expect_refusal(Code::NameTaken, 4001).await;
    }
    alice.silence().await;
}

#[tokio::test]
async fn without_a_key_a_name_is_for_one_connection() {
    let server = TestServer::start().await;
    let bob = server.enter("dev", "Bob").await;
    let mut second = server.connect("room=dev&username=Bob").await;
    second.expect_refusal(Code::NameTaken, 4001).await;
    let mut keyed = server.connect_with(&query("dev", "Bob", ""), Some(1)).await;
    keyed.expect_refusal(Code::NameTaken, 4001).await;
    let mut watcher = server.enter("dev", "Watcher").await;
    drop(bob);
    while watcher.presence().await.len() > 1 {}
    server.enter("dev", "bob").await;
}

#[tokio::test]
async fn the_same_key_is_the_same_person_in_any_room() {
    let server = TestServer::start().await;
    let mut first = server.connect_with(&query("dev", "Alice", ""), Some(1)).await;
    first.expect_entry().await;
    let mut second = server.connect_with(&query("ops", "alice", ""), Some(1)).await;
    let ToClient::Join(protocol::Joined { sender, .. }) = second.next().await else { panic!() };
    assert_eq!(sender.as_str(), "Alice", "spelt as the first connection spelt it");
}

#[tokio::test]
async fn who_names_nobody_is_a_guest() {
    let server = TestServer::start().await;
    let mut names = std::collections::BTreeSet::new();
    for query in ["room=dev", "room=dev&username=", ""] {
        let mut guest = server.connect(query).await;
        let ToClient::Join(protocol::Joined { sender, .. }) = guest.next().await else { panic!() };
        assert!(sender.as_str().starts_with("guest-") && sender.as_str().len() == 10);
        names.insert(sender);
    }
    assert_eq!(names.len(), 3);
}

#[tokio::test]
async fn a_bad_name_room_or_number_is_told_and_closed() {
    let server = TestServer::start().await;
    for (query, code) in [
        ("username=%20a", Code::BadName),
        ("username=a%E2%80%AEb", Code::BadName),
        ("username=a%00", Code::BadName),
        ("username=a%E2%80%8Db", Code::BadName),
        ("username=Al%F0%9D%85%99icia", Code::BadName),
        ("username=*", Code::BadName),
        ("username=%E2%86%92", Code::BadName),
        ("username=%C7%83", Code::BadName),
        ("room=a%EF%BF%BC", Code::BadRoom),
        (&format!("username={}", "a".repeat(33)), Code::BadName),
        ("room=%0a", Code::BadRoom),
        ("room=%FF", Code::BadRoom),
        (&format!("room={}", "a".repeat(65)), Code::BadRoom),
        ("since=x", Code::BadField),
        ("history=-1", Code::BadField),
        ("room=a&room=b", Code::BadField),
    ] {
        server.connect(query).await.expect_refusal(code, 4002).await;
    }
}

#[tokio::test]
async fn a_bad_key_is_told_and_closed() {
    use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
    let server = TestServer::start().await;
    let mut request = server.url("room=dev&username=Alice").into_client_request().unwrap();
    let offered = "nebula.v1, nebula.key.dG9vc2hvcnQ".parse().unwrap();
    request.headers_mut().insert("Sec-WebSocket-Protocol", offered);
    let (mut socket, answer) = tokio_tungstenite::connect_async(request).await.unwrap();
    assert_eq!(answer.headers()["sec-websocket-protocol"], "nebula.v1");
    let frame = futures_util::StreamExt::next(&mut socket).await.unwrap().unwrap();
    assert!(frame.to_text().unwrap().contains("bad_key"));
}

#[tokio::test]
async fn a_name_that_looks_the_same_is_the_same_or_is_refused() {
    let server = TestServer::start().await;
    let mut names = ["Alicia", "نیک\u{200c}نام", "क्\u{200d}ष", "❤\u{fe0f}", "1\u{fe0f}\u{20e3}"]
        .map(|name| (name, None));
    for (name, peer) in &mut names {
        let mut entered = server.connect(&query(&format!("r{}", name.len()), name, "")).await;
        let ToClient::Join(protocol::Joined { sender, .. }) = entered.next().await else {
            panic!("{name:?}")
        };
        assert_eq!(sender.as_str(), *name);
        *peer = Some(entered);
    }
    for (other, code, close) in [
        ("Al\u{1D159}icia", Code::BadName, 4002),
        ("Alicia\u{1D159}", Code::BadName, 4002),
        ("Alicia\u{16FE4}", Code::BadName, 4002),
        ("Alicia\u{1039}", Code::BadName, 4002),
        ("Alicia\u{fe0f}", Code::NameTaken, 4001),
        ("Ali\u{307}cia", Code::NameSimilar, 4001),
        ("نیکنام", Code::NameTaken, 4001),
        ("क्ष", Code::NameTaken, 4001),
        ("❤", Code::NameTaken, 4001),
        ("1\u{20e3}", Code::NameTaken, 4001),
    ] {
        let mut peer = server.connect(&query("dev", other, "")).await;
        let note = peer.error().await;
        assert_eq!(note.code, code, "{other:?}: {}", note.content);
        assert_eq!(peer.next_or_close().await, Err(Some(close)));
    }
}

#[tokio::test]
async fn who_took_a_name_before_the_rules_were_as_strict_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config { db: Db::File(folder.path().join("n.db")), ..Config::for_tests() };
    let server = TestServer::start_with(config()).await;
    for (name, key) in [("Ann", 1), ("Bob", 2)] {
        let mut peer = server.connect_with(&query("dev", name, ""), Some(key)).await;
        peer.expect_entry().await;
        peer.send(say("dev", "hello")).await;
        peer.message().await;
    }
    server.stop().await;
    let db = Connection::open(folder.path().join("n.db")).unwrap();
    for (name, old) in [("Ann", "*"), ("Bob", "Al\u{1D159}icia")] {
        let key = old.to_lowercase();
        db.execute("UPDATE names SET key = ?2, name = ?3 WHERE name = ?1", [name, &key, old])
            .unwrap();
        db.execute("UPDATE messages SET author = ?2 WHERE author = ?1", [name, old]).unwrap();
    }
    let old_text = "one\r\ntwo\rthree\u{2028}four";
    db.execute("UPDATE messages SET content = ?1 WHERE author = '*'", [old_text]).unwrap();
    db.execute("UPDATE messages SET content = '\u{2800}' WHERE author != '*'", []).unwrap();
    drop(db);
    let server = TestServer::start_with(config()).await;
    let mut star = server.connect_with(&query("dev", "*", "&history=9"), Some(1)).await;
    let history = star.history().await;
    let said: Vec<_> = history.messages.iter().map(|message| message.content.as_str()).collect();
    assert_eq!(said, ["one\ntwo\nthree\nfour", "\u{2800}"]);
    assert_eq!(history.messages[0].sender.as_str(), "*");
    star.expect_entry().await;
    let mut stranger = server.connect_with(&query("dev", "\u{2192}", ""), Some(3)).await;
    stranger.expect_refusal(Code::BadName, 4002).await;
    let mut alicia = server.connect_with(&query("dev", "Alicia", ""), Some(3)).await;
    alicia.expect_refusal(Code::NameSimilar, 4001).await;
    server.stop().await;
}
