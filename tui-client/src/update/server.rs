//! What the server says, taken into the model.

use std::time::Duration;

use protocol::ToClient;
use protocol::{
    Code, ErrorNote, HISTORY_MAX, History, Message, MessageId, Moderated, ToServer, UserName,
};

use super::reading::with_pane;
use super::{join, more_people, request, send_next};
use crate::commands;
use crate::event::{Action, Timer};
use crate::model::{Link, Model, Room, Scroll, What};
use crate::{scroll, text};

/// Longest time that a server may ask for.
pub(super) const COME_BACK_MAX: Duration = Duration::from_secs(300);

/// After a restart the server spreads its clients over so long at most.
const BACK_WITHIN: Duration = Duration::from_secs(60);

/// A notification is read at a glance.
const CALL_CELLS_MAX: usize = 120;

/// When to send a message again that could not be stored.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(2);

pub(super) fn received(model: &mut Model, envelope: ToClient) -> Vec<Action> {
    match envelope {
        ToClient::Message(message) => message_came(model, message),
        ToClient::Join(protocol::Joined { room, sender, .. }) => {
            if model.find(&room).is_some_and(|room| !room.joined) {
                return entered(model, &room, sender);
            }
            let (looks, me) = (model.looks, model.me.clone());
            if let Some(room) = model.find(&room) {
                room.change_people(me.as_ref(), |people| people.came(&sender));
                room.people.meet(&sender, looks);
                if room.away.remove(&sender) {
                    return Vec::new();
                }
            }
            note(model, &room, What::Join(sender))
        }
        ToClient::Leave(protocol::Left { room, sender }) => {
            if Some(&sender) == model.me.as_ref() {
                put_out(model, &room);
                return Vec::new();
            }
            let me = model.me.clone();
            if let Some(room) = model.find(&room) {
                room.change_people(me.as_ref(), |people| people.went(&sender));
                room.away.remove(&sender);
            }
            note(model, &room, What::Leave(sender))
        }
        ToClient::Presence(presence) => {
            let (looks, me) = (model.looks, model.me.clone());
            if let Some(room) = model.find(&presence.room) {
                room.change_people(me.as_ref(), |people| people.listed(presence));
                room.people.meet_all(looks);
            }
            more_people(model)
        }
        ToClient::History(history) => {
            let actions = history_came(model, history);
            with_pane(model, scroll::fill);
            actions
        }
        ToClient::Deleted(deleted) => {
            request::done(model, deleted.reference.as_ref());
            if let Some(room) = model.find(&deleted.room) {
                room.delete(deleted.message);
                room.head = room.head.max(deleted.id);
            }
            Vec::new()
        }
        ToClient::Moderated(moderated) => {
            request::done(model, moderated.reference.as_ref());
            let words = words_about(model, &moderated);
            let is_banned = moderated.action == protocol::Action::Ban
                && Some(&moderated.user) == model.me.as_ref();
            if is_banned && let Some(room) = moderated.room.as_ref().and_then(|it| model.find(it)) {
                // One's own `leave` follows.
                room.out = Some(words.clone());
            }
            let room = moderated.room.unwrap_or_else(|| model.room().name.clone());
            note(model, &room, What::Note(words))
        }
        ToClient::Error(note) => error_came(model, note),
    }
}

/// Whoever leaves by themselves has no such room any more when they hear of it.
fn put_out(model: &mut Model, room: &protocol::RoomName) {
    if let Some(room) = model.find(room) {
        room.joined = false;
        room.sending = None;
        let name = text::name(room.name.as_str());
        room.out
            .get_or_insert_with(|| format!("You are no longer in #{name}. /join {name} rejoins"));
    }
}

/// Who did what to whom, where, for how long, and why.
fn words_about(model: &Model, moderated: &Moderated) -> String {
    let Moderated { action, room, user, by, seconds, reason, .. } = moderated;
    let named = |name: &UserName| match Some(name) == model.me.as_ref() {
        true => "you".to_owned(),
        false => text::name(name.as_str()),
    };
    let (by, user) = (named(by), named(user));
    let did = match action {
        protocol::Action::Kick => "removed",
        protocol::Action::Ban => "banned",
        protocol::Action::Unban => "unbanned",
        protocol::Action::Mute => "silenced",
        protocol::Action::Unmute => "unsilenced",
    };
    let place = match (room, action) {
        (Some(room), protocol::Action::Kick | protocol::Action::Ban) => {
            format!(" from #{}", text::name(room.as_str()))
        }
        (Some(room), _) => format!(" in #{}", text::name(room.as_str())),
        (None, _) => " on the whole server".to_owned(),
    };
    let time = seconds.map(|seconds| format!(" for {}", commands::spelled(seconds)));
    let reason = reason.as_ref().map(|reason| format!(": {}", text::shown(reason.as_str())));
    let (time, reason) = (time.unwrap_or_default(), reason.unwrap_or_default());
    format!("{by} {did} {user}{place}{time}{reason}")
}

/// The first `join` of a room is one's own: it says how the server spells both names. What was
/// written meanwhile goes out now, in order.
fn entered(model: &mut Model, name: &protocol::RoomName, me: UserName) -> Vec<Action> {
    let first = model.rooms.iter().all(|room| !room.joined);
    let history = model.history_on_join;
    model.before = None;
    if std::mem::take(&mut model.renaming) {
        model.person = Some(me.clone());
    }
    model.rename(me);
    // It got in: whoever is cut again and again comes back soon, though not at once.
    model.failures = model.failures.min(1);
    let mut actions = Vec::new();
    if let Some(room) = model.find(name) {
        room.name = name.clone();
        room.joined = true;
        room.out = None;
        room.people.reconnected();
        room.sending = None;
        actions.extend(send_next(room));
        if !room.away.is_empty() {
            let settled = Timer::Settled(name.clone(), room.losses);
            actions.push(Action::After(BACK_WITHIN, settled));
        }
    }
    actions.extend(request::resend_due(model, name));
    if first {
        // Who was put out of a room comes in again only as they wish.
        let others = model.rooms.iter().filter(|room| !room.joined && room.out.is_none());
        actions.extend(others.map(|room| Action::Send(join(room, history))));
    }
    actions
}

fn note(model: &mut Model, room: &protocol::RoomName, what: What) -> Vec<Action> {
    if let Some(room) = model.find(room) {
        room.note(what);
    }
    Vec::new()
}

fn message_came(model: &mut Model, message: Message) -> Vec<Action> {
    let (me, name, watched) = (model.me.clone(), message.room.clone(), watched(model, &message));
    let (focused, looks) = (model.focused, model.looks);
    let Some(room) = model.find(&name) else { return Vec::new() };
    let (line, words) = (room.new_line(me.as_ref()), call(&message));
    room.people.meet(&message.sender, looks);
    let calls = take_in(room, message, me.as_ref());
    if watched && room.scroll == Scroll::Bottom && !room.behind {
        room.saw(me.as_ref(), line);
    }
    let rings = calls && !room.muted && !focused;
    let next = send_next(room);
    rings.then_some(Action::Call(words)).into_iter().chain(next).collect()
}

/// Who calls, where, and with what words: as a notification shows it.
fn call(message: &Message) -> String {
    let Message { sender, room, content, .. } = message;
    let (sender, room) = (text::name(sender.as_str()), text::name(room.as_str()));
    let words = format!("{sender} in #{room}: {}", text::clean_line(content.as_str()));
    text::clean_own(text::cut(&words, CALL_CELLS_MAX))
}

/// True if what comes into this message's room is seen as it comes.
fn watched(model: &Model, message: &Message) -> bool {
    model.focused && model.room().name == message.room
}

/// A copy of an own message, live or replayed, is its acknowledgement. True if the message is new and
/// calls this person.
fn take_in(room: &mut Room, message: Message, me: Option<&UserName>) -> bool {
    if Some(&message.sender) == me {
        let known = message.reference.as_ref();
        room.pending.retain(|pending| Some(&pending.reference) != known);
        room.sending.take_if(|sending| Some(&*sending) == known);
    }
    room.insert(message, me)
}

fn history_came(model: &mut Model, history: History) -> Vec<Action> {
    let (me, shown) = (model.me.clone(), model.focused && model.room().name == history.room);
    let looks = model.looks;
    let Some(room) = model.find(&history.room) else { return Vec::new() };
    let asked_for_older = std::mem::take(&mut room.loading);
    let seen = room.head;
    let is_other = history.epoch.is_some_and(|epoch| room.is_of(epoch));
    if history.deleted_more && !is_other {
        room.forget();
    }
    history.deleted.iter().for_each(|id| room.delete(*id));
    let oldest = history.messages.first().map(|message| message.id);
    for message in history.messages {
        room.people.meet(&message.sender, looks);
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
    let resumed = !asked_for_older && seen > MessageId::ZERO && !history.deleted_more && !is_other;
    if shown && room.scroll == Scroll::Bottom {
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
            room.more = history.more || history.deleted_more;
            room.missed |= !asked_for_older;
            send_next(room).into_iter().collect()
        }
    }
}

/// Asks for the messages before one.
pub(super) fn ask_older(room: &mut Room, before: MessageId) -> Vec<Action> {
    ask_before(room, Some(before))
}

/// Asks for the messages before one, or for the newest.
pub(super) fn ask_before(room: &mut Room, before: Option<MessageId>) -> Vec<Action> {
    room.loading = true;
    let (room, limit) = (room.name.clone(), Some(HISTORY_MAX));
    vec![Action::Send(ToServer::History(protocol::HistoryQuery {
        room,
        before,
        limit,
        reference: None,
    }))]
}

fn error_came(model: &mut Model, note: ErrorNote) -> Vec<Action> {
    if let Some(actions) = request::refused(model, &note) {
        return actions;
    }
    let ErrorNote { code, content, room, reference, retry_ms } = note;
    let sentence = text::clean_line(&content);
    if code == Code::Stopping {
        model.come_back_after = retry_ms.map(|ms| Duration::from_millis(ms).min(COME_BACK_MAX));
    }
    // Before that, the end of the connection tells the reason.
    let online = model.link == Link::Online && !matches!(code, Code::Stopping | Code::TooSlow);
    let found = room.as_ref().and_then(|room| model.find(room));
    let is_awaited = match &found {
        Some(room) => is_awaited(room),
        // Who has left a room here may be in it still.
        None => code == Code::TooFast,
    };
    let waits = reference.is_none() && room.is_some() && is_awaited;
    let pending = found.and_then(|room| {
        let reference = reference.as_ref()?;
        let pending = room.pending.iter_mut().find(|pending| pending.reference == *reference)?;
        Some((room.name.clone(), pending))
    });
    match (pending, code) {
        (Some((room, pending)), Code::TooFast | Code::Unavailable) => {
            let after = retry_ms.map_or(RETRY_AFTER, Duration::from_millis).min(COME_BACK_MAX);
            return vec![Action::After(after, Timer::Retry(room, pending.reference.clone()))];
        }
        (Some((room, pending)), _) => {
            pending.failed = Some(sentence);
            return after_failure(model, &room);
        }
        (None, Code::TooFast | Code::Unavailable) if waits => {
            return ask_later(model, room.as_ref(), code, retry_ms);
        }
        (None, code) => {
            // On connecting it is the room that was dialled.
            let is_outside = model.rooms.iter().all(|room| !room.joined);
            let room = room.or_else(|| is_outside.then(|| super::dialled(model).name.clone()));
            let refused = room.as_ref().and_then(|room| model.find(room));
            if let Some(room) = refused.filter(|room| !room.joined)
                && matches!(code, Code::Banned | Code::WrongRoom | Code::TooManyRooms)
            {
                room.out = Some(sentence.clone());
            }
            if online {
                // What is not about the room that is shown says which one it is about.
                let elsewhere = room.filter(|room| *room != model.room().name);
                let place = elsewhere.map(|room| format!("#{}: ", text::name(room.as_str())));
                model.notice = Some(format!("{}{sentence}", place.unwrap_or_default()));
            }
        }
    }
    Vec::new()
}

/// Something was asked of it that was not answered yet: to come in, for older messages, for more people.
fn is_awaited(room: &Room) -> bool {
    let enters = !room.joined && room.out.is_none();
    room.loading || enters || room.people.asked_after().is_some()
}

/// What was asked of a room cannot be had now: it is asked for again, after a while. What cannot be read
/// as one comes in leaves one in the room, and until it is read one comes back to where one was.
fn ask_later(
    model: &mut Model,
    name: Option<&protocol::RoomName>,
    code: Code,
    retry_ms: Option<u64>,
) -> Vec<Action> {
    let Some(name) = name else { return Vec::new() };
    if let Some(room) = model.find(name).filter(|room| !room.joined) {
        if code == Code::Unavailable {
            if room.head > MessageId::ZERO {
                room.gap_after.get_or_insert(room.head);
            }
            room.loading = true;
        }
        room.deferred = !room.loading;
    }
    let after = retry_ms.map_or(RETRY_AFTER, Duration::from_millis).min(COME_BACK_MAX);
    vec![Action::After(after, Timer::Reread(name.clone()))]
}

/// One message was refused for good: those behind it still go out.
fn after_failure(model: &mut Model, room: &protocol::RoomName) -> Vec<Action> {
    let Some(room) = model.find(room) else { return Vec::new() };
    room.sending = None;
    send_next(room).into_iter().collect()
}
