//! HTTP: the page and its files, their headers, and the way into a WebSocket.
//!
//! This file does not know what rooms hold.

use std::cell::Cell;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::Upgraded;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use protocol::{Hello, Key, Refusal, SUBPROTOCOL, Token};
use tungstenite::handshake::derive_accept_key;

use crate::Engine;
use crate::accept::Visitor;
use crate::answers::{Answer, closed, only_get, plain, set};
use crate::assets::{self, Asset};
use crate::config::{HEAD_BYTES_MAX, HEADERS_MAX};
use crate::connection;
use crate::door::Entry;
use crate::gate::{Opening, origin};
use crate::metrics::TurnedAway;
use crate::monitor;
use crate::socket::Stream;
use crate::stall::Unstalled;

/// Who is asking. The entry goes with the connection when it becomes a WebSocket.
struct Guest {
    peer: IpAddr,
    entry: Cell<Option<Entry>>,
}

/// Serves the requests of one connection, until it ends or becomes a WebSocket. The head of the
/// first has to be there in the time that the visitor has left, and each further one within as much;
/// answers have to be taken as frames have to.
pub(crate) async fn serve<S: Stream>(engine: Arc<Engine>, socket: S, visitor: Visitor) {
    let timeout = visitor.time_left();
    let socket = Unstalled::new(socket, engine.config.stall_timeout);
    let asked = AtomicBool::new(false);
    let (inside, has_asked) = (engine.clone(), &asked);
    let guest = Guest { peer: visitor.peer, entry: Cell::new(Some(visitor.entry)) };
    let service = service_fn(move |request| {
        has_asked.store(true, Ordering::Relaxed);
        let answer = answer::<S>(&inside, &guest, request);
        async { Ok::<_, Infallible>(answer) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeout)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => {
            if let Err(error) = ended {
                count(&engine, &error, asked.load(Ordering::Relaxed));
            }
            return;
        }
        () = engine.stopping().begun.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    tokio::select! {
        _ = connection => {}
        () = engine.stopping().given_up.cancelled() => {}
    }
}

/// How a request failed is the peer's business, and it was told if it could be; but a flood of such
/// should be seen. Who was silent after an answer did nothing wrong.
fn count(engine: &Engine, error: &hyper::Error, asked: bool) {
    if error.is_parse() {
        engine.vitals.metrics.turned_away(TurnedAway::BadRequest);
    } else if error.is_timeout() && !asked {
        engine.vitals.metrics.turned_away(TurnedAway::TooLate);
    }
}

fn answer<S: Stream>(engine: &Arc<Engine>, guest: &Guest, request: Request<Incoming>) -> Answer {
    let path = request.uri().path();
    if is_upgrade(request.headers()) && matches!(path, "/" | "/ws") {
        return enter::<S>(engine, guest, request);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return only_get();
    }
    if let Some(answer) = monitor::health(&engine.vitals, path) {
        return answer;
    }
    match assets::find(path) {
        Some(asset) => file(request.headers(), &asset),
        None => plain(StatusCode::NOT_FOUND, "there is nothing here\n"),
    }
}

/// Who a proxy brings is counted as themselves.
fn enter<S: Stream>(engine: &Arc<Engine>, guest: &Guest, request: Request<Incoming>) -> Answer {
    const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");
    let Some(mut entry) = guest.entry.take() else {
        return plain(StatusCode::BAD_REQUEST, "this connection has been upgraded already\n");
    };
    let door = &engine.vitals.door;
    let forwarded = request.headers().get_all(FORWARDED).iter();
    let client = door.client(guest.peer, forwarded.map(HeaderValue::as_bytes));
    let entered = client.map_or(Ok(()), |client| door.enter_as(&mut entry, client));
    let counted = Some(client.unwrap_or(guest.peer)).filter(|address| door.counts(*address));
    guest.entry.set(Some(entry));
    match entered {
        Ok(()) => upgrade::<S>(engine, guest, counted, request),
        Err(refused) => {
            engine.vitals.metrics.turned_away(refused.why);
            closed(refused)
        }
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
         manifest-src 'self'; connect-src 'self'{sockets}; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
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
fn upgrade<S: Stream>(
    engine: &Arc<Engine>,
    guest: &Guest,
    address: Option<IpAddr>,
    request: Request<Incoming>,
) -> Answer {
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
    let named = |name| headers.get(name).map(HeaderValue::as_bytes);
    let allowed = &engine.config.allow_origin;
    if !origin::may_connect(named(header::ORIGIN), named(header::HOST), allowed) {
        engine.vitals.metrics.turned_away(TurnedAway::Origin);
        return plain(StatusCode::FORBIDDEN, "pages of other origins may not connect\n");
    }
    let answer = switching(headers, key.as_bytes());
    let (opening, entry) = (opening(&request, address), guest.entry.take());
    let engine = engine.clone();
    engine.stopping().tracker.clone().spawn(async move {
        match hyper::upgrade::on(request).await.map(taken_out::<S>) {
            Ok(Some((socket, read))) => {
                connection::open(engine, socket, read, opening, entry).await;
            }
            Ok(None) => tracing::error!("an upgraded connection is not the one that was served"),
            // The peer went before the handshake was over.
            Err(error) => tracing::debug!(%error, "an upgrade failed"),
        }
    });
    answer
}

fn switching(headers: &HeaderMap, key: &[u8]) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let all = answer.headers_mut();
    all.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    all.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    set(all, header::SEC_WEBSOCKET_ACCEPT, &derive_accept_key(key));
    if has_token(headers, header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        all.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    answer
}

/// The raw stream, without the layers around it, and what was read beyond the request.
fn taken_out<S: Stream>(upgraded: Upgraded) -> Option<(S, Vec<u8>)> {
    let parts = upgraded.downcast::<TokioIo<Unstalled<S>>>().ok()?;
    // Copied: converted, it would keep hyper's buffer of 8 KiB for as long as the connection lives.
    Some((parts.io.into_inner().into_inner(), parts.read_buf.to_vec()))
}

fn opening(request: &Request<Incoming>, address: Option<IpAddr>) -> Result<Opening, Refusal> {
    let hello = Hello::from_query(request.uri().query().unwrap_or_default())?;
    let offered = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let offered: Vec<_> = offered.filter_map(|value| value.to_str().ok()).collect();
    let offered = offered.join(",");
    let key = Key::from_subprotocols(&offered)?;
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = match (Token::from_subprotocols(&offered), bearer) {
        (Ok(None), Some(bearer)) => Token::from_authorization(bearer),
        (token, _) => token,
    };
    Ok(Opening { hello, key, token, address })
}
