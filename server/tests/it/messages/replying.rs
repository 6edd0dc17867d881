//! Answers: to a message of the same room, whatever became of that.

use protocol::{Code, ToClient};
use serde_json::json;

use super::{delete, now, page, said};
use crate::rooms::{ANN, BOB, ask, comes_to, refused, until};
use crate::support::harness::TestServer;

#[tokio::test]
async fn an_answer_says_what_it_answers_live_in_pages_and_when_it_is_sent_again() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    let first = said(&mut ann, "one").await;
    let reply = json!({"type": "message", "room": "dev", "content": "two", "reply": first.id,
        "ref": "r1"});
    let ToClient::Message(told) = ask(&mut bob, reply.clone()).await else { panic!() };
    assert_eq!(told.reply, Some(first.id));
    let heard = until(&mut ann, |it| matches!(it, ToClient::Message(it) if it.id == told.id)).await;
    assert_eq!(heard, ToClient::Message(told.clone()));
    assert_eq!(now(&mut ann, &told).await, told);
    assert_eq!(ask(&mut bob, reply).await, ToClient::Message(told));
    assert_eq!(page(&mut ann).await.messages.len(), 2);
    server.stop().await;
}

#[tokio::test]
async fn what_is_answered_is_in_the_room_deleted_or_not() {
    let server = TestServer::start().await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let first = said(&mut ann, "one").await;
    let reply = |room: &str, to: u64| json!({"type": "message", "room": room, "content": "two", "reply": to});
    assert_eq!(refused(&mut ann, reply("dev", 1)).await, Code::NotFound);
    ann.send(json!({"type": "join", "room": "ops"}).to_string()).await;
    assert_eq!(refused(&mut ann, reply("ops", first.id.get())).await, Code::NotFound);
    assert_eq!(page(&mut ann).await.messages.len(), 1, "nothing was stored");
    assert!(matches!(ask(&mut ann, delete(&first)).await, ToClient::Deleted(_)));
    assert!(matches!(ask(&mut ann, reply("dev", first.id.get())).await, ToClient::Message(_)));
    server.stop().await;
}
