//! What every request has to be, whatever it asks for: it names one server, and a header that has
//! one value is there once.
//!
//! This file does not know what is asked for.

use std::net::Ipv6Addr;

use bytes::Bytes;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, StatusCode, Version};

use crate::http::answers::{Answer, plain};

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    #[error("the header {0} is missing")]
    Missing(HeaderName),
    #[error("the header {0} appears more than once")]
    Twice(HeaderName),
    #[error("the header Host is not the name of a server, like chat.example or 192.0.2.1:8080")]
    BadHost,
    #[error("the request is for an address that is not http:// or https:// and a server's name")]
    BadTarget,
    #[error("a WebSocket is opened with GET")]
    Method,
    #[error(
        "a WebSocket is opened with HTTP/1.1: a proxy in between has to use it \
         (nginx: proxy_http_version 1.1)"
    )]
    OldHttp,
    #[error("the request that opens a WebSocket has no body")]
    Body,
    #[error("the header Sec-WebSocket-Key is not the base64 of 16 bytes")]
    BadKey,
}

impl Fault {
    /// The connection ends with it: where the next request begins is not to be relied on.
    pub(crate) fn answer(&self) -> Answer {
        let mut answer = plain(StatusCode::BAD_REQUEST, format!("{self}\n"));
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        answer
    }
}

/// The server that a request is for, as the client names it (RFC 9112, sections 3.2 and 3.3). Only
/// HTTP/1.0 may leave it out.
///
/// # Errors
/// [`Fault`] if the header `Host` or the target is not as it should be.
pub(crate) fn host<B>(request: &Request<B>) -> Result<Option<Bytes>, Fault> {
    let named = one(request.headers(), header::HOST)?.map(HeaderValue::as_bytes);
    if named.is_none() && request.version() >= Version::HTTP_11 {
        return Err(Fault::Missing(header::HOST));
    }
    if named.is_some_and(|named| !is_host(named)) {
        return Err(Fault::BadHost);
    }
    // Who writes the whole address means that one.
    let Some(authority) = request.uri().authority() else {
        return Ok(named.map(Bytes::copy_from_slice));
    };
    let is_http = request.uri().scheme_str().is_none_or(|it| matches!(it, "http" | "https"));
    if !is_http || !is_host(authority.as_str().as_bytes()) {
        return Err(Fault::BadTarget);
    }
    Ok(Some(Bytes::copy_from_slice(authority.as_str().as_bytes())))
}

/// A header that has one value.
///
/// # Errors
/// [`Fault::Twice`]: readers on the way may have understood another one.
pub(crate) fn one(headers: &HeaderMap, name: HeaderName) -> Result<Option<&HeaderValue>, Fault> {
    let mut values = headers.get_all(&name).iter();
    let first = values.next();
    if values.next().is_some() { Err(Fault::Twice(name)) } else { Ok(first) }
}

/// The items of a header that is a list, over all its lines.
pub(crate) fn list(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

/// Whether this is a host with or without a port (RFC 3986, section 3.2). One without a name is not,
/// since no address of HTTP is (RFC 9110, section 4.2.1); nor are two with a comma between.
fn is_host(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else { return false };
    let (is_good, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => (address.parse::<Ipv6Addr>().is_ok(), port),
        None => {
            let (name, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            (!name.is_empty() && name.chars().all(is_in_name), port)
        }
    };
    // A number may have a sign, a port may not.
    let is_port = |port: &str| {
        port.bytes().all(|it| it.is_ascii_digit())
            && (port.is_empty() || port.parse::<u16>().is_ok())
    };
    is_good && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

fn is_in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~%!$&'()*+;=".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_and_a_port_at_most() {
        for good in
            ["chat.example", "a:8080", "a:", "192.0.2.1:1", "[::1]", "[2001:db8::1]:80", "my_host"]
        {
            assert!(is_host(good.as_bytes()), "{good}");
        }
        for bad in [
            "", ":80", "a b", "a/b", "u@a", "a,b", "a:b", "a:65536", "a:+1", "a:1:2", "::1",
            "[::1", "[a]", "[::1]a", "http://a", "ä", "a\t", "a?b", "a#b", "a\\b",
        ] {
            assert!(!is_host(bad.as_bytes()), "{bad}");
        }
        assert!(!is_host(b"\xff"));
    }
}
