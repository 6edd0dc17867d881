//! GitHub's events: signed, each once, and those that people want to hear of.

use protocol::Hook;
use ring::hmac;
use serde_json::{Value, json};

use super::{Answer, example, examples, hook, owner, post};
use crate::support::harness::TestServer;

fn signature(secret: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, body.as_bytes());
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

fn secret(hook: &Hook) -> &str {
    hook.path.as_str().rsplit('/').next().unwrap()
}

async fn deliver(
    server: &TestServer,
    hook: &Hook,
    (event, delivery): (&str, &str),
    (body, signature): (&str, &str),
) -> Answer {
    let headers = [
        ("X-GitHub-Event", event),
        ("X-GitHub-Delivery", delivery),
        ("X-Hub-Signature-256", signature),
    ];
    post(server.address, &format!("{}/github", hook.path.as_str()), &headers, body).await
}

#[tokio::test]
async fn events_are_told_in_a_sentence_and_others_not_at_all() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let hook = hook(&mut ann, "ops", "GitHub").await;
    for path in examples("github") {
        let example = example(&path);
        let (body, event) = (example["body"].to_string(), example["event"].as_str().unwrap());
        let signed = signature(secret(&hook), &body);
        let answer = deliver(&server, &hook, (event, &path), (&body, &signed)).await;
        assert_eq!(answer.told(), (200, "ok"), "{path}");
        match &example["text"] {
            Value::Null => ann.silence().await,
            text => assert_eq!(ann.message().await.content.as_str(), text, "{path}"),
        }
    }
}

#[tokio::test]
async fn what_is_not_signed_with_the_secret_is_not_said() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let hook = hook(&mut ann, "ops", "GitHub").await;
    let body = example("github/issues.json")["body"].to_string();
    let good = signature(secret(&hook), &body);
    for bad in [
        "",
        "sha256=",
        "sha256=é",
        "sha256=abc",
        &good[..good.len() - 2],
        &good.replace("sha256=", "sha1="),
        &signature("another secret", &body),
        &signature(secret(&hook), "{}"),
    ] {
        let answer = deliver(&server, &hook, ("issues", "d1"), (&body, bad)).await;
        assert_eq!(answer.told(), (403, "invalid_signature"), "{bad}");
    }
    let path = format!("{}/github", hook.path.as_str());
    let answer = post(server.address, &path, &[("X-GitHub-Event", "issues")], &body).await;
    assert_eq!(answer.told(), (403, "invalid_signature"), "none at all");
    ann.silence().await;
}

#[tokio::test]
async fn a_delivery_that_comes_again_is_said_once() {
    let server = TestServer::start().await;
    let mut ann = owner(&server, "ops").await;
    let hook = hook(&mut ann, "ops", "GitHub").await;
    let body = example("github/issues.json")["body"].to_string();
    let form = {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("payload", &body).finish()
    };
    // GitHub sends a form where nobody chose another kind.
    for sent in [&body, &body, &form] {
        let signed = signature(secret(&hook), sent);
        let answer = deliver(&server, &hook, ("issues", "d1"), (sent, &signed)).await;
        assert_eq!(answer.told(), (200, "ok"));
    }
    let message = ann.message().await;
    assert_eq!(message.reference.unwrap().as_str(), "d1");
    ann.silence().await;
    let many: Vec<_> = (0..12)
        .map(|n| json!({"id": format!("{n:040}"), "message": format!("commit {n}"), "author": {"name": "A"}}))
        .collect();
    let push = json!({"ref": "refs/heads/main", "commits": many, "pusher": {"name": "ann"}});
    let push = push.to_string();
    let signed = signature(secret(&hook), &push);
    deliver(&server, &hook, ("push", "d2"), (&push, &signed)).await;
    let message = ann.message().await;
    let text = message.content.as_str();
    assert!(text.starts_with("ann pushed 12 commits to main\n"), "{text}");
    assert!(text.ends_with("commit 9 (A)\nand 2 more"), "{text}");
}
