//! What a key means to the model.

use crossterm::event::KeyEvent;

use super::command::enter;
use super::editing::edit;
use super::reading::{
    focus, jump_to_mention, jump_to_unread, next_active, open_long, page, scroll_people, show,
    show_number, show_people, to_top,
};
use super::writing::interrupt;
use super::{overlay, select};
use crate::complete::Completion;
use crate::event::Action;
use crate::keys::{Meaning, Wish, is_press, second};
use crate::model::{Asked, Kind, Model, Overlay, Prompt, Scroll};
use crate::view::{beside, columns_beside, has_more_notice, input_cells, notice_rows};

pub(super) fn key(model: &mut Model, key: KeyEvent) -> Vec<Action> {
    if !is_press(key) {
        return Vec::new();
    }
    let meaning = match std::mem::take(&mut model.begun) {
        true => match second(key) {
            Some(wish) => Meaning::Wish(wish),
            None => {
                model.notice = Some("Nothing is on that key. C-x C-e opens $EDITOR".to_owned());
                return Vec::new();
            }
        },
        false => match model.keys.meaning(key) {
            Some(meaning) => meaning,
            None => return Vec::new(),
        },
    };
    if meaning == Meaning::Wish(Wish::PageDown) && has_more_notice(model) {
        model.notice_first += notice_rows(model);
        return Vec::new();
    }
    model.notice = None;
    model.notice_first = 0;
    let asked = model.asked.take();
    match meaning {
        // Whatever is open.
        Meaning::Wish(Wish::Repaint) => return vec![Action::Repaint],
        Meaning::Wish(Wish::Suspend) => return vec![Action::Suspend],
        _ => {}
    }
    if !matches!(model.overlay, Overlay::None) {
        return overlay::key(model, meaning);
    }
    // A click or a paste may have changed what is written.
    let completing = model.completing.take().filter(|completing| completing.goes_on(&model.input));
    match meaning {
        Meaning::Char(c) => model.input.type_in(c),
        Meaning::First => model.begun = true,
        Meaning::Wish(wish) => return act(model, wish, completing, asked),
    }
    Vec::new()
}

fn act(
    model: &mut Model,
    wish: Wish,
    completing: Option<Completion>,
    asked: Option<Asked>,
) -> Vec<Action> {
    match wish {
        Wish::Send => return enter(model, asked == Some(Asked::Enter)),
        Wish::Interrupt => return interrupt(model, asked == Some(Asked::Leave)),
        Wish::Complete | Wish::CompleteBack => {
            let back = wish == Wish::CompleteBack;
            model.completing = match completing {
                Some(completing) => Some(completing.turn(&mut model.input, back)),
                None => begin_completion(model),
            };
        }
        Wish::Escape => match completing {
            Some(completing) => completing.undo(&mut model.input),
            None => escape(model),
        },
        Wish::End if model.input.text().is_empty() => to_bottom(model),
        Wish::Up => up(model),
        Wish::Down => down(model),
        Wish::Editor => {
            // The editor stands before the messages.
            focus(model, false);
            return vec![Action::Edit(model.input.text().to_owned())];
        }
        Wish::Mouse => return toggle_mouse(model),
        wish if edit(&mut model.input, wish) => {}
        wish => return look(model, wish),
    }
    Vec::new()
}

/// What changes only what is seen.
fn look(model: &mut Model, wish: Wish) -> Vec<Action> {
    match wish {
        Wish::PageUp => return page(model, true),
        Wish::PageDown => return page(model, false),
        Wish::Top => return to_top(model),
        Wish::Bottom => to_bottom(model),
        Wish::FirstUnread => return jump_to_unread(model),
        Wish::PreviousMention => jump_to_mention(model, true),
        Wish::NextMention => jump_to_mention(model, false),
        Wish::Search => {
            model.room_mut().found = None;
            model.overlay = Overlay::Prompt(Prompt::new(Kind::Words));
        }
        Wish::Recall => model.overlay = Overlay::Prompt(Prompt::new(Kind::Sent)),
        Wish::Switch => model.overlay = Overlay::Prompt(Prompt::new(Kind::Room)),
        Wish::Help => model.overlay = Overlay::Help(0),
        Wish::NextRoom => show(model, 1),
        Wish::PreviousRoom => show(model, model.rooms.len() - 1),
        Wish::NextActive => next_active(model),
        Wish::Room(number) => show_number(model, number.into()),
        Wish::Rooms => toggle_rooms(model),
        Wish::People => return show_people(model),
        Wish::PeopleUp => return scroll_people(model, -1),
        Wish::PeopleDown => return scroll_people(model, 1),
        Wish::Open => open_long(model, None),
        Wish::Select | Wish::SelectNewer => select::begin(model),
        Wish::Bare => model.bare = !model.bare,
        _ => {}
    }
    Vec::new()
}

/// Closes what is open, the uppermost first; at last back to the newest message, and from there on
/// all is read.
fn escape(model: &mut Model) {
    if model.bare {
        model.bare = false;
    } else if crate::view::is_covered(model) {
        model.people_shown = None;
    } else if model.room().scroll == Scroll::Bottom {
        model.room_mut().looked_away = None;
    } else {
        to_bottom(model);
    }
}

fn to_bottom(model: &mut Model) {
    model.room_mut().found = None;
    model.room_mut().to_bottom();
}

/// A row up in what is written; from the first row, to what was sent before.
fn up(model: &mut Model) {
    if !model.input.row_up(input_cells(model)) {
        model.input.older();
    }
}

fn down(model: &mut Model) {
    if !model.input.row_down(input_cells(model)) {
        model.input.newer();
    }
}

/// Where there is no column for them, the rooms are chosen from; where there is one column for rooms
/// or people, the rooms take it.
fn toggle_rooms(model: &mut Model) {
    match columns_beside(model.size.0) {
        0 => model.overlay = Overlay::Prompt(Prompt::new(Kind::Room)),
        columns => {
            let is_shown = beside(model).0;
            model.rooms_shown = Some(!is_shown);
            if columns == 1 {
                model.people_shown = if is_shown { Some(false) } else { None };
            }
        }
    }
}

fn toggle_mouse(model: &mut Model) -> Vec<Action> {
    model.mouse = !model.mouse;
    let words = match model.mouse {
        true => "Mouse on: it scrolls and clicks; M-m turns it off",
        false => "Mouse off: it selects text",
    };
    model.notice = Some(words.to_owned());
    vec![Action::Mouse(model.mouse)]
}

fn begin_completion(model: &mut Model) -> Option<Completion> {
    let (names, rooms) = (model.likeliest_names(), model.room_names());
    Completion::begin(&mut model.input, &names, &rooms)
}
