//! How a database becomes that of a node, and what it is after: new, from before, behind, and alone again.

use std::time::Duration;

use async_nats::jetstream;
use protocol::{Code, ToClient};
use server::{ClusterError, Config, Db, RunError};

use super::rows::{are_equal, rows};
use crate::support::engine::{Engine, again};
use crate::support::harness::{Peer, TestServer, query, say};
use crate::support::nodes::Nodes;

const MESSAGES: usize = 30;
/// How long the stream of a test remembers: shorter than that a node is away.
const KEEP: Duration = Duration::from_secs(3);

async fn alice(server: &TestServer) -> Peer {
    let mut alice = server.connect_with(&query("dev", "Alice", ""), Some(1)).await;
    alice.expect_entry().await;
    alice
}

/// Alice says so many things, and goes.
async fn talk(server: &TestServer, text: &str) {
    let mut alice = alice(server).await;
    for n in 0..MESSAGES {
        alice.send(say("dev", &format!("{text} {n}"))).await;
        alice.message().await;
    }
}

/// All that is shown to who enters.
async fn history(server: &TestServer) -> Vec<String> {
    let mut alice = server.connect_with(&query("dev", "Alice", "&history=200"), Some(1)).await;
    let history = loop {
        match alice.next().await {
            ToClient::History(history) => break history,
            ToClient::Cluster(_) => {}
            other => panic!("{other:?}"),
        }
    };
    history.messages.iter().map(|message| format!("{message:?}")).collect()
}

async fn is_alices(server: &TestServer) {
    let mut stranger = server.connect_with(&query("dev", "Alice", ""), Some(2)).await;
    stranger.expect_refusal(Code::NameTaken, 4001).await;
}

async fn copies(server: &TestServer) -> f64 {
    server.metric("nebula_cluster_copied_total").await
}

/// A server that is alone, with this database.
fn alone(nodes: &Nodes, at: usize) -> Config {
    Config { db: Db::File(nodes.db(at)), message_rate: 0, ..Config::for_tests() }
}

/// Why a server ends of itself.
async fn error(config: Config) -> RunError {
    TestServer::start_with(config).await.ended().await.unwrap_err()
}

#[tokio::test]
async fn a_new_node_copies() {
    let mut nodes = Nodes::none(Engine::shared().await, "copies");
    let before = TestServer::start_with(alone(&nodes, 0)).await;
    talk(&before, "before").await;
    let told = history(&before).await;
    before.stop().await;
    for (at, copied) in [(0, 0.0), (1, 1.0)] {
        let server = nodes.start_one(at).await;
        assert_eq!(copies(&server).await, copied);
        assert_eq!(history(&server).await, told);
        is_alices(&server).await;
        nodes.servers.push(server);
    }
    talk(&nodes.servers[1], "after").await;
    let all = are_equal(&[nodes.db(0), nodes.db(1)]).await;
    assert_eq!(all.iter().filter(|row| row.starts_with("messages")).count(), 2 * MESSAGES);
    // A history of its own is no node's.
    let other = TestServer::start_with(alone(&nodes, 2)).await;
    talk(&other, "elsewhere").await;
    other.stop().await;
    let why = error(nodes.config(2)).await;
    assert!(matches!(why, RunError::Cluster(ClusterError::History(..))), "{why}");
    assert!(why.to_string().contains("n2.db"), "{why}");
}

#[tokio::test]
async fn an_old_node_comes_back_and_one_that_is_alone_goes_on_with_everything() {
    let mut nodes = Nodes::start(Engine::shared().await, "returns", 2).await;
    talk(&nodes.servers[0], "both").await;
    nodes.servers.pop().unwrap().stop().await;
    talk(&nodes.servers[0], "one").await;
    let server = nodes.start_one(1).await;
    assert_eq!(copies(&server).await, 0.0);
    let all = are_equal(&[nodes.db(0), nodes.db(1)]).await;
    assert_eq!(all.iter().filter(|row| row.starts_with("messages")).count(), 2 * MESSAGES);
    assert_eq!(history(&server).await, history(&nodes.servers[0]).await);
    is_alices(&server).await;
    server.stop().await;
    // Out of the cluster only when that is said.
    let why = error(alone(&nodes, 1)).await;
    assert!(why.to_string().contains("--standalone"), "{why}");
    let mut config = alone(&nodes, 1);
    config.cluster.standalone = true;
    let server = TestServer::start_with(config).await;
    is_alices(&server).await;
    let told = history(&server).await;
    assert_eq!(told, history(&nodes.servers[0]).await);
    talk(&server, "alone").await;
    server.stop().await;
    let server = TestServer::start_with(alone(&nodes, 1)).await;
    assert_eq!(history(&server).await.len(), 3 * MESSAGES);
    server.stop().await;
    // It has a history of its own now.
    let why = error(nodes.config(1)).await;
    assert!(matches!(why, RunError::Cluster(ClusterError::History(..))), "{why}");
}

#[tokio::test]
async fn all_nodes_start_again_at_once() {
    let mut nodes = Nodes::start(Engine::shared().await, "at-once", 3).await;
    for (at, server) in nodes.servers.iter().enumerate() {
        talk(server, &format!("at {at}")).await;
    }
    let stop = nodes.servers.drain(..).map(TestServer::stop);
    futures_util::future::join_all(stop).await;
    let start = (0..3).map(|at| nodes.start_one(at));
    let servers = futures_util::future::join_all(start).await;
    for server in &servers {
        is_alices(server).await;
        assert_eq!(copies(server).await, 0.0);
        assert_eq!(history(server).await.len(), 3 * MESSAGES);
    }
    talk(&servers[2], "again").await;
    let databases: Vec<_> = (0..3).map(|at| nodes.db(at)).collect();
    are_equal(&databases).await;
}

/// Who was away for longer than the stream remembers copies; who is cut off so long cannot go on.
#[tokio::test]
async fn a_trimmed_stream_is_noticed() {
    let engine = Engine::shared().await;
    let nodes = Nodes::none(engine, "trimmed");
    let cable = nodes.cable().await;
    let mut servers = Vec::new();
    for at in 0..3 {
        let config = if at == 2 { nodes.config_over(&cable, at) } else { nodes.config(at) };
        servers.push(Nodes::start_with(kept_shortly(config)).await);
    }
    talk(&servers[0], "all").await;
    are_equal(&[nodes.db(0), nodes.db(1), nodes.db(2)]).await;
    let cut = servers.pop().unwrap();
    cable.cut();
    servers.pop().unwrap().stop().await;
    talk(&servers[0], "one").await;
    let context = jetstream::new(engine.client().await);
    let stream = nodes.stream();
    let last = async || Some(context.get_stream(&stream).await.ok()?.cached_info().state.clone());
    let applied = last().await.unwrap().last_sequence;
    again(async || last().await.filter(|state| state.first_sequence > applied).map(drop)).await;
    let server = Nodes::start_with(kept_shortly(nodes.config(1))).await;
    assert_eq!(copies(&server).await, 1.0);
    assert_eq!(history(&server).await, history(&servers[0]).await);
    let before = nodes.folder.path().read_dir().unwrap();
    let kept =
        before.filter(|it| it.as_ref().unwrap().file_name().to_string_lossy().contains("before"));
    assert!(kept.count() > 0, "the database from before is not kept");
    cable.mend();
    let why = cut.ended().await.unwrap_err();
    assert!(matches!(why, RunError::Cluster(ClusterError::Hole)), "{why}");
    // Started again, it copies.
    let third = Nodes::start_with(kept_shortly(nodes.config(2))).await;
    assert_eq!(copies(&third).await, 1.0);
    talk(&third, "three").await;
    are_equal(&[nodes.db(0), nodes.db(1), nodes.db(2)]).await;
}

fn kept_shortly(mut config: Config) -> Config {
    config.cluster.cluster_keep = KEEP;
    config
}

/// The stream is made anew behind the back of its nodes: with nothing in it, and with something else.
#[tokio::test]
async fn a_lost_tail_is_noticed() {
    let engine = Engine::shared().await;
    let mut nodes = Nodes::start(engine, "lost", 2).await;
    talk(&nodes.servers[0], "told").await;
    for server in nodes.servers.drain(..) {
        server.stop().await;
    }
    let context = jetstream::new(engine.client().await);
    let stream = context.get_stream(nodes.stream()).await.unwrap().cached_info().clone();
    context.delete_stream(nodes.stream()).await.unwrap();
    let why = error(nodes.config(0)).await;
    assert!(matches!(why, RunError::Cluster(ClusterError::NoStream(..))), "{why}");
    assert!(why.to_string().contains("cluster found"), "{why}");
    context.create_stream(stream.config.clone()).await.unwrap();
    let before = rows(&nodes.db(0));
    for _ in 0..2 {
        let why = error(nodes.config(0)).await;
        assert!(matches!(why, RunError::Cluster(ClusterError::LostTail { .. })), "{why}");
        assert!(why.to_string().contains("the stream lost messages that were told"), "{why}");
        for _ in 0..stream.state.last_sequence {
            let subject = stream.config.subjects[0].clone();
            context.publish(subject, "something else".into()).await.unwrap().await.unwrap();
        }
    }
    assert_eq!(rows(&nodes.db(0)), before);
}

/// What is in the place of a stream that was lost under a node that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Instead {
    Nothing,
    OtherRecords,
    OtherCluster,
}

/// Who runs meanwhile takes no messages any more, and says so.
#[tokio::test]
async fn a_stream_that_is_replaced_under_a_node_is_noticed() {
    let engine = Engine::shared().await;
    for (name, instead) in [
        ("rewound", Instead::Nothing),
        ("rewritten", Instead::OtherRecords),
        ("replaced", Instead::OtherCluster),
    ] {
        let nodes = Nodes::start(engine, name, 1).await;
        talk(&nodes.servers[0], "told").await;
        let alice = alice(&nodes.servers[0]).await;
        replace(engine, &nodes, instead).await;
        is_diverged(&nodes.servers[0], alice).await;
    }
}

async fn replace(engine: &Engine, nodes: &Nodes, instead: Instead) {
    let context = jetstream::new(engine.client().await);
    let stream = context.get_stream(nodes.stream()).await.unwrap().cached_info().clone();
    let mut config = stream.config.clone();
    if instead == Instead::OtherCluster {
        config.metadata.insert("nebula-cluster".to_owned(), "another/0".to_owned());
    }
    context.delete_stream(nodes.stream()).await.unwrap();
    context.create_stream(config).await.unwrap();
    if instead != Instead::Nothing {
        for _ in 0..stream.state.last_sequence + 100 {
            let subject = stream.config.subjects[0].clone();
            context.publish(subject, "something else".into()).await.unwrap().await.unwrap();
        }
    }
}

async fn is_diverged(server: &TestServer, mut alice: Peer) {
    let diverged = async || (server.metric("nebula_cluster_diverged").await > 0.0).then_some(());
    again(diverged).await;
    alice.send(say("dev", "lost?")).await;
    loop {
        if let ToClient::Error(note) = alice.next().await {
            assert_eq!(note.code, Code::Unavailable);
            break;
        }
    }
    assert_eq!(history(server).await.len(), MESSAGES);
}
