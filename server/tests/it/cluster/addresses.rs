//! Where clients reach the other nodes: told to them, and what pages may connect to.

use protocol::{Standing, ToClient};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::support::engine::Engine;
use crate::support::harness::{Peer, TestServer, get, query};
use crate::support::nodes::Nodes;

fn address(at: usize) -> String {
    format!("https://n{at}.chat.example")
}

async fn start(nodes: &mut Nodes, at: usize) {
    let mut config = nodes.config(at);
    config.cluster.public_address = Some(address(at).parse().unwrap());
    let node = TestServer::start_with(config).await;
    node.is_ready().await;
    nodes.servers.push(node);
}

/// Waits until somebody is told of so many servers.
async fn told(peer: &mut Peer, count: usize) -> Vec<String> {
    loop {
        let ToClient::Cluster(told) = peer.next().await else { continue };
        assert_eq!(told.standing, Standing::Current);
        if told.servers.len() == count {
            return told.servers.iter().map(ToString::to_string).collect();
        }
    }
}

/// Whether the page of an origin may connect.
async fn may_connect(node: &TestServer, origin: &str) -> bool {
    let mut request = Peer::request(&node.url(&query("dev", "page", "")), None).unwrap();
    request.headers_mut().insert("Origin", HeaderValue::from_str(origin).unwrap());
    match Peer::dial_request(request).await {
        Ok(_) => true,
        Err(Error::Http(answer)) => {
            assert_eq!(answer.status(), 403);
            false
        }
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_and_pages_hear_where_the_other_nodes_are_as_they_come_and_go() {
    let engine = Engine::shared().await;
    let mut nodes = Nodes::start(engine, "addresses", 0).await;
    start(&mut nodes, 0).await;
    let mut alice = nodes.servers[0].enter("dev", "Alice").await;
    start(&mut nodes, 1).await;
    start(&mut nodes, 2).await;
    let all: Vec<_> = (0..3).map(address).collect();
    assert_eq!(told(&mut alice, 3).await, all);
    let mut bob = nodes.servers[2].connect(&query("dev", "Bob", "")).await;
    assert_eq!(told(&mut bob, 3).await, all, "who enters hears it too");
    let page = get(nodes.servers[0].address, "/").await;
    for at in 1..3 {
        assert!(page.contains(&format!("wss://n{at}.chat.example")), "{page}");
    }
    assert!(may_connect(&nodes.servers[0], &address(1)).await);
    assert!(!may_connect(&nodes.servers[0], "https://n3.chat.example").await);
    drop(bob);
    nodes.servers.pop().unwrap().stop().await;
    assert_eq!(told(&mut alice, 2).await, all[..2]);
    assert!(!may_connect(&nodes.servers[0], &address(2)).await);
    // It was not told where the others are when they started, but now.
    start(&mut nodes, 2).await;
    assert_eq!(told(&mut alice, 3).await, all);
    let mut bob = nodes.servers[2].connect(&query("dev", "Bob", "")).await;
    assert_eq!(told(&mut bob, 3).await, all);
}
