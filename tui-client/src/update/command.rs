//! What is typed and sent off: text, or a command.

use jiff::tz::TimeZone;
use protocol::{Message, Moderate, RoomName, ToServer, UserName};

use super::reading::{go_to, search, show_number, show_place};
use super::select::ask_to_delete;
use super::writing::{drop_failed, edit_failed, say, send_again};
use super::{dial_now, join, request};
use crate::commands::{self, Command, Deed, Typed};
use crate::event::Action;
use crate::model::{Asked, Kind, Link, Model, Overlay, Prompt, Question, Room, Scroll, What};
use crate::rows::clock::date_and_time;
use crate::text;

/// Links that are listed: a screen's worth.
const LINKS_MAX: usize = 20;

/// Why nothing can be done in a room at the moment.
pub(super) const NOT_IN_ROOM: &str = "Not possible: you are not in this room right now";
/// Messages that are listed where they cannot be shown: the same.
const FOUND_MAX: usize = 20;

/// Sends what is written, or does it, if it is a command: some only when asked for twice.
pub(super) fn enter(model: &mut Model, asked: bool) -> Vec<Action> {
    let written = model.input.text();
    if written.trim().is_empty() {
        return Vec::new();
    }
    let done = commands::parse(written).and_then(|typed| {
        if let Some(doubt) = doubt(model, &typed).filter(|_| !asked) {
            model.asked = Some(Asked::Enter);
            return Err(doubt);
        }
        match typed {
            Typed::Text(text) => say_and_keep(model, &text),
            typed => {
                model.input.send();
                Ok(command(model, typed))
            }
        }
    });
    // What cannot be done stays in the input, with the reason below it.
    done.unwrap_or_else(|sentence| {
        model.notice = Some(sentence);
        Vec::new()
    })
}

/// What was said is kept before the input is seen to be empty.
fn say_and_keep(model: &mut Model, text: &str) -> Result<Vec<Action>, String> {
    let mut actions = say(model, text)?;
    model.input.send();
    let room = model.room();
    let said = room.pending.last().map(|pending| pending.reference.clone());
    let keep = said.map(|reference| Action::Keep(room.name.clone(), reference));
    actions.splice(..0, keep);
    Ok(actions)
}

/// What speaks against it: a command that begins with a space would be sent as text, and who leaves a
/// room leaves behind what waits there.
fn doubt(model: &Model, typed: &Typed) -> Option<String> {
    match typed {
        Typed::Text(text) if text.starts_with(' ') && text.trim_start().starts_with('/') => {
            let advice = "Press Enter again to send it as text";
            Some(format!("It starts with a space, so it is not a command. {advice}"))
        }
        Typed::Leave if !model.room().pending.is_empty() => {
            let unsent = commands::counted(model.room().pending.len(), "unsent message");
            Some(format!("Leaving discards {unsent} here. Press Enter again to leave"))
        }
        _ => None,
    }
}

/// Does what a command asks for.
pub fn command(model: &mut Model, typed: Typed) -> Vec<Action> {
    match typed {
        Typed::Text(_) => {}
        Typed::Help(None) => model.overlay = Overlay::Help(0),
        Typed::Help(Some(command)) => model.notice = Some(words_about(command)),
        Typed::Join(name) => return join_room(model, name),
        Typed::Leave => return leave_room(model),
        Typed::Rooms => list_rooms(model),
        Typed::Room(wanted) => show_wanted(model, &wanted),
        Typed::Who => who(model),
        Typed::Nick(name) => return come_back_as(model, name),
        Typed::Reconnect => return reconnect(model),
        Typed::Search(text) if !model.has_screen => list_found(model, &text),
        Typed::Search(text) => search(model, &text),
        Typed::Url(None) => list_links(model),
        Typed::Url(Some(number)) => {
            let link = web_links(model.room()).into_iter().nth(number - 1);
            return copy(model, link, "link");
        }
        Typed::Copy(number) => {
            let said = model.room().messages().rev().nth(number - 1);
            let said = said.map(|message| message.content.as_str().to_owned());
            return copy(model, said, "message");
        }
        Typed::Clear => clear(model.room_mut()),
        Typed::Mute => mute(model),
        Typed::Theme(theme) => model.looks.theme = theme,
        Typed::Key => about_key(model),
        Typed::Retry => return send_again(model),
        Typed::Edit => edit_failed(model),
        Typed::Drop => drop_failed(model),
        Typed::Act(_) | Typed::Delete(_) if !model.room().joined => {
            model.notice = Some(NOT_IN_ROOM.to_owned());
        }
        Typed::Act(deed) => {
            let act = act(model, deed);
            return request::ask(model, act);
        }
        Typed::Delete(number) => delete(model, number),
        Typed::DeleteAsked => return delete_asked(model),
        Typed::Quit => return vec![Action::Quit],
    }
    Vec::new()
}

fn act(model: &Model, deed: Deed) -> ToServer {
    let Deed { action, user, everywhere, seconds, reason } = deed;
    let room = Some(model.room().name.clone()).filter(|_| !everywhere);
    ToServer::Moderate(Box::new(Moderate { action, room, user, seconds, reason, reference: None }))
}

/// Counted from the newest, at the moment when it is asked for.
fn delete(model: &mut Model, number: usize) {
    let newest = model.room().messages().rev().filter(|message| !message.deleted);
    let id = newest.map(|message| message.id).nth(number - 1);
    ask_to_delete(model, id);
}

/// Without a screen the answer to the question is a command of its own.
fn delete_asked(model: &mut Model) -> Vec<Action> {
    match std::mem::take(&mut model.overlay) {
        Overlay::Ask(Question::Delete { room, message, .. }) => request::ask(
            model,
            ToServer::Delete(protocol::Delete { room, message, reference: None }),
        ),
        _ => {
            model.notice = Some("Nothing to confirm: /delete [N] comes first".to_owned());
            Vec::new()
        }
    }
}

fn words_about(command: &Command) -> String {
    let Command { name, aliases, arguments, what } = command;
    let also: Vec<_> = aliases.iter().map(|alias| format!("/{alias}")).collect();
    let also = if also.is_empty() { String::new() } else { format!(" (also {})", also.join(", ")) };
    let typed = format!("/{name} {arguments}");
    format!("{}: {what}{also}", typed.trim_end())
}

/// Says something in the room, and where it stands if that is not in sight.
fn answer(model: &mut Model, words: String) {
    let room = model.room_mut();
    room.note(What::Note(words));
    if room.scroll != Scroll::Bottom && model.has_screen {
        model.notice = Some("The answer is at the end: End shows it".to_owned());
    }
}

fn list_rooms(model: &mut Model) {
    let lines = model.rooms.iter().zip(1..).map(|(room, number)| {
        let unread = model.unread(std::iter::once(room)).unwrap_or_else(|| "0".to_owned());
        let name = text::name(room.name.as_str());
        let people = match room.joined {
            true => format!("{} online", room.people.count()),
            false => "not connected".to_owned(),
        };
        format!("{number}  #{name}: {people}, {unread} unread")
    });
    let lines: Vec<_> = lines.collect();
    answer(model, lines.join("\n"));
}

/// Without a screen there is nothing to move over: what holds the text is said again, oldest first.
fn list_found(model: &mut Model, wanted: &str) {
    let lower = wanted.to_lowercase();
    let messages = model.room().messages().rev();
    let holds = |text: &str| text.to_lowercase().contains(&lower);
    let found = messages.filter(|said| !said.deleted && holds(said.content.as_str()));
    let mut lines: Vec<_> = found.take(FOUND_MAX).map(|said| line_of(said, &model.zone)).collect();
    lines.reverse();
    let heading = match lines.len() {
        0 => format!("No message here contains {wanted:?}"),
        FOUND_MAX => format!("The newest {FOUND_MAX} that contain {wanted:?}:"),
        count => format!("{count} found:"),
    };
    lines.insert(0, heading);
    if model.room().more {
        lines.push("There are older messages: nebula tail -n 50000 prints them".to_owned());
    }
    answer(model, lines.join("\n"));
}

fn line_of(said: &Message, zone: &TimeZone) -> String {
    let at = date_and_time(said.at, zone);
    let (who, text) = (said.sender.as_str(), said.content.as_str());
    format!("{at} {}: {}", text::name(who), text::clean_line(text))
}

fn show_wanted(model: &mut Model, wanted: &str) {
    if let Ok(number) = wanted.parse() {
        return show_number(model, number);
    }
    let mut prompt = Prompt::new(Kind::Room);
    prompt.input.insert(wanted);
    match prompt.choices(model).first() {
        Some((_, place)) => show_place(model, *place),
        None => model.notice = Some(format!("No room matches {wanted:?}. /join {wanted} opens it")),
    }
}

fn about_key(model: &mut Model) {
    let without = "This client has no key, so your name is not reserved for you".to_owned();
    let about = model.key.clone().unwrap_or(without);
    answer(model, about);
}

fn reconnect(model: &mut Model) -> Vec<Action> {
    super::unjoin(model);
    model.failures = 0;
    dial_now(model)
}

fn join_room(model: &mut Model, name: RoomName) -> Vec<Action> {
    if let Some(place) = model.rooms.iter().position(|room| room.name == name) {
        show_place(model, place);
        return come_in_again(model);
    }
    model.rooms.push(Room::new(name));
    go_to(model, model.rooms.len() - 1);
    come_in(model)
}

/// Into the room that is shown: now, or with the next connection. Who was refused may be let into another
/// room.
fn come_in(model: &mut Model) -> Vec<Action> {
    match model.link {
        Link::Online => vec![Action::Send(join(model.room(), model.history_on_join))],
        Link::Refused { .. } => reconnect(model),
        Link::Connecting | Link::Waiting { .. } => Vec::new(),
    }
}

/// Somebody put this person out of the room, or it was closed to them.
fn come_in_again(model: &mut Model) -> Vec<Action> {
    let is_refused = matches!(model.link, Link::Refused { .. });
    let room = model.room_mut();
    if room.joined || (room.out.take().is_none() && !is_refused) {
        return Vec::new();
    }
    come_in(model)
}

fn leave_room(model: &mut Model) -> Vec<Action> {
    if model.rooms.len() == 1 {
        model.notice = Some("This is your only room. /join another one first, or /quit".to_owned());
        return Vec::new();
    }
    let room = model.rooms.remove(model.active);
    let visited = std::mem::take(&mut model.visited);
    let place = |name: &RoomName| model.rooms.iter().position(|room| room.name == *name);
    let before = visited.iter().rev().find_map(place);
    model.active = before.unwrap_or(model.active.min(model.rooms.len() - 1));
    model.visited = visited;
    let draft = std::mem::take(&mut model.room_mut().draft);
    model.input.write(draft);
    show_place(model, model.active);
    let leave = Action::Send(ToServer::Leave(protocol::Leave { room: room.name }));
    if room.joined { vec![leave] } else { Vec::new() }
}

/// The screen is empty; what was said is still there when one scrolls up.
fn clear(room: &mut Room) {
    room.forget();
}

fn who(model: &mut Model) {
    let room = model.room();
    let names: Vec<_> = room.people.known().iter().map(|name| text::name(name.as_str())).collect();
    let (count, more) = (room.people.count(), room.people.count() - names.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let heading = match room.joined {
        true => format!("{count} online"),
        false => "Not connected. Last seen here".to_owned(),
    };
    answer(model, format!("{heading}: {}{more}", names.join(", ")));
}

/// A name belongs to a connection, so another name needs another one.
fn come_back_as(model: &mut Model, name: UserName) -> Vec<Action> {
    let has_name = !matches!(model.link, Link::Refused { .. });
    model.before = model.before.take().or_else(|| model.me.clone().filter(|_| has_name));
    model.rename(name);
    model.renaming = true;
    reconnect(model)
}

/// The links of a room, newest first.
fn web_links(room: &Room) -> Vec<String> {
    let texts = room.messages().rev().map(|message| message.content.as_str());
    let found = texts.flat_map(|text| {
        protocol::links(text).into_iter().rev().map(|link| text[link.range].to_owned())
    });
    found.take(LINKS_MAX).collect()
}

fn list_links(model: &mut Model) {
    let links = web_links(model.room());
    let lines = links.iter().zip(1..);
    let list: Vec<_> = lines.map(|(link, n)| format!("{n}  {}", text::shown(link))).collect();
    let list = if list.is_empty() { "No links in this room".to_owned() } else { list.join("\n") };
    answer(model, list);
}

pub(super) fn copy(model: &mut Model, found: Option<String>, what: &str) -> Vec<Action> {
    if !model.has_screen {
        model.notice = Some("Plain mode has no clipboard".to_owned());
        return Vec::new();
    }
    let none = format!("No such {what} here");
    model.notice = Some(if found.is_some() { "Copied".to_owned() } else { none });
    found.map(Action::Copy).into_iter().collect()
}

fn mute(model: &mut Model) {
    let room = model.room_mut();
    room.muted = !room.muted;
    let name = text::name(room.name.as_str());
    let muted = if room.muted { "muted" } else { "unmuted" };
    model.notice = Some(format!("#{name} {muted}"));
}
