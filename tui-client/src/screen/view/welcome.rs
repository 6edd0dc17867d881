//! What an empty room says: what it is, who is here, how to write, and where the help is.

use ratatui::style::{Modifier, Style};
use ratatui::text::Line;

use crate::chat::{Connection, Room};
use crate::screen::keys::KeyCommand;
use crate::screen::measure;
use crate::screen::model::Screen;
use crate::text;

/// Names of others that are told.
const NAMES_MAX: usize = 5;

/// Nobody has said anything in this room, as far as is known.
pub(super) fn is_empty(room: &Room) -> bool {
    room.pending.is_empty() && room.lines().iter().all(|entry| entry.message().is_none())
}

pub(super) fn lines(screen: &Screen, width: usize) -> Vec<Line<'static>> {
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let rows = |words: &str, style: Style| {
        let words = text::clean_line(words);
        let rows = measure::wrap(&words, width).into_iter();
        rows.map(|row| Line::styled(row.to_owned(), style)).collect::<Vec<_>>()
    };
    let mut lines = rows(&heading(screen), bold);
    for words in sentences(screen) {
        lines.extend(rows(&words, Style::new()));
    }
    lines
}

fn heading(screen: &Screen) -> String {
    let (room, host) = (screen.chat.room(), server(screen));
    let name = screen.called(room);
    match &screen.chat.connection {
        Connection::Connecting => format!("Connecting to {host} …"),
        Connection::Waiting { .. } | Connection::Refused { .. } => {
            format!("Not connected to {host}")
        }
        Connection::Online if room.excluded.is_some() => format!("You are not in {name}"),
        Connection::Online if !room.joined => format!("Joining {name} …"),
        Connection::Online if room.more => format!("The screen of {name} was cleared"),
        Connection::Online => format!("No messages in {name} yet"),
    }
}

fn server(screen: &Screen) -> String {
    Some(screen.host()).filter(|host| !host.is_empty()).unwrap_or_else(|| "the server".to_owned())
}

fn sentences(screen: &Screen) -> Vec<String> {
    let room = screen.chat.room();
    let me = screen.own_name("a guest");
    let mut sentences = match &screen.chat.connection {
        Connection::Online if room.joined => vec![format!("You are {me}. {}", also_here(screen))],
        Connection::Online | Connection::Connecting => vec![format!("You are {me}.")],
        _ => vec![format!("You are {me}, in {}.", screen.called(room))],
    };
    let send =
        screen.keys.shown(KeyCommand::Send).map(|key| format!(" and press {key} to send it"));
    let write = format!("Type a message{}", send.unwrap_or_default());
    sentences.push(match &screen.chat.connection {
        Connection::Online if room.joined && room.more => {
            let older = screen.keys.shown(KeyCommand::PageUp).unwrap_or("Scrolling up");
            format!("{older} shows its messages again.")
        }
        Connection::Online if room.excluded.is_some() => {
            format!("/join {} tries again.", text::name(room.name.as_str()))
        }
        Connection::Online => format!("{write}."),
        _ => format!("{write} once you are connected."),
    });
    if let Some(key) = screen.keys.shown(KeyCommand::Help) {
        sentences.push(format!("{key} shows all keys and commands."));
    }
    sentences
}

fn also_here(screen: &Screen) -> String {
    let people = &screen.chat.room().people;
    let others = people.known().iter().filter(|name| Some(*name) != screen.chat.me.as_ref());
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
