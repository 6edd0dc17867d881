//! Notes up to where a person has read a room, and tells their other connections, here and on other nodes.
//!
//! This file does not know how it is stored.

use protocol::{MessageId, ReadUpto, RoomName, ToClient};

use super::engine::Engine;
use crate::cluster::Ephemeral;
use crate::frame::{Delivery, Frame};
use crate::outbox::Outbox;
use crate::people::connected::Connected;
use crate::people::names::PersonId;

/// Somebody who is connected here has read a room up to a message of it.
pub(super) fn note(
    engine: &Engine,
    person: PersonId,
    (room, upto): (&RoomName, MessageId),
    own: &Outbox,
) {
    if !engine.log.markers().note(person, (room, upto), true) {
        return;
    }
    if let Some(cluster) = &engine.cluster {
        cluster.broadcast(Ephemeral::Read { person, room: room.clone(), upto });
    }
    tell(engine.log.connected(), person, (room, upto), Some(own));
}

/// Somebody has, on another node.
pub(super) fn hear(engine: &Engine, person: PersonId, room: &RoomName, upto: MessageId) {
    if engine.log.markers().note(person, (room, upto), false) {
        tell(engine.log.connected(), person, (room, upto), None);
    }
}

/// Tells the connections of a person here, besides the one that said so.
pub(crate) fn tell(
    connected: &Connected<Outbox>,
    person: PersonId,
    (room, upto): (&RoomName, MessageId),
    own: Option<&Outbox>,
) {
    let theirs = connected.of(person);
    let others = theirs.iter().map(|(_, outbox)| outbox).filter(|outbox| Some(*outbox) != own);
    let told = ToClient::Read(ReadUpto { room: room.clone(), upto });
    let mut frame = None;
    for outbox in others {
        let frame = frame.get_or_insert_with(|| Frame::text(told.encode(), Delivery::Always));
        outbox.push(frame);
    }
}
