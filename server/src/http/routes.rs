//! HTTP: what is answered to which request, and the way into a WebSocket.
//!
//! This file does not know what rooms hold.

use std::cell::Cell;
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::Upgraded;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::Mutex;
use protocol::{AccessCode, Connect, Key, Label, Refusal, Token};

use super::answers::{Answer, only_get, plain, rejected};
use super::files::file;
use super::status::Status;
use super::{api, assets, health, hooks, request, upgrade};
use crate::auth::{ConnectRequest, origin};
use crate::config::{HEAD_BYTES_MAX, HEADERS_MAX};
use crate::connection;
use crate::connection::engine::Engine;
use crate::listen::accept::{Visitor, warn_of};
use crate::listen::connection_limiter::{Permit, Rejected};
use crate::listen::socket::Stream;
use crate::listen::stall::Unstalled;
use crate::monitoring::metrics::TurnedAway;
use crate::monitoring::warnings::quoted;
use crate::people::code_tries::Try;

const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Who is asking. The permit goes with the connection when it becomes a WebSocket.
struct Guest {
    peer: IpAddr,
    permit: Cell<Option<Permit>>,
}

/// An answer, at once or when something is read and stored.
enum Answering {
    Now(Answer),
    Later(Pin<Box<dyn Future<Output = Answer> + Send>>),
}

/// Serves the requests of one connection, until it ends or becomes a WebSocket. The head of the
/// first has to be there in the time that the visitor has left, and each further one within as much;
/// answers have to be taken as frames have to.
pub(crate) async fn serve<S: Stream>(engine: Arc<Engine>, socket: S, visitor: Visitor) {
    let timeout = visitor.time_left();
    let socket = Unstalled::new(socket, engine.config.stall_timeout);
    let asked = AtomicBool::new(false);
    let (inside, has_asked) = (engine.clone(), &asked);
    let guest = Guest { peer: visitor.peer, permit: Cell::new(Some(visitor.permit)) };
    let service = service_fn(move |request| {
        has_asked.store(true, Ordering::Relaxed);
        let answering = answering::<S>(&inside, &guest, request);
        async {
            Ok::<_, Infallible>(match answering {
                Answering::Now(answer) => answer,
                Answering::Later(answer) => answer.await,
            })
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // Who has asked and will say no more still gets the answer.
        .half_close(true)
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
        () = engine.stopping.begun.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    tokio::select! {
        _ = connection => {}
        () = engine.stopping.given_up.cancelled() => {}
    }
}

/// How a request failed is the peer's business, and it was told if it could be; but a flood of such
/// should be seen. Who was silent after an answer did nothing wrong.
fn count(engine: &Engine, error: &hyper::Error, asked: bool) {
    if error.is_parse() {
        engine.metrics.turned_away(TurnedAway::BadRequest);
    } else if error.is_timeout() && !asked {
        engine.metrics.turned_away(TurnedAway::TooLate);
    }
}

fn answering<S: Stream>(
    engine: &Arc<Engine>,
    guest: &Guest,
    request: Request<Incoming>,
) -> Answering {
    let is_served = !upgrade::is_wanted(&request) && request::host(&request).is_ok();
    let address = client(engine, guest, &request).unwrap_or(guest.peer);
    let from = (address, engine.limiter.counts(address));
    match request.uri().path() {
        path if is_served && hooks::is_wanted(path) => {
            Answering::Later(Box::pin(hooks::answer(engine.clone(), from, request)))
        }
        path if is_served && api::is_wanted(path) => {
            Answering::Later(Box::pin(api::answer(engine.clone(), from, request)))
        }
        _ => Answering::Now(answer::<S>(engine, guest, request)),
    }
}

fn answer<S: Stream>(engine: &Arc<Engine>, guest: &Guest, request: Request<Incoming>) -> Answer {
    let host = match request::host(&request) {
        Ok(host) => host,
        Err(fault) => {
            engine.metrics.turned_away(TurnedAway::BadRequest);
            return fault.answer();
        }
    };
    if upgrade::is_wanted(&request) {
        return enter::<S>(engine, guest, request, host.as_ref());
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return only_get();
    }
    let path = request.uri().path();
    if let Some(answer) = health::health(path, || Status::of(engine)) {
        return answer;
    }
    match assets::find(path) {
        Some(asset) => file(request.headers(), host.as_deref(), &engine.siblings.now(), &asset),
        None => plain(StatusCode::NOT_FOUND, "there is nothing here\n"),
    }
}

/// Whom a proxy brings, if one does that is believed.
fn client(engine: &Engine, guest: &Guest, request: &Request<Incoming>) -> Option<IpAddr> {
    let forwarded = request.headers().get_all(FORWARDED).iter().map(HeaderValue::as_bytes);
    engine.limiter.client(guest.peer, forwarded)
}

/// The way into a WebSocket. Who a proxy brings is counted as themselves.
fn enter<S: Stream>(
    engine: &Arc<Engine>,
    guest: &Guest,
    request: Request<Incoming>,
    host: Option<&Bytes>,
) -> Answer {
    let (limiter, warnings) = (&engine.limiter, &engine.warnings);
    let client = client(engine, guest, &request);
    let address = client.unwrap_or(guest.peer);
    if request.headers().contains_key(FORWARDED) && !limiter.is_trusted(guest.peer) {
        warnings.warn("proxy", address, || {
            format!(
                "{address} sends X-Forwarded-For, which is not believed: if it is your proxy, name \
                 it in --trust-proxy, so that limits for each address count for its clients"
            )
        });
    }
    let key = match upgrade::check(&request) {
        Ok(key) => key.clone(),
        Err(refused) => {
            engine.metrics.turned_away(TurnedAway::BadRequest);
            let told = || format!("a WebSocket was refused, asked for by {address}: {refused}");
            warnings.warn("handshake", &refused, told);
            return refused.answer();
        }
    };
    if let Some(refused) = foreign(engine, &request, host, address) {
        return refused;
    }
    if let Some(refused) = too_many(engine, guest, client) {
        return refused;
    }
    let tried = match try_code(engine, &request, address) {
        Ok(tried) => tried,
        Err(refused) => return rejected(refused),
    };
    open::<S>(engine, guest, (address, limiter.counts(address), tried), &key, request)
}

/// Takes a try for who brings a code, also from this machine: whoever guesses may come by a proxy.
fn try_code(
    engine: &Engine,
    request: &Request<Incoming>,
    address: IpAddr,
) -> Result<Option<Try>, Rejected> {
    if !AccessCode::is_offered(&offered(request)) {
        return Ok(None);
    }
    engine.auth.try_code(address).map(Some).map_err(|retry_after| {
        let refused = Rejected { why: TurnedAway::WrongCodes, retry_after };
        engine.metrics.turned_away(refused.why);
        warn_of((&engine.warnings, &engine.config.limits), refused.why, address);
        refused
    })
}

/// The refusal of a page that is of another server.
fn foreign(
    engine: &Engine,
    request: &Request<Incoming>,
    host: Option<&Bytes>,
    address: IpAddr,
) -> Option<Answer> {
    let origin = request.headers().get(header::ORIGIN).map(HeaderValue::as_bytes);
    let host = host.map(|host| &host[..]);
    let siblings = engine.siblings.now();
    let allowed = engine.config.allow_origin.iter().chain(&*siblings);
    if origin::may_connect(origin, host, allowed) {
        return None;
    }
    engine.metrics.turned_away(TurnedAway::Origin);
    let [origin, host] = [origin, host].map(|value| quoted(value.unwrap_or_default()));
    engine.warnings.warn("origin", format_args!("{origin} {host}"), || {
        format!(
            "a page of another origin was refused to {address}: Origin is {origin}, Host is \
             {host}; if it is yours, let the proxy pass the Host header on as it came, or allow \
             the page with --allow-origin"
        )
    });
    Some(plain(StatusCode::FORBIDDEN, "pages of other origins may not connect\n"))
}

/// Counts a connection as that of whom a proxy brings; the refusal of one that is too many.
fn too_many(engine: &Engine, guest: &Guest, client: Option<IpAddr>) -> Option<Answer> {
    let Some(mut permit) = guest.permit.take() else {
        return Some(plain(StatusCode::BAD_REQUEST, "this connection has been upgraded already\n"));
    };
    let limiter = &engine.limiter;
    let entered = client.map_or(Ok(()), |client| limiter.enter_as(&mut permit, client));
    guest.permit.set(Some(permit));
    let refused = entered.err()?;
    engine.metrics.turned_away(refused.why);
    warn_of((&engine.warnings, &engine.config.limits), refused.why, client.unwrap_or(guest.peer));
    Some(rejected(refused))
}

fn open<S: Stream>(
    engine: &Arc<Engine>,
    guest: &Guest,
    from: (IpAddr, bool, Option<Try>),
    key: &HeaderValue,
    request: Request<Incoming>,
) -> Answer {
    let answer = upgrade::switching(request.headers(), key);
    let (opening, permit) = (opening(&request, from), guest.permit.take());
    let engine = engine.clone();
    engine.stopping.tracker.clone().spawn(async move {
        match hyper::upgrade::on(request).await.map(taken_out::<S>) {
            Ok(Some((socket, read))) => {
                connection::open(engine, socket, read, opening, permit).await;
            }
            Ok(None) => tracing::error!("an upgraded connection is not the one that was served"),
            // The peer went before the handshake was over.
            Err(error) => tracing::debug!(%error, "an upgrade failed"),
        }
    });
    answer
}

/// The raw stream, without the layers around it, and what was read beyond the request.
fn taken_out<S: Stream>(upgraded: Upgraded) -> Option<(S, Vec<u8>)> {
    let parts = upgraded.downcast::<TokioIo<Unstalled<S>>>().ok()?;
    // Copied: converted, it would keep hyper's buffer of 8 KiB for as long as the connection lives.
    Some((parts.io.into_inner().into_inner(), parts.read_buf.to_vec()))
}

fn opening(
    request: &Request<Incoming>,
    (address, counts, tried): (IpAddr, bool, Option<Try>),
) -> Result<ConnectRequest, Refusal> {
    let hello = Connect::from_query(request.uri().query().unwrap_or_default())?;
    let offered = offered(request);
    let key = Key::from_subprotocols(&offered)?;
    let link = AccessCode::link_from_subprotocols(&offered)?;
    let invite = AccessCode::invite_from_subprotocols(&offered)?;
    let label = Label::from_subprotocols(&offered)?;
    let bearer = request.headers().get(header::AUTHORIZATION);
    let token = match (Token::from_subprotocols(&offered), bearer) {
        (Ok(None), Some(bearer)) => {
            Token::from_authorization(&String::from_utf8_lossy(bearer.as_bytes()))
        }
        (token, _) => token,
    };
    let bot = token.as_ref().ok().and_then(|token| token.as_ref()?.bot());
    let tried = Mutex::new(tried);
    Ok(ConnectRequest { hello, bot, key, token, link, invite, label, tried, address, counts })
}

/// The subprotocols that are offered, in however many headers.
fn offered(request: &Request<Incoming>) -> String {
    let offered = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let offered: Vec<_> = offered.filter_map(|value| value.to_str().ok()).collect();
    offered.join(",")
}
