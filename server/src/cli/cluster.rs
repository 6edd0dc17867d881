//! The commands about a whole cluster, and those about people that one of its nodes carries out. They need
//! NATS, and no database but that of a cluster that is founded anew.
//!
//! This file does not know how anything of it is done.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use tokio::runtime::Builder;

use super::out::Out;
use super::place::{Database, of_no_node};
use super::shown;
use crate::ClusterConfig;
use crate::cluster::found::{self, Founding};
use crate::cluster::nats::{Nats, NatsError};
use crate::cluster::report::Report;
use crate::cluster::{instruct, status};
use crate::log::operator::instruction::Instruction;

/// How long it is tried to reach NATS.
const PATIENCE: Duration = Duration::from_secs(5);
/// The exit code where something needs attention.
const EXIT_PROBLEMS: u8 = 1;

#[derive(Debug, Subcommand)]
pub(crate) enum ClusterCommand {
    /// Show how the nodes and the stream between them are, and what to do about what needs attention
    ///
    /// Exit codes: 0 success, 1 something needs attention, 2 NATS cannot be reached or no node answers.
    #[command(mut_args(of_no_node))]
    Status {
        /// As JSON, for programs
        #[arg(long)]
        json: bool,

        #[command(flatten)]
        cluster: Box<ClusterConfig>,
    },

    /// Begin the cluster anew from a node's database, after its stream was lost or has gone wrong
    ///
    /// Stop all nodes first, and choose the database that is furthest. What is left of the old stream
    /// is deleted. Nodes whose databases are equal to this one go on; the others copy it when they
    /// start. Without --yes it says what it would do, and does nothing.
    #[command(mut_args(of_no_node))]
    Found {
        /// Do it
        #[arg(long)]
        yes: bool,

        #[command(flatten)]
        database: Database,

        #[command(flatten)]
        cluster: Box<ClusterConfig>,
    },
}

impl ClusterCommand {
    pub(crate) fn run(self, out: &mut Out) -> anyhow::Result<ExitCode> {
        match self {
            ClusterCommand::Status { json, cluster } => {
                let report = now(report(&cluster))??;
                if json {
                    writeln!(out, "{}", shown::json(&report, &cluster.cluster_name))?;
                } else {
                    write!(out, "{}", shown::text(&report, &cluster.cluster_name))?;
                }
                let code = if report.is_well() { 0 } else { EXIT_PROBLEMS };
                Ok(code.into())
            }
            ClusterCommand::Found { yes, database, cluster } => {
                is_named(&cluster)?;
                now(found(&cluster, &database, yes, out))??;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

/// Lets one of the nodes do something; how many names, bans or mutes there were.
pub(super) fn carry_out(config: &ClusterConfig, what: &Instruction) -> anyhow::Result<u64> {
    let done = async {
        let nats = connect(config).await?;
        let done = instruct(&nats, what).await;
        let name = &config.cluster_name;
        let done = done.with_context(|| format!("the cluster {name} does not answer"))?;
        done.map_err(|why| anyhow::anyhow!("the cluster {name} cannot do it: {why}"))
    };
    now(done)?
}

/// What a look at settings says of the cluster. That NATS is away is no reason not to start: a start waits for it.
pub(super) fn check(config: &ClusterConfig, out: &mut Out) -> anyhow::Result<()> {
    let (name, node) = (&config.cluster_name, config.node_name());
    let found = now(async {
        match Nats::connect(config, Some(PATIENCE)).await {
            Ok(nats) => Ok((nats.find().await.map_err(|error| error.to_string()), nats.doubt())),
            Err(error @ NatsError::Unreachable { .. }) => Ok((Err(error.to_string()), None)),
            Err(error) => Err(error),
        }
    })??;
    let (state, doubt) = found;
    let (told, warning) = match state {
        Ok(Some(state)) => {
            (format!("NATS answers, its stream has {} records", state.last_seq), doubt)
        }
        Ok(None) => {
            ("NATS answers, its stream is made when the first node starts".to_owned(), doubt)
        }
        Err(why) => ("NATS is not ready: a start waits 30 s for it".to_owned(), Some(why)),
    };
    writeln!(out, "cluster     {name}, this node is {node}; {told}")?;
    if let Some(warning) = warning {
        writeln!(out, "warning     {warning}")?;
    }
    Ok(())
}

async fn report(config: &ClusterConfig) -> anyhow::Result<Report> {
    let nats = connect(config).await?;
    let answers = status::ask(&nats).await?;
    if answers.is_empty() {
        let name = &config.cluster_name;
        bail!("no node of the cluster {name} answers: check --cluster-name, and that they run");
    }
    Ok(Report::of(nats.find().await, config.cluster_replicas, &answers))
}

async fn found(
    config: &ClusterConfig,
    database: &Database,
    yes: bool,
    out: &mut Out,
) -> anyhow::Result<()> {
    let db = database.file()?;
    let founding = found::prepare(config, db).await?;
    let (name, path) = (&config.cluster_name, db.display());
    let Founding { newest, applied, stream, .. } = &founding;
    match applied {
        Some(seq) => {
            writeln!(out, "{path}: came up to record {seq}, and its newest id is {newest}")?
        }
        None => writeln!(out, "{path}: belongs to no cluster yet, and its newest id is {newest}")?,
    }
    match stream {
        Some(it) => writeln!(
            out,
            "the stream NEBULA_{name}: deleted, with its records {} to {}",
            it.first_seq, it.last_seq
        )?,
        None => writeln!(out, "the stream NEBULA_{name}: not there")?,
    }
    if !yes {
        bail!("nothing was done: say --yes to do it");
    }
    founding.carry_out().await?;
    writeln!(out, "the cluster {name} begins anew: start this database's node first")?;
    Ok(())
}

async fn connect(config: &ClusterConfig) -> anyhow::Result<Nats> {
    is_named(config)?;
    Ok(Nats::connect(config, Some(PATIENCE)).await?)
}

fn is_named(config: &ClusterConfig) -> anyhow::Result<()> {
    if config.cluster.is_empty() {
        bail!("which cluster? name its NATS servers: --cluster nats://n1,nats://n2,nats://n3");
    }
    Ok(())
}

fn now<T>(work: impl Future<Output = T>) -> anyhow::Result<T> {
    let runtime = Builder::new_current_thread().enable_all().build();
    Ok(runtime.context("cannot start threads")?.block_on(work))
}
