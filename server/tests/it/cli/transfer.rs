//! What an operator brings out of a database, and into one, while a server uses it or not.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use rusqlite::Connection;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::operations::{run, said};
use crate::support::child::Server;
use crate::support::harness::{query, say};

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }
}

fn message(id: u64, at: &str, text: &str) -> String {
    format!(
        r#"{{"type":"message","room":"dev","sender":"Zoë","content":"{text}","id":{id},"at":{at},"ref":"log:{id}"}}"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_takes_in_what_is_imported_and_exports_beside_what_it_does() {
    let folder = Folder::new();
    let (db, lines, out) = (folder.path("nebula.db"), folder.path("in"), folder.path("out"));
    let server = Server::start(Path::new(&db), "127.0.0.1:0").await;
    let mut ann = server.connect(&query("dev", "Ann", "")).await;
    ann.expect_entry().await;
    ann.send(say("dev", "before")).await;
    let before = ann.message().await;
    let text: Vec<_> = (1..=700)
        .map(|n| message(n, &(1_600_000_000_000 + n).to_string(), &n.to_string()))
        .collect();
    fs::write(&lines, text.join("\n")).unwrap();
    let output = run(&["import", &lines, "--db", &db]).await;
    assert_eq!(said(&output), "taken       700\nknown       0\nchanged     0\nleft out    0\n");
    // Who is there hears all of it, in order, behind what was said before.
    let mut last = before.id;
    for n in 1..=700 {
        let message = ann.message().await;
        assert_eq!(
            (message.content.as_str(), message.at),
            (&*n.to_string(), 1_600_000_000_000 + n)
        );
        assert!(message.id > last);
        last = message.id;
    }
    ann.send(say("dev", "after")).await;
    assert!(ann.message().await.id > last);
    let output = run(&["import", &lines, "--db", &db]).await;
    assert!(said(&output).starts_with("taken       0\nknown       700\n"), "{}", said(&output));
    let output = run(&["export", &out, "--db", &db]).await;
    assert_eq!(said(&output), format!("{out}: 1 rooms, 702 messages\n"));
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    let output = run(&["export", "--db", &db, "--room", "#DEV", "--since", "2020-09-13"]).await;
    assert!(output.stdout == fs::read(&out).unwrap(), "{}", said(&output));
    let output = run(&["export", "--db", &db, "--since", "2026-01-01"]).await;
    let texts = said(&output);
    assert_eq!(texts.lines().count(), 3, "the room, and what was said here: {texts}");
    let left: i64 = Connection::open(&db)
        .unwrap()
        .query_row("SELECT count(*) FROM incoming", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn an_import_makes_a_database_and_reads_from_a_pipe() {
    let folder = Folder::new();
    let db = folder.path("new.db");
    let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    command.args(["import", "-", "--db", &db]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(message(7, "1600000000000", "long ago").as_bytes()).await.unwrap();
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    assert!(output.status.success() && said(&output).starts_with("taken       1\n"), "{output:?}");
    // A start does not take its time for that of now.
    let mut server = Server::start(Path::new(&db), "127.0.0.1:0").await;
    server.is_ready(true).await;
    let mut ann = server.connect(&query("dev", "Ann", "&history=10")).await;
    assert_eq!(ann.history().await.messages[0].at, 1_600_000_000_000);
    server.child.kill().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_exported_or_imported_leaves_nothing_behind() {
    let folder = Folder::new();
    let (db, there, new) = (folder.path("nebula.db"), folder.path("there"), folder.path("new"));
    drop(Server::start(Path::new(&db), "127.0.0.1:0").await);
    fs::write(&there, "mine").unwrap();
    for (arguments, word) in [
        (&["export", &*there, "--db", &*db][..], "there"),
        (&["export", &*new, "--db", &*db, "--room", "dev"], "no room dev"),
        (&["export", &*new, "--db", &*there], "not a database"),
        (&["export", "--since", "soon"], "a date is like 2026-12-31"),
        (&["import", &*new, "--db", &*db], "cannot open"),
        (&["import", &*there, "--db", &*there], "not a database"),
    ] {
        let output = run(arguments).await;
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(word), "{}", said(&output));
    }
    assert_eq!(fs::read_to_string(&there).unwrap(), "mine");
    assert!(!Path::new(&new).exists());
}

#[tokio::test]
async fn a_line_that_is_too_long_ends_the_file_and_what_came_before_is_taken() {
    let folder = Folder::new();
    let (db, lines) = (folder.path("nebula.db"), folder.path("in"));
    let long = "x".repeat(1024 * 1024 + 1);
    fs::write(&lines, format!("{}\n{long}\n", message(1, "5", "first"))).unwrap();
    let output = run(&["import", &lines, "--db", &db]).await;
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(
        said(&output).contains("taken       1\n") && said(&output).contains("line 2 is longer")
    );
}

#[tokio::test]
async fn the_database_of_a_node_takes_nothing_in() {
    let folder = Folder::new();
    let (db, lines) = (folder.path("nebula.db"), folder.path("in"));
    fs::write(&lines, message(1, "5", "first")).unwrap();
    drop(Server::start(Path::new(&db), "127.0.0.1:0").await);
    let join = "INSERT INTO cluster VALUES (1, 'chat', 0, zeroblob(32), zeroblob(32))";
    Connection::open(&db).unwrap().execute(join, []).unwrap();
    let output = run(&["import", &lines, "--db", &db]).await;
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("belongs to a cluster"), "{}", said(&output));
}
