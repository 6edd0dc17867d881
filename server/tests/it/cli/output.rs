//! Lines that cannot be written, and files that cannot be read: the real binary with stdout and
//! stderr dead, full, closed or on a full disk, and with pipes where files should be.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use protocol::Code;
use rusqlite::Connection;
use rustix::fs::{CWD, Mode, OFlags, mkfifoat};
use rustix::process::Signal;
use server::{Config, Db};
use tokio::process::{Child, Command};
use tokio::time::{interval, timeout};

use crate::auth::tokens::ed25519;
use crate::support::child::{Server, send_signal};
use crate::support::harness::{PATIENCE, Peer, TestServer, get, query, say, say_ref};

const BINARY: &str = env!("CARGO_BIN_EXE_nebula-server");

/// Looks again and again until something is there.
async fn found<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looks = async {
        let mut ticks = interval(Duration::from_millis(20));
        loop {
            ticks.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    };
    timeout(PATIENCE, looks).await.expect("it never comes")
}

/// Where a process listens that tells nobody: the kernel knows.
async fn address(child: &Child) -> SocketAddr {
    let pid = child.id().unwrap();
    found(async || {
        let fds = fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
        let open: Vec<_> = fds.filter_map(|fd| fs::read_link(fd.ok()?.path()).ok()).collect();
        let table = fs::read_to_string(format!("/proc/{pid}/net/tcp")).ok()?;
        table.lines().find_map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            let is_its_own = open.contains(&PathBuf::from(format!("socket:[{}]", words.get(9)?)));
            let port = words[1].split_once(':')?.1;
            let port = u16::from_str_radix(port, 16).ok()?;
            (words[3] == "0A" && is_its_own).then_some(SocketAddr::from(([127, 0, 0, 1], port)))
        })
    })
    .await
}

async fn connect(address: SocketAddr, user: &str) -> Peer {
    let url = format!("ws://{address}/?{}", query("dev", user, ""));
    let mut peer = Peer::dial(&url, Some(1)).await.unwrap();
    peer.expect_entry().await;
    peer
}

async fn is_ready(address: SocketAddr, ready: bool) {
    let status = if ready { " 200 " } else { " 503 " };
    found(async || get(address, "/readyz").await.contains(status).then_some(())).await;
}

/// It stores and tells, finds that the database is held and that it is free again, and stops with a
/// goodbye: all of which has a line in its log.
async fn lives(mut child: Child, address: SocketAddr, db: &Path) {
    let mut alice = connect(address, "Alice").await;
    send_signal(&child, Signal::HUP);
    let other = Connection::open(db).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    alice.send(say_ref("dev", "held", "r1")).await;
    assert_eq!(alice.error().await.code, Code::Unavailable);
    is_ready(address, false).await;
    other.execute_batch("ROLLBACK").unwrap();
    is_ready(address, true).await;
    alice.send(say_ref("dev", "free", "r1")).await;
    assert_eq!(alice.message().await.content.as_str(), "free");
    let _bob = connect(address, "Bob").await;
    send_signal(&child, Signal::TERM);
    alice.expect_refusal(Code::Stopping, 1001).await;
    drop(alice);
    let status = timeout(PATIENCE, child.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(0));
}

/// The server with its stderr turned elsewhere, as a shell spells it.
fn server_with(redirection: &str, db: &Path) -> Command {
    let mut shell = Command::new("bash");
    shell.args(["-c", &format!("exec \"$0\" \"$@\" {redirection}"), BINARY, "--db"]).arg(db);
    shell.args(["--listen", "127.0.0.1:0", "--moderators"]).arg(db.with_file_name("moderators"));
    fs::write(db.with_file_name("moderators"), "").unwrap();
    shell.kill_on_drop(true);
    shell
}

#[tokio::test]
async fn a_server_whose_stderr_takes_nothing_serves_and_stops_all_the_same() {
    for redirection in ["2>/dev/full", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2>&1 | true"] {
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("nebula.db");
        let child = match redirection.strip_suffix(" | true") {
            None => server_with(redirection, &db).spawn().unwrap(),
            Some(redirection) => {
                // A pipe whose other end is gone before the first line.
                let (_, writer) = std::io::pipe().unwrap();
                server_with(redirection, &db).stdout(writer).spawn().unwrap()
            }
        };
        let address = address(&child).await;
        lives(child, address, &db).await;
    }
}

#[tokio::test]
async fn lines_that_nobody_can_read_are_dropped_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(BINARY);
    command.args(["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--db"]);
    let server = Server::spawn(command.arg(folder.path().join("nebula.db"))).await;
    let Server { child, lines, metrics, .. } = server;
    let metrics: SocketAddr = metrics.unwrap().parse().unwrap();
    drop(lines);
    send_signal(&child, Signal::HUP);
    found(async || {
        get(metrics, "/metrics").await.contains("nebula_log_lines_dropped_total 1\n").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_full_pipe_that_nobody_reads_keeps_nobody_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("nebula.db");
    let server = Server::spawn(&mut server_with("", &db)).await;
    let address: SocketAddr = server.address.parse().unwrap();
    // Opened anew, so that only this end of it does not wait.
    let mut options = File::options();
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap();
    options.write(true).custom_flags(flags);
    let mut pipe = options.open(format!("/proc/{}/fd/2", server.pid())).unwrap();
    let full = loop {
        if let Err(error) = pipe.write(b"x") {
            break error.kind();
        }
    };
    assert_eq!(full, ErrorKind::WouldBlock);
    let Server { child, lines, .. } = server;
    lives(child, address, &db).await;
    drop(lines);
}

/// The database and the log share a disk that is full: a file may not grow beyond some size, and the
/// log is nearly as large already.
#[tokio::test]
async fn a_full_disk_that_holds_the_log_too_heals() {
    const LIMIT: usize = 400 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let (db, log) = (folder.path().join("nebula.db"), folder.path().join("log"));
    fs::write(&log, vec![b'\n'; LIMIT - 100]).unwrap();
    let script = format!(
        "trap '' XFSZ; ulimit -S -f {}; exec \"$0\" \"$@\" 2>>{}",
        LIMIT / 1024,
        log.display()
    );
    let mut shell = Command::new("bash");
    shell.args(["-c", &script, BINARY, "--listen", "127.0.0.1:0", "--message-rate", "0", "--db"]);
    let child = shell.arg(&db).kill_on_drop(true).spawn().unwrap();
    let address = address(&child).await;
    let mut alice = connect(address, "Alice").await;
    let text = "x".repeat(4000);
    let refused = loop {
        alice.send(say("dev", &text)).await;
        match alice.next().await {
            protocol::ToClient::Message(_) => {}
            protocol::ToClient::Error(note) => break note,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused.code, Code::Unavailable);
    is_ready(address, false).await;
    let pid = child.id().unwrap().to_string();
    let freed = Command::new("prlimit").args(["--pid", &pid, "--fsize=unlimited"]).status().await;
    assert!(freed.unwrap().success());
    is_ready(address, true).await;
    lives(child, address, &db).await;
    // Lines are whole again, and it is told that some are missing.
    let log = fs::read_to_string(&log).unwrap();
    assert!(log.contains("\n") && log.contains("lines of this log could not be written"), "{log}");
}

/// A folder with all that commands ask for.
async fn set_up() -> (tempfile::TempDir, Vec<Vec<String>>) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (db, key, copy) = (path("nebula.db"), path("key.pem"), path("copy.db"));
    fs::write(&key, ed25519().0).unwrap();
    let config = Config { db: Db::File(db.clone().into()), ..Config::for_tests() };
    TestServer::start_with(config).await.stop().await;
    let kept = "INSERT INTO persons VALUES (1, zeroblob(32));
        INSERT INTO names VALUES ('ann', 'Ann', 1, 4102444800000);
        INSERT INTO sanctions (kind, room_key, owner, id, user_key, user, author)
            VALUES (1, '', 'eve', 2, 'eve', 'Eve', 'Mod')";
    Connection::open(&db).unwrap().execute_batch(kept).unwrap();
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let commands = vec![
        words("--help"),
        words("--version"),
        words("help backup"),
        words("token --help"),
        words(&format!("names --db {db}")),
        words(&format!("bans --db {db}")),
        words(&format!("check-config --db {db} --listen 127.0.0.1:0")),
        words(&format!("token --token-key {key} --user ann --rooms dev")),
        words(&format!("backup {copy} --db {db}")),
        words(&format!("release-name Ann --db {db}")),
    ];
    (folder, commands)
}

async fn run(redirection: &str, arguments: &[String]) -> Output {
    let script = format!("\"$0\" \"$@\" {redirection}; exit ${{PIPESTATUS[0]}}");
    let output = Command::new("bash").args(["-c", &script, BINARY]).args(arguments).output();
    timeout(PATIENCE, output).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_command_whose_answer_cannot_be_written_says_so_and_one_that_is_not_read_is_quiet() {
    for (redirection, code, says) in [
        ("", 0, false),
        (">/dev/full", 2, true),
        (">/dev/full 2>/dev/full", 2, false),
        (">/dev/full 2>&-", 2, false),
        (">&-", 0, false),
        ("<&- >&- 2>&-", 0, false),
        ("2>&-", 0, false),
    ] {
        let (_folder, commands) = set_up().await;
        for arguments in commands {
            let output = run(redirection, &arguments).await;
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{arguments:?} {redirection}: {said}");
            let words = "cannot write to stdout: No space left on device";
            assert_eq!(said.contains(words), says, "{arguments:?} {redirection}: {said}");
            assert_eq!(said.is_empty(), !says, "{arguments:?} {redirection}: {said}");
        }
    }
    let (_folder, commands) = set_up().await;
    for arguments in commands {
        let (_, writer) = std::io::pipe().unwrap();
        let command = Command::new(BINARY).args(&arguments).stdout(writer).output();
        let output = timeout(PATIENCE, command).await.unwrap().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(output.stderr, b"", "{arguments:?}");
    }
}

#[tokio::test]
async fn what_is_wrong_keeps_its_exit_code_when_it_cannot_be_told() {
    let wrong = ["--no-such-flag", "names --db /no/such/file", "--db /no/such/folder/x.db"];
    for arguments in wrong.map(|line| line.split(' ').map(str::to_owned).collect::<Vec<_>>()) {
        for redirection in ["2>/dev/full", "2>&-", "2>&1 | true"] {
            let output = run(redirection, &arguments).await;
            assert_eq!(output.status.code(), Some(2), "{arguments:?} {redirection}");
        }
        // A pipe that is full, and stays so.
        let (_reader, mut writer) = std::io::pipe().unwrap();
        let size = rustix::pipe::fcntl_getpipe_size(&writer).unwrap();
        writer.write_all(&vec![b'x'; size]).unwrap();
        let mut child = Command::new(BINARY).args(&arguments).stderr(writer).spawn().unwrap();
        let status = timeout(PATIENCE, child.wait()).await.unwrap().unwrap();
        assert_eq!(status.code(), Some(2), "{arguments:?}");
    }
}

fn pipe_in(folder: &Path) -> String {
    let path = folder.join("pipe");
    mkfifoat(CWD, &path, Mode::RUSR | Mode::WUSR).unwrap();
    path.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_pipe_or_a_device_in_place_of_a_file_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = pipe_in(folder.path());
    for file in [&*pipe, "/dev/zero"] {
        for arguments in [
            format!("--db {file}"),
            format!("--db :memory: --moderators {file}"),
            format!("--db :memory: --token-key {file}"),
            format!("--db :memory: --tls-cert {file} --tls-key {file}"),
            format!("names --db {file}"),
            format!("bans --db {file}"),
            format!("release-name Ann --db {file}"),
            format!("backup {}/copy --db {file}", folder.path().display()),
            format!("token --token-key {file} --user ann --rooms dev"),
        ] {
            let words: Vec<_> = arguments.split(' ').map(str::to_owned).collect();
            let mut ways = vec![words.clone()];
            if words[0].starts_with("--") {
                ways.push([&["check-config".to_owned()], &words[..]].concat());
            }
            for way in ways {
                let mut command = Command::new(BINARY);
                command.env("NEBULA_LISTEN", "127.0.0.1:0").args(&way).stdin(Stdio::null());
                let output = timeout(PATIENCE, command.output()).await.unwrap().unwrap();
                let said = String::from_utf8_lossy(&output.stderr);
                assert_eq!(output.status.code(), Some(2), "{way:?}: {said}");
                assert!(said.contains(file) && said.contains("not a regular file"), "{said}");
            }
        }
    }
}

#[tokio::test]
async fn a_reload_from_a_pipe_is_refused_and_nobody_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("nebula.db");
    let mut server = Server::spawn(&mut server_with("", &db)).await;
    let list = folder.path().join("moderators");
    fs::remove_file(&list).unwrap();
    fs::rename(pipe_in(folder.path()), &list).unwrap();
    server.signal(Signal::HUP);
    server.says("not a regular file").await;
    fs::remove_file(&list).unwrap();
    fs::write(&list, "").unwrap();
    server.signal(Signal::HUP);
    server.says("files were reloaded").await;
    let address: SocketAddr = server.address.parse().unwrap();
    let Server { child, lines, .. } = server;
    lives(child, address, &db).await;
    drop(lines);
}
