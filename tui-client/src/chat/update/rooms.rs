//! Which room is shown, where it is read, and what counts as read there.
//!
//! This file does not know how a room is shown.

use protocol::{PeopleQuery, RoomName, ToServer};

use crate::chat::event::Effect;
use crate::chat::model::Model;
use crate::chat::room::{Reading, Room};

/// Shows a room, and so reads it.
pub fn show_room(model: &mut Model, place: usize) {
    go_to(model, place);
    attend(model);
}

/// By its number, from 1.
pub fn show_number(model: &mut Model, number: usize) {
    if (1..=model.rooms.len()).contains(&number) {
        show_room(model, number - 1);
    } else {
        model.notice = Some(format!("There is no room {number}. /rooms lists your rooms"));
    }
}

pub(super) fn go_to(model: &mut Model, next: usize) {
    if next == model.active {
        return;
    }
    let room = model.room_mut();
    room.look_away();
    room.mark_stays = false;
    let left = model.room().name.clone();
    model.visited.retain(|name| *name != left);
    model.visited.push(left);
    model.active = next;
}

/// To the next room where one is mentioned or written to alone, else the next with anything new.
pub fn next_active(model: &mut Model) {
    let count = model.rooms.len();
    let further = |wanted: &dyn Fn(&Room) -> bool| {
        (1..count).find(|further| wanted(&model.rooms[(model.active + further) % count]))
    };
    let named = further(&|room| room.is_meant(model.me.as_ref()));
    let next = named.or_else(|| further(&|room| room.unread(model.me.as_ref()) > 0));
    match next {
        Some(next) => show_room(model, (model.active + next) % count),
        None => model.notice = Some("Nothing new in other rooms".to_owned()),
    }
}

/// Takes a room out; if it was shown, the one that was shown before it is shown.
pub(super) fn close(model: &mut Model, at: usize) -> Room {
    let shown = model.room().name.clone();
    let closed = model.rooms.remove(at);
    let place = |name: &RoomName| model.rooms.iter().position(|room| room.name == *name);
    match place(&shown) {
        Some(active) => model.active = active,
        None => {
            let before = model.visited.iter().rev().find_map(place);
            model.active = before.unwrap_or(model.active.min(model.rooms.len() - 1));
            attend(model);
        }
    }
    closed
}

/// Brings the rooms into another order, the direct ones behind all others; the one that is shown stays so.
pub(super) fn reorder<K: Ord>(model: &mut Model, key: impl Fn(&Room) -> K) {
    let shown = model.room().name.clone();
    model.rooms.sort_by_key(|room| (room.is_direct(), key(room)));
    let active = model.rooms.iter().position(|room| room.name == shown);
    model.active = active.unwrap_or_default();
}

/// Back to the room that was shown before.
pub fn show_last(model: &mut Model) {
    let place = |name: &RoomName| model.rooms.iter().position(|room| room.name == *name);
    match model.visited.iter().rev().find_map(place).filter(|at| *at != model.active) {
        Some(last) => show_room(model, last),
        None => model.notice = Some("No other room was shown before".to_owned()),
    }
}

/// Who looks away will find a line above what came meanwhile.
pub fn focus(model: &mut Model, focused: bool) {
    model.focused = focused;
    match focused {
        true => attend(model),
        false => model.room_mut().look_away(),
    }
}

/// The person does something: what they have before them is read.
pub fn attend(model: &mut Model) {
    model.room_mut().attended();
}

/// The person reads somewhere else in the room that is shown; at its end all of it is read.
pub fn read_at(model: &mut Model, reading: Reading) {
    match reading {
        Reading::End => model.room_mut().to_bottom(),
        Reading::Above(_) => model.room_mut().reading = reading,
    }
}

/// Back to the end of the room that is shown; there, the line above what is new goes.
pub fn back_to_end(model: &mut Model) {
    let room = model.room_mut();
    match room.reading {
        Reading::End => room.looked_away = None,
        Reading::Above(_) => {
            room.leave_past();
            room.to_bottom();
        }
    }
}

/// Asks for names, if so many are to be shown and are not here.
pub fn want_people(room: &mut Room, count: usize) -> Option<Effect> {
    let after = if room.joined { room.people.wants(count)? } else { return None };
    Some(Effect::Send(ToServer::Presence(PeopleQuery { room: room.name.clone(), after })))
}
