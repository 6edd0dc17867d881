//! What is wrong with a request is told as an `error` envelope, with the status that fits.

use serde_json::{Value, json};
use server::Config;

use super::Bot;
use crate::http::requests::request;
use crate::support::kept::{file, kept, kept_with};

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_has_its_status_and_its_code() {
    let (server, folder) = kept().await;
    let bot = Bot::new(&file(&folder), server.address, &["builds", "--rooms", "*"]);
    let say = "POST rooms/dev/messages";
    for (asked, body, status, code) in [
        (say, json!({}), 400, "bad_field"),
        (say, json!([]), 400, "bad_json"),
        (say, json!({"content": " "}), 400, "content_blank"),
        (say, json!({"content": "x".repeat(4097)}), 413, "content_too_long"),
        (say, json!({"content": "x".repeat(100_000)}), 413, "frame_too_big"),
        (say, json!({"content": "x", "reply": 7}), 404, "not_found"),
        (say, json!({"content": "x", "room": "ops"}), 400, "bad_field"),
        ("POST rooms/%0A/messages", json!({"content": "x"}), 400, "bad_room"),
        ("PATCH rooms/dev/messages/7", json!({"content": "x"}), 404, "not_found"),
        ("DELETE rooms/dev/messages/7", Value::Null, 404, "not_found"),
        ("DELETE rooms/dev/messages/x", Value::Null, 400, "bad_field"),
        ("PUT rooms/dev/messages/7/reactions/x", Value::Null, 400, "bad_field"),
        ("GET rooms/dev/messages?before=1&after=2", Value::Null, 400, "bad_field"),
        ("GET rooms/dev/messages?around=7", Value::Null, 404, "not_found"),
        ("GET search", Value::Null, 400, "bad_field"),
        ("GET nothing", Value::Null, 404, "not_found"),
        ("GET rooms/dev", Value::Null, 404, "not_found"),
        ("PUT rooms", Value::Null, 405, "not_found"),
        ("OPTIONS rooms", Value::Null, 405, "not_found"),
    ] {
        let told = bot.is_refused(asked, body).await;
        assert_eq!(told, (status, code.to_owned()), "{asked}");
    }
    let answer = bot.send("PUT rooms/dev/messages", "").await;
    assert!(answer.head.contains("\r\nallow: get, post"), "{}", answer.head);
    let answer = bot.send(say, "{\"content\":\"a\\u0000\"}x").await;
    assert_eq!(answer.status, 400);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_without_a_bots_token() {
    let (server, folder) = kept().await;
    let bot = Bot::new(&file(&folder), server.address, &["builds", "--rooms", "*"]);
    let good = format!("Bearer {}", bot.token);
    for (header, code) in [
        (None, "no_token"),
        (Some(("Cookie", &*good)), "no_token"),
        (Some(("Authorization", "Bearer nebula_bot_wrong")), "bad_token"),
        (Some(("Authorization", "Bearer a.b.c")), "bad_token"),
        (Some(("Authorization", "Basic eA==")), "bad_token"),
        (Some(("Authorization", &*bot.token)), "bad_token"),
    ] {
        let headers = header.as_slice();
        let answer = request(server.address, ("GET", "/api/v1/rooms"), headers, b"").await;
        let envelope: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status, &envelope["code"]), (401, &json!(code)), "{header:?}");
        assert!(answer.head.contains("\r\nwww-authenticate: bearer"), "{}", answer.head);
        assert!(!answer.head.contains("access-control"), "{}", answer.head);
    }
    let headers = [("Authorization", &*good)];
    let answer = request(server.address, ("GET", "/api/v1/rooms"), &headers, b"").await;
    assert_eq!(answer.status, 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_is_too_fast_is_told_when_to_come_back() {
    let config = Config { message_rate: 1, message_burst: 2, ..Config::for_tests() };
    let (server, folder) = kept_with(config).await;
    let bot = Bot::new(&file(&folder), server.address, &["builds", "--rooms", "*"]);
    let mut taken = 0;
    let refused = loop {
        let answer = bot.send("POST rooms/dev/messages", r#"{"content":"x"}"#).await;
        match answer.status {
            201 => taken += 1,
            _ => break answer,
        }
        assert!(taken < 100, "never too fast");
    };
    assert!(taken >= 2);
    let envelope: Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!((refused.status, &envelope["code"]), (429, &json!("too_fast")));
    assert!(envelope["retry_ms"].as_u64().unwrap() > 0);
    assert!(refused.head.contains("\r\nretry-after: 1"), "{}", refused.head);
    server.stop().await;
}
