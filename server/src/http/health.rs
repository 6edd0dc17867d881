//! What is seen from outside: `/healthz`, `/readyz`, and `/metrics` on a listener of its own.
//!
//! This file does not know what the metrics mean.

use std::convert::Infallible;
use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::answers::{self, Answer, plain};
use super::request;
use super::status::Status;
use crate::listen::connection_limiter::Rejected;
use crate::listen::socket::Stream;
use crate::listen::tls::Tls;
use crate::monitoring::metrics::TurnedAway;

/// Those who may ask at a time. They are few, and they come on top of the connections.
const ASKERS_MAX: usize = 32;
/// How long one of them may take, from connecting to the last byte of the answer.
const ASKING_TIMEOUT: Duration = Duration::from_secs(10);

/// When who came too early should come back.
const JOINING_RETRY: Duration = Duration::from_secs(1);

/// How a listener answers.
pub(crate) type Answering = fn(&Status, &Request<Incoming>) -> Answer;

/// Answers one request of each connection, until this is dropped. Who asked before that is still answered.
#[derive(Debug)]
pub(crate) struct Answerer {
    _ends: DropGuard,
}

impl Answerer {
    pub(crate) fn start(
        listener: Arc<TcpListener>,
        tls: Option<Arc<Tls>>,
        status: Status,
        answering: Answering,
    ) -> Self {
        let ends = CancellationToken::new();
        let ended = ends.clone().cancelled_owned();
        tokio::spawn(serve_until(ended, listener, tls, status, answering));
        Answerer { _ends: ends.drop_guard() }
    }
}

/// Answers one request of each connection, for as long as it is polled.
pub(crate) async fn serve(
    listener: Arc<TcpListener>,
    tls: Option<Arc<Tls>>,
    status: Status,
    answering: Answering,
) {
    serve_until(pending(), listener, tls, status, answering).await;
}

async fn serve_until(
    ended: impl Future<Output = ()>,
    listener: Arc<TcpListener>,
    tls: Option<Arc<Tls>>,
    status: Status,
    answering: Answering,
) {
    let mut askers = JoinSet::new();
    let mut ended = pin!(ended);
    loop {
        tokio::select! {
            () = &mut ended => break,
            accepted = listener.accept(), if askers.len() < ASKERS_MAX => match accepted {
                Ok((socket, _)) => {
                    let asked = welcome(socket, tls.clone(), status.clone(), answering);
                    askers.spawn(timeout(ASKING_TIMEOUT, asked));
                }
                Err(error) => {
                    tracing::debug!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = askers.join_next() => {}
        }
    }
    while askers.join_next().await.is_some() {}
}

async fn welcome(socket: TcpStream, tls: Option<Arc<Tls>>, status: Status, answering: Answering) {
    match tls {
        None => ask(socket, status, answering).await,
        Some(tls) => match tls.accept(socket).await {
            Ok(socket) => ask(socket, status, answering).await,
            Err(error) => tracing::debug!(%error, "a TLS handshake failed"),
        },
    }
}

async fn ask(socket: impl Stream, status: Status, answering: Answering) {
    let service = service_fn(|request| {
        let answer = match request::host(&request) {
            Ok(_) => answering(&status, &request),
            Err(fault) => fault.answer(),
        };
        async { Ok::<_, Infallible>(answer) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .keep_alive(false)
        // Who has asked and will say no more still gets the answer.
        .half_close(true)
        .serve_connection(TokioIo::new(socket), service);
    // How a request failed is the peer's business.
    let _ = connection.await;
}

/// The answers of the listener for metrics.
pub(crate) fn metrics(status: &Status, request: &Request<Incoming>) -> Answer {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return answers::only_get();
    }
    if request.uri().path() != "/metrics" {
        return health(request.uri().path(), || status.clone())
            .unwrap_or_else(|| plain(StatusCode::NOT_FOUND, "the metrics are at /metrics\n"));
    }
    match status.text() {
        Ok(text) => {
            let content_type = "text/plain; version=0.0.4; charset=utf-8";
            answers::text(StatusCode::OK, content_type, Bytes::from(text))
        }
        Err(error) => {
            tracing::error!(%error, "cannot encode the metrics");
            plain(StatusCode::INTERNAL_SERVER_ERROR, "the metrics cannot be encoded\n")
        }
    }
}

/// The answers of the chat's listener while a node catches up with its cluster.
pub(crate) fn joining(status: &Status, request: &Request<Incoming>) -> Answer {
    health(request.uri().path(), || status.clone()).unwrap_or_else(|| {
        status.metrics.turned_away(TurnedAway::Joining);
        answers::rejected(Rejected { why: TurnedAway::Joining, retry_after: JOINING_RETRY })
    })
}

/// The answers of the chat's listener while the server stops.
pub(crate) fn stopping(status: &Status, request: &Request<Incoming>) -> Answer {
    health(request.uri().path(), || status.clone()).unwrap_or_else(|| {
        status.metrics.turned_away(TurnedAway::Stopping);
        let retry_after = Duration::from_millis(status.retry_ms());
        answers::rejected(Rejected { why: TurnedAway::Stopping, retry_after })
    })
}

/// Whether the server is alive, and whether it is ready.
pub(super) fn health(path: &str, status: impl FnOnce() -> Status) -> Option<Answer> {
    match path {
        "/healthz" => Some(plain(StatusCode::OK, "alive\n")),
        "/readyz" => Some(readiness(&status())),
        _ => None,
    }
}

/// Every reason why it is not, a line each.
fn readiness(status: &Status) -> Answer {
    let reasons = status.not_ready();
    if reasons.is_empty() {
        return plain(StatusCode::OK, "ready\n");
    }
    let lines: String = reasons.iter().flat_map(|reason| [reason.sentence(), "\n"]).collect();
    let content_type = "text/plain; charset=utf-8";
    answers::text(StatusCode::SERVICE_UNAVAILABLE, content_type, Bytes::from(lines))
}
