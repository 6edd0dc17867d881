//! Receivers that are slow, wrong or away: what is tried again and what is given up, and that nobody else notices.

use std::time::Duration;

use server::{Config, WebhookTimes};
use tokio::io::AsyncReadExt as _;
use tokio::time::timeout;

use super::{Receiver, counts, hook, impatient};
use crate::rooms::{ANN, comes_to, join, says};
use crate::support::harness::PATIENCE;
use crate::support::kept::{file, kept_with};

const DELIVERED: &str = "nebula_webhooks_delivered_total";
const FAILURES: &str = "nebula_webhooks_failures_total";
const WAITING: &str = "nebula_webhooks_waiting";

#[tokio::test]
async fn what_failed_comes_again_under_its_id_and_before_what_was_said_later() {
    let (server, folder) = kept_with(impatient()).await;
    let receiver = Receiver::new().await;
    let (url, secret) = (receiver.url(), hook(&file(&folder), "dev", &receiver));
    let mut ann = comes_to(&server, "dev", ANN).await;
    says(&mut ann, "dev", "one").await;
    says(&mut ann, "dev", "two").await;
    let first = receiver.next().await;
    let (id, body) = (first.id(), first.body.clone());
    first.answer("500 Internal Server Error", "", "").await;
    let again = receiver.next().await;
    assert!(again.id() == id && again.body == body && again.is_signed(&secret));
    // It goes away, in the middle of a request at first.
    let address = receiver.listener.local_addr().unwrap().to_string();
    drop((again, receiver));
    let failures = async { while server.metric(FAILURES).await < 4.0 {} };
    timeout(PATIENCE, failures).await.unwrap();
    let receiver = Receiver::at(&address).await;
    assert_eq!(receiver.url(), url);
    let again = receiver.next().await;
    assert!(again.id() == id && again.body == body);
    again.answer("200 OK", "", "").await;
    let second = receiver.next().await;
    assert!(second.id() != id && second.text() == "two" && second.is_signed(&secret));
    second.answer("200 OK", "", "").await;
    counts(&server, DELIVERED, 2.0).await;
    drop(ann);
    server.stop().await;
}

#[tokio::test]
async fn every_other_answer_is_a_failure_and_no_redirect_is_followed() {
    let (server, folder) = kept_with(impatient()).await;
    let (receiver, elsewhere) = (Receiver::new().await, Receiver::new().await);
    hook(&file(&folder), "dev", &receiver);
    let mut ann = comes_to(&server, "dev", ANN).await;
    says(&mut ann, "dev", "x").await;
    let location = format!("Location: {}\r\n", elsewhere.url());
    for status in
        ["302 Found", "307 Temporary Redirect", "404 Not Found", "410 Gone", "304 Not Modified"]
    {
        receiver.next().await.answer(status, &location, "").await;
    }
    assert_eq!(receiver.takes().await, "x");
    counts(&server, DELIVERED, 1.0).await;
    assert_eq!(server.metric(FAILURES).await, 5.0);
    let posted = timeout(Duration::from_millis(1), elsewhere.listener.accept()).await;
    assert!(posted.is_err(), "a redirect was followed");
    drop(ann);
    server.stop().await;
}

#[tokio::test]
async fn a_message_that_is_refused_holds_up_no_other() {
    let (server, folder) = kept_with(impatient()).await;
    let receiver = Receiver::new().await;
    hook(&file(&folder), "dev", &receiver);
    let mut ann = comes_to(&server, "dev", ANN).await;
    let statuses = ["400 Bad Request", "413 Content Too Large", "422 Unprocessable Content"];
    for (nth, status) in statuses.into_iter().enumerate() {
        says(&mut ann, "dev", &format!("poison {nth}")).await;
        let refused = receiver.next().await;
        assert_eq!(refused.text(), format!("poison {nth}"));
        refused.answer(status, "", "").await;
    }
    says(&mut ann, "dev", "well").await;
    assert_eq!(receiver.takes().await, "well");
    counts(&server, "nebula_webhooks_lost_total{reason=\"refused\"}", 3.0).await;
    assert_eq!(server.metric(FAILURES).await, 0.0);
    drop(ann);
    server.stop().await;
}

#[tokio::test]
async fn a_slow_receiver_is_cut_off_and_tried_again() {
    let mut config = impatient();
    config.webhooks.one_try = Duration::from_millis(300);
    let (server, folder) = kept_with(config).await;
    let receiver = Receiver::new().await;
    hook(&file(&folder), "dev", &receiver);
    let mut ann = comes_to(&server, "dev", ANN).await;
    says(&mut ann, "dev", "x").await;
    let mut slow = receiver.next().await;
    let id = slow.id();
    let mut rest = [0; 1];
    let cut_off = timeout(PATIENCE, slow.socket.read(&mut rest)).await;
    assert_eq!(cut_off.unwrap().unwrap(), 0);
    // One that begins to answer and does not go on has it.
    let again = receiver.next().await;
    assert_eq!(again.id(), id);
    let headers = "Content-Type: application/json\r\nX: y\r\n";
    let mut half = again;
    let answer = format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: 100\r\n\r\n{{\"text\":\"");
    tokio::io::AsyncWriteExt::write_all(&mut half.socket, answer.as_bytes()).await.unwrap();
    counts(&server, DELIVERED, 1.0).await;
    says(&mut ann, "dev", "y").await;
    assert_eq!(receiver.takes().await, "y");
    drop((ann, half));
    server.stop().await;
}

#[tokio::test]
async fn more_than_waits_for_a_receiver_is_lost_to_it_alone() {
    let webhooks = WebhookTimes { one_try: PATIENCE, ..WebhookTimes::default() };
    let config = Config { message_rate: 0, webhooks, ..Config::for_tests() };
    let (server, folder) = kept_with(config).await;
    let (dead, well) = (Receiver::new().await, Receiver::new().await);
    hook(&file(&folder), "dev", &dead);
    hook(&file(&folder), "ops", &well);
    let mut ann = comes_to(&server, "dev", ANN).await;
    join(&mut ann, "ops").await;
    for nth in 0..260 {
        says(&mut ann, "dev", &nth.to_string()).await;
    }
    let held = dead.next().await;
    counts(&server, "nebula_webhooks_lost_total{reason=\"full\"}", 4.0).await;
    assert_eq!(server.metric(WAITING).await, 256.0);
    says(&mut ann, "ops", "x").await;
    assert_eq!(well.takes().await, "x");
    // What waited is there, in order.
    held.answer("200 OK", "", "").await;
    for nth in 1..256 {
        assert_eq!(dead.takes().await, nth.to_string());
    }
    says(&mut ann, "dev", "more").await;
    assert_eq!(dead.takes().await, "more");
    drop(ann);
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_delivered_in_time_is_given_up() {
    let mut config = impatient();
    config.webhooks.keep = Duration::from_millis(500);
    let (server, folder) = kept_with(config).await;
    let receiver = Receiver::new().await;
    hook(&file(&folder), "dev", &receiver);
    let address = receiver.listener.local_addr().unwrap().to_string();
    drop(receiver);
    let mut ann = comes_to(&server, "dev", ANN).await;
    let late = "nebula_webhooks_lost_total{reason=\"late\"}";
    says(&mut ann, "dev", "old").await;
    counts(&server, late, 1.0).await;
    assert!(server.metric(FAILURES).await > 1.0);
    let receiver = Receiver::at(&address).await;
    // On a slow machine this may be late as well.
    let taken = loop {
        says(&mut ann, "dev", "new").await;
        if let Ok(request) = timeout(Duration::from_secs(1), receiver.next()).await {
            break request;
        }
    };
    assert_eq!(taken.text(), "new");
    taken.answer("200 OK", "", "").await;
    drop(ann);
    server.stop().await;
}

#[tokio::test]
async fn a_receiver_that_asks_for_a_pause_gets_it() {
    let (server, folder) = kept_with(impatient()).await;
    let receiver = Receiver::new().await;
    hook(&file(&folder), "dev", &receiver);
    let mut ann = comes_to(&server, "dev", ANN).await;
    says(&mut ann, "dev", "one").await;
    receiver.next().await.answer("429 Too Many Requests", "Retry-After: 1\r\n", "").await;
    let asked = std::time::Instant::now();
    assert_eq!(receiver.takes().await, "one");
    assert!(asked.elapsed() >= Duration::from_millis(900), "{:?}", asked.elapsed());
    // For longer than a message is tried: that one is lost, and others wait.
    says(&mut ann, "dev", "two").await;
    receiver.next().await.answer("503 Unavailable", "Retry-After: 100000\r\n", "").await;
    counts(&server, "nebula_webhooks_lost_total{reason=\"late\"}", 1.0).await;
    says(&mut ann, "dev", "three").await;
    counts(&server, WAITING, 1.0).await;
    assert_eq!(server.metric(FAILURES).await, 2.0);
    drop(ann);
    server.stop().await;
}
