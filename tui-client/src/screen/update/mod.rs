//! What happened on the screen → what changes and what to do. Pure: no input or output, no clock, no drawing.
//!
//! Where a move depends on what is drawn, `view` and `rows` are asked; the core never is told of it in rows.

mod completing;
mod compose;
mod conversation;
mod editing;
mod effects;
mod emoji;
mod enter;
mod entrance;
mod overlay;
mod press;
mod reading;
mod search;
mod select;
mod standing;
mod writing;

use super::event::{Effect, Event};
use super::model::Screen;
use super::overlay::Overlay;
use super::view::{Target, columns_beside, target_at};
use crate::chat;
use crate::chat::update::{attend, read_on, show_room, write_to};

/// Changes the screen and the conversation on it, and says what to do about it.
pub fn update(screen: &mut Screen, event: Event) -> Vec<Effect> {
    let shown = screen.chat.room().name.clone();
    // A terminal that does not tell is looked at while something is done there.
    if !screen.tells_focus && !screen.chat.focused && event.is_done_here() {
        chat::update::focus(&mut screen.chat, true);
    }
    if screen.chat.room().behind && event.is_done_here() {
        attend(&mut screen.chat);
    }
    let mut effects = happens(screen, event);
    let read = read_on(&mut screen.chat);
    effects.extend(effects::take(screen, read));
    conversation::settle(screen, &shown);
    effects
}

fn happens(screen: &mut Screen, event: Event) -> Vec<Effect> {
    match event {
        Event::Key(key) => return press::key(screen, key),
        Event::Paste(text) => writing::paste(screen, &text),
        Event::Wheel(rows) => return reading::turn(screen, rows),
        Event::Click(column, row) => return click(screen, column, row),
        Event::Resize(columns, rows) => resized(screen, (columns, rows)),
        Event::Focus(focused) => {
            screen.tells_focus = true;
            chat::update::focus(&mut screen.chat, focused);
        }
        Event::Quiet if screen.tells_focus => {}
        Event::Quiet => chat::update::focus(&mut screen.chat, false),
        Event::Unconfirmed => writing::unconfirmed(screen),
        Event::Edited(written) => writing::edited(screen, written),
        Event::Resumed => {
            let mut effects = vec![Effect::Repaint];
            effects.extend(conversation::happens(screen, chat::Event::Resumed));
            return effects;
        }
        Event::Chat(event) => {
            let effects = conversation::happens(screen, event);
            conversation::close_what_is_over(screen);
            entrance::settle(screen);
            return effects;
        }
    }
    Vec::new()
}

fn click(screen: &mut Screen, column: u16, row: u16) -> Vec<Effect> {
    // As any key does.
    if matches!(screen.overlay, Overlay::Answer(..)) {
        screen.overlay = Overlay::None;
        return Vec::new();
    }
    let effects = match target_at(screen, column, row) {
        Some(Target::Choice(at)) => return overlay::choose(screen, at),
        Some(Target::Offered(at)) => {
            emoji::choose(screen, at);
            Vec::new()
        }
        Some(Target::Person(user)) if Some(&user) != screen.chat.me.as_ref() => {
            write_to(&mut screen.chat, vec![user], None)
        }
        Some(Target::Message(id)) => {
            select::show(screen, id);
            Vec::new()
        }
        Some(Target::Room(at)) => {
            show_room(&mut screen.chat, at);
            Vec::new()
        }
        Some(Target::Hiding(id)) => {
            reading::open_long(screen, Some(id));
            Vec::new()
        }
        _ => Vec::new(),
    };
    effects::take(screen, effects)
}

/// Where there is no room beside the text, what was wanted there means another thing.
fn resized(screen: &mut Screen, size: (u16, u16)) {
    if (columns_beside(size.0) == 0) != (columns_beside(screen.size.0) == 0) {
        (screen.rooms_shown, screen.people_shown) = (None, None);
    }
    screen.size = size;
}
