//! One order of everything on all nodes.

use crate::support::engine::Engine;
use crate::support::harness::{Peer, say_ref};
use crate::support::nodes::Nodes;

/// Who says so many things on each node, at the same time as the others.
const SENDERS: usize = 10;
const MESSAGES: usize = 5;

#[tokio::test]
async fn one_order_on_three_nodes() {
    let engine = Engine::shared().await;
    let nodes = Nodes::start(engine, "one-order", 3).await;
    let mut listeners = Vec::new();
    for (at, node) in nodes.servers.iter().enumerate() {
        listeners.push(node.enter("dev", &format!("listener-{at}")).await);
    }
    let mut senders = Vec::new();
    for (at, node) in nodes.servers.iter().enumerate() {
        for n in 0..SENDERS {
            let name = format!("sender-{at}-{n}");
            senders.push((node.enter("dev", &name).await, name));
        }
    }
    let saying = senders.into_iter().map(|(peer, name)| tokio::spawn(says(peer, name)));
    for said in saying.collect::<Vec<_>>() {
        said.await.unwrap();
    }
    let mut heard = Vec::new();
    for listener in &mut listeners {
        let mut messages = Vec::new();
        for _ in 0..3 * SENDERS * MESSAGES {
            let message = listener.message().await;
            messages.push((message.id, message.sender.as_str().to_owned(), message.content));
        }
        heard.push(messages);
    }
    assert!(heard[0].windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert_eq!(heard[0], heard[1]);
    assert_eq!(heard[0], heard[2]);
}

/// Each only when the one before was told.
async fn says(mut peer: Peer, name: String) {
    for n in 0..MESSAGES {
        peer.send(say_ref("dev", &format!("{name} {n}"), &format!("{name}-{n}"))).await;
        while peer.message().await.sender.as_str() != name {}
    }
}
