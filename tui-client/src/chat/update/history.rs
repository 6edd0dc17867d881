//! Pages of messages: taken in, and asked for until nothing is missing.
//!
//! This file does not know who scrolls to see them.

use protocol::{History, Leave, MessageId, PeopleQuery, RoomName, ToServer};

use super::asking::ask;
use super::connection::join;
use super::jump;
use super::reading;
use super::sending::{send_next, take_in};
use crate::chat::event::Effect;
use crate::chat::model::{Connection, Model};
use crate::chat::room::{Page, Reading, Room};

pub(super) fn history_came(model: &mut Model, history: History) -> Vec<Effect> {
    let (me, shown) = (model.me.clone(), model.focused && model.room().name == history.room);
    let Some(room) = model.find(&history.room) else { return Vec::new() };
    if room.drop_unwanted() {
        return Vec::new();
    }
    if let Some(asked @ (Page::Around(_) | Page::After(_) | Page::Older(_))) = room.awaited {
        return past_came(model, asked, history);
    }
    let (asked, meanwhile) = room.take_awaited();
    let seen = room.head;
    let since = room.gap_after.unwrap_or(seen);
    // It was here already, and nothing in it: all that comes now was missed.
    let was_empty = room.known && seen == MessageId::ZERO && room.read == MessageId::ZERO;
    let was_here = was_empty || seen > MessageId::ZERO;
    let is_other = history.epoch.is_some_and(|epoch| room.take_epoch(epoch));
    if history.changed_more && !is_other {
        room.forget();
    }
    if let Some(Page::Missed(seen)) = asked {
        // Nobody tells what of it has changed.
        room.forget_up_to(seen);
    }
    for message in history.changed {
        room.change(message, me.as_ref());
    }
    let oldest = history.messages.first().map(|message| message.id);
    for message in history.messages {
        take_in(room, message, me.as_ref());
    }
    for change in meanwhile {
        room.apply(change, me.as_ref());
    }
    if asked.is_none() {
        // What was asked for may come before messages that were told earlier and still wait.
        room.head = room.head.max(history.head);
    }
    if is_other {
        room.read_no_further();
    }
    room.entered(shown);
    let is_replay = asked.is_none() && was_here && !is_other;
    if shown && room.reading == Reading::End {
        room.caught_up(is_replay && !history.changed_more, me.as_ref());
    }
    let gap = room.gap_after.or(is_replay.then_some(since));
    let is_forgotten = history.changed_more || is_other && seen > MessageId::ZERO;
    let came = Came { more: history.more, is_asked: asked.is_some(), is_forgotten };
    let mut effects = go_on(room, gap, oldest, came);
    effects.extend(jump::go_on(room));
    if is_other {
        effects.extend(reading::ask(model, &history.room));
    }
    effects
}

/// A page of what is shown in place of the newest. Whoever went back meanwhile does not look at it.
fn past_came(model: &mut Model, asked: Page, history: History) -> Vec<Effect> {
    let (me, name) = (model.me.clone(), history.room.clone());
    let Some(room) = model.find(&name) else { return Vec::new() };
    let (_, meanwhile) = room.take_awaited();
    let is_wanted = match asked {
        Page::Around(id) => room.jumping == Some(id),
        _ => room.past.is_some(),
    };
    if is_wanted {
        room.past_came(asked, history, me.as_ref());
        for change in meanwhile {
            room.apply(change, me.as_ref());
        }
    }
    if let Page::Around(id) = asked
        && room.jumping == Some(id)
        && room.entry(id).is_none()
    {
        room.past = None;
        jump::failed(model, &name);
        return Vec::new();
    }
    jump::go_on(room).into_iter().collect()
}

/// What a page that came says of what is missing.
#[derive(Clone, Copy)]
struct Came {
    /// The server has older messages of what was asked for.
    more: bool,
    /// It is the answer to a question, not a replay.
    is_asked: bool,
    /// With it, what was here was forgotten.
    is_forgotten: bool,
}

/// Asks for the next page, as long as messages are missing; then what waits goes out.
fn go_on(
    room: &mut Room,
    gap: Option<MessageId>,
    oldest: Option<MessageId>,
    came: Came,
) -> Vec<Effect> {
    let is_full = oldest.is_some() && room.oldest() > oldest;
    if let (Some(after), Some(oldest)) = (gap, oldest)
        && came.more
        && oldest > after
        && !is_full
    {
        room.gap_after = Some(after);
        return vec![ask(room, Page::Before(oldest))];
    }
    room.gap_after = None;
    let mut effects = Vec::new();
    if came.is_forgotten {
        // Behind all there is, if nothing of it came.
        let end = MessageId::try_from(room.head.get() + 1).ok();
        effects.push(ask(room, Page::Before(oldest.or(end).unwrap_or(room.head))));
    } else if gap.is_some() {
        room.missed |= is_full;
        room.cut |= is_full;
    } else {
        room.more = came.more;
        room.missed |= !came.is_asked;
    }
    effects.extend(send_next(room));
    effects
}

/// Asks for what is older than all that is here, if there is more.
pub fn load_older(room: &mut Room) -> Vec<Effect> {
    if let Some(past) = &room.past {
        let before = past.entries.front().map(|entry| entry.place.id).filter(|_| past.more);
        return ask_for_past(room, before.map(Page::Older));
    }
    // Of a screen that was cleared, all there is.
    let behind_all = MessageId::try_from(room.head.get() + 1).ok();
    match room.oldest().or(behind_all) {
        Some(before) if room.more && room.joined && room.awaited.is_none() => {
            vec![ask(room, Page::Before(before))]
        }
        _ => Vec::new(),
    }
}

/// Asks for what follows those messages that are shown in place of the newest.
pub fn load_newer(room: &mut Room) -> Vec<Effect> {
    let last = room.past.as_ref().and_then(|past| past.entries.back());
    let after = last.map(|entry| Page::After(entry.place.id));
    ask_for_past(room, after)
}

fn ask_for_past(room: &mut Room, page: Option<Page>) -> Vec<Effect> {
    let page = page.filter(|_| room.joined && room.awaited.is_none());
    page.map(|page| ask(room, page)).into_iter().collect()
}

/// What the server had no time for: to come into a room or leave it, a page of messages, and more people.
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
    room.drop_unwanted();
    let people = room.people.asked_after().cloned();
    let people =
        people.map(|after| ToServer::Presence(PeopleQuery { room: room.name.clone(), after }));
    let mut effects = Vec::new();
    effects.extend(room.awaited.map(|page| ask(room, page)));
    effects.extend(people.map(Effect::Send));
    effects
}
