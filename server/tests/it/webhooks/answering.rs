//! What a receiver answers is said in the room as the hook.

use serde_json::json;
use server::Config;

use super::{Receiver, counts, hook};
use crate::rooms::{ANN, comes_to, says};
use crate::support::kept::{file, kept, kept_with};

#[tokio::test]
async fn an_answer_with_a_text_is_said_as_the_hook_and_starts_none() {
    let (server, folder) = kept().await;
    let (receiver, other) = (Receiver::new().await, Receiver::new().await);
    hook(&file(&folder), "dev", &receiver);
    hook(&file(&folder), "dev", &other);
    let mut ann = comes_to(&server, "dev", ANN).await;
    says(&mut ann, "dev", "!build").await;
    assert_eq!(other.takes().await, "!build");
    let text = "*built* <https://a.example/7|7> for <@Ann> <!here> &amp; all";
    receiver.next().await.says(&json!({"text": text}).to_string()).await;
    let message = ann.message().await;
    assert_eq!((message.sender.as_str(), message.bot), ("ci", true));
    let text = "**built** [7](https://a.example/7) for @Ann @here & all";
    assert_eq!(message.content.as_str(), text);
    assert!(message.mentions.is_empty() && message.everybody.is_none());
    // That the hook has spoken starts neither the other nor itself.
    says(&mut ann, "dev", "!long").await;
    assert_eq!(other.takes().await, "!long");
    let request = receiver.next().await;
    assert_eq!(request.text(), "!long");
    request.says(&json!({"text": "é".repeat(5000)}).to_string()).await;
    let message = ann.message().await;
    assert!(message.content.as_str().ends_with("(cut here: the text has 5000 characters)"));
    counts(&server, "nebula_webhooks_delivered_total", 4.0).await;
    drop(ann);
    server.stop().await;
}

#[tokio::test]
async fn any_other_answer_says_nothing() {
    let (server, folder) = kept_with(super::impatient()).await;
    let receiver = Receiver::new().await;
    hook(&file(&folder), "dev", &receiver);
    let mut ann = comes_to(&server, "dev", ANN).await;
    let json = "Content-Type: application/json\r\n";
    let long = json!({"text": "x", "more": "x".repeat(64 * 1024)}).to_string();
    for (status, headers, body) in [
        ("200 OK", "", r#"{"text":"x"}"#),
        ("200 OK", "Content-Type: text/plain\r\n", r#"{"text":"x"}"#),
        ("200 OK", json, ""),
        ("200 OK", json, "{}"),
        ("200 OK", json, r#"{"ok":true}"#),
        ("200 OK", json, r#"{"text":" "}"#),
        ("200 OK", json, r#"{"text":"x""#),
        ("200 OK", json, r#"["text"]"#),
        ("200 OK", json, &long),
    ] {
        says(&mut ann, "dev", "!x").await;
        receiver.next().await.answer(status, headers, body).await;
    }
    // A failure says nothing either.
    says(&mut ann, "dev", "!x").await;
    receiver.next().await.answer("500 No", json, r#"{"text":"x"}"#).await;
    receiver.next().await.says(r#"{"text":"last"}"#).await;
    assert_eq!(ann.message().await.content.as_str(), "last");
    counts(&server, "nebula_webhooks_delivered_total", 10.0).await;
    drop(ann);
    server.stop().await;
}

/// Thirty at once, as of any hook.
#[tokio::test]
async fn a_receiver_cannot_flood_its_room() {
    let config = Config { message_rate: 0, ..Config::for_tests() };
    let (server, folder) = kept_with(config).await;
    let receiver = Receiver::new().await;
    hook(&file(&folder), "dev", &receiver);
    let mut ann = comes_to(&server, "dev", ANN).await;
    for _ in 0..60 {
        says(&mut ann, "dev", "!x").await;
        receiver.next().await.says(r#"{"text":"x"}"#).await;
    }
    counts(&server, "nebula_webhooks_delivered_total", 60.0).await;
    // Each is said before the next is sent.
    says(&mut ann, "dev", "last").await;
    receiver.takes().await;
    let said = server.metric("nebula_messages_total").await - 61.0;
    assert!((30.0..60.0).contains(&said), "{said}");
    drop(ann);
    server.stop().await;
}
