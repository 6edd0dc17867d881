//! Bots that the operator makes, lists and ends, beside a server that runs and one that does not.

use std::process::Stdio;

use rustix::process::Signal;
use serde_json::{Value, json};
use server::{Config, Db};
use tokio::io::AsyncReadExt as _;

use super::{Bot, command};
use crate::rooms::{ANN, comes};
use crate::support::child::{Server, send_signal};
use crate::support::harness::TestServer;
use crate::support::kept::{file, kept};

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_makes_lists_and_ends_bots() {
    let (server, folder) = kept().await;
    let db = file(&folder);
    drop(comes(&server, ANN).await);
    Bot::new(&db, server.address, &["builds", "--rooms", "dev, ops-*"]);
    Bot::new(&db, server.address, &["archive", "--rooms", "*", "--read-only"]);
    let (exit, list) = command(&["bots"], &db);
    let lines: Vec<_> = list.lines().map(|line| line.split_once("Z ").unwrap().1).collect();
    assert_eq!((exit, lines), (0, vec!["archive: *, reads only", "builds: dev,ops-*"]));
    for (arguments, words) in [
        (&["bot", "Builds", "--rooms", "*"][..], "taken"),
        (&["bot", "ann", "--rooms", "*"], "taken"),
        (&["bot", "\u{430}nn", "--rooms", "*"], "looks like"),
        (&["bot", "bui1ds", "--rooms", "*"], "looks like"),
        (&["bot", " ", "--rooms", "*"], "invalid value"),
        (&["bot", "x"], "--rooms"),
        (&["bot", "x", "--rooms", ""], "invalid value"),
        (&["revoke-bot", "nobody"], "there is no bot of this name"),
        (&["revoke-bot", "Ann"], "there is no bot of this name"),
        (&["release-name", "builds"], "revoke-bot"),
    ] {
        let (exit, told) = command(arguments, &db);
        assert!(exit == 2 && told.contains(words), "{arguments:?}: {told}");
    }
    assert_eq!(command(&["revoke-bot", "archive"], &db).0, 0);
    assert_eq!(command(&["bots"], &db).1.lines().count(), 1);
    let (_, audit) = command(&["audit"], &db);
    assert!(audit.contains("revoke-bot") && audit.contains("builds"), "{audit}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_is_made_while_no_server_runs_and_lasts_over_a_restart() {
    let (server, folder) = kept().await;
    let (db, address) = (file(&folder), server.address);
    server.stop().await;
    let bot = Bot::new(&db, address, &["builds", "--rooms", "*"]);
    let config = Config { db: Db::File(db.clone()), ..Config::for_tests() };
    let server = TestServer::start_with(config).await;
    let bot = Bot { address: server.address, ..bot };
    let say = json!({"content": "x", "ref": "1"});
    let (status, said) = bot.asks("POST rooms/dev/messages", say).await;
    assert_eq!((status, &said["bot"]), (201, &json!(true)));
    server.stop().await;
    assert_eq!(command(&["revoke-bot", "builds"], &db).0, 0);
    let (exit, told) = command(&["bots"], &folder.path().join("none.db"));
    assert!(exit == 2 && told.contains("none.db"), "{told}");
    let (exit, told) = command(&["bot", "x", "--rooms", "*"], &folder.path().join("none.db"));
    assert!(exit == 2 && told.contains("none.db"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_a_bot_is_never_logged_or_kept() {
    let folder = tempfile::tempdir().unwrap();
    let db = file(&folder);
    let mut process = tokio::process::Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    process.args(["--listen", "127.0.0.1:0", "--db"]).arg(&db).env("RUST_LOG", "trace");
    process.stderr(Stdio::piped());
    let mut server = Server::spawn(&mut process).await;
    let address = server.address.parse().unwrap();
    let bot = Bot::new(&db, address, &["builds", "--rooms", "*"]);
    assert_eq!(bot.asks("GET rooms", Value::Null).await.0, 200);
    assert_eq!(bot.asks("POST rooms/dev/messages", json!({"content": "x"})).await.0, 201);
    let wrong = Bot { token: format!("{}x", bot.token), address };
    assert_eq!(wrong.asks("GET rooms", Value::Null).await.0, 401);
    send_signal(&server.child, Signal::TERM);
    let mut logged = String::new();
    server.lines.get_mut().read_to_string(&mut logged).await.unwrap();
    assert!(server.child.wait().await.unwrap().success());
    assert!(!logged.is_empty() && !logged.contains(&bot.token), "{logged}");
    let kept = std::fs::read(&db).unwrap();
    let is_in = kept.windows(bot.token.len()).any(|it| it == bot.token.as_bytes());
    assert!(!is_in, "only the hash is kept");
}
