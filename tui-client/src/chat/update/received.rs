//! What the server says, taken into the model.
//!
//! This file does not know what of it is seen, or how.

use std::time::Duration;

use protocol::{
    Cluster, Joined, Left, Message, MessageId, Moderated, Ref, Role, RoomKind, RoomName, Standing,
    ToClient, Topic, TopicText, UserName,
};

use super::connection::join;
use super::history::history_came;
use super::inbox;
use super::jump;
use super::people::{entry, list, members};
use super::reading;
use super::refused::refused;
use super::request;
use super::search;
use super::sending::{act_answered, renamed, send_next, take_in};
use super::typing::typing_came;
use crate::chat::duration;
use crate::chat::event::{Effect, Timer};
use crate::chat::model::Model;
use crate::chat::plain_text::plain_line;
use crate::chat::room::{Change, Reading, What, calls};
use crate::chat::sender::sender;
use crate::text;

/// After a restart the server spreads its clients over so long at most.
const BACK_WITHIN: Duration = Duration::from_secs(60);

/// A notification is read at a glance.
const NOTIFICATION_CHARS_MAX: usize = 120;

pub(super) fn received(model: &mut Model, envelope: ToClient) -> Vec<Effect> {
    match envelope {
        ToClient::Message(message) => message_came(model, message),
        ToClient::Join(Joined { room, sender, role }) => {
            if Some(&sender) == model.me.as_ref()
                && let Some(room) = model.find(&room)
            {
                room.moderates = role == Some(Role::Moderator);
            }
            came(model, &room, sender)
        }
        ToClient::Leave(Left { room, sender }) => went(model, &room, sender),
        ToClient::Presence(presence) => {
            let me = model.me.clone();
            if let Some(room) = model.find(&presence.room) {
                room.change_people(me.as_ref(), |people| people.listed(presence));
            }
            Vec::new()
        }
        ToClient::Room(info) => members::room_came(model, info),
        ToClient::Rooms(list) => members::rooms_came(model, list),
        ToClient::Added(added) => members::added(model, added),
        ToClient::Removed(removed) => members::removed(model, removed),
        ToClient::Role(set) => members::role_set(model, set),
        ToClient::Setting(setting) => list::setting_came(model, setting),
        ToClient::Topic(topic) => topic_came(model, topic),
        ToClient::History(history) => {
            for message in history.changed.iter().chain(&history.messages) {
                search::take_in(model, message);
                inbox::take_in(model, message);
            }
            history_came(model, history)
        }
        ToClient::Deleted(deleted) => {
            let (by, named) = (deleted.by.clone(), deleted.reference.clone());
            changed(model, &deleted.room.clone(), Change::Deleted(deleted), &by, named.as_ref())
        }
        ToClient::Edited(edited) => {
            let (by, named) = (edited.sender.clone(), edited.reference.clone());
            changed(model, &edited.room.clone(), Change::Edited(edited), &by, named.as_ref())
        }
        ToClient::Reacted(reacted) => {
            let (by, named) = (reacted.sender.clone(), reacted.reference.clone());
            changed(model, &reacted.room.clone(), Change::Reacted(reacted), &by, named.as_ref())
        }
        ToClient::Typing(typing) => typing_came(model, typing),
        ToClient::Moderated(moderated) => moderated_came(model, *moderated),
        ToClient::Read(upto) => reading::read_came(model, upto),
        ToClient::Mentions(mentions) => inbox::mentions_came(model, mentions),
        ToClient::Found(found) => search::found_came(model, found),
        ToClient::Cluster(cluster) => cluster_came(model, &cluster),
        ToClient::Link(link) => {
            entry::link_came(model, link.code, link.expires_ms, link.reference.as_ref())
        }
        ToClient::Devices(list) => entry::devices_came(model, list),
        ToClient::Invite(invite) => entry::invite_came(model, invite),
        ToClient::Invites(list) => entry::invites_came(model, list),
        // Nothing that can be typed here asks for them.
        ToClient::Hook(_) | ToClient::Hooks(_) => Vec::new(),
        ToClient::Error(note) => refused(model, note),
    }
}

fn moderated_came(model: &mut Model, moderated: Moderated) -> Vec<Effect> {
    let effects = answered(model, &moderated.by, moderated.reference.as_ref());
    let words = words_about(model, &moderated);
    let is_banned =
        moderated.action == protocol::Action::Ban && Some(&moderated.user) == model.me.as_ref();
    if is_banned && let Some(room) = moderated.room.as_ref().and_then(|it| model.find(it)) {
        // One's own `leave` follows.
        room.excluded = Some(words.clone());
    }
    let room = moderated.room.unwrap_or_else(|| model.room().name.clone());
    note(model, &room, What::Note(words));
    effects
}

/// A message is changed; if oneself did it, that is done.
fn changed(
    model: &mut Model,
    room: &RoomName,
    change: Change,
    by: &UserName,
    reference: Option<&Ref>,
) -> Vec<Effect> {
    let me = model.me.clone();
    let id = change.message();
    inbox::changed(model, room, &change);
    search::changed(model, &change);
    let mut effects = reading::changed(model, room, &change, me.as_ref());
    let Some(found) = model.find(room) else { return Vec::new() };
    let is_mention = found.apply(change, me.as_ref());
    let next = act_answered(found, by, reference, me.as_ref());
    effects.extend(notify(model, room, id, is_mention));
    effects.extend(next);
    effects
}

fn came(model: &mut Model, name: &RoomName, user: UserName) -> Vec<Effect> {
    if model.find(name).is_some_and(|room| !room.joined) {
        return entered(model, name, user);
    }
    let me = model.me.clone();
    if let Some(room) = model.find(name) {
        room.change_people(me.as_ref(), |people| people.came(&user));
        if room.away.remove(&user) {
            return Vec::new();
        }
    }
    note(model, name, What::Join(user))
}

fn went(model: &mut Model, name: &RoomName, user: UserName) -> Vec<Effect> {
    if Some(&user) == model.me.as_ref() {
        removed(model, name);
        return Vec::new();
    }
    let me = model.me.clone();
    if let Some(room) = model.find(name) {
        room.change_people(me.as_ref(), |people| people.went(&user));
        room.away.remove(&user);
        room.typing.ended(&user);
    }
    note(model, name, What::Leave(user))
}

fn cluster_came(model: &mut Model, cluster: &Cluster) -> Vec<Effect> {
    // Of what it does not know, this version has nothing to say.
    let is_known = cluster.standing != Standing::Other;
    model.standing = if is_known { cluster.standing } else { Standing::Current };
    model.servers.learn(&cluster.servers);
    Vec::new()
}

/// Something that was asked for is done, if this person did it: others may use the same `ref`.
fn answered(model: &mut Model, by: &UserName, reference: Option<&Ref>) -> Vec<Effect> {
    let reference = reference.filter(|_| Some(by) == model.me.as_ref());
    request::done(model, reference)
}

/// Whoever leaves by themselves has no such room any more when they hear of it.
fn removed(model: &mut Model, room: &RoomName) {
    let called = model.in_words(room);
    if let Some(room) = model.find(room) {
        room.joined = false;
        room.sending = None;
        room.take_awaited();
        let again = match room.kind() {
            RoomKind::Open => format!(". /join {} rejoins", text::name(room.name.as_str())),
            _ => String::new(),
        };
        room.excluded.get_or_insert_with(|| format!("You are no longer in {called}{again}"));
    }
}

fn topic_came(model: &mut Model, topic: Topic) -> Vec<Effect> {
    let Topic { room, content, sender, id, reference, .. } = topic;
    let name = model.named(&sender);
    // What is heard again may have been followed by another.
    if let Some(room) = model.find(&room).filter(|room| id > room.head) {
        let words = match content.is_empty() {
            true => format!("{name} cleared the topic"),
            false => format!("{name} changed the topic: {}", text::clean_line(content.as_str())),
        };
        (room.head, room.topic) = (id, content);
        room.note(What::Note(words));
    }
    answered(model, &sender, reference.as_ref())
}

/// Who did what to whom, where, for how long, and why.
fn words_about(model: &Model, moderated: &Moderated) -> String {
    let Moderated { action, room, user, by, seconds, reason, .. } = moderated;
    let (by, user) = (model.named(by), model.named(user));
    let did = match action {
        protocol::Action::Kick => "removed",
        protocol::Action::Ban => "banned",
        protocol::Action::Unban => "unbanned",
        protocol::Action::Mute => "silenced",
        protocol::Action::Unmute => "unsilenced",
    };
    let place = match (room, action) {
        (Some(room), protocol::Action::Kick | protocol::Action::Ban) => {
            format!(" from {}", model.in_words(room))
        }
        (Some(room), _) => format!(" in {}", model.in_words(room)),
        (None, _) => " on the whole server".to_owned(),
    };
    let time = seconds.map(|seconds| format!(" for {}", duration::spelled(seconds)));
    let reason = reason.as_ref().map(|reason| format!(": {}", text::shown(reason.as_str())));
    let (time, reason) = (time.unwrap_or_default(), reason.unwrap_or_default());
    format!("{by} {did} {user}{place}{time}{reason}")
}

/// The first `join` of a room is one's own: it says how the server spells both names. What was
/// written meanwhile goes out now, in order.
fn entered(model: &mut Model, name: &RoomName, me: UserName) -> Vec<Effect> {
    let first = !std::mem::replace(&mut model.is_in, true);
    let (history, losses) = (model.history_on_join, model.losses);
    let (before, mut given_back) = (model.before.take(), Vec::new());
    if entry::let_in(model) {
        let name = text::name(me.as_str());
        model.notice = Some(format!("This device is linked: you are {name}"));
    }
    if std::mem::take(&mut model.renaming) {
        model.person = Some(me.clone());
        if before.as_ref() != Some(&me) {
            request::renamed(model);
            list::renamed(model);
            search::end_search(model);
            given_back = renamed(model);
        }
    }
    model.rename(me);
    // It got in: whoever is cut again and again comes back soon, though not at once.
    model.failures = model.failures.min(1);
    if first {
        model.servers.start_round();
        model.come_back_after = None;
    }
    let mut effects = given_back;
    if let Some(room) = model.find(name) {
        room.name = name.clone();
        room.joined = true;
        room.excluded = None;
        room.people.reconnected();
        // If it has one, that is told next.
        room.topic = TopicText::default();
        room.sending = None;
        effects.extend(send_next(room));
        effects.extend(jump::go_on(room));
        if !room.away.is_empty() {
            let settled = Timer::Settled(name.clone(), losses);
            effects.push(Effect::After(BACK_WITHIN, settled));
        }
    }
    effects.extend(request::next(model));
    effects.extend(list::joined(model, name));
    if first {
        effects.extend(list::ask(model));
        // Who was removed from a room joins again only as they wish.
        let others = model.rooms.iter().filter(|room| !room.joined && room.excluded.is_none());
        effects.extend(others.map(|room| Effect::Send(join(room, history))));
    }
    effects
}

fn note(model: &mut Model, room: &RoomName, what: What) -> Vec<Effect> {
    if let Some(room) = model.find(room) {
        room.note(what);
    }
    Vec::new()
}

fn message_came(model: &mut Model, message: Message) -> Vec<Effect> {
    let (me, name, watched) = (model.me.clone(), message.room.clone(), watched(model, &message));
    let (id, is_own) = (message.id, Some(&message.sender) == me.as_ref());
    let mut effects = if is_own { reading::said(model, &name, id) } else { Vec::new() };
    inbox::take_in(model, &message);
    let has_word = model.has_word(&message);
    let Some(room) = model.find(&name) else { return effects };
    let line = room.new_line(me.as_ref());
    let is_wanted = has_word || room.notifies_of_all() && !is_own;
    room.typing.ended(&message.sender);
    if !is_own {
        room.counts.hear(id, calls(&message, me.as_ref()));
    }
    let is_mention = take_in(room, message, me.as_ref());
    if watched && room.reading == Reading::End && !room.behind {
        room.saw(me.as_ref(), line);
    }
    let next = send_next(room);
    effects.extend(notify(model, &name, id, is_mention || is_wanted));
    effects.extend(next);
    effects
}

/// Calls this person, if they look elsewhere and the message is for them.
fn notify(model: &mut Model, room: &RoomName, id: MessageId, is_for_me: bool) -> Option<Effect> {
    if !is_for_me || model.focused {
        return None;
    }
    let room = model.find(room).filter(|room| !room.is_muted())?;
    let message = room.message(id)?.clone();
    Some(Effect::Notify(notification(model, &message)))
}

/// Who mentions this person or writes to them, where, and with what words, as a notification shows it.
fn notification(model: &Model, message: &Message) -> String {
    let (sender, room) = (sender(message), model.in_words(&message.room));
    let words = format!("{sender} in {room}: {}", plain_line(message.content.as_str()));
    let words: String = words.chars().take(NOTIFICATION_CHARS_MAX).collect();
    text::clean_own(&words)
}

/// True if the person sees what comes into this message's room as it comes.
fn watched(model: &Model, message: &Message) -> bool {
    model.focused && model.room().name == message.room
}

/// Who comes from now on was away.
pub(super) fn settled(model: &mut Model, room: &RoomName) {
    if let Some(room) = model.find(room) {
        room.away.clear();
    }
}
