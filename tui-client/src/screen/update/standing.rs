//! Where the view of a room stands, and what of it is read there.

use protocol::{MessageId, RoomName};

use crate::chat::update::read_at;
use crate::chat::{Entry, Place, Reading};
use crate::screen::keys::KeyCommand;
use crate::screen::model::{Screen, Scroll};
use crate::screen::rows::pane::Pane;
use crate::screen::rows::scroll::{self, in_sight};
use crate::screen::view::pane;

/// Lets the view of the room stand there, and tells the conversation what of it is read.
pub(super) fn stand(screen: &mut Screen, to: Scroll) {
    let reading = match to {
        Scroll::Bottom => Reading::End,
        Scroll::At { place, row } => {
            let newest = newest_in_sight(screen, to);
            screen.room_view_mut().top = Some((place, row));
            Reading::Above(newest.unwrap_or(MessageId::ZERO))
        }
    };
    read_at(&mut screen.chat, reading);
}

pub(super) fn newest_in_sight(screen: &Screen, at: Scroll) -> Option<MessageId> {
    let (room, pane) = (screen.chat.room(), Pane { scroll: at, ..pane(screen) });
    let mut seen = room.lines().range(in_sight(room, &pane)).rev().filter_map(Entry::message);
    seen.next().map(|message| message.id)
}

/// Where the end left rows empty, what has come above fills them.
pub(super) fn fill(screen: &mut Screen) {
    if scroll::is_below_end(screen.chat.room(), &pane(screen)) {
        let end = scroll::end(screen.chat.room(), &pane(screen));
        stand(screen, end);
    }
}

pub(super) fn to_bottom(screen: &mut Screen) {
    screen.room_view_mut().found = None;
    screen.chat.room_mut().leave_past();
    stand(screen, Scroll::Bottom);
}

/// Shows a message that somebody went to, and marks it.
pub(super) fn reveal(screen: &mut Screen, room: &RoomName, id: MessageId) {
    let view = screen.views.entry(room.clone()).or_default();
    (view.found, view.top) = (Some(id), Some((Place::of(id), 0)));
    if screen.chat.room().name == *room {
        show(screen, Place::of(id));
        let is_search = screen.chat.search.is_some();
        let does = if is_search { "ends the search" } else { "goes back to the newest message" };
        let back = [(KeyCommand::Escape, does)];
        let words = || screen.keys.advise("Here it is", ".", &back);
        screen.chat.notice = Some(about_result(screen, id).unwrap_or_else(words));
    }
}

/// Which result of the search one went to, if it is one, and what keys do then.
fn about_result(screen: &Screen, id: MessageId) -> Option<String> {
    let search = screen.chat.search.as_ref().filter(|search| search.at == Some(id))?;
    let (place, count) = (search.place(id)? + 1, search.found.messages.len());
    let more = if search.found.more { "+" } else { "" };
    let does = [
        (KeyCommand::OlderHit, "older"),
        (KeyCommand::NewerHit, "newer"),
        (KeyCommand::Escape, "ends the search"),
    ];
    Some(screen.keys.advise(&format!("Result {place} of {count}{more}"), ":", &does))
}

pub(super) fn show(screen: &mut Screen, place: Place) {
    let to = scroll::to(screen.chat.room(), &pane(screen), place);
    stand(screen, to);
}
