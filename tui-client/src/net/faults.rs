//! Why there is no connection, in sentences that say what can be done about it.
//!
//! This file does not know when it is tried again.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use rustls::CertificateError;
use rustls::pki_types::UnixTime;
use tokio_tungstenite::tungstenite::error::{CapacityError, ProtocolError};
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::{self, Error};
use url::Url;

use super::endpoint::Endpoint;
use crate::address;
use crate::disk;
use crate::text;

/// A server's certificate may be for hundreds of names.
const NAMES_MAX: usize = 3;

/// Why the server could not be reached, or was lost.
pub(super) fn sentence(error: &Error, endpoint: &Endpoint) -> String {
    let host = address::host(&endpoint.server);
    match error {
        Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(fault) => of_tls(fault, endpoint),
            None => of_io(error, endpoint),
        },
        Error::Http(answer) => of_answer(answer, endpoint),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)
        | Error::ConnectionClosed
        | Error::AlreadyClosed => "The connection broke".to_owned(),
        Error::Protocol(ProtocolError::HttparseError(_) | ProtocolError::HandshakeIncomplete) => {
            no_nebula(endpoint)
        }
        Error::Capacity(CapacityError::MessageTooLong { .. }) => {
            format!(
                "{host} sent a message over the size limit: it is not a Nebula server, or a newer version"
            )
        }
        Error::Tls(tungstenite::error::TlsError::InvalidDnsName) => {
            format!("{host} cannot be the name in a certificate")
        }
        other => format!("{host} broke the protocol: {other}"),
    }
}

fn no_nebula(endpoint: &Endpoint) -> String {
    let host = address::host(&endpoint.server);
    match address::is_tls(&endpoint.server) {
        true => format!("{host} does not answer as a Nebula server; check the address"),
        false => format!(
            "{host} does not answer as a Nebula server; check the address, and where it uses TLS, \
             write wss:// for ws://"
        ),
    }
}

fn no_tls(endpoint: &Endpoint) -> String {
    let host = address::host(&endpoint.server);
    format!("{host} does not answer with TLS; if the server has none, write ws:// for wss://")
}

fn of_io(error: &io::Error, endpoint: &Endpoint) -> String {
    let host = address::host(&endpoint.server);
    match error.kind() {
        io::ErrorKind::ConnectionRefused => format!("No server at {host}"),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => "The connection broke".to_owned(),
        io::ErrorKind::UnexpectedEof if address::is_tls(&endpoint.server) => no_tls(endpoint),
        io::ErrorKind::UnexpectedEof => "The connection broke".to_owned(),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            format!("{host} cannot be reached: check the network")
        }
        io::ErrorKind::TimedOut => format!("{host} does not answer"),
        // What the system's look-up of names says is an error of no kind.
        _ if error.raw_os_error().is_none() && error.to_string().contains("lookup") => {
            let name = endpoint.server.host_str().unwrap_or_default();
            format!("Cannot find the address of {name}: check its spelling and the network")
        }
        _ => format!("No connection to {host}: {}", disk::words(error)),
    }
}

fn of_tls(fault: &rustls::Error, endpoint: &Endpoint) -> String {
    let host = address::host(&endpoint.server);
    match fault {
        rustls::Error::InvalidCertificate(fault) => of_certificate(fault, endpoint),
        rustls::Error::InvalidMessage(_) | rustls::Error::PeerSentOversizedRecord => {
            no_tls(endpoint)
        }
        rustls::Error::PeerIncompatible(_) | rustls::Error::AlertReceived(_) => format!(
            "{host} and this client have no TLS version in common (1.2 or 1.3 is needed), or it asks \
             for a client certificate"
        ),
        other => format!("TLS with {host} failed: {other}"),
    }
}

fn of_certificate(fault: &CertificateError, endpoint: &Endpoint) -> String {
    let host = endpoint.server.host_str().unwrap_or_default();
    match fault {
        // Authorities may have one name and different keys.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => format!(
            "The certificate of {host} is not trusted here; if it is your own, pass its authority with \
             --ca FILE"
        ),
        CertificateError::Expired => format!("The certificate of {host} has expired"),
        CertificateError::ExpiredContext { not_after, .. } => format!(
            "The certificate of {host} expired on {}: the server needs a new one, or the clock here \
             is wrong",
            day(*not_after)
        ),
        CertificateError::NotValidYet => format!("The certificate of {host} is not valid yet"),
        CertificateError::NotValidYetContext { not_before, .. } => format!(
            "The certificate of {host} is not valid before {}: check the clock of this machine",
            day(*not_before)
        ),
        CertificateError::NotValidForName => format!("The certificate is not for {host}"),
        CertificateError::NotValidForNameContext { presented, .. } => format!(
            "The certificate is for {}, not for {host}: use that name in --server",
            names(presented)
        ),
        CertificateError::Revoked => format!("The certificate of {host} was revoked"),
        other => format!("The certificate of {host} cannot be used: {other}"),
    }
}

fn day(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let time = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    time.strftime("%Y-%m-%d").to_string()
}

/// They come as `DnsName("localhost")`; a stranger wrote them.
fn names(presented: &[String]) -> String {
    let bare = |name: &String| {
        let name = name.split_once('(').map_or(name.as_str(), |(_, rest)| rest);
        text::clean_line(name.trim_matches(['"', ')']))
    };
    let names: Vec<_> = presented.iter().take(NAMES_MAX).map(bare).collect();
    match (names.is_empty(), presented.len() > NAMES_MAX) {
        (true, _) => "no name".to_owned(),
        (false, false) => names.join(", "),
        (false, true) => format!("{} and others", names.join(", ")),
    }
}

fn of_answer(answer: &Response, endpoint: &Endpoint) -> String {
    let host = address::host(&endpoint.server);
    let status = answer.status();
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            match endpoint.login {
                Some(_) => format!("{host} does not accept the name and password in the address"),
                None => format!(
                    "{host} asks for a name and password: --server https://NAME:PASSWORD@{host}"
                ),
            }
        }
        StatusCode::FORBIDDEN => format!("{host} refused the connection ({status})"),
        StatusCode::NOT_FOUND => {
            format!("No Nebula server at {}: check the address ({status})", endpoint.server)
        }
        StatusCode::TOO_MANY_REQUESTS => {
            format!("{host} has too many connections from your network ({status})")
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            format!("{host} is full, starting or stopping ({status})")
        }
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => {
            format!("{host} answers, but the Nebula server behind it does not ({status})")
        }
        status if status.is_redirection() => match elsewhere(answer, endpoint) {
            Some(url) => format!("{host} has moved: --server {url}"),
            None => format!("{host} has moved, but did not say where ({status})"),
        },
        status if status.is_server_error() => format!("{host} reported an error ({status})"),
        _ => format!("{} ({status})", no_nebula(endpoint)),
    }
}

/// The status of an answer that turned the connection away.
pub(super) fn status(error: &Error) -> Option<u16> {
    match error {
        Error::Http(answer) => Some(answer.status().as_u16()),
        _ => None,
    }
}

/// How long the server, or what stands before it, wants not to be asked again, if it is too busy: in
/// seconds, or until a date (RFC 9110 10.2.3).
pub(super) fn retry_after(error: &Error) -> Option<Duration> {
    let Error::Http(answer) = error else { return None };
    let is_busy = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE];
    let value = answer.headers().get("retry-after").filter(|_| is_busy.contains(&answer.status()));
    let value = value?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds mean a long time all the same.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Duration::try_from(date.duration_since(Timestamp::now())).ok()
}

/// Where a redirection leads, as an address for this client.
fn elsewhere(answer: &Response, endpoint: &Endpoint) -> Option<Url> {
    let location = answer.headers().get("location")?.to_str().ok()?;
    let mut url = endpoint.server.join(location).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url)
}
