//! What happens to the conversation, and what of it changes the screen.
//!
//! This file does not know keys.

use protocol::{RoomName, ToClient, UserName};

use super::compose::show_written;
use super::effects::take;
use super::reading::people_in_sight;
use super::standing::fill;
use crate::chat;
use crate::chat::Answer;
use crate::chat::update::{close_browser, close_mentions};
use crate::screen::event::Effect;
use crate::screen::model::Screen;
use crate::screen::overlay::Overlay;
use crate::screen::theme::HUES;

/// Takes an event of the conversation in.
pub(super) fn happens(screen: &mut Screen, event: chat::Event) -> Vec<Effect> {
    let chat::Event::Received(envelope) = event else {
        let effects = chat::update::update(&mut screen.chat, event);
        return take(screen, effects);
    };
    let (room, seen) = (room_of(&envelope), seen_in(&envelope));
    let is_page = matches!(envelope, ToClient::History(_));
    let is_list = matches!(envelope, ToClient::Presence(_));
    // Of the rooms that were found the best is marked; whatever else comes leaves the mark where it is.
    let is_found = matches!(envelope, ToClient::Rooms(_));
    let marked = screen.overlay.marked(&screen.chat).filter(|_| !is_found);
    let effects = chat::update::update(&mut screen.chat, chat::Event::Received(envelope));
    let mut effects = take(screen, effects);
    if let Some(marked) = marked {
        screen.overlay.mark(&marked, &screen.chat);
    }
    if let Some(room) = room {
        meet(screen, &room, seen, is_list);
    }
    if is_page {
        fill(screen);
    }
    if is_list {
        effects.extend(people_in_sight(screen));
    }
    effects
}

/// A code that is good no longer is not shown.
pub(super) fn close_what_is_over(screen: &mut Screen) {
    if let Overlay::Answer(Answer::Link(shown), _) = &screen.overlay
        && screen.chat.link.as_ref() != Some(&shown.code)
    {
        screen.overlay = Overlay::None;
        screen.chat.notice = Some("The code is over. /link makes another".to_owned());
    }
}

/// What is written belongs to the room where it is written; what nobody looks at is let go.
pub(super) fn settle(screen: &mut Screen, shown: &RoomName) {
    if screen.chat.room().name != *shown {
        show_written(screen);
        screen.offer = None;
    } else {
        keep_draft(screen);
    }
    if !screen.overlay.is_browsing() {
        close_browser(&mut screen.chat);
    }
    if !screen.overlay.lists_mentions() {
        close_mentions(&mut screen.chat);
    }
    if screen.views.len() > screen.chat.rooms.len() {
        let rooms = &screen.chat.rooms;
        screen.views.retain(|name, _| rooms.iter().any(|room| room.name == *name));
    }
}

/// Whatever comes next may show another room.
pub(super) fn keep_draft(screen: &mut Screen) {
    screen.chat.room_mut().write(screen.input.draft());
}

fn room_of(envelope: &ToClient) -> Option<RoomName> {
    match envelope {
        ToClient::Message(message) => Some(message.room.clone()),
        ToClient::Join(join) => Some(join.room.clone()),
        ToClient::Presence(presence) => Some(presence.room.clone()),
        ToClient::History(history) => Some(history.room.clone()),
        _ => None,
    }
}

/// Who is seen in a room with this.
fn seen_in(envelope: &ToClient) -> Vec<UserName> {
    match envelope {
        ToClient::Message(message) => vec![message.sender.clone()],
        ToClient::Join(join) => vec![join.sender.clone()],
        ToClient::History(history) => {
            history.messages.iter().map(|message| message.sender.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// Who is seen has a hue of their own; of a list, as many as there are hues.
fn meet(screen: &mut Screen, name: &RoomName, mut seen: Vec<UserName>, is_list: bool) {
    let Some(room) = screen.chat.rooms.iter().find(|room| room.name == *name) else { return };
    let here = room.people.known();
    if is_list {
        seen = here.iter().take(HUES).cloned().collect();
    }
    let view = screen.views.entry(name.clone()).or_default();
    for user in seen {
        view.hues.meet(&user, screen.looks, |name| here.binary_search(name).is_ok());
    }
}
