//! Every knob and every limit, each with its reason: flag, then environment, then default.
//!
//! This file does not know how any of them is used.

mod check;
mod cluster;
mod defaults;
pub(crate) mod files;
mod limits;
mod origin;
pub(crate) mod pem;
pub(crate) mod reload;
mod upkeep;
mod values;
mod webhooks;

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::thread::available_parallelism;
use std::time::Duration;

use clap::{Args, ValueEnum};

use self::reload::Reload;
#[cfg(test)]
use crate::lifecycle::parts::Part;
use crate::monitoring::log_lines::LogLinesDropped;

pub use self::cluster::{BadNatsUrl, ClusterConfig, NatsUrl};
pub use self::limits::{
    CREATE_SHARE, DESCRIPTORS_RESERVED, HEAD_BYTES_MAX, HEADERS_MAX, Limits, PERSON_SHARE,
    REQUEST_BURST, REQUEST_RATE, ROOM_SHARE,
};
pub use self::origin::{BadOrigin, Origin};
pub use self::upkeep::Upkeep;
pub(crate) use self::values::address;
pub use self::webhooks::WebhookTimes;

/// Most threads, and most shards: no machine has so many cores, and each takes memory.
pub const THREADS_MAX: usize = 1024;
/// Rooms of one connection: all that a person has on a screen. Its session and its outbox look for one by going
/// through them all.
pub const ROOMS_PER_CONNECTION_MAX: usize = 200;
/// Bad frames in a row before a connection is closed: a client that is wrong twenty times in a row
/// is no client.
pub const BAD_FRAMES_MAX: u32 = 20;
/// After a close frame, how long the peer has to answer it before its socket is dropped. Less than
/// what the shutdown allows in all.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a shutdown waits for connections, before it drops what is left.
pub const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a shutdown waits for the log after that. Together they stay below 5 s.
pub const DRAIN_TIMEOUT: Duration = Duration::from_millis(1500);

/// A client that a stopping server sent away comes back after this at the earliest: a restart takes
/// about as long.
pub const COME_BACK_MIN: Duration = Duration::from_millis(500);
/// Time that each client adds to what the return of all is spread over: 500 a second, which one
/// core serves with ease.
pub const COME_BACK_EACH: Duration = Duration::from_millis(2);
/// The longest that any of them is asked to wait.
pub const COME_BACK_MAX: Duration = Duration::from_secs(60);

/// When somebody asks again for what could not be read, at the earliest and at the latest: it may have
/// been for a moment, and a damaged page stays so.
pub const READ_AGAIN: RangeInclusive<Duration> = Duration::from_secs(15)..=Duration::from_secs(30);

/// How a server is set up.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Address and port to listen on, like 0.0.0.0:8080 for every network that the machine is in;
    /// port 0 takes a free one
    #[arg(long, env = "NEBULA_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080",
          value_parser = values::address)]
    pub listen: SocketAddr,

    /// Database file that keeps the messages; `:memory:` keeps nothing beyond this run
    #[arg(long, env = "NEBULA_DB", value_name = "FILE", default_value = "nebula.db")]
    pub db: Db,

    /// When a message counts as stored: `normal` survives the end of the process, `full` also a
    /// power cut, at the price of one disk flush for each batch
    #[arg(long, env = "NEBULA_SYNC", value_name = "MODE", default_value = "normal")]
    pub sync: SyncMode,

    /// Tasks that the rooms are spread over; 0 means one for each core
    #[arg(long, env = "NEBULA_SHARDS", value_name = "N", default_value_t = 0)]
    pub shards: usize,

    /// Threads that serve connections, besides those of the log; 0 means one for each core
    #[arg(long, env = "NEBULA_THREADS", value_name = "N", default_value_t = 0)]
    pub threads: usize,

    /// Messages a second that one connection may send on average; 0 means any number
    #[arg(long, env = "NEBULA_MESSAGE_RATE", value_name = "N", default_value_t = 10)]
    pub message_rate: u32,

    /// Messages that one connection may send at once before the rate applies
    #[arg(long, env = "NEBULA_MESSAGE_BURST", value_name = "N", default_value_t = 20)]
    pub message_burst: u32,

    /// Bytes a second that a room of more than 200 connections may spend on telling its members who
    /// is there; 0 means any number, and everybody is told everything at once
    #[arg(long, env = "NEBULA_PRESENCE_BUDGET", value_name = "N", default_value_t = 4 << 20)]
    pub presence_budget: u64,

    /// How long a name that was taken with a key is kept for its owner without being used; 0s keeps
    /// it for ever
    #[arg(long, env = "NEBULA_NAME_EXPIRY", value_name = "TIME", default_value = "90d",
          value_parser = values::time)]
    pub name_expiry: Duration,

    /// For how long people can edit their messages; 0s: never
    #[arg(long, env = "NEBULA_EDIT_WINDOW", value_name = "TIME", default_value = "24h",
          value_parser = values::time)]
    pub edit_window: Duration,

    /// Let new people in only by invite (see `invite`); whose name is kept come in as ever
    #[arg(long, env = "NEBULA_MEMBERS")]
    pub members: bool,

    /// Whether people without a key, whose names are not kept, may come in
    #[arg(long, env = "NEBULA_GUESTS", value_name = "MODE", default_value = "on")]
    pub guests: Guests,

    /// Let pages of this origin connect, besides those of the server's own host; separate several with
    /// commas, or repeat the flag
    #[arg(long, env = "NEBULA_ALLOW_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub allow_origin: Vec<Origin>,

    /// Closes the server: people need a token that was signed with the key in this file, an Ed25519
    /// key in PEM, or a secret of 32 bytes or more for HS256
    #[arg(long, env = "NEBULA_TOKEN_KEY", value_name = "FILE")]
    pub token_key: Option<PathBuf>,

    /// Speak TLS (https and wss) with the certificates in this PEM file, the server's own first;
    /// reloaded on SIGHUP
    #[arg(long, env = "NEBULA_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,

    /// The certificate's private key, in PEM
    #[arg(long, env = "NEBULA_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,

    /// File with the moderators: hashes of their keys, one on each line (see `names`)
    #[arg(long, env = "NEBULA_MODERATORS", value_name = "FILE")]
    pub moderators: Option<PathBuf>,

    /// How long a connection may be silent before it is sent a ping
    #[arg(long, env = "NEBULA_PING_INTERVAL", value_name = "TIME", default_value = "25s",
          value_parser = values::time)]
    pub ping_interval: Duration,

    /// How long it then has to answer before it counts as gone
    #[arg(long, env = "NEBULA_PING_TIMEOUT", value_name = "TIME", default_value = "20s",
          value_parser = values::time)]
    pub ping_timeout: Duration,

    /// How long a write may make no progress before the connection is disconnected as stalled
    #[arg(long, env = "NEBULA_STALL_TIMEOUT", value_name = "TIME", default_value = "10s",
          value_parser = values::time)]
    pub stall_timeout: Duration,

    /// Bytes that may wait for one connection before it is disconnected as too slow
    #[arg(long, env = "NEBULA_OUTBOX_BYTES_MAX", value_name = "N", default_value_t = 256 * 1024)]
    pub outbox_bytes_max: usize,

    /// Frames that may wait for one connection before it is disconnected as too slow
    #[arg(long, env = "NEBULA_OUTBOX_FRAMES_MAX", value_name = "N", default_value_t = 1024)]
    pub outbox_frames_max: usize,

    /// Format of the server's own log
    #[arg(long, env = "NEBULA_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,

    #[allow(missing_docs, reason = "it has its own, and clap would take these for its help")]
    #[command(flatten)]
    pub limits: Limits,

    #[allow(missing_docs, reason = "as above")]
    #[command(flatten)]
    pub upkeep: Upkeep,

    #[allow(missing_docs, reason = "as above")]
    #[command(flatten)]
    pub cluster: ClusterConfig,

    /// How outgoing hooks treat receivers that are slow or away.
    #[arg(skip)]
    pub webhooks: WebhookTimes,

    /// Asks the running server to reload its files.
    #[arg(skip)]
    pub reload: Reload,

    /// Counted by whoever writes the server's own log, and told with its metrics.
    #[arg(skip)]
    pub log_lines_dropped: LogLinesDropped,

    /// What panics as soon as it begins.
    #[cfg(test)]
    #[arg(skip)]
    pub(crate) panics: Option<Part>,
}

impl Config {
    /// How many shards to start.
    pub fn shard_count(&self) -> usize {
        or_cores(self.shards)
    }

    /// Milliseconds that a name is kept without being used; none is for ever.
    pub fn name_expiry_ms(&self) -> Option<u64> {
        let ms = u64::try_from(self.name_expiry.as_millis()).unwrap_or(u64::MAX);
        (ms > 0).then_some(ms)
    }

    /// Whether there are files that can be reloaded.
    pub fn can_reload(&self) -> bool {
        self.tls_cert.is_some() || self.moderators.is_some()
    }

    /// How many threads to start.
    pub fn thread_count(&self) -> usize {
        or_cores(self.threads)
    }
}

fn or_cores(wanted: usize) -> usize {
    match wanted {
        0 => available_parallelism().map_or(1, usize::from),
        n => n,
    }
}

/// Where messages are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Db {
    /// In a file.
    File(PathBuf),
    /// Only as long as the process lives.
    Memory,
}

impl FromStr for Db {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "" => Err("name a file, or :memory:"),
            ":memory:" => Ok(Db::Memory),
            path => Ok(Db::File(path.into())),
        }
    }
}

/// Whether people without a key may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Guests {
    /// They may.
    On,
    /// They may not.
    Off,
}

/// When a message counts as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SyncMode {
    /// Handed to the operating system: survives the end of the process.
    Normal,
    /// Flushed to the disk: survives a power cut.
    Full,
}

/// How the server's own log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}
