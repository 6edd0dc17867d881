//! A server: all its parts, put together, and what is looked after while it serves.
//!
//! This file does not know when it begins or ends.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use crate::auth::siblings::Siblings;
use crate::auth::{Auth, AuthError, NewModerators, TEND_INTERVAL};
use crate::cluster::{Beside, Ends, Joined};
use crate::config::{Config, Db, files};
use crate::connection::bots::BotSessions;
use crate::connection::budget::Budgets;
use crate::connection::creations::Creations;
use crate::connection::engine::Engine;
use crate::connection::posting::Posting;
use crate::connection::{RateLimits, ephemeral, news, posted};
use crate::error::RunError;
use crate::http::answers::rejected_bytes;
use crate::http::status::Status;
use crate::http::{health, routes};
use crate::hub::{Budget, Hub};
use crate::lifecycle::parts::{Part, Parts};
use crate::lifecycle::shutdown::Stopping;
use crate::listen::accept::{self, Entrance, Spoken};
use crate::listen::connection_limiter::ConnectionLimiter;
use crate::listen::tls::{NewCertificate, Tls};
use crate::log::database::Database;
use crate::log::memory::markers::STORE_EVERY;
use crate::log::operator::instruction::{Done, Instruction};
use crate::log::{Log, Started, now_ms};
use crate::monitoring::metrics::Metrics;
use crate::outbox::{Bounds, OutboxShared};
use crate::webhooks::{self, Around};

/// How long files are read before it is told that they are not there yet: a disk that is waking up
/// takes less.
const RELOAD_PATIENCE: Duration = Duration::from_secs(5);

/// What lives for as long as it serves, besides the parts that end by themselves.
pub(crate) struct Server {
    pub(crate) engine: Arc<Engine>,
    pub(crate) status: Status,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) parts: Parts,
}

/// A server that has started.
pub(crate) struct Running {
    pub(crate) server: Server,
    /// Hears when the log has ended.
    pub(crate) log_ended: oneshot::Receiver<()>,
    /// What a node does besides.
    pub(crate) beside: Option<Beside>,
}

/// What files hold that can be reloaded.
struct Reloaded {
    certificate: Option<NewCertificate>,
    moderators: Option<NewModerators>,
}

impl Server {
    /// Starts hub and log.
    pub(crate) fn start(
        config: Config,
        (database, joined): (&Database, Option<Joined>),
        metrics: Arc<Metrics>,
    ) -> Result<Running, RunError> {
        let stopping = Stopping::default();
        let parts = Parts::new(stopping.begun.clone());
        #[cfg(test)]
        let parts = parts.with_panic_of(config.panics);
        let budget = Budget(config.presence_budget);
        let hub = Hub::start(config.shard_count(), budget, &stopping.tracker, &metrics, &parts);
        let (membership, ends) =
            joined.as_ref().map(|it| it.membership(&config)).transpose()?.unzip();
        let Started { log, register, ended: log_ended, waiting } =
            Log::start(database, &config, hub.clone(), (&metrics, &parts), membership)?;
        let auth = Auth::new(&config, register, log.time.clone())?;
        let bounds =
            Bounds { bytes_max: config.outbox_bytes_max, frames_max: config.outbox_frames_max };
        let tls = Tls::of(&config)?.map(Arc::new);
        let node = joined.zip(ends).zip(waiting).zip(log.order());
        let (cluster, rest) = node
            .map(|(((joined, Ends { records, news }), waiting), shared)| {
                let health = log.health();
                let around = (&metrics, &health.reasons, &stopping.tracker);
                let place = (&config, database.path().to_owned());
                let ends = (records, log.rooms().clone());
                let (cluster, beside) = joined.start(place, (shared, ends), waiting, around);
                (cluster, (beside, news))
            })
            .unzip();
        let engine = Arc::new(Engine {
            outboxes: Arc::new(OutboxShared { bounds, metrics: metrics.clone() }),
            rate_limits: RateLimits::new(&config),
            budgets: Budgets::new(&config),
            creations: Creations::new(&config),
            posting: Posting::default(),
            bots: BotSessions::default(),
            limiter: Arc::new(ConnectionLimiter::new(&config.limits)),
            siblings: Siblings::default(),
            warnings: Arc::default(),
            connections: AtomicU64::new(0),
            began: Instant::now(),
            config,
            auth,
            hub,
            log,
            cluster,
            metrics,
            stopping,
        });
        let beside = rest.map(|(mut beside, news)| {
            let following = news::follow(Arc::downgrade(&engine), news);
            engine.stopping.tracker.spawn(following);
            let obeying = Arc::downgrade(&engine);
            beside.obey(move |instruction| obey(obeying.clone(), instruction));
            let hearing = Arc::downgrade(&engine);
            beside.hear(move |told| ephemeral::hear(hearing.clone(), told));
            beside
        });
        let server = Server { status: Status::of(&engine), engine, tls, parts };
        Ok(Running { server, log_ended, beside })
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
    pub(crate) fn look_at_certificate(&self) {
        let Some(tls) = &self.tls else { return };
        self.engine.metrics.certificate_ends(tls.not_after());
        for doubt in tls.doubts(now_ms()) {
            tracing::warn!("{}", doubt.sentence);
        }
    }
}

/// Does what the operator of the cluster tells this node, unless it stops meanwhile.
async fn obey(engine: Weak<Engine>, instruction: Instruction) -> Done {
    let stops = || Err("this node stops: try again".to_owned());
    let Some(engine) = engine.upgrade() else { return stops() };
    tokio::select! {
        done = engine.auth.instructed(&engine.log, instruction) => done,
        () = engine.stopping.begun.cancelled() => stops(),
    }
}

pub(crate) fn watched(
    metrics: Arc<TcpListener>,
    status: &Status,
    parts: &Parts,
) -> io::Result<AbortOnDropHandle<()>> {
    tracing::info!("metrics for Prometheus: http://{}/metrics", metrics.local_addr()?);
    let answering = health::serve(metrics, None, status.clone(), health::metrics);
    let answering = parts.clone().endless(Part::Monitor, answering);
    Ok(AbortOnDropHandle::new(tokio::spawn(answering)))
}

pub(crate) fn tell_start(address: SocketAddr, engine: &Engine) {
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
pub(crate) fn accept(chat: Arc<TcpListener>, server: &Server) -> impl Future<Output = ()> + use<> {
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
pub(crate) async fn tend(server: Arc<Server>) {
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

/// Stores now and then what people have read.
pub(crate) async fn store_markers(server: Arc<Server>) {
    loop {
        sleep(STORE_EVERY).await;
        server.engine.log.store_markers();
    }
}

/// Sends what people say to outgoing hooks, and says what their receivers answer.
pub(crate) async fn send_webhooks(server: Arc<Server>) {
    let engine = &server.engine;
    let around = Around {
        times: engine.config.webhooks,
        metrics: engine.metrics.clone(),
        tracker: engine.stopping.tracker.clone(),
        now_ms,
    };
    let answered = engine.clone();
    webhooks::run(engine.log.webhooks().clone(), around, move |outgoing, text| {
        let engine = answered.clone();
        async move { posted::answer(&engine, &outgoing, text).await }
    })
    .await;
}

/// Reloads files whenever that is asked for. What cannot be used changes nothing, and only this
/// waits for a disk that does not answer.
pub(crate) async fn reload(server: Arc<Server>) {
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
