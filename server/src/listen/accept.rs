//! Sockets in: each is welcomed, or turned away before anything is done for it.
//!
//! This file does not know HTTP, or what a connection is for.

use std::io::{self, Write as _};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use crate::config::Limits;
use crate::lifecycle::shutdown::Stopping;
use crate::limits::network::network;
use crate::listen::connection_limiter::{ConnectionLimiter, Permit, Rejected};
use crate::listen::socket;
use crate::listen::tls::Tls;
use crate::monitoring::metrics::{Metrics, TurnedAway};
use crate::monitoring::warnings::Warnings;

/// Connections that may wait to be accepted, if the kernel allows so many. When everybody comes back
/// at once, whom it has no place for tries again a second later.
const WAITING_MAX: i32 = 4096;
/// Long enough for a descriptor to become free, short enough not to be noticed.
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(50);
/// Sockets at a time that are turned away in good form. They come on top of those inside, so they
/// are well below the reserve of descriptors.
const TURNED_AWAY_MAX: usize = 64;
/// What the kernel may hold for a connection that does not read; it counts its own bookkeeping too, and
/// so doubles this. Left alone it would hold up to 4 MiB. A page of history fits, and 200 ms from here
/// a client still gets half a MiB a second.
const SEND_BUFFER_BYTES: usize = 128 * 1024;
/// The same for what a client sends that is not read yet: the largest frame fits.
const RECEIVE_BUFFER_BYTES: usize = 64 * 1024;
/// How long one of them has to read its answer.
const TURNED_AWAY_TIMEOUT: Duration = Duration::from_secs(1);

/// Who came in, and when.
#[derive(Debug)]
pub(crate) struct Visitor {
    pub(crate) peer: IpAddr,
    pub(crate) permit: Permit,
    since: Instant,
    timeout: Duration,
}

impl Visitor {
    /// The time that is left until the first request has to be there, TLS and all.
    pub(crate) fn time_left(&self) -> Duration {
        self.timeout.saturating_sub(self.since.elapsed())
    }
}

/// Who is let in, and what is counted and told of those who are not.
pub(crate) struct Entrance {
    pub(crate) limiter: Arc<ConnectionLimiter>,
    pub(crate) limits: Limits,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) stopping: Stopping,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) warnings: Arc<Warnings>,
}

/// What is spoken with those who are in, plain and inside TLS, and what the others are told.
pub(crate) struct Spoken<P, T> {
    pub(crate) plain: P,
    pub(crate) tls: T,
    pub(crate) rejection: fn(Rejected) -> String,
}

/// Accepts for as long as it is polled.
pub(crate) async fn run<P, T, Plain, Inside>(
    listener: Arc<TcpListener>,
    entrance: Entrance,
    spoken: Spoken<P, T>,
) where
    P: Fn(TcpStream, Visitor) -> Plain,
    T: Fn(socket::Tls, Visitor) -> Inside + Clone + Send + 'static,
    Plain: Future<Output = ()> + Send + 'static,
    Inside: Future<Output = ()> + Send + 'static,
{
    let entrance = Arc::new(entrance);
    if let Err(error) = prepare(&listener) {
        tracing::warn!(%error, "connections may take more of the kernel's memory than they should");
    }
    let places = Arc::new(Semaphore::new(TURNED_AWAY_MAX));
    let mut failing = false;
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                if std::mem::take(&mut failing) {
                    tracing::info!("connections are accepted again");
                }
                welcome(&entrance, &spoken, socket, peer.ip(), &places);
            }
            Err(error) => {
                // Once, not for as long as it lasts.
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!(%error, "cannot accept a connection; retrying");
                }
                sleep(PAUSE_AFTER_ERROR).await;
            }
        }
    }
}

fn welcome<P, T, Plain, Inside>(
    entrance: &Arc<Entrance>,
    spoken: &Spoken<P, T>,
    socket: TcpStream,
    peer: IpAddr,
    places: &Arc<Semaphore>,
) where
    P: Fn(TcpStream, Visitor) -> Plain,
    T: Fn(socket::Tls, Visitor) -> Inside + Clone + Send + 'static,
    Plain: Future<Output = ()> + Send + 'static,
    Inside: Future<Output = ()> + Send + 'static,
{
    let permit = match entrance.limiter.enter(peer) {
        Ok(permit) => permit,
        Err(rejected) => {
            let answer = || (spoken.rejection)(rejected);
            return turn_away(entrance, socket, peer, (rejected.why, answer), places);
        }
    };
    let timeout = entrance.limits.handshake_timeout;
    let visitor = Visitor { peer, permit, since: Instant::now(), timeout };
    let tasks = &entrance.stopping.tracker;
    match &entrance.tls {
        Some(tls) => {
            let with = (entrance.clone(), tls.clone());
            tasks.spawn(serve_tls(with, socket, visitor, spoken.tls.clone()));
        }
        None => {
            tasks.spawn((spoken.plain)(socket, visitor));
        }
    }
}

/// Sets what the kernel keeps of a connection, and when it sends: those that are accepted inherit it, and
/// cost no calls of their own.
fn prepare(listener: &TcpListener) -> io::Result<()> {
    let listener = SockRef::from(listener);
    // It listens already, with places for 128.
    listener.listen(WAITING_MAX)?;
    // Messages are written as soon as they are there; waiting to fill a packet only delays them.
    listener.set_tcp_nodelay(true)?;
    listener.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    listener.set_recv_buffer_size(RECEIVE_BUFFER_BYTES)
}

async fn serve_tls<Inside: Future<Output = ()>>(
    (entrance, tls): (Arc<Entrance>, Arc<Tls>),
    socket: TcpStream,
    visitor: Visitor,
    spoken: impl Fn(socket::Tls, Visitor) -> Inside,
) {
    if let Some((socket, visitor)) = handshake(&entrance, &tls, socket, visitor).await {
        spoken(socket, visitor).await;
    }
}

async fn handshake(
    entrance: &Entrance,
    tls: &Tls,
    socket: TcpStream,
    visitor: Visitor,
) -> Option<(socket::Tls, Visitor)> {
    let accepted = tokio::select! {
        accepted = timeout(visitor.time_left(), tls.accept(socket)) => accepted,
        () = entrance.stopping.begun.cancelled() => return None,
    };
    let why = match accepted {
        Ok(Ok(socket)) => return Some((socket, visitor)),
        Ok(Err(error)) => {
            let told = || format!("a TLS handshake of {} failed: {error}", visitor.peer);
            entrance.warnings.warn("tls", "", told);
            TurnedAway::BadTls
        }
        Err(_) => TurnedAway::TooLate,
    };
    entrance.metrics.turned_away(why);
    None
}

/// Says who was turned away and which flag is about that; for the whole server once for all.
pub(crate) fn warn_of((warnings, limits): (&Warnings, &Limits), why: TurnedAway, address: IpAddr) {
    let address = network(address);
    match why {
        TurnedAway::AddressConnections => warnings.warn("connections", address, || {
            let most = limits.address_connections;
            format!(
                "{address} was turned away: it has {most} connections, the most of one address \
                 (--address-connections; if it is a proxy, name it in --trust-proxy)"
            )
        }),
        TurnedAway::AddressRate => warnings.warn("rate", address, || {
            let most = limits.address_rate;
            format!(
                "{address} was turned away: it opens more than {most} connections a minute \
                 (--address-rate; if it is a proxy, name it in --trust-proxy)"
            )
        }),
        TurnedAway::WrongCodes => warnings.warn("codes", address, || {
            format!("{address} was turned away: it tried too many wrong codes of links or invites")
        }),
        TurnedAway::Full => warnings.warn("full", "", || {
            let most = limits.connections_max;
            format!("{address} was turned away: there are {most} connections, the most in all (--connections-max, and the limit of open files)")
        }),
        _ => {}
    }
}

fn turn_away(
    entrance: &Entrance,
    socket: TcpStream,
    peer: IpAddr,
    (why, answer): (TurnedAway, impl FnOnce() -> String),
    places: &Arc<Semaphore>,
) {
    entrance.metrics.turned_away(why);
    warn_of((&entrance.warnings, &entrance.limits), why, peer);
    if entrance.tls.is_some() {
        // Who speaks TLS could only read an answer after a handshake, which is the work to be spared.
        return;
    }
    let answer = answer();
    match places.clone().try_acquire_owned() {
        Ok(place) => {
            entrance.stopping.tracker.spawn(answer_and_linger(socket, answer, place));
        }
        // In a flood the answer is only a try: the system may take it from the peer again, since
        // its request is not read.
        Err(_) => {
            let _ = socket.into_std().and_then(|mut socket| socket.write(answer.as_bytes()));
        }
    }
}

/// Reads what the peer still sends, for a moment: else the system would tell it that the connection
/// was reset, and drop the answer.
async fn answer_and_linger(mut socket: TcpStream, answer: String, _place: OwnedSemaphorePermit) {
    let polite = async {
        socket.write_all(answer.as_bytes()).await?;
        socket.shutdown().await?;
        let mut unread = [0; 1024];
        while socket.read(&mut unread).await? > 0 {}
        Ok::<_, io::Error>(())
    };
    // It was told, or it is gone.
    let _ = timeout(TURNED_AWAY_TIMEOUT, polite).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn connections_inherit_what_the_kernel_may_hold_of_them_and_when_it_sends() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        prepare(&listener).unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (socket, _) = listener.accept().await.unwrap();
        let socket = SockRef::from(&socket);
        assert!(socket.tcp_nodelay().unwrap());
        // The kernel doubles both, for its own bookkeeping.
        assert_eq!(socket.send_buffer_size().unwrap(), 2 * SEND_BUFFER_BYTES);
        assert_eq!(socket.recv_buffer_size().unwrap(), 2 * RECEIVE_BUFFER_BYTES);
    }

    #[tokio::test]
    async fn many_who_come_at_once_wait_to_be_accepted() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        prepare(&listener).unwrap();
        let address = listener.local_addr().unwrap();
        // The kernel may allow fewer than are asked for. Nobody is accepted here: whoever finds no place
        // waits for ever.
        let allowed = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap();
        let count = allowed.trim().parse::<usize>().unwrap().min(300);
        let patience = Duration::from_secs(60);
        let mut clients = Vec::new();
        for number in 0..count {
            let client = timeout(patience, TcpStream::connect(address)).await;
            clients.push(client.unwrap_or_else(|_| panic!("{number} wait, no more")).unwrap());
        }
    }
}
