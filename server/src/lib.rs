//! Nebula's server. A message goes one way:
//!
//! ```text
//! socket → read pump → log → hub → room → outbox → write pump → socket
//! ```
//!
//! It is stored before it is broadcast. [`run`] is the one entry point, for `cli` and for tests. This
//! file does not know arguments, environment or signals.

#![cfg_attr(
    not(feature = "cluster"),
    allow(dead_code, reason = "a server that is always alone uses less of it")
)]

mod auth;
#[cfg(feature = "bench")]
#[doc(hidden)]
#[path = "../benches/private/mod.rs"]
pub mod bench;
pub mod cli;
mod cluster;
pub mod config;
mod connection;
mod error;
mod frame;
mod http;
mod hub;
mod lifecycle;
mod limits;
mod listen;
mod log;
mod monitoring;
mod outbox;
mod people;
mod server;
#[cfg(test)]
#[path = "../tests/sim/mod.rs"]
mod sim;
mod transfer;
mod webhooks;

use std::pin::pin;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

pub use self::auth::sanctions::{MODERATOR_SANCTIONS_MAX, ROOM_SANCTIONS_MAX, SANCTIONS_MAX};
pub use self::cluster::ClusterError;
use self::cluster::Joined;
use self::cluster::standing::Standing;
use self::config::DRAIN_TIMEOUT;
pub use self::config::reload::Reload;
pub use self::config::{
    ClusterConfig, Config, Db, Limits, LogFormat, NatsUrl, SyncMode, Upkeep, WebhookTimes,
};
pub use self::error::RunError;
use self::http::health::{self, Answerer};
use self::http::status::Status;
pub use self::lifecycle::parts::Part;
use self::listen::tls::Tls;
pub use self::log::PERSON_INVITES_MAX;
use self::log::database::Database;
pub use self::log::database::OpenError;
pub use self::monitoring::gauges::Gauges;
pub use self::monitoring::log_lines::LogLinesDropped;
use self::monitoring::metrics::Metrics;
pub use self::people::name_quota::NAMES_AT_ONCE;
pub use self::people::names::KEPT_MAX as NAMES_KEPT_MAX;
use self::server::{Running, Server};

/// The sockets that a server listens on.
#[derive(Debug)]
pub struct Listeners {
    /// For everybody: the page, and conversations.
    pub chat: TcpListener,
    /// For Prometheus.
    pub metrics: Option<TcpListener>,
}

impl From<TcpListener> for Listeners {
    fn from(chat: TcpListener) -> Self {
        Listeners { chat, metrics: None }
    }
}

/// How a run ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Tasks that did not end in time: none, unless something is wrong.
    pub tasks_left: usize,
    /// What is left of all that goes up and down: nothing, unless something is wrong.
    pub gauges: Gauges,
}

/// Serves until `shutdown` resolves, or until a [`Part`] of it ends that should not; then says
/// goodbye to everyone, drains the log and returns, within five seconds whatever clients do.
///
/// # Errors
/// [`RunError`] if it cannot start, or if a part of it ended.
pub async fn run(
    listeners: impl Into<Listeners>,
    config: Config,
    shutdown: impl Future<Output = ()>,
) -> Result<Stopped, RunError> {
    let Listeners { chat, metrics } = listeners.into();
    let address = chat.local_addr()?;
    let (chat, metrics) = (Arc::new(chat), metrics.map(Arc::new));
    let counted = Arc::new(Metrics::new(&config.log_lines_dropped));
    let mut shutdown = pin!(shutdown);
    let found = tokio::select! {
        // A server that is alone waits for nobody here.
        biased;
        found = database(&config, (&chat, metrics.as_ref()), &counted) => found?,
        () = &mut shutdown => return Ok(Stopped { tasks_left: 0, gauges: Gauges::default() }),
    };
    // Held until the end: it keeps other servers from the file.
    let (database, joined) = found;
    let Running { server, log_ended, beside } =
        Server::start(config, (&database, joined), counted)?;
    server.look_at_certificate();
    let (status, tls, parts) = (server.status.clone(), server.tls.clone(), server.parts.clone());
    let _metrics = metrics.map(|metrics| server::watched(metrics, &status, &parts)).transpose()?;
    let failure = beside.as_ref().map(|beside| beside.failure.clone()).unwrap_or_default();
    let stopped = async {
        tokio::select! {
            () = shutdown => {}
            () = parts.one_ended() => {}
            () = failure.happened() => {}
        }
    };
    let mut stopped = pin!(stopped);
    let has_joined = tokio::select! {
        () = joins(&server, &chat) => true,
        () = &mut stopped => false,
    };
    // Tasks of their own: none keeps another waiting, or the end.
    let mut tasks = JoinSet::new();
    let server = Arc::new(server);
    if has_joined {
        server::tell_start(address, &server.engine);
        let accepting = server::accept(chat.clone(), &server);
        tasks.spawn(parts.clone().endless(Part::Accept, accepting));
        tasks.spawn(parts.clone().endless(Part::Tend, server::tend(server.clone())));
        tasks.spawn(parts.clone().endless(Part::Markers, server::store_markers(server.clone())));
        tasks.spawn(parts.clone().endless(Part::Webhooks, server::send_webhooks(server.clone())));
        tasks.spawn(parts.clone().endless(Part::Reload, server::reload(server.clone())));
        stopped.await;
        server.engine.log.store_markers();
        drop(server);
    } else {
        drop(server);
    }
    tracing::info!("stopping");
    status.stopping.begun.cancel();
    // With them goes the last handle to log and hub but those of connections.
    tasks.shutdown().await;
    // Until the end it is told that this is the end, and when to come back.
    let answering = health::serve(chat, tls, status.clone(), health::stopping);
    let _answering = AbortOnDropHandle::new(tokio::spawn(answering));
    let stopped = stop(&status, log_ended).await;
    if let Some(why) = failure.why() {
        return Err(RunError::Cluster(why));
    }
    parts.first_ended().map_or(Ok(stopped), |part| Err(RunError::Ended(part)))
}

/// Opens the database; that of a node when it is one of its cluster. Who asks meanwhile hears that the node joins.
async fn database(
    config: &Config,
    (chat, watched): (&Arc<TcpListener>, Option<&Arc<TcpListener>>),
    metrics: &Arc<Metrics>,
) -> Result<(Database, Option<Joined>), RunError> {
    if !config.cluster.is_node() {
        return Ok((cluster::alone(config)?, None));
    }
    let (tls, status) = (Tls::of(config)?.map(Arc::new), Status::joining(config, metrics));
    let _chat = Answerer::start(chat.clone(), tls, status.clone(), health::joining);
    let _watched = watched.map(|it| Answerer::start(it.clone(), None, status, health::metrics));
    let (database, joined) = cluster::join(config, metrics).await?;
    Ok((database, Some(joined)))
}

/// Resolves when people may come in: a node first has to have what all others have.
async fn joins(server: &Server, chat: &Arc<TcpListener>) {
    let Some(cluster) = &server.engine.cluster else { return };
    let (tls, status) = (server.tls.clone(), server.status.clone());
    let _answering = Answerer::start(chat.clone(), tls, status, health::joining);
    // What tells it ends with the log.
    let _ = cluster.watch().wait_for(|standing| *standing != Standing::Joining).await;
}

async fn stop(status: &Status, log_ended: oneshot::Receiver<()>) -> Stopped {
    let stopping = &status.stopping;
    stopping.stop_connections().await;
    // The hub's shards end after the log's thread, which holds the last handle to them.
    let drained = async {
        let _ = log_ended.await;
        stopping.tracker.wait().await;
    };
    if timeout(DRAIN_TIMEOUT, drained).await.is_err() {
        tracing::error!(tasks = stopping.tracker.len(), "some tasks did not end in time");
    }
    Stopped { tasks_left: stopping.tracker.len(), gauges: status.gauges() }
}
