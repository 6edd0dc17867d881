//! A cluster that is founded anew, and the way back to one machine.

use std::path::Path;

use async_nats::jetstream;
use tokio::process::Command;
use tokio::time::timeout;

use crate::cli::operations::{run, said, texts};
use crate::support::engine::Engine;
use crate::support::harness::{PATIENCE, say_ref};
use crate::support::nodes::Nodes;

/// The server alone with this database, until it ends.
async fn alone(db: &str) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    command.args(["--listen", "127.0.0.1:0", "--db", db]).kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await.unwrap().unwrap();
    (output.status.code(), said(&output))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_stream_is_founded_anew_and_equal_databases_go_on() {
    let engine = Engine::shared().await;
    let mut nodes = Nodes::start(engine, "found", 3).await;
    let mut alice = nodes.servers[0].enter("dev", "Alice").await;
    alice.send(say_ref("dev", "one", "r1")).await;
    alice.message().await;
    // It misses what comes now.
    nodes.servers.pop().unwrap().stop().await;
    alice.send(say_ref("dev", "two", "r2")).await;
    while alice.message().await.content.as_str() != "two" {}
    let db = nodes.db(0).to_str().unwrap().to_owned();
    let found = ["cluster", "found", "--db", &db];
    let (code, words) = nodes.operator(&found).await;
    assert_eq!(code, Some(2));
    assert!(words.contains("the cluster lives: n0, n1 answers"), "{words}");
    let context = jetstream::new(engine.client().await);
    context.delete_stream("NEBULA_found").await.unwrap();
    for node in nodes.servers.drain(..) {
        node.stop().await;
    }
    let start = ["--listen", "127.0.0.1:0", "--node", "n0", "--db", &db];
    let (code, words) = timeout(PATIENCE, nodes.operator(&start)).await.unwrap();
    assert_eq!(code, Some(2));
    assert!(words.contains("nebula-server cluster found"), "{words}");
    let (code, words) = nodes.operator(&found).await;
    assert_eq!(code, Some(2));
    assert!(words.contains("nothing was done: say --yes"), "{words}");
    assert!(context.get_stream("NEBULA_found").await.is_err());
    // Whoever does it once more does no harm.
    for _ in 0..2 {
        let (code, words) = nodes.operator(&[&found[..], &["--yes"]].concat()).await;
        assert_eq!(code, Some(0), "{words}");
    }
    for at in 0..3 {
        nodes.servers.push(nodes.start_one(at).await);
    }
    let mut copied = Vec::new();
    for (at, node) in nodes.servers.iter().enumerate() {
        copied.push(node.metric("nebula_cluster_copied_total").await);
        let mut reader = node.connect(&format!("room=dev&username=reader{at}&history=9")).await;
        let history = reader.history().await;
        let texts: Vec<_> = history.messages.iter().map(|it| it.content.as_str()).collect();
        assert_eq!(texts, ["one", "two"], "n{at}");
    }
    assert_eq!(copied, [0.0, 0.0, 1.0]);
    let mut bob = nodes.servers[2].enter("dev", "Bob").await;
    let mut carol = nodes.servers[1].enter("dev", "Carol").await;
    bob.send(say_ref("dev", "three", "r3")).await;
    assert_eq!(carol.message().await.content.as_str(), "three");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_wrong_is_replaced_only_when_that_is_said() {
    let engine = Engine::shared().await;
    let mut nodes = Nodes::start(engine, "wrong", 1).await;
    nodes.servers.pop().unwrap().stop().await;
    let other = nodes.folder.path().join("none.db");
    let missing = ["cluster", "found", "--db", other.to_str().unwrap()];
    let (code, words) = nodes.operator(&missing).await;
    assert!(code == Some(2) && words.contains("there is no database"), "{words}");
    assert!(!other.exists());
    let db = nodes.db(0).to_str().unwrap().to_owned();
    let found = ["cluster", "found", "--db", &db];
    let (code, words) = nodes.operator(&found).await;
    assert_eq!(code, Some(2));
    assert!(words.contains("the stream NEBULA_wrong: deleted, with its records 1 to"), "{words}");
    let context = jetstream::new(engine.client().await);
    let records = async || {
        let stream = context.get_stream("NEBULA_wrong").await.unwrap();
        stream.cached_info().state.messages
    };
    assert!(records().await > 0);
    let (code, words) = nodes.operator(&[&found[..], &["--yes"]].concat()).await;
    assert_eq!(code, Some(0), "{words}");
    assert_eq!(records().await, 0);
    nodes.servers.push(nodes.start_one(0).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nodes_backup_is_one_machines_again_with_standalone() {
    let engine = Engine::shared().await;
    let nodes = Nodes::start(engine, "back", 2).await;
    let mut alice = nodes.servers[0].enter("dev", "Alice").await;
    let mut bob = nodes.servers[1].enter("dev", "Bob").await;
    alice.send(say_ref("dev", "kept", "r1")).await;
    bob.message().await;
    let path = |name: &str| nodes.folder.path().join(name).to_str().unwrap().to_owned();
    let (backup, db) = (path("backup.db"), path("alone.db"));
    let from = nodes.db(1);
    let output = run(&["backup", &backup, "--db", from.to_str().unwrap()]).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let output = run(&["restore", &backup, "--db", &db]).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let (code, words) = alone(&db).await;
    assert_eq!(code, Some(2));
    assert!(words.contains("belongs to a cluster") && words.contains("--standalone"), "{words}");
    let mut server = Command::new(env!("CARGO_BIN_EXE_nebula-server"));
    server.args(["--standalone", "--listen", "127.0.0.1:0", "--db", &db]);
    let mut server = crate::support::child::Server::spawn(&mut server).await;
    server.is_ready(true).await;
    server.child.kill().await.unwrap();
    // Once is enough.
    assert_eq!(texts(Path::new(&db)).await, ["kept"]);
}
