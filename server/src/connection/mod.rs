//! One connection's life: a name, two pumps, and an orderly end.
//!
//! The read pump turns the socket into meaning, the write pump turns the outbox into bytes; neither
//! touches the other's half. This file does not know other connections, or SQL.

mod access;
mod address;
pub(crate) mod bots;
pub(crate) mod budget;
mod carry_out;
pub(crate) mod creations;
pub(crate) mod engine;
pub(crate) mod ephemeral;
mod hooks;
mod inbound;
pub(crate) mod keep;
pub(crate) mod markers;
mod moderate;
pub(crate) mod news;
mod note;
pub(crate) mod over_http;
mod perform;
pub(crate) mod posted;
pub(crate) mod posting;
mod rate_limits;
mod read_pump;
pub(crate) mod session;
mod typing;
mod write_pump;

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::ready;
use std::time::Duration;

use protocol::Refusal;
use tokio::io::ReadBuf;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use self::engine::Engine;
use self::inbound::Inbound;
pub(crate) use self::rate_limits::RateLimits;
use self::read_pump::ReadPump;
use crate::auth::ConnectRequest;
use crate::config::CLOSE_TIMEOUT;
use crate::listen::connection_limiter::Permit;
use crate::listen::socket::{ReadHalf, Stream, WriteHalf};
use crate::monitoring::metrics::{Ended, Metrics};
use crate::outbox::{End, Outbox};

/// Opens an upgraded connection: its name, its first room, and the two tasks that serve it to its
/// end. A refusal is told and rejected with its code, because a browser cannot read an HTTP status
/// here.
pub(crate) async fn open(
    engine: Arc<Engine>,
    socket: impl Stream,
    already_read: Vec<u8>,
    opening: Result<ConnectRequest, Refusal>,
    permit: Option<Permit>,
) {
    let (reading, writing) = socket.halves();
    let outbox = Outbox::new(&engine.outboxes);
    let tasks = engine.stopping.tracker.clone();
    let given_up = engine.stopping.given_up.clone();
    let (metrics, warnings) = (engine.metrics.clone(), engine.warnings.clone());
    let stall_timeout = engine.config.stall_timeout;
    let writer = tasks.spawn(write(writing, outbox.clone(), stall_timeout));
    let pump = match opening {
        Ok(opening) => ReadPump::enter(engine, outbox.clone(), opening).await,
        Err(refusal) => Err(End::Refused(refusal)),
    };
    match pump {
        Ok(pump) => {
            let inbound = Inbound::new(already_read);
            tasks.spawn(read(pump, inbound, reading, writer, given_up, permit));
        }
        Err(end) => {
            count(&metrics, &end);
            if let End::Refused(Refusal::BadToken(why)) = &end {
                warnings.warn("token", why, || format!("a token was refused: {why}"));
            }
            outbox.end(end.clone());
            finish(end, reading, writer, given_up).await;
        }
    }
}

#[allow(clippy::manual_async_fn, reason = "it would keep a second place for each argument")]
fn read(
    mut pump: ReadPump,
    mut inbound: Inbound,
    mut socket: ReadHalf,
    writer: JoinHandle<()>,
    given_up: CancellationToken,
    permit: Option<Permit>,
) -> impl Future<Output = ()> {
    async move {
        let end = pump.run(&mut socket, &mut inbound).await;
        count(pump.metrics(), &end);
        drop((pump, inbound));
        // What comes once is boxed, here and below: else its state would be carried by every
        // connection for as long as it lives.
        Box::pin(finish(end, socket, writer, given_up)).await;
        drop(permit);
    }
}

fn count(metrics: &Metrics, end: &End) {
    metrics.ended(match end {
        End::Gone => Ended::Gone,
        End::Silent => Ended::Silent,
        End::Stalled => Ended::Stalled,
        End::Refused(refusal) => {
            metrics.refused(refusal.code());
            Ended::Refused(refusal.code())
        }
    });
}

async fn write(mut socket: WriteHalf, outbox: Outbox, stall_timeout: Duration) {
    if let Err(error) = write_pump::run(&mut socket, &outbox, stall_timeout).await {
        tracing::debug!(%error, "a connection broke");
        let stalled = error.kind() == io::ErrorKind::TimedOut;
        outbox.end(if stalled { End::Stalled } else { End::Gone });
    } else if socket.is_tls() {
        let _ = Box::pin(timeout(CLOSE_TIMEOUT, socket.finish())).await;
    }
    // Dropped here, its half of the socket is shut.
}

/// Sees the writer to its end, and a peer that is still there to its goodbye.
async fn finish(
    end: End,
    socket: ReadHalf,
    mut writer: JoinHandle<()>,
    given_up: CancellationToken,
) {
    let goodbye = async {
        // A writer that panicked or was stopped has nothing more to say.
        let _ = (&mut writer).await;
        if matches!(end, End::Refused(_)) {
            wait_for_goodbye(socket).await;
        }
    };
    tokio::select! {
        () = goodbye => {}
        () = given_up.cancelled() => writer.abort(),
    }
}

/// Dropping a socket with unread bytes in it would take the close frame from the peer again, so
/// they are read until the peer ends its half as well.
async fn wait_for_goodbye(mut socket: ReadHalf) {
    let unread = poll_fn(|cx| {
        loop {
            let mut buffer = [0; 4096];
            let mut buffer = ReadBuf::new(&mut buffer);
            let read = ready!(socket.poll_read(cx, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                return std::task::Poll::Ready(());
            }
        }
    });
    // A peer that does not answer is dropped all the same.
    let _ = timeout(CLOSE_TIMEOUT, unread).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size<A, B, C, F>(_: fn(A, B, C) -> F) -> usize {
        size_of::<F>()
    }

    fn size_6<A, B, C, D, E, F, G>(_: fn(A, B, C, D, E, F) -> G) -> usize {
        size_of::<G>()
    }

    /// What every connection holds for as long as it lives. A byte here is 20 KB of a full server.
    #[test]
    fn an_idle_connection_is_small() {
        for (what, bytes, bytes_max) in [
            ("the reading task", size_6(read), 1152),
            ("its decoder", size_of::<Inbound>(), 256),
            ("the writing task", size(write), 256),
        ] {
            assert!(bytes <= bytes_max, "{what} takes {bytes} bytes");
        }
    }
}
