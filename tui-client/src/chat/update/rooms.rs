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
    model.room_mut().look_away();
    let left = model.room().name.clone();
    model.visited.retain(|name| *name != left);
    model.visited.push(left);
    model.active = next;
}

/// To the next room where one is mentioned, else the next with anything new.
pub fn next_active(model: &mut Model) {
    let count = model.rooms.len();
    let further = |wanted: &dyn Fn(&Room) -> bool| {
        (1..count).find(|further| wanted(&model.rooms[(model.active + further) % count]))
    };
    let named = further(&|room| room.mentions(model.me.as_ref()) > 0);
    let next = named.or_else(|| further(&|room| room.unread(model.me.as_ref()) > 0));
    match next {
        Some(next) => show_room(model, (model.active + next) % count),
        None => model.notice = Some("Nothing new in other rooms".to_owned()),
    }
}

/// Takes the room that is shown out, and shows the one that was shown before it.
pub(super) fn close_active(model: &mut Model) -> Room {
    let closed = model.rooms.remove(model.active);
    let visited = std::mem::take(&mut model.visited);
    let place = |name: &RoomName| model.rooms.iter().position(|room| room.name == *name);
    let before = visited.iter().rev().find_map(place);
    model.active = before.unwrap_or(model.active.min(model.rooms.len() - 1));
    model.visited = visited;
    attend(model);
    closed
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
        Reading::Above(_) => room.to_bottom(),
    }
}

/// Asks for names, if so many are to be shown and are not here.
pub fn want_people(room: &mut Room, count: usize) -> Option<Effect> {
    let after = if room.joined { room.people.wants(count)? } else { return None };
    Some(Effect::Send(ToServer::Presence(PeopleQuery { room: room.name.clone(), after })))
}
