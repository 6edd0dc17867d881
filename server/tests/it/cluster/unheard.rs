//! What is said in rooms that nobody on a node is in.

use crate::support::engine::Engine;
use crate::support::harness::{Peer, say};
use crate::support::nodes::Nodes;

const MESSAGES: usize = 100;

/// Each only when the one before was told.
async fn says_numbers(mut speaker: Peer, count: usize) {
    for n in 0..count {
        speaker.send(say("elsewhere", &n.to_string())).await;
        speaker.message().await;
    }
}

#[tokio::test]
async fn what_nobody_on_a_node_hears_shares_commits_there() {
    let nodes = Nodes::start(Engine::shared().await, "unheard", 2).await;
    says_numbers(nodes.servers[0].enter("elsewhere", "speaker").await, MESSAGES).await;
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
    let speaker = nodes.servers[0].enter("elsewhere", "speaker").await;
    let speaking = tokio::spawn(says_numbers(speaker, MESSAGES));
    for n in 0..5 {
        let query = format!("room=elsewhere&username=listener-{n}");
        let mut listener = nodes.servers[1].connect(&query).await;
        let history = listener.history().await.messages;
        let mut next = history.last().map_or(0, |it| number(it.content.as_str()) + 1);
        while next < MESSAGES / 5 * (n + 1) {
            assert_eq!(number(listener.message().await.content.as_str()), next);
            next += 1;
        }
    }
    speaking.await.unwrap();
}

fn number(text: &str) -> usize {
    text.parse().unwrap()
}
