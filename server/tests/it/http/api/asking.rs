//! What is asked for, what is answered, and what people hear of it.

use std::time::Duration;

use protocol::ToClient;
use serde_json::{Value, json};
use tokio::time::interval;

use super::Bot;
use crate::rooms::{ANN, comes_to, says, until};
use crate::support::kept::{file, kept};

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_says_something_once_and_people_hear_that_it_is_a_bot() {
    let (server, folder) = kept().await;
    let bot = Bot::new(&file(&folder), server.address, &["builds", "--rooms", "dev,ops-*"]);
    let mut ann = comes_to(&server, "dev", ANN).await;
    let say = json!({"content": "build 7 is green", "ref": "b-7"});
    let (status, said) = bot.asks("POST rooms/dev/messages", say.clone()).await;
    assert_eq!(status, 201);
    let heard = ann.message().await;
    assert_eq!(serde_json::to_value(ToClient::Message(heard.clone())).unwrap(), said);
    assert!(
        heard.bot && heard.sender.as_str() == "builds" && heard.content.as_str().ends_with("green")
    );
    assert_eq!(bot.asks("POST rooms/dev/messages", say).await, (200, said), "once");
    let reply = json!({"content": "again @ann", "reply": heard.id});
    let (status, answer) = bot.asks("POST rooms/Dev/messages", reply).await;
    assert_eq!((status, &answer["reply"], &answer["room"]), (201, &json!(heard.id), &json!("dev")));
    let next = ann.message().await;
    assert_eq!(next.reply, Some(heard.id), "the one that came again was told to nobody");
    assert_eq!(next.mentions.iter().map(|name| name.as_str()).collect::<Vec<_>>(), ["Ann"]);
    // An open room comes to be when something is said there.
    assert_eq!(bot.asks("POST rooms/ops-1/messages", json!({"content": "x"})).await.0, 201);
    drop(ann);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_edits_deletes_and_reacts() {
    let (server, folder) = kept().await;
    let bot = Bot::new(&file(&folder), server.address, &["builds", "--rooms", "*"]);
    let mut ann = comes_to(&server, "dev", ANN).await;
    let (_, said) = bot.asks("POST rooms/dev/messages", json!({"content": "one"})).await;
    let id = said["id"].as_u64().unwrap();
    let message = format!("rooms/dev/messages/{id}");
    let edit = json!({"content": "two", "ref": "e"});
    let (status, edited) = bot.asks(&format!("PATCH {message}"), edit).await;
    assert_eq!((status, &edited["type"], &edited["ref"]), (200, &json!("edited"), &json!("e")));
    let heard = until(&mut ann, |it| matches!(it, ToClient::Edited(_))).await;
    assert_eq!(serde_json::to_value(heard).unwrap(), edited);
    let hers = says(&mut ann, "dev", "hello").await;
    let thumb = format!("rooms/dev/messages/{hers}/reactions/%F0%9F%91%8D");
    let (status, reacted) = bot.asks(&format!("PUT {thumb}"), Value::Null).await;
    assert_eq!((status, &reacted["emoji"], &reacted["on"]), (200, &json!("👍"), &json!(true)));
    assert_eq!(bot.asks(&format!("PUT {thumb}"), Value::Null).await, (200, reacted), "it is there");
    assert_eq!(bot.asks(&format!("DELETE {thumb}"), Value::Null).await, (204, Value::Null));
    let gone = bot.is_refused(&format!("DELETE {thumb}"), Value::Null).await;
    assert_eq!(gone, (404, "not_found".to_owned()));
    // Another's is not a bot's to change.
    let hers = format!("rooms/dev/messages/{hers}");
    let not_allowed = (403, "not_allowed".to_owned());
    assert_eq!(
        bot.is_refused(&format!("PATCH {hers}"), json!({"content": "x"})).await,
        not_allowed
    );
    assert_eq!(bot.is_refused(&format!("DELETE {hers}"), Value::Null).await, not_allowed);
    assert_eq!(bot.asks(&format!("DELETE {message}"), Value::Null).await, (204, Value::Null));
    until(&mut ann, |it| matches!(it, ToClient::Deleted(_))).await;
    drop(ann);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_reads_messages_people_and_rooms_and_searches() {
    let (server, folder) = kept().await;
    let bot = Bot::new(&file(&folder), server.address, &["reader", "--rooms", "d*", "--read-only"]);
    let mut ann = comes_to(&server, "dev", ANN).await;
    let mut ids = Vec::new();
    for text in ["one", "two", "three", "four"] {
        ids.push(says(&mut ann, "dev", text).await);
    }
    crate::rooms::join(&mut ann, "secret").await;
    says(&mut ann, "secret", "three of these").await;
    let read = async |query: &str| {
        let (status, page) = bot.asks(&format!("GET rooms/dev/messages{query}"), Value::Null).await;
        assert_eq!((status, &page["type"]), (200, &json!("history")), "{page}");
        let messages = page["messages"].as_array().unwrap().iter();
        let texts: Vec<_> = messages.map(|it| it["content"].as_str().unwrap().to_owned()).collect();
        (texts.join(" "), page["more"].as_bool().unwrap())
    };
    assert_eq!(read("").await, ("one two three four".to_owned(), false));
    assert_eq!(read("?limit=1").await, ("four".to_owned(), true));
    assert_eq!(read(&format!("?before={}&limit=2", ids[3])).await, ("two three".to_owned(), true));
    assert_eq!(read(&format!("?after={}&limit=2", ids[0])).await, ("two three".to_owned(), true));
    assert_eq!(read(&format!("?around={}&limit=3", ids[1])).await.0, "one two three");
    let (status, people) = bot.asks("GET rooms/Dev/people", Value::Null).await;
    assert_eq!((status, &people["users"], &people["count"]), (200, &json!(["Ann"]), &json!(1)));
    assert_eq!(people["room"], "dev", "spelt as everybody sees it");
    let (status, rooms) = bot.asks("GET rooms", Value::Null).await;
    assert_eq!(status, 200);
    let names: Vec<_> = rooms["rooms"].as_array().unwrap().iter().map(|it| &it["room"]).collect();
    assert_eq!(names, ["dev"], "its own, and no other");
    let mut often = interval(Duration::from_millis(100));
    let found = loop {
        often.tick().await;
        let (status, found) = bot.asks("GET search?query=three", Value::Null).await;
        assert_eq!((status, &found["type"]), (200, &json!("found")), "{found}");
        let messages = found["messages"].as_array().unwrap().clone();
        // The index is a moment behind.
        if !messages.is_empty() {
            break messages;
        }
    };
    assert_eq!(found.iter().map(|it| &it["room"]).collect::<Vec<_>>(), ["dev"]);
    drop(ann);
    server.stop().await;
}
