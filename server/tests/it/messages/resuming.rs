//! Who comes back ends with the messages as they are, whatever happened to them meanwhile.

use protocol::{History, MessageId, ToClient};
use serde_json::json;
use server::Config;

use super::{delete, edit, page, react, said};
use crate::rooms::{ANN, BOB, ask, comes_to};
use crate::support::harness::{TestServer, query};

async fn back(server: &TestServer, since: MessageId) -> History {
    let more = format!("&since={since}");
    server.connect_with(&query("dev", "Cy", &more), Some(3)).await.history().await
}

#[tokio::test]
async fn who_comes_back_gets_each_changed_message_once_as_it_is() {
    let server = TestServer::start_with(Config { message_rate: 0, ..Config::for_tests() }).await;
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    let mut all = Vec::new();
    for text in ["one", "two", "three", "four"] {
        all.push(said(&mut ann, text).await);
    }
    let seen = all[3].id;
    for envelope in [edit(&all[0], "uno"), edit(&all[0], "eins"), delete(&all[1])] {
        ask(&mut ann, envelope).await;
    }
    ask(&mut bob, react(&all[2], "👍", true)).await;
    ask(&mut bob, react(&all[0], "🚀", true)).await;
    let answer = json!({"type": "message", "room": "dev", "content": "five", "reply": all[1].id});
    let ToClient::Message(answer) = ask(&mut bob, answer).await else { panic!() };
    let history = back(&server, seen).await;
    let now = page(&mut ann).await.messages;
    let changed: Vec<_> = [1, 2, 0].map(|at| now[at].clone()).into();
    assert_eq!((history.changed, history.messages), (changed, vec![answer]));
    let at_the_end = back(&server, history.head).await;
    assert!(at_the_end.changed.is_empty() && at_the_end.messages.is_empty());
    // A change is later than what was heard before it, and is told to who heard no more.
    let late = back(&server, all[0].id).await;
    assert_eq!(late.changed, [now[0].clone()]);
    assert_eq!(late.messages.len(), 4);
    server.stop().await;
}
