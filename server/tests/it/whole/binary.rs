//! The real binary: killed under load, stopped by signals, refused its port, out of disk.

use std::collections::BTreeMap;
use std::time::Duration;

use protocol::{Code, ToClient};
use rustix::process::Signal;
use tokio::process::Command;
use tokio::time::{interval, timeout};

use crate::support::child::Server;
use crate::support::harness::{PATIENCE, Peer, get, query, say_ref};

/// Often enough to hit every part of a commit.
const KILLS: usize = 100;

/// Sends numbered messages until the connection breaks; how many were sent, and which were
/// acknowledged.
async fn write_until_cut(mut peer: Peer, run: usize) -> (usize, Vec<(String, u64)>) {
    let mut acknowledged = Vec::new();
    let mut sent = 0;
    loop {
        let reference = format!("{run}-{sent}");
        use futures_util::SinkExt as _;
        let frame = tokio_tungstenite::tungstenite::Message::text(say_ref("dev", "x", &reference));
        if peer.socket.send(frame).await.is_err() {
            return (sent, acknowledged);
        }
        sent += 1;
        loop {
            match peer.next_or_close().await {
                Ok(ToClient::Message(message)) => {
                    let reference = message.reference.unwrap().as_str().to_owned();
                    acknowledged.push((reference, message.id.get()));
                    break;
                }
                Ok(_) => {}
                Err(_) => return (sent, acknowledged),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_under_load_it_has_lost_and_doubled_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("nebula.db");
    let mut acknowledged = BTreeMap::new();
    let mut unsure = Vec::new();
    let seed = fastrand::u64(..);
    println!("killed at points of the seed {seed}");
    let mut points = fastrand::Rng::with_seed(seed);
    for run in 0..KILLS {
        let mut server = Server::start(&db, "127.0.0.1:0").await;
        let mut watcher = server.connect(&query("dev", "watcher", "")).await;
        let writer = server.connect(&query("dev", "writer", "")).await;
        let writing = tokio::spawn(write_until_cut(writer, run));
        // Killed in the middle of traffic: so long after so many messages have been told.
        for _ in 0..points.u32(0..30) {
            watcher.message().await;
        }
        let moment = Duration::from_micros(points.u64(0..2000));
        let _ = timeout(moment, std::future::pending::<()>()).await;
        server.child.kill().await.unwrap();
        let (sent, told) = writing.await.unwrap();
        for (reference, id) in told {
            assert_eq!(acknowledged.insert(reference, id), None, "acknowledged twice");
        }
        unsure.push(format!("{run}-{}", sent - 1));
    }
    // What was sent last may be stored or not: sent again, it is there exactly once.
    let server = Server::start(&db, "127.0.0.1:0").await;
    let mut writer = server.connect(&query("dev", "writer", "")).await;
    writer.expect_entry().await;
    for reference in &unsure {
        writer.send(say_ref("dev", "x", reference)).await;
        acknowledged.insert(reference.clone(), writer.message().await.id.get());
    }
    let mut stored = BTreeMap::new();
    let mut before = String::new();
    loop {
        writer.send(format!(r#"{{"type":"history","room":"dev"{before},"limit":200}}"#)).await;
        let page = writer.history().await;
        for message in &page.messages {
            let reference = message.reference.as_ref().unwrap().as_str().to_owned();
            assert_eq!(stored.insert(reference, message.id.get()), None, "stored twice");
        }
        if !page.more {
            break;
        }
        before = format!(r#","before":{}"#, page.messages[0].id);
    }
    assert_eq!(stored, acknowledged);
}

#[tokio::test]
async fn a_signal_stops_it_and_the_exit_code_is_zero() {
    let folder = tempfile::tempdir().unwrap();
    for signal in [Signal::TERM, Signal::INT] {
        let mut server = Server::start(&folder.path().join("nebula.db"), "127.0.0.1:0").await;
        let mut alice = server.connect(&query("dev", "Alice", "")).await;
        alice.expect_entry().await;
        server.signal(signal);
        alice.expect_refusal(Code::Stopping, 1001).await;
        drop(alice);
        let status = timeout(PATIENCE, server.child.wait()).await.unwrap().unwrap();
        assert_eq!(status.code(), Some(0));
    }
}

/// All are told that it stops, whichever of them is first, and that is all: nobody leaves who is back at once.
#[tokio::test]
async fn while_it_stops_nobody_hears_that_others_leave() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("nebula.db"), "127.0.0.1:0").await;
    let mut peers = Vec::new();
    for n in 0..20 {
        let mut peer = server.connect(&query("dev", &format!("p{n}"), "")).await;
        peer.expect_entry().await;
        peers.push(peer);
    }
    server.signal(Signal::TERM);
    for mut peer in peers {
        while let Ok(told) = peer.next_or_close().await {
            assert!(!matches!(told, ToClient::Leave(_)), "{told:?}");
        }
    }
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&folder.path().join("nebula.db"), "127.0.0.1:0").await;
    // Never answers the goodbye, so that a polite end takes its time.
    let mut alice = server.connect(&query("dev", "Alice", "")).await;
    alice.expect_entry().await;
    server.signal(Signal::TERM);
    while !server.lines.next_line().await.unwrap().unwrap().contains("stopping") {}
    server.signal(Signal::TERM);
    let status = timeout(PATIENCE, server.child.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(1));
}

#[tokio::test]
async fn a_hangup_without_files_to_read_anew_is_noted_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&folder.path().join("nebula.db"), "127.0.0.1:0").await;
    server.signal(Signal::HUP);
    server.says("nothing to reload").await;
    server.connect(&query("dev", "Alice", "")).await.expect_entry().await;
}

#[tokio::test]
async fn a_port_in_use_is_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("nebula.db"), "127.0.0.1:0").await;
    let other = Command::new(env!("CARGO_BIN_EXE_nebula-server"))
        .args(["--listen", &server.address, "--db", ":memory:"])
        .output()
        .await
        .unwrap();
    let said = String::from_utf8(other.stderr).unwrap();
    assert_eq!(other.status.code(), Some(2));
    // Beside it only that the machine allows few files.
    let lines = said.lines().filter(|line| !line.contains(" WARN "));
    assert_eq!(lines.count(), 1, "{said}");
    assert!(said.contains(&server.address) && said.contains("--listen"), "{said}");
}

#[tokio::test]
async fn what_the_arguments_say_wrongly_is_told() {
    for (arguments, word) in [
        (["--listen", "nowhere"], "--listen"),
        (["--sync", "maybe"], "normal"),
        (["--ping-interval", "soon"], "--ping-interval"),
        (["--allow-origin", "null"], "https://chat.example"),
        (["--allow-origin", "https://a/b"], "--allow-origin"),
        (["--moderators", "/no/such/list"], "/no/such/list"),
        (["--token-key", "/no/such/key"], "/no/such/key"),
        (["--db", "/no/such/folder/x.db"], "/no/such/folder/x.db"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
        // A flag outranks them.
        command.env("NEBULA_LISTEN", "127.0.0.1:0").env("NEBULA_DB", ":memory:");
        let output = command.args(arguments).output().await.unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(word), "{arguments:?}");
    }
}

/// A file may not grow beyond a few hundred KiB: to the server, a disk that is full.
#[tokio::test]
async fn a_full_disk_is_told_to_authors_alone_and_service_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("nebula.db");
    let mut shell = Command::new("bash");
    // The signal of that limit is ignored, so that the write fails instead.
    let script = "trap '' XFSZ; ulimit -S -f 400; exec \"$0\" \"$@\"";
    shell.args([
        "-c",
        script,
        env!("CARGO_BIN_EXE_nebula-server"),
        "--listen",
        "127.0.0.1:0",
        "--message-rate",
        "0",
        "--db",
    ]);
    let server = Server::spawn(shell.arg(&db)).await;
    let mut alice = server.connect(&query("dev", "Alice", "")).await;
    alice.expect_entry().await;
    let mut bob = server.connect(&query("dev", "Bob", "")).await;
    bob.expect_entry().await;
    let text = "x".repeat(4000);
    let mut stored = 0;
    let note = 'full: loop {
        alice.send(say_ref("dev", &text, &format!("r{stored}"))).await;
        loop {
            match alice.next().await {
                ToClient::Message(_) => break,
                ToClient::Error(note) => break 'full note,
                _ => {}
            }
        }
        stored += 1;
        assert!(stored < 1000, "the disk does not fill");
    };
    assert_eq!(
        (note.code, note.reference.unwrap().as_str()),
        (Code::Unavailable, &*format!("r{stored}"))
    );
    for _ in 0..stored {
        bob.message().await;
    }
    bob.silence().await;
    server.is_ready(false).await;
    // It is tried again every second, and a little room is not taken for enough.
    let mut looks = interval(Duration::from_millis(100));
    for _ in 0..25 {
        looks.tick().await;
        let answer = get(server.address.parse().unwrap(), "/readyz").await;
        assert!(answer.contains(" 503 "), "{answer}");
    }
    // Room again: the limit is lifted from outside, and it is found out without a message.
    server.limit("--fsize=unlimited").await;
    server.is_ready(true).await;
    alice.send(say_ref("dev", &text, &format!("r{stored}"))).await;
    let message = alice.message().await;
    assert_eq!(bob.message().await, message);
}
