//! Pages of messages: taken in, and asked for until nothing is missing.
//!
//! This file does not know who scrolls to see them.

use protocol::{
    HISTORY_MAX, History, HistoryQuery, Leave, MessageId, PeopleQuery, RoomName, ToServer,
};

use super::connection::join;
use super::sending::{send_next, take_in};
use crate::chat::event::Effect;
use crate::chat::model::{Connection, Model};
use crate::chat::room::{Reading, Room};

pub(super) fn history_came(model: &mut Model, history: History) -> Vec<Effect> {
    let (me, shown) = (model.me.clone(), model.focused && model.room().name == history.room);
    let Some(room) = model.find(&history.room) else { return Vec::new() };
    let asked_for_older = std::mem::take(&mut room.loading);
    let seen = room.head;
    // It was here already, and nothing in it: all that comes now was missed.
    let was_empty = room.known && seen == MessageId::ZERO && room.read == MessageId::ZERO;
    let is_other = history.epoch.is_some_and(|epoch| room.is_of(epoch));
    if history.changed_more && !is_other {
        room.forget();
    }
    for message in history.changed {
        room.change(message, me.as_ref());
    }
    let oldest = history.messages.first().map(|message| message.id);
    for message in history.messages {
        take_in(room, message, me.as_ref());
    }
    if !asked_for_older {
        // What was asked for may come before messages that were told earlier and still wait.
        room.head = room.head.max(history.head);
    }
    if is_other {
        room.read_no_further();
    }
    room.entered(shown);
    let was_here = was_empty || seen > MessageId::ZERO;
    let resumed = !asked_for_older && was_here && !history.changed_more && !is_other;
    if shown && room.reading == Reading::End {
        room.caught_up(resumed, me.as_ref());
    }
    // Who had nothing of it has asked for the newest already.
    if is_other && seen > MessageId::ZERO {
        let next = send_next(room);
        // Behind all there is, if nothing of it came.
        let end = room.head.get() + 1;
        let before = oldest.or_else(|| MessageId::try_from(end).ok()).unwrap_or(room.head);
        return ask_older(room, before).into_iter().chain(next).collect();
    }
    let gap = room.gap_after.or(resumed.then_some(seen));
    let is_full = oldest.is_some() && room.oldest() > oldest;
    match (gap, oldest) {
        (Some(after), Some(oldest)) if history.more && oldest > after && !is_full => {
            room.gap_after = Some(after);
            ask_older(room, oldest)
        }
        (Some(_), _) => {
            room.gap_after = None;
            room.missed |= is_full;
            room.cut |= is_full;
            send_next(room).into_iter().collect()
        }
        (None, _) => {
            room.more = history.more || history.changed_more;
            room.missed |= !asked_for_older;
            send_next(room).into_iter().collect()
        }
    }
}

/// Asks for the messages before one.
fn ask_older(room: &mut Room, before: MessageId) -> Vec<Effect> {
    ask_before(room, Some(before))
}

/// Asks for the messages before one, or for the newest.
fn ask_before(room: &mut Room, before: Option<MessageId>) -> Vec<Effect> {
    room.loading = true;
    let (room, limit) = (room.name.clone(), Some(HISTORY_MAX));
    vec![Effect::Send(ToServer::History(HistoryQuery { room, before, limit, reference: None }))]
}

/// Asks for what is older than all that is here, if there is more.
pub fn load_older(room: &mut Room) -> Vec<Effect> {
    // Of a screen that was cleared, all there is.
    let behind_all = MessageId::try_from(room.head.get() + 1).ok();
    match room.oldest().or(behind_all) {
        Some(before) if room.more && room.joined && !room.loading => ask_older(room, before),
        _ => Vec::new(),
    }
}

/// What the server had no time for: to come into a room or leave it, the messages before the first one
/// behind a gap, or, without one, before the oldest, and more people.
pub(super) fn ask_again(model: &mut Model, name: &RoomName) -> Vec<Effect> {
    let history = model.history_on_join;
    if model.connection != Connection::Online {
        return Vec::new();
    }
    let Some(room) = model.find(name) else {
        return vec![Effect::Send(ToServer::Leave(Leave { room: name.clone() }))];
    };
    if std::mem::take(&mut room.deferred) {
        return vec![Effect::Send(join(room, history))];
    }
    let people = room.people.asked_after().cloned();
    let people =
        people.map(|after| ToServer::Presence(PeopleQuery { room: room.name.clone(), after }));
    let mut effects = Vec::new();
    if room.loading {
        let after = room.gap_after.unwrap_or_default();
        let first = room.messages().map(|message| message.id).find(|id| *id > after);
        let behind_all = MessageId::try_from(room.head.get() + 1).ok();
        let is_whole = room.gap_after.is_none() && room.head > MessageId::ZERO;
        effects.extend(ask_before(room, first.or(behind_all.filter(|_| is_whole))));
    }
    effects.extend(people.map(Effect::Send));
    effects
}
