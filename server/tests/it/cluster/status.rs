//! `cluster status`: how nodes and stream are, and what to do about what is not well.

use serde_json::Value;
use std::time::Duration;
use tokio::time::{interval, timeout};

use crate::cli::operations::{run, said};
use crate::support::cable::Cable;
use crate::support::engine::Engine;
use crate::support::harness::{PATIENCE, TestServer};
use crate::support::nodes::Nodes;

async fn status(nodes: &Nodes, more: &[&str]) -> (Option<i32>, String) {
    nodes.operator(&[&["cluster", "status"], more].concat()).await
}

async fn status_json(nodes: &Nodes) -> Value {
    serde_json::from_str(&status(nodes, &["--json"]).await.1).unwrap()
}

/// Asks until something is so.
async fn until(nodes: &Nodes, is_so: impl Fn(&Value) -> bool) -> Value {
    let mut looks = interval(Duration::from_millis(100));
    let looking = async {
        loop {
            looks.tick().await;
            let found = status_json(nodes).await;
            if is_so(&found) {
                return found;
            }
        }
    };
    timeout(PATIENCE, looking).await.expect("it never comes")
}

#[tokio::test(flavor = "multi_thread")]
async fn status_shows_each_node_and_says_what_to_do_about_one_that_does_not_answer() {
    let engine = Engine::shared().await;
    let cable = Cable::to(engine.url(0).strip_prefix("nats://").unwrap().parse().unwrap()).await;
    let mut nodes = Nodes::start(engine, "status", 1).await;
    let mut config = nodes.config(1);
    config.cluster.cluster = vec![format!("nats://{}", cable.address).parse().unwrap()];
    config.cluster.public_address = Some("https://b.example".parse().unwrap());
    nodes.servers.push(TestServer::start_with(config).await);
    nodes.servers[1].is_ready().await;
    let _alice = nodes.servers[1].enter("dev", "Alice").await;
    let (code, told) = status(&nodes, &[]).await;
    assert_eq!(code, Some(0), "{told}");
    assert!(told.starts_with("stream NEBULA_status: records 1 to "), "{told}");
    for (node, people, address) in [("n0", 0, "-"), ("n1", 1, "https://b.example")] {
        let line = told.lines().rev().find(|line| line.trim().starts_with(node)).expect(&told);
        let words: Vec<_> = line.split_whitespace().collect();
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            (words[1], words[4], words[5], words[6]),
            ("current", people.to_string().as_str(), version, address)
        );
    }
    let all = status_json(&nodes).await;
    assert_eq!((&all["ok"], &all["stream"]["name"]), (&true.into(), &"NEBULA_status".into()));
    assert_eq!(all["nodes"][1]["people"], 1);
    cable.freeze();
    let (code, told) = status(&nodes, &[]).await;
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("n1                   silent\n    -> it lives"), "{told}");
    let dead = until(&nodes, |all| all["nodes"].as_array().unwrap().len() == 1).await;
    assert_eq!(dead["ok"], true, "who is dead is no longer listed");
    cable.mend();
    let both = until(&nodes, |all| all["ok"] == true && all["nodes"][1]["standing"] == "current");
    both.await;
}

#[tokio::test]
async fn a_cluster_that_cannot_be_asked_is_2_with_a_sentence() {
    let engine = Engine::shared().await;
    let urls = engine.urls();
    for (flags, sentence) in [
        (
            &["--cluster", &*urls, "--cluster-name", "nowhere"][..],
            "no node of the cluster nowhere answers",
        ),
        (
            &["--cluster", "nats://127.0.0.1:1"],
            "no NATS server can be reached at nats://127.0.0.1:1",
        ),
        (&[], "which cluster? name its NATS servers: --cluster"),
    ] {
        let output = run(&[&["cluster", "status"], flags].concat()).await;
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(sentence), "{}", said(&output));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn status_shows_which_nats_server_leads_and_which_is_away() {
    let mut engine = Engine::start(3).await;
    let mut nodes = Nodes::start(&engine, "leader", 0).await;
    let mut config = nodes.config(0);
    config.cluster.cluster_replicas = 3;
    nodes.servers.push(TestServer::start_with(config).await);
    nodes.servers[0].is_ready().await;
    let well = until(&nodes, |all| all["ok"] == true).await;
    let leader = engine.leader("NEBULA_leader").await;
    let servers = well["stream"]["servers"].as_array().unwrap();
    assert_eq!(servers.len(), 3);
    assert_eq!(
        (&servers[0]["name"], &servers[0]["leader"]),
        (&format!("n{leader}").into(), &true.into())
    );
    let other = (leader + 1) % 3;
    engine.kill(other);
    let away = until(&nodes, |all| all["ok"] == false).await;
    let name = format!("n{other}");
    let servers = away["stream"]["servers"].as_array().unwrap().iter();
    let ill = servers.filter(|it| !it["problems"].as_array().unwrap().is_empty());
    assert_eq!(ill.map(|it| it["name"].as_str().unwrap()).collect::<Vec<_>>(), [&*name]);
}
