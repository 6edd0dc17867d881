//! The first connection to the NATS servers: what it needs, and whether they are new enough. Later ones
//! are made without anybody asking.
//!
//! This file does not know what is said over it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_nats::jetstream::ContextBuilder;
use async_nats::{ConnectErrorKind, ConnectOptions, Event, ServerAddr};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};

use super::{ANSWER_PATIENCE, Link, Names, Nats};
use crate::config::{ClusterConfig, files, pem};

/// How long it is tried to connect to one server.
const ONE_PATIENCE: Duration = Duration::from_secs(2);
/// Between two rounds over all servers, at most.
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// A connection over which nothing comes back for three of these is closed.
const PING_INTERVAL: Duration = Duration::from_secs(1);
/// Messages that wait to be read by one reader. JetStream sends 32 MiB ahead at most, and 100 bytes for
/// each message at least.
const WAITING_MAX: usize = 512 * 1024;

/// Older ones have no metadata on streams.
const VERSION_MIN: (u64, u64) = (2, 10);
/// Older ones sync to the disk for each record instead of each batch.
const VERSION_FAST: (u64, u64) = (2, 15);

/// Why the NATS servers cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NatsError {
    /// A file that a flag names.
    #[error("{flag} {}: {why}", path.display())]
    File {
        /// Which one.
        flag: &'static str,
        /// The file.
        path: PathBuf,
        /// A sentence.
        why: String,
    },
    /// None of them answers.
    #[error("no NATS server can be reached at {urls}: {why}; check --cluster, and that they run")]
    Unreachable {
        /// Those of `--cluster`.
        urls: String,
        /// What was said of the last one.
        why: String,
    },
    /// Nobody may come in like this.
    #[error("the NATS servers at {urls} refuse this node's user: check the file of --cluster-auth")]
    Refused {
        /// Those of `--cluster`.
        urls: String,
    },
    /// It lacks what a cluster needs.
    #[error(
        "the NATS server {server} at {urls} is version {version}: a cluster needs 2.10 or newer, \
         so upgrade the NATS servers"
    )]
    Old {
        /// Its name.
        server: String,
        /// Those of `--cluster`.
        urls: String,
        /// What it says it is.
        version: String,
    },
}

impl NatsError {
    /// Whether time may heal it.
    fn may_pass(&self) -> bool {
        matches!(self, NatsError::Unreachable { .. })
    }
}

impl Nats {
    /// Connects to any of the servers; tries again until `patience` is over, and without one for ever.
    ///
    /// # Errors
    /// [`NatsError`].
    pub(crate) async fn connect(
        config: &ClusterConfig,
        patience: Option<Duration>,
    ) -> Result<Self, NatsError> {
        let until = patience.map(|patience| Instant::now() + patience);
        let (change, mut link) = watch::channel(Link::default());
        let options = options(config).await?.event_callback(move |event| {
            note(&change, &event);
            std::future::ready(())
        });
        let servers = servers(config)?;
        let mut pause = Duration::from_millis(20);
        let client = loop {
            let error = match connect_once(&options, &servers, config, until).await {
                Ok(client) => break client,
                Err(error) => error,
            };
            if !error.may_pass() || until.is_some_and(|until| Instant::now() + pause >= until) {
                return Err(error);
            }
            sleep(pause).await;
            pause = (2 * pause).min(PAUSE_MAX);
        };
        // The event of the connection comes on a way of its own.
        let _ = link.wait_for(|link| link.is_up).await;
        let jetstream = ContextBuilder::new().timeout(ANSWER_PATIENCE).build(client.clone());
        let nats = Nats {
            client,
            jetstream,
            names: Names::of(&config.cluster_name),
            replicas: config.cluster_replicas,
            keep: config.cluster_keep,
            link,
        };
        let server = nats.client.server_info();
        if version(&server.version) < VERSION_MIN {
            let (server, version) = (server.server_name, server.version);
            return Err(NatsError::Old { server, urls: urls(config), version });
        }
        Ok(nats)
    }

    /// What is not as good as it could be with the server that this node is connected to.
    pub(crate) fn doubt(&self) -> Option<String> {
        let server = self.client.server_info();
        (version(&server.version) < VERSION_FAST).then(|| {
            let (name, version) = (server.server_name, server.version);
            format!(
                "the NATS server {name} is version {version}: from 2.15 on, a record that is synced \
                 to the disk (sync_interval: always) costs much less"
            )
        })
    }
}

/// One round over all servers.
async fn connect_once(
    options: &ConnectOptions,
    servers: &[ServerAddr],
    config: &ClusterConfig,
    until: Option<Instant>,
) -> Result<async_nats::Client, NatsError> {
    let connecting = options.clone().connect(servers);
    let connected = match until {
        Some(until) => timeout_at(until, connecting).await,
        None => Ok(connecting.await),
    };
    let urls = || urls(config);
    match connected {
        Ok(Ok(client)) => Ok(client),
        Ok(Err(error)) if is_refusal(error.kind()) => Err(NatsError::Refused { urls: urls() }),
        Ok(Err(error)) => Err(NatsError::Unreachable { urls: urls(), why: error.to_string() }),
        Err(_) => Err(NatsError::Unreachable { urls: urls(), why: "nothing answers".to_owned() }),
    }
}

fn is_refusal(kind: ConnectErrorKind) -> bool {
    matches!(kind, ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication)
}

fn note(change: &watch::Sender<Link>, event: &Event) {
    match event {
        Event::Connected => {
            change.send_modify(|link| {
                *link = Link { is_up: true, times_up: link.times_up + 1 };
            });
            if change.borrow().times_up > 1 {
                tracing::info!("connected to the NATS servers again");
            }
        }
        Event::Disconnected | Event::Closed => {
            change.send_modify(|link| link.is_up = false);
            tracing::warn!("the connection to the NATS servers is gone");
        }
        Event::ServerError(error) => tracing::warn!("a NATS server says: {error}"),
        Event::LameDuckMode | Event::Draining | Event::SlowConsumer(_) | Event::ClientError(_) => {}
    }
}

/// All that flags and their files say.
async fn options(config: &ClusterConfig) -> Result<ConnectOptions, NatsError> {
    let wanted = config.clone();
    let read = files::aside(move || Files::read(&wanted)).await;
    let files = read.map_err(|error| NatsError::Unreachable {
        urls: urls(config),
        why: format!("its files cannot be read: {error}"),
    })??;
    let mut options = ConnectOptions::new()
        .name(format!("nebula {}", config.node_name()))
        .connection_timeout(ONE_PATIENCE)
        .ping_interval(PING_INTERVAL)
        .request_timeout(Some(ANSWER_PATIENCE))
        .subscription_capacity(WAITING_MAX)
        // Those that the operator named: what a server calls itself may not be reachable from here.
        .ignore_discovered_servers()
        .reconnect_delay_callback(|attempts| {
            let doubled = u32::try_from(attempts).unwrap_or(u32::MAX).min(10);
            Duration::from_millis(2_u64.pow(doubled)).min(PAUSE_MAX)
        })
        .require_tls(config.cluster_ca.is_some() || config.cluster_cert.is_some());
    if let Some((user, password)) = files.auth {
        options = options.user_and_password(user, password);
    }
    if let Some(ca) = &config.cluster_ca {
        options = options.add_root_certificates(ca.clone());
    }
    if let (Some(cert), Some(key)) = (&config.cluster_cert, &config.cluster_key) {
        options = options.add_client_certificate(cert.clone(), key.clone());
    }
    Ok(options)
}

fn servers(config: &ClusterConfig) -> Result<Vec<ServerAddr>, NatsError> {
    let parsed = config.cluster.iter().map(|url| url.as_str().parse());
    let parsed: Result<_, std::io::Error> = parsed.collect();
    parsed.map_err(|error| NatsError::Unreachable { urls: urls(config), why: error.to_string() })
}

fn urls(config: &ClusterConfig) -> String {
    let urls: Vec<_> = config.cluster.iter().map(ToString::to_string).collect();
    urls.join(",")
}

/// What the files of the flags hold. The client reads those with certificates again, for each
/// connection; here they are only looked at, to say what is wrong with them.
struct Files {
    auth: Option<(String, String)>,
}

impl Files {
    fn read(config: &ClusterConfig) -> Result<Self, NatsError> {
        let auth = |path| looked_at("--cluster-auth", path, auth);
        let auth = config.cluster_auth.as_deref().map(auth).transpose()?;
        for (flag, path) in
            [("--cluster-ca", &config.cluster_ca), ("--cluster-cert", &config.cluster_cert)]
        {
            if let Some(path) = path {
                looked_at(flag, path, pem::certificates)?;
            }
        }
        if let Some(path) = &config.cluster_key {
            looked_at("--cluster-key", path, pem::key)?;
        }
        Ok(Files { auth })
    }
}

fn looked_at<T>(
    flag: &'static str,
    path: &Path,
    look: impl FnOnce(&[u8]) -> Result<T, String>,
) -> Result<T, NatsError> {
    let read = files::read(path).map_err(|error| error.to_string());
    let found = read.and_then(|bytes| look(&bytes));
    found.map_err(|why| NatsError::File { flag, path: path.to_owned(), why })
}

/// The user and the password, a line each.
fn auth(file: &[u8]) -> Result<(String, String), String> {
    let text = str::from_utf8(file).map_err(|_| "it is not in UTF-8".to_owned())?;
    let mut lines = text.lines().map(str::trim_end);
    match (lines.next(), lines.next()) {
        (Some(user), Some(password)) if !user.is_empty() && !password.is_empty() => {
            Ok((user.to_owned(), password.to_owned()))
        }
        _ => Err("its first line is the user, and its second the password".to_owned()),
    }
}

/// Major and minor; of what is no version, the lowest.
fn version(text: &str) -> (u64, u64) {
    let mut numbers = text.trim_start_matches('v').split(['.', '-']).map(str::parse);
    let mut next = || numbers.next().and_then(Result::ok).unwrap_or(0);
    (next(), next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_is_too_old_is_told_from_its_version() {
        for (text, is_old, is_slow) in [
            ("2.9.10", true, true),
            ("2.10.0", false, true),
            ("2.14.9", false, true),
            ("2.15.1", false, false),
            ("v3.0.0-beta.1", false, false),
            ("", true, true),
        ] {
            assert_eq!(version(text) < VERSION_MIN, is_old, "{text}");
            assert_eq!(version(text) < VERSION_FAST, is_slow, "{text}");
        }
        let (server, urls) = ("n1".to_owned(), "nats://n1".to_owned());
        let told = NatsError::Old { server, urls, version: "2.9.10".to_owned() }.to_string();
        assert_eq!(
            told,
            "the NATS server n1 at nats://n1 is version 2.9.10: a cluster needs 2.10 or newer, so \
             upgrade the NATS servers"
        );
    }

    #[test]
    fn a_user_has_a_line_and_so_has_the_password() {
        let both = ("nebula".to_owned(), "a b".to_owned());
        assert_eq!(auth(b"nebula\r\na b\n"), Ok(both));
        for bad in ["", "nebula", "nebula\n\n", "\nsecret"] {
            assert!(auth(bad.as_bytes()).unwrap_err().contains("first line"), "{bad:?}");
        }
    }
}
