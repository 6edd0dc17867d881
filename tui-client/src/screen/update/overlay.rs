//! Keys while something lies over the messages, or asks.

use super::editing::edit;
use super::effects::take;
use super::{entrance, search, select, writing};
use crate::chat::update::{
    browse, browse_more, confirm, go_to_found, go_to_mention, more_found, more_mentions, pick,
    react_to, show_room, write_to,
};
use crate::screen::event::Effect;
use crate::screen::keys::{KeyCommand, Meaning};
use crate::screen::model::Screen;
use crate::screen::overlay::{Choice, Kind, Overlay, Prompt};
use crate::screen::view::{pane_size, rows_to_turn};

/// Choices that a page goes on by.
const CHOICES_PAGE: usize = 10;

pub(super) fn key(screen: &mut Screen, meaning: Meaning) -> Vec<Effect> {
    if let Some(all) = rows_to_turn(screen) {
        turn(screen, meaning, all);
        return Vec::new();
    }
    match std::mem::take(&mut screen.overlay) {
        Overlay::None | Overlay::Help(_) | Overlay::Answer(..) => {}
        Overlay::Select(id) => return select::key(screen, meaning, id),
        Overlay::Paste(text) => paste(screen, meaning, text),
        Overlay::Question => return question(screen, meaning),
        Overlay::Entrance(entrance) => return entrance::key(screen, meaning, entrance),
        Overlay::Prompt(prompt) => return ask(screen, meaning, prompt),
    }
    Vec::new()
}

/// Any key but those that turn its pages closes what is only to be read.
fn turn(screen: &mut Screen, meaning: Meaning, all: usize) {
    let (_, rows) = pane_size(screen);
    let last = all.saturating_sub(rows);
    let page = rows.saturating_sub(1).max(1);
    let (Overlay::Help(first) | Overlay::Answer(_, first)) = &mut screen.overlay else { return };
    *first = match meaning {
        Meaning::Command(KeyCommand::PageUp) => first.saturating_sub(page),
        Meaning::Command(KeyCommand::PageDown) => (*first + page).min(last),
        Meaning::Command(KeyCommand::Up) => first.saturating_sub(1),
        Meaning::Command(KeyCommand::Down) => (*first + 1).min(last),
        _ => return screen.overlay = Overlay::None,
    };
}

/// Whether a key means yes; one that was meant for something else answers nothing.
fn answer(meaning: Meaning) -> Option<bool> {
    match meaning {
        Meaning::Command(KeyCommand::Send) | Meaning::Char('y' | 'Y') => Some(true),
        Meaning::Command(KeyCommand::Escape | KeyCommand::Interrupt) | Meaning::Char('n' | 'N') => {
            Some(false)
        }
        _ => None,
    }
}

fn paste(screen: &mut Screen, meaning: Meaning, text: String) {
    match answer(meaning) {
        Some(true) => writing::insert(screen, text),
        Some(false) => screen.chat.notice = Some("Nothing pasted".to_owned()),
        None => screen.overlay = Overlay::Paste(text),
    }
}

fn question(screen: &mut Screen, meaning: Meaning) -> Vec<Effect> {
    let Some(is_yes) = answer(meaning) else {
        screen.overlay = Overlay::Question;
        return Vec::new();
    };
    screen.room_view_mut().found = None;
    if is_yes {
        let effects = confirm(&mut screen.chat);
        return take(screen, effects);
    }
    let question = screen.chat.question.take();
    screen.chat.notice = question.map(|question| question.declined().to_owned());
    Vec::new()
}

fn ask(screen: &mut Screen, meaning: Meaning, mut prompt: Prompt) -> Vec<Effect> {
    let completes = [KeyCommand::Complete, KeyCommand::CompleteBack].map(Meaning::Command);
    if !completes.contains(&meaning) {
        screen.completing = None;
    }
    match meaning {
        Meaning::Command(KeyCommand::Send) => return accept(screen, prompt),
        Meaning::Command(KeyCommand::Escape | KeyCommand::Interrupt) => {
            match prompt.kind {
                Kind::React(_) => screen.room_view_mut().found = None,
                Kind::Search => search::close(screen),
                _ => {}
            }
            return Vec::new();
        }
        Meaning::Command(command @ (KeyCommand::Complete | KeyCommand::CompleteBack))
            if prompt.kind == Kind::Search && {
                let back = command == KeyCommand::CompleteBack;
                search::complete(screen, &mut prompt, back)
            } => {}
        // The key that opened it goes on to the next one.
        Meaning::Command(
            KeyCommand::Down
            | KeyCommand::Recall
            | KeyCommand::Switch
            | KeyCommand::Mentions
            | KeyCommand::Search
            | KeyCommand::OlderHit
            | KeyCommand::Complete
            | KeyCommand::NextRoom,
        ) => {
            prompt.at += 1;
        }
        Meaning::Command(
            KeyCommand::Up
            | KeyCommand::NewerHit
            | KeyCommand::CompleteBack
            | KeyCommand::PreviousRoom,
        ) => {
            prompt.at = prompt.at.saturating_sub(1);
        }
        Meaning::Command(KeyCommand::PageDown) => prompt.at += CHOICES_PAGE,
        Meaning::Command(KeyCommand::PageUp) => prompt.at = prompt.at.saturating_sub(CHOICES_PAGE),
        Meaning::Command(KeyCommand::Newline) | Meaning::First => {}
        Meaning::Command(command) => {
            edit(&mut prompt.input, command);
        }
        Meaning::Char(c) => {
            prompt.input.type_in(c);
            prompt.at = 0;
        }
    }
    let count = prompt.choices(&screen.chat).len();
    let is_at_end = prompt.at >= count;
    prompt.at = prompt.at.min(count.saturating_sub(1));
    let effects = look_for(screen, &prompt, is_at_end);
    screen.overlay = Overlay::Prompt(prompt);
    effects
}

/// Asks for the rooms that fit what was typed, or that follow.
fn look_for(screen: &mut Screen, prompt: &Prompt, is_at_end: bool) -> Vec<Effect> {
    let (chat, typed) = (&mut screen.chat, prompt.input.text());
    let is_new = chat.browser.as_ref().is_none_or(|browser| browser.query != typed.trim());
    let effects = match prompt.kind {
        // One's own rooms come first: without words there is nothing to look for.
        Kind::Room if typed.trim().is_empty() => Vec::new(),
        Kind::Room | Kind::Browse if is_new => browse(chat, typed),
        Kind::Browse if is_at_end => browse_more(chat),
        Kind::Mentions if is_at_end => more_mentions(chat),
        Kind::Search if is_at_end && prompt.searched(chat).is_some() => more_found(chat),
        _ => Vec::new(),
    };
    take(screen, effects)
}

/// One of what there is to choose from was clicked.
pub(super) fn choose(screen: &mut Screen, at: usize) -> Vec<Effect> {
    match std::mem::take(&mut screen.overlay) {
        Overlay::Prompt(prompt) => accept(screen, Prompt { at, ..prompt }),
        Overlay::Entrance(entrance) => {
            entrance::choose(screen, entrance, at);
            Vec::new()
        }
        other => {
            screen.overlay = other;
            Vec::new()
        }
    }
}

fn accept(screen: &mut Screen, prompt: Prompt) -> Vec<Effect> {
    let mut choices = prompt.choices(&screen.chat);
    if prompt.kind == Kind::Search && choices.is_empty() {
        return search::ask(screen, prompt.input.text());
    }
    if prompt.at >= choices.len() {
        screen.chat.notice = Some(format!("No match for {:?}", prompt.input.text()));
        screen.overlay = Overlay::Prompt(prompt);
        return Vec::new();
    }
    let effects = match choices.swap_remove(prompt.at).1 {
        Choice::Room(name) => {
            let at = screen.chat.rooms.iter().position(|room| room.name == name);
            at.into_iter().for_each(|at| show_room(&mut screen.chat, at));
            Vec::new()
        }
        Choice::Listed(name) => pick(&mut screen.chat, &name),
        Choice::Emoji(emoji) => {
            screen.room_view_mut().found = None;
            match prompt.kind {
                Kind::React(id) => react_to(&mut screen.chat, id, emoji),
                _ => Vec::new(),
            }
        }
        Choice::Mention(id) => go_to_mention(&mut screen.chat, id),
        Choice::Hit(id) => go_to_found(&mut screen.chat, id),
        Choice::Person(user) => write_to(&mut screen.chat, vec![user], None),
        Choice::Sent(at) => {
            let text = screen.chat.sent[at].clone();
            screen.input.clear();
            screen.input.insert(&text);
            Vec::new()
        }
    };
    take(screen, effects)
}
