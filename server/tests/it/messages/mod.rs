//! What becomes of messages: edits, deletions, reactions and answers, and pages around them.

mod deleting;
mod editing;
mod jumping;
mod reacting;
mod replying;
mod resuming;
mod typing;

use protocol::{History, Message, ToClient};
use serde_json::{Value, json};

use crate::rooms::ask;
use crate::support::harness::Peer;

/// Says something in `dev`, and has it as it was stored.
async fn said(peer: &mut Peer, text: &str) -> Message {
    said_in(peer, "dev", text).await
}

async fn said_in(peer: &mut Peer, room: &str, text: &str) -> Message {
    match ask(peer, json!({"type": "message", "room": room, "content": text})).await {
        ToClient::Message(message) => message,
        other => panic!("{other:?} instead of a message"),
    }
}

fn edit(message: &Message, content: &str) -> Value {
    let (room, id) = (message.room.as_str(), message.id);
    json!({"type": "edit", "room": room, "message": id, "content": content})
}

fn delete(message: &Message) -> Value {
    json!({"type": "delete", "room": message.room.as_str(), "message": message.id})
}

fn react(message: &Message, emoji: &str, on: bool) -> Value {
    let (room, id) = (message.room.as_str(), message.id);
    json!({"type": "react", "room": room, "message": id, "emoji": emoji, "on": on})
}

/// The newest page of `dev`.
async fn page(peer: &mut Peer) -> History {
    page_of(peer, json!({"type": "history", "room": "dev"})).await
}

async fn page_of(peer: &mut Peer, query: Value) -> History {
    match ask(peer, query).await {
        ToClient::History(history) => history,
        other => panic!("{other:?} instead of a page"),
    }
}

/// A message as it is now.
async fn now(peer: &mut Peer, message: &Message) -> Message {
    let page = page(peer).await;
    page.messages.into_iter().find(|it| it.id == message.id).unwrap()
}
