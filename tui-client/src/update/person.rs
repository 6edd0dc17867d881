//! What the person does: keys, pasted text, commands.

use crossterm::event::KeyEvent;
use protocol::{Body, MessageId, Ref};

use super::server::ask_older;
use super::{command, more_people, send_next};
use crate::commands::{self, Typed};
use crate::complete::Completion;
use crate::event::Action;
use crate::keys::{Meaning, Wish};
use crate::model::{Model, PENDING_MAX, Pending, Room, Scroll};
use crate::rows::{Pane, page_down, page_up};
use crate::text;
use crate::view::{help_rows, pane_size, people_rows};

pub(super) fn key(model: &mut Model, key: KeyEvent) -> Vec<Action> {
    let Some(meaning) = model.keys.meaning(key) else { return Vec::new() };
    let leaving = std::mem::take(&mut model.leaving);
    let completing = model.completing.take();
    model.notice = None;
    match meaning {
        Meaning::Char(c) => model.input.type_in(c),
        Meaning::Wish(Wish::Interrupt) => return interrupt(model, leaving),
        Meaning::Wish(wish @ (Wish::Complete | Wish::CompleteBack)) => {
            let back = wish == Wish::CompleteBack;
            model.completing = match completing {
                Some(completing) => Some(completing.turn(&mut model.input, back)),
                None => Completion::begin(model),
            };
        }
        Meaning::Wish(wish) => return act(model, wish),
    }
    Vec::new()
}

/// Never sends by itself, whatever was pasted.
pub(super) fn paste(model: &mut Model, pasted: &str) -> Vec<Action> {
    model.input.insert(&text::clean(pasted));
    Vec::new()
}

fn act(model: &mut Model, wish: Wish) -> Vec<Action> {
    let input = &mut model.input;
    match wish {
        Wish::Send => return enter(model),
        Wish::Newline => input.insert("\n"),
        Wish::Left => input.left(),
        Wish::Right => input.right(),
        Wish::Home => input.home(),
        Wish::End => input.end(),
        Wish::Backspace => input.backspace(),
        Wish::Delete => input.delete(),
        Wish::KillToStart => input.kill_to_start(),
        Wish::KillToEnd => input.kill_to_end(),
        Wish::KillWord => input.kill_word(),
        Wish::KillNextWord => input.kill_next_word(),
        Wish::Yank => input.yank(),
        Wish::Undo => input.undo(),
        Wish::Transpose => input.transpose(),
        Wish::WordLeft => input.word_left(),
        Wish::WordRight => input.word_right(),
        Wish::Up => up(model),
        Wish::Down => down(model),
        Wish::PageUp | Wish::PageDown if model.help.is_some() => turn_help(model, wish),
        Wish::PageUp => return scroll_up(model),
        Wish::PageDown => scroll_down(model),
        Wish::Top => return to_top(model),
        Wish::Bottom => to_bottom(model.room_mut()),
        Wish::People => {
            model.people_toggled = !model.people_toggled;
            return more_people(model);
        }
        Wish::PeopleUp => return scroll_people(model, -1),
        Wish::PeopleDown => return scroll_people(model, 1),
        Wish::NextRoom => show(model, 1),
        Wish::NextActive => next_active(model),
        Wish::Room1 => show_number(model, 0),
        Wish::Room2 => show_number(model, 1),
        Wish::Room3 => show_number(model, 2),
        Wish::Room4 => show_number(model, 3),
        Wish::Room5 => show_number(model, 4),
        Wish::Room6 => show_number(model, 5),
        Wish::Room7 => show_number(model, 6),
        Wish::Room8 => show_number(model, 7),
        Wish::Room9 => show_number(model, 8),
        Wish::PreviousRoom => show(model, model.rooms.len() - 1),
        Wish::Help => model.help = if model.help.is_some() { None } else { Some(0) },
        Wish::Escape if model.help.is_some() => model.help = None,
        Wish::Escape if is_covered(model) => model.people_toggled = false,
        Wish::Escape => {
            let room = model.room_mut();
            if room.scroll == Scroll::Bottom {
                room.looked_away = None;
            }
            to_bottom(room);
        }
        Wish::Interrupt | Wish::Complete | Wish::CompleteBack => {}
    }
    Vec::new()
}

/// A row up in what is written; from the first row, to what was sent before.
fn up(model: &mut Model) {
    if !model.input.row_up() {
        model.input.older();
    }
}

fn down(model: &mut Model) {
    if !model.input.row_down() {
        model.input.newer();
    }
}

/// The people have taken the place of the text.
fn is_covered(model: &Model) -> bool {
    pane_size(model).0 == 0
}

fn turn_help(model: &mut Model, wish: Wish) {
    let (_, rows) = pane_size(model);
    let page = rows.saturating_sub(1).max(1);
    let last = help_rows(&model.keys).saturating_sub(rows);
    model.help = model.help.map(|first| match wish {
        Wish::PageUp => first.saturating_sub(page),
        _ => (first + page).min(last),
    });
}

fn interrupt(model: &mut Model, leaving: bool) -> Vec<Action> {
    if leaving {
        return vec![Action::Quit];
    }
    if model.input.take().is_empty() {
        model.leaving = true;
        model.notice = Some("Ctrl-C once more leaves Nebula".to_owned());
    }
    Vec::new()
}

fn enter(model: &mut Model) -> Vec<Action> {
    if model.input.text().trim().is_empty() {
        return Vec::new();
    }
    match commands::parse(model.input.text()) {
        Ok(Typed::Text(text)) => match say(model, &text) {
            Ok(actions) => {
                model.input.send();
                actions
            }
            // What cannot be sent stays in the input, with the reason below it.
            Err(sentence) => {
                model.notice = Some(sentence);
                Vec::new()
            }
        },
        Ok(typed) => {
            model.input.take();
            command(model, typed)
        }
        Err(sentence) => {
            model.notice = Some(sentence);
            Vec::new()
        }
    }
}

/// Says something in the room that is shown, now or when the line is there.
///
/// # Errors
/// A sentence for the person, if it cannot be said; nothing has changed then.
pub fn say(model: &mut Model, text: &str) -> Result<Vec<Action>, String> {
    Body::try_from(text).map_err(|error| error.to_string())?;
    if model.room().pending.len() >= PENDING_MAX {
        return Err(format!("{PENDING_MAX} messages wait already: wait for the line"));
    }
    model.refs += 1;
    let reference = Ref::try_from(format!("{}-{}", model.session, model.refs).as_str());
    let reference = reference.map_err(|error| error.to_string())?;
    let room = model.room_mut();
    to_bottom(room);
    // Who answers has read what was new.
    room.looked_away = None;
    let pending = Pending { reference, content: text.to_owned(), failed: None };
    room.pending.push(pending);
    Ok(send_next(room).into_iter().collect())
}

/// The next room where one is named, else the next with anything new.
fn next_active(model: &mut Model) {
    let (count, me) = (model.rooms.len(), model.me.clone());
    let further = |wanted: &dyn Fn(&Room) -> bool| {
        (1..count).find(|further| wanted(&model.rooms[(model.active + further) % count]))
    };
    let named = further(&|room| room.mentions(me.as_ref()) > 0);
    let next = named.or_else(|| further(&|room| room.unread(me.as_ref()) > 0));
    match next {
        Some(next) => show(model, next),
        None => model.notice = Some("there is nothing new in other rooms".to_owned()),
    }
}

fn show_number(model: &mut Model, place: usize) {
    if place < model.rooms.len() {
        show(model, place + model.rooms.len() - model.active);
    }
}

/// What is being written stays in the room where it is written.
pub(super) fn go_to(model: &mut Model, next: usize) {
    if next == model.active {
        return;
    }
    let draft = model.input.take();
    let room = model.room_mut();
    room.draft = draft;
    room.look_away();
    model.active = next;
    let draft = std::mem::take(&mut model.room_mut().draft);
    model.input.write(draft);
}

/// Shows the room so many places further on, around the end.
pub(super) fn show(model: &mut Model, further: usize) {
    go_to(model, (model.active + further) % model.rooms.len());
    let room = model.room_mut();
    if room.scroll == Scroll::Bottom {
        room.read = room.head;
    }
}

pub(super) fn to_bottom(room: &mut Room) {
    room.scroll = Scroll::Bottom;
    room.read = room.head;
}

fn scroll_up(model: &mut Model) -> Vec<Action> {
    let at_top = with_pane(model, page_up);
    if at_top { load_older(model.room_mut()) } else { Vec::new() }
}

/// By half of what is shown, so that the eye finds its place again.
fn scroll_people(model: &mut Model, direction: isize) -> Vec<Action> {
    let half = isize::try_from(people_rows(model) / 2).unwrap_or(1).max(1);
    model.room_mut().people.scroll(direction * half);
    more_people(model)
}

fn to_top(model: &mut Model) -> Vec<Action> {
    let room = model.room_mut();
    if let Some(first) = room.entries.front() {
        room.scroll = Scroll::At { place: first.place, row: 0 };
    }
    load_older(room)
}

/// Asks for what is older than all that is here, if there is more.
pub fn load_older(room: &mut Room) -> Vec<Action> {
    // Of a screen that was cleared, all there is.
    let behind_all = MessageId::try_from(room.head.get() + 1).ok();
    match room.oldest().or(behind_all) {
        Some(before) if room.more && room.joined && !room.loading => ask_older(room, before),
        _ => Vec::new(),
    }
}

fn scroll_down(model: &mut Model) {
    with_pane(model, page_down);
    let room = model.room_mut();
    if room.scroll == Scroll::Bottom {
        room.read = room.head;
    }
}

/// Moves over the rows as they are drawn now.
fn with_pane<T>(model: &mut Model, turn: impl FnOnce(&mut Room, &Pane<'_>) -> T) -> T {
    let (width, height) = pane_size(model);
    let Model { rooms, active, me, zone, theme, .. } = model;
    turn(&mut rooms[*active], &Pane { me: me.as_ref(), zone, theme: *theme, width, height })
}
