//! HTTP: the page and its files, their headers, and the way into a WebSocket.
//!
//! This file does not know what rooms hold.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::Upgraded;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use protocol::{Hello, Key, Refusal, SUBPROTOCOL};
use tokio::net::TcpStream;
use tungstenite::handshake::derive_accept_key;

use crate::Engine;
use crate::assets::{self, Asset};
use crate::config::REQUEST_HEAD_TIMEOUT;
use crate::connection::{self, Opening};

type Answer = Response<Full<Bytes>>;

/// Serves the requests of one TCP connection, until it ends or becomes a WebSocket.
pub(crate) async fn serve(engine: Arc<Engine>, socket: TcpStream) {
    let service = service_fn(|request| {
        let answer = answer(&engine, request);
        async { Ok::<_, Infallible>(answer) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // How a request failed is the peer's business; it was told if it could be.
        _ = connection.as_mut() => return,
        () = engine.stopping.begun.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    tokio::select! {
        _ = connection => {}
        () = engine.stopping.given_up.cancelled() => {}
    }
}

fn answer(engine: &Arc<Engine>, request: Request<Incoming>) -> Answer {
    let path = request.uri().path();
    if is_upgrade(request.headers()) && matches!(path, "/" | "/ws") {
        return upgrade(engine, request);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are served\n");
        answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return answer;
    }
    match assets::find(path) {
        Some(asset) => file(request.headers(), &asset),
        None => plain(StatusCode::NOT_FOUND, "there is nothing here\n"),
    }
}

fn file(headers: &HeaderMap, asset: &Asset) -> Answer {
    let packed = asset.gzipped.as_ref().filter(|_| takes_gzip(headers));
    let etag = match packed {
        // The same contents in other bytes have another tag.
        Some(_) => format!("{}-gz\"", asset.etag.trim_end_matches('"')),
        None => asset.etag.clone(),
    };
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag));
    let mut answer = if is_known {
        let mut answer = Response::new(Full::default());
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        answer
    } else {
        Response::new(Full::new(packed.unwrap_or(&asset.plain).clone()))
    };
    let fixed = [
        (header::CONTENT_TYPE, asset.content_type),
        // The browser asks each time, and gets a 304: a new version is seen at once.
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::VARY, "Accept-Encoding"),
    ];
    let all = answer.headers_mut();
    for (name, value) in fixed {
        all.insert(name, HeaderValue::from_static(value));
    }
    if packed.is_some() && !is_known {
        all.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    set(all, header::ETAG, &etag);
    set(all, header::CONTENT_SECURITY_POLICY, &content_security_policy(headers));
    answer
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let mut codings = accepted.unwrap_or_default().split(',').map(|coding| coding.split(';'));
    codings.any(|mut parts| {
        parts.next().is_some_and(|name| name.trim().eq_ignore_ascii_case("gzip"))
            && !parts
                .any(|quality| matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// Nothing but our own files, and sockets to this very host: it is named, since `'self'` does not
/// cover WebSockets in every browser.
fn content_security_policy(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    let sockets = if host.is_empty() || !host.chars().all(is_host) {
        String::new()
    } else {
        format!(" ws://{host} wss://{host}")
    };
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         font-src 'self'; manifest-src 'self'; connect-src 'self'{sockets}; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'"
    )
}

fn is_upgrade(headers: &HeaderMap) -> bool {
    has_token(headers, header::UPGRADE, "websocket")
        && has_token(headers, header::CONNECTION, "upgrade")
}

fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|found| found.trim().eq_ignore_ascii_case(token))
}

/// The opening handshake (RFC 6455, section 4.2).
fn upgrade(engine: &Arc<Engine>, request: Request<Incoming>) -> Answer {
    let headers = request.headers();
    if request.method() != Method::GET || !has_token(headers, header::SEC_WEBSOCKET_VERSION, "13") {
        let sentence = "only WebSocket version 13 is spoken\n";
        let mut answer = plain(StatusCode::UPGRADE_REQUIRED, sentence);
        answer.headers_mut().insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        return answer;
    }
    let Some(key) = headers.get(header::SEC_WEBSOCKET_KEY) else {
        return plain(StatusCode::BAD_REQUEST, "the header Sec-WebSocket-Key is missing\n");
    };
    if !is_own_origin(headers) {
        return plain(StatusCode::FORBIDDEN, "pages of other origins may not connect\n");
    }
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let all = answer.headers_mut();
    all.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    all.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    set(all, header::SEC_WEBSOCKET_ACCEPT, &derive_accept_key(key.as_bytes()));
    if has_token(headers, header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        all.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    let opening = opening(&request);
    let engine = engine.clone();
    engine.stopping.tracker.clone().spawn(async move {
        match hyper::upgrade::on(request).await.map(taken_out) {
            Ok(Some((socket, read))) => connection::open(engine, socket, read, opening).await,
            Ok(None) => tracing::error!("an upgraded connection is no TCP stream"),
            // The peer went before the handshake was over.
            Err(error) => tracing::debug!(%error, "an upgrade failed"),
        }
    });
    answer
}

/// The raw stream, without hyper's boxed layer, and what was read beyond the request.
fn taken_out(upgraded: Upgraded) -> Option<(TcpStream, Vec<u8>)> {
    let parts = upgraded.downcast::<TokioIo<TcpStream>>().ok()?;
    // Copied: converted, it would keep hyper's buffer of 8 KiB for as long as the connection lives.
    Some((parts.io.into_inner(), parts.read_buf.to_vec()))
}

fn opening(request: &Request<Incoming>) -> Result<Opening, Refusal> {
    let hello = Hello::from_query(request.uri().query().unwrap_or_default())?;
    let offered = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let offered: Vec<_> = offered.filter_map(|value| value.to_str().ok()).collect();
    Ok(Opening { hello, key: Key::from_subprotocols(&offered.join(","))? })
}

/// A page of another site must not speak in the name of who visits it. Who sends no origin is no
/// browser, and free to claim any.
fn is_own_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = headers.get(header::HOST).map(HeaderValue::as_bytes).unwrap_or_default();
    let origin = origin.as_bytes();
    let own = [&b"http://"[..], b"https://"].iter().find_map(|scheme| origin.strip_prefix(*scheme));
    own.is_some_and(|own| !host.is_empty() && own.eq_ignore_ascii_case(host))
}

fn plain(status: StatusCode, sentence: &'static str) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from_static(sentence.as_bytes())));
    *answer.status_mut() = status;
    let all = answer.headers_mut();
    all.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    all.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// For values that are header text by how they are made; were one not, it would be left out.
fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
