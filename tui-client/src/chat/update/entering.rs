//! Into rooms: as the person wishes, and by itself.
//!
//! This file does not know why a room is entered.

use protocol::RoomName;

use super::connection::{join, reconnect};
use super::rooms::{go_to, show_room};
use crate::chat::event::Effect;
use crate::chat::model::{Connection, Model};
use crate::chat::room::Room;

/// Shows a room, and joins it unless one is in it.
pub(super) fn join_room(model: &mut Model, name: RoomName) -> Vec<Effect> {
    if let Some(place) = model.rooms.iter().position(|room| room.name == name) {
        show_room(model, place);
        return come_in_again(model);
    }
    let place = model.add_room(Room::new(name));
    go_to(model, place);
    come_in(model)
}

/// Into the room that is shown: now, or with the next connection. Who was refused may be let into another
/// room.
fn come_in(model: &mut Model) -> Vec<Effect> {
    match model.connection {
        Connection::Online => vec![Effect::Send(join(model.room(), model.history_on_join))],
        Connection::Refused { .. } => reconnect(model),
        Connection::Connecting | Connection::Waiting { .. } => Vec::new(),
    }
}

/// Somebody removed this person from the room, or it was closed to them.
fn come_in_again(model: &mut Model) -> Vec<Effect> {
    let is_refused = matches!(model.connection, Connection::Refused { .. });
    let room = model.room_mut();
    if room.joined || (room.excluded.take().is_none() && !is_refused) {
        return Vec::new();
    }
    come_in(model)
}

/// Into a room that is not shown: now, or with the next connection.
pub(super) fn come_in_aside(model: &mut Model, name: &RoomName) -> Vec<Effect> {
    let history = model.history_on_join;
    let is_online = model.connection == Connection::Online;
    let room = model.find(name).filter(|room| is_online && !room.joined);
    room.map(|room| Effect::Send(join(room, history))).into_iter().collect()
}
