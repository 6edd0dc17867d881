//! One message that is selected: moved to, and then replied to, edited, reacted to, copied, opened, or deleted.

use protocol::MessageId;

use super::compose::{begin_edit, begin_reply};
use super::effects::take;
use super::enter::ask_to_delete;
use super::reading::{newer, older, open_long};
use super::standing::{newest_in_sight, stand, to_bottom};
use crate::chat::update::{
    copy_code, copy_message, copy_permalink, jump, link_of, mark_unread, open_link, undeleted,
};
use crate::chat::{self, Entry, Model, Place};
use crate::screen::event::Effect;
use crate::screen::keys::{KeyCommand, Meaning};
use crate::screen::model::Screen;
use crate::screen::overlay::{Kind, Overlay, Prompt};
use crate::screen::rows::scroll::{self, in_sight};
use crate::screen::view::pane;

/// Selects the newest message in sight.
pub(super) fn begin(screen: &mut Screen) {
    match newest_in_sight(screen, screen.scroll()) {
        Some(id) => show(screen, id),
        None => screen.chat.notice = Some("No messages here to select".to_owned()),
    }
}

pub(super) fn key(screen: &mut Screen, meaning: Meaning, id: MessageId) -> Vec<Effect> {
    match meaning {
        Meaning::Command(KeyCommand::Select | KeyCommand::Up) => return show_older(screen, id),
        Meaning::Command(KeyCommand::SelectNewer | KeyCommand::Down) => {
            return show_newer(screen, id);
        }
        Meaning::Command(KeyCommand::Send) | Meaning::Char('g')
            if original(screen, id).is_some() =>
        {
            let original = original(screen, id);
            return done(screen, |chat| original.map(|id| jump(chat, id)).unwrap_or_default());
        }
        Meaning::Command(KeyCommand::Delete) | Meaning::Char('d') => ask_to_delete(screen, id),
        Meaning::Char('y') => return done(screen, |chat| copy_message(chat, Some(id))),
        Meaning::Char('c') => return done(screen, |chat| copy_code(chat, Some(id))),
        Meaning::Char('u') => return done(screen, |chat| mark_unread(chat, id)),
        Meaning::Char('p') => return done(screen, |chat| copy_permalink(chat, Some(id))),
        Meaning::Char('o') if link_of(&screen.chat, id).is_some() => {
            let link = link_of(&screen.chat, id);
            return done(screen, |chat| open_link(chat, link));
        }
        Meaning::Char('e') => {
            screen.room_view_mut().found = None;
            begin_edit(screen, Some(id.into()));
        }
        Meaning::Char('r') => {
            screen.room_view_mut().found = None;
            begin_reply(screen, id);
        }
        Meaning::Char('+') => match undeleted(&screen.chat, id).map(drop) {
            Ok(()) => screen.overlay = Overlay::Prompt(Prompt::new(Kind::React(id))),
            Err(sentence) => {
                screen.room_view_mut().found = None;
                screen.chat.notice = Some(sentence);
            }
        },
        Meaning::Command(KeyCommand::Open | KeyCommand::Send) | Meaning::Char('o') => {
            open_long(screen, Some(id));
            screen.overlay = Overlay::Select(id);
        }
        Meaning::Command(KeyCommand::Escape | KeyCommand::Interrupt) => {
            screen.room_view_mut().found = None;
        }
        _ => screen.overlay = Overlay::Select(id),
    }
    Vec::new()
}

fn done(screen: &mut Screen, act: impl FnOnce(&mut Model) -> Vec<chat::Effect>) -> Vec<Effect> {
    screen.room_view_mut().found = None;
    let effects = act(&mut screen.chat);
    take(screen, effects)
}

fn show_older(screen: &mut Screen, id: MessageId) -> Vec<Effect> {
    let messages = screen.chat.room().lines().iter().rev().filter_map(Entry::message);
    let before = messages.map(|message| message.id).find(|other| *other < id);
    show(screen, before.unwrap_or(id));
    if before.is_none() { older(screen) } else { Vec::new() }
}

/// Beyond the newest there is nothing to select.
fn show_newer(screen: &mut Screen, id: MessageId) -> Vec<Effect> {
    let room = screen.chat.room();
    let messages = room.lines().iter().filter_map(Entry::message);
    let after = messages.map(|message| message.id).find(|other| *other > id);
    match after {
        Some(after) => show(screen, after),
        None if room.past.is_some() => {
            show(screen, id);
            return newer(screen);
        }
        None => to_bottom(screen),
    }
    Vec::new()
}

/// What the message is a reply to.
fn original(screen: &Screen, id: MessageId) -> Option<MessageId> {
    screen.chat.room().message(id)?.reply
}

pub(super) fn show(screen: &mut Screen, id: MessageId) {
    screen.overlay = Overlay::Select(id);
    screen.room_view_mut().found = Some(id);
    let (room, pane) = (screen.chat.room(), pane(screen));
    let (at, seen) = (room.line_index(Place::of(id)), in_sight(room, &pane));
    // What is all in sight moves nothing.
    if at <= seen.start || at + 1 >= seen.end {
        let to = scroll::to(room, &pane, Place::of(id));
        stand(screen, to);
    }
}
