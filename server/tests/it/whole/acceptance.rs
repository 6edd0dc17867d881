//! The acceptance list of the founding document, point by point.

use std::collections::BTreeSet;

use protocol::ToClient;

use crate::support::harness::{TestServer, joined, left, present, query, say};

/// The four types, as a client that knows nothing more sees them.
#[tokio::test]
async fn protocol_compliance() {
    let server = TestServer::start().await;
    let mut bob = server.enter("general", "Bob").await;
    let mut alice = server.connect("room=general&username=Alice").await;
    alice.expect(r#"{"type":"join","room":"general","sender":"Alice"}"#).await;
    alice.expect(r#"{"type":"presence","room":"general","users":["Alice","Bob"]}"#).await;
    alice.send(r#"{"type":"message","room":"general","sender":"Alice","content":"Hello!"}"#).await;
    let message = alice.message().await;
    assert_eq!((message.room.as_str(), message.sender.as_str()), ("general", "Alice"));
    assert_eq!(message.content.as_str(), "Hello!");
    assert_eq!(bob.message().await, message);
    drop(alice);
    bob.expect(&left("general", "Alice")).await;
    bob.expect(&present("general", &["Bob"])).await;
}

#[tokio::test]
async fn room_isolation() {
    let server = TestServer::start().await;
    let mut alice = server.enter("roomA", "Alice").await;
    let mut bob = server.enter("roomB", "Bob").await;
    alice.send(say("roomA", "for A")).await;
    assert_eq!(alice.message().await.content.as_str(), "for A");
    bob.silence().await;
    bob.send(say("roomA", "from outside")).await;
    assert_eq!(bob.error().await.code, protocol::Code::NotInRoom);
    let _carol = server.enter("roomB", "Carol").await;
    alice.silence().await;
    bob.expect(&joined("roomB", "Carol")).await;
}

#[tokio::test]
async fn presence_system() {
    let server = TestServer::start().await;
    let mut bob = server.enter("dev", "bob").await;
    let alice = server.enter("dev", "Alice").await;
    bob.expect(&joined("dev", "Alice")).await;
    bob.expect(&present("dev", &["Alice", "bob"])).await;
    let carol = server.enter("dev", "Carol").await;
    bob.expect(&joined("dev", "Carol")).await;
    bob.expect(&present("dev", &["Alice", "bob", "Carol"])).await;
    drop(alice);
    bob.expect(&left("dev", "Alice")).await;
    bob.expect(&present("dev", &["bob", "Carol"])).await;
    drop(carol);
    bob.expect(&left("dev", "Carol")).await;
    bob.expect(&present("dev", &["bob"])).await;
}

/// Everyone in the room, the sender included, hears every message, in one order.
#[tokio::test]
async fn real_time_updates() {
    let server = TestServer::start().await;
    let mut peers = Vec::new();
    for i in 0..5 {
        peers.push(server.enter("dev", &format!("peer{i}")).await);
    }
    for (i, peer) in peers.iter_mut().enumerate() {
        peer.send(say("dev", &format!("one from {i}"))).await;
        peer.send(say("dev", &format!("two from {i}"))).await;
    }
    let mut orders = BTreeSet::new();
    for peer in &mut peers {
        let mut order = Vec::new();
        for _ in 0..10 {
            order.push(peer.message().await.id);
        }
        assert!(order.is_sorted());
        orders.insert(order);
    }
    assert_eq!(orders.len(), 1);
}

/// Three hundred people enter one room at once while others talk in it: nothing stands still, all
/// see all of them, and everything said after they came reaches them.
#[tokio::test(flavor = "multi_thread")]
async fn concurrency_safety() {
    const PEOPLE: usize = 300;
    let server = TestServer::start().await;
    let mut talker = server.enter("hall", "talker").await;
    let dial = |i: usize| {
        let url = server.url(&query("hall", &format!("p{i}"), ""));
        tokio::spawn(async move { crate::support::harness::Peer::dial(&url, None).await.unwrap() })
    };
    let dials: Vec<_> = (0..PEOPLE).map(dial).collect();
    for i in 0..10 {
        talker.send(say("hall", &format!("meanwhile {i}"))).await;
    }
    let mut peers = Vec::new();
    for dial in dials {
        peers.push(dial.await.unwrap());
    }
    for i in 0..10 {
        assert_eq!(talker.message().await.content.as_str(), format!("meanwhile {i}"));
    }
    for peer in &mut peers {
        while peer.presence().await.len() < PEOPLE + 1 {}
    }
    talker.send(say("hall", "all here")).await;
    for peer in &mut peers {
        while peer.message().await.content.as_str() != "all here" {}
    }
    drop(peers);
    while talker.presence().await.len() > 1 {}
}

#[tokio::test]
async fn graceful_shutdown() {
    let server = TestServer::start().await;
    let mut alice = server.enter("dev", "Alice").await;
    let mut bob = server.enter("ops", "Bob").await;
    alice.send(say("dev", "last words")).await;
    alice.message().await;
    let stopping = tokio::spawn(server.stop());
    for peer in [&mut alice, &mut bob] {
        let ToClient::Error(note) = peer.next().await else { panic!("no word of it") };
        assert_eq!(note.code, protocol::Code::Stopping);
        assert_eq!(peer.next_or_close().await, Err(Some(1001)));
    }
    drop((alice, bob));
    assert_eq!(stopping.await.unwrap().tasks_left, 0);
}
