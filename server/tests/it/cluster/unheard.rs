//! What is said in rooms that nobody on a node is in.

use crate::support::engine::Engine;
use crate::support::harness::{Peer, say};
use crate::support::nodes::Nodes;

/// As many as may say something in turn without being too fast.
const SPEAKERS: usize = 10;
const MESSAGES: usize = 80;

async fn speakers(nodes: &Nodes) -> Vec<Peer> {
    let mut speakers = Vec::new();
    for n in 0..SPEAKERS {
        speakers.push(nodes.servers[0].enter("elsewhere", &format!("speaker-{n}")).await);
    }
    speakers
}

/// Each only when the one before was told.
async fn say_numbers(speakers: &mut [Peer], numbers: std::ops::Range<usize>) {
    for n in numbers {
        let speaker = &mut speakers[n % SPEAKERS];
        speaker.send(say("elsewhere", &n.to_string())).await;
        while number(speaker.message().await.content.as_str()) != n {}
    }
}

fn number(text: &str) -> usize {
    text.parse().unwrap()
}

#[tokio::test]
async fn what_nobody_on_a_node_hears_shares_commits_there() {
    let nodes = Nodes::start(Engine::shared().await, "unheard", 2).await;
    say_numbers(&mut speakers(&nodes).await, 0..MESSAGES).await;
    // Stands behind all of them in the order.
    nodes.servers[1].enter("another", "listener").await;
    let commits = nodes.servers[1].metric("nebula_log_commit_seconds_count").await;
    let messages = nodes.servers[1].metric("nebula_messages_total").await;
    assert_eq!(messages, MESSAGES as f64);
    assert!(commits < MESSAGES as f64 / 3.0, "{commits}");
}

#[tokio::test]
async fn who_enters_while_that_waits_misses_nothing() {
    let nodes = Nodes::start(Engine::shared().await, "unheard-until", 2).await;
    let mut speakers = speakers(&nodes).await;
    // A room where nothing was said has no history.
    say_numbers(&mut speakers, 0..1).await;
    let speaking = tokio::spawn(async move { say_numbers(&mut speakers, 1..MESSAGES).await });
    for n in 1..=4 {
        let query = format!("room=elsewhere&username=listener-{n}&history=50");
        let mut listener = nodes.servers[1].connect(&query).await;
        let history = listener.history().await.messages;
        let mut next = number(history.last().unwrap().content.as_str()) + 1;
        while next < MESSAGES / 4 * n {
            assert_eq!(number(listener.message().await.content.as_str()), next);
            next += 1;
        }
    }
    speaking.await.unwrap();
}
