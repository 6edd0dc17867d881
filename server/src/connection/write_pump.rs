//! Outbox → socket: takes all that waits and writes it in as few system calls as it can.
//!
//! This file does not know what a frame says, nor the reading half.

use std::io::{self, IoSlice};
use std::sync::Arc;
use std::time::Duration;

use protocol::ToClient;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::frame::{Frame, Order};
use crate::outbox::{End, Outbox};

/// Frames handed to the system at once: its own limit (IOV_MAX) is 1,024, but a socket buffer is
/// full long before.
const FRAMES_AT_ONCE: usize = 64;

/// Writes until the connection ends, then says why, and ends its half of the socket.
///
/// # Errors
/// The socket's, or `TimedOut` if the peer took nothing for `stall_timeout`.
pub(super) async fn run(
    socket: &TcpStream,
    outbox: &Outbox,
    stall_timeout: Duration,
) -> io::Result<()> {
    let mut batch = Vec::new();
    loop {
        let taken = outbox.take(&mut batch).await;
        if let Err(end) = &taken {
            farewell(end, &mut batch);
        }
        write_all(socket, &batch, stall_timeout).await?;
        if taken.is_err() {
            return Ok(());
        }
        // Nothing is kept while the connection is quiet.
        batch = Vec::new();
    }
}

fn farewell(end: &End, batch: &mut Vec<Arc<Frame>>) {
    if let End::Refused(refusal) = end {
        let told = ToClient::Error(refusal.into()).encode();
        batch.push(Frame::text(told, Order::Plain));
        batch.push(Frame::close(Some(refusal)));
    }
}

async fn write_all(
    socket: &TcpStream,
    batch: &[Arc<Frame>],
    stall_timeout: Duration,
) -> io::Result<()> {
    let mut place = Place::default();
    while place.frame < batch.len() {
        match write_some(socket, batch, place) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => place.advance(batch, written),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                timeout(stall_timeout, socket.ready(Interest::WRITABLE)).await??;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn write_some(socket: &TcpStream, batch: &[Arc<Frame>], place: Place) -> io::Result<usize> {
    let first = &batch[place.frame].bytes()[place.byte..];
    if place.frame + 1 == batch.len() {
        return socket.try_write(first);
    }
    let mut slices = [IoSlice::new(&[]); FRAMES_AT_ONCE];
    slices[0] = IoSlice::new(first);
    let rest = &batch[place.frame + 1..];
    let count = 1 + rest.len().min(FRAMES_AT_ONCE - 1);
    for (slice, frame) in slices[1..].iter_mut().zip(rest) {
        *slice = IoSlice::new(frame.bytes());
    }
    socket.try_write_vectored(&slices[..count])
}

/// How far a batch is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    frame: usize,
    byte: usize,
}

impl Place {
    fn advance(&mut self, batch: &[Arc<Frame>], written: usize) {
        self.byte += written;
        while let Some(frame) = batch.get(self.frame) {
            let length = frame.bytes().len();
            if self.byte < length {
                break;
            }
            self.byte -= length;
            self.frame += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_write_goes_on_where_it_stopped() {
        let batch: Vec<_> =
            ["a", "bcd", ""].map(|text| Frame::text(text.into(), Order::Plain)).into();
        let lengths: Vec<_> = batch.iter().map(|frame| frame.bytes().len()).collect();
        assert_eq!(lengths, [3, 5, 2]);
        let mut place = Place::default();
        for (written, frame, byte) in [(2, 0, 2), (1, 1, 0), (4, 1, 4), (2, 2, 1), (1, 3, 0)] {
            place.advance(&batch, written);
            assert_eq!((place.frame, place.byte), (frame, byte));
        }
    }
}
