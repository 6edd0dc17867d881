//! The person's list of rooms: asked for with each connection, followed, and told what this client changes.
//!
//! This file does not know how rooms are shown, or what joins and leaves them besides.

use protocol::{
    ChangeSetting, Leave, Notify, PLACE_MAX, RoomEntry, RoomKind, RoomName, RoomsQuery, Setting,
    ToServer,
};

use crate::chat::event::Effect;
use crate::chat::list::{ENTRIES_MAX, PLACE_STEP};
use crate::chat::model::Model;
use crate::chat::room::Room;
use crate::chat::room::level::level;
use crate::chat::update::entering::come_in_aside;
use crate::chat::update::reading;
use crate::chat::update::request;
use crate::chat::update::rooms::{close, reorder, show_room};
use crate::chat::update::setting::change;

/// Asks for the list, with the first room of a connection.
pub(in crate::chat::update) fn ask(model: &mut Model) -> Vec<Effect> {
    model.list.disconnected();
    if model.list.is_followed() { ask_page(model, None) } else { Vec::new() }
}

/// Another person has another list.
pub(in crate::chat::update) fn renamed(model: &mut Model) {
    model.list.is_refused = false;
    model.list.disconnected();
    for room in &mut model.rooms {
        (room.listed, room.place) = (false, None);
        room.forget_counts();
    }
}

fn ask_page(model: &mut Model, after: Option<RoomName>) -> Vec<Effect> {
    let query = RoomsQuery { mine: true, room: None, query: None, after, reference: None };
    request::ask(model, ToServer::Rooms(query), String::new())
}

pub(in crate::chat::update) fn page_came(
    model: &mut Model,
    rooms: Vec<RoomEntry>,
    more: bool,
) -> Vec<Effect> {
    let last = rooms.last().map(|entry| entry.room.clone());
    model.list.entries.extend(rooms);
    match last {
        Some(last) if more && model.list.entries.len() < ENTRIES_MAX => ask_page(model, Some(last)),
        _ => complete(model),
    }
}

/// All of it is here.
fn complete(model: &mut Model) -> Vec<Effect> {
    let mut list = std::mem::take(&mut model.list.entries);
    list.retain(is_in_list);
    let is_direct = |entry: &RoomEntry| entry.kind == RoomKind::Direct;
    list.sort_by_key(|entry| (is_direct(entry), entry.place.unwrap_or(u32::MAX)));
    let mut effects = Vec::new();
    for entry in &list {
        effects.extend(take_in(model, entry));
    }
    list.iter().for_each(|entry| reading::told(model, entry));
    effects.extend(leave_others(model, &list));
    let position = |name: &RoomName| list.iter().position(|entry| entry.room == *name);
    reorder(model, |room| {
        let position = position(&room.name).unwrap_or(usize::MAX);
        (room.place.filter(|_| position < usize::MAX).unwrap_or(u32::MAX), position)
    });
    model.list.is_known = true;
    for setting in std::mem::take(&mut model.list.settings) {
        effects.extend(follow(model, setting));
    }
    let joined: Vec<_> = model.rooms.iter().filter(|room| room.joined).collect();
    let joined: Vec<_> = joined.into_iter().map(|room| room.name.clone()).collect();
    effects.extend(joined.iter().flat_map(|name| self::joined(model, name)));
    effects
}

/// A room that one was added to, or written to, while away was never kept in any way.
fn is_in_list(entry: &RoomEntry) -> bool {
    let is_new = match entry.kind {
        RoomKind::Private => true,
        RoomKind::Direct => entry.last.is_some(),
        RoomKind::Open | RoomKind::Other => false,
    };
    entry.joined || is_new && entry.place.is_none()
}

/// A room of the list is here, as the list has it.
fn take_in(model: &mut Model, entry: &RoomEntry) -> Vec<Effect> {
    if has_own_change(model, &entry.room) {
        return Vec::new();
    }
    if model.find(&entry.room).is_none() {
        return open(model, entry);
    }
    let Some(room) = model.find(&entry.room) else { return Vec::new() };
    room.about.listed(entry);
    (room.by_default, room.place) = (false, entry.place);
    if entry.joined {
        (room.listed, room.notify) = (true, level(entry.muted, entry.notify));
    }
    // Only members are told of such a room: so one is a member again.
    let is_back = room.kind() != RoomKind::Open && room.excluded.take().is_some();
    if is_back { come_in_aside(model, &entry.room) } else { Vec::new() }
}

/// Joins a room that came by itself, without showing it.
fn open(model: &mut Model, entry: &RoomEntry) -> Vec<Effect> {
    let mut room = Room::new(entry.room.clone());
    room.about.listed(entry);
    (room.listed, room.place) = (entry.joined, entry.place);
    room.notify = level(entry.muted, entry.notify);
    // What was said there before one heard of it is news.
    room.known = !entry.joined && entry.kind == RoomKind::Direct;
    model.add_room(room);
    come_in_aside(model, &entry.room)
}

/// What was in the list and is not any more was left elsewhere; what nobody asked for gives way to the list.
fn leave_others(model: &mut Model, list: &[RoomEntry]) -> Vec<Effect> {
    let is_gone = |room: &Room| {
        let is_in = list.iter().any(|entry| entry.room == room.name);
        // Of a room that is only for some the list knows whether one is among them again.
        let is_closed = room.kind() != RoomKind::Open && room.excluded.is_some();
        let gives_way = room.listed || is_closed || room.by_default && !list.is_empty();
        !is_in && gives_way && !has_own_change(model, &room.name)
    };
    let gone: Vec<_> = model.rooms.iter().filter(|room| is_gone(room)).collect();
    let gone: Vec<_> = gone.into_iter().map(|room| room.name.clone()).collect();
    gone.iter().flat_map(|name| leave(model, name, list.first())).collect()
}

/// Leaves a room, unless it is the only one, or something is being written there or waits to be sent: then it is taken
/// into the list again.
fn leave(model: &mut Model, name: &RoomName, next: Option<&RoomEntry>) -> Vec<Effect> {
    let count = model.rooms.len();
    let Some(at) = model.rooms.iter().position(|room| room.name == *name) else {
        return Vec::new();
    };
    let room = &mut model.rooms[at];
    let is_in_use = !room.pending.is_empty() || !room.draft.is_empty() || room.is_editing();
    if count == 1 || is_in_use {
        room.listed = false;
        return Vec::new();
    }
    let (was_shown, is_default) = (at == model.active, room.by_default);
    let Room { name, excluded, .. } = close(model, at);
    let next = next.filter(|_| was_shown && is_default);
    let next = next.and_then(|next| model.rooms.iter().position(|room| room.name == next.room));
    if let Some(next) = next {
        show_room(model, next);
    }
    // It may be on the way in.
    let is_there = model.is_in && excluded.is_none();
    is_there.then_some(Effect::Send(ToServer::Leave(Leave { room: name }))).into_iter().collect()
}

/// A room was joined: the list is told, unless it has it.
pub(in crate::chat::update) fn joined(model: &mut Model, name: &RoomName) -> Vec<Effect> {
    let is_new = |room: &&Room| room.name == *name && !room.listed;
    if !model.list.is_known
        || !model.list.is_followed()
        || !model.rooms.iter().any(|it| is_new(&it))
    {
        return Vec::new();
    }
    let place = next_place(model);
    let Some(room) = model.find(name) else { return Vec::new() };
    (room.listed, room.by_default) = (true, false);
    room.place = place;
    let (muted, notify) = match room.notify {
        Notify::Default => (None, None),
        Notify::Nothing => (Some(true), None),
        other => (None, Some(other)),
    };
    let mut effects = change(model, name, |it| {
        (it.joined, it.muted, it.notify, it.place) = (Some(true), muted, notify, place);
    });
    if place.is_none() {
        effects.extend(place_all(model));
    }
    effects
}

/// A room that was in the list was left by the person.
pub(in crate::chat::update) fn left(model: &mut Model, room: &Room) -> Vec<Effect> {
    match room.listed && model.list.is_followed() {
        true => change(model, &room.name, |it| it.joined = Some(false)),
        false => Vec::new(),
    }
}

/// Of what one wants notifications from the room that is shown.
pub(in crate::chat::update) fn notifies(
    model: &mut Model,
    set: impl FnOnce(&mut ChangeSetting),
) -> Vec<Effect> {
    let room = model.room();
    match room.listed && model.list.is_followed() {
        true => change(model, &room.name.clone(), set),
        false => Vec::new(),
    }
}

/// Moves the room that is shown to be the n-th, from 1.
pub fn move_room(model: &mut Model, number: usize) -> Vec<Effect> {
    let directs = model.first_direct();
    // Among its own kind.
    let (first, last) = match model.room().is_direct() {
        true => (directs, model.rooms.len() - 1),
        false => (0, directs - 1),
    };
    let to = (number - 1).clamp(first, last);
    if to == model.active {
        return Vec::new();
    }
    let room = model.rooms.remove(model.active);
    let (name, is_listed) = (room.name.clone(), room.listed);
    model.rooms.insert(to, room);
    model.active = to;
    if !is_listed || !model.list.is_followed() {
        return Vec::new();
    }
    match place_between(model, to) {
        Some(place) => {
            model.room_mut().place = Some(place);
            change(model, &name, |it| it.place = Some(place))
        }
        None => place_all(model),
    }
}

/// A place for the room that stands there now; none if there is none.
fn place_between(model: &Model, at: usize) -> Option<u32> {
    let is_direct = model.rooms[at].is_direct();
    let of_kind = |at: usize| model.rooms.get(at).filter(|room| room.is_direct() == is_direct);
    let before = match at.checked_sub(1).and_then(of_kind) {
        Some(before) => before.place?,
        None => 0,
    };
    let place = match of_kind(at + 1) {
        Some(after) => before + after.place?.checked_sub(before)? / 2,
        None => before + PLACE_STEP,
    };
    Some(place).filter(|place| *place > before && *place <= PLACE_MAX)
}

fn next_place(model: &Model) -> Option<u32> {
    let last = model.rooms.iter().filter_map(|room| room.place).max().unwrap_or_default();
    Some(last + PLACE_STEP).filter(|place| *place <= PLACE_MAX)
}

/// Gives all rooms of the list places in their order.
fn place_all(model: &mut Model) -> Vec<Effect> {
    let listed = model.rooms.iter_mut().filter(|room| room.listed);
    let places = listed.zip((1..).map(|n: u32| n.saturating_mul(PLACE_STEP)));
    let changed: Vec<_> = places
        .filter(|(room, place)| room.place != Some(*place))
        .map(|(room, place)| {
            room.place = Some(place);
            (room.name.clone(), place)
        })
        .collect();
    let changes = changed.into_iter();
    changes.flat_map(|(name, place)| change(model, &name, |it| it.place = Some(place))).collect()
}

/// A change of this client is on its way: what was said before it holds no more.
fn has_own_change(model: &Model, name: &RoomName) -> bool {
    let mut changes = model.requests.iter().filter_map(|request| match &request.envelope {
        ToServer::Setting(change) => Some(&change.room),
        _ => None,
    });
    changes.any(|room| room == name)
}

/// This client or another device of the person changed how a room is kept.
pub(in crate::chat::update) fn setting_came(model: &mut Model, setting: Setting) -> Vec<Effect> {
    let mut effects = request::done(model, setting.reference.as_ref());
    if model.list.is_known {
        effects.extend(follow(model, setting));
    } else if model.list.is_followed() && model.list.settings.len() < ENTRIES_MAX {
        // The list that is on its way may be older.
        model.list.settings.push(setting);
    }
    effects
}

fn follow(model: &mut Model, setting: Setting) -> Vec<Effect> {
    let Setting { room: name, joined, muted, notify, marked, place, .. } = setting;
    let notify = level(muted, notify);
    let mut effects = Vec::new();
    if !model.list.is_followed() || has_own_change(model, &name) {
        return effects;
    }
    match model.find(&name) {
        None if joined => {
            let mut room = Room::new(name.clone());
            (room.listed, room.notify, room.place) = (true, notify, place);
            model.add_room(room);
            effects.extend(come_in_aside(model, &name));
        }
        None => return effects,
        Some(room) if joined => {
            (room.listed, room.notify, room.place) = (true, notify, place);
            effects.extend(reading::marked(model, &name, marked));
        }
        Some(room) if room.listed => effects.extend(leave(model, &name, None)),
        Some(_) => {}
    }
    reorder(model, |room| room.place.unwrap_or(u32::MAX));
    effects
}

/// It was asked to keep the list, and not by the person.
pub(in crate::chat::update) fn is_of_list(envelope: &ToServer) -> bool {
    match envelope {
        ToServer::Setting(_) => true,
        ToServer::Rooms(query) => query.mine,
        _ => false,
    }
}

/// The server does not keep it so.
pub(in crate::chat::update) fn not_kept(model: &mut Model, envelope: &ToServer) {
    match envelope {
        ToServer::Setting(change) if change.joined.is_some() => {
            if let Some(room) = model.find(&change.room) {
                room.listed = false;
            }
        }
        ToServer::Rooms(RoomsQuery { room: Some(room), .. }) => reading::not_answered(model, room),
        _ => {}
    }
}
