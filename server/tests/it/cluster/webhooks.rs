//! Outgoing hooks on several nodes, of which one sends.

use std::fs;

use tokio::time::timeout;

use crate::rooms::{ANN, BOB, comes_to, says};
use crate::support::engine::Engine;
use crate::support::harness::{PATIENCE, TestServer};
use crate::support::nodes::Nodes;
use crate::webhooks::Receiver;

const DELIVERED: &str = "nebula_webhooks_delivered_total";
const WAITING: &str = "nebula_webhooks_waiting";

/// Waits until nothing waits any more; how many messages the nodes have delivered, each.
async fn delivered(nodes: [&TestServer; 2], all: f64) -> [f64; 2] {
    let counted = async {
        loop {
            let [a, b] = nodes;
            let counts = [a.metric(DELIVERED).await, b.metric(DELIVERED).await];
            let waiting = a.metric(WAITING).await + b.metric(WAITING).await;
            if waiting == 0.0 && counts[0] + counts[1] >= all {
                return counts;
            }
        }
    };
    timeout(PATIENCE, counted).await.unwrap()
}

#[tokio::test]
async fn one_node_sends_what_is_said_on_any_and_another_takes_over() {
    let mut nodes = Nodes::start(Engine::shared().await, "webhooks", 2).await;
    let receiver = Receiver::new().await;
    let secret = nodes.folder.path().join("secret");
    fs::write(&secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let (url, secret) = (receiver.url(), secret.to_str().unwrap());
    let make = ["hook", "--out", &url, "--room", "dev", "--name", "ci", "--secret-file", secret];
    let made = nodes.operator(&[&make[..], &["--allow-private"]].concat()).await;
    assert_eq!(made, (Some(0), String::new()));
    let [a, b] = &*nodes.servers else { panic!() };
    let (mut ann, mut bob) = (comes_to(a, "dev", ANN).await, comes_to(b, "dev", BOB).await);
    says(&mut ann, "dev", "one").await;
    assert_eq!(receiver.takes().await, "one");
    says(&mut bob, "dev", "two").await;
    assert_eq!(receiver.takes().await, "two");
    assert_eq!(delivered([a, b], 2.0).await, [2.0, 0.0]);
    drop(ann);
    let first = nodes.servers.remove(0);
    first.stop().await;
    // That it has stopped stands in the order before what is said now.
    says(&mut bob, "dev", "three").await;
    assert_eq!(receiver.takes().await, "three");
    let unhook = nodes.operator(&["unhook", "1"]).await;
    assert_eq!(unhook, (Some(0), "the hook 1 has ended\n".to_owned()));
    drop(bob);
}
