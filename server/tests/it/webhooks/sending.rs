//! What people say is posted, once and in order, and nothing else.

use std::time::{Duration, SystemTime};

use protocol::ToClient;
use serde_json::json;
use server::Config;
use tokio::time::timeout;

use super::{Receiver, counts, hook, impatient, told};
use crate::http::requests::post;
use crate::rooms::{ANN, BOB, ask, comes, comes_to, join, private, remove, says};
use crate::support::harness::{PATIENCE, TestServer};
use crate::support::kept::{file, kept, kept_with};

#[tokio::test]
async fn what_people_say_is_posted_as_they_hear_it_and_signed() {
    let (server, folder) = kept().await;
    let receiver = Receiver::new().await;
    let secret = hook(&file(&folder), "dev", &receiver);
    let mut ann = comes_to(&server, "dev", ANN).await;
    let say = json!({"type": "message", "room": "dev", "content": "\"é\" 👍\n</x>", "ref": "r1"});
    let said = ask(&mut ann, say).await;
    let request = receiver.next().await;
    assert!(request.head.starts_with("POST /hear?x=1 HTTP/1.1\r\n"), "{}", request.head);
    assert_eq!(request.body, said.encode());
    assert!(request.is_signed(&secret));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let at: u64 = request.header("webhook-timestamp").parse().unwrap();
    assert!(now.abs_diff(at) < 300, "{at} at {now}");
    assert_eq!(request.header("content-type"), "application/json");
    assert!(request.header("user-agent").starts_with("nebula-server/"));
    assert_eq!(request.header("host"), receiver.listener.local_addr().unwrap().to_string());
    let first = request.id();
    request.answer("204 No Content", "", "").await;
    // Replies and mentions are messages as well.
    let ToClient::Message(said) = said else { panic!() };
    let reply = json!({"type": "message", "room": "dev", "content": "@Ann x", "reply": said.id});
    ask(&mut ann, reply).await;
    let request = receiver.next().await;
    assert!(request.is_signed(&secret) && request.id() != first);
    request.answer("200 OK", "", "ok").await;
    counts(&server, "nebula_webhooks_delivered_total", 2.0).await;
    assert_eq!(server.metric("nebula_webhooks_waiting").await, 0.0);
    drop(ann);
    server.stop().await;
}

#[tokio::test]
async fn what_programs_say_what_changes_and_what_other_rooms_hear_is_not_posted() {
    let (server, folder) = kept().await;
    let db = file(&folder);
    let receiver = Receiver::new().await;
    hook(&db, "dev", &receiver);
    let (_, path) = told(&["hook", "--room", "dev", "--name", "grafana"], &db);
    let (_, token) = told(&["bot", "builds", "--rooms", "*"], &db);
    let mut ann = comes_to(&server, "dev", ANN).await;
    let id = says(&mut ann, "dev", "one").await;
    assert_eq!(receiver.takes().await, "one");
    post(server.address, &path, &[], r#"{"text":"x"}"#).await;
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", &*bearer)];
    let answer =
        post(server.address, "/api/v1/rooms/dev/messages", &headers, r#"{"content":"x"}"#).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    for change in [
        json!({"type": "edit", "room": "dev", "message": id, "content": "two"}),
        json!({"type": "react", "room": "dev", "message": id, "emoji": "👍"}),
        json!({"type": "topic", "room": "dev", "content": "x"}),
        json!({"type": "delete", "room": "dev", "message": id}),
    ] {
        let answer = ask(&mut ann, change).await;
        assert!(!matches!(answer, ToClient::Error(_)), "{answer:?}");
    }
    join(&mut ann, "ops").await;
    says(&mut ann, "ops", "x").await;
    // Twice under one ref is once.
    for _ in 0..2 {
        let last = json!({"type": "message", "room": "dev", "content": "last", "ref": "r1"});
        ask(&mut ann, last).await;
    }
    says(&mut ann, "dev", "more").await;
    assert_eq!([receiver.takes().await, receiver.takes().await], ["last", "more"]);
    drop(ann);
    server.stop().await;
}

#[tokio::test]
async fn what_is_taken_in_from_elsewhere_is_not_posted() {
    let (server, folder) = kept().await;
    let db = file(&folder);
    let mut ann = comes_to(&server, "dev", ANN).await;
    says(&mut ann, "dev", "before").await;
    let (exit, lines) = told(&["export", "--room", "dev"], &db);
    assert_eq!(exit, 0, "{lines}");
    let lines = lines.replace("before", "imported").replace("\"dev\"", "\"ops\"");
    let archive = folder.path().join("archive.jsonl");
    std::fs::write(&archive, lines).unwrap();
    let receiver = Receiver::new().await;
    hook(&db, "ops", &receiver);
    let (exit, words) = told(&["import", archive.to_str().unwrap()], &db);
    assert_eq!(exit, 0, "{words}");
    join(&mut ann, "ops").await;
    says(&mut ann, "ops", "after").await;
    assert_eq!(receiver.takes().await, "after");
    drop(ann);
    server.stop().await;
}

#[tokio::test]
async fn a_hook_is_made_beside_a_server_that_runs_or_not_and_lasts() {
    let (server, folder) = kept().await;
    let db = file(&folder);
    let receiver = Receiver::new().await;
    server.stop().await;
    let secret = hook(&db, "dev", &receiver);
    for text in ["one", "two"] {
        let config = Config { db: server::Db::File(db.clone()), ..Config::for_tests() };
        let server = TestServer::start_with(config).await;
        let mut ann = comes_to(&server, "DEV", ANN).await;
        says(&mut ann, "dev", text).await;
        let request = receiver.next().await;
        assert!(request.is_signed(&secret) && request.text() == text);
        request.answer("200 OK", "", "").await;
        drop(ann);
        server.stop().await;
    }
}

#[tokio::test]
async fn a_room_may_have_several() {
    let (server, folder) = kept().await;
    let receivers = [Receiver::new().await, Receiver::new().await];
    let secrets = receivers.each_ref().map(|it| hook(&file(&folder), "dev", it));
    assert_ne!(secrets[0], secrets[1]);
    let mut ann = comes_to(&server, "dev", ANN).await;
    says(&mut ann, "dev", "x").await;
    let requests = [receivers[0].next().await, receivers[1].next().await];
    assert_ne!(requests[0].id(), requests[1].id());
    for (request, secret) in requests.into_iter().zip(&secrets) {
        assert!(request.is_signed(secret));
        request.answer("200 OK", "", "").await;
    }
    drop(ann);
    server.stop().await;
}

/// With it goes what waits for its receiver.
#[tokio::test]
async fn the_operator_or_the_room_s_owner_ends_a_hook() {
    let (server, folder) = kept_with(impatient()).await;
    let db = file(&folder);
    let [first, second, third] =
        [Receiver::new().await, Receiver::new().await, Receiver::new().await];
    for receiver in [&first, &second, &third] {
        hook(&db, "ops", receiver);
    }
    let mut ann = comes(&server, ANN).await;
    // Nobody has an open room that others are in.
    ask(&mut ann, json!({"type": "create", "room": "ops"})).await;
    join(&mut ann, "ops").await;
    says(&mut ann, "ops", "one").await;
    let held = first.next().await;
    assert_eq!([second.takes().await, third.takes().await], ["one", "one"]);
    counts(&server, "nebula_webhooks_waiting", 1.0).await;
    assert_eq!(told(&["unhook", "1"], &db), (0, "the hook 1 has ended".to_owned()));
    counts(&server, "nebula_webhooks_waiting", 0.0).await;
    let ToClient::Hooks(list) = ask(&mut ann, json!({"type": "unhook", "hook": 2})).await else {
        panic!()
    };
    let left: Vec<_> = list.hooks.iter().map(|it| (it.hook, it.name.as_str())).collect();
    assert_eq!(left, [(3, "ci")]);
    says(&mut ann, "ops", "two").await;
    assert_eq!(third.takes().await, "two");
    counts(&server, "nebula_webhooks_delivered_total", 3.0).await;
    drop((held, ann));
    server.stop().await;
}

#[tokio::test]
async fn a_room_that_ends_takes_its_hooks_along() {
    let (server, folder) = kept_with(impatient()).await;
    let db = file(&folder);
    let receiver = Receiver::new().await;
    let mut ann = comes(&server, ANN).await;
    let room = private(&mut ann, "Ops").await;
    join(&mut ann, &room).await;
    hook(&db, &room, &receiver);
    says(&mut ann, &room, "one").await;
    assert_eq!(receiver.takes().await, "one");
    says(&mut ann, &room, "two").await;
    let held = receiver.next().await;
    let _bob = comes(&server, BOB).await;
    counts(&server, "nebula_webhooks_waiting", 1.0).await;
    ask(&mut ann, remove(&room, "Ann")).await;
    counts(&server, "nebula_webhooks_waiting", 0.0).await;
    assert_eq!(told(&["hooks"], &db), (0, String::new()));
    drop((held, ann, _bob));
    server.stop().await;
}

/// Nothing of it waits for anybody.
#[tokio::test]
async fn a_server_stops_while_a_receiver_does_not_answer() {
    let (server, folder) = kept().await;
    let receiver = Receiver::new().await;
    hook(&file(&folder), "dev", &receiver);
    let mut ann = comes_to(&server, "dev", ANN).await;
    says(&mut ann, "dev", "x").await;
    let held = receiver.next().await;
    drop(ann);
    let stopped = timeout(PATIENCE.min(Duration::from_secs(5)), server.stop()).await.unwrap();
    assert_eq!(stopped.tasks_left, 0);
    drop(held);
}
