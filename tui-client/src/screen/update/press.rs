//! What a key means to the screen.

use crossterm::event::KeyEvent;

use super::completing::words;
use super::editing::edit;
use super::effects::take;
use super::enter::enter;
use super::reading::{
    jump_to_mention, jump_to_unread, open_long, page, scroll_people, show_people, to_top,
};
use super::standing::to_bottom;
use super::writing::{fence, interrupt};
use super::{compose, emoji, overlay, search, select};
use crate::chat::commands::Typed;
use crate::chat::completion::{about_everybody, completions};
use crate::chat::update::{
    back_to_end, browse, command as ask_for, focus, next_active, show_last, show_number, show_room,
    write_to_last,
};
use crate::screen::event::Effect;
use crate::screen::input::completion::Completion;
use crate::screen::keys::{KeyCommand, Meaning, is_press, second};
use crate::screen::model::{Confirm, Screen};
use crate::screen::overlay::{Kind, Overlay, Prompt};
use crate::screen::view::{
    beside, columns_beside, has_more_notice, input_cells, is_covered, notice_rows,
};

pub(super) fn key(screen: &mut Screen, key: KeyEvent) -> Vec<Effect> {
    if !is_press(key) {
        return Vec::new();
    }
    let meaning = match std::mem::take(&mut screen.prefix_pending) {
        true => match second(key) {
            Some(command) => Meaning::Command(command),
            None => {
                screen.chat.notice =
                    Some("C-x followed by that key does nothing. C-x C-e opens $EDITOR".to_owned());
                return Vec::new();
            }
        },
        false => match screen.keys.meaning(key) {
            Some(meaning) => meaning,
            None => return Vec::new(),
        },
    };
    if meaning == Meaning::Command(KeyCommand::PageDown) && has_more_notice(screen) {
        screen.notice_first += notice_rows(screen);
        return Vec::new();
    }
    screen.chat.notice = None;
    screen.notice_first = 0;
    let confirming = screen.confirming.take();
    match meaning {
        // Whatever is open.
        Meaning::Command(KeyCommand::Repaint) => return vec![Effect::Repaint],
        Meaning::Command(KeyCommand::Suspend) => return vec![Effect::Suspend],
        _ => {}
    }
    if !matches!(screen.overlay, Overlay::None) {
        return overlay::key(screen, meaning);
    }
    let (offered, pasted) = (screen.offer.take(), screen.pasted.take());
    // A click or a paste may have changed what is written.
    let completing =
        screen.completing.take().filter(|completing| completing.goes_on(&screen.input));
    match meaning {
        Meaning::Char(c) => {
            emoji::typed(screen, c);
            return compose::typed(screen);
        }
        Meaning::First => screen.prefix_pending = true,
        Meaning::Command(command) => {
            if offered.is_some_and(|offer| emoji::key(screen, command, offer)) {
                return Vec::new();
            }
            if command == KeyCommand::Complete && pasted.is_some_and(|it| fence(screen, &it)) {
                return Vec::new();
            }
            let effects = act(screen, command, completing, confirming);
            if command == KeyCommand::Backspace {
                emoji::look(screen);
            }
            return effects;
        }
    }
    Vec::new()
}

fn act(
    screen: &mut Screen,
    command: KeyCommand,
    completing: Option<Completion>,
    confirming: Option<Confirm>,
) -> Vec<Effect> {
    match command {
        KeyCommand::Send => return enter(screen, confirming == Some(Confirm::Enter)),
        KeyCommand::Interrupt => return interrupt(screen, confirming == Some(Confirm::Leave)),
        KeyCommand::Complete | KeyCommand::CompleteBack => {
            let back = command == KeyCommand::CompleteBack;
            screen.completing = match completing {
                Some(completing) => Some(completing.turn(&mut screen.input, back)),
                None => {
                    let words = words(screen);
                    Completion::begin(&mut screen.input, |before| completions(before, &words))
                }
            };
            let shown = screen.completing.as_ref().map(Completion::shown);
            screen.chat.notice = shown.and_then(about_everybody).map(str::to_owned);
        }
        KeyCommand::Escape => match completing {
            Some(completing) => completing.undo(&mut screen.input),
            None => escape(screen),
        },
        KeyCommand::End if screen.input.text().is_empty() => to_bottom(screen),
        KeyCommand::Up => up(screen),
        KeyCommand::Down => down(screen),
        KeyCommand::Editor => {
            // The editor stands before the messages.
            focus(&mut screen.chat, false);
            return vec![Effect::Edit(screen.input.text().to_owned())];
        }
        KeyCommand::Mouse => return toggle_mouse(screen),
        // There is nothing to cut: then it is the key that other chats have for it.
        KeyCommand::KillToEnd if screen.input.text().is_empty() => {
            return look(screen, KeyCommand::Switch);
        }
        command if edit(&mut screen.input, command) => {}
        command => return look(screen, command),
    }
    Vec::new()
}

/// What changes only what is seen.
fn look(screen: &mut Screen, command: KeyCommand) -> Vec<Effect> {
    match command {
        KeyCommand::PageUp => return page(screen, true),
        KeyCommand::PageDown => return page(screen, false),
        KeyCommand::Top => return to_top(screen),
        KeyCommand::Bottom => to_bottom(screen),
        KeyCommand::FirstUnread => return jump_to_unread(screen),
        KeyCommand::PreviousMention => jump_to_mention(screen, true),
        KeyCommand::NextMention => jump_to_mention(screen, false),
        KeyCommand::Search => search::open(screen),
        KeyCommand::OlderHit => return search::go_through(screen, true),
        KeyCommand::NewerHit => return search::go_through(screen, false),
        KeyCommand::Recall => screen.overlay = Overlay::Prompt(Prompt::new(Kind::Sent)),
        KeyCommand::Switch => screen.overlay = Overlay::Prompt(Prompt::new(Kind::Room)),
        KeyCommand::Help => screen.overlay = Overlay::Help(0),
        KeyCommand::NextRoom => next_room(screen, 1),
        KeyCommand::PreviousRoom => next_room(screen, screen.chat.rooms.len() - 1),
        KeyCommand::Browse => {
            screen.overlay = Overlay::Prompt(Prompt::new(Kind::Browse));
            let effects = browse(&mut screen.chat, "");
            return take(screen, effects);
        }
        KeyCommand::Mentions => {
            let effects = ask_for(&mut screen.chat, Typed::Mentions);
            return take(screen, effects);
        }
        KeyCommand::LastRoom => show_last(&mut screen.chat),
        KeyCommand::WriteToLast => {
            let effects = write_to_last(&mut screen.chat);
            return take(screen, effects);
        }
        KeyCommand::NextActive => next_active(&mut screen.chat),
        KeyCommand::Room(number) => show_number(&mut screen.chat, number.into()),
        KeyCommand::Rooms => toggle_rooms(screen),
        KeyCommand::People => return show_people(screen),
        KeyCommand::PeopleUp => return scroll_people(screen, -1),
        KeyCommand::PeopleDown => return scroll_people(screen, 1),
        KeyCommand::Open => open_long(screen, None),
        KeyCommand::Select | KeyCommand::SelectNewer => select::begin(screen),
        KeyCommand::CopyMode => screen.copy_mode = !screen.copy_mode,
        _ => {}
    }
    Vec::new()
}

/// Closes what is open, the uppermost first; at last back to the newest message, and from there on
/// all is read.
fn escape(screen: &mut Screen) {
    if screen.copy_mode {
        screen.copy_mode = false;
    } else if is_covered(screen) {
        screen.people_shown = None;
    } else if !compose::stop(screen) && !search::end(screen) {
        screen.room_view_mut().found = None;
        back_to_end(&mut screen.chat);
    }
}

fn next_room(screen: &mut Screen, further: usize) {
    let place = (screen.chat.active + further) % screen.chat.rooms.len();
    show_room(&mut screen.chat, place);
}

/// A row up in what is written; from the first row, to what was sent before.
fn up(screen: &mut Screen) {
    if screen.input.row_up(input_cells(screen)) || compose::edit_newest(screen) {
        return;
    }
    // What is edited is not to be replaced by something else.
    if !screen.chat.room().is_editing() {
        screen.input.older();
    }
}

fn down(screen: &mut Screen) {
    if !screen.input.row_down(input_cells(screen)) && !screen.chat.room().is_editing() {
        screen.input.newer();
    }
}

/// Where there is no column for them, the rooms are chosen from; where there is one column for rooms
/// or people, the rooms take it.
fn toggle_rooms(screen: &mut Screen) {
    match columns_beside(screen.size.0) {
        0 => screen.overlay = Overlay::Prompt(Prompt::new(Kind::Room)),
        columns => {
            let is_shown = beside(screen).0;
            screen.rooms_shown = Some(!is_shown);
            if columns == 1 {
                screen.people_shown = if is_shown { Some(false) } else { None };
            }
        }
    }
}

fn toggle_mouse(screen: &mut Screen) -> Vec<Effect> {
    screen.mouse = !screen.mouse;
    let words = match screen.mouse {
        true => screen.keys.advise(
            "Mouse on: it scrolls and clicks",
            ";",
            &[(KeyCommand::Mouse, "turns it off")],
        ),
        false => "Mouse off: it selects text".to_owned(),
    };
    screen.chat.notice = Some(words);
    vec![Effect::Mouse(screen.mouse)]
}
