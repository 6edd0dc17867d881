//! Socket → WebSocket messages, with buffers that are given back while a connection is quiet.
//!
//! All that has arrived is read into a buffer of the thread and decoded from there, so that between
//! two reads a connection holds an unfinished frame at most. This file does not know envelopes.

use std::io::{self, Read, Write};
use std::mem::MaybeUninit;
use std::task::{Context, Poll, ready};

use protocol::{FRAME_BYTES_MAX, Refusal};
use tokio::io::ReadBuf;
use tungstenite::error::{CapacityError, Error};
use tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tungstenite::{Message, Utf8Bytes};

use crate::listen::socket::ReadHalf;

/// Bytes read at once. On the stack, and only while reading.
const READ_BYTES: usize = 8 * 1024;
/// What the decoder allocates for each connection. Its default is 128 KiB; it only needs to hold a
/// header, since a frame's own length is reserved when its header is known.
const DECODER_BYTES: usize = 256;

/// The decoding half of one connection.
pub(super) struct Inbound {
    decoder: WebSocketContext,
}

/// What one read brought.
#[derive(Default)]
pub(super) struct Arrived {
    /// Text messages, in order.
    pub(super) texts: Vec<Utf8Bytes>,
    /// What the WebSocket protocol itself has to answer: pongs, and the answer to a close.
    pub(super) answers: Vec<u8>,
    /// Nothing comes after this.
    pub(super) over: Option<Over>,
}

/// How the stream of messages ended.
#[derive(Debug)]
pub(super) enum Over {
    /// A close frame, the end of the stream, or a broken socket.
    Gone,
    /// The peer broke the WebSocket protocol or a limit of ours.
    Refused(Refusal),
}

impl Inbound {
    /// Starts with what was read behind the request already.
    pub(super) fn new(already_read: Vec<u8>) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(DECODER_BYTES)
            .write_buffer_size(0)
            .max_message_size(Some(FRAME_BYTES_MAX))
            .max_frame_size(Some(FRAME_BYTES_MAX));
        let role = Role::Server;
        let decoder = WebSocketContext::from_partially_read(already_read, role, Some(config));
        Inbound { decoder }
    }

    /// Takes what was read behind the request, before the socket has anything.
    pub(super) fn already_read(&mut self) -> Arrived {
        self.decode(&[])
    }

    /// Waits for bytes, reads once and decodes all of it.
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        socket: &mut ReadHalf,
    ) -> Poll<io::Result<Arrived>> {
        let mut buffer = [const { MaybeUninit::uninit() }; READ_BYTES];
        let mut buffer = ReadBuf::uninit(&mut buffer);
        ready!(socket.poll_read(cx, &mut buffer))?;
        if buffer.filled().is_empty() {
            return Poll::Ready(Ok(Arrived { over: Some(Over::Gone), ..Arrived::default() }));
        }
        Poll::Ready(Ok(self.decode(buffer.filled())))
    }

    fn decode(&mut self, bytes: &[u8]) -> Arrived {
        let mut arrived = Arrived::default();
        let mut stream = Bytes { unread: bytes, answers: &mut arrived.answers };
        loop {
            match self.decoder.read(&mut stream) {
                Ok(Message::Text(text)) => arrived.texts.push(text),
                Ok(Message::Binary(_)) => {
                    arrived.over = Some(Over::Refused(Refusal::BinaryFrame));
                    break;
                }
                Ok(_) => {}
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => {
                    arrived.over = Some(over(&error));
                    break;
                }
            }
        }
        arrived
    }
}

fn over(error: &Error) -> Over {
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed | Error::Io(_) => Over::Gone,
        Error::Capacity(CapacityError::MessageTooLong { .. }) => {
            Over::Refused(Refusal::FrameTooBig)
        }
        Error::Utf8(_) => Over::Refused(Refusal::BadUtf8),
        _ => Over::Refused(Refusal::BadFrame),
    }
}

/// What the decoder takes for a socket: the bytes of one read, and a place for its answers.
struct Bytes<'a> {
    unread: &'a [u8],
    answers: &'a mut Vec<u8>,
}

impl Read for Bytes<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.unread.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.unread.read(into)
    }
}

impl Write for Bytes<'_> {
    fn write(&mut self, from: &[u8]) -> io::Result<usize> {
        self.answers.extend_from_slice(from);
        Ok(from.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
