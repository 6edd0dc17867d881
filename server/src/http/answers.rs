//! Short answers in plain text, for HTTP and for sockets that do not get that far.
//!
//! This file does not know what was asked.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use crate::listen::connection_limiter::Rejected;
use crate::monitoring::metrics::TurnedAway;

pub(crate) type Answer = Response<Full<Bytes>>;

pub(crate) fn plain(status: StatusCode, sentence: impl Into<Bytes>) -> Answer {
    text(status, "text/plain; charset=utf-8", sentence.into())
}

/// To every other method.
pub(crate) fn only_get() -> Answer {
    let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are served\n");
    answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    answer
}

pub(crate) fn text(status: StatusCode, content_type: &'static str, text: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(text));
    *answer.status_mut() = status;
    let all = answer.headers_mut();
    all.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    all.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    all.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// For values that are header text by how they are made; were one not, it would be left out.
pub(crate) fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Who may not come in is told when to try again.
pub(crate) fn rejected(rejected: Rejected) -> Answer {
    let (status, sentence) = reason(rejected.why);
    let mut answer = plain(status, sentence);
    set(answer.headers_mut(), header::RETRY_AFTER, &seconds(rejected.retry_after).to_string());
    answer
}

/// The same as bytes, for a socket whose request nobody reads.
pub(crate) fn rejected_bytes(rejected: Rejected) -> String {
    let (status, sentence) = reason(rejected.why);
    let (seconds, length) = (seconds(rejected.retry_after), sentence.len());
    format!(
        "HTTP/1.1 {status}\r\nRetry-After: {seconds}\r\nConnection: close\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n\r\n{sentence}"
    )
}

fn reason(why: TurnedAway) -> (StatusCode, &'static str) {
    match why {
        TurnedAway::AddressConnections => {
            (StatusCode::TOO_MANY_REQUESTS, "your address has too many connections here\n")
        }
        TurnedAway::AddressRate => {
            (StatusCode::TOO_MANY_REQUESTS, "your address opens connections too fast\n")
        }
        TurnedAway::WrongCodes => {
            (StatusCode::TOO_MANY_REQUESTS, "your address tried too many wrong codes\n")
        }
        TurnedAway::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "the server is stopping\n"),
        TurnedAway::Joining => {
            (StatusCode::SERVICE_UNAVAILABLE, "the server is catching up with its cluster\n")
        }
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the server is full\n"),
    }
}

/// Rounded up, so that who comes back on the dot is let in.
pub(super) fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
