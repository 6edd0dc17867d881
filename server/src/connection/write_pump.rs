//! Outbox → socket: takes all that waits and writes it in as few system calls as it can.
//!
//! This file does not know what a frame says, nor the reading half.

use std::io;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::time::Duration;

use protocol::ToClient;
use tokio::io::ReadBuf;
use tokio::time::timeout;

use crate::frame::{Delivery, Frame};
use crate::listen::socket::WriteHalf;
use crate::outbox::{End, Outbox};

/// Frames that wait together are copied next to each other and written at once, up to so many
/// bytes. On the stack, and only while writing. For frames of a few hundred bytes the copy costs
/// less than what the system needs for a list of them.
const GATHERED_BYTES: usize = 16 * 1024;
/// Places for waiting frames that a quiet connection keeps, so that a frame now and then costs no
/// allocation.
const PLACES_KEPT: usize = 4;

/// Writes until the connection ends, then says why.
///
/// # Errors
/// The socket's, or `TimedOut` if the peer took nothing for `stall_timeout`.
pub(super) async fn run(
    socket: &mut WriteHalf,
    outbox: &Outbox,
    stall_timeout: Duration,
) -> io::Result<()> {
    let mut batch = Vec::new();
    loop {
        let taken = outbox.take(&mut batch).await;
        if let Err(end) = &taken {
            farewell(end, &mut batch);
        }
        let mut place = Place::default();
        while !write_all(socket, &batch, &mut place)? {
            // What is rare is boxed: else every connection would carry its state.
            Box::pin(timeout(stall_timeout, socket.writable())).await??;
        }
        if taken.is_err() {
            return Ok(());
        }
        batch.clear();
        batch.shrink_to(PLACES_KEPT);
    }
}

fn farewell(end: &End, batch: &mut Vec<Arc<Frame>>) {
    if let End::Refused(refusal) = end {
        let told = ToClient::Error(refusal.into()).encode();
        batch.push(Frame::text(told, Delivery::Always));
        batch.push(Frame::close(Some(refusal)));
    }
}

/// True if all is written, false if the socket takes no more at the moment.
fn write_all(socket: &mut WriteHalf, batch: &[Arc<Frame>], place: &mut Place) -> io::Result<bool> {
    while place.frame < batch.len() {
        match write_some(socket, batch, *place) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => place.advance(batch, written),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    socket.try_flush()
}

fn write_some(socket: &mut WriteHalf, batch: &[Arc<Frame>], place: Place) -> io::Result<usize> {
    let first = &batch[place.frame].bytes()[place.byte..];
    let rest = &batch[place.frame + 1..];
    if rest.is_empty() || first.len() >= GATHERED_BYTES {
        return socket.try_write(first);
    }
    let mut gathered = [const { MaybeUninit::uninit() }; GATHERED_BYTES];
    let mut gathered = ReadBuf::uninit(&mut gathered);
    gathered.put_slice(first);
    for frame in rest {
        if frame.bytes().len() > gathered.remaining() {
            break;
        }
        gathered.put_slice(frame.bytes());
    }
    socket.try_write(gathered.filled())
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
            ["a", "bcd", ""].map(|text| Frame::text(text.into(), Delivery::Always)).into();
        let lengths: Vec<_> = batch.iter().map(|frame| frame.bytes().len()).collect();
        assert_eq!(lengths, [3, 5, 2]);
        let mut place = Place::default();
        for (written, frame, byte) in [(2, 0, 2), (1, 1, 0), (4, 1, 4), (2, 2, 1), (1, 3, 0)] {
            place.advance(&batch, written);
            assert_eq!((place.frame, place.byte), (frame, byte));
        }
    }
}
