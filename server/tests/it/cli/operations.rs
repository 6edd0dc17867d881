//! What an operator does with the binary: looks at settings, and makes backups.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;

use futures_util::SinkExt as _;
use protocol::ToClient;
use rusqlite::Connection;
use server::{Config, Db};
use tempfile::TempDir;
use tokio::process::Command;
use tokio_tungstenite::tungstenite::Message as Frame;

use crate::auth::tokens::ed25519;
use crate::people::moderation::MOD_HASH;
use crate::support::child::Server;
use crate::support::harness::{TestServer, query, say_ref};

pub(crate) async fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nebula-server")).args(arguments).output().await.unwrap()
}

pub(crate) fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat()
}

/// The texts of a room in a database, in order.
pub(crate) async fn texts(db: &Path) -> Vec<String> {
    let mut server = Server::start(db, "127.0.0.1:0").await;
    let mut reader = server.connect(&query("dev", "reader", "&history=200")).await;
    let mut texts = Vec::new();
    loop {
        let page = reader.history().await;
        let older = page.messages.iter().map(|message| message.content.as_str().to_owned());
        texts.splice(0..0, older);
        if !page.more {
            // It is waited for: as long as it is there, it holds the file.
            server.child.kill().await.unwrap();
            return texts;
        }
        let before = page.messages[0].id;
        let ask = format!(r#"{{"type":"history","room":"dev","before":{before},"limit":200}}"#);
        if texts.len() == page.messages.len() {
            reader.expect_entry().await;
        }
        reader.send(ask).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_holds_one_moment_of_a_database_that_is_being_written() {
    let folder = tempfile::tempdir().unwrap();
    let (db, copy) = (folder.path().join("nebula.db"), folder.path().join("copy.db"));
    let (from, to) = (db.to_str().unwrap().to_owned(), copy.to_str().unwrap().to_owned());
    let mut server = Server::start(&db, "127.0.0.1:0").await;
    let mut alice = server.connect(&query("dev", "Alice", "")).await;
    alice.expect_entry().await;
    let backing = tokio::spawn(async move { run(&["backup", &to, "--db", &from]).await });
    let (mut sent, mut before) = (0, None);
    // Goes on during the backup, and for a while after it.
    while before.is_none_or(|before| sent < before + 50) {
        let text = sent.to_string();
        alice.socket.send(Frame::text(say_ref("dev", &text, &text))).await.unwrap();
        while !matches!(alice.next().await, ToClient::Message(_)) {}
        sent += 1;
        if before.is_none() && backing.is_finished() {
            before = Some(sent);
        }
    }
    let output = backing.await.unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let kept = texts(&copy).await;
    assert!(said(&output).contains(&format!("{} messages", kept.len())), "{}", said(&output));
    assert!(kept.len() <= before.unwrap());
    assert!(kept.iter().enumerate().all(|(n, text)| *text == n.to_string()), "a beginning of it");
    server.child.kill().await.unwrap();
    assert_eq!(texts(&db).await.len(), sent);
}

#[tokio::test]
async fn a_backup_overwrites_nothing_and_leaves_nothing_half() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (db, there, other) = (path("nebula.db"), path("there"), path("other"));
    drop(Server::start(Path::new(&db), "127.0.0.1:0").await);
    std::fs::write(&there, "mine").unwrap();
    for (arguments, word) in [
        ([&*there, "--db", &*db], &*there),
        ([&*other, "--db", &*there], "not a database"),
        ([&*other, "--db", "/no/such/file"], "/no/such/file"),
        (["/no/such/folder/x", "--db", &*db], "/no/such/folder/x"),
    ] {
        let output = run(&[&["backup"], &arguments[..]].concat()).await;
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(word), "{}", said(&output));
    }
    assert_eq!(std::fs::read_to_string(&there).unwrap(), "mine");
    assert!(!Path::new(&other).exists() && !Path::new(&path("other.partial")).exists());
}

/// A folder with the database of a server that has stopped.
async fn stopped() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("nebula.db");
    let config = Config { db: Db::File(db.clone()), ..Config::for_tests() };
    TestServer::start_with(config).await.stop().await;
    (folder, db.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_large_database_is_read_whole_by_a_backup_alone() {
    let (folder, db) = stopped().await;
    Connection::open(&db)
        .unwrap()
        .execute_batch(
            "WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 2000)
             INSERT INTO messages (id, room, author, owner, content, at)
                SELECT id, 1, 'a', 'a', printf('%.*c', 4000, 'x'), 0 FROM n;
             PRAGMA wal_checkpoint(TRUNCATE)",
        )
        .unwrap();
    let copy = folder.path().join("copy.db").to_str().unwrap().to_owned();
    let output = run(&["backup", &copy, "--db", &db]).await;
    assert!(output.status.success() && said(&output).contains("2000 messages"), "{output:?}");
    let mut bytes = std::fs::read(&db).unwrap();
    bytes[4 << 20..5 << 20].fill(0xAA);
    std::fs::write(&db, bytes).unwrap();
    let output = run(&["check-config", "--db", &db]).await;
    assert!(output.status.success() && said(&output).contains("too large"), "{output:?}");
    let again = folder.path().join("again.db").to_str().unwrap().to_owned();
    let output = run(&["backup", &again, "--db", &db]).await;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(said(&output).contains("nebula.db") && said(&output).contains("damaged"), "{output:?}");
    assert!(!Path::new(&again).exists() && !Path::new(&format!("{again}.partial")).exists());
}

#[tokio::test]
async fn a_backup_goes_into_no_file_that_was_there() {
    let (folder, db) = stopped().await;
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (copy, others) = (path("copy.db"), path("others"));
    std::fs::write(&others, "another's").unwrap();
    std::os::unix::fs::symlink(&others, path("copy.db.partial")).unwrap();
    let output = run(&["backup", &copy, "--db", &db]).await;
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(said(&output).contains("copy.db.partial") && said(&output).contains("remove it"));
    assert_eq!(std::fs::read_to_string(&others).unwrap(), "another's");
    std::fs::remove_file(path("copy.db.partial")).unwrap();
    assert!(run(&["backup", &copy, "--db", &db]).await.status.success());
}

/// A server of that version may be using it.
#[tokio::test]
async fn the_database_of_another_version_is_left_as_it_is() {
    let (_folder, db) = stopped().await;
    // While it is used, what the file itself says may be older.
    let other = Connection::open(&db).unwrap();
    let ours: i32 = other.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    for version in [ours - 1, ours + 1] {
        other.execute_batch(&format!("PRAGMA user_version = {version}")).unwrap();
        let before = std::fs::read(&db).unwrap();
        for arguments in [&["names"][..], &["bans"], &["release-name", "Alice"], &["unban", "Eve"]]
        {
            let output = run(&[arguments, &["--db", &db]].concat()).await;
            assert_eq!(output.status.code(), Some(2), "{output:?}");
            assert!(said(&output).contains(&format!("version {version},")), "{output:?}");
        }
        assert!(std::fs::read(&db).unwrap() == before);
    }
}

#[tokio::test]
async fn settings_are_looked_at_and_nothing_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (new, used, text) = (path("new.db"), path("used.db"), path("text"));
    let server = Server::start(Path::new(&used), "127.0.0.1:0").await;
    std::fs::write(&text, "no database").unwrap();
    let (secret, moderators) = (path("secret"), path("moderators"));
    std::fs::write(&secret, "x".repeat(32)).unwrap();
    let public = path("public.pem");
    std::fs::write(&public, ed25519().1).unwrap();
    std::fs::write(&moderators, format!("{MOD_HASH} # one of the team\n")).unwrap();
    for (arguments, word) in [
        (&["--db", &*new][..], "not there yet"),
        (&["--db", &*used, "--listen", &*server.address], "whole, 0 messages"),
        (&["--db", ":memory:", "--metrics-listen", "127.0.0.1:9464"], "127.0.0.1:9464"),
        (&["--db", ":memory:", "--token-key", &*secret], "secret: HS256 with a secret"),
        (&["--db", ":memory:", "--token-key", &*public], "public.pem: EdDSA with an Ed25519 key"),
        (&["--db", ":memory:", "--moderators", &*moderators], "moderators  1 by key"),
        (&["--db", ":memory:", "--name-expiry", "30d"], "names       kept for 30 days without use"),
    ] {
        let output = run(&[&["check-config"], arguments].concat()).await;
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(said(&output).contains(word) && said(&output).ends_with("Configuration OK\n"));
    }
    for (arguments, word) in [
        (&["--db", &*text][..], "not a database"),
        (&["--db", "/no/such/folder/x.db"], "/no/such/folder"),
        (&["--listen", "192.0.2.1:80"], "192.0.2.1"),
        (&["--outbox-bytes-max", "5"], "--outbox-bytes-max is 5"),
        (&["--keep", "0s"], "--keep is 0"),
        (&["--trust-proxy", "everybody"], "--trust-proxy"),
        (&["--token-key", &*text], "fewer than 32 bytes"),
        (&["--moderators", &*text], "line 1"),
        (&["--tls-cert", &*text, "--tls-key", &*text], "nothing in PEM"),
        (&["--allow-origin", "everywhere"], "--allow-origin"),
        (&["--name-expiry", "soon"], "--name-expiry"),
    ] {
        let output = run(&[&["check-config"], arguments].concat()).await;
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(word), "{}", said(&output));
    }
    assert!(!Path::new(&new).exists());
    let output = run(&["--stall-timeout", "0s"]).await;
    assert_eq!(output.status.code(), Some(2), "a server does not start with such either");
}
