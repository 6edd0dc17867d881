//! Databases that cannot be used: a clear error that names the file, and the file as it was.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rusqlite::Connection;
use server::{Config, Db, OpenError, RunError};
use tokio::net::TcpListener;

/// Starts on a file that is no good; what it says.
async fn refused(path: &Path) -> OpenError {
    let config = Config { db: Db::File(path.to_owned()), ..Config::for_tests() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let outcome = server::run(listener, config, std::future::pending()).await;
    match outcome {
        Err(RunError::Database(error)) => {
            let name = path.file_name().unwrap().to_string_lossy();
            assert!(error.to_string().contains(&*name), "{error} does not name the file");
            error
        }
        other => panic!("{other:?}"),
    }
}

async fn refused_and_untouched(path: &Path) -> OpenError {
    let before = fs::read(path).unwrap();
    let error = refused(path).await;
    let after = fs::read(path).unwrap();
    let changed = before.iter().zip(&after).position(|(one, other)| one != other);
    assert!(after == before, "the file was changed at {changed:?}: {error}");
    error
}

/// A database as the server leaves it, with some messages in it.
async fn made(path: &Path) {
    let config = Config { db: Db::File(path.to_owned()), ..Config::for_tests() };
    let server = crate::support::harness::TestServer::start_with(config).await;
    let mut alice = server.enter("dev", "Alice").await;
    for _ in 0..15 {
        alice.send(crate::support::harness::say("dev", &"x".repeat(1000))).await;
        alice.message().await;
    }
    drop(alice);
    server.stop().await;
}

#[tokio::test]
async fn a_new_database_is_for_nobody_else_and_so_is_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nebula.db");
    let config = Config { db: Db::File(path), ..Config::for_tests() };
    let server = crate::support::harness::TestServer::start_with(config).await;
    // It has opened the database when it answers.
    server.metric("nebula_ready").await;
    let files = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap());
    let modes: Vec<_> =
        files.map(|file| (file.file_name(), file.metadata().unwrap().mode() & 0o777)).collect();
    assert!(modes.len() == 3 && modes.iter().all(|(_, mode)| *mode == 0o600), "{modes:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_file_of_another_kind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    for text in [
        "x",
        "not a database at all, but long enough to have a header of its own ".repeat(4).as_str(),
    ] {
        fs::write(&path, text).unwrap();
        assert!(matches!(refused_and_untouched(&path).await, OpenError::NotADatabase(_)));
    }
}

#[tokio::test]
async fn a_database_of_another_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1)")
        .unwrap();
    assert!(matches!(refused_and_untouched(&path).await, OpenError::NotOurs(_)));
}

#[tokio::test]
async fn a_database_of_a_newer_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("newer.db");
    made(&path).await;
    let db = Connection::open(&path).unwrap();
    db.execute_batch("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(db);
    assert!(matches!(refused_and_untouched(&path).await, OpenError::Newer { found: 99, .. }));
}

#[tokio::test]
async fn a_damaged_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.db");
    made(&path).await;
    let whole = fs::read(&path).unwrap();
    assert!(whole.len() > 20_000, "everything is in the file after a good end");
    let mut torn = whole.clone();
    torn.truncate(whole.len() / 2);
    let mut scribbled = whole.clone();
    scribbled[5000..9000].fill(0xAA);
    for bytes in [torn, scribbled] {
        fs::write(&path, bytes).unwrap();
        let error = refused_and_untouched(&path).await;
        assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_database_that_another_process_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("held.db");
    made(&path).await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(refused(&path).await, OpenError::Locked(_)));
}

#[tokio::test]
async fn a_database_that_another_server_uses() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("used.db");
    let config = Config { db: Db::File(path.clone()), ..Config::for_tests() };
    let server = crate::support::harness::TestServer::start_with(config).await;
    server.enter("dev", "Alice").await;
    assert!(matches!(refused(&path).await, OpenError::Locked(_)));
    server.stop().await;
}

#[tokio::test]
async fn a_place_where_nothing_can_be_written() {
    assert!(matches!(refused(Path::new("/proc/nebula.db")).await, OpenError::Io { .. }));
    assert!(matches!(refused(Path::new("/no/such/folder/nebula.db")).await, OpenError::Io { .. }));
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(refused(folder.path()).await, OpenError::Io { .. }), "a folder is no file");
}
