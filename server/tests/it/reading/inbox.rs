//! The messages that mention somebody, over all rooms that they may read.

use protocol::{HISTORY_BYTES_MAX, ToClient};
use serde_json::json;

use super::{mentioned, says, texts};
use crate::rooms::{ANN, BOB, added, ask, comes, comes_to, join, private};
use crate::support::harness::TestServer;

#[tokio::test]
async fn it_comes_in_pages_newest_first_as_the_messages_are_now() {
    let server = TestServer::start().await;
    let mut ann = comes(&server, ANN).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    join(&mut bob, "ops").await;
    let mut said = Vec::new();
    for n in 0..5 {
        let room = if n % 2 == 0 { "dev" } else { "ops" };
        said.push(says(&mut bob, room, &format!("{n} @Ann")).await);
    }
    ask(&mut bob, json!({"type": "delete", "room": "dev", "message": said[2].id})).await;
    let edit = json!({"type": "edit", "room": "ops", "message": said[1].id, "content": "1! @ann"});
    ask(&mut bob, edit).await;
    let (newest, more) = mentioned(&mut ann, json!({"limit": 2})).await;
    assert_eq!(
        newest,
        [said[4].clone(), said[3].clone()]
            .map(|it| protocol::Message { reference: it.reference.clone(), ..it })
    );
    assert!(more);
    let (older, more) = mentioned(&mut ann, json!({"before": said[3].id})).await;
    let older: Vec<_> = older
        .iter()
        .map(|it| (it.room.as_str(), it.content.as_str(), it.edited.is_some()))
        .collect();
    assert_eq!((older, more), (vec![("ops", "1! @ann", true), ("dev", "0 @Ann", false)], false));
    let (none, more) = mentioned(&mut ann, json!({"limit": 0})).await;
    assert!(none.is_empty() && more);
    server.stop().await;
}

#[tokio::test]
async fn nobody_finds_there_what_they_may_not_read() {
    let server = TestServer::start().await;
    let (mut ann, mut bob) = (comes(&server, ANN).await, comes(&server, BOB).await);
    let room = private(&mut ann, "Ops").await;
    join(&mut ann, &room).await;
    let said = says(&mut ann, &room, "@Bob is not here yet").await;
    assert_eq!(said.mentions.len(), 1);
    added(&mut ann, &room, "Bob").await;
    assert!(texts(&mut bob).await.is_empty(), "he could not read it");
    says(&mut ann, &room, "@Bob welcome").await;
    assert_eq!(texts(&mut bob).await, ["@Bob welcome"]);
    ask(&mut ann, json!({"type": "remove", "room": room, "user": "Bob"})).await;
    assert!(texts(&mut bob).await.is_empty(), "he has gone");
    server.stop().await;
}

#[tokio::test]
async fn an_answer_stays_within_its_bytes() {
    let server = TestServer::start().await;
    let mut ann = comes(&server, ANN).await;
    let mut bob = comes_to(&server, "dev", BOB).await;
    let long = "\u{1F680}".repeat(4000);
    for n in 0..12 {
        says(&mut bob, "dev", &format!("@Ann {n} {long}")).await;
    }
    let ToClient::Mentions(found) = ask(&mut ann, json!({"type": "mentions"})).await else {
        panic!()
    };
    assert!(found.more && found.messages.len() < 12);
    assert!(ToClient::Mentions(found.clone()).encode().len() < HISTORY_BYTES_MAX);
    let before = found.messages.last().unwrap().id;
    let (rest, more) = mentioned(&mut ann, json!({"before": before})).await;
    assert_eq!((rest.len() + found.messages.len(), more), (12, false));
    server.stop().await;
}
