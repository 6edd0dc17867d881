//! The example of a receiver in the documentation does what is said there.

use std::fs;
use std::process::Stdio;

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use super::told;
use crate::http::api::examples::example;
use crate::http::requests::post;
use crate::rooms::{ANN, comes_to, says};
use crate::support::harness::PATIENCE;
use crate::support::kept::{file, kept};

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_python_checks_the_signature_and_answers() {
    let (server, folder) = kept().await;
    let (script, secret) = (folder.path().join("hear.py"), folder.path().join("secret"));
    // It tells the port that it was given.
    let text = example("python", 1).replace("8000", "0").replace(
        "server.serve_forever()",
        "print(server.server_port, flush=True)\nserver.serve_forever()",
    );
    fs::write(&script, text).unwrap();
    fs::write(&secret, SECRET).unwrap();
    let mut hears = Command::new("python3");
    hears.arg(&script).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut running = hears.env("SECRET", SECRET).spawn().unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let port = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
    let address = format!("127.0.0.1:{port}");
    let (url, secret) = (format!("http://{address}/"), secret.to_str().unwrap());
    let (exit, words) = told(
        &[
            "hook",
            "--out",
            &url,
            "--room",
            "dev",
            "--secret-file",
            secret,
            "--name",
            "ping",
            "--allow-private",
        ],
        &file(&folder),
    );
    assert_eq!(exit, 0, "{words}");
    let mut ann = comes_to(&server, "dev", ANN).await;
    says(&mut ann, "dev", "!ping").await;
    let answer = ann.message().await;
    assert_eq!((answer.sender.as_str(), answer.content.as_str()), ("ping", "pong"));
    assert_eq!(lines.next_line().await.unwrap().unwrap(), "Ann: !ping");
    // Nobody else is believed.
    let forged = json!({"type": "message", "sender": "Ann", "content": "!ping"}).to_string();
    let headers = [
        ("webhook-id", "1-1"),
        ("webhook-timestamp", "1"),
        ("webhook-signature", "v1,C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
    ];
    let answer = post(address.parse().unwrap(), "/", &headers, forged).await;
    assert_eq!(answer.status, 401);
    running.kill().await.unwrap();
    drop(ann);
    server.stop().await;
}
