//! What is shown: which room, which part of it, and what counts as read.

use protocol::{MessageId, RoomName, ToServer};

use super::server::{ask_before, ask_older};
use super::{join, more_people};
use crate::event::Action;
use crate::model::{Entry, Link, Model, Place, Room, Scroll};
use crate::rows::{Pane, is_long, top};
use crate::scroll::{self, in_sight};
use crate::view::{beside, pane, pane_size, people_rows, room_at};

/// Shows the room so many places further on, around the end.
pub(super) fn show(model: &mut Model, further: usize) {
    show_place(model, (model.active + further) % model.rooms.len());
}

/// By its number, from 1.
pub(super) fn show_number(model: &mut Model, number: usize) {
    if (1..=model.rooms.len()).contains(&number) {
        show_place(model, number - 1);
    } else {
        model.notice = Some(format!("There is no room {number}. C-g finds a room by name"));
    }
}

pub(super) fn show_place(model: &mut Model, place: usize) {
    go_to(model, place);
    model.room_mut().attended();
}

/// What is being written stays in the room where it is written.
pub(super) fn go_to(model: &mut Model, next: usize) {
    if next == model.active {
        return;
    }
    let draft = model.input.draft().to_owned();
    model.input.take();
    let room = model.room_mut();
    room.draft = draft;
    room.look_away();
    let left = room.name.clone();
    model.visited.retain(|name| *name != left);
    model.visited.push(left);
    model.active = next;
    let draft = std::mem::take(&mut model.room_mut().draft);
    model.input.write(draft);
}

/// The next room where one is named, else the next with anything new.
pub(super) fn next_active(model: &mut Model) {
    let count = model.rooms.len();
    let further = |wanted: &dyn Fn(&Room) -> bool| {
        (1..count).find(|further| wanted(&model.rooms[(model.active + further) % count]))
    };
    let named = further(&|room| room.mentions(model.me.as_ref()) > 0);
    let next = named.or_else(|| further(&|room| room.unread(model.me.as_ref()) > 0));
    match next {
        Some(next) => show(model, next),
        None => model.notice = Some("Nothing new in other rooms".to_owned()),
    }
}

/// Who looks away will find a line above what came meanwhile.
pub(super) fn focus(model: &mut Model, focused: bool) {
    model.focused = focused;
    match focused {
        true => model.room_mut().attended(),
        false => model.room_mut().look_away(),
    }
}

/// One row of the old page stays in sight.
pub(super) fn page(model: &mut Model, up: bool) -> Vec<Action> {
    let (_, rows) = pane_size(model);
    let rows = isize::try_from(rows.saturating_sub(1).max(1)).unwrap_or(1);
    turn(model, if up { -rows } else { rows })
}

/// By so many rows, down if positive.
pub(super) fn turn(model: &mut Model, rows: isize) -> Vec<Action> {
    let by = rows.unsigned_abs();
    if rows > 0 {
        with_pane(model, |room, pane| scroll::down(room, pane, by));
        return Vec::new();
    }
    let at_top = with_pane(model, |room, pane| scroll::up(room, pane, by));
    if at_top { load_older(model.room_mut()) } else { Vec::new() }
}

pub(super) fn to_top(model: &mut Model) -> Vec<Action> {
    with_pane(model, |room, pane| scroll::up(room, pane, usize::MAX));
    load_older(model.room_mut())
}

/// Asks for what is older than all that is here, if there is more.
pub fn load_older(room: &mut Room) -> Vec<Action> {
    // Of a screen that was cleared, all there is.
    let behind_all = MessageId::try_from(room.head.get() + 1).ok();
    match room.oldest().or(behind_all) {
        Some(before) if room.more && room.joined && !room.loading => ask_older(room, before),
        _ => Vec::new(),
    }
}

/// To the first message that is new; if the server has older ones that are, they are asked for.
pub(super) fn jump_to_unread(model: &mut Model) -> Vec<Action> {
    let room = model.room();
    let new = room.new_line(model.me.as_ref()).map(|id| Place { id, note: 0 });
    let has_more = room.has_more_after(room.looked_away.unwrap_or(room.read));
    match new.or_else(|| room.first_unread()) {
        Some(place) => with_pane(model, |room, pane| scroll::show(room, pane, place)),
        None => model.notice = Some("Nothing new here".to_owned()),
    }
    if !has_more {
        return Vec::new();
    }
    model.notice = Some("There are older unread messages. M-u again goes to them".to_owned());
    load_older(model.room_mut())
}

/// To the message that calls this person next, above or below the top of the screen.
pub(super) fn jump_to_mention(model: &mut Model, up: bool) {
    let found = with_pane(model, |room, pane| {
        let (before, at_end) = (top(room, pane), room.scroll == Scroll::Bottom);
        let here = room.entries.get(before.0).map(|entry| entry.place);
        let calls = room.entries.iter().filter(|entry| entry.calls).map(|entry| entry.place);
        let mut calls: Vec<_> = match up {
            true => calls.filter(|place| at_end || Some(*place) <= here).collect(),
            false => calls.filter(|place| !at_end && Some(*place) > here).collect(),
        };
        if up {
            calls.reverse();
        }
        // What is in sight already moves nothing: then it is the next one.
        calls.into_iter().any(|place| {
            scroll::show(room, pane, place);
            let now = top(room, pane);
            if up { now < before } else { now > before || room.scroll == Scroll::Bottom }
        })
    });
    if !found {
        let words = match up {
            true if model.room().more => {
                "No earlier mention of you is loaded. PgUp at the top loads more"
            }
            true => "No earlier mention of you",
            false => "No later mention of you",
        };
        model.notice = Some(words.to_owned());
    }
}

/// To the next older message that holds a text, from the one that was found last, if it is in sight,
/// or from the end of the screen.
pub(super) fn search(model: &mut Model, wanted: &str) {
    let lower = wanted.to_lowercase();
    let found = with_pane(model, |room, pane| {
        let seen = in_sight(room, pane);
        let last = room.found.map(|id| room.index(Place { id, note: 0 }));
        let from = last.filter(|at| seen.contains(at)).unwrap_or(seen.end);
        let mut older = room.entries.range(..from).rev().filter_map(Entry::message);
        let found = older.find(|said| said.content.as_str().to_lowercase().contains(&lower));
        let found = found.map(|message| message.id);
        if let Some(id) = found {
            room.found = Some(id);
            scroll::show(room, pane, Place { id, note: 0 });
        }
        found.is_some()
    });
    let more = if model.room().more { ". PgUp at the top loads older ones" } else { "" };
    model.notice = Some(match found {
        true => "Found. Enter finds the next older one, Esc goes back".to_owned(),
        false => format!("No older message contains {wanted:?}{more}"),
    });
}

/// Shows all of a long message, or only its beginning again: of the one that is meant, else of the
/// newest in sight.
pub(super) fn open_long(model: &mut Model, meant: Option<MessageId>) {
    let is_there = with_pane(model, |room, pane| {
        let mut seen = in_sight(room, pane);
        if let Some(id) = meant {
            let at = room.index(Place { id, note: 0 });
            seen = at..(at + 1).min(room.entries.len());
        }
        let open = room.unfolded.map(|id| room.index(Place { id, note: 0 }));
        let open = open.filter(|at| seen.contains(at));
        let Some(at) = open.or_else(|| seen.rev().find(|at| is_long(room, *at, pane))) else {
            return false;
        };
        let place = room.entries[at].place;
        room.unfolded = Some(place.id).filter(|_| open.is_none());
        scroll::show(room, pane, place);
        true
    });
    if !is_there {
        model.notice = Some("No long message here".to_owned());
    }
}

pub(super) fn show_people(model: &mut Model) -> Vec<Action> {
    model.people_shown = Some(!beside(model).1);
    more_people(model)
}

/// By half of what is shown, so that the eye finds its place again.
pub(super) fn scroll_people(model: &mut Model, direction: isize) -> Vec<Action> {
    let half = isize::try_from(people_rows(model) / 2).unwrap_or(1).max(1);
    model.room_mut().people.scroll(direction * half);
    more_people(model)
}

pub(super) fn click(model: &mut Model, column: u16, row: u16) {
    if let Some(place) = room_at(model, column, row) {
        show_place(model, place);
    }
}

/// Moves over the rows as they are drawn now.
pub(super) fn with_pane<T>(model: &mut Model, turn: impl FnOnce(&mut Room, &Pane<'_>) -> T) -> T {
    // The room is taken out, since its rows depend on the rest of the model; how many there are
    // depends on the room too.
    let (name, (width, height)) = (model.room().name.clone(), pane_size(model));
    let mut room = std::mem::replace(model.room_mut(), Room::new(name));
    let turned = turn(&mut room, &Pane { width, height, ..pane(model) });
    *model.room_mut() = room;
    turned
}

/// What the server had no time for: to come into a room or leave it, the messages before the first one
/// behind a gap, or, without one, before the oldest, and more people.
pub(super) fn ask_again(model: &mut Model, name: &RoomName) -> Vec<Action> {
    let history = model.history_on_join;
    if model.link != Link::Online {
        return Vec::new();
    }
    let Some(room) = model.find(name) else {
        return vec![Action::Send(ToServer::Leave(protocol::Leave { room: name.clone() }))];
    };
    if std::mem::take(&mut room.deferred) {
        return vec![Action::Send(join(room, history))];
    }
    let people = room.people.asked_after().cloned();
    let people = people
        .map(|after| ToServer::Presence(protocol::PeopleQuery { room: room.name.clone(), after }));
    let mut actions = Vec::new();
    if room.loading {
        let after = room.gap_after.unwrap_or_default();
        let first = room.messages().map(|message| message.id).find(|id| *id > after);
        let behind_all = MessageId::try_from(room.head.get() + 1).ok();
        let is_whole = room.gap_after.is_none() && room.head > MessageId::ZERO;
        actions.extend(ask_before(room, first.or(behind_all.filter(|_| is_whole))));
    }
    actions.extend(people.map(Action::Send));
    actions
}
