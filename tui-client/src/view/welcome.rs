//! What an empty room says: what it is, who is here, how to write, and where the help is.

use ratatui::style::{Modifier, Style};
use ratatui::text::Line;

use crate::keys::Wish;
use crate::model::{Link, Model, Room};
use crate::text;

/// Names of others that are told.
const NAMES_MAX: usize = 5;

/// Nobody has said anything in this room, as far as is known.
pub(super) fn is_empty(room: &Room) -> bool {
    room.pending.is_empty() && room.messages().next().is_none()
}

pub(super) fn lines(model: &Model, width: usize) -> Vec<Line<'static>> {
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let rows = |words: &str, style: Style| {
        let words = text::clean_line(words);
        let rows = text::wrap(&words, width).into_iter();
        rows.map(|row| Line::styled(row.to_owned(), style)).collect::<Vec<_>>()
    };
    let mut lines = rows(&heading(model), bold);
    for words in sentences(model) {
        lines.extend(rows(&words, Style::new()));
    }
    lines
}

fn heading(model: &Model) -> String {
    let (room, host) = (model.room(), server(model));
    let name = room.name.as_str();
    match &model.link {
        Link::Connecting => format!("Connecting to {host} …"),
        Link::Waiting { .. } | Link::Refused { .. } => format!("Not connected to {host}"),
        Link::Online if room.out.is_some() => format!("You are not in #{name}"),
        Link::Online if !room.joined => format!("Joining #{name} …"),
        Link::Online if room.more => format!("The screen of #{name} was cleared"),
        Link::Online => format!("No messages in #{name} yet"),
    }
}

fn server(model: &Model) -> &str {
    if model.host.is_empty() { "the server" } else { &model.host }
}

fn sentences(model: &Model) -> Vec<String> {
    let room = model.room();
    let me = model.me.as_ref().map_or("a guest".to_owned(), |me| text::bracketed(me.as_str()));
    let mut sentences = match &model.link {
        Link::Online if room.joined => vec![format!("You are {me}. {}", also_here(model))],
        Link::Online | Link::Connecting => vec![format!("You are {me}.")],
        _ => vec![format!("You are {me}, in #{}.", room.name.as_str())],
    };
    let write = "Type a message and press Enter to send it";
    sentences.push(match &model.link {
        Link::Online if room.joined && room.more => "PgUp shows its messages again.".to_owned(),
        Link::Online if room.out.is_some() => format!("/join {} tries again.", room.name.as_str()),
        Link::Online => format!("{write}."),
        _ => format!("{write} once you are connected."),
    });
    if let Some(key) = model.keys.shown(Wish::Help) {
        sentences.push(format!("{key} shows all keys and commands."));
    }
    sentences
}

fn also_here(model: &Model) -> String {
    let people = &model.room().people;
    let others = people.known().iter().filter(|name| Some(*name) != model.me.as_ref());
    let names: Vec<_> = others.take(NAMES_MAX).map(|name| text::bracketed(name.as_str())).collect();
    let more = people.count().saturating_sub(names.len() + 1);
    match (names.is_empty(), more) {
        (true, 0) if people.count() == 0 => String::new(),
        (true, 0) => "Nobody else is here.".to_owned(),
        (true, more) => format!("{more} others are here."),
        (false, 0) => format!("Also here: {}.", names.join(", ")),
        (false, more) => format!("Also here: {} and {more} more.", names.join(", ")),
    }
}
