//! Who is here: per person, not per connection, and as soon as it changes.

use std::time::Duration;

use futures_util::StreamExt as _;
use protocol::{Code, ToClient};
use server::Config;

use crate::support::harness::{TestServer, joined, left, present, query};

#[tokio::test]
async fn a_person_with_several_connections_comes_once_and_leaves_once() {
    let server = TestServer::start().await;
    let mut bob = server.enter("dev", "Bob").await;
    let mut first = server.connect_with(&query("dev", "Alice", ""), Some(1)).await;
    first.expect_entry().await;
    bob.expect(&joined("dev", "Alice")).await;
    bob.expect(&present("dev", &["Alice", "Bob"])).await;
    let mut second = server.connect_with(&query("dev", "alice", ""), Some(1)).await;
    second.expect(&joined("dev", "Alice")).await;
    second.expect(&present("dev", &["Alice", "Bob"])).await;
    first.silence().await;
    drop(first);
    bob.silence().await;
    drop(second);
    bob.expect(&left("dev", "Alice")).await;
    bob.expect(&present("dev", &["Bob"])).await;
}

#[tokio::test]
async fn a_socket_that_is_dropped_is_seen_at_once() {
    let server = TestServer::start().await;
    let mut bob = server.enter("dev", "Bob").await;
    let alice = server.enter("dev", "Alice").await;
    bob.expect(&joined("dev", "Alice")).await;
    bob.presence().await;
    // Without a close frame.
    drop(alice.socket.into_inner());
    bob.expect(&left("dev", "Alice")).await;
}

#[tokio::test]
async fn who_stays_silent_is_asked_and_then_gone_and_who_answers_stays() {
    let config = Config {
        ping_interval: Duration::from_millis(100),
        ping_timeout: Duration::from_secs(3),
        ..Config::for_tests()
    };
    let server = TestServer::start_with(config).await;
    // Reading is what makes this one answer.
    let mut lively = server.enter("dev", "Lively").await;
    // Reads nothing from here on, so it answers no ping.
    let _silent = server.enter("dev", "Silent").await;
    let gone = ToClient::parse(&left("dev", "Silent")).unwrap();
    while lively.next().await != gone {}
    lively.expect(&present("dev", &["Lively"])).await;
    for _ in 0..3 {
        assert!(lively.socket.next().await.unwrap().unwrap().is_ping());
    }
    lively.silence().await;
}

#[tokio::test]
async fn a_large_room_is_told_how_many_there_are_and_shows_them_page_by_page() {
    const PEOPLE: usize = 620;
    let server = TestServer::start().await;
    let mut first = server.enter("dev", "p000").await;
    let mut others = Vec::new();
    for n in 1..PEOPLE {
        others.push(server.connect(&query("dev", &format!("p{n:03}"), "")).await);
    }
    // Whoever came last has a list at once; whoever was there has one in time.
    let last = others.last_mut().unwrap();
    assert!(matches!(last.next().await, ToClient::Join { .. }));
    let list = last.people().await;
    assert_eq!(list.count, Some(PEOPLE));
    assert!(list.users.len() >= 50 && list.after.is_none());
    while first.people().await.count != Some(PEOPLE) {}
    // The pages after the first name hold everybody else, in order.
    let mut names = vec!["p000".to_owned()];
    while names.len() < PEOPLE {
        let after = names.last().unwrap().clone();
        first.send(format!(r#"{{"type":"presence","room":"dev","after":"{after}"}}"#)).await;
        let page = loop {
            let people = first.people().await;
            if people.after.is_some() {
                break people;
            }
        };
        assert_eq!(page.after.unwrap().as_str(), after);
        assert_eq!(page.count, Some(PEOPLE));
        assert!(page.users.len() <= protocol::PEOPLE_MAX);
        names.extend(page.users.iter().map(|user| user.as_str().to_owned()));
    }
    let expected: Vec<_> = (0..PEOPLE).map(|n| format!("p{n:03}")).collect();
    assert_eq!(names, expected);
}

#[tokio::test]
async fn without_a_budget_a_large_room_is_told_everything() {
    let server = TestServer::start_with(Config { presence_budget: 0, ..Config::for_tests() }).await;
    let mut others = Vec::new();
    for n in 0..205 {
        others.push(server.enter("dev", &format!("p{n}")).await);
    }
    let mut last = server.connect(&query("dev", "Zoe", "")).await;
    last.expect(&joined("dev", "Zoe")).await;
    let list = last.people().await;
    assert_eq!((list.users.len(), list.count), (206, None));
}

#[tokio::test]
async fn who_is_not_in_a_room_may_not_ask_who_is() {
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    alice.send(r#"{"type":"presence","room":"ops","after":"A"}"#).await;
    assert_eq!(alice.error().await.code, Code::NotInRoom);
    alice.send(r#"{"type":"presence","room":"dev","after":"Al"}"#).await;
    let page = alice.people().await;
    assert_eq!((page.users.len(), page.count), (1, Some(1)));
}
