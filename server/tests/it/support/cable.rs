//! A cable between two programs of a test, which can be cut and mended: what comes in is passed on to an
//! address.
//!
//! The server's own tests use this file too: it knows nothing of what is beside it.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Passes bytes on for as long as it is held.
pub(crate) struct Cable {
    /// Its own end.
    pub(crate) address: SocketAddr,
    state: watch::Sender<State>,
    _tasks: JoinSet<()>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Whole,
    /// Nothing passes, and nobody is told.
    Frozen,
    /// Connections are closed, and new ones at once.
    Cut,
}

impl Cable {
    /// Lays one to this address.
    pub(crate) async fn to(far: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (state, now) = watch::channel(State::Whole);
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, far, now));
        Cable { address, state, _tasks: tasks }
    }

    /// Closes all connections, and refuses new ones.
    pub(crate) fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    /// Holds all bytes back.
    pub(crate) fn freeze(&self) {
        self.state.send_replace(State::Frozen);
    }

    /// All is well again, and what was held back goes on.
    pub(crate) fn mend(&self) {
        self.state.send_replace(State::Whole);
    }
}

async fn accept(listener: TcpListener, far: SocketAddr, state: watch::Receiver<State>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((near, _)) = listener.accept().await else { return };
        if *state.borrow() != State::Cut {
            connections.spawn(connect(near, far, state.clone()));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connect(near: TcpStream, far: SocketAddr, mut state: watch::Receiver<State>) {
    if !is_whole(&mut state).await {
        return;
    }
    let Ok(far) = TcpStream::connect(far).await else { return };
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let ((near_out, near_in), (far_out, far_in)) = (near.into_split(), far.into_split());
    tokio::select! {
        () = pass(near_out, far_in, state.clone()) => {}
        () = pass(far_out, near_in, state) => {}
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut state: watch::Receiver<State>) {
    let mut bytes = vec![0; 64 * 1024];
    while is_whole(&mut state).await {
        let count = tokio::select! {
            read = from.read(&mut bytes) => read.unwrap_or(0),
            _ = state.changed() => continue,
        };
        if count == 0 || !is_whole(&mut state).await || to.write_all(&bytes[..count]).await.is_err()
        {
            return;
        }
    }
}

/// Waits while it is frozen.
async fn is_whole(state: &mut watch::Receiver<State>) -> bool {
    state.wait_for(|state| *state != State::Frozen).await.is_ok_and(|state| *state == State::Whole)
}
