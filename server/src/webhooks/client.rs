//! One request to the receiver of a hook, on a connection of its own.
//!
//! It goes to an address that was checked, follows nothing and uses no proxy. This file does not know what is sent, or
//! what becomes of an answer.

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{self, HeaderMap};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout, timeout_at};

use super::failed::Failed;
use super::public::is_public;
use super::tls::Tls;
use super::url::HookUrl;
use crate::config::files::aside;

/// Bytes of an answer that are read: more than the longest message has, in any form.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Addresses of a receiver that are tried.
const ADDRESSES_MAX: usize = 4;
/// How long one of several may take to let us in, so that there is time for the next.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1500);

/// What is sent where.
#[derive(Debug)]
pub(super) struct Post<'a> {
    pub(super) url: &'a HookUrl,
    pub(super) allows_private: bool,
    /// Free unless a lookup of this receiver's name is still under way.
    pub(super) lookups: &'a Arc<Mutex<()>>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What a receiver answered.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: StatusCode,
    /// As it stands there.
    pub(super) retry_after: Option<String>,
    /// Only of a success that says it is JSON, and none if it is too long or too late.
    pub(super) json: Option<Bytes>,
}

/// Posts to receivers.
#[derive(Debug, Default)]
pub(super) struct Client {
    tls: Tls,
}

impl Client {
    /// Posts something, within a time for all of it.
    ///
    /// # Errors
    /// [`Failed`].
    pub(super) async fn post(&self, post: Post<'_>, within: Duration) -> Result<Answered, Failed> {
        let deadline = Instant::now() + within;
        let connected = timeout_at(deadline, connect(&post)).await;
        let socket = connected.map_err(|_| Failed::TooSlow(within))??;
        if !post.url.is_https() {
            return exchange(socket, post, (within, deadline)).await;
        }
        let socket = timeout_at(deadline, self.tls.connect(post.url, socket)).await;
        let socket = socket.map_err(|_| Failed::TooSlow(within))??;
        exchange(socket, post, (within, deadline)).await
    }
}

/// A connection to an address that was looked at: nothing looks the name up again.
async fn connect(post: &Post<'_>) -> Result<TcpStream, Failed> {
    let mut addresses = addresses(post.url, post.lookups).await?;
    addresses.retain(|it| post.allows_private || is_public(it.ip()));
    addresses.truncate(ADDRESSES_MAX);
    let Some((last, others)) = addresses.split_last() else { return Err(Failed::NotPublic) };
    for address in others {
        if let Ok(Ok(socket)) = timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await {
            return Ok(socket);
        }
    }
    TcpStream::connect(last).await.map_err(Failed::Connect)
}

async fn addresses(url: &HookUrl, lookups: &Arc<Mutex<()>>) -> Result<Vec<SocketAddr>, Failed> {
    let port = url.port();
    if let Some(address) = url.address() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    // The system's resolver may take long, and nobody waits for it when the server stops. While a lookup hangs, later
    // tries wait for its end instead of starting threads of their own.
    let (host, alone) = (url.host().to_owned(), lookups.clone().lock_owned().await);
    let look_up = move || {
        let _alone = alone;
        (host, port).to_socket_addrs().map(Iterator::collect)
    };
    aside(look_up).await.flatten().map_err(Failed::Resolve)
}

async fn exchange(
    socket: impl AsyncRead + AsyncWrite + Unpin + Send,
    post: Post<'_>,
    (within, deadline): (Duration, Instant),
) -> Result<Answered, Failed> {
    let Post { url, headers, body, .. } = post;
    let mut request = Request::post(url.path_and_query())
        .header(header::HOST, url.authority())
        .header(header::CONNECTION, "close")
        .body(Full::new(body))?;
    request.headers_mut().extend(headers);
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await?;
    let answer = async {
        let answer = timeout_at(deadline, sender.send_request(request)).await;
        let answer = answer.map_err(|_| Failed::TooSlow(within))??;
        let (status, retry_after) = (answer.status(), text(&answer, header::RETRY_AFTER));
        let json = match status.is_success() && is_json(&answer) {
            true => timeout_at(deadline, read(answer.into_body())).await.ok().flatten(),
            false => None,
        };
        Ok(Answered { status, retry_after, json })
    };
    let (mut answer, mut connection) = (pin!(answer), pin!(connection));
    tokio::select! {
        answer = &mut answer => return answer,
        // It may end when all of the answer is there, and before that was looked at.
        _ = &mut connection => {}
    }
    answer.await
}

async fn read(body: Incoming) -> Option<Bytes> {
    let read = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
    read.ok().map(|body| body.to_bytes())
}

fn text(answer: &Response<Incoming>, name: header::HeaderName) -> Option<String> {
    answer.headers().get(name)?.to_str().ok().map(str::to_owned)
}

fn is_json(answer: &Response<Incoming>) -> bool {
    let kind = text(answer, header::CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}
