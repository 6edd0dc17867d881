//! Which cluster a server belongs to, if any, and how it reaches the NATS servers between its nodes.
//!
//! This file does not know how any of it is used.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use clap::builder::{FalseyValueParser, RangedU64ValueParser};
use url::Url;

use super::Origin;

/// Characters of the name of a node or a cluster: it is part of subjects, and read in every log line.
const NAME_MAX: usize = 32;
/// Copies that NATS keeps of one stream: with five, two machines may fail, and it takes no more.
const REPLICAS: RangeInclusive<u64> = 1..=5;

/// What a server needs to be a node of a cluster.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Cluster")]
pub struct ClusterConfig {
    /// Be one of several nodes that are one chat, with these NATS servers between them, like
    /// nats://n1,nats://n2,nats://n3, or tls:// for each; without it the server is alone
    #[arg(long, env = "NEBULA_CLUSTER", value_name = "URLS", value_delimiter = ',')]
    pub cluster: Vec<NatsUrl>,

    /// File with the user for the NATS servers on its first line, and the password on its second
    #[arg(long, env = "NEBULA_CLUSTER_AUTH", value_name = "FILE")]
    pub cluster_auth: Option<PathBuf>,

    /// Speak TLS to the NATS servers, and trust the certificates in this PEM file instead of the
    /// system's
    #[arg(long, env = "NEBULA_CLUSTER_CA", value_name = "FILE")]
    pub cluster_ca: Option<PathBuf>,

    /// Speak TLS to the NATS servers, and show them the certificate in this PEM file
    #[arg(long, env = "NEBULA_CLUSTER_CERT", value_name = "FILE", requires = "cluster_key")]
    pub cluster_cert: Option<PathBuf>,

    /// That certificate's private key, in PEM
    #[arg(long, env = "NEBULA_CLUSTER_KEY", value_name = "FILE", requires = "cluster_cert")]
    pub cluster_key: Option<PathBuf>,

    /// Name of this node, which no other node of the cluster may have; without it, the host's name
    #[arg(long, env = "NEBULA_NODE", value_name = "NAME", value_parser = name)]
    pub node: Option<String>,

    /// Name of the cluster: clusters with different names may use the same NATS servers
    #[arg(long, env = "NEBULA_CLUSTER_NAME", value_name = "NAME", default_value = "nebula",
          value_parser = name)]
    pub cluster_name: String,

    /// How many NATS servers store each record; with 3, one of them may fail. Counts when the
    /// cluster's first node starts
    #[arg(long, env = "NEBULA_CLUSTER_REPLICAS", value_name = "N", default_value_t = 3,
          value_parser = RangedU64ValueParser::<usize>::new().range(REPLICAS))]
    pub cluster_replicas: usize,

    /// How long the NATS servers keep each record: a node that was away for longer copies the database
    /// of another. Counts when the cluster's first node starts
    #[arg(long, env = "NEBULA_CLUSTER_KEEP", value_name = "TIME", default_value = "24h",
          value_parser = super::values::time)]
    pub cluster_keep: Duration,

    /// Where clients reach this node and no other, like `https://a.chat.example`: told to clients of the
    /// other nodes, which come here when theirs is gone
    #[arg(long, env = "NEBULA_PUBLIC_ADDRESS", value_name = "ORIGIN")]
    pub public_address: Option<Origin>,

    /// Take the database out of its cluster: the server is alone from now on, and the other nodes do
    /// not take it back
    #[arg(long, env = "NEBULA_STANDALONE", value_parser = FalseyValueParser::new(),
          conflicts_with = "cluster")]
    pub standalone: bool,
}

impl ClusterConfig {
    /// Whether the server is one of several.
    pub fn is_node(&self) -> bool {
        !self.cluster.is_empty()
    }

    /// What this node is called, or else what its machine is called, made to fit.
    pub fn node_name(&self) -> String {
        let host = || fitted(&rustix::system::uname().nodename().to_string_lossy());
        self.node.clone().unwrap_or_else(host)
    }
}

/// Where a NATS server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NatsUrl(String);

/// Why a text is no address of a NATS server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}; a NATS server is like nats://n1, nats://n1:4222 or tls://n1", match self {
    BadNatsUrl::Scheme => "it does not begin with nats:// or tls://",
    BadNatsUrl::Host => "what follows // is not the name of a host, with or without a port",
    BadNatsUrl::User => "the user and the password belong in the file of --cluster-auth",
    BadNatsUrl::More => "it has more than scheme, host and port",
})]
pub enum BadNatsUrl {
    /// What cannot be spoken.
    Scheme,
    /// No host at all, or one that cannot be.
    Host,
    /// A secret, which would be read in lists of processes and in errors.
    User,
    /// A path, or anything else.
    More,
}

impl NatsUrl {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NatsUrl {
    type Err = BadNatsUrl;

    fn from_str(text: &str) -> Result<Self, BadNatsUrl> {
        let text = text.trim();
        let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        if !scheme.is_some_and(|scheme| matches!(&*scheme, "nats" | "tls")) {
            return Err(BadNatsUrl::Scheme);
        }
        let url = Url::parse(text).map_err(|_| BadNatsUrl::Host)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadNatsUrl::User);
        }
        if url.host_str().is_none_or(str::is_empty) || url.port() == Some(0) {
            return Err(BadNatsUrl::Host);
        }
        let is_bare =
            matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        if is_bare {
            Ok(NatsUrl(text.trim_end_matches('/').to_owned()))
        } else {
            Err(BadNatsUrl::More)
        }
    }
}

impl fmt::Display for NatsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a node or a cluster.
fn name(text: &str) -> Result<String, String> {
    let is_name = (1..=NAME_MAX).contains(&text.len()) && text.bytes().all(fits);
    let told = || format!("{text:?} is not 1 to {NAME_MAX} of a-z, 0-9 and -");
    is_name.then(|| text.to_owned()).ok_or_else(told)
}

fn fits(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')
}

/// The name of a host as that of a node: without its domain.
fn fitted(host: &str) -> String {
    let host = host.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let fitting = |byte| if fits(byte) { char::from(byte) } else { '-' };
    let fitted: String = host.trim_matches('-').bytes().map(fitting).take(NAME_MAX).collect();
    if fitted.is_empty() { "node".to_owned() } else { fitted }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nats_server_is_scheme_host_and_port_and_no_more() {
        for (text, url) in [
            ("nats://n1", "nats://n1"),
            (" tls://n1.example:4443/ ", "tls://n1.example:4443"),
            ("nats://[::1]:4222", "nats://[::1]:4222"),
        ] {
            assert_eq!(text.parse::<NatsUrl>().unwrap().to_string(), url);
        }
        for (bad, why) in [
            ("", BadNatsUrl::Scheme),
            ("n1:4222", BadNatsUrl::Scheme),
            ("http://n1", BadNatsUrl::Scheme),
            ("nats://", BadNatsUrl::Host),
            ("nats://a b", BadNatsUrl::Host),
            ("nats://n1:65536", BadNatsUrl::Host),
            ("nats://n1:0", BadNatsUrl::Host),
            ("nats://user:secret@n1", BadNatsUrl::User),
            ("nats://n1/a", BadNatsUrl::More),
            ("nats://n1?a", BadNatsUrl::More),
        ] {
            assert_eq!(bad.parse::<NatsUrl>(), Err(why), "{bad}");
        }
    }

    #[test]
    fn a_name_fits_into_subjects_and_a_hosts_is_made_to() {
        assert_eq!(name("node-1"), Ok("node-1".to_owned()));
        for bad in ["", "A", "a.b", "a b", "a*", "ä", &"a".repeat(33)] {
            assert!(name(bad).unwrap_err().starts_with(&format!("{bad:?} is not")), "{bad}");
        }
        for (host, node) in [
            ("web-1", "web-1"),
            ("Web_1.chat.example", "web-1"),
            ("-", "node"),
            ("", "node"),
            (&"ab".repeat(20), &"ab".repeat(16)),
        ] {
            assert_eq!(fitted(host), node);
            assert_eq!(name(node), Ok(node.to_owned()));
        }
    }
}
