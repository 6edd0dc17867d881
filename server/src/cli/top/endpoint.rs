//! Where a server's metrics are, and one question to it.
//!
//! This file does not know what is answered.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

/// How long a server may take to answer: it counts while it does other things, and writes 40 KiB.
const PATIENCE: Duration = Duration::from_secs(3);
/// Far more than all metrics: what is longer is something else.
const ANSWER_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Host and port, and the path of the metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    authority: String,
    path: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum AskError {
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, io::Error),
    #[error("{0} does not answer within {PATIENCE:?}")]
    Silent(String),
    #[error("{0} answers {1:?} in place of metrics")]
    Refused(String, String),
    #[error("{0} answers, but it is not a Nebula server's metrics")]
    NotNebula(String),
}

impl Endpoint {
    /// That of a server which listens there; one that listens everywhere is asked on this machine.
    pub(super) fn of(listen: SocketAddr) -> Self {
        let ip = match listen.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let authority = SocketAddr::new(ip, listen.port()).to_string();
        Endpoint { authority, path: "/metrics".to_owned() }
    }

    /// An address as people write it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str = "write the address of the metrics, like http://127.0.0.1:9464";
        let told = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let url = Url::parse(&told).map_err(|error| format!("{error}; {EXAMPLE}"))?;
        if url.scheme() != "http" {
            return Err(format!("metrics are served by http alone; {EXAMPLE}"));
        }
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err(EXAMPLE.to_owned());
        };
        let path = if url.path() == "/" { "/metrics" } else { url.path() };
        Ok(Endpoint { authority: format!("{host}:{port}"), path: path.to_owned() })
    }

    /// The metrics as they are now.
    pub(super) async fn ask(&self) -> Result<String, AskError> {
        let asked = timeout(PATIENCE, self.answer()).await;
        let answer = asked.map_err(|_| AskError::Silent(self.to_string()))?;
        let answer = answer.map_err(|error| AskError::Unreachable(self.to_string(), error))?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.lines().next().and_then(|line| line.split_once(' '));
        let status = status.map_or("nothing", |(_, status)| status);
        if !status.starts_with("200") {
            return Err(AskError::Refused(self.to_string(), status.to_owned()));
        }
        if !body.contains("\nnebula_ready ") {
            return Err(AskError::NotNebula(self.to_string()));
        }
        Ok(body.to_owned())
    }

    async fn answer(&self) -> io::Result<String> {
        let Endpoint { authority, path } = self;
        let mut socket = TcpStream::connect(authority).await?;
        // By HTTP/1.0, so that the end of the answer is the end of the connection.
        let question = format!("GET {path} HTTP/1.0\r\nHost: {authority}\r\n\r\n");
        socket.write_all(question.as_bytes()).await?;
        let mut answer = Vec::new();
        socket.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "http://{}{}", self.authority, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_as_people_write_it() {
        for (text, told) in [
            ("127.0.0.1:9464", "http://127.0.0.1:9464/metrics"),
            ("http://[::1]:9464", "http://[::1]:9464/metrics"),
            ("http://chat.example/", "http://chat.example:80/metrics"),
            ("http://chat.example:9464/nebula/metrics", "http://chat.example:9464/nebula/metrics"),
        ] {
            assert_eq!(Endpoint::parse(text).unwrap().to_string(), told);
        }
        for text in ["https://chat.example", "", "http://", "http://a:99999", "file:///x"] {
            assert!(Endpoint::parse(text).unwrap_err().contains("http://127.0.0.1:9464"), "{text}");
        }
    }

    #[test]
    fn who_listens_everywhere_is_asked_on_this_machine() {
        for (listen, told) in [
            ("0.0.0.0:9464", "http://127.0.0.1:9464/metrics"),
            ("[::]:9464", "http://[::1]:9464/metrics"),
            ("10.1.2.3:9464", "http://10.1.2.3:9464/metrics"),
        ] {
            assert_eq!(Endpoint::of(listen.parse().unwrap()).to_string(), told);
        }
    }
}
