//! Who is here, on all nodes.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use protocol::ToClient;

use crate::support::engine::{Engine, again};
use crate::support::harness::{Peer, TestServer, query, say};
use crate::support::nodes::Nodes;

const PEOPLE: usize = 30;

/// Asks until the room holds these people.
async fn shows(watcher: &mut Peer, room: &str, expected: &BTreeSet<String>) {
    let ask = format!(r#"{{"type":"presence","room":"{room}","after":"0"}}"#);
    again(async || {
        watcher.send(ask.clone()).await;
        loop {
            let people = watcher.people().await;
            if people.after.is_some() {
                let names: BTreeSet<_> =
                    people.users.iter().map(|user| user.as_str().to_owned()).collect();
                return (names == *expected).then_some(());
            }
        }
    })
    .await;
}

async fn watchers(nodes: &[TestServer]) -> Vec<Peer> {
    let mut watchers = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        watchers.push(node.enter("dev", &format!("watcher {at}")).await);
    }
    watchers
}

#[tokio::test]
async fn people_are_the_same_everywhere() {
    let mut nodes = Nodes::start(Engine::shared().await, "people", 2).await;
    let mut here: BTreeSet<_> = (0..3).map(|at| format!("watcher {at}")).collect();
    let mut people = Vec::new();
    for n in 0..PEOPLE {
        let name = format!("p{n}");
        // Everybody is on both nodes, or on one.
        for (at, node) in nodes.servers.iter().enumerate() {
            if n % 3 == 0 || n % 2 == at {
                let key = Some(u8::try_from(n).unwrap() + 1);
                let mut peer = node.connect_with(&query("dev", &name, ""), key).await;
                peer.expect_entry().await;
                people.push((name.clone(), peer));
            }
        }
        here.insert(name);
    }
    // One node knows all of it from the others, as it starts.
    nodes.servers.push(nodes.start_one(2).await);
    let mut watchers = watchers(&nodes.servers).await;
    for watcher in &mut watchers {
        shows(watcher, "dev", &here).await;
    }
    // Some go out of the room, some go for good.
    let mut stay = Vec::new();
    for (n, (name, mut peer)) in people.into_iter().enumerate() {
        match n % 3 {
            0 => peer.send(r#"{"type":"leave","room":"dev"}"#).await,
            1 => peer.send(say("dev", "I stay")).await,
            _ => continue,
        }
        stay.push((n % 3 == 1, name, peer));
    }
    here.retain(|name| name.starts_with("watcher"));
    here.extend(stay.iter().filter(|(stays, ..)| *stays).map(|(_, name, _)| name.clone()));
    for watcher in &mut watchers {
        shows(watcher, "dev", &here).await;
    }
}

#[tokio::test]
async fn a_stopped_nodes_people_are_gone_at_once_and_what_they_said_is_there() {
    let mut nodes = Nodes::start(Engine::shared().await, "stopped", 2).await;
    let mut watcher = nodes.servers[0].enter("dev", "watcher").await;
    let mut alice = nodes.servers[1].connect_with(&query("dev", "Alice", ""), Some(1)).await;
    alice.expect_entry().await;
    watcher.people().await;
    for n in 0..PEOPLE {
        alice.send(say("dev", &n.to_string())).await;
    }
    // Stopped in the middle of it.
    let first = alice.message().await;
    let begun = Instant::now();
    let stopping = nodes.servers.pop().unwrap().stopping();
    let mut told = vec![first.content];
    loop {
        match alice.next_or_close().await {
            Ok(ToClient::Message(message)) => told.push(message.content),
            Ok(_) => {}
            Err(_) => break,
        }
    }
    drop(alice);
    let mut heard = Vec::new();
    loop {
        match watcher.next().await {
            ToClient::Message(message) => heard.push(message.content),
            ToClient::Leave { .. } => break,
            _ => {}
        }
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    stopping.await.unwrap();
    assert_eq!(heard[..told.len()], told[..]);
    for (n, text) in heard.iter().enumerate() {
        assert_eq!(text.as_str(), n.to_string());
    }
}
