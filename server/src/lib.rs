//! Nebula's server. A message goes one way:
//!
//! ```text
//! socket → read pump → log → hub → room → outbox → write pump → socket
//! ```
//!
//! It is kept first and told afterwards. [`run`] is the one door, for `main` and for tests. This
//! file does not know arguments, environment or signals.

pub mod admin;
mod assets;
#[cfg(feature = "bench")]
#[doc(hidden)]
pub mod bench;
pub mod config;
mod connection;
mod frame;
pub mod gate;
mod http;
mod hub;
mod key_hash;
mod log;
pub mod names;
mod outbox;
mod reload;
mod shutdown;
mod socket;
pub mod tls;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout, timeout_at};

pub use self::config::{Config, Db, LogFormat, SyncMode};
use self::config::{DRAIN_TIMEOUT, REQUEST_HEAD_TIMEOUT};
use self::gate::{Gate, GateError, TEND_INTERVAL};
use self::hub::{Budget, ConnectionId, Hub};
use self::log::Log;
use self::log::database::Database;
pub use self::log::database::OpenError;
pub use self::reload::Reload;
use self::shutdown::Stopping;
use self::tls::{Tls, TlsError};

/// What every connection works with.
pub(crate) struct Engine {
    config: Config,
    gate: Gate,
    tls: Option<Tls>,
    hub: Hub,
    log: Log,
    stopping: Stopping,
    connections: AtomicU64,
}

/// How a run ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Tasks that did not end in time: none, unless something is wrong.
    pub tasks_left: usize,
}

/// Why a server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Its database cannot be used.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// Its list of moderators or its token key cannot be used.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// Its certificate or key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The socket it should listen on is unusable.
    #[error("cannot listen: {0}")]
    Listen(#[from] io::Error),
}

/// Serves until `shutdown` resolves, then says goodbye to everyone, drains the log and returns,
/// within five seconds whatever clients do.
///
/// # Errors
/// [`RunError`] if it cannot start; once it listens, it goes on.
pub async fn run(
    listener: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()>,
) -> Result<Stopped, RunError> {
    let address = listener.local_addr()?;
    let stopping = Stopping::default();
    let hub = Hub::start(config.shard_count(), Budget(config.presence_budget), &stopping.tracker);
    let database = match &config.db {
        Db::File(path) => Database::open(path, config.sync)?,
        Db::Memory => Database::memory()?,
    };
    let (log, register, log_ended) = Log::start(&database, hub.clone(), config.name_expiry_ms())?;
    let gate = Gate::new(&config, register)?;
    let files = config.tls_cert.as_ref().zip(config.tls_key.as_ref());
    let tls = files.map(|(cert, key)| Tls::open(cert, key)).transpose()?;
    tell_start(address, &config);
    let connections = AtomicU64::new(0);
    let engine = Engine { config, gate, tls, hub, log, stopping: stopping.clone(), connections };
    let engine = Arc::new(engine);
    tokio::select! {
        () = accept(listener, &engine) => {}
        () = tend(&engine) => {}
        () = reload(&engine) => {}
        () = shutdown => {}
    }
    tracing::info!("stopping");
    // With it goes the last handle to log and hub but those of connections.
    drop(engine);
    Ok(stop(&stopping, log_ended).await)
}

impl Engine {
    fn next_connection(&self) -> ConnectionId {
        ConnectionId(self.connections.fetch_add(1, Ordering::Relaxed))
    }
}

fn tell_start(address: SocketAddr, config: &Config) {
    let kept = match &config.db {
        Db::File(path) => format!("messages are kept in {}", path.display()),
        Db::Memory => "messages are kept in memory only".to_owned(),
    };
    let scheme = if config.tls_cert.is_some() { "https" } else { "http" };
    tracing::info!("open {scheme}://{address}/ to chat; {kept}");
}

async fn accept(listener: TcpListener, engine: &Arc<Engine>) {
    /// Long enough for a descriptor to become free, short enough not to be noticed.
    const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(50);
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => welcome(engine, socket, peer.ip()),
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection; going on");
                sleep(PAUSE_AFTER_ERROR).await;
            }
        }
    }
}

/// Keeps the gate in order, now and then.
async fn tend(engine: &Engine) {
    loop {
        sleep(TEND_INTERVAL).await;
        engine.gate.tend(&engine.log).await;
    }
}

fn welcome(engine: &Arc<Engine>, socket: TcpStream, address: IpAddr) {
    // Messages are written as soon as they are there; waiting to fill a packet only delays them.
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "a connection ended before it began");
        return;
    }
    let deadline = Instant::now() + REQUEST_HEAD_TIMEOUT;
    let tasks = &engine.stopping.tracker;
    if engine.tls.is_some() {
        tasks.spawn(serve_tls(engine.clone(), socket, address, deadline));
    } else {
        tasks.spawn(http::serve(engine.clone(), socket, address, deadline));
    }
}

async fn serve_tls(engine: Arc<Engine>, socket: TcpStream, address: IpAddr, deadline: Instant) {
    let Some(tls) = &engine.tls else { return };
    let accepted = tokio::select! {
        accepted = timeout_at(deadline, tls.accept(socket)) => accepted,
        () = engine.stopping.begun.cancelled() => return,
    };
    match accepted {
        Ok(Ok(socket)) => http::serve(engine.clone(), socket, address, deadline).await,
        Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

/// Reads files anew whenever that is asked for. What cannot be used changes nothing.
async fn reload(engine: &Engine) {
    loop {
        engine.config.reload.asked().await;
        let tls = engine.tls.as_ref().map_or(Ok(()), Tls::reload);
        let outcome = tls.map_err(RunError::from);
        match outcome
            .and_then(|()| engine.gate.reload().map_err(GateError::from).map_err(Into::into))
        {
            Ok(()) => tracing::info!("files were read anew"),
            Err(error) => tracing::error!("files cannot be read anew, the old ones stay: {error}"),
        }
    }
}

async fn stop(stopping: &Stopping, log_ended: oneshot::Receiver<()>) -> Stopped {
    stopping.stop_connections().await;
    // The hub's shards end after the log's thread, which holds the last handle to them.
    let drained = async {
        let _ = log_ended.await;
        stopping.tracker.wait().await;
    };
    if timeout(DRAIN_TIMEOUT, drained).await.is_err() {
        tracing::error!(tasks = stopping.tracker.len(), "some tasks did not end in time");
    }
    Stopped { tasks_left: stopping.tracker.len() }
}
