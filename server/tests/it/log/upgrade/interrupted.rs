//! A large database whose server is killed while it brings it up to date, and a second server that
//! comes meanwhile.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use rusqlite::Connection;
use tokio::process::Command;
use tokio::time::{interval, timeout};

use super::{DEV, Old};
use crate::support::child::Server;
use crate::support::harness::{PATIENCE, query};

/// The version from which most has to be written anew.
const VERSION: u32 = 5;
const MESSAGES: usize = 200_000;
const MIB: u64 = 1024 * 1024;

/// A database with many more messages of somebody who has a name and of somebody who has none.
fn large() -> Old {
    let old = Old::of(VERSION);
    let db = old.db();
    let fill = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
        INSERT INTO messages (id, room, author, author_key, content, at, ref)
        SELECT newest.id + n, newest.room, iif(n % 2, 'Ann', 'Bea'), iif(n % 2, 'ann', 'bea'),
            'one of many messages, number ' || n, newest.at, 'many-' || n
        FROM n, (SELECT max(m.id) AS id, r.id AS room, m.at FROM messages m JOIN rooms r
            ON r.id = m.room WHERE r.key = ?2) AS newest";
    assert_eq!(db.execute(fill, rusqlite::params![MESSAGES.cast_signed(), DEV]).unwrap(), MESSAGES);
    old
}

fn command(old: &Old) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    command.args(["--listen", "127.0.0.1:0", "--accept-clock", "--name-expiry", "0s"]);
    command.arg("--db").arg(old.path()).kill_on_drop(true);
    command
}

/// Waits until so many bytes of the new version are written.
async fn until_written(old: &Old, bytes: u64) {
    let log = old.folder.path().join("nebula.db-wal");
    let written = async {
        let mut often = interval(Duration::from_millis(1));
        while fs::metadata(&log).map_or(0, |found| found.len()) < bytes {
            often.tick().await;
        }
    };
    timeout(PATIENCE, written).await.unwrap();
}

/// What messages say, each with its place: their number, and sums in which every one counts.
fn contents(db: &Connection) -> (i64, i64, i64) {
    let sums =
        "SELECT count(*), sum(id % 1000003 * length(content)), sum(length(author || coalesce(ref, '')))
        FROM messages";
    db.query_row(sums, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap()
}

#[tokio::test]
async fn a_server_that_is_killed_at_any_moment_loses_nothing_and_the_next_start_ends_it() {
    let old = large();
    let before = contents(&old.db());
    for bytes in [1, MIB, 8 * MIB, 16 * MIB] {
        let mut server = command(&old).stderr(Stdio::null()).spawn().unwrap();
        until_written(&old, bytes).await;
        server.kill().await.unwrap();
        let db = old.db();
        assert_eq!((old.schema_version(), contents(&db)), (VERSION, before), "after {bytes} bytes");
    }
    let mut server = Server::spawn(&mut command(&old)).await;
    server.child.kill().await.unwrap();
    assert!(old.schema_version() > VERSION);
    assert_eq!(contents(&old.db()), before);
    let server = Server::spawn(&mut command(&old)).await;
    let mut reader = server.connect(&query(DEV, "Reader", "&history=1")).await;
    let last = &reader.history().await.messages[0];
    assert_eq!(last.content.as_str(), format!("one of many messages, number {MESSAGES}"));
}

#[tokio::test]
async fn a_second_server_is_refused_while_the_first_brings_the_database_up_to_date() {
    let old = large();
    let mut first = command(&old).stderr(Stdio::null()).spawn().unwrap();
    until_written(&old, 1).await;
    let second = timeout(PATIENCE, command(&old).output()).await.unwrap().unwrap();
    let told = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(2), "{told}");
    assert!(told.contains("locked by another process"), "{told}");
    assert!(first.try_wait().unwrap().is_none());
    first.kill().await.unwrap();
}
