//! What is no post, or not to this hook, is refused in words that programs know.

use protocol::HOOK_BYTES_MAX;
use serde_json::json;

use super::{hook, owner, post, request};
use crate::rooms::ask;
use crate::support::harness::TestServer;

#[tokio::test]
async fn a_fault_is_told_in_slack_s_words() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let made = hook(&mut ann, "ops", "alerts").await;
    let (path, other) = (made.path.as_str(), hook(&mut ann, "ops", "builds").await);
    let other_secret = other.path.as_str().rsplit('/').next().unwrap();
    let good = r#"{"text":"x"}"#;
    let foreign = format!("/hooks/{}/{other_secret}", made.hook);
    for (path, body, told) in [
        (path, r#"{"text":" \n"}"#, (400, "no_text")),
        (path, r#"{"attachments":[{"fallback":"","text":""}]}"#, (400, "no_text")),
        (path, r#"{"attachments":null,"blocks":7}"#, (400, "no_text")),
        (path, "", (400, "invalid_payload")),
        (path, "[]", (400, "invalid_payload")),
        (path, r#"{"text":"x""#, (400, "invalid_payload")),
        (path, "text=x", (400, "invalid_payload")),
        (path, "payload=x", (400, "invalid_payload")),
        (path, r##"{"text":"x","channel":"#dev"}"##, (404, "channel_not_found")),
        (path, r##"{"text":"x","channel":"@Ann"}"##, (404, "channel_not_found")),
        ("/hooks/1/x", good, (404, "no_service")),
        ("/hooks/x/x", good, (404, "no_service")),
        ("/hooks/", good, (404, "no_service")),
        (&foreign, good, (404, "no_service")),
        (&format!("{path}/x"), good, (404, "no_service")),
        (&format!("{path}/github/x"), good, (404, "no_service")),
        (&path.to_lowercase(), good, (404, "no_service")),
    ] {
        let answer = post(server.address, path, &[], body).await;
        assert_eq!(answer.told(), told, "{body} to {path}");
    }
    for method in ["GET", "PUT", "DELETE"] {
        let answer = request(server.address, (method, path), &[], b"").await;
        assert_eq!(answer.status, 405);
        assert!(answer.head.contains("allow: post"), "{}", answer.head);
    }
    ann.silence().await;
}

#[tokio::test]
async fn a_body_has_a_limit() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let hook = hook(&mut ann, "ops", "alerts").await;
    let path = hook.path.as_str();
    let body = |bytes: usize| {
        let around = json!({"text": "x", "more": ""}).to_string().len();
        json!({"text": "x", "more": "m".repeat(bytes - around)}).to_string()
    };
    let answer = post(server.address, path, &[], body(HOOK_BYTES_MAX)).await;
    assert_eq!(answer.told(), (200, "ok"));
    // It is refused before it is sent.
    let length = (HOOK_BYTES_MAX + 1).to_string();
    let answer = post(server.address, path, &[("Content-Length", &length)], "").await;
    assert_eq!(answer.told(), (413, "payload_too_large"));
    // In pieces, whose sum nobody knows before.
    let piece = body(HOOK_BYTES_MAX + 1);
    let pieces = format!("{:x}\r\n{piece}\r\n0\r\n\r\n", piece.len());
    let headers = [("Transfer-Encoding", "chunked")];
    let answer = post(server.address, path, &headers, pieces).await;
    assert_eq!(answer.told(), (413, "payload_too_large"));
    ann.message().await;
    ann.silence().await;
}

#[tokio::test]
async fn thirty_come_at_once_and_no_more() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let (one, other) = (hook(&mut ann, "ops", "a").await, hook(&mut ann, "ops", "b").await);
    let mut taken = 0;
    let refused = loop {
        let answer = post(server.address, one.path.as_str(), &[], r#"{"text":"x"}"#).await;
        if answer.status != 200 {
            break answer;
        }
        taken += 1;
        assert!(taken < 1000, "never too fast");
    };
    assert!(taken >= 30);
    assert_eq!(refused.told(), (429, "rate_limited"));
    assert!(refused.head.contains("retry-after: 1"), "{}", refused.head);
    let answer = post(server.address, other.path.as_str(), &[], r#"{"text":"y"}"#).await;
    assert_eq!(answer.told(), (200, "ok"), "another hook is not held up");
}

#[tokio::test]
async fn who_has_ended_says_nothing_more() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let hook = hook(&mut ann, "ops", "alerts").await;
    ask(&mut ann, json!({"type": "unhook", "hook": hook.hook})).await;
    let answer = post(server.address, hook.path.as_str(), &[], r#"{"text":"x"}"#).await;
    assert_eq!(answer.told(), (404, "no_service"));
}
