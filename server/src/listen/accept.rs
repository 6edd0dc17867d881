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

use crate::Engine;
use crate::http;
use crate::http::answers::closed_bytes;
use crate::limits::network::network;
use crate::listen::connection_limiter::{Closed, Entry};
use crate::monitoring::metrics::TurnedAway;

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
    pub(crate) entry: Entry,
    since: Instant,
    timeout: Duration,
}

impl Visitor {
    /// The time that is left until the first request has to be there, TLS and all.
    pub(crate) fn time_left(&self) -> Duration {
        self.timeout.saturating_sub(self.since.elapsed())
    }
}

/// Accepts for as long as it is polled.
pub(crate) async fn run(listener: Arc<TcpListener>, engine: Arc<Engine>) {
    let places = Arc::new(Semaphore::new(TURNED_AWAY_MAX));
    let mut failing = false;
    loop {
        match listener.accept().await {
            Ok((socket, peer)) => {
                if std::mem::take(&mut failing) {
                    tracing::info!("connections are accepted again");
                }
                welcome(&engine, socket, peer.ip(), &places);
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

fn welcome(engine: &Arc<Engine>, socket: TcpStream, peer: IpAddr, places: &Arc<Semaphore>) {
    let entry = match engine.vitals.door.enter(peer) {
        Ok(entry) => entry,
        Err(closed) => return turn_away(engine, socket, peer, closed, places),
    };
    if let Err(error) = prepare(&socket) {
        tracing::debug!(%error, "a connection ended before it began");
        return;
    }
    let timeout = engine.config.floods.handshake_timeout;
    let visitor = Visitor { peer, entry, since: Instant::now(), timeout };
    let tasks = &engine.stopping().tracker;
    if engine.tls.is_some() {
        tasks.spawn(serve_tls(engine.clone(), socket, visitor));
    } else {
        tasks.spawn(http::serve(engine.clone(), socket, visitor));
    }
}

/// Sets what the kernel keeps of a connection, and when it sends.
fn prepare(socket: &TcpStream) -> io::Result<()> {
    // Messages are written as soon as they are there; waiting to fill a packet only delays them.
    socket.set_nodelay(true)?;
    let socket = SockRef::from(socket);
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES)
}

async fn serve_tls(engine: Arc<Engine>, socket: TcpStream, visitor: Visitor) {
    let Some(tls) = &engine.tls else { return };
    let peer = visitor.peer;
    let accepted = tokio::select! {
        accepted = timeout(visitor.time_left(), tls.accept(socket)) => accepted,
        () = engine.stopping().begun.cancelled() => return,
    };
    match accepted {
        Ok(Ok(socket)) => http::serve(engine.clone(), socket, visitor).await,
        Ok(Err(error)) => {
            let told = || format!("a TLS handshake of {peer} failed: {error}");
            engine.vitals.warnings.warn("tls", "", told);
            engine.vitals.metrics.turned_away(TurnedAway::BadTls);
        }
        Err(_) => engine.vitals.metrics.turned_away(TurnedAway::TooLate),
    }
}

/// Says who was turned away and which flag is about that; for the whole server once for all.
pub(crate) fn warn_of(engine: &Engine, why: TurnedAway, address: IpAddr) {
    let (address, floods) = (network(address), &engine.config.floods);
    let warnings = &engine.vitals.warnings;
    match why {
        TurnedAway::AddressConnections => warnings.warn("connections", address, || {
            let most = floods.address_connections;
            format!(
                "{address} was turned away: it has {most} connections, the most of one address \
                 (--address-connections; if it is a proxy, name it in --trust-proxy)"
            )
        }),
        TurnedAway::AddressRate => warnings.warn("rate", address, || {
            let most = floods.address_rate;
            format!(
                "{address} was turned away: it opens more than {most} connections a minute \
                 (--address-rate; if it is a proxy, name it in --trust-proxy)"
            )
        }),
        TurnedAway::Full => warnings.warn("full", "", || {
            let most = floods.connections_max;
            format!("{address} was turned away: there are {most} connections, the most in all (--connections-max, and the limit of open files)")
        }),
        _ => {}
    }
}

fn turn_away(
    engine: &Engine,
    socket: TcpStream,
    peer: IpAddr,
    closed: Closed,
    places: &Arc<Semaphore>,
) {
    engine.vitals.metrics.turned_away(closed.why);
    warn_of(engine, closed.why, peer);
    if engine.tls.is_some() {
        // Who speaks TLS could only read an answer after a handshake, which is the work to be spared.
        return;
    }
    let answer = closed_bytes(closed);
    match places.clone().try_acquire_owned() {
        Ok(place) => {
            engine.stopping().tracker.spawn(answer_and_linger(socket, answer, place));
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
