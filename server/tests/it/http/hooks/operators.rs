//! Hooks that the operator makes, beside a server that runs.

use std::path::Path;
use std::process::Stdio;

use protocol::{Everybody, ToClient};
use rustix::process::Signal;
use serde_json::json;
use tokio::io::AsyncReadExt as _;

use super::{owner, post};
use crate::rooms::{ANN, BOB, ask, comes, comes_to, join, private, until};
use crate::support::child::{operator, send_signal};
use crate::support::kept::kept;

/// What the operator's command prints.
fn told(arguments: &[&str], db: &Path) -> (i32, String) {
    let (exit, told) = operator(arguments, "--db", db);
    (exit.unwrap(), told.trim_end().to_owned())
}

fn hook(db: &Path, room: &str, more: &[&str]) -> String {
    let arguments = [&["hook", "--room", room, "--name", "grafana"], more].concat();
    let (exit, path) = told(&arguments, db);
    assert_eq!(exit, 0, "{path}");
    assert!(path.starts_with("/hooks/") && !path.contains(char::is_whitespace), "{path}");
    path
}

#[tokio::test]
async fn the_operator_makes_lists_and_ends_hooks_of_any_room() {
    let (server, folder) = kept().await;
    let db = folder.path().join("nebula.db");
    let mut ann = owner(&server, "ops").await;
    let room = private(&mut ann, "Team").await;
    join(&mut ann, &room).await;
    let (open, closed) = (hook(&db, "ops", &[]), hook(&db, &room, &["--mentions"]));
    for (path, at) in [(&open, "ops"), (&closed, &*room)] {
        let answer = post(server.address, path, &[], r#"{"text":"x"}"#).await;
        assert_eq!(answer.told(), (200, "ok"));
        assert_eq!(ann.message().await.room.as_str(), at);
    }
    let list = told(&["hooks"], &db);
    assert_eq!(list, (0, format!("1 #ops grafana\n2 #{room} grafana, can mention")));
    assert_eq!(told(&["hooks", "--room", "ops"], &db), (0, "1 #ops grafana".to_owned()));
    assert_eq!(told(&["unhook", "1"], &db), (0, "the hook 1 has ended".to_owned()));
    let answer = post(server.address, &open, &[], r#"{"text":"x"}"#).await;
    assert_eq!(answer.told(), (404, "no_service"));
    for (arguments, words) in [
        (&["unhook", "1"][..], "no hook 1"),
        (&["hook", "--room", "ops", "--name", "Ann"], "taken"),
        (&["hook", "--room", "ops", "--name", "\u{410}nn"], "looks like"),
        (&["hook", "--room", "ops", "--name", "gr\u{430}fana"], "looks like"),
        (&["hook", "--room", "+none", "--name", "x"], "no such room"),
        (&["hook", "--room", "ops", "--name", " "], "invalid value"),
    ] {
        let (exit, told) = told(arguments, &db);
        assert!(exit == 2 && told.contains(words), "{arguments:?}: {told}");
    }
    drop(ann);
    server.stop().await;
}

#[tokio::test]
async fn one_that_may_mentions_people_and_everybody() {
    let (server, folder) = kept().await;
    let db = folder.path().join("nebula.db");
    let mut ann = comes(&server, ANN).await;
    let _bob = comes(&server, BOB).await;
    let room = private(&mut ann, "Team").await;
    crate::rooms::added(&mut ann, &room, "Bob").await;
    join(&mut ann, &room).await;
    let path = hook(&db, &room, &["--mentions"]);
    let body = r#"{"text":"<!channel> <@ann>: look"}"#;
    assert_eq!(post(server.address, &path, &[], body).await.told(), (200, "ok"));
    let message = ann.message().await;
    assert_eq!(message.everybody, Some(Everybody::All));
    assert_eq!(message.mentions.iter().map(|it| it.as_str()).collect::<Vec<_>>(), ["Ann"]);
    // Also who is not in the room finds it.
    let mut bob = comes_to(&server, "lobby", BOB).await;
    let ToClient::Mentions(found) = ask(&mut bob, json!({"type": "mentions"})).await else {
        panic!("no mentions")
    };
    assert_eq!(found.messages, [message]);
    drop((ann, bob, _bob));
    server.stop().await;
}

#[tokio::test]
async fn a_secret_is_never_logged() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("nebula.db");
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    command.args(["--listen", "127.0.0.1:0", "--db"]).arg(&db).env("RUST_LOG", "trace");
    let mut child = command.stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let mut logged = String::new();
    while !logged.contains("to chat") {
        let mut some = [0; 1024];
        let read = stderr.read(&mut some).await.unwrap();
        assert!(read > 0, "{logged}");
        logged.push_str(&String::from_utf8_lossy(&some[..read]));
    }
    let address = logged.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let address = address.parse().unwrap();
    let path = hook(&db, "ops", &[]);
    let secret = path.rsplit('/').next().unwrap();
    for body in [r#"{"text":"x"}"#, "x", r#"{"text":""}"#] {
        post(address, &path, &[], body).await;
        post(address, &format!("{path}/github"), &[], body).await;
        post(address, &format!("{path}x"), &[], body).await;
    }
    send_signal(&child, Signal::TERM);
    stderr.read_to_string(&mut logged).await.unwrap();
    assert!(child.wait().await.unwrap().success());
    assert!(!logged.contains(secret), "{logged}");
}

#[tokio::test]
async fn an_open_room_comes_to_be_when_its_hook_says_something() {
    let (server, folder) = kept().await;
    let path = hook(&folder.path().join("nebula.db"), "new", &[]);
    assert_eq!(post(server.address, &path, &[], r#"{"text":"x"}"#).await.told(), (200, "ok"));
    let mut ann = comes(&server, ANN).await;
    ann.send(json!({"type": "join", "room": "new", "history": 5}).to_string()).await;
    let is_it = |it: &ToClient| matches!(it, ToClient::History(page) if page.messages.len() == 1);
    until(&mut ann, is_it).await;
    drop(ann);
    server.stop().await;
}
