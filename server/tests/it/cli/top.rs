//! `nebula-server top`, against a server that runs.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::Stdio;

use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use serde_json::Value;

use super::operations::{run, said};
use crate::support::child::Server;
use crate::support::harness::{TestServer, say};

#[tokio::test(flavor = "multi_thread")]
async fn top_tells_programs_how_a_server_is() {
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    alice.send(say("dev", "hello")).await;
    alice.message().await;
    let url = format!("http://{}", server.metrics);
    let output = run(&["top", "--once", "--json", "--url", &url]).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&told["ok"], &told["ready"]), (&true.into(), &true.into()), "{told}");
    assert_eq!(told["figures"]["connections"], 1, "{told}");
    assert_eq!(told["figures"]["messages"], 0, "none in this second: {told}");
    assert_eq!(told["url"], format!("{url}/metrics"));
    assert_eq!(told["problems"], Value::Array(Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn top_finds_the_server_as_the_server_was_told_and_explains_what_is_red() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("nebula.db");
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    command.arg("--db").arg(&db).args(["--listen", "127.0.0.1:0"]);
    command.args(["--metrics-listen", "127.0.0.1:0", "--disk-free-min", "9000000000000000000"]);
    let server = Server::spawn(&mut command).await;
    server.is_ready(false).await;
    let mut top = tokio::process::Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    top.args(["top", "--once"]).env("NEBULA_METRICS_LISTEN", server.metrics.as_deref().unwrap());
    let output = top.output().await.unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let told = said(&output);
    assert!(told.starts_with("not ready\n"), "{told}");
    assert!(told.contains("! The disk of the database has less free space"), "{told}");
    assert!(told.contains("-> Free some space"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn top_says_why_there_is_nothing_to_show() {
    let server = TestServer::start().await;
    let chat = format!("http://{}", server.address);
    let page = format!("http://{}/healthz", server.metrics);
    for (arguments, code, words) in [
        (vec!["--once", "--url", "http://127.0.0.1:1"], 2, "cannot be reached"),
        (vec!["--once", "--url", &chat], 2, "404"),
        (vec!["--once", "--url", &page], 2, "not a Nebula server's metrics"),
        (vec!["--once", "--url", "https://chat.example"], 2, "http alone"),
        (vec!["--url", &chat], 2, "needs a terminal"),
        (vec!["--json"], 2, "--once"),
    ] {
        let output = run(&[&["top"], &arguments[..]].concat()).await;
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{arguments:?}: {}", said(&output));
    }
}

/// How it is left.
enum Leave {
    Key(&'static [u8]),
    Signal(Signal),
}

#[test]
fn a_terminal_is_given_back_however_top_is_left() {
    let signals = [Signal::TERM, Signal::INT, Signal::HUP].map(Leave::Signal);
    for leave in [Leave::Key(b"q"), Leave::Key(b"\x03")].into_iter().chain(signals) {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let terminal = open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let size = Winsize { ws_row: 12, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&terminal, size).unwrap();
        let [stdin, stdout] = [(); 2].map(|()| Stdio::from(terminal.try_clone().unwrap()));
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_nebula-server"));
        command.args(["top", "--url", "127.0.0.1:1"]).stdin(stdin).stdout(stdout);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut master = File::from(master);
        let mut seen = String::new();
        let mut until = |words: &str, master: &mut File| {
            let mut some = [0; 4096];
            while !seen.contains(words) {
                let count = master.read(&mut some).unwrap();
                seen.push_str(&String::from_utf8_lossy(&some[..count]));
            }
        };
        until("no answer", &mut master);
        let is_cooked = || tcgetattr(&terminal).unwrap().local_modes.contains(LocalModes::ICANON);
        assert!(!is_cooked());
        match leave {
            Leave::Key(key) => master.write_all(key).unwrap(),
            Leave::Signal(signal) => {
                let pid = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
                kill_process(pid, signal).unwrap();
            }
        }
        until("\x1b[?1049l", &mut master);
        let output = child.wait().unwrap();
        assert!(output.success() && is_cooked(), "{output}");
    }
}
