//! One message that is selected: moved to, and then copied, shown whole, or deleted.

use protocol::MessageId;

use super::effects::take;
use super::enter::ask_to_delete;
use super::reading::{newest_in_sight, older, open_long, stand, to_bottom};
use crate::chat::update::{copy_code, copy_message};
use crate::chat::{self, Model, Place};
use crate::screen::event::Effect;
use crate::screen::keys::{KeyCommand, Meaning};
use crate::screen::model::Screen;
use crate::screen::overlay::Overlay;
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
        Meaning::Command(KeyCommand::SelectNewer | KeyCommand::Down) => show_newer(screen, id),
        Meaning::Command(KeyCommand::Delete) | Meaning::Char('d') => ask_to_delete(screen, id),
        Meaning::Char('c') => return copy(screen, id, copy_message),
        Meaning::Char('y') => return copy(screen, id, copy_code),
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

/// What of a message is copied.
type Copied = fn(&mut Model, Option<MessageId>) -> Vec<chat::Effect>;

fn copy(screen: &mut Screen, id: MessageId, copied: Copied) -> Vec<Effect> {
    screen.room_view_mut().found = None;
    let effects = copied(&mut screen.chat, Some(id));
    take(screen, effects)
}

fn show_older(screen: &mut Screen, id: MessageId) -> Vec<Effect> {
    let messages = screen.chat.room().messages().rev();
    let before = messages.map(|message| message.id).find(|other| *other < id);
    show(screen, before.unwrap_or(id));
    if before.is_none() { older(screen) } else { Vec::new() }
}

/// Beyond the newest there is nothing to select.
fn show_newer(screen: &mut Screen, id: MessageId) {
    let newer = screen.chat.room().messages().map(|message| message.id).find(|other| *other > id);
    match newer {
        Some(newer) => show(screen, newer),
        None => to_bottom(screen),
    }
}

fn show(screen: &mut Screen, id: MessageId) {
    screen.overlay = Overlay::Select(id);
    screen.room_view_mut().found = Some(id);
    let (room, pane) = (screen.chat.room(), pane(screen));
    let (at, seen) = (room.index(Place::of(id)), in_sight(room, &pane));
    // What is all in sight moves nothing.
    if at <= seen.start || at + 1 >= seen.end {
        let to = scroll::to(room, &pane, Place::of(id));
        stand(screen, to);
    }
}
