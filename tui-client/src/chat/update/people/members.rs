//! What rooms are, and who belongs to them: told by the server, taken into the model.
//!
//! This file does not know who is in a room at the moment.

use protocol::{
    Added, Removed, RoleSet, RoomInfo, RoomKind, RoomList, RoomName, RoomRole, RoomsQuery,
    ToServer, UserName,
};

use super::{browse, list, making};
use crate::chat::event::Effect;
use crate::chat::model::Model;
use crate::chat::room::about::role_word;
use crate::chat::room::{About, Room, What};
use crate::chat::update::entering::come_in_aside;
use crate::chat::update::reading;
use crate::chat::update::request;
use crate::chat::update::rooms::close;
use crate::text;

/// What a room is: after a join, as an answer, or because somebody has written first.
pub(in crate::chat::update) fn room_came(model: &mut Model, info: RoomInfo) -> Vec<Effect> {
    if let Some(asked) = request::take(model, info.reference.as_ref()) {
        let mut effects = request::next(model);
        effects.extend(making::made(model, info, asked.then_say));
        return effects;
    }
    let (name, follows) = (info.room.clone(), model.list.takes_in());
    match model.find(&name) {
        Some(room) => {
            room.topic = info.topic.clone();
            // Only after a join all of it is told.
            let members = std::mem::take(&mut room.about.members);
            room.about = About::of(info);
            if room.about.members.is_empty() {
                room.about.members = members;
            }
            if let Some(by) = room.added_by.take() {
                tell_added(model, &name, &by);
            }
            Vec::new()
        }
        None if info.kind == RoomKind::Direct && follows => {
            let mut room = Room::new(name.clone());
            room.about = About::of(info);
            // What was said before one heard of it is news.
            room.known = true;
            model.add_room(room);
            come_in_aside(model, &name)
        }
        None => Vec::new(),
    }
}

/// What the room is called is known by now.
fn tell_added(model: &mut Model, name: &RoomName, by: &UserName) {
    let (by, called) = (model.named(by), model.in_words(name));
    model.notice = Some(format!("{by} added you to {called}"));
    if let Some(room) = model.find(name) {
        room.note(What::Note(format!("{by} added you")));
    }
}

pub(in crate::chat::update) fn rooms_came(model: &mut Model, rooms: RoomList) -> Vec<Effect> {
    let RoomList { rooms, more, reference } = rooms;
    let Some(asked) = request::take(model, reference.as_ref()) else { return Vec::new() };
    let mut effects = request::next(model);
    effects.extend(match asked.envelope {
        ToServer::Rooms(RoomsQuery { mine: true, room: Some(room), .. }) => {
            reading::counts_came(model, &room, &rooms)
        }
        ToServer::Rooms(query) if query.mine => list::page_came(model, rooms, more),
        ToServer::Rooms(query) => browse::page_came(model, &query, rooms, more),
        _ => Vec::new(),
    });
    effects
}

pub(in crate::chat::update) fn added(model: &mut Model, added: Added) -> Vec<Effect> {
    let Added { room: name, user, by, id, reference, .. } = added;
    let mut effects = request::done(model, reference.as_ref());
    let (is_me, follows) = (Some(&user) == model.me.as_ref(), model.list.takes_in());
    let words = format!("{} added {}", model.named(&by), model.named(&user));
    if is_me && follows && model.find(&name).is_none() {
        model.add_room(Room::new(name.clone()));
    }
    let Some(room) = model.find(&name) else { return effects };
    room.about.set_role(&user, RoomRole::Member);
    if room.joined {
        room.head = room.head.max(id);
        room.note(What::Note(words));
    }
    if is_me {
        (room.excluded, room.about.role) = (None, Some(RoomRole::Member));
        room.added_by = Some(by).filter(|_| !room.joined);
        effects.extend(come_in_aside(model, &name));
    }
    effects
}

pub(in crate::chat::update) fn removed(model: &mut Model, removed: Removed) -> Vec<Effect> {
    let Removed { room: name, user, by, id, reference, .. } = removed;
    let effects = request::done(model, reference.as_ref());
    let is_me = Some(&user) == model.me.as_ref();
    let (who, whom, place) = (model.named(&by), model.named(&user), model.in_words(&name));
    let words = match user == by {
        true => format!("{who} left {place} for good"),
        false => format!("{who} removed {whom} from {place}"),
    };
    if is_me && user == by && model.rooms.len() > 1 {
        if let Some(at) = model.rooms.iter().position(|room| room.name == name) {
            close(model, at);
            model.notice = Some(text::sentence(&words));
        }
        return effects;
    }
    let Some(room) = model.find(&name) else { return effects };
    room.about.remove(&user);
    room.head = room.head.max(id);
    room.note(What::Note(words.clone()));
    if is_me {
        // One's own `leave` follows; and with the membership its place in the list goes.
        (room.excluded, room.about.role) = (Some(words), None);
        (room.listed, room.place) = (false, None);
    }
    effects
}

pub(in crate::chat::update) fn role_set(model: &mut Model, set: RoleSet) -> Vec<Effect> {
    let RoleSet { room: name, user, role, by, id, reference, .. } = set;
    let effects = request::done(model, reference.as_ref());
    let (is_me, me) = (Some(&user) == model.me.as_ref(), model.me.clone());
    let words = format!("{} made {} {}", model.named(&by), model.named(&user), role_word(role));
    let Some(room) = model.find(&name) else { return effects };
    room.about.set_role(&user, role);
    room.about.role = match is_me {
        true => Some(role),
        // The former owner may be oneself.
        false => me.and_then(|me| room.about.role_of(&me)).or(room.about.role),
    };
    room.head = room.head.max(id);
    room.note(What::Note(words));
    effects
}
