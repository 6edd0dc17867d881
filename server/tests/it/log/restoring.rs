//! A backup put in a database's place, by `restore` and by hand; and names of files that look like
//! something else.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use protocol::ToClient;
use rusqlite::{Connection, OpenFlags};
use server::{Config, Db};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

use crate::cli::operations::{run, said, texts};
use crate::support::child::Server;
use crate::support::harness::{PATIENCE, TestServer, query, say_ref};

/// A folder with a database whose server was killed after some of its messages were backed up.
struct Killed {
    folder: TempDir,
    db: PathBuf,
    backup: PathBuf,
    /// Messages in all, of which the backup has the first.
    sent: usize,
    backed_up: usize,
}

impl Killed {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (db, backup) = (folder.path().join("nebula.db"), folder.path().join("backup.db"));
        let mut server = Server::start(&db, "127.0.0.1:0").await;
        let mut alice = server.connect(&query("dev", "Alice", "")).await;
        alice.expect_entry().await;
        let backing = restore_or_backup("backup", &backup, &db);
        let backing = tokio::spawn(backing);
        let (mut sent, mut until) = (0, None);
        while until.is_none_or(|until| sent < until) {
            let text = sent.to_string();
            alice.send(say_ref("dev", &text, &text)).await;
            while !matches!(alice.next().await, ToClient::Message(_)) {}
            sent += 1;
            if until.is_none() && backing.is_finished() {
                until = Some(sent + 50);
            }
        }
        let output = backing.await.unwrap();
        assert!(output.status.success(), "{}", said(&output));
        server.child.kill().await.unwrap();
        let backed_up = texts_in(&backup).len();
        assert!(sent > backed_up && folder.path().join("nebula.db-wal").exists());
        Killed { folder, db, backup, sent, backed_up }
    }

    fn names(&self) -> BTreeSet<String> {
        names(self.folder.path())
    }
}

fn restore_or_backup(
    command: &str,
    file: &Path,
    db: &Path,
) -> impl Future<Output = Output> + use<> {
    let mut binary = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    binary.arg(command).arg(file).arg("--db").arg(db);
    async move { binary.output().await.unwrap() }
}

async fn restore(file: &Path, db: &Path) -> Output {
    restore_or_backup("restore", file, db).await
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect()
}

/// What a database holds, without a server.
fn texts_in(db: &Path) -> Vec<String> {
    let db = Connection::open_with_flags(db, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    let mut select = db.prepare("SELECT content FROM messages ORDER BY id").unwrap();
    select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn epoch(db: &Path) -> String {
    let db = Connection::open_with_flags(db, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    db.query_row("SELECT epoch FROM log", [], |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_under_load_takes_the_place_of_what_a_killed_server_left() {
    let killed = Killed::new().await;
    let before = killed.names();
    let backup = fs::read(&killed.backup).unwrap();
    let output = restore(&killed.backup, &killed.db).await;
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains(&format!("{} messages", killed.backed_up)), "{output:?}");
    // The backup stays as it was, and so does what was there before, whole.
    assert!(fs::read(&killed.backup).unwrap() == backup);
    let aside: Vec<_> = killed.names().difference(&before).cloned().collect();
    assert!(aside.len() == 2 && aside[1] == format!("{}-wal", aside[0]), "{aside:?}");
    assert!(said(&output).contains(&aside[0]), "{output:?}");
    let aside = killed.folder.path().join(&aside[0]);
    assert_eq!(killed.db.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(texts_in(&aside).len(), killed.sent);
    // Each time it is another log for the clients.
    let epochs: BTreeSet<_> = [&killed.db, &aside, &killed.backup].map(|db| epoch(db)).into();
    assert_eq!(epochs.len(), 3);
    assert_eq!(texts(&killed.db).await.len(), killed.backed_up);
    let output = restore(&killed.backup, &killed.db).await;
    assert!(output.status.success(), "{}", said(&output));
    assert!(!epochs.contains(&epoch(&killed.db)));
}

#[tokio::test]
async fn a_backup_comes_to_a_place_where_there_is_nothing() {
    let killed = Killed::new().await;
    let new = killed.folder.path().join("new.db");
    let output = restore(&killed.backup, &new).await;
    assert!(output.status.success() && said(&output).contains("no database before"), "{output:?}");
    assert_eq!(texts(&new).await.len(), killed.backed_up);
}

#[tokio::test]
async fn nothing_is_restored_under_a_server_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let (db, backup) = (folder.path().join("nebula.db"), folder.path().join("backup.db"));
    let server = Server::start(&db, "127.0.0.1:0").await;
    assert!(restore_or_backup("backup", &backup, &db).await.status.success());
    let before = names(folder.path());
    let output = restore(&backup, &db).await;
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("stop its server first"), "{}", said(&output));
    assert_eq!(names(folder.path()), before);
    let mut alice = server.connect(&query("dev", "Alice", "")).await;
    alice.expect_entry().await;
    alice.send(say_ref("dev", "still stored", "r")).await;
    alice.message().await;
}

#[tokio::test]
async fn what_is_no_good_backup_takes_no_place() {
    let killed = Killed::new().await;
    let path = |name: &str| killed.folder.path().join(name);
    let mut bytes = fs::read(&killed.backup).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0xAA);
    fs::write(path("damaged.db"), bytes).unwrap();
    fs::write(path("notes.txt"), "no database").unwrap();
    Connection::open(path("other.db")).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    fs::create_dir(path("folder")).unwrap();
    let (before, database) = (killed.names(), fs::read(&killed.db).unwrap());
    for (file, db, word) in [
        ("damaged.db", "nebula.db", "damaged"),
        ("notes.txt", "nebula.db", "not a database"),
        ("other.db", "nebula.db", "another program"),
        ("missing.db", "nebula.db", "missing.db"),
        ("nebula.db", "nebula.db", "itself"),
        ("backup.db", "folder", "directory"),
        ("backup.db", "nowhere/nebula.db", "nowhere"),
    ] {
        let output = restore(&path(file), &path(db)).await;
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(word), "{word}: {}", said(&output));
    }
    assert_eq!(killed.names(), before);
    assert!(fs::read(&killed.db).unwrap() == database);
    assert_eq!(run(&["restore", "x", "--db", ":memory:"]).await.status.code(), Some(2));
}

/// What a server that was killed left beside a database is not written into another one.
#[tokio::test]
async fn a_write_ahead_log_that_was_left_by_another_database_stops_the_start() {
    let killed = Killed::new().await;
    fs::copy(&killed.backup, &killed.db).unwrap();
    let config = || Config { db: Db::File(killed.db.clone()), ..Config::for_tests() };
    let before = fs::read(&killed.db).unwrap();
    let start = || run_server(config());
    let sentence = start().await.unwrap_err().to_string();
    for word in ["nebula.db-wal", "nebula-server restore"] {
        assert!(sentence.contains(word), "{sentence}");
    }
    let output = restore_or_backup("backup", &killed.folder.path().join("b"), &killed.db).await;
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(fs::read(&killed.db).unwrap() == before);
    // Nor is it silently thrown away where the database itself is missing.
    let log = fs::read(killed.folder.path().join("nebula.db-wal")).unwrap();
    fs::remove_file(&killed.db).unwrap();
    assert!(start().await.unwrap_err().to_string().contains("nebula.db-wal"));
    assert!(!killed.db.exists());
    assert!(fs::read(killed.folder.path().join("nebula.db-wal")).unwrap() == log);
    assert!(restore(&killed.backup, &killed.db).await.status.success());
    assert_eq!(texts(&killed.db).await.len(), killed.backed_up);
}

/// A copy of the file alone, made by hand while no server ran, and put back by hand over what a killed
/// server left.
#[tokio::test]
async fn a_copy_of_earlier_days_is_not_mixed_with_what_a_killed_server_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (db, log, copy) = (path("nebula.db"), path("nebula.db-wal"), path("copy.db"));
    says_and_dies(&db, "before", 30).await;
    // A start and an end in order: what the killed one left is in the file then.
    assert_eq!(texts(&db).await.len(), 30);
    drop(Connection::open(&db).unwrap().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
    fs::copy(&db, &copy).unwrap();
    says_and_dies(&db, "after", 30).await;
    let (newer, left) = (fs::read(&db).unwrap(), fs::read(&log).unwrap());
    fs::copy(&copy, &db).unwrap();
    let flags = ["--listen", "127.0.0.1:0", "--db", db.to_str().unwrap()];
    let output = timeout(PATIENCE, run(&flags)).await.expect("it starts");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("nebula.db-wal\" does not belong"), "{}", said(&output));
    assert!(fs::read(&db).unwrap() == fs::read(&copy).unwrap() && fs::read(&log).unwrap() == left);
    // Each with what belongs to it is whole.
    fs::rename(&log, path("aside")).unwrap();
    assert_eq!(texts(&db).await.len(), 30);
    fs::write(&db, newer).unwrap();
    fs::rename(path("aside"), &log).unwrap();
    assert_eq!(texts(&db).await.len(), 60);
}

/// A server in which so many messages are said before it is killed.
async fn says_and_dies(db: &Path, text: &str, many: usize) {
    let mut server = Server::start(db, "127.0.0.1:0").await;
    let mut alice = server.connect(&query("dev", "Alice", "")).await;
    alice.expect_entry().await;
    for n in 0..many {
        alice.send(say_ref("dev", text, &format!("{text}{n}"))).await;
        alice.message().await;
    }
    server.child.kill().await.unwrap();
}

async fn run_server(config: Config) -> Result<server::Stopped, server::RunError> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    server::run(listener, config, std::future::pending()).await
}

#[tokio::test]
async fn a_name_that_looks_like_a_uri_is_the_name_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (db, backup) = ("file:x.db?mode=ro", "file:b.db?mode=memory");
    let inside = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
        command.current_dir(folder.path()).args(arguments);
        command
    };
    let server = Server::spawn(&mut inside(&["--listen", "127.0.0.1:0", "--db", db])).await;
    let mut alice = server.connect(&query("dev", "Alice", "")).await;
    alice.expect_entry().await;
    alice.send(say_ref("dev", "kept", "r")).await;
    alice.message().await;
    for arguments in [&["backup", backup][..], &["names"], &["bans"], &["check-config"]] {
        let output = inside(&[arguments, &["--db", db]].concat()).output().await.unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
    drop(server);
    let new = "file:n.db?immutable=1";
    let output = inside(&["restore", backup, "--db", new]).output().await.unwrap();
    assert!(output.status.success() && said(&output).contains("1 messages"), "{}", said(&output));
    let expected: BTreeSet<_> = [db, backup, new].map(str::to_owned).into();
    let found = names(folder.path());
    assert!(found.is_superset(&expected), "{found:?}");
    assert!(found.iter().all(|name| expected.iter().any(|it| name.starts_with(it))), "{found:?}");
}

#[tokio::test]
async fn where_no_database_can_be_made_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    // Too long for the names of the files beside it.
    for name in ["x".repeat(250), "x".repeat(300)] {
        let config = Config { db: Db::File(folder.path().join(name)), ..Config::for_tests() };
        assert!(run_server(config).await.is_err());
    }
    assert_eq!(names(folder.path()), BTreeSet::new());
}

#[tokio::test]
async fn the_epoch_of_a_log_stays_over_restarts_and_is_another_in_each_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let told = |name: &str| {
        let db = Db::File(folder.path().join(name));
        async {
            let server = TestServer::start_with(Config { db, ..Config::for_tests() }).await;
            let mut alice = server.connect(&query("dev", "Alice", "&history=1")).await;
            let epoch = alice.history().await.epoch.expect("an epoch after a join");
            alice.expect_entry().await;
            alice.send(r#"{"type":"history","room":"dev"}"#).await;
            assert_eq!(alice.history().await.epoch, None, "only after a join");
            alice.send(r#"{"type":"join","room":"ops","since":0}"#).await;
            assert_eq!(alice.history().await.epoch.as_ref(), Some(&epoch));
            epoch
        }
    };
    let first = told("one.db").await;
    assert_eq!(told("one.db").await, first);
    assert_ne!(told("two.db").await, first);
}
