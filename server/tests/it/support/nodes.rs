//! Nodes of one cluster, each a server in this process with a database file of its own.

use std::path::PathBuf;

use server::{Config, Db};
use tempfile::TempDir;

use super::engine::Engine;
use super::harness::TestServer;
use crate::cli::operations::{run, said};

/// Nodes `a`, `b`, `c` and so on.
pub(crate) struct Nodes {
    pub(crate) servers: Vec<TestServer>,
    pub(crate) folder: TempDir,
    name: String,
    urls: String,
}

impl Nodes {
    /// So many nodes of a cluster of this name, each of which lets people in.
    pub(crate) async fn start(engine: &Engine, name: &str, count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (name, urls) = (name.to_owned(), engine.urls());
        let mut nodes = Nodes { servers: Vec::new(), folder, name, urls };
        for at in 0..count {
            nodes.servers.push(nodes.start_one(at).await);
        }
        nodes
    }

    /// Starts one, and waits until it lets people in.
    pub(crate) async fn start_one(&self, at: usize) -> TestServer {
        let server = TestServer::start_with(self.config(at)).await;
        server.is_ready().await;
        server
    }

    /// That of a node.
    pub(crate) fn config(&self, at: usize) -> Config {
        let mut config = Config::for_tests();
        config.db = Db::File(self.db(at));
        config.cluster.cluster = self.urls.split(',').map(|url| url.parse().unwrap()).collect();
        config.cluster.cluster_name.clone_from(&self.name);
        config.cluster.cluster_replicas = 1;
        config.cluster.node = Some(node(at));
        config
    }

    /// The flags with which a command finds the cluster.
    pub(crate) fn flags(&self) -> [&str; 6] {
        let Nodes { urls, name, .. } = self;
        ["--cluster", urls, "--cluster-name", name, "--cluster-replicas", "1"]
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
