//! Names that last: whose a name is while its owner is away, and over a restart.

use std::path::Path;
use std::time::{Duration, Instant, UNIX_EPOCH};

use protocol::{Code, Key};
use rusqlite::Connection;
use server::Config;
use server::NAMES_AT_ONCE;
use server::NAMES_KEPT_MAX;
use server::config::Limits;

use super::on;
use crate::support::child::{Server, operator};
use crate::support::harness::{Peer, TestServer, query};

/// Comes under a name with a key, is there, and goes.
async fn visit(server: &TestServer, user: &str, key: Option<u8>) {
    let mut peer = server.connect_with(&query("dev", user, ""), key).await;
    peer.expect_entry().await;
    leave(server, user, peer).await;
}

/// Goes, and is gone: somebody else saw it.
async fn leave(server: &TestServer, user: &str, peer: Peer) {
    let mut watcher = server.connect("room=dev").await;
    watcher.expect_entry().await;
    drop(peer);
    while watcher.presence().await.iter().any(|name| name == user) {}
}

#[tokio::test]
async fn a_name_that_was_taken_with_a_key_is_kept_while_its_owner_is_away() {
    let server = TestServer::start().await;
    visit(&server, "Alice", Some(1)).await;
    for key in [None, Some(2)] {
        let mut stranger = server.connect_with(&query("dev", "alice", ""), key).await;
        let note = stranger.error().await;
        assert_eq!(note.code, Code::NameTaken);
        assert!(note.content.contains("name is taken: choose another"), "{}", note.content);
        assert_eq!(stranger.next_or_close().await, Err(Some(4001)));
    }
    visit(&server, "Alice", Some(1)).await;
}

#[tokio::test]
async fn it_is_kept_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let server = TestServer::start_with(on(&path)).await;
    visit(&server, "Alice", Some(1)).await;
    server.stop().await;
    let server = TestServer::start_with(on(&path)).await;
    let mut stranger = server.connect_with(&query("dev", "Alice", ""), Some(2)).await;
    stranger.expect_refusal(Code::NameTaken, 4001).await;
    visit(&server, "Alice", Some(1)).await;
    server.stop().await;
    let (name, hash): (String, Vec<u8>) = Connection::open(&path)
        .unwrap()
        .query_row("SELECT name, hash FROM names JOIN keys USING (person)", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(name, "Alice");
    assert!(
        hash.len() == 32 && hash != Key::new(&[1; 16]).unwrap().as_bytes(),
        "not the key itself"
    );
}

#[tokio::test]
async fn a_name_without_a_key_and_a_guests_name_are_nobodys() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let server = TestServer::start_with(on(&path)).await;
    visit(&server, "Bob", None).await;
    visit(&server, "Bob", Some(2)).await;
    server.connect_with("room=dev", Some(3)).await.expect_entry().await;
    server.stop().await;
    let names = Connection::open(&path).unwrap();
    let names: Vec<String> = names
        .prepare("SELECT name FROM names")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(names, ["Bob"]);
}

/// What the database says of last uses is moved back by so many days while the server is stopped.
async fn after_days(path: &Path, days: i64, expiry_days: u64) -> TestServer {
    let server = TestServer::start_with(on(path)).await;
    visit(&server, "Alice", Some(1)).await;
    server.stop().await;
    let back = days * 24 * 60 * 60 * 1000;
    Connection::open(path).unwrap().execute("UPDATE names SET used = used - ?1", [back]).unwrap();
    let name_expiry = Duration::from_secs(expiry_days * 24 * 60 * 60);
    TestServer::start_with(Config { name_expiry, ..on(path) }).await
}

#[tokio::test]
async fn a_name_is_free_after_90_days_of_disuse_or_never() {
    let folder = tempfile::tempdir().unwrap();
    for (file, days, expiry, is_free) in
        [("a", 89, 90, false), ("b", 90, 90, true), ("c", 3000, 0, false), ("d", 2, 1, true)]
    {
        let server = after_days(&folder.path().join(file), days, expiry).await;
        let mut stranger = server.connect_with(&query("dev", "Alice", ""), Some(2)).await;
        if is_free {
            stranger.expect_entry().await;
        } else {
            stranger.expect_refusal(Code::NameTaken, 4001).await;
        }
        server.stop().await;
    }
}

#[tokio::test]
async fn coming_back_counts_as_use() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let server = after_days(&path, 89, 90).await;
    visit(&server, "Alice", Some(1)).await;
    server.stop().await;
    let db = Connection::open(&path).unwrap();
    let used: i64 = db.query_row("SELECT used FROM names", [], |row| row.get(0)).unwrap();
    let now = UNIX_EPOCH.elapsed().unwrap().as_millis();
    assert!(now.abs_diff(u128::try_from(used).unwrap()) < 60_000);
}

#[tokio::test]
async fn being_there_counts_as_use_until_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let name_expiry = Duration::from_millis(50);
    let server = TestServer::start_with(Config { name_expiry, ..on(&path) }).await;
    let mut alice = server.connect_with(&query("dev", "Alice", ""), Some(1)).await;
    alice.expect_entry().await;
    let came = Instant::now();
    while came.elapsed() < name_expiry {
        alice.send(r#"{"type":"history","room":"dev"}"#).await;
        alice.next().await;
    }
    let goes = UNIX_EPOCH.elapsed().unwrap().as_millis();
    drop(alice);
    server.stop().await;
    let db = Connection::open(&path).unwrap();
    let used: i64 = db.query_row("SELECT used FROM names", [], |row| row.get(0)).unwrap();
    // The server measures with another clock, and adds what that differs by from this one: both in whole milliseconds.
    let rounding = 2;
    assert!(u128::try_from(used).unwrap() + rounding >= goes);
}

#[tokio::test]
async fn a_name_that_looks_like_a_taken_one_is_refused() {
    let server = TestServer::start().await;
    visit(&server, "Alice", Some(1)).await;
    let _bob = server.enter("dev", "Bob").await;
    for (name, taken) in [
        ("\u{410}lice", "Alice"),
        ("Al\u{456}ce", "Alice"),
        ("\u{ff21}lice", "Alice"),
        ("AIice", "Alice"),
        ("B\u{3bf}b", "Bob"),
    ] {
        let mut other = server.connect_with(&query("dev", name, ""), Some(2)).await;
        let note = other.error().await;
        assert_eq!(note.code, Code::NameSimilar, "{name}");
        assert!(note.content.contains(taken), "{}", note.content);
        assert_eq!(other.next_or_close().await, Err(Some(4001)));
    }
    let mut hidden = server.connect("room=dev&username=Ali%E2%80%8Bce").await;
    hidden.expect_refusal(Code::BadName, 4002).await;
    server.enter("dev", "Alicia").await;
}

#[tokio::test]
async fn an_address_takes_so_many_names_and_further_ones_are_not_kept_but_this_machine_any() {
    let limits =
        Limits { trust_proxy: vec!["127.0.0.1/32".parse().unwrap()], ..Limits::for_tests() };
    let server = TestServer::start_with(Config { limits, ..Config::for_tests() }).await;
    let connect = async |user: &str, key, from: Option<&str>| {
        let url = server.url(&query("dev", user, ""));
        let mut request = Peer::request(&url, Some(key)).unwrap();
        if let Some(from) = from {
            request.headers_mut().insert("X-Forwarded-For", from.parse().unwrap());
        }
        Peer::dial_request(request).await.unwrap()
    };
    for (from, is_kept) in [(Some("192.0.2.1"), false), (None, true)] {
        let first = if is_kept { "here" } else { "there" };
        for n in 0..=NAMES_AT_ONCE {
            let mut peer = connect(&format!("{first} {n}"), 1, from).await;
            peer.expect_entry().await;
            leave(&server, &format!("{first} {n}"), peer).await;
        }
        let mut stranger = connect(&format!("{first} 0"), 2, from).await;
        stranger.expect_refusal(Code::NameTaken, 4001).await;
        let mut stranger = connect(&format!("{first} {NAMES_AT_ONCE}"), 2, from).await;
        if is_kept {
            stranger.expect_refusal(Code::NameTaken, 4001).await;
        } else {
            stranger.expect_entry().await;
        }
    }
}

#[tokio::test]
async fn a_register_that_is_full_is_told_in_the_servers_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    TestServer::start_with(on(&path)).await.stop().await;
    let fill = format!(
        "WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < {NAMES_KEPT_MAX})
            INSERT INTO names SELECT 'n' || id, 'n' || id, id, 1 << 50 FROM n;
         INSERT INTO persons SELECT person, zeroblob(32) FROM names;"
    );
    Connection::open(&path).unwrap().execute_batch(&fill).unwrap();
    let mut server = Server::start(&path, "127.0.0.1:0").await;
    server.connect(&query("dev", "Alice", "")).await.expect_entry().await;
    server.says("new names are not kept").await;
}

/// The first key is on its way into the database, which somebody holds; meanwhile somebody else comes
/// under a name that looks like it, and finds that it is not there.
#[tokio::test]
async fn a_name_is_its_owners_before_it_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let server = TestServer::start_with(on(&path)).await;
    // It has opened the database when it answers.
    server.metric("nebula_ready").await;
    let holds = Connection::open(&path).unwrap();
    holds.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut alice = server.connect_with(&query("dev", "Alice", ""), Some(1)).await;
    while server.metric("nebula_people").await < 1.0 {}
    let mut other = server.connect_with(&query("dev", "A1ice", ""), Some(2)).await;
    other.expect_refusal(Code::NameSimilar, 4001).await;
    holds.execute_batch("ROLLBACK").unwrap();
    alice.expect_entry().await;
    leave(&server, "Alice", alice).await;
    let mut stranger = server.connect_with(&query("dev", "Alice", ""), Some(2)).await;
    stranger.expect_refusal(Code::NameTaken, 4001).await;
}

#[tokio::test]
async fn the_operator_lists_names_and_releases_one_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let server = TestServer::start_with(on(&path)).await;
    visit(&server, "Alice", Some(1)).await;
    visit(&server, "Bob", Some(2)).await;
    let (code, list) = operator(&["names"], "--db", &path);
    let lines: Vec<Vec<_>> = list.lines().map(|line| line.split(' ').collect()).collect();
    assert_eq!((code, lines.len()), (Some(0), 2), "{list}");
    // printf '\x01%.0s' {1..16} | sha256sum
    let hash = "cc8cd41cef907c4d216069122c4b89936211361f9050a717a1e37ad1862e952f";
    assert_eq!((lines[0][0], lines[0][2], lines[1][2]), (hash, "Alice", "Bob"));
    assert_eq!(
        operator(&["release-name", "ALICE"], "--db", &path),
        (Some(0), "ALICE is free\n".into())
    );
    visit(&server, "Alice", Some(3)).await;
    let mut before = server.connect_with(&query("dev", "Alice", ""), Some(1)).await;
    before.expect_refusal(Code::NameTaken, 4001).await;
    // Whoever looks like a name that was released is let in as well.
    operator(&["release-name", "Bob"], "--db", &path);
    visit(&server, "B\u{43e}b", Some(3)).await;
    let (code, told) = operator(&["release-name", "Nobody"], "--db", &path);
    assert_eq!(code, Some(2));
    assert!(told.contains("Nobody") && told.contains("names"), "{told}");
    server.stop().await;
    let (code, told) = operator(&["names"], "--db", &folder.path().join("none.db"));
    assert_eq!(code, Some(2));
    assert!(told.contains("none.db") && !folder.path().join("none.db").exists(), "{told}");
}
