//! Nodes that start: beside another of their name, with a history of their own, or behind others.

use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use crate::cli::operations::said;
use crate::support::cable::Cable;
use crate::support::child::Server;
use crate::support::engine::Engine;
use crate::support::harness::{PATIENCE, TestServer, get, say_ref};
use crate::support::nodes::Nodes;

fn server(nodes: &Nodes, node: &str, db: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    let db = nodes.folder.path().join(db);
    command.args(["--listen", "127.0.0.1:0", "--node", node, "--db"]).arg(db).args(nodes.flags());
    command.kill_on_drop(true);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_with_a_history_of_its_own_joins_no_other_cluster() {
    let engine = Engine::shared().await;
    let mut nodes = Nodes::start(engine, "history", 1).await;
    let mut alone = nodes.config(1);
    alone.cluster.cluster.clear();
    let alone = TestServer::start_with(alone).await;
    let mut alice = alone.enter("dev", "Alice").await;
    alice.send(say_ref("dev", "mine", "r1")).await;
    alice.message().await;
    alone.stop().await;
    let output = timeout(PATIENCE, server(&nodes, "n1", "n1.db").output()).await.unwrap().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = said(&output);
    assert!(told.contains("n1.db\" has a history of its own"), "{told}");
    nodes.servers.pop().unwrap().stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_node_waits_for_as_many_nats_servers_as_are_to_store_the_stream() {
    let mut engine = Engine::start(2).await;
    let nodes = Nodes::for_replicas(&engine, "first", 3);
    let mut node = server(&nodes, "n0", "n0.db").stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(node.stderr.take().unwrap()).lines();
    let mut says = async |words: &str| loop {
        let line = timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap();
        if line.expect("it ended").contains(words) {
            return;
        }
    };
    says("cannot be made on 3 NATS servers").await;
    engine.grow().await;
    says("open http://").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_former_of_two_processes_with_one_name_ends_with_2() {
    let engine = Engine::shared().await;
    let nodes = Nodes::start(engine, "twice", 0).await;
    let former = Server::spawn(&mut server(&nodes, "same", "former.db")).await;
    former.is_ready(true).await;
    let latter = Server::spawn(&mut server(&nodes, "same", "latter.db")).await;
    let Server { mut child, mut lines, .. } = former;
    let status = timeout(Duration::from_secs(5), child.wait()).await.expect("it goes on").unwrap();
    assert_eq!(status.code(), Some(2));
    let mut last = String::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        last = line;
    }
    assert!(last.contains("another process has started as the node same"), "{last}");
    latter.is_ready(true).await;
    latter.signal(Signal::TERM);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_joins_is_not_ready_on_either_address_until_it_is_current() {
    let engine = Engine::shared().await;
    let cable = Cable::to(engine.url(0).strip_prefix("nats://").unwrap().parse().unwrap()).await;
    let nodes = Nodes::start(engine, "joining", 1).await;
    let mut config = nodes.config(1);
    config.cluster.cluster = vec![format!("nats://{}", cable.address).parse().unwrap()];
    let other = TestServer::start_with(config).await;
    other.is_ready().await;
    // It does not say who is there.
    cable.freeze();
    let new = TestServer::start_with(nodes.config(2)).await;
    for address in [new.address, new.metrics] {
        let answer = get(address, "/readyz").await;
        assert!(answer.contains(" 503 ") && answer.contains("cluster"), "{answer}");
        assert!(get(address, "/healthz").await.contains(" 200 "));
    }
    assert_eq!(new.metric("nebula_cluster_standing").await, 1.0);
    cable.mend();
    new.is_ready().await;
    assert!(get(new.metrics, "/readyz").await.contains(" 200 "));
    assert_eq!(new.metric("nebula_cluster_standing").await, 2.0);
    assert_eq!(new.metric("nebula_cluster_replicas_current").await, 1.0);
}
