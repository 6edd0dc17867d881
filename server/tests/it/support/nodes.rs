//! Nodes of one cluster, each a server in this process with a database file of its own.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use server::{Config, Db};
use tempfile::TempDir;

use super::cable::Cable;
use super::engine::Engine;
use super::harness::TestServer;
use crate::cli::operations::{run, said};

/// Nodes `a`, `b`, `c` and so on.
pub(crate) struct Nodes {
    pub(crate) servers: Vec<TestServer>,
    pub(crate) folder: TempDir,
    name: String,
    urls: String,
    replicas: String,
}

impl Nodes {
    /// So many nodes of a cluster of this name, each of which lets people in.
    pub(crate) async fn start(engine: &Engine, name: &str, count: usize) -> Self {
        let mut nodes = Nodes::none(engine, name);
        for at in 0..count {
            nodes.servers.push(nodes.start_one(at).await);
        }
        nodes
    }

    /// A cluster of this name, none of whose nodes runs yet.
    pub(crate) fn none(engine: &Engine, name: &str) -> Self {
        Nodes::for_replicas(engine, name, engine.urls().split(',').count())
    }

    /// The same, where so many NATS servers store the stream.
    pub(crate) fn for_replicas(engine: &Engine, name: &str, replicas: usize) -> Self {
        let (folder, urls) = (tempfile::tempdir().unwrap(), engine.urls());
        let replicas = replicas.to_string();
        Nodes { servers: Vec::new(), folder, name: name.to_owned(), urls, replicas }
    }

    /// Starts one, and waits until it lets people in.
    pub(crate) async fn start_one(&self, at: usize) -> TestServer {
        Nodes::start_with(self.config(at)).await
    }

    /// Starts one that is set up like this, and waits until it lets people in.
    pub(crate) async fn start_with(config: Config) -> TestServer {
        let server = TestServer::start_with(config).await;
        server.is_ready().await;
        server
    }

    /// That of a node that reaches its NATS server over a cable.
    pub(crate) fn config_over(&self, cable: &Cable, at: usize) -> Config {
        let mut config = self.config(at);
        config.cluster.cluster = vec![format!("nats://{}", cable.address).parse().unwrap()];
        config
    }

    /// A cable to its NATS server.
    pub(crate) async fn cable(&self) -> Cable {
        let address = self.urls.split(',').next().unwrap().strip_prefix("nats://").unwrap();
        Cable::to(address.parse().unwrap()).await
    }

    /// What its stream is called.
    pub(crate) fn stream(&self) -> String {
        format!("NEBULA_{}", self.name)
    }

    /// That of a node.
    pub(crate) fn config(&self, at: usize) -> Config {
        let mut config = Config::for_tests();
        config.db = Db::File(self.db(at));
        config.message_rate = 0;
        config.cluster.cluster = self.urls.split(',').map(|url| url.parse().unwrap()).collect();
        config.cluster.cluster_name.clone_from(&self.name);
        config.cluster.cluster_replicas = self.replicas.parse().unwrap();
        config.cluster.node = Some(node(at));
        config
    }

    /// The flags with which a command finds the cluster.
    pub(crate) fn flags(&self) -> [&str; 6] {
        let Nodes { urls, name, replicas, .. } = self;
        ["--cluster", urls, "--cluster-name", name, "--cluster-replicas", replicas]
    }

    /// One of the binary's commands about the cluster: its exit code, and all it says.
    pub(crate) async fn operator(&self, command: &[&str]) -> (Option<i32>, String) {
        let output = run(&[command, &self.flags()[..]].concat()).await;
        (output.status.code(), said(&output))
    }

    /// The database of a node.
    pub(crate) fn db(&self, at: usize) -> PathBuf {
        self.folder.path().join(format!("{}.db", node(at)))
    }
}

fn node(at: usize) -> String {
    format!("n{at}")
}

/// With `NEBULA_TEST_CLUSTER=1` in the environment, a server that would keep its messages in memory is the one
/// node of a cluster instead: how it is set up then, and where its database is.
pub(crate) async fn as_node(config: &Config) -> Option<(Config, TempDir)> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let is_wanted = std::env::var("NEBULA_TEST_CLUSTER").is_ok_and(|wanted| wanted == "1");
    if !is_wanted || config.db != Db::Memory {
        return None;
    }
    let name = format!("test-{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let nodes = Nodes::none(Engine::shared().await, &name);
    let Config { db, cluster, .. } = nodes.config(0);
    Some((Config { db, cluster, ..config.clone() }, nodes.folder))
}
