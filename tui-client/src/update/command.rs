//! What commands do.

use linkify::{LinkFinder, LinkKind};
use protocol::{RoomName, ToServer, UserName};

use super::person::{go_to, show, to_bottom};
use super::{dial_now, join};
use crate::commands::Typed;
use crate::event::Action;
use crate::model::{Link, Model, Room, Scroll, What};
use crate::text;

/// Links that are listed: a screen's worth.
const LINKS_MAX: usize = 20;

/// Does what a command asks for.
pub fn command(model: &mut Model, typed: Typed) -> Vec<Action> {
    match typed {
        Typed::Text(_) => {}
        Typed::Help => model.help = Some(0),
        Typed::Join(name) => return join_room(model, name),
        Typed::Leave => return leave_room(model),
        Typed::Who => who(model.room_mut()),
        Typed::Nick(name) => return come_back_as(model, name),
        Typed::Reconnect => return dial_now(model),
        Typed::Search(text) => search(model, &text),
        Typed::Url(None) => list_links(model.room_mut()),
        Typed::Url(Some(number)) => {
            let link = links(model.room()).into_iter().nth(number - 1);
            return copy(model, link, "link");
        }
        Typed::Copy(number) => {
            let said = model.room().messages().rev().nth(number - 1);
            let said = said.map(|message| text::clean(message.content.as_str()));
            return copy(model, said, "message");
        }
        Typed::Mute => mute(model),
        Typed::Clear => clear(model.room_mut()),
        Typed::Theme(theme) => model.theme = theme,
        Typed::Quit => return vec![Action::Quit],
    }
    Vec::new()
}

fn join_room(model: &mut Model, name: RoomName) -> Vec<Action> {
    if let Some(place) = model.rooms.iter().position(|room| room.name == name) {
        show(model, place + model.rooms.len() - model.active);
        return Vec::new();
    }
    let room = Room::new(name);
    let action = Action::Send(join(&room, model.history_on_join));
    model.rooms.push(room);
    go_to(model, model.rooms.len() - 1);
    if model.link == Link::Online { vec![action] } else { Vec::new() }
}

fn leave_room(model: &mut Model) -> Vec<Action> {
    if model.rooms.len() == 1 {
        model.notice = Some("this is the only room: /join another first, or /quit".to_owned());
        return Vec::new();
    }
    let room = model.rooms.remove(model.active);
    model.active = model.active.min(model.rooms.len() - 1);
    let draft = std::mem::take(&mut model.room_mut().draft);
    model.input.write(draft);
    show(model, 0);
    let leave = Action::Send(ToServer::Leave { room: room.name });
    if room.joined { vec![leave] } else { Vec::new() }
}

/// The screen is empty; what was said is still there when one scrolls up.
fn clear(room: &mut Room) {
    room.entries.clear();
    room.more = true;
    to_bottom(room);
}

fn who(room: &mut Room) {
    let names: Vec<_> = room.people.known().iter().map(UserName::as_str).collect();
    let (count, more) = (room.people.count(), room.people.count() - names.len());
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    let line = format!("{count} here: {}{more}", names.join(", "));
    room.note(What::Note(line));
}

/// A name belongs to a connection, so another name needs another one.
fn come_back_as(model: &mut Model, name: UserName) -> Vec<Action> {
    model.me = Some(name);
    model.rooms.iter_mut().for_each(|room| room.joined = false);
    dial_now(model)
}

/// To the next older message that holds a text, from the one at the top of the screen, or from the
/// newest.
fn search(model: &mut Model, wanted: &str) {
    let room = model.room_mut();
    let wanted = wanted.to_lowercase();
    let from = match room.scroll {
        Scroll::At { place, .. } => room.entries.partition_point(|entry| entry.place < place),
        Scroll::Bottom => room.entries.len(),
    };
    let holds = |what: &What| match what {
        What::Message(message) => message.content.as_str().to_lowercase().contains(&wanted),
        _ => false,
    };
    match room.entries.range(..from).rev().find(|entry| holds(&entry.what)) {
        Some(found) => {
            room.scroll = Scroll::At { place: found.place, row: 0 };
            model.notice = Some("Esc goes back to the newest".to_owned());
        }
        None => {
            let more = if room.more { "; PgUp at the top loads older ones" } else { "" };
            model.notice = Some(format!("no older message here holds {wanted:?}{more}"));
        }
    }
}

/// The links of a room, newest first: http and https alone.
fn links(room: &Room) -> Vec<String> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let texts = room.messages().rev().map(|message| text::clean(message.content.as_str()));
    let found = texts.flat_map(|text| {
        let links: Vec<_> = finder.links(&text).map(|link| link.as_str().to_owned()).collect();
        links.into_iter().rev()
    });
    let is_web =
        |link: &String| ["http://", "https://"].iter().any(|start| link.starts_with(start));
    found.filter(is_web).take(LINKS_MAX).collect()
}

fn list_links(room: &mut Room) {
    let links = links(room);
    let list: Vec<_> = links.iter().zip(1..).map(|(link, n)| format!("{n}  {link}")).collect();
    let list = if list.is_empty() { "no links here".to_owned() } else { list.join("\n") };
    room.note(What::Note(list));
}

fn copy(model: &mut Model, found: Option<String>, what: &str) -> Vec<Action> {
    let copied = format!("the {what} was handed to the terminal's clipboard");
    let none = format!("there is no such {what} here");
    model.notice = Some(if found.is_some() { copied } else { none });
    found.map(Action::Copy).into_iter().collect()
}

fn mute(model: &mut Model) {
    let room = model.room_mut();
    room.muted = !room.muted;
    let name = text::clean_line(room.name.as_str());
    let muted = if room.muted { "rings no more" } else { "rings again" };
    model.notice = Some(format!("#{name} {muted}"));
}
