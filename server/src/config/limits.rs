//! What the server takes from one address, one person, one room, and from all together.
//!
//! This file does not know how any of it is counted.

use std::time::Duration;

use clap::Args;
use ipnet::IpNet;

/// Descriptors that connections may never take: for the database and its journals (a dozen), the
/// listeners, those who ask for metrics (32), those who are told that the server is full (64), and what
/// outgoing hooks send (64).
pub const DESCRIPTORS_RESERVED: usize = 192;
/// Bytes of a request head: a browser sends one or two KiB, and a token may come on top.
pub const HEAD_BYTES_MAX: usize = 8 * 1024;
/// Headers of a request: a browser behind two proxies sends thirty.
pub const HEADERS_MAX: usize = 64;
/// Joins, leaves and questions of one connection a second, on average. Each may cost as much as
/// a message, but nobody types them.
pub const REQUEST_RATE: u32 = 20;
/// The same at once: a client that comes back enters its 200 rooms, and asks for lists and older text.
pub const REQUEST_BURST: u32 = 250;

/// A person's rate, in rates of one connection: two devices at full speed.
pub const PERSON_SHARE: u32 = 2;
/// What an address may make, in what a person may: a class, or an office.
pub const CREATE_SHARE: u32 = 10;
/// A room's rate, in rates of one connection: more than anybody can read.
pub const ROOM_SHARE: u32 = 10;

/// Bytes that one person may have stored in a day: ten messages a minute of the longest kind, day and
/// night, or a log of one line a second.
const PERSON_DAILY_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes of one address: an office of hundreds, or four bots at full length.
const ADDRESS_DAILY_BYTES: u64 = 256 * 1024 * 1024;
/// Bytes of all: a busy day of ten thousand people, and a small disk still lasts for days.
const DAILY_BYTES: u64 = 16 * 1024 * 1024 * 1024;

/// Limits that can be set; 0 switches one off.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// Connections at a time in all; 0 means as many as the limit of open files allows
    #[arg(long, env = "NEBULA_CONNECTIONS_MAX", value_name = "N", default_value_t = 0)]
    pub connections_max: usize,

    /// Connections at a time from one address (IPv6: from one /64); 0 means any number. This
    /// machine itself and trusted proxies are not counted
    #[arg(long, env = "NEBULA_ADDRESS_CONNECTIONS", value_name = "N", default_value_t = 256)]
    pub address_connections: u32,

    /// New connections a minute from one address; 0 means any number
    #[arg(long, env = "NEBULA_ADDRESS_RATE", value_name = "N", default_value_t = 600)]
    pub address_rate: u32,

    /// Bytes a second of pages and lists that one connection may ask for on average, after 4 MiB at
    /// once; 0 means any number
    #[arg(long, env = "NEBULA_READ_RATE", value_name = "N", default_value_t = 512 << 10)]
    pub read_rate: u64,

    /// The same for all connections of one address together, after 16 MiB at once; what is more waits.
    /// 0 means any number
    #[arg(long, env = "NEBULA_ADDRESS_READ_RATE", value_name = "N", default_value_t = 8 << 20)]
    pub address_read_rate: u64,

    /// Proxies whose X-Forwarded-For is believed: networks like 10.0.0.0/8, or addresses, with
    /// commas between
    #[arg(long, env = "NEBULA_TRUST_PROXY", value_name = "NETWORKS", value_delimiter = ',',
          value_parser = super::values::network)]
    pub trust_proxy: Vec<IpNet>,

    /// How long a connection may take until its request has arrived whole
    #[arg(long, env = "NEBULA_HANDSHAKE_TIMEOUT", value_name = "TIME", default_value = "10s",
          value_parser = super::values::time)]
    pub handshake_timeout: Duration,

    /// Messages a second that one person may send on average, over all their connections; 0 means
    /// any number [default: twice --message-rate]
    #[arg(long, env = "NEBULA_PERSON_RATE", value_name = "N")]
    pub person_rate: Option<u32>,

    /// Messages that one person may send at once [default: twice --message-burst]
    #[arg(long, env = "NEBULA_PERSON_BURST", value_name = "N")]
    pub person_burst: Option<u32>,

    /// Rooms, links and invites that one person may make, direct rooms that they may find, and people that they may
    /// add, in a minute on average, all together; 0 means any number. An address may ten times as many
    #[arg(long, env = "NEBULA_CREATE_RATE", value_name = "N", default_value_t = 6)]
    pub create_rate: u32,

    /// The same at once
    #[arg(long, env = "NEBULA_CREATE_BURST", value_name = "N", default_value_t = 10)]
    pub create_burst: u32,

    /// Bytes that one person may have stored in a day, about 128 for each message besides its text; 0
    /// means any number [default: 67108864; 0 if --message-rate is 0]
    #[arg(long, env = "NEBULA_PERSON_DAILY_BYTES", value_name = "N")]
    pub person_daily_bytes: Option<u64>,

    /// The same for all who come from one address (IPv6: from one /64); 0 means any number
    #[arg(long, env = "NEBULA_ADDRESS_DAILY_BYTES", value_name = "N",
          default_value_t = ADDRESS_DAILY_BYTES)]
    pub address_daily_bytes: u64,

    /// The same for all people together; 0 means any number
    #[arg(long, env = "NEBULA_DAILY_BYTES", value_name = "N", default_value_t = DAILY_BYTES)]
    pub daily_bytes: u64,

    /// Messages a second that one room takes on average, from all its people; 0 means any number
    /// [default: ten times --message-rate]
    #[arg(long, env = "NEBULA_ROOM_RATE", value_name = "N")]
    pub room_rate: Option<u32>,

    /// Messages that one room takes at once [default: ten times --message-burst]
    #[arg(long, env = "NEBULA_ROOM_BURST", value_name = "N")]
    pub room_burst: Option<u32>,
}

impl Limits {
    /// Bytes that one person may have stored in a day: who may say any number of messages may as well
    /// store them.
    pub(crate) fn person_daily_bytes(&self, message_rate: u32) -> u64 {
        let usual = if message_rate == 0 { 0 } else { PERSON_DAILY_BYTES };
        self.person_daily_bytes.unwrap_or(usual)
    }
}
