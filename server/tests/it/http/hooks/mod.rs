//! Other programs speak in rooms: what they post, what is made of it, and who lets them.

mod faults;
mod github;
mod making;
mod operators;
mod posting;
mod programs;

use protocol::{Hook, ToClient};
use serde_json::{Value, json};

use super::requests::{Answer, post, request};
use crate::rooms::{ANN, ask, comes_to, join, made};
use crate::support::harness::{Peer, TestServer};

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
