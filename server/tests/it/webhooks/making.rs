//! How the operator makes outgoing hooks, and what is told of them.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use protocol::ToClient;
use rustix::process::Signal;
use serde_json::json;
use tokio::process::Command;

use super::{Receiver, hook, told};
use crate::http::requests::post;
use crate::rooms::{ANN, ask, comes_to, direct, says};
use crate::support::child::{Server, send_signal};
use crate::support::kept::{file, kept};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn out(url: &str, more: &[&str], db: &Path) -> (i32, String) {
    told(&[&["hook", "--room", "dev", "--out", url], more].concat(), db)
}

#[tokio::test]
async fn a_url_that_nothing_can_be_sent_to_is_refused() {
    let (server, folder) = kept().await;
    let db = file(&folder);
    drop(comes_to(&server, "dev", ANN).await);
    let long = format!("https://{}.example/", "x".repeat(40));
    for (url, more, words) in [
        ("ci.example", &[][..], "not a URL"),
        ("ftp://ci.example/", &[], "http:// or https://"),
        ("https://me:pass@ci.example/", &[], "no user name or password"),
        ("https://ci.example/#x", &[], "no #"),
        (
            "http://127.0.0.1:9/",
            &[],
            "127.0.0.1 is not a public address: allow it with --allow-private",
        ),
        ("http://2130706433/", &[], "127.0.0.1 is not a public address"),
        ("http://[::1]/", &[], "[::1] is not a public address"),
        ("http://169.254.169.254/", &[], "not a public address"),
        (&long, &[], "give it one with --name"),
        ("https://ci.example/", &["--name", "Ann"], "taken"),
        ("https://ci.example/", &["--mentions"], "cannot be used with"),
        ("https://ci.example/", &["--room", "x"], "cannot be used multiple times"),
    ] {
        let (exit, told) = out(url, more, &db);
        assert!(exit == 2 && told.contains(words), "{url}: {told}");
    }
    for arguments in [
        &["hook", "--room", "dev"][..],
        &["hook", "--room", "dev", "--name", "x", "--allow-private"],
        &["hook", "--room", "dev", "--name", "x", "--secret-file", "y"],
    ] {
        let (exit, told) = told(arguments, &db);
        assert!(exit == 2 && told.contains("required"), "{arguments:?}: {told}");
    }
    assert_eq!(told(&["hook", "--room", "+none", "--out", "https://a.example/"], &db).0, 2);
    assert_eq!(told(&["hooks"], &db), (0, String::new()));
    server.stop().await;
}

#[tokio::test]
async fn a_secret_is_taken_from_a_file_or_what_is_wrong_with_it_is_said() {
    let (server, folder) = kept().await;
    let (db, path) = (file(&folder), folder.path().join("secret"));
    let receiver = Receiver::new().await;
    let make = || {
        let more = ["--allow-private", "--name", "ci", "--secret-file", path.to_str().unwrap()];
        out(&receiver.url(), &more, &db)
    };
    for (contents, words) in [
        (None, "No such file"),
        (Some(&b""[..]), "begins with whsec_"),
        (Some(b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "begins with whsec_"),
        (Some(b"whsec_MfKQ"), "the secret has 3 bytes, and 24 to 64 are allowed"),
        (Some(b"whsec_!!!"), "not base64"),
        (Some(b"\xff"), "not text"),
    ] {
        contents.inspect(|contents| fs::write(&path, contents).unwrap());
        let (exit, told) = make();
        let (file, secret) = (path.to_str().unwrap(), "MfKQ");
        assert!(exit == 2 && told.contains(words) && told.contains(file), "{told}");
        assert!(!told.contains(secret), "{told}");
    }
    fs::write(&path, format!("{SECRET}\n")).unwrap();
    assert_eq!(make(), (0, String::new()));
    let mut ann = comes_to(&server, "dev", ANN).await;
    says(&mut ann, "dev", "x").await;
    let request = receiver.next().await;
    assert!(request.is_signed(SECRET));
    request.answer("200 OK", "", "").await;
    drop(ann);
    server.stop().await;
}

#[tokio::test]
async fn hooks_are_listed_with_where_they_send_to_and_ended_as_others_are() {
    let (server, folder) = kept().await;
    let db = file(&folder);
    let mut ann = comes_to(&server, "lobby", ANN).await;
    let _bob = comes_to(&server, "lobby", crate::rooms::BOB).await;
    ask(&mut ann, json!({"type": "create", "room": "dev"})).await;
    let (exit, secret) = out("https://ci.example/hear", &[], &db);
    assert!(exit == 0 && secret.starts_with("whsec_"), "{secret}");
    let receiver = Receiver::new().await;
    hook(&db, "dev", &receiver);
    let list = format!(
        "1 #dev ci.example, sends to https://ci.example/hear\n2 #dev ci, sends to {}, also at private addresses",
        receiver.url()
    );
    assert_eq!(told(&["hooks"], &db), (0, list));
    // The room's owner sees them, without the URL.
    let list = ask(&mut ann, json!({"type": "hooks", "room": "dev"})).await.encode();
    assert!(list.contains("\"ci.example\"") && !list.contains("https"), "{list}");
    // Nobody posts to one.
    for secret in ["", "x", &*secret] {
        let path = format!("/hooks/1/{secret}");
        let answer = post(server.address, &path, &[], r#"{"text":"x"}"#).await;
        assert_eq!(answer.told(), (404, "no_service"), "{path}");
    }
    assert_eq!(told(&["unhook", "1"], &db), (0, "the hook 1 has ended".to_owned()));
    assert!(told(&["unhook", "1"], &db).1.contains("no hook 1"));
    let audit = told(&["audit"], &db).1;
    let lines: Vec<_> = audit.lines().map(|line| line.split_once(' ').unwrap().1).collect();
    assert_eq!(
        lines[1..],
        [
            "hook     - #dev, by the operator, number 1: ci.example",
            "hook     - #dev, by the operator, number 2: ci",
            "unhook   - #dev, by the operator, number 1: ci.example",
        ]
    );
    // Nor does one look like somebody else.
    let similar = ["hook", "--room", "dev", "--name", "\u{410}nn", "--out", "https://a.example/"];
    let (exit, words) = told(&similar, &db);
    assert!(exit == 2 && words.contains("looks like"), "{words}");
    let pair = direct(&mut ann, &["Bob"]).await;
    let (exit, words) = told(&["hook", "--room", &pair, "--out", "https://a.example/"], &db);
    assert!(exit == 2 && words.contains("direct room"), "{words}");
    drop((ann, _bob));
    server.stop().await;
}

#[tokio::test]
async fn a_secret_stands_in_no_list_log_audit_export_or_metric() {
    let folder = tempfile::tempdir().unwrap();
    let db = file(&folder);
    let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    command.args(["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--db"]).arg(&db);
    command.env("RUST_LOG", "trace").stdout(Stdio::null());
    let mut server = Server::spawn(&mut command).await;
    let receiver = Receiver::new().await;
    let secret = hook(&db, "dev", &receiver);
    let mut ann = server.connect("room=dev&user=Ann").await;
    ann.expect_entry().await;
    says(&mut ann, "dev", "x").await;
    receiver.next().await.answer("500 No", "", "").await;
    receiver.next().await.says(r#"{"text":"y"}"#).await;
    assert!(matches!(ann.next().await, ToClient::Message(it) if it.content.as_str() == "y"));
    let metrics = server.metrics.clone().unwrap().parse().unwrap();
    let mut all = crate::support::harness::get(metrics, "/metrics").await;
    assert!(all.contains("nebula_webhooks_failures_total 1"), "{all}");
    for arguments in [&["hooks"][..], &["audit"], &["audit", "--json"], &["export"]] {
        all.push_str(&told(arguments, &db).1);
    }
    assert!(all.contains("sends to"), "{all}");
    send_signal(&server.child, Signal::TERM);
    while let Some(line) = server.lines.next_line().await.unwrap() {
        assert!(!line.contains("/hear"), "a path may be a secret too: {line}");
        all.push_str(&line);
    }
    assert!(all.contains("cannot deliver"), "{all}");
    let key = secret.strip_prefix("whsec_").unwrap();
    assert!(!all.contains("whsec_") && !all.contains(key.trim_end_matches('=')), "{all}");
}
