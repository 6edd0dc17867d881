//! One connection's life: a name, two pumps, and an orderly end.
//!
//! The read pump turns the socket into meaning, the write pump turns the outbox into bytes; neither
//! touches the other's half. This file does not know other connections, or SQL.

mod inbound;
mod rate;
mod read_pump;
mod write_pump;

use std::io;
use std::net::Shutdown;
use std::sync::Arc;

use protocol::{Hello, Key, Refusal};
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::time::timeout;

use self::inbound::Inbound;
use crate::Engine;
use crate::config::CLOSE_TIMEOUT;
use crate::outbox::{Bounds, End, Outbox};

/// What a client asked for when it connected.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) hello: Hello,
    pub(crate) key: Option<Key>,
}

/// Serves one upgraded connection to its end. A refused opening is told and closed with its code,
/// because a browser cannot read an HTTP status here.
pub(crate) async fn run(
    engine: Arc<Engine>,
    socket: TcpStream,
    already_read: Vec<u8>,
    opening: Result<Opening, Refusal>,
) {
    let socket = Arc::new(socket);
    let outbox = Outbox::new(Bounds {
        bytes_max: engine.config.outbox_bytes_max,
        frames_max: engine.config.outbox_frames_max,
    });
    let mut writer = engine.stopping.tracker.spawn(write(&engine, &socket, &outbox));
    let end = match opening {
        Ok(opening) => {
            let inbound = Inbound::new(already_read);
            read_pump::run(&engine, &socket, &outbox, inbound, opening).await
        }
        Err(refusal) => End::Refused(refusal),
    };
    outbox.end(end.clone());
    let goodbye = async {
        // A writer that panicked or was stopped has nothing more to say.
        let _ = (&mut writer).await;
        if end != End::Gone {
            wait_for_goodbye(&socket).await;
        }
    };
    tokio::select! {
        () = goodbye => {}
        () = engine.stopping.given_up.cancelled() => writer.abort(),
    }
}

fn write(
    engine: &Arc<Engine>,
    socket: &Arc<TcpStream>,
    outbox: &Outbox,
) -> impl Future<Output = ()> + use<> {
    let (socket, outbox) = (socket.clone(), outbox.clone());
    let stall_timeout = engine.config.stall_timeout;
    async move {
        if let Err(error) = write_pump::run(&socket, &outbox, stall_timeout).await {
            tracing::debug!(%error, "a connection broke");
            outbox.end(End::Gone);
        }
    }
}

/// Dropping a socket with unread bytes in it would take the close frame from the peer again, so
/// they are read until the peer ends its half as well.
async fn wait_for_goodbye(socket: &TcpStream) {
    if SockRef::from(socket).shutdown(Shutdown::Write).is_err() {
        return;
    }
    let unread = async {
        while socket.readable().await.is_ok() {
            match discard(socket) {
                Ok(0) => break,
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => break,
                Ok(_) | Err(_) => {}
            }
        }
    };
    // A peer that does not answer is dropped all the same.
    let _ = timeout(CLOSE_TIMEOUT, unread).await;
}

fn discard(socket: &TcpStream) -> io::Result<usize> {
    let mut buffer = [0; 4096];
    socket.try_read(&mut buffer)
}
