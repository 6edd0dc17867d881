//! Nebula's server. A message goes one way:
//!
//! ```text
//! socket → read pump → log → hub → room → outbox → write pump → socket
//! ```
//!
//! It is stored before it is broadcast. [`run`] is the one entry point, for `cli` and for tests. This
//! file does not know arguments, environment or signals.

mod auth;
#[cfg(feature = "bench")]
#[doc(hidden)]
#[path = "../benches/private/mod.rs"]
pub mod bench;
pub mod cli;
#[cfg(feature = "cluster")]
mod cluster;
pub mod config;
mod connection;
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
#[cfg(test)]
#[path = "../tests/sim/mod.rs"]
mod sim;

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

pub use self::auth::sanctions::{MODERATOR_SANCTIONS_MAX, ROOM_SANCTIONS_MAX, SANCTIONS_MAX};
use self::auth::{Auth, AuthError, NewModerators, TEND_INTERVAL};
pub use self::config::reload::Reload;
pub use self::config::{ClusterConfig, Config, Db, Limits, LogFormat, NatsUrl, SyncMode, Upkeep};
use self::config::{DRAIN_TIMEOUT, files};
use self::connection::RateLimits;
use self::connection::budget::Budgets;
use self::connection::engine::Engine;
use self::http::answers::rejected_bytes;
use self::http::siblings::Siblings;
use self::http::status::Status;
use self::http::{health, routes};
use self::hub::{Budget, Hub};
pub use self::lifecycle::parts::Part;
use self::lifecycle::parts::Parts;
use self::lifecycle::shutdown::Stopping;
use self::listen::accept::{self, Entrance, Spoken};
use self::listen::connection_limiter::ConnectionLimiter;
use self::listen::tls::{NewCertificate, Tls, TlsError};
use self::log::database::Database;
pub use self::log::database::OpenError;
use self::log::{Log, now_ms};
pub use self::monitoring::gauges::Gauges;
pub use self::monitoring::log_lines::LogLinesDropped;
use self::monitoring::metrics::Metrics;
use self::outbox::{Bounds, OutboxShared};
pub use self::people::name_quota::NAMES_AT_ONCE;
pub use self::people::names::KEPT_MAX as NAMES_KEPT_MAX;

/// What lives for as long as it serves, besides the parts that end by themselves.
struct Server {
    engine: Arc<Engine>,
    status: Status,
    tls: Option<Arc<Tls>>,
    parts: Parts,
}

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

/// How long files are read before it is told that they are not there yet: a disk that is waking up
/// takes less.
const RELOAD_PATIENCE: Duration = Duration::from_secs(5);

/// Why a server cannot run, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Its database cannot be used.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// Its list of moderators or its token key cannot be used.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// Its certificate or key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The socket it should listen on is unusable.
    #[error("cannot listen: {0}")]
    Listen(#[from] io::Error),
    /// Its files cannot be reloaded.
    #[error("cannot start a thread to reload files: {0}")]
    Reload(io::Error),
    /// It served, and something that it cannot do without is gone.
    #[error("{0} ended unexpectedly: the server stops, so that it can be restarted")]
    Ended(Part),
}

/// What files hold that can be reloaded.
struct Reloaded {
    certificate: Option<NewCertificate>,
    moderators: Option<NewModerators>,
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
    // Held until the end: it keeps other servers from the file.
    let database = match &config.db {
        Db::File(path) => Database::open(path, config.sync)?,
        Db::Memory => Database::memory()?,
    };
    let (server, log_ended) = Server::start(config, &database)?;
    tell_start(address, &server.engine);
    server.look_at_certificate();
    let (status, tls, parts) = (server.status.clone(), server.tls.clone(), server.parts.clone());
    let _metrics = metrics.map(|metrics| watched(metrics, &status, &parts)).transpose()?;
    let chat = Arc::new(chat);
    // Tasks of their own: none keeps another waiting, or the end.
    let mut tasks = JoinSet::new();
    let server = Arc::new(server);
    tasks.spawn(parts.clone().endless(Part::Accept, accept(chat.clone(), &server)));
    tasks.spawn(parts.clone().endless(Part::Tend, tend(server.clone())));
    tasks.spawn(parts.clone().endless(Part::Reload, reload(server)));
    tokio::select! {
        () = shutdown => {}
        () = parts.one_ended() => {}
    }
    tracing::info!("stopping");
    status.stopping.begun.cancel();
    // With them goes the last handle to log and hub but those of connections.
    tasks.shutdown().await;
    // Until the end it is told that this is the end, and when to come back.
    let answering = health::serve(chat, tls, status.clone(), health::stopping);
    let _answering = AbortOnDropHandle::new(tokio::spawn(answering));
    let stopped = stop(&status, log_ended).await;
    parts.first_ended().map_or(Ok(stopped), |part| Err(RunError::Ended(part)))
}

impl Server {
    /// Starts hub and log. The receiver hears when the log has ended.
    fn start(
        config: Config,
        database: &Database,
    ) -> Result<(Self, oneshot::Receiver<()>), RunError> {
        let stopping = Stopping::default();
        let parts = Parts::new(stopping.begun.clone());
        #[cfg(test)]
        let parts = parts.with_panic_of(config.panics);
        let metrics = Arc::new(Metrics::new(&config.log_lines_dropped));
        let budget = Budget(config.presence_budget);
        let hub = Hub::start(config.shard_count(), budget, &stopping.tracker, &metrics, &parts);
        let (log, register, log_ended) =
            Log::start(database, &config, hub.clone(), &metrics, &parts)?;
        let auth = Auth::new(&config, register, log.time.clone())?;
        let bounds =
            Bounds { bytes_max: config.outbox_bytes_max, frames_max: config.outbox_frames_max };
        let tls = Tls::of(&config)?.map(Arc::new);
        let engine = Arc::new(Engine {
            outboxes: Arc::new(OutboxShared { bounds, metrics: metrics.clone() }),
            rate_limits: RateLimits::new(&config),
            budgets: Budgets::new(&config),
            limiter: Arc::new(ConnectionLimiter::new(&config.limits)),
            siblings: Siblings::default(),
            warnings: Arc::default(),
            connections: AtomicU64::new(0),
            began: Instant::now(),
            config,
            auth,
            hub,
            log,
            metrics,
            stopping,
        });
        Ok((Server { status: Status::of(&engine), engine, tls, parts }, log_ended))
    }

    /// Reads all files, wherever it is called, and holds on to nothing that has to end before it.
    fn reading(&self) -> impl FnOnce() -> Result<Reloaded, RunError> + Send + 'static {
        let (tls, moderators) = (self.tls.clone(), self.engine.config.moderators.clone());
        move || {
            let certificate = tls.map(|tls| tls.read()).transpose()?;
            let moderators = moderators.map(|path| NewModerators::read(&path)).transpose();
            Ok(Reloaded { certificate, moderators: moderators.map_err(AuthError::from)? })
        }
    }

    /// All of it counts from now on.
    fn show(&self, Reloaded { certificate, moderators }: Reloaded) {
        if let (Some(tls), Some(certificate)) = (&self.tls, certificate) {
            tls.show(certificate);
            self.look_at_certificate();
        }
        if let Some(moderators) = moderators {
            self.engine.auth.set_moderators(moderators);
        }
    }

    /// Says what clients may not like about the certificate, before they do.
    fn look_at_certificate(&self) {
        let Some(tls) = &self.tls else { return };
        self.engine.metrics.certificate_ends(tls.not_after());
        for doubt in tls.doubts(now_ms()) {
            tracing::warn!("{}", doubt.sentence);
        }
    }
}

fn watched(
    metrics: TcpListener,
    status: &Status,
    parts: &Parts,
) -> io::Result<AbortOnDropHandle<()>> {
    tracing::info!("metrics for Prometheus: http://{}/metrics", metrics.local_addr()?);
    let answering = health::serve(Arc::new(metrics), None, status.clone(), health::metrics);
    let answering = parts.clone().endless(Part::Monitor, answering);
    Ok(AbortOnDropHandle::new(tokio::spawn(answering)))
}

fn tell_start(address: SocketAddr, engine: &Engine) {
    let config = &engine.config;
    if let Some(algorithm) = engine.auth.token_algorithm() {
        tracing::info!("this server is closed: clients need a token ({algorithm})");
    }
    let kept = match &config.db {
        Db::File(path) => format!("messages are stored in {}", path.display()),
        Db::Memory => "messages are stored in memory only".to_owned(),
    };
    let scheme = if config.tls_cert.is_some() { "https" } else { "http" };
    tracing::info!("open {scheme}://{address}/ to chat; {kept}");
}

/// Accepts connections, with which HTTP is spoken.
fn accept(chat: Arc<TcpListener>, server: &Server) -> impl Future<Output = ()> + use<> {
    let engine = &server.engine;
    let entrance = Entrance {
        limiter: engine.limiter.clone(),
        limits: engine.config.limits.clone(),
        tls: server.tls.clone(),
        stopping: engine.stopping.clone(),
        metrics: engine.metrics.clone(),
        warnings: engine.warnings.clone(),
    };
    let (plain, inside) = (engine.clone(), engine.clone());
    let spoken = Spoken {
        plain: move |socket, visitor| routes::serve(plain.clone(), socket, visitor),
        tls: move |socket, visitor| routes::serve(inside.clone(), socket, visitor),
        rejection: rejected_bytes,
    };
    accept::run(chat, entrance, spoken)
}

/// Keeps names and bans in order every hour, and looks at the certificate every day.
async fn tend(server: Arc<Server>) {
    let engine = &server.engine;
    for hour in 1_u64.. {
        sleep(TEND_INTERVAL).await;
        engine.auth.tend(&engine.log).await;
        engine.warnings.tend();
        if hour.is_multiple_of(24) {
            server.look_at_certificate();
        }
    }
}

/// Reloads files whenever that is asked for. What cannot be used changes nothing, and only this
/// waits for a disk that does not answer.
async fn reload(server: Arc<Server>) {
    let config = &server.engine.config;
    loop {
        config.reload.asked().await;
        if !config.can_reload() {
            tracing::info!(
                "nothing to reload: neither a certificate nor a list of moderators is set"
            );
            continue;
        }
        let mut reading = pin!(files::aside(server.reading()));
        let read = match timeout(RELOAD_PATIENCE, &mut reading).await {
            Ok(read) => read,
            Err(_) => {
                tracing::warn!("still reloading files; the old ones stay in use meanwhile");
                reading.await
            }
        };
        match read.map_err(RunError::Reload).flatten() {
            Ok(fresh) => {
                server.show(fresh);
                tracing::info!("files were reloaded");
            }
            Err(error) => {
                tracing::error!("files cannot be reloaded, the old ones stay in use: {error}")
            }
        }
    }
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
