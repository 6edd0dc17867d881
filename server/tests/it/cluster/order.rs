//! One order of everything on all nodes.

use std::collections::BTreeMap;

use tokio::sync::watch;

use crate::connection::resume::{Random, reader, seed, write};
use crate::support::engine::Engine;
use crate::support::harness::{Peer, query, say, say_ref};
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

const TWICE: usize = 50;
const CUTS: usize = 100;

/// Who sends to two nodes at once hears the same message from both, and everybody else hears it once.
#[tokio::test]
async fn a_ref_sent_to_two_nodes_is_one_message() {
    let nodes = Nodes::start(Engine::shared().await, "one-ref", 2).await;
    let mut listeners = Vec::new();
    let mut both = Vec::new();
    for (at, node) in nodes.servers.iter().enumerate() {
        listeners.push(node.enter("dev", &format!("listener-{at}")).await);
        both.push(node.connect_with(&query("dev", "Alice", ""), Some(1)).await);
        both[at].expect_entry().await;
    }
    for n in 0..TWICE {
        let frame = say_ref("dev", &format!("{n}"), &format!("r{n}"));
        for alice in &mut both {
            alice.send(frame.clone()).await;
        }
    }
    let mut told = Vec::new();
    for alice in &mut both {
        let mut ids = BTreeMap::new();
        while ids.len() < TWICE {
            let message = alice.message().await;
            let reference = message.reference.unwrap().as_str().to_owned();
            let before = ids.insert(reference, message.id);
            assert!(before.is_none_or(|before| before == message.id), "stored twice");
        }
        told.push(ids.into_values().collect::<Vec<_>>());
    }
    assert_eq!(told[0], told[1]);
    told[0].sort();
    both[0].send(say("dev", "the end")).await;
    for listener in &mut listeners {
        let mut heard = Vec::new();
        loop {
            let message = listener.message().await;
            if message.content.as_str() == "the end" {
                break;
            }
            heard.push(message.id);
        }
        assert_eq!(heard, told[0]);
    }
}

/// A node that is a little behind lets nobody miss what another node told them.
#[tokio::test(flavor = "multi_thread")]
async fn who_resumes_elsewhere_misses_and_repeats_nothing() {
    let seed = seed();
    let nodes = Nodes::start(Engine::shared().await, "resume", 3).await;
    let mut watcher = nodes.servers[0].enter("dev", "watcher").await;
    let (stop, _) = watch::channel(false);
    let writers = nodes.servers.iter().enumerate().map(|(at, node)| {
        let url = node.url(&query("dev", &format!("w{at}"), ""));
        tokio::spawn(write(url, stop.subscribe()))
    });
    let writers: Vec<_> = writers.collect();
    let servers: Vec<_> = nodes.servers.iter().collect();
    let seen = reader(&servers, Random(seed), CUTS).await;
    stop.send(true).unwrap();
    for writer in writers {
        writer.await.unwrap();
    }
    let (first, last) = (seen[0], *seen.last().unwrap());
    let mut told = Vec::new();
    while told.last() < Some(&last) {
        told.push(watcher.message().await.id.get());
    }
    let told: Vec<_> = told.into_iter().skip_while(|id| *id < first).collect();
    assert_eq!(seen, told, "seed {seed}");
}
