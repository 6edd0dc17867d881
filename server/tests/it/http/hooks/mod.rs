//! Other programs speak in rooms: what they post, what is made of it, and who lets them.

mod faults;
mod github;
mod making;
mod operators;
mod posting;
mod programs;

use std::net::SocketAddr;

use protocol::{Hook, ToClient};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::rooms::{ANN, ask, comes_to, join, made};
use crate::support::harness::{PATIENCE, Peer, TestServer};

/// An answer to a request.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    /// The status and the text.
    fn told(&self) -> (u16, &str) {
        (self.status, &self.body)
    }
}

/// Posts something, on a connection of its own.
async fn post(
    address: SocketAddr,
    path: &str,
    headers: &[(&str, &str)],
    body: impl AsRef<[u8]>,
) -> Answer {
    request(address, ("POST", path), headers, body.as_ref()).await
}

async fn request(
    address: SocketAddr,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answer {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let tells_length = |name: &str| matches!(name, "Content-Length" | "Transfer-Encoding");
    if !headers.iter().any(|(name, _)| tells_length(name)) {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    socket.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
    socket.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, socket.read_to_end(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_lowercase(), body: body.to_owned() }
}

/// What is answered to whoever posts something to a path, once.
#[cfg(feature = "cluster")]
pub(crate) async fn posted(server: &TestServer, path: &str) -> (u16, String) {
    let answer = post(server.address, path, &[], r#"{"text":"x"}"#).await;
    (answer.status, answer.body)
}

/// Says something as a hook.
async fn says(server: &TestServer, hook: &Hook, text: &str) {
    let body = json!({ "text": text }).to_string();
    let answer = post(server.address, hook.path.as_str(), &[], body).await;
    assert_eq!(answer.told(), (200, "ok"));
}

/// Somebody who owns an open room, and is in it.
async fn owner(server: &TestServer, room: &str) -> Peer {
    let mut ann = comes_to(server, "lobby", ANN).await;
    made(&mut ann, json!({"type": "create", "room": room})).await;
    join(&mut ann, room).await;
    ann
}

/// A new hook of a room.
async fn hook(peer: &mut Peer, room: &str, name: &str) -> Hook {
    match ask(peer, json!({"type": "hook", "room": room, "name": name})).await {
        ToClient::Hook(hook) => hook,
        other => panic!("{other:?} instead of a hook"),
    }
}

/// A file of `tests/hooks`, by its path there.
fn example(path: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/hooks");
    serde_json::from_str(&std::fs::read_to_string(format!("{folder}/{path}")).unwrap()).unwrap()
}

/// Names of the examples in a folder there.
fn examples(folder: &str) -> Vec<String> {
    let path = format!("{}/tests/hooks/{folder}", env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(path).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.ends_with(".json")).collect();
    names.sort();
    assert!(!names.is_empty());
    names.iter().map(|name| format!("{folder}/{name}")).collect()
}
