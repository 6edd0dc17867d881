//! What a command does.
//!
//! Some are for the surface alone, which does them instead: `/help`, `/theme` and `/plain`.

use protocol::{Emoji, Leave, MessageId, Notify, RoomKind, ToServer, UserName};

use super::attention;
use super::connection::reconnect;
use super::entering::join_room;
use super::inbox;
use super::people::browse::browse;
use super::people::entry::link_by;
use super::people::list::{self, move_room};
use super::people::making::write_to;
use super::question::{self, NOT_IN_ROOM, question_revoke};
use super::request;
use super::rooms::{close, show_number, show_room};
use super::search::search;
use super::sending::{
    compose_edit, compose_reply, drop_failed, edit_failed, react, send_again, undeleted,
};
use crate::address;
use crate::chat::answer::{Answer, MemberList};
use crate::chat::commands::{Command, Typed};
use crate::chat::event::Effect;
use crate::chat::links::links;
use crate::chat::model::{Connection, Model};
use crate::chat::room::level::level_word;
use crate::chat::room::{About, Room, What};
use crate::chat::writing::code;
use crate::text;

/// Links that are listed: a screen's worth.
const LINKS_MAX: usize = 20;

pub fn command(model: &mut Model, typed: Typed) -> Vec<Effect> {
    match typed {
        Typed::Text(_) | Typed::Help(None) => {}
        Typed::Theme(_) | Typed::Plain => {}
        Typed::List(query) => return browse(model, &query),
        Typed::WriteTo(users, text) => return write_to(model, users, text),
        Typed::Members => return members(model),
        Typed::Remove(user) => return question::remove(model, user),
        Typed::Move(number) => return move_room(model, number),
        Typed::Help(Some(command)) => model.notice = Some(words_about(command)),
        Typed::Join(name) => {
            let meant = model.called(&name).cloned().unwrap_or(name);
            return join_room(model, meant);
        }
        Typed::Leave => return leave_room(model),
        Typed::Rooms => list_rooms(model),
        Typed::Room(wanted) => show_wanted(model, &wanted),
        Typed::Who => who(model),
        Typed::Topic => topic(model),
        Typed::Nick(name) => return come_back_as(model, name),
        Typed::Reconnect => return reconnect(model),
        Typed::Url(None) => list_links(model),
        Typed::Url(Some(number)) => {
            let link = web_links(model).into_iter().nth(number - 1);
            return copy(model, link, "link");
        }
        Typed::Copy(number) => {
            let id = newest(model, number);
            return copy_message(model, id);
        }
        Typed::Clear => model.room_mut().clear(),
        Typed::Mute(is_muted) => return attention::mute(model, is_muted),
        Typed::Mentions => return inbox::open(model),
        Typed::Search(query) => return search(model, &query),
        Typed::Highlight(words) => attention::highlight(model, words),
        Typed::Notify(wanted) => return attention::notify(model, wanted),
        Typed::Key => about_key(model),
        Typed::Retry => return send_again(model),
        Typed::Edit(None) if model.room().failed() > 0 => return edit_failed(model),
        Typed::Edit(number) => edit_own(model, number),
        Typed::Reply(number) => reply_to(model, number),
        Typed::React(emoji, number) => {
            let id = newest(model, number).unwrap_or_default();
            return react_to(model, id, emoji);
        }
        Typed::Open(number) => {
            let link = web_links(model).into_iter().nth(number - 1);
            return open_link(model, link);
        }
        Typed::Permalink(number) => {
            let id = newest(model, number);
            return copy_permalink(model, id);
        }
        Typed::Drop => drop_failed(model),
        Typed::Ask(asked) if asked.is_of_room() && !model.room().joined => {
            model.notice = Some(NOT_IN_ROOM.to_owned());
        }
        Typed::Ask(asked) => {
            let asked = asked.in_a(model.room().kind());
            let (typed, envelope) = (asked.typed(), asked.envelope(&model.room().name));
            return request::ask(model, envelope, typed);
        }
        Typed::Delete(number) => question::delete(model, number),
        Typed::Revoke(device) => question_revoke(model, device),
        Typed::Confirmed(command) => return question::confirm_of(model, command),
        Typed::LinkBy(code) => return link_by(model, code),
        Typed::Quit => return vec![Effect::Quit],
    }
    Vec::new()
}

fn topic(model: &mut Model) {
    let room = model.room();
    let (name, topic) = (room.in_words(model.me.as_ref()), room.topic.as_str());
    model.notice = Some(match topic.is_empty() {
        true => format!("{name} has no topic. /topic TEXT sets one"),
        false => format!("The topic of {name}: {}", text::clean_line(topic)),
    });
}

fn words_about(command: &Command) -> String {
    let Command { name, aliases, arguments, what } = command;
    let also: Vec<_> = aliases.iter().map(|alias| format!("/{alias}")).collect();
    let also = if also.is_empty() { String::new() } else { format!(" (also {})", also.join(", ")) };
    let typed = format!("/{name} {arguments}");
    format!("{}: {what}{also}", typed.trim_end())
}

/// Says something in the room, to this person alone.
fn answer(model: &mut Model, words: String) {
    model.room_mut().note(What::Note(words));
}

fn list_rooms(model: &mut Model) {
    let lines = model.rooms.iter().zip(1..).map(|(room, number)| {
        let unread = model.unread(std::iter::once(room)).unwrap_or_else(|| "0".to_owned());
        let name = room.in_words(model.me.as_ref());
        let people = match room.joined {
            true => format!("{} online", room.people.count()),
            false => "not connected".to_owned(),
        };
        let notifies = match room.notify {
            Notify::Default => String::new(),
            Notify::Nothing => ", muted".to_owned(),
            level => format!(", notifies you of {}", level_word(level)),
        };
        format!("{number}  {name}: {people}, {unread} unread{notifies}")
    });
    let lines: Vec<_> = lines.collect();
    answer(model, lines.join("\n"));
}

fn show_wanted(model: &mut Model, wanted: &str) {
    if let Ok(number) = wanted.parse() {
        return show_number(model, number);
    }
    match model.matching_rooms(wanted).first() {
        Some(place) => show_room(model, *place),
        None => model.notice = Some(format!("No room matches {wanted:?}. /join {wanted} opens it")),
    }
}

fn about_key(model: &mut Model) {
    let without = "This client has no key, so your name is not reserved for you".to_owned();
    let about = model.key.clone().unwrap_or(without);
    answer(model, about);
}

fn leave_room(model: &mut Model) -> Vec<Effect> {
    if let Some(why) = why_not_left(model) {
        model.notice = Some(why);
        return Vec::new();
    }
    let closed = close(model, model.active);
    let told = list::left(model, &closed);
    if closed.kind() == RoomKind::Private && closed.excluded.is_none() {
        let label = closed.in_words(model.me.as_ref());
        model.notice = Some(format!("You are still a member of {label}: /list finds it again"));
    }
    let Room { name, joined, .. } = closed;
    let waiting = request::drop_of(model, &name);
    let leave = joined.then_some(Effect::Send(ToServer::Leave(Leave { room: name })));
    leave.into_iter().chain(told).chain(waiting).collect()
}

fn why_not_left(model: &Model) -> Option<String> {
    let room = model.room();
    if room.kind() == RoomKind::Direct && room.excluded.is_none() {
        return Some("A direct room stays in your list. /mute mutes it".to_owned());
    }
    let only = "This is your only room. /join another one first, or /quit";
    (model.rooms.len() == 1).then(|| only.to_owned())
}

fn who(model: &mut Model) {
    let room = model.room();
    let names = room.people.known().iter().map(|name| text::name(name.as_str()));
    let names: Vec<_> = names.collect();
    let (count, more) = (room.people.count(), room.people.count() - names.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let heading = match room.joined {
        true => format!("{count} online"),
        false => "Not connected. Last seen here".to_owned(),
    };
    answer(model, format!("{heading}: {}{more}", names.join(", ")));
}

/// A name belongs to a connection, so another name needs another one.
fn come_back_as(model: &mut Model, name: UserName) -> Vec<Effect> {
    let has_name = !matches!(model.connection, Connection::Refused { .. });
    model.before = model.before.take().or_else(|| model.me.clone().filter(|_| has_name));
    model.rename(name);
    model.renaming = true;
    reconnect(model)
}

/// The links of the room that is shown, newest first.
fn web_links(model: &Model) -> Vec<String> {
    let (room, me) = (model.room(), model.me.as_ref());
    let texts = room.newest(me).map(|message| room.as_shown(message, me));
    let found = texts.flat_map(|message| links(message.content.as_str()).into_iter().rev());
    found.take(LINKS_MAX).collect()
}

fn list_links(model: &mut Model) {
    let links = web_links(model);
    let lines = links.iter().zip(1..);
    let list: Vec<_> = lines.map(|(link, n)| format!("{n}  {}", text::shown(link))).collect();
    let list = if list.is_empty() { "No links in this room".to_owned() } else { list.join("\n") };
    answer(model, list);
}

/// The N-th newest message of the room that is shown.
fn newest(model: &Model, number: usize) -> Option<MessageId> {
    model.room().newest(model.me.as_ref()).map(|message| message.id).nth(number - 1)
}

/// What is written next is another text for one's newest message, or the N-th newest.
fn edit_own(model: &mut Model, number: Option<usize>) {
    let target = model.room().own(model.me.as_ref()).nth(number.unwrap_or(1) - 1);
    let done = compose_edit(model, target);
    tell_failure(model, done);
}

fn reply_to(model: &mut Model, number: usize) {
    let id = newest(model, number);
    let done = compose_reply(model, id);
    tell_failure(model, done);
}

fn tell_failure(model: &mut Model, done: Result<(), String>) {
    if let Err(sentence) = done {
        model.notice = Some(sentence);
    }
}

/// Puts an emoji on a message, or takes one's own away; says so if that cannot be.
pub fn react_to(model: &mut Model, id: MessageId, emoji: Emoji) -> Vec<Effect> {
    react(model, id, emoji).unwrap_or_else(|sentence| {
        model.notice = Some(sentence);
        Vec::new()
    })
}

/// The first link of a message.
pub fn link_of(model: &Model, id: MessageId) -> Option<String> {
    let message = model.room().shown_by_id(id, model.me.as_ref())?;
    links(message.content.as_str()).into_iter().next()
}

pub fn open_link(model: &mut Model, link: Option<String>) -> Vec<Effect> {
    model.notice = Some(match &link {
        Some(link) => format!("Opening {}", text::clean_line(link)),
        None => "No such link here".to_owned(),
    });
    link.map(Effect::Open).into_iter().collect()
}

/// The address of a message, for whoever may read it.
pub fn copy_permalink(model: &mut Model, id: Option<MessageId>) -> Vec<Effect> {
    let room = model.room();
    let message = id.and_then(|id| room.message(id));
    let server = model.servers.current();
    let address = message
        .zip(server)
        .map(|(message, server)| address::of_message(server, room.name.as_str(), message.id.get()));
    copy(model, address, "message")
}

pub fn copy_message(model: &mut Model, id: Option<MessageId>) -> Vec<Effect> {
    let said = id.map(|id| undeleted(model, id).map(|message| message.content.as_str().to_owned()));
    match said.transpose() {
        Ok(said) => copy(model, said, "message"),
        Err(sentence) => {
            model.notice = Some(sentence);
            Vec::new()
        }
    }
}

/// Copies the blocks of code of a message as they were typed; one without any, as a whole.
pub fn copy_code(model: &mut Model, id: Option<MessageId>) -> Vec<Effect> {
    let said = id.and_then(|id| model.room().shown_by_id(id, model.me.as_ref()));
    let blocks = said.map(|message| code::blocks(message.content.as_str())).unwrap_or_default();
    match blocks.is_empty() {
        true => copy_message(model, id),
        false => copy(model, Some(blocks.join("\n\n")), "code"),
    }
}

fn copy(model: &mut Model, found: Option<String>, what: &str) -> Vec<Effect> {
    if found.is_none() {
        model.notice = Some(format!("No such {what} here"));
    }
    found.map(Effect::Copy).into_iter().collect()
}

/// Who belongs to the room, connected or not.
fn members(model: &mut Model) -> Vec<Effect> {
    let room = model.room();
    let About { members, members_more: more, users, .. } = room.about.clone();
    let with_roles = members.into_iter().map(|member| (member.user, Some(member.role)));
    let members = with_roles.chain(users.into_iter().map(|user| (user, None))).collect();
    let label = room.in_words(model.me.as_ref());
    vec![Effect::Show(Answer::Members(MemberList { label, members, more }))]
}
