//! A connection's two halves, plain or inside TLS. A plain one is the bare TCP stream: it costs no
//! layer and no memory.
//!
//! This file does not know what is read or written.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio_rustls::server::TlsStream;

/// Boxed, so that it is moved about as lightly as a plain one.
pub(crate) type Tls = Box<TlsStream<TcpStream>>;

/// What a connection may arrive on.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    fn halves(self) -> (ReadHalf, WriteHalf);
}

impl Stream for TcpStream {
    fn halves(self) -> (ReadHalf, WriteHalf) {
        let (read, write) = self.into_split();
        (ReadHalf::Plain(read), WriteHalf::Plain(write))
    }
}

impl Stream for Tls {
    fn halves(self) -> (ReadHalf, WriteHalf) {
        let (read, write) = tokio::io::split(self);
        (ReadHalf::Tls(read), WriteHalf::Tls(write))
    }
}

/// Where bytes come from.
#[derive(Debug)]
pub(crate) enum ReadHalf {
    Plain(OwnedReadHalf),
    Tls(tokio::io::ReadHalf<Tls>),
}

impl ReadHalf {
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self {
            ReadHalf::Plain(socket) => Pin::new(socket).poll_read(cx, buffer),
            ReadHalf::Tls(socket) => Pin::new(socket).poll_read(cx, buffer),
        }
    }
}

/// Where bytes go.
#[derive(Debug)]
pub(crate) enum WriteHalf {
    Plain(OwnedWriteHalf),
    Tls(tokio::io::WriteHalf<Tls>),
}

impl WriteHalf {
    /// Writes what is taken at the moment; `WouldBlock` if that is nothing.
    pub(crate) fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            WriteHalf::Plain(socket) => socket.try_write(bytes),
            WriteHalf::Tls(socket) => at_once(|cx| Pin::new(&mut *socket).poll_write(cx, bytes)),
        }
    }

    /// True if all that was written has left this process.
    pub(crate) fn try_flush(&mut self) -> io::Result<bool> {
        let WriteHalf::Tls(socket) = self else { return Ok(true) };
        match at_once(|cx| Pin::new(&mut *socket).poll_flush(cx)) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            flushed => flushed.map(|()| true),
        }
    }

    /// Waits until more can be written.
    pub(crate) async fn writable(&mut self) -> io::Result<()> {
        match self {
            WriteHalf::Plain(socket) => socket.writable().await,
            WriteHalf::Tls(socket) => poll_fn(|cx| Pin::new(&mut *socket).poll_flush(cx)).await,
        }
    }

    /// Says that nothing more will come. A plain one does so by being dropped.
    pub(crate) async fn finish(&mut self) {
        if let WriteHalf::Tls(socket) = self {
            // A peer that is gone need not hear it.
            let _ = poll_fn(|cx| Pin::new(&mut *socket).poll_shutdown(cx)).await;
        }
    }

    pub(crate) fn is_tls(&self) -> bool {
        matches!(self, WriteHalf::Tls(_))
    }
}

/// What a poll gives now. Who would be woken later asks again, and then waits.
fn at_once<T>(mut poll: impl FnMut(&mut Context<'_>) -> Poll<io::Result<T>>) -> io::Result<T> {
    match poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
    }
}
