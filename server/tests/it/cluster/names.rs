//! Whose a name is, on whatever node they come.

use std::collections::BTreeSet;

use protocol::{Code, ToClient};

use crate::support::engine::Engine;
use crate::support::harness::{Peer, TestServer, joined, left, present, query, say};
use crate::support::nodes::Nodes;

const RACES: u8 = 50;
const GUESTS: usize = 10;

/// Until somebody has entered, what they heard first is their own `join`; else they were refused.
async fn is_let_in(peer: &mut Peer) -> bool {
    match peer.next().await {
        ToClient::Join(_) => true,
        ToClient::Error(note) => {
            assert_eq!(note.code, Code::NameTaken);
            assert_eq!(peer.next_or_close().await, Err(Some(4001)));
            false
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn one_name_two_nodes_at_once() {
    let nodes = Nodes::start(Engine::shared().await, "races", 3).await;
    let mut watcher = nodes.servers[2].enter("dev", "watcher").await;
    for race in 0..RACES {
        let name = format!("race {race}");
        let hello = query("dev", &name, "");
        // With keys, and without any.
        let keys = if race % 2 == 0 { [Some(1), Some(2)] } else { [None, None] };
        let (mut one, mut other) = tokio::join!(
            nodes.servers[0].connect_with(&hello, keys[0]),
            nodes.servers[1].connect_with(&hello, keys[1])
        );
        let let_in = tokio::join!(is_let_in(&mut one), is_let_in(&mut other));
        assert_ne!(let_in.0, let_in.1, "{name}: {let_in:?}");
        watcher.expect(&joined("dev", &name)).await;
        watcher.expect(&present("dev", &[&name, "watcher"])).await;
        drop((one, other));
        watcher.expect(&left("dev", &name)).await;
        watcher.expect(&present("dev", &["watcher"])).await;
    }
}

#[tokio::test]
async fn one_person_on_two_nodes_comes_once_and_leaves_once() {
    let nodes = Nodes::start(Engine::shared().await, "one-person", 3).await;
    let [first, second, third] = &nodes.servers[..] else { panic!() };
    let mut watcher = third.enter("dev", "watcher").await;
    let mut near = first.enter("dev", "near").await;
    watcher.expect(&joined("dev", "near")).await;
    watcher.expect(&present("dev", &["near", "watcher"])).await;
    let mut one = first.connect_with(&query("dev", "Alice", ""), Some(1)).await;
    one.expect(&joined("dev", "Alice")).await;
    watcher.expect(&joined("dev", "Alice")).await;
    watcher.expect(&present("dev", &["Alice", "near", "watcher"])).await;
    // In another spelling she is the same person.
    let mut other = second.connect_with(&query("dev", "ALICE", ""), Some(1)).await;
    other.expect(&joined("dev", "Alice")).await;
    other.expect(&present("dev", &["Alice", "near", "watcher"])).await;
    drop(one);
    while first.metric("nebula_connections").await > 1.0 {}
    // What comes after that in the order.
    near.send(say("dev", "gone?")).await;
    let ToClient::Message(_) = watcher.next().await else { panic!("she has not gone") };
    drop(other);
    watcher.expect(&left("dev", "Alice")).await;
    watcher.expect(&present("dev", &["near", "watcher"])).await;
}

#[tokio::test]
async fn guests_who_come_to_two_nodes_at_once_have_different_names() {
    let nodes = Nodes::start(Engine::shared().await, "guests", 2).await;
    let mut guests = Vec::new();
    for _ in 0..GUESTS {
        let come = nodes.servers.iter().map(|node| node.connect("room=dev"));
        guests.extend(futures_util::future::join_all(come).await);
    }
    let mut names = BTreeSet::new();
    for guest in &mut guests {
        let ToClient::Join(own) = guest.next().await else { panic!() };
        assert!(names.insert(own.sender), "a name of two guests");
    }
}

/// Comes with a key, and goes again.
async fn visit(node: &TestServer, user: &str, key: u8) {
    let mut watcher = node.connect("room=dev").await;
    watcher.expect_entry().await;
    let mut peer = node.connect_with(&query("dev", user, ""), Some(key)).await;
    peer.expect_entry().await;
    drop(peer);
    let gone = ToClient::parse(&left("dev", user)).unwrap();
    while watcher.next().await != gone {}
}

#[tokio::test]
async fn a_kept_name_is_kept_everywhere() {
    let nodes = Nodes::start(Engine::shared().await, "kept", 2).await;
    let [first, second] = &nodes.servers[..] else { panic!() };
    visit(first, "Alice", 1).await;
    for (user, key, code) in [
        ("Alice", None, Code::NameTaken),
        ("alice", Some(2), Code::NameTaken),
        ("\u{410}lice", Some(2), Code::NameSimilar),
    ] {
        let mut stranger = second.connect_with(&query("dev", user, ""), key).await;
        stranger.expect_refusal(code, 4001).await;
    }
    visit(second, "Alice", 1).await;
    // And so it is as soon as it is in use, with a key or without.
    let _bob = first.enter("dev", "Bob").await;
    for (user, key, code) in [
        ("BOB", None, Code::NameTaken),
        ("Bob", Some(2), Code::NameTaken),
        ("B\u{43e}b", Some(2), Code::NameSimilar),
    ] {
        let mut stranger = second.connect_with(&query("dev", user, ""), key).await;
        stranger.expect_refusal(code, 4001).await;
    }
}
