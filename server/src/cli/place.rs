//! Where a command works: in a database, or in a cluster.
//!
//! This file does not know what is done there.

use std::path::Path;

use anyhow::bail;
use clap::{Arg, Args};

use crate::{ClusterConfig, Db};

/// Which database a command is about.
#[derive(Debug, Args)]
pub(crate) struct Database {
    /// The database file
    #[arg(long, env = "NEBULA_DB", value_name = "FILE", default_value = "nebula.db")]
    db: Db,
}

/// Where what is kept of people changes: in a database, or in the cluster that it belongs to.
#[derive(Debug, Args)]
#[command(mut_args(only_to_ask))]
pub(crate) struct Place {
    #[command(flatten)]
    pub(super) database: Database,

    #[command(flatten)]
    pub(super) cluster: Box<ClusterConfig>,
}

impl Database {
    pub(super) fn file(&self) -> anyhow::Result<&Path> {
        match &self.db {
            Db::File(path) => Ok(path),
            Db::Memory => bail!("a database in memory goes with its server: name a file with --db"),
        }
    }
}

/// Leaves out of a command's help what only a node needs.
pub(super) fn of_no_node(argument: Arg) -> Arg {
    let is_of_node = matches!(argument.get_id().as_str(), "node" | "public_address" | "standalone");
    argument.hide(is_of_node)
}

/// The same for what only the stream needs.
fn only_to_ask(argument: Arg) -> Arg {
    let is_of_stream = matches!(argument.get_id().as_str(), "cluster_replicas" | "cluster_keep");
    let argument = of_no_node(argument);
    if is_of_stream { argument.hide(true) } else { argument }
}
