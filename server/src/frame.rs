//! One encoded WebSocket frame, made once per event and shared by reference.
//!
//! This file does not know who gets a frame or when.

use std::sync::Arc;

use protocol::Refusal;
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::Frame as Wire;
use tungstenite::protocol::frame::coding::{Data, OpCode};

/// Largest header a frame of ours has: two bytes, and eight for the longest length (RFC 6455, 5.2).
const HEADER_BYTES_MAX: usize = 10;

/// How an outbox treats a frame beside others of the same room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// It is sent in its turn.
    Always,
    /// The same, of a room: it is not for who is found to have no right to be there.
    Within { room_tag: u64 },
    /// It is sent in its turn, unless a replay of its room has gone beyond its number already.
    Sequenced { room_tag: u64, number: u64 },
    /// It replaces an older one of its room that is still waiting, unless an entry came after that.
    Coalesced { room_tag: u64 },
    /// It is sent in its turn if that is soon; else it is left out, as it would be told too late.
    Fleeting { room_tag: u64 },
    /// It belongs to an entry of a room, right behind the list of people.
    Entry { room_tag: u64 },
}

/// Header and payload, ready for the socket.
#[derive(Debug)]
pub(crate) struct Frame {
    bytes: Box<[u8]>,
    header_bytes: u8,
    delivery: Delivery,
}

impl Delivery {
    /// The room that it is about, by tag.
    pub(crate) fn room_tag(self) -> Option<u64> {
        match self {
            Delivery::Always => None,
            Delivery::Within { room_tag }
            | Delivery::Sequenced { room_tag, .. }
            | Delivery::Coalesced { room_tag }
            | Delivery::Fleeting { room_tag }
            | Delivery::Entry { room_tag } => Some(room_tag),
        }
    }
}

impl Frame {
    /// A text frame around an encoded envelope.
    pub(crate) fn text(envelope: String, delivery: Delivery) -> Arc<Self> {
        let length = envelope.len();
        let wire = Wire::message(envelope, OpCode::Data(Data::Text), true);
        Frame::from_wire(wire, length, delivery)
    }

    /// Stands where somebody has entered a room and knows who is there: nothing is written for it.
    pub(crate) fn entry(room_tag: u64) -> Arc<Self> {
        let (bytes, delivery) = (Box::default(), Delivery::Entry { room_tag });
        Arc::new(Frame { bytes, header_bytes: 0, delivery })
    }

    /// A ping without content: any answer to it shows that the peer lives.
    pub(crate) fn ping() -> Arc<Self> {
        Frame::from_wire(Wire::ping(Vec::new()), 0, Delivery::Always)
    }

    /// Bytes that are frames already.
    pub(crate) fn raw(bytes: Vec<u8>) -> Arc<Self> {
        Arc::new(Frame { bytes: bytes.into(), header_bytes: 0, delivery: Delivery::Always })
    }

    /// The close frame of a refusal; without a close code it is an ordinary goodbye (1000).
    pub(crate) fn close(refusal: Option<&Refusal>) -> Arc<Self> {
        let code = refusal.and_then(Refusal::close_code).unwrap_or(1000);
        // A close frame holds 125 bytes, two of them the code (RFC 6455, 5.5).
        let reason: String = refusal.map(Refusal::to_string).unwrap_or_default();
        let reason: String = reason.chars().filter(char::is_ascii).take(120).collect();
        let length = 2 + reason.len();
        let wire = Wire::close(Some(CloseFrame { code: code.into(), reason: reason.into() }));
        Frame::from_wire(wire, length, Delivery::Always)
    }

    fn from_wire(wire: Wire, length: usize, delivery: Delivery) -> Arc<Self> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES_MAX + length);
        // Writing into a vector cannot fail, and an unmasked frame needs nothing else.
        let written = wire.format(&mut bytes);
        debug_assert!(written.is_ok());
        let header_bytes = u8::try_from(bytes.len() - length).unwrap_or_default();
        Arc::new(Frame { bytes: bytes.into(), header_bytes, delivery })
    }

    /// Everything that goes to the socket.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The envelope inside.
    pub(crate) fn envelope(&self) -> &str {
        let payload = &self.bytes[usize::from(self.header_bytes)..];
        std::str::from_utf8(payload).unwrap_or_default()
    }

    pub(crate) fn delivery(&self) -> Delivery {
        self.delivery
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_its_header_and_its_envelope_at_every_length_class() {
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            let text = "x".repeat(length);
            let frame = Frame::text(text.clone(), Delivery::Always);
            assert_eq!(frame.envelope(), text);
            let header = frame.bytes().len() - length;
            assert_eq!(
                header,
                if length < 126 {
                    2
                } else if length < 65_536 {
                    4
                } else {
                    10
                }
            );
        }
    }

    #[test]
    fn a_long_reason_still_makes_a_legal_close_frame() {
        let refusal = Refusal::BadField("é".repeat(200) + &"x".repeat(200));
        let close = Frame::close(Some(&refusal));
        assert!(close.bytes().len() <= 127);
        assert_eq!(close.bytes()[2..4], 4002_u16.to_be_bytes());
    }
}
