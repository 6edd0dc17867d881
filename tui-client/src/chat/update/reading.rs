//! What is read on all of a person's devices: taken from the server, and told to it.
//!
//! This file does not know how it is counted.

use std::time::Duration;

use protocol::{
    Edited, MessageId, ReadUpto, Reading as Told, RoomEntry, RoomName, RoomsQuery, ToServer,
    UserName,
};

use super::request;
use super::setting::change;
use crate::chat::event::{Effect, Timer};
use crate::chat::model::{Connection, Model};
use crate::chat::room::{Change, Reading};

/// What is read in a room is told, and asked about, so seldom at most.
const SELDOM: Duration = Duration::from_secs(2);

/// Why a guest cannot keep something.
pub(super) const NEEDS_NAME: &str = "This needs a name that is reserved for you";

/// What is in sight, while the person is there, is read; the server is told.
pub fn read_on(model: &mut Model) -> Vec<Effect> {
    let name = model.room().name.clone();
    if !model.list.is_followed() || !is_looked_at(model, &name) {
        return Vec::new();
    }
    let room = model.room_mut();
    let last = room.messages().next_back().map_or(MessageId::ZERO, |message| message.id);
    let newest = if room.counts.is_told() { last.max(room.read) } else { last };
    // Some of it is on its way.
    if newest == MessageId::ZERO || newest < room.counts.newest() {
        return Vec::new();
    }
    let mut effects = Vec::new();
    if model.room().counts.is_marked() {
        if model.room().mark_stays {
            return Vec::new();
        }
        effects.extend(end_mark(model));
    }
    let room = model.room_mut();
    if room.counts.is_told() {
        room.counts.see(newest);
    }
    room.telling.wanted = room.telling.wanted.max(newest);
    effects.extend(tell(model, &name));
    effects
}

/// The end of the room is before the person.
fn is_looked_at(model: &Model, name: &RoomName) -> bool {
    let room = model.room();
    let is_at_end = room.reading == Reading::End && room.past.is_none() && !room.behind;
    model.focused && is_shown(model, name) && is_at_end
}

fn is_shown(model: &Model, name: &RoomName) -> bool {
    model.room().name == *name
}

fn tell(model: &mut Model, name: &RoomName) -> Vec<Effect> {
    let (losses, is_known) = (model.losses, is_known(model));
    let Some(room) = model.find(name).filter(|room| is_known && room.joined) else {
        return Vec::new();
    };
    let Some(upto) = room.telling.due() else { return Vec::new() };
    // The answer that is on its way does not know of it, and others were said meanwhile.
    let is_unsure = room.asking.is_out || upto < room.counts.newest();
    let mut effects = vec![
        Effect::Send(ToServer::Read(ReadUpto { room: name.clone(), upto })),
        Effect::After(SELDOM, Timer::MayTellRead(name.clone(), losses)),
    ];
    if is_unsure {
        effects.extend(ask(model, name));
    }
    effects
}

pub(super) fn may_tell(model: &mut Model, name: &RoomName) -> Vec<Effect> {
    if let Some(room) = model.find(name) {
        room.telling.rests = false;
    }
    tell(model, name)
}

/// Whoever leaves tells at once what is read.
pub fn tell_before_leaving(model: &mut Model) -> Vec<Effect> {
    if !is_known(model) {
        return Vec::new();
    }
    let told = model.rooms.iter_mut().filter(|room| room.joined).filter_map(|room| {
        room.telling.rests = false;
        let upto = room.telling.due()?;
        Some(Effect::Send(ToServer::Read(ReadUpto { room: room.name.clone(), upto })))
    });
    told.collect()
}

/// The server had no time for what it was told a moment ago: it is told again. False if it was told nothing.
pub(super) fn not_told(model: &mut Model, name: &RoomName) -> bool {
    let Some(room) = model.find(name).filter(|room| room.telling.rests) else { return false };
    room.telling.told = MessageId::ZERO;
    true
}

/// The person's list of rooms was told on this connection.
fn is_known(model: &Model) -> bool {
    model.list.is_followed() && model.list.is_known && model.connection == Connection::Online
}

/// What is unread there has to be counted again.
pub(super) fn ask(model: &mut Model, name: &RoomName) -> Vec<Effect> {
    if let Some(room) = model.find(name) {
        room.asking.again = true;
    }
    ask_if_due(model, name)
}

fn ask_if_due(model: &mut Model, name: &RoomName) -> Vec<Effect> {
    let (losses, is_known) = (model.losses, is_known(model));
    let Some(room) = model.find(name).filter(|_| is_known) else { return Vec::new() };
    if !room.asking.due() {
        return Vec::new();
    }
    let room = Some(room.name.clone());
    let query = RoomsQuery { mine: true, room, query: None, after: None, reference: None };
    let mut effects = request::ask(model, ToServer::Rooms(query), String::new());
    effects.push(Effect::After(SELDOM, Timer::MayAskCounts(name.clone(), losses)));
    effects
}

pub(super) fn may_ask(model: &mut Model, name: &RoomName) -> Vec<Effect> {
    if let Some(room) = model.find(name) {
        room.asking.rests = false;
    }
    ask_if_due(model, name)
}

/// The answer about one room.
pub(super) fn counts_came(model: &mut Model, name: &RoomName, rooms: &[RoomEntry]) -> Vec<Effect> {
    not_answered(model, name);
    rooms.iter().filter(|entry| entry.room == *name).for_each(|entry| told(model, entry));
    ask_if_due(model, name)
}

/// The question about one room has no answer.
pub(super) fn not_answered(model: &mut Model, name: &RoomName) {
    if let Some(room) = model.find(name) {
        room.asking.is_out = false;
    }
}

/// The server has counted what is unread in a room.
pub(super) fn told(model: &mut Model, entry: &RoomEntry) {
    let (is_seen, is_shown) = (is_looked_at(model, &entry.room), is_shown(model, &entry.room));
    // Older servers do not count, and of an empty room there is nothing to tell.
    let is_told = entry.reading != Told::default();
    let Some(room) = model.find(&entry.room).filter(|_| is_told) else { return };
    let (was_told, was_marked) = (room.counts.is_told(), room.counts.is_marked());
    room.counts.tell(entry.reading);
    let read = entry.reading.read.unwrap_or_default();
    // A line that stands moves only if the person was somewhere else meanwhile.
    let is_elsewhere = read > room.read || was_marked != room.counts.is_marked();
    room.telling.knows(read);
    room.read = room.read.max(read);
    room.mark_stays |= is_shown && !was_marked && room.counts.is_marked();
    if (!was_told || !is_seen) && (is_elsewhere || room.looked_away.is_none()) {
        room.looked_away = Some(room.counts.marker());
    }
}

/// The person has read a room on another device, up to this message.
pub(super) fn read_came(model: &mut Model, ReadUpto { room: name, upto }: ReadUpto) -> Vec<Effect> {
    let is_unsure = model.find(&name).is_some_and(|room| room.counts.read(upto));
    has_read(model, &name, upto);
    if is_unsure { ask(model, &name) } else { Vec::new() }
}

/// One's own message is stored, wherever it was written.
pub(super) fn said(model: &mut Model, name: &RoomName, id: MessageId) -> Vec<Effect> {
    if !model.list.is_followed() {
        return Vec::new();
    }
    let is_unsure = model.find(name).is_some_and(|room| room.counts.say(id));
    has_read(model, name, id);
    if is_unsure { ask(model, name) } else { Vec::new() }
}

/// The server knows it; whoever is not looking finds the line behind it.
fn has_read(model: &mut Model, name: &RoomName, upto: MessageId) {
    let is_seen = is_looked_at(model, name);
    let Some(room) = model.find(name) else { return };
    room.telling.knows(upto);
    let is_further = upto > room.read;
    room.read = room.read.max(upto);
    if room.counts.is_told() && is_further && !is_seen {
        room.looked_away = Some(room.counts.marker());
    }
}

/// What is unread may be less or more, now that somebody else's message is another.
pub(super) fn changed(
    model: &mut Model,
    name: &RoomName,
    changed: &Change,
    me: Option<&UserName>,
) -> Vec<Effect> {
    let id = changed.message();
    let Some(room) = model.find(name).filter(|room| room.counts.change(id)) else {
        return Vec::new();
    };
    let is_own = match changed {
        Change::Edited(Edited { sender, .. }) => Some(sender) == me,
        Change::Deleted(_) => room.message(id).is_some_and(|it| Some(&it.sender) == me),
        Change::Reacted(_) => true,
    };
    if is_own { Vec::new() } else { ask(model, name) }
}

/// A room is marked as unread from this message on, or no longer.
pub(super) fn marked(model: &mut Model, name: &RoomName, id: Option<MessageId>) -> Vec<Effect> {
    let is_shown = is_shown(model, name);
    let Some(room) = model.find(name) else { return Vec::new() };
    if !room.counts.mark(id) {
        return Vec::new();
    }
    room.mark_stays = is_shown && id.is_some();
    if room.counts.is_told() && (id.is_some() || !is_shown) {
        room.looked_away = Some(room.counts.marker());
    }
    ask(model, name)
}

/// Marks the room that is shown as unread from this message on.
pub fn mark_unread(model: &mut Model, id: MessageId) -> Vec<Effect> {
    if !model.list.keeps_marks() {
        model.notice = Some(NEEDS_NAME.to_owned());
        return Vec::new();
    }
    let name = model.room().name.clone();
    model.notice = Some("Marked as unread from here".to_owned());
    change(model, &name, |it| it.marked = Some(id))
}

/// The room that is shown is not marked as unread any more.
pub(super) fn end_mark(model: &mut Model) -> Vec<Effect> {
    let room = model.room_mut();
    if !room.counts.is_marked() {
        return Vec::new();
    }
    room.counts.mark(None);
    room.mark_stays = false;
    let name = room.name.clone();
    change(model, &name, |it| it.marked = Some(MessageId::ZERO))
}
