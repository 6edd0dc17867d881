//! Searching for messages, through the public door.

mod finding;
mod index;
mod rights;

use std::time::Duration;

use protocol::{Message, ToClient};
use serde_json::{Value, json};
use tokio::time::{interval, timeout};

use crate::rooms::{ask, says};
use crate::support::harness::{PATIENCE, Peer};

/// What a question brings, newest first, and whether there is more.
async fn found(peer: &mut Peer, question: Value) -> (Vec<Message>, bool) {
    let mut envelope = json!({"type": "search"});
    envelope.as_object_mut().unwrap().extend(question.as_object().unwrap().clone());
    match ask(peer, envelope).await {
        ToClient::Found(found) => (found.messages, found.more),
        other => panic!("{question} is answered with {other:?}"),
    }
}

/// The texts that a query finds, newest first.
pub(crate) async fn texts(peer: &mut Peer, query: &str) -> Vec<String> {
    let (found, more) = found(peer, json!({"query": query})).await;
    assert!(!more, "{query:?}");
    found.iter().map(|message| message.content.as_str().to_owned()).collect()
}

/// Waits until a message that they may read is found by a word in it.
pub(crate) async fn is_found(peer: &mut Peer, word: &str, id: u64) {
    let looked = async {
        // As often as a connection may ask for long.
        let mut often = interval(Duration::from_millis(50));
        loop {
            often.tick().await;
            let (found, _) = found(peer, json!({"query": word})).await;
            if found.iter().any(|message| message.id.get() == id) {
                return;
            }
        }
    };
    timeout(PATIENCE, looked).await.unwrap_or_else(|_| panic!("{word:?} is not found"));
}

/// Says these, one after the other, and waits until the last one is found by its last word.
async fn says_all(peer: &mut Peer, room: &str, texts: &[&str]) -> Vec<u64> {
    let mut ids = Vec::new();
    for text in texts {
        ids.push(says(peer, room, text).await);
    }
    let word = texts.last().unwrap().split(' ').next_back().unwrap();
    is_found(peer, word, *ids.last().unwrap()).await;
    ids
}
